# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# Something else begins at either side at the same time: the gate is closed until a request of
# either is kept. RFC 7296 2.25, 2.25.1, 2.25.2. Whatever comes of it, both sides agree on it, and
# the IKE SA can be used as before.

# begin_both OURS PEERS: such as rekeys-child and deletes-sa. The gate is closed, and keeps a
# request of either side.
begin_both()
{
    gate hold
    wait_until 20 "${program}_${1%-*}" "${1#*-}" || fail "our $program does not do it: $1"
    wait_until 20 gate_has held "$(our_side)" ".* request" || fail "our $program says nothing: $1"
    wait_until 20 "peer_${2%-*}" "${2#*-}" || fail "$peer_name does not do it: $2"
    wait_until 20 gate_has held "$(peers_side)" ".* request" || fail "$peer_name says nothing: $2"
}

# cross OURS PEERS ORDER
cross()
{
    begin_both "$1" "$2"
    let_through "$3"
    wait_until 60 crossing_is_over || fail "we: $1, $peer_name: $2, $3: we have
$ours
$peer_name has
$peers"
    echo "  we: $1, $peer_name: $2, $3: $(paste -sd ' ' <<< "$ours")"
}

# Both requests are answered, and both sides agree on one IKE SA, with a child or without.
crossing_is_over()
{
    gate_has ".*" left ".* response" && gate_has ".*" right ".* response" || return
    tunnels_are 1 1 || tunnels_are 1 0
}

# Both are refused, TEMPORARY_FAILURE, and come again by themselves.
refused_for_now()
{
    local before
    before=$(tunnels_peers)
    begin_both rekeys-child rekeys-sa
    gate open
    wait_until 60 refused_have_come_again "$before" || fail "what was refused does not come again"
    echo "  what was refused has come again: $(paste -sd ' ' <<< "$ours")"
}

refused_have_come_again()
{
    collision_is_over child "$1" && collision_is_over sa "$1"
}

# crossings_are CROSSING... ORDERS
crossings_are()
{
    local crossing order before orders=${*: -1}
    for crossing in "${@:1:$#-1}"; do
        for order in $orders; do
            before=$(tunnels_peers)
            cross "${crossing%:*}" "${crossing#*:}" "$order"
            tunnels_are 1 1 || another_child
        done
        wait_until 90 has_come_again "$crossing" "$before" ||
            fail "what was refused does not come again: $crossing"
    done
}

# has_come_again CROSSING BEFORE: nobody is going to rekey later, when something else is to be seen.
has_come_again()
{
    case $1 in *rekeys-sa*) collision_is_over sa "$2" || return ;; esac
    case $1 in
    *deletes-child*) ;;
    *rekeys-child*) collision_is_over child "$2" ;;
    esac
}

play_crossings()
{
    play_start || fail "charon cannot initiate"
    check_up
    pings_begin 0.05
    refused_for_now
    pings_end
    crossings_are rekeys-child:rekeys-sa rekeys-sa:rekeys-child "left"
    # These are of no use to a client, which ends with its child.
    [ "$program" = client ] ||
        crossings_are rekeys-child:deletes-child deletes-child:rekeys-child \
            deletes-child:rekeys-sa rekeys-sa:deletes-child "both left right"
    pings_begin
    pings_end
    begin_both rekeys-sa deletes-sa
    gate open
    program_ends 15 0
    wait_until 15 "${peer}_has_no_sa" || fail "$peer_name still has an SA"
    [ "$peer" != server ] || server_shut_down
    echo "  we rekeyed the IKE SA while $peer_name deleted it"
}
