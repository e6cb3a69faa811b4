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
    swanctl_run --initiate --ike peer --timeout $((15 * patience)) >> "$work/swanctl.log" 2>&1 ||
        fail "charon cannot initiate"
    expect_tunnels "an IKE SA without a Child SA" 1 0
    charon_saw_auth_without_child || fail "IKE_AUTH asks for a Child SA"
    charon_log_has 'IKE_SA_INIT response 0 \[.* N\(CHDLESS_SUP\)' ||
        fail "CHILDLESS_IKEV2_SUPPORTED is not announced"
    another_child
    sa_rekeyed server
    sa_rekeyed peer
    deleted peer
    play_close
}

# Our server does not announce it, and charon insists.
play_not_childless()
{
    program_start
    charon_initiate && fail "charon initiated in spite of all"
    charon_log_has 'IKE_SA_INIT response 0 \[' || fail "charon has no response"
    charon_log_has 'IKE_SA_INIT response 0 \[.* N\(CHDLESS_SUP\)' &&
        fail "CHILDLESS_IKEV2_SUPPORTED is announced"
    charon_log_has 'childless IKE_SAs? .*not supported|does not support childless' ||
        fail "charon does not give that reason"
    wait_until 10 charon_has_no_sa || fail "charon still has an SA"
}
