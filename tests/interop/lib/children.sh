# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# Three Child SAs in one IKE SA, RFC 7296 1.3.1, each with its own selectors, and its own algorithms
# if the client is charon: made, rekeyed and deleted one by one, by either side, and all kept when
# the IKE SA is rekeyed. An echo goes through each. Child N is between 10.1.N.1 and 10.2.N.1; the
# first one is the scenario's.

readonly CHILD_NAMES=(net-peer net-voice net-guest)
child_esp=('' aes256-sha256 aes128gcm16-x25519)

children_prepare()
{
    local i
    [ "$program" = server ] || child_esp=('' "$initiator_esp" "$initiator_esp")
    for i in 1 2; do
        client_more+=(--child "$(children_ts initiator "$i")=$(children_ts responder "$i")")
        charon_more_children+="${CHILD_NAMES[i]} {
            local_ts = $(children_ts "$peer_role" "$i")
            remote_ts = $(children_ts "$our_role" "$i")
            esp_proposals = ${child_esp[i]}
        }
        "
        server_more_children+="child ${CHILD_NAMES[i]} {
        local-ts = \"$(children_ts responder "$i")\"
        remote-ts = \"$(children_ts initiator "$i")\"
        esp-proposals = \"${child_esp[i]}\"
    }
    "
        ip -n "$initiator_netns" address add "10.1.$i.1/32" dev lo
        ip -n "$responder_netns" address add "10.2.$i.1/32" dev lo
    done
}

# children_ts ROLE I: what is behind that side.
children_ts()
{
    [ "$1" = initiator ] && echo "10.1.$2.0/24" || echo "10.2.$2.0/24"
}

# The lines of child I, and those of the others.
child_line()
{
    tunnels_ours | grep -F " $(children_ts "$our_role" "$1") "
}

other_lines()
{
    tunnels_ours | grep -vF " $(children_ts "$our_role" "$1") "
}

children_ping()
{
    local i
    for i in "$@"; do
        ip netns exec "$initiator_netns" ping -n -c 3 -i 0.05 -W 5 -I "10.1.$i.1" "10.2.$i.1" \
            > "$work/ping.log" || fail "pings are lost: ${CHILD_NAMES[i]}"
    done
    echo "  pings: $(for i in "$@"; do echo "${CHILD_NAMES[i]}"; done | paste -sd ' ')"
}

child_by_us()
{
    "${program}_ctl" "$1" "$(our_child "$(children_ts "$our_role" "$2")")" > /dev/null
}

# child_by_peer rekey|terminate I
child_by_peer()
{
    swanctl_run "--$1" --child "${CHILD_NAMES[$2]}" >> "$work/swanctl.log" 2>&1
}

# who us|peer
who()
{
    [ "$1" = peer ] && echo "$peer_name" || echo we
}

# child_rekeyed us|peer I: it has another pair, and nothing else has changed.
child_rekeyed()
{
    local before others
    before=$(child_line "$2") others=$(other_lines "$2")
    "child_by_$1" rekey "$2" || fail "$1 cannot rekey ${CHILD_NAMES[$2]}"
    wait_until 20 child_has_changed "$2" "$before" || fail "$1 has not rekeyed ${CHILD_NAMES[$2]}"
    expect_tunnels "$(who "$1") rekeyed ${CHILD_NAMES[$2]}" 1 3
    [ "$(other_lines "$2")" = "$others" ] || fail "something else has changed as well"
}

child_has_changed()
{
    [ "$(child_line "$1")" != "$2" ]
}

# child_deleted us|peer I N_LEFT
child_deleted()
{
    "child_by_$1" terminate "$2" || fail "$1 cannot delete ${CHILD_NAMES[$2]}"
    expect_tunnels "$(who "$1") deleted ${CHILD_NAMES[$2]}" 1 "$3"
}

# sa_rekeyed WHO: all children stay.
sa_rekeyed()
{
    local before
    before=$(tunnels_ours)
    "${1}_rekeys" sa || fail "$1 cannot rekey the IKE SA"
    wait_until 20 sa_has_changed "$before" || fail "$1 has not rekeyed the IKE SA"
    expect_tunnels "$(who "$1") rekeyed the IKE SA" 1 "$(grep -c '^child' <<< "$before")"
    [ "$(grep '^child' <<< "$before")" = "$(grep '^child' <<< "$ours")" ] ||
        fail "a Child SA has changed as well"
}

sa_has_changed()
{
    ! tunnels_ours | grep '^sa' | grep -qFx "$(grep '^sa' <<< "$1")"
}

# The initiator asks for them; our client does without being told.
children_come()
{
    local i
    [ "$program" != client ] || return 0
    for i in 1 2; do
        charon_initiate "${CHILD_NAMES[i]#net-}" || fail "charon cannot make ${CHILD_NAMES[i]}"
    done
}

play_children()
{
    local i
    play_start || fail "charon cannot initiate"
    check_is_up # there may be several Child SAs already
    children_come
    expect_tunnels "three Child SAs" 1 3
    children_ping 0 1 2
    for i in 0 1 2; do
        child_rekeyed us "$i"
        child_rekeyed peer "$i"
    done
    sa_rekeyed "$program"
    sa_rekeyed peer
    children_ping 0 1 2
    child_deleted us 1 2
    children_ping 0 2
    child_deleted peer 0 1
    children_ping 2
    charon_initiate voice || fail "charon cannot make net-voice again"
    expect_tunnels "net-voice again" 1 2
    sa_rekeyed "$program"
    children_ping 1 2
    play_close
}
