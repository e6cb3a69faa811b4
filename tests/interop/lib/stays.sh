# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# Our client stays (--always-on): when the peer ends the SA, and when it is stopped and started
# again, the client connects once more by itself.

peer_ends_in_order()
{
    local pid
    if [ "$peer" = charon ]; then
        pid=$charon_pid
    else
        pid=$server_pid
    fi
    kill -TERM "$pid"
    wait "$pid" 2> /dev/null
}

peer_starts_again()
{
    if [ "$peer" = charon ]; then
        rm -f "$charon_directory"/run/charon.*
        charon_start
    else
        server_spawn
    fi
}

# expect_another_sa WHY
expect_another_sa()
{
    wait_until 20 restarted_is_up "$last_sa" || fail "$1: the client does not come back"
    last_sa=$(program_value 'IKE_SA up' spi_i | tail -n 1)
    echo "  $1: the client has $last_sa"
}

play_stays()
{
    client_more+=(--hold never --always-on --retry-max 2s)
    play_start
    check_up
    last_sa=$(program_value 'IKE_SA up' spi_i)
    "${peer}_terminate"
    expect_another_sa "$peer_name has ended the SA"
    peer_ends_in_order
    wait_until 20 log_has "$work/client.log" '^RETRY  *in ' || fail "the client does not wait"
    peer_starts_again
    expect_another_sa "$peer_name was started again"
    play_close
}
