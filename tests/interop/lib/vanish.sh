# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# The network between the sides is gone without a word, RFC 7296 2.4: each side asks whether the
# other one lives, gets no answer, and ends the SA by itself. When the network is back, another one
# comes up.

# What our program says when nobody has answered.
vanished_for_us()
{
    if [ "$program" = server ]; then
        log_has "$work/server.log" 'ike-sa-failed .*reason=timeout' && server_has_no_sa
    else
        is_gone "$program_pid"
    fi
}

play_vanishes()
{
    play_start || fail "charon cannot initiate"
    check_up
    ip -n "$peer_netns" link set eth0 down
    wait_until 40 "${peer}_has_no_sa" || fail "$peer_name does not notice"
    echo "  $peer_name has noticed"
    wait_until 110 vanished_for_us || fail "our $program does not notice"
    echo "  our $program has noticed"
    ip -n "$peer_netns" link set eth0 up
    if [ "$program" = client ]; then
        process_ends 5 3
        client_start
    else
        charon_initiate || fail "charon cannot initiate once more"
    fi
    expect_tunnels "the network is back" 1 1
    play_close
}
