# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# One side dies without a word and is started again; the other one has a stale SA. killed= says who:
# us or the peer.

die()
{
    kill -KILL "$1"
    wait "$1" 2> /dev/null
}

restart_us()
{
    die "$program_pid"
    mv "$work/$program.log" "$work/$program.killed.log"
    if [ "$program" = client ]; then
        client_start
    else
        # It answers nothing that belongs to the old SA, until charon gives it up.
        server_spawn
        program_pid=$server_pid
        wait_until 40 charon_has_no_sa || fail "charon keeps the SA of a dead server"
        charon_initiate || fail "charon cannot initiate once more"
    fi
}

restart_peer()
{
    if [ "$peer" = charon ]; then
        die "$charon_pid"
        rm -f "$charon_directory"/run/charon.*
        charon_start
    else
        die "$server_pid"
        server_spawn
    fi
    if [ "$our_role" = responder ]; then
        charon_initiate || fail "charon cannot initiate once more"
        return
    fi
    # Somebody ends the client, who gets no answer to the Delete, and starts it again.
    program_stop
    program_ends 10 0
    client_start
}

peer_has_new_sa()
{
    "${peer}_value" initiator-spi | grep -qx "$(program_value 'IKE_SA up' spi_i | tail -n 1)"
}

peer_has_one_sa()
{
    [ "$("${peer}_value" initiator-spi | wc -l)" -eq 1 ]
}

server_has_one_sa()
{
    [ "$(server_number sas)" = 1 ]
}

play_restart()
{
    local old

    play_start || fail "charon cannot initiate"
    check_up
    old=$(program_value 'IKE_SA up' spi_i)
    "restart_$killed"
    wait_until 20 restarted_is_up "$old" || fail "there is no new SA"
    echo "  a new SA is up: $(program_value 'IKE_SA up' spi_i | tail -n 1) after $old"
    # A liveness check that nobody answers ends the stale one.
    wait_until 110 peer_has_one_sa || fail "$peer_name keeps the stale SA"
    [ "$program" != server ] || wait_until 110 server_has_one_sa ||
        fail "our server keeps the stale SA"
    play_close
}

# restarted_is_up OLD: our program and its peer have another SA than OLD.
restarted_is_up()
{
    local new
    new=$(program_value 'IKE_SA up' spi_i | tail -n 1)
    [[ -n $new && $new != "$1" ]] && peer_has_new_sa
}
