# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# Option lookup: nobody sends a certificate. Both sides say that they look certificates up, and send
# SHA-1 hashes and URLs instead (RFC 7296 3.6). A web server in the responder's namespace has them,
# in DER, each called by its hash.

readonly LOOKUP_PORT=8080

# For what charon_configure writes.
lookup_prepare()
{
    need_command python3 python3
    [ -e /usr/lib/ipsec/plugins/libstrongswan-curl.so ] ||
        skip "charon has no curl (libstrongswan-extra-plugins)"
    lookup_base=http://$responder_address:$LOOKUP_PORT/
    charon_plugins_more=curl
    charon_hash_and_url=yes
    # It names URLs of the certificates of these CAs.
    charon_authorities="authorities {
        root { cacert = $work/pki/root.pem
               cert_uri_base = $lookup_base }
        side { cacert = $work/pki/$peer_role-ca.pem
               cert_uri_base = $lookup_base }
    }"
}

# lookup_name NAME: of NAME.pem.
lookup_name()
{
    openssl x509 -in "$work/pki/$1.pem" -outform DER | sha1sum | cut -d ' ' -f 1
}

# When the certificates are there.
lookup_serve()
{
    local name

    mkdir -p "$work/web"
    for name in initiator initiator-ca responder responder-ca; do
        openssl x509 -in "$work/pki/$name.pem" -outform DER -out "$work/web/$(lookup_name "$name")"
    done
    spawn web ip netns exec "$responder_netns" python3 -u -m http.server "$LOOKUP_PORT" \
        --bind "$responder_address" --directory "$work/web"
    wait_until 10 log_has "$work/web.log" '^Serving HTTP on' || fail "the web server does not start"
}

# lookup_urls SIDE: of the certificates that it would send.
lookup_urls()
{
    echo "$lookup_base$(lookup_name "$1")"
    echo "$lookup_base$(lookup_name "$1-ca")"
}

# For the section "local" of our server.
lookup_of_server()
{
    [ -n "$lookup" ] || return 0
    echo "cert-url = $(server_quoted "$(lookup_urls responder | paste -sd ' ')")"
}

# Adds to $client_arguments.
lookup_of_client()
{
    local url

    [ -n "$lookup" ] || return 0
    client_arguments+=(--hash-and-url)
    for url in $(lookup_urls initiator); do
        client_arguments+=(--cert-url "$url")
    done
}

# lookup_was_asked ADDRESS NAME: who has fetched NAME.pem?
lookup_was_asked()
{
    log_has "$work/web.log" "^$1 .*\"GET /$(lookup_name "$2") .* 200 "
}

check_lookup()
{
    local announces='notifies ~ /,16392,/' fetched="certificate fetched from $lookup_base"

    wire_has "HTTP_CERT_LOOKUP_SUPPORTED of the responder" \
        "exchange == 34 && is_response && $announces"
    if program_writes_keys; then
        wire_has "HTTP_CERT_LOOKUP_SUPPORTED of the initiator, by Wireshark" \
            "exchange == 35 && !is_response && $announces"
        wire_has "Hash and URL of ours, by Wireshark" \
            'exchange == 35 && by_us && encodings ~ /^,12,12,/'
        wire_has "Hash and URL of charon's, by Wireshark" \
            'exchange == 35 && !by_us && encodings ~ /^,12,/'
        wire_lacks "certificate in it, by Wireshark" 'exchange == 35 && by_us && encodings ~ /,4,/'
    fi
    log_has "$work/$program.log" "$fetched$(lookup_name "$peer_role")" ||
        fail "our program does not tell what it has fetched"
    charon_log_has "fetched certificate \".*CN=$our_id\"" || fail "charon has not fetched ours"
    charon_log_has "sending hash-and-url \"$lookup_base" || fail "charon has sent no URL"
    lookup_was_asked "$our_address" "$peer_role" || fail "we have not fetched charon's certificate"
    lookup_was_asked "$peer_address" "$our_role" || fail "charon has not asked for ours"
    echo "  both sides have fetched the other one's certificate"
}
