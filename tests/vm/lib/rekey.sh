# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# Pairs replace each other under a running ping, and no packet is lost or in the clear.

readonly REKEYINGS=2
# With these pings, and these limits, there is one every few seconds.
readonly PING_OCTETS=400 PING_SECONDS=0.1 REKEY_OCTETS=40000 REKEY_SECONDS=10

# rekey_by PROGRAM octets|time: who has a limit, and of what. The other side has none that counts.
rekey_by()
{
    case $1,$2 in
    client,octets) client_more+=(--rekey-octets "$REKEY_OCTETS") ;;
    client,time) client_more+=(--rekey-time "${REKEY_SECONDS}s") ;;
    server,octets) server_child_more+="rekey-octets = $REKEY_OCTETS" ;;
    server,time) server_child_more+="rekey-time = ${REKEY_SECONDS}s" ;;
    charon,octets) charon_child_more+="rekey_bytes = $REKEY_OCTETS
            life_bytes = 1000000000
            rand_bytes = 0" ;;
    charon,time) charon_child_more+="rekey_time = ${REKEY_SECONDS}s
            life_time = 1h
            rand_time = 0" ;;
    esac
}

play_rekey()
{
    local i old pinging

    play_start || fail "charon cannot initiate"
    check_is_up
    check_xfrm
    spawn pinging ip netns exec "$initiator_netns" ping -n -i $PING_SECONDS -s $PING_OCTETS \
        -W 10 -I "$initiator_inside" "$responder_inside"
    pinging=$spawned
    for i in $(seq $REKEYINGS); do
        old=$(xfrm_spis "$initiator_netns")
        wait_until 60 rekey_has_replaced "$old" ||
            fail "rekeying $i of $REKEYINGS does not come about or to an end:
$(xfrm_show "$initiator_netns")"
        echo "  SPIs $(xargs <<< "$old") are replaced by $(xfrm_spis "$initiator_netns" | xargs)"
    done
    rekey_end_ping "$pinging"
    check_nothing_clear
    play_close
    check_left
}

# rekey_has_replaced OLD: one pair is there, in both kernels, and it is none of the old SPIs.
rekey_has_replaced()
{
    local spis
    spis=$(xfrm_spis "$initiator_netns")
    [ "$(wc -l <<< "$spis")" -eq 2 ] && [ "$spis" = "$(xfrm_spis "$responder_netns")" ] &&
        ! grep -qFx "$1" <<< "$spis"
}

# rekey_end_ping PID: it has got all answers.
rekey_end_ping()
{
    local code=0
    kill -INT "$1"
    wait "$1" || code=$?
    [ "$code" -eq 0 ] || fail "the ping ended with $code"
    log_has "$work/pinging.log" ' 0% packet loss' || fail "pings are lost in a rekeying:
$(tail -n 20 "$work/pinging.log")"
    echo "  $(grep 'packets transmitted' "$work/pinging.log")"
}
