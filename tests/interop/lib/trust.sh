# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# How our side judges the peer's certificate, besides by whom it is signed.
#
#   crl=soft|hard   it has a CRL of each CA of the peer's, as file; a peer's certificate that is
#                   `revoked` stands in one
#   crl-state=stale the time of all these CRLs has passed; else they are `fresh`
#   pin=root        the root's key has to be on the path, which it is
#   pin=other       the key of our own CA has to be, which it is not

# trust_make_crl CA
trust_make_crl()
{
    local name=$work/pki/$1 dates=(-crldays 30)

    [ "$crl_state" != stale ] ||
        dates=(-crl_lastupdate 20240101000000Z -crl_nextupdate 20240201000000Z)
    openssl ca -batch -config "$work/pki/ca.conf" -crlexts revocation -gencrl \
        -keyfile "$name.key" -cert "$name.pem" "${pki_signature[@]}" "${dates[@]}" \
        -out "$name.crl.pem"
}

trust_revoke_peer()
{
    local issuer=$work/pki/$peer_role-ca
    openssl ca -batch -config "$work/pki/ca.conf" -keyfile "$issuer.key" -cert "$issuer.pem" \
        "${pki_signature[@]}" -revoke "$work/pki/$peer_role.pem" -crl_reason keyCompromise
}

# When the certificates are there.
trust_make()
{
    [ "$peer_certificate" != revoked ] || trust_revoke_peer || return 1
    [ -z "$crl" ] || { trust_make_crl root && trust_make_crl "$peer_role-ca"; }
}

# trust_key_hash CA: what a pin is.
trust_key_hash()
{
    openssl x509 -in "$work/pki/$1.pem" -noout -pubkey | openssl pkey -pubin -outform DER |
        sha256sum | cut -d ' ' -f 1
}

trust_pin()
{
    case $pin in
    root) trust_key_hash root ;;
    other) trust_key_hash "$our_role-ca" ;;
    esac
}

# For the section "remote" of our server.
trust_of_server()
{
    [ -z "$crl" ] || cat << CONF
        crl = $crl
        crl-file = { "$work/pki/root.crl.pem", "$work/pki/$peer_role-ca.crl.pem" }
CONF
    [ -z "$pin" ] || echo "        pin = \"$(trust_pin)\""
    [ -z "$lookup" ] || echo "        hash-and-url = yes"
}

# Adds to $client_arguments.
trust_of_client()
{
    [ -z "$crl" ] || client_arguments+=(--crl "$crl" --crl-file "$work/pki/root.crl.pem"
        --crl-file "$work/pki/$peer_role-ca.crl.pem")
    [ -z "$pin" ] || client_arguments+=(--pin "$(trust_pin)")
}

trust_refuses_peer()
{
    [ "$peer_certificate" != good ] || [ "$pin" = other ] || [ "$crl,$crl_state" = hard,stale ]
}
