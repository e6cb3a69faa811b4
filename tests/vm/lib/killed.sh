# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# Our program dies without a word. What it had in the kernel stays, so traffic goes on being
# protected; when it is started again, it replaces that, and a clean end leaves nothing.

play_killed()
{
    local old sas

    play_start || fail "charon cannot initiate"
    check_is_up
    check_traffic
    old=$(program_value 'IKE_SA up' spi_i)
    die "$program_pid"
    sas=$(xfrm_sas "$our_netns")
    [ "$(wc -l <<< "$sas")" -eq 2 ] || fail "it has not left one pair in the kernel:
$sas"
    check_xfrm_sas "our program, killed" "$sas"
    ping_both_ways -c "$PINGS"
    check_nothing_clear
    echo "  killed: its SAs go on"

    restart_us
    wait_until 30 restarted_is_up "$old" || fail "there is no new SA"
    wait_until 60 killed_is_replaced || fail "SAs of the one that was killed are still there:
$(xfrm_show "$our_netns")"
    ping_both_ways -c "$PINGS"
    check_nothing_clear
    play_close
    check_left
}

killed_is_replaced()
{
    [ "$(xfrm_spis "$our_netns" | wc -l)" -eq 2 ]
}
