# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# The IKE SA is authenticated anew, RFC 7296 2.8.3, some times over: another IKE SA with another
# child takes its place. reauth= says what is done first: to make the new one, under a ping that
# loses nothing, or, as charon may, to break the old one.
#
# Charon forgets the packets that it has received on the old one and not yet decrypted, when the
# old one goes. With charon as responder, to whom our Delete comes, no ping is counted there. With
# charon as initiator, our answers are counted on the wire.

readonly REAUTHS=5

sa_line()
{
    grep '^sa' <<< "$1"
}

# Another IKE SA than that of BEFORE, with one child, is the only one.
is_renewed()
{
    tunnels_are 1 1 && [ "$(sa_line "$peers")" != "$(sa_line "$1")" ]
}

# expect_renewed WHAT BEFORE
expect_renewed()
{
    wait_until 30 is_renewed "$2" || fail "$1: from
$2
we have come to
$ours
and $peer_name to
$peers"
    echo "  $1: $(paste -sd ' ' <<< "$peers")"
}

reauthenticate()
{
    if [ "$program" = client ]; then
        order client reauth sa
    else
        swanctl_run --rekey --ike peer --reauth >> "$work/swanctl.log" 2>&1
    fi
}

# Whether pings go on meanwhile.
pings_meanwhile()
{
    [ "$reauth" = make ] && [ "$program,$peer" != client,charon ]
}

renewals_begin()
{
    ! pings_meanwhile || pings_begin
}

renewals_end()
{
    if pings_meanwhile && [ "$peer" != charon ]; then
        pings_end
        return
    fi
    ! pings_meanwhile || pings_stop
    pings_begin
    pings_end
}

check_renewals()
{
    ! pings_meanwhile || [ "$peer" != charon ] || check_answered
}

play_reauths()
{
    local i before
    play_start || fail "charon cannot initiate"
    check_up
    renewals_begin
    for i in $(seq $REAUTHS); do
        before=$(tunnels_peers)
        reauthenticate || fail "the initiator cannot authenticate anew"
        expect_renewed "the initiator has authenticated anew" "$before"
    done
    renewals_end
    play_close
}

# lifetime_is TIME: at the responder. Charon tells of it only if it cannot begin by itself: not
# with a client whose address is of its pool.
lifetime_is()
{
    reauth="make"
    charon_pools="pools {
    inside { addrs = $INITIATOR_INSIDE }
}"
    if [ "$our_role" = initiator ] && [ "$peer" = charon ]; then
        client_more+=(--virtual-ip)
        charon_more+="pools = inside
    "
    fi
    server_more+="reauth-time = $1"
    charon_more+="reauth_time = $1
    rand_time = 0"
}

# The responder tells how long an authentication lasts, RFC 4478; the initiator acts in time.
play_lifetime()
{
    local before
    play_start || fail "charon cannot initiate"
    check_up
    before=$(tunnels_peers)
    if [ "$peer" = server ]; then
        echo "  our server tells how long it lasts"
    elif [ "$peer_role" = initiator ]; then
        charon_log_has 'received AUTH_LIFETIME of [0-9]+s, scheduling reauthentication' ||
            fail "charon has read no AUTH_LIFETIME"
    else
        charon_log_has 'IKE_AUTH response 1 \[.* N\(AUTH_LFT\)' ||
            fail "charon has sent no AUTH_LIFETIME"
    fi
    renewals_begin
    expect_renewed "the initiator has authenticated anew" "$before"
    renewals_end
    play_close
}
