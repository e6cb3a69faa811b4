# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# What remains of the initiator's offer, RFC 7296 2.9. offers=, allows= and agreed= are a list for
# the initiator's side, a tilde, and one for the responder's; ports= narrows each selector of
# charon's, whichever side it is.

# narrowing_take_sides: offers and allows take the place of what is behind the sides.
narrowing_take_sides()
{
    local left=${offers%~*} right=${offers#*~}
    offered_local_ts=${left//,/ } offered_remote_ts=${right//,/ }
    left=${allows%~*} right=${allows#*~}
    initiator_ts=${left//,/ } responder_ts=${right//,/ }
    if [ "$peer_role" = responder ]; then
        peer_local_ts=$responder_ts peer_remote_ts=$initiator_ts
    else
        peer_local_ts=$offered_local_ts peer_remote_ts=$offered_remote_ts
    fi
    [ -z "$ports" ] || narrowing_take_ports
}

narrowing_take_ports()
{
    peer_local_ts="${peer_local_ts// /[$ports] }[$ports]"
    peer_remote_ts="${peer_remote_ts// /[$ports] }[$ports]"
}

play_narrowed()
{
    local wanted="${agreed%~*} ${agreed#*~}"
    play_start || fail "charon cannot initiate"
    check_is_up
    expect_tunnels "one IKE SA with one Child SA" 1 1
    [ "$our_role" = initiator ] || wanted="${agreed#*~} ${agreed%~*}"
    [ "$(sed -n 's/^child [^ ]* [^ ]* //p' <<< "$ours")" = "$wanted" ] ||
        fail "the selectors are not these: $wanted"
    play_close
}
