# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# What must have been seen on the wire, of each outcome and of each option.
#
# Exchanges: 34 IKE_SA_INIT, 35 IKE_AUTH, 37 INFORMATIONAL. Payload 53 is SKF.

check_wire()
{
    wire_lacks "message of ours that is malformed to Wireshark" 'by_us && is_malformed'
    # RFC 7296 2.6: with COOKIE, INVALID_KE_PAYLOAD, NO_PROPOSAL_CHOSEN it is zero.
    wire_lacks "responder's SPI in a refusal of ours" \
        'by_us && exchange == 34 && is_response && has_responder_spi &&
        notifies ~ /,(14|17|16390),/'

    case $outcome in
    up | restart)
        wire_has "IKE_AUTH request" 'exchange == 35 && !is_response'
        wire_has "IKE_AUTH response" 'exchange == 35 && is_response'
        wire_has "Delete and its answer" 'exchange == 37 && is_response'
        wire_lacks "IP fragments" 'is_ip_fragment'
        ;;
    auth-failed) check_auth_failed ;;
    no-proposal)
        wire_has "NO_PROPOSAL_CHOSEN" 'exchange == 34 && is_response && notifies ~ /,14,/'
        wire_lacks "IKE_AUTH" 'exchange == 35'
        ;;
    no-esp-proposal) check_refused_child NO_PROPOSAL_CHOSEN 14 ;;
    no-selectors) check_refused_child TS_UNACCEPTABLE 38 ;;
    no-answer) wire_lacks "IKE_AUTH response" 'exchange == 35 && is_response' ;;
    esac
}

check_auth_failed()
{
    wire_has "IKE_AUTH response" 'exchange == 35 && is_response'
    program_writes_keys || return 0
    if refused_by_initiator; then
        wire_has "AUTHENTICATION_FAILED in INFORMATIONAL, by Wireshark" \
            'exchange == 37 && !is_response && notifies ~ /,24,/'
    else
        wire_has "AUTHENTICATION_FAILED in it, by Wireshark" \
            'exchange == 35 && is_response && notifies ~ /,24,/'
    fi
}

# check_refused_child NOTIFY NUMBER: the IKE SA lives without it.
check_refused_child()
{
    wire_has "IKE_AUTH response" 'exchange == 35 && is_response'
    ! program_writes_keys || wire_has "$1 in it, by Wireshark" \
        "exchange == 35 && is_response && notifies ~ /,$2,/"
    wire_has "Delete and its answer" 'exchange == 37 && is_response'
}

# Of the IKE SA and of the Child SA.
check_legacy_is_told()
{
    local told
    told=$(grep -cE ' warn  legacy-algorithms |^warning .* that can be broken' \
        "$work/$program.log")
    [ "$told" -eq 2 ] || fail "what is too old has been told $told times"
}

check_options()
{
    local option
    for option in $options; do
        case $option in
        auth=*) [ "$outcome" != up ] || [ "$peer" != charon ] || check_schemes ;;
        certreq=*) check_requests ;;
        lookup) check_lookup ;;
        fragments=*) check_fragments ;;
        large) check_large ;;
        no-fragments) check_fragments_lost ;;
        cookie) check_cookie ;;
        nat) check_nat ;;
        force-encap) check_encapsulation ;;
        invalid-ke) check_invalid_ke ;;
        loss) check_loss ;;
        decrypt) check_decrypt ;;
        ping) check_ping ;;
        golden) check_golden ;;
        reauth=* | lifetime=*) check_renewals ;;
        policy=legacy-windows) check_legacy_is_told ;;
        esac
    done
    has_option nat || has_option force-encap || [ "$dataplane" = tun ] ||
        wire_lacks "port 4500" 'destination_port == 4500'
}

# How either side has signed.
check_schemes()
{
    local scheme
    scheme=$(pki_charon_scheme)
    charon_log_has "authentication of '$our_id' with $scheme successful" ||
        fail "charon has verified no signature of ours by $scheme"
    charon_log_has "authentication of '$peer_id' \(myself\) with $scheme successful" ||
        fail "charon has made no signature by $scheme"
    echo "  both signatures: $(grep -oE "$scheme" "$work/charon.log" | sort -u | paste -sd ' ')"
}

