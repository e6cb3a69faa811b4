# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# How each outcome is played, and what must be seen then: at our program, at charon, on the wire.

# --- Play -------------------------------------------------------------------------------

readonly HALF_OPEN_SPI=a5a5a5a5a5a5a5a5

# A first message that charon accepts (aes128gcm16-prfsha256-ecp256) and nobody follows up: charon
# then holds a half-open SA, and demands cookies of all who come after. Its KE is the base point.
half_open_datagram()
{
    local hex=${HALF_OPEN_SPI}00000000000000002120220800000000000000b0
    hex+=220000280000002401010003
    hex+=0300000c01000014800e00800300000802000005000000080400001328000048
    hex+=001300006b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296
    hex+=4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5
    hex+=00000024000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
    printf '%b' "$(sed 's/../\\x&/g' <<< "$hex")"
}

make_charon_demand_cookies()
{
    half_open_datagram > "$work/half-open.bin"
    ip netns exec "$our_netns" bash -c "cat $work/half-open.bin > /dev/udp/$peer_address/500"
    wait_until 10 charon_log_has 'generating IKE_SA_INIT response' ||
        fail "charon ignores the half-open SA"
}

play_start()
{
    if [ "$our_role" = initiator ]; then
        [ -z "$cookie" ] || make_charon_demand_cookies
        program_start
    else
        program_start
        charon_initiate
    fi
}

play_up()
{
    play_start || fail "charon cannot initiate"
    wait_until 20 program_is_up
    program_said '^IKE_SA up' || fail "our program has no IKE SA"
    program_said '^CHILD_SA up' || fail "our program has no Child SA"
    wait_until 10 charon_is_established || fail "charon has no established SA"
    check_same_sa
    ! has_option loss || loss_end
    ! has_option liveness || wait_until 10 charon_log_has 'parsed INFORMATIONAL response' ||
        fail "our program does not answer the liveness check"

    if [ "$our_role" = "$closing_role" ]; then
        program_stop
    else
        charon_terminate
    fi
    program_ends 15 0
    program_said '^IKE_SA down' || fail "our program does not tell the end of the SA"
    wait_until 10 charon_has_no_sa || fail "charon still has an SA"
    echo "  both sides have deleted the SA"
}

play_auth_failed()
{
    play_start && [ "$our_role" = responder ] && fail "charon initiated in spite of all"
    program_ends 25 5
    program_said 'AUTHENTICATION_FAILED' || fail "our program does not tell the reason"
    program_said '^IKE_SA up' && fail "our program was up for a while"
    wait_until 10 charon_has_no_sa || fail "charon still has an SA"
    charon_log_has 'IKE_AUTH response 1 \[ N\(AUTH_FAILED\) \]' ||
        fail "no AUTHENTICATION_FAILED in the response"
    echo "  charon saw AUTHENTICATION_FAILED in the IKE_AUTH response"
}

play_no_proposal()
{
    play_start && [ "$our_role" = responder ] && fail "charon initiated in spite of all"
    program_ends 25 4
    program_said 'NO_PROPOSAL_CHOSEN' || fail "our program does not tell the reason"
    [ "$our_role" = initiator ] ||
        program_said 'policy\.proposal.*offered=.*accepted=.*difference=' ||
        fail "our trace does not explain the refusal"
    wait_until 10 charon_has_no_sa || fail "charon still has an SA"
}

play_no_esp_proposal()
{
    play_no_child NO_PROPOSAL_CHOSEN NO_PROP 4
}

play_no_selectors()
{
    play_no_child TS_UNACCEPTABLE TS_UNACCEPT 7
}

