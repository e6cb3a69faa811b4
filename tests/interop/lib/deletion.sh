# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# Either side, and both at the same time, delete the Child SA, and the IKE SA lives on; another
# child is made in it; in the end both sides delete the IKE SA at the same time. RFC 7296 1.4.1. A
# client has no use for an IKE SA without a child, and ends it.

# deleted WHO: the child only; then there is another one.
deleted()
{
    local name=$peer_name
    [ "$1" = peer ] || name=we
    "${1}_deletes" child || fail "$name cannot delete the Child SA"
    expect_tunnels "$name deleted the Child SA" 1 0
    another_child
}

# If it is refused for the moment, since our side is rekeying, it comes by itself: RFC 7296 2.25.
# charon also says no if a child that it is still closing goes meanwhile.
another_child()
{
    charon_initiate || wait_until 15 tunnels_are 1 1 || charon_initiate ||
        fail "charon cannot make another Child SA"
    expect_tunnels "another Child SA" 1 1
    pings_begin
    pings_end
}

# delete_both child|sa: the requests cross.
delete_both()
{
    gate hold
    "${program}_deletes" "$1" || fail "our $program cannot delete: $1"
    peer_deletes "$1" || fail "$peer_name cannot delete: $1"
    wait_until 20 gate_has held "$(our_side)" "INFORMATIONAL request" || fail "we do not delete: $1"
    wait_until 20 gate_has held "$(peers_side)" "INFORMATIONAL request" ||
        fail "$peer_name does not delete: $1"
    gate open
}

client_loses_its_child()
{
    peer_deletes child || fail "$peer_name cannot delete the Child SA"
    program_ends 15 0
    log_has "$work/client.log" '^closing .*the server has closed the Child SA' ||
        fail "our client does not say why it ends"
    wait_until 10 "${peer}_has_no_sa" || fail "$peer_name still has an SA"
    client_start
    expect_tunnels "our client is back" 1 1
}

play_deletions()
{
    play_start || fail "charon cannot initiate"
    check_up
    if [ "$program" = client ]; then
        client_loses_its_child
    else
        deleted server
        deleted peer
        delete_both child
        expect_tunnels "both deleted the Child SA at the same time" 1 0
        another_child
    fi
    delete_both sa
    program_ends 15 0
    wait_until 15 "${peer}_has_no_sa" || fail "$peer_name still has an SA"
    [ "$peer" != server ] || server_shut_down
    echo "  both deleted the IKE SA at the same time"
}