# What charon asks for by CERTREQ.
check_requests()
{
    local asked='sending cert request for "'

    case $certreq in
    absent)
        ! charon_log_has "$asked" || fail "charon asks for certificates"
        echo "  charon asks for no certificate"
        ;;
    foreign)
        charon_log_has "${asked}.*CN=Test root" || fail "charon does not ask for our CA's"
        charon_log_has "${asked}.*CN=Test foreign" || fail "charon asks for no other CA's"
        echo "  charon asks for certificates of another CA, too"
        ;;
    esac
}

# IKE_AUTH does not fit into a few packets, and the path loses IP fragments.
check_large()
{
    wire_has "fragments of ours" 'exchange == 35 && by_us && payloads ~ /,53,/'
    wire_has "fragments of $peer_name's" 'exchange == 35 && !by_us && payloads ~ /,53,/'
    # 100 is more than what each fragment has around its part of the message.
    wire_has "IKE_AUTH of more than 5000 octets by us" \
        'exchange == 35 && by_us && !seen[message]++ { sum += octets - 100 } sum > 5000'
    wire_lacks "packet above 1280 octets" "octets > 1280"
    fragments_would_be_lost
}

check_fragments_lost()
{
    wire_lacks "IKE fragments" 'payloads ~ /,53,/'
    [ "$(fragments_dropped)" -gt 0 ] || fail "the router has dropped no IP fragments"
    echo "  the router has dropped $(fragments_dropped) IP fragments"
}

check_fragments()
{
    wire_has "fragments of ours" 'exchange == 35 && by_us && payloads ~ /,53,/'
    wire_has "fragments of $peer_name's" 'exchange == 35 && !by_us && payloads ~ /,53,/'
    wire_lacks "packet above $fragment_size octets" "octets > $fragment_size"
}

check_cookie()
{
    wire_has "demand of a cookie" 'exchange == 34 && is_response && notifies ~ /,16390,/'
    wire_has "request with the cookie" 'exchange == 34 && !is_response && notifies ~ /^,16390,/'
}

check_encapsulation()
{
    wire_has "IKE_AUTH on port 4500 with the marker" 'exchange == 35 && on_4500 && has_marker'
    wire_lacks "IKE_AUTH elsewhere" 'exchange == 35 && !on_4500'
    charon_log_has 'is behind NAT' || fail "charon detected no NAT"
    program_said '^CHILD_SA up .*encap=udp' || fail "our Child SA is not encapsulated"
}

check_nat()
{
    local side=remote

    check_encapsulation
    [ "$our_role" = responder ] || side=local
    program_said "^IKE_SA up .*nat=$side" || fail "our program places the NAT elsewhere"
}

check_invalid_ke()
{
    wire_has "INVALID_KE_PAYLOAD" 'exchange == 34 && is_response && notifies ~ /,17,/'
}

check_loss()
{
    # RFC 7296 2.1: bitwise identical.
    wire_has "the same IKE_SA_INIT request again" \
        'exchange == 34 && !is_response && seen[message]++'
    wire_has "the same IKE_SA_INIT response again" \
        'exchange == 34 && is_response && seen[message]++'
    wire_has "the same IKE_AUTH request again" 'exchange == 35 && !is_response && seen[message]++'
    wire_has "the same IKE_AUTH response again" 'exchange == 35 && is_response && seen[message]++'
}

check_decrypt()
{
    wire_has "both identities in the request, by Wireshark" \
        "exchange == 35 && !is_response && names ~ /,$initiator_id,$responder_id,/"
    wire_has "the responder's identity, by Wireshark" \
        "exchange == 35 && is_response && names ~ /,$responder_id,/"
    wire_lacks "integrity checksum that is wrong to Wireshark" 'is_forged'
}
