# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# Traffic between what is behind the two sides. Without policies it would reach its destination in
# the clear: there are routes for it.

readonly PINGS=5 LARGE_PINGS=2 LARGE_OCTETS=3000 TRANSFER_OCTETS=65536

# Addresses behind each side, and the ways between them; in transport mode they are the sides' own,
# and the responder knows what a NAT makes of the initiator's.
inside_up()
{
    if [ "$mode" = transport ]; then
        initiator_inside=$initiator_address initiator_inside_seen=$initiator_seen_as
        responder_inside=$responder_address
        return
    fi
    initiator_inside_seen=$initiator_inside
    ip -n "$initiator_netns" address add "$initiator_inside" dev lo
    ip -n "$responder_netns" address add "$responder_inside" dev lo
    ip -n "$initiator_netns" route add "$responder_inside" via "$(inside_hop initiator)" \
        src "$initiator_inside"
    ip -n "$responder_netns" route add "$initiator_inside" via "$(inside_hop responder)" \
        src "$responder_inside"
}

# inside_hop ROLE
inside_hop()
{
    case $1,$network,$family in
    initiator,nat,4) echo 192.0.2.254 ;;
    responder,nat,4) echo 198.51.100.254 ;;
    initiator,*,4) echo 192.0.2.2 ;;
    responder,*,4) echo 192.0.2.1 ;;
    initiator,*,6) echo 2001:db8::2 ;;
    responder,*,6) echo 2001:db8::1 ;;
    esac
}

# ping_inside NETNS FROM TO ARGUMENT...: none lost.
ping_inside()
{
    local netns=$1 from=$2 to=$3
    shift 3
    ip netns exec "$netns" ping -n -i 0.05 -W 10 -I "$from" "$@" "$to" > "$work/ping.log" 2>&1 ||
        fail "a ping from $from to $to is lost: $*
$(tail -n 8 "$work/ping.log")"
}

# ping_both_ways ARGUMENT...
ping_both_ways()
{
    ping_inside "$initiator_netns" "$initiator_inside" "$responder_inside" "$@"
    ping_inside "$responder_netns" "$responder_inside" "$initiator_inside_seen" "$@"
}

# A transfer over TCP to the responder and back: its checksums cover addresses, which a NAT changes.
check_transfer()
{
    spawn echo ip netns exec "$responder_netns" busybox nc -l -p 7 -e cat
    wait_until 10 transfer_is_awaited || fail "nc does not listen"
    head -c $TRANSFER_OCTETS /dev/urandom > "$work/sent"
    # shellcheck disable=SC2016 # expanded by the inner shell
    timeout 30 ip netns exec "$initiator_netns" bash -c '
        exec 4<> "/dev/tcp/$1/7" || exit
        cat "$2/sent" >&4 &
        head -c "$3" <&4 > "$2/received"' \
        bash "$responder_inside" "$work" $TRANSFER_OCTETS > "$work/transfer.log" 2>&1
    cmp "$work/sent" "$work/received" || fail "what comes back over TCP is something else"
    end_process "$spawned"
    echo "  TCP: $TRANSFER_OCTETS octets to the responder and back"
}

transfer_is_awaited()
{
    [ -n "$(ip netns exec "$responder_netns" ss -Hltn 'sport = :7')" ]
}
