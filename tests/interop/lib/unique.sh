# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# The initiator dies and comes again with the same identity, while no liveness check is near: the
# old SA goes at once, RFC 7296 2.4, or stays, or the new one is refused. unique= is our server's
# policy, announces= tells whether charon says INITIAL_CONTACT, remain= how many IKE SAs are left.

play_comes_again()
{
    play_start || fail "charon cannot initiate"
    check_up
    if [ "$program" = client ]; then
        client_comes_again
    else
        charon_comes_again
    fi
}

# Our client always says so.
client_comes_again()
{
    die "$program_pid"
    client_start
    wait_until 20 program_is_up
    expect_tunnels "the new SA only" 1 1
    [ "$peer" = server ] || charon_log_has 'destroying duplicate IKE_SA' ||
        fail "charon has not been told to end the old SA"
    play_close
}

charon_comes_again()
{
    local old
    old=$(tunnels_ours | grep '^sa')
    die "$charon_pid"
    rm -f "$charon_directory"/run/charon.*
    charon_start
    if charon_initiate; then
        [ "$remain" != refused ] || fail "our server has not refused another SA"
        expect_old_or_not "$old"
    else
        [ "$remain" = refused ] || fail "charon cannot initiate once more"
        charon_log_has 'IKE_AUTH response 1 \[.*N\(AUTH_FAILED\) \]' ||
            fail "charon saw no AUTHENTICATION_FAILED"
        [ "$(tunnels_ours | grep '^sa')" = "$old" ] || fail "our server has not kept the old SA"
        echo "  another SA is refused: $old stays"
    fi
    # The stale one ends with our server, or by a liveness check.
    kill -TERM "$server_pid"
    process_ends 20 0
    wait_until 10 charon_has_no_sa || fail "charon still has an SA"
}

# expect_old_or_not OLD
expect_old_or_not()
{
    wait_until 10 server_has_sas "$remain" || fail "our server has $(server_number sas) SAs"
    if [ "$remain" -eq 1 ]; then
        tunnels_ours | grep -qFx "$1" && fail "our server has kept the old SA"
        expect_tunnels "the new SA only" 1 1
    else
        tunnels_ours | grep -qFx "$1" || fail "our server has not kept the old SA"
        echo "  the old one beside the new one: $(tunnels_ours | grep '^sa' | paste -sd ';')"
    fi
}

# server_has_sas NUMBER
server_has_sas()
{
    [ "$(tunnels_ours | grep '^sa' | grep -vc ' CLOSING$')" -eq "$1" ]
}
