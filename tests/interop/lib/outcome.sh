# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# How each outcome is played, and what must be seen then at our program and at its peer. Functions
# of the peer are those of charon.sh or server.sh, called as "${peer}_...".

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
    check_up
    ! has_option loss || loss_end
    ! has_option liveness || wait_until 10 charon_log_has 'parsed INFORMATIONAL response' ||
        fail "our program does not answer the liveness check"
    ! has_option our-liveness ||
        wait_until 10 charon_log_has 'generating INFORMATIONAL response [0-9]+ \[ \]' ||
        fail "our program makes no liveness check"
    ! has_option ping || ping_both_ways
    play_close
}

# One SA is up, and both sides say the same of it.
check_up()
{
    check_is_up
    check_same_sa
}

check_is_up()
{
    wait_until 20 program_is_up
    program_said '^IKE_SA up' || fail "our program has no IKE SA"
    program_said '^CHILD_SA up' || fail "our program has no Child SA"
    wait_until 10 "${peer}_is_established" || fail "$peer_name has no established SA"
}

play_close()
{
    if [ "$our_role" = "$closing_role" ]; then
        program_stop
    else
        "${peer}_terminate"
    fi
    program_ends 15 0
    program_said '^IKE_SA down' || fail "our program does not tell the end of the SA"
    wait_until 10 "${peer}_has_no_sa" || fail "$peer_name still has an SA"
    [ "$peer" != server ] || server_shut_down
    echo "  both sides have deleted the SA"
}

# Which side does not believe the other? A responder's certificate is refused by the initiator, who
# is up by then to the responder, with an INFORMATIONAL request (RFC 7296 2.21.2); all else is
# refused by the responder, in the IKE_AUTH response.
refused_by_initiator()
{
    if [ "$our_role" = initiator ]; then
        trust_refuses_peer
    else
        [ "$our_certificate" != good ]
    fi
}

play_auth_failed()
{
    local code=5 message='IKE_AUTH response 1 \[ N\(AUTH_FAILED\) \]'

    ! refused_by_initiator || message='INFORMATIONAL request 2 \[ N\(AUTH_FAILED\) \]'
    ! trust_refuses_peer || code=6
    play_start && [ "$our_role" = responder ] && fail "charon initiated in spite of all"
    program_ends 25 $code
    program_said 'AUTHENTICATION_FAILED' || fail "our program does not tell the reason"
    { [ "$our_role" = responder ] && refused_by_initiator; } || ! program_said '^IKE_SA up' ||
        fail "our program was up for a while"
    wait_until 10 "${peer}_has_no_sa" || fail "$peer_name still has an SA"
    "${peer}_saw_auth_failed" "$message" || fail "$peer_name saw no AUTHENTICATION_FAILED"
    echo "  $peer_name saw AUTHENTICATION_FAILED: ${message%% *}"
}

# The network swallows what one side sends.
play_no_answer()
{
    play_start && [ "$our_role" = responder ] && fail "charon initiated in spite of all"
    program_ends 60 3
    program_said '^IKE_SA up' && fail "our program was up for a while"
    [ "$peer" != server ] || wait_until 30 server_has_no_sa || fail "our server still has the SA"
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
    [[ -n $2 && $2 = "$3" ]] || fail "$1: we say '$2', $peer_name says '$3'"
    echo "  $1 on both sides: ${2//$'\n'/ }"
}

check_same_sa()
{
    local sa='IKE_SA up' child='CHILD_SA up'

    same_of_sa "SPI of the initiator" "$sa" spi_i initiator-spi
    same_of_sa "SPI of the responder" "$sa" spi_r responder-spi
    same_of_sa "SPI of ESP to us" "$child" spi_in spi-out
    same_of_sa "SPI of ESP to $peer_name" "$child" spi_out spi-in
    same_value "our selectors" "$(program_list "$child" ts_local)" "$("${peer}_list" remote-ts)"
    same_value "$peer_name's selectors" "$(program_list "$child" ts_remote)" \
        "$("${peer}_list" local-ts)"
}

# same_of_sa WHAT LINE KEY PEERS_KEY
same_of_sa()
{
    same_value "$1" "$(program_value "$2" "$3")" "$("${peer}_value" "$4")"
}
