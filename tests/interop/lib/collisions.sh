# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# Both sides rekey at the same time, RFC 7296 2.8.1, 2.25: the gate is closed until a request of
# either side is kept, then it opens. One new pair, or IKE SA, remains, and traffic goes on.

# What is let through first: everything, everything in reverse order, or what comes from one side,
# up to its answer, and then the rest, as it came or in reverse order.
readonly COLLISION_ORDERS='both turned left right left-turned right-turned'
readonly COLLISIONS_EACH_ORDER=2

# In the names of the gate's sides.
our_side()
{
    [ "$our_role" = initiator ] && echo left || echo right
}

peers_side()
{
    [ "$our_role" = initiator ] && echo right || echo left
}

request_is_kept()
{
    gate_has held "$1" "CREATE_CHILD_SA request"
}

# kept_by_the_gate WHOSE SIDE
expect_kept()
{
    wait_until 20 request_is_kept "$2" || fail "$1 has not sent a request to rekey"
}

# let_through ORDER
let_through()
{
    local side=${1%-turned} other=left

    case $1 in
    both) gate open ;;
    turned) gate open turned ;;
    *)
        [ "$side" = right ] || other=right
        gate open "$side"
        wait_until 20 gate_has held $other ".* response" ||
            fail "the request from the $side is not answered"
        if [ "$side" = "$1" ]; then gate open; else gate open turned; fi
        ;;
    esac
}

# collide child|sa ORDER
collide()
{
    local before
    before=$(tunnels_peers)
    gate hold
    wait_until 20 "${program}_rekeys" "$1" || fail "our $program cannot rekey: $1"
    expect_kept "our $program" "$(our_side)"
    wait_until 20 peer_rekeys "$1" || fail "$peer_name cannot rekey: $1"
    expect_kept "$peer_name" "$(peers_side)"
    let_through "$2"
    wait_until 60 collision_is_over "$1" "$before" ||
        fail "two rekeyings at the same time, $1, $2: from
$before
we have come to
$ours
and $peer_name to
$peers"
}

# collision_is_over sa|child BEFORE: only another one is there.
collision_is_over()
{
    tunnels_are 1 1 && ! grep "^$1" <<< "$2" | grep -qFx "$(grep "^$1" <<< "$peers")"
}

# collide_in_all_orders child|sa
collide_in_all_orders()
{
    local order i
    for order in $COLLISION_ORDERS; do
        for i in $(seq $COLLISIONS_EACH_ORDER); do
            collide "$1" "$order"
        done
        echo "  $COLLISIONS_EACH_ORDER times at the same time, $1, $order: $(tunnels_ours | xargs)"
    done
}

# charon_saw_collisions CHILD|IKE: in the words of strongSwan 5.9 or 6.0. Some are over before it
# looks.
charon_saw_collisions()
{
    local detected="detected $1_REKEY collision|detected rekey collision for $1_SA" n
    detected+="|$1_SA rekey collision (won|lost)"
    n=$(grep -cE "$detected" "$work/charon.log")
    [ "$n" -ge $COLLISIONS_EACH_ORDER ] || fail "charon saw $n collisions: $1"
    grep -oE "($detected)( with [A-Z_]*)?" "$work/charon.log" | sort | uniq -c |
        sed 's/^ */  charon: /'
}

counts_one_sa()
{
    "${program}_ctl" --json stats | grep -qE '^ *"sas": 1,?$'
}

play_collisions()
{
    play_start || fail "charon cannot initiate"
    check_up
    pings_begin 0.05
    collide_in_all_orders child
    collide_in_all_orders sa
    gate open
    pings_end
    if [ "$peer" = charon ]; then
        charon_saw_collisions CHILD
        charon_saw_collisions IKE
    fi
    # Of what charon has abandoned without a word, our side knows nothing for a while.
    wait_until 40 counts_one_sa || fail "our $program keeps an IKE SA that is of no use"
    play_close
}
