# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# An IKE SA that comes up without a Child SA, RFC 6023; the first one is made by CREATE_CHILD_SA.
# childless= says what charon wants of it.

# The IKE_AUTH request as charon has written or read it.
charon_saw_auth_without_child()
{
    log_has "$work/charon.log" 'IKE_AUTH request 1 \[' &&
        ! log_has "$work/charon.log" 'IKE_AUTH request 1 \[.* SA '
}

play_childless()
{
    program_start
    "${program}_is_childless"
    charon_saw_auth_without_child || fail "IKE_AUTH asks for a Child SA"
    charon_log_has 'IKE_SA_INIT response 0 \[.* N\(CHDLESS_SUP\)' ||
        fail "CHILDLESS_IKEV2_SUPPORTED is not announced"
    sa_rekeyed "$program"
    sa_rekeyed peer
    [ "$program" = client ] || deleted peer
    play_close
}

server_is_childless()
{
    swanctl_run --initiate --ike peer --timeout $((15 * patience)) >> "$work/swanctl.log" 2>&1 ||
        fail "charon cannot initiate"
    expect_tunnels "an IKE SA without a Child SA" 1 0
    another_child
}

# Our client asks for its Child SA at once.
client_is_childless()
{
    check_up
    expect_tunnels "a Child SA by CREATE_CHILD_SA" 1 1
    pings_begin
    pings_end
}

play_not_childless()
{
    program_start
    "${program}_is_not_childless"
}

# Charon does not announce it, and our client insists.
client_is_not_childless()
{
    program_ends 25 4
    log_has "$work/client.log" 'the server does not announce it' ||
        fail "our client does not give that reason"
}

# Our server does not announce it, and charon insists.
server_is_not_childless()
{
    charon_initiate && fail "charon initiated in spite of all"
    charon_log_has 'IKE_SA_INIT response 0 \[' || fail "charon has no response"
    charon_log_has 'IKE_SA_INIT response 0 \[.* N\(CHDLESS_SUP\)' &&
        fail "CHILDLESS_IKEV2_SUPPORTED is announced"
    charon_log_has 'childless IKE_SAs? .*not supported|does not support childless' ||
        fail "charon does not give that reason"
    wait_until 10 charon_has_no_sa || fail "charon still has an SA"
}