# play_no_child NOTIFY CHARONS_NAME CODE: the IKE SA comes up without its child, RFC 7296 1.2.
play_no_child()
{
    if [ "$our_role" = initiator ]; then
        play_start
        program_ends 25 "$3"
        program_said "^CHILD_SA down .*notify=$1" || fail "our program does not tell the reason"
    else
        play_start && fail "charon has a Child SA"
        wait_until 10 program_said '^IKE_SA up' || fail "our program has no IKE SA"
        charon_terminate
        program_ends 15 0
    fi
    program_said '^IKE_SA up' || fail "our program has no IKE SA"
    program_said '^CHILD_SA up' && fail "our program has a Child SA"
    charon_log_has "IKE_AUTH response 1 \[ IDr AUTH .*N\($2\) \]" || fail "no $1 in the response"
    wait_until 10 charon_has_no_sa || fail "charon still has an SA"
    echo "  charon saw $1 in the IKE_AUTH response"
}

# same_value WHAT OURS CHARON'S
same_value()
{
    [[ -n $2 && $2 = "$3" ]] || fail "$1: we say '$2', charon says '$3'"
    echo "  $1 on both sides: ${2//$'\n'/ }"
}

check_same_sa()
{
    local sa='IKE_SA up' child='CHILD_SA up'

    same_value "SPI of the initiator" "$(program_value "$sa" spi_i)" "$(charon_value initiator-spi)"
    same_value "SPI of the responder" "$(program_value "$sa" spi_r)" "$(charon_value responder-spi)"
    same_value "SPI of ESP to us" "$(program_value "$child" spi_in)" "$(charon_value spi-out)"
    same_value "SPI of ESP to charon" "$(program_value "$child" spi_out)" "$(charon_value spi-in)"
    same_value "our selectors" "$(program_list "$child" ts_local)" "$(charon_list remote-ts)"
    same_value "charon's selectors" "$(program_list "$child" ts_remote)" "$(charon_list local-ts)"
}

# --- Wire --------------------------------------------------------------------------------
# Exchanges: 34 IKE_SA_INIT, 35 IKE_AUTH, 37 INFORMATIONAL. Payload 53 is SKF.

check_wire()
{
    wire_lacks "message of ours that is malformed to Wireshark" 'by_us && is_malformed'
    # RFC 7296 2.6: with COOKIE, INVALID_KE_PAYLOAD, NO_PROPOSAL_CHOSEN it is zero.
    wire_lacks "responder's SPI in a refusal of ours" \
        'by_us && exchange == 34 && is_response && has_responder_spi &&
        notifies ~ /,(14|17|16390),/'

    case $outcome in
    auth-failed)
        wire_has "IKE_AUTH response" 'exchange == 35 && is_response'
        ! program_writes_keys || wire_has "AUTHENTICATION_FAILED in it, by Wireshark" \
            'exchange == 35 && is_response && notifies ~ /,24,/'
        ;;
    no-proposal)
        wire_has "NO_PROPOSAL_CHOSEN" 'exchange == 34 && is_response && notifies ~ /,14,/'
        wire_lacks "IKE_AUTH" 'exchange == 35'
        ;;
    *)
        wire_has "IKE_AUTH request" 'exchange == 35 && !is_response'
        wire_has "IKE_AUTH response" 'exchange == 35 && is_response'
        wire_has "Delete and its answer" 'exchange == 37 && is_response'
        wire_lacks "IP fragments" 'is_ip_fragment'
        ;;
    esac
}

check_options()
{
    local option
    for option in $options; do
        case $option in
        fragments=*) check_fragments ;;
        cookie) check_cookie ;;
        nat) check_nat ;;
        force-encap) check_encapsulation ;;
        invalid-ke) check_invalid_ke ;;
        loss) check_loss ;;
        decrypt) check_decrypt ;;
        esac
    done
    has_option nat || has_option force-encap || wire_lacks "port 4500" 'destination_port == 4500'
}

check_fragments()
{
    wire_has "fragments of ours" 'exchange == 35 && by_us && payloads ~ /,53,/'
    wire_has "fragments of charon's" 'exchange == 35 && !by_us && payloads ~ /,53,/'
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
