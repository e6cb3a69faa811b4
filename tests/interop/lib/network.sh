# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# Two hosts in network namespaces, and for some networks a router between them. The names carry
# the process id of the run, so that runs side by side do not meet.
#
#   direct4, direct6   initiator 192.0.2.1, 2001:db8::1  ---  192.0.2.2, 2001:db8::2 responder
#   gated              the same, IPv4, with gate.py between them; the initiator is on its left
#   nat                initiator 192.0.2.1 --- 192.0.2.254 router
#                      router 198.51.100.254 --- 198.51.100.2 responder
#   no-fragments       the same addresses without NAT; the router drops all IP fragments
#
# Sets initiator_netns, responder_netns, initiator_address, responder_address, and
# initiator_seen_as, the initiator's address as the responder sees it.

namespaces=()

namespace_add()
{
    ip netns add "$1" 2> /dev/null || skip "cannot make a network namespace here"
    namespaces+=("$1")
    ip -n "$1" link set lo up
}

# link_add NETNS INTERFACE NETNS INTERFACE
link_add()
{
    ip link add "$2" netns "$1" type veth peer name "$4" netns "$3" ||
        skip "cannot make a veth pair here"
    ip -n "$1" link set "$2" up
    ip -n "$3" link set "$4" up
}

network_up()
{
    initiator_netns=ike2-$$-i
    responder_netns=ike2-$$-r
    namespace_add "$initiator_netns"
    namespace_add "$responder_netns"
    initiator_address=192.0.2.1
    responder_address=192.0.2.2

    case $1 in
    direct4) network_direct ;;
    direct6)
        network_direct
        initiator_address=2001:db8::1
        responder_address=2001:db8::2
        ;;
    gated) network_gated ;;
    nat) network_nat ;;
    no-fragments) network_no_fragments ;;
    *) fail "no network is called $1" ;;
    esac
    initiator_seen_as=${outside_address:-$initiator_address}
}

network_direct()
{
    link_add "$initiator_netns" eth0 "$responder_netns" eth0
    network_addresses
}

network_addresses()
{
    ip -n "$initiator_netns" address add 192.0.2.1/24 dev eth0
    ip -n "$responder_netns" address add 192.0.2.2/24 dev eth0
    ip -n "$initiator_netns" address add 2001:db8::1/64 dev eth0 nodad
    ip -n "$responder_netns" address add 2001:db8::2/64 dev eth0 nodad
}

network_gated()
{
    local between=ike2-$$-n

    need_command python3 python3
    namespace_add "$between"
    link_add "$initiator_netns" eth0 "$between" left
    link_add "$responder_netns" eth0 "$between" right
    network_addresses
    mkfifo "$work/gate"
    spawn gate ip netns exec "$between" python3 "$here/lib/gate.py" left right "$work/gate"
    wait_until 10 log_has "$work/gate.log" '^ready' || fail "the gate does not start"
}

# gate COMMAND: see gate.py. It has been obeyed when this returns.
gate()
{
    local before
    before=$(gate_obeyed "$*")
    echo "$*" > "$work/gate"
    wait_until 20 gate_obeys "$*" "$before" || fail "the gate does not obey: $*"
}

# How often that was.
gate_obeyed()
{
    grep -cFx -- "$1" "$work/gate.log"
}

gate_obeys()
{
    [ "$(gate_obeyed "$1")" -gt "$2" ]
}

# gate_has held|passed SIDE MESSAGE: since the last `hold`.
gate_has()
{
    sed -n '/^hold$/{ h; d; }; H; ${ x; p; }' "$work/gate.log" | grep -qE "^$1 $2 $3"
}

network_routed()
{
    router=ike2-$$-n
    need_command nft nftables
    namespace_add "$router"
    link_add "$initiator_netns" eth0 "$router" inside
    link_add "$responder_netns" eth0 "$router" outside
    ip -n "$initiator_netns" address add 192.0.2.1/24 dev eth0
    ip -n "$router" address add 192.0.2.254/24 dev inside
    ip -n "$router" address add 198.51.100.254/24 dev outside
    ip -n "$responder_netns" address add 198.51.100.2/24 dev eth0
    ip -n "$initiator_netns" route add default via 192.0.2.254
    responder_address=198.51.100.2
    ip netns exec "$router" sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'
}

network_nat()
{
    network_routed
    outside_address=198.51.100.254

    # The port changes too, so that an answer to a remembered port 500 would be lost.
    ip netns exec "$router" nft -f - << 'NFT' || skip "no NAT in this kernel"
table ip nat {
    chain postrouting {
        type nat hook postrouting priority 100;
        oifname "outside" udp dport { 500, 4500 } masquerade to :20000-29999
    }
}
NFT
}

# Before the fragments are put together, which is at priority -400.
network_no_fragments()
{
    network_routed
    ip -n "$responder_netns" route add default via 198.51.100.254
    ip netns exec "$router" nft -f - << 'NFT' || skip "no packet filter in this kernel"
table ip fragments {
    counter dropped { }
    chain prerouting {
        type filter hook prerouting priority -450;
        ip frag-off & 0x3fff != 0 counter name dropped drop
    }
}
NFT
}

fragments_dropped()
{
    ip netns exec "$router" nft list counter ip fragments dropped |
        sed -n 's/.*packets \([0-9]*\).*/\1/p'
}

# Nobody has sent any, and the router would have dropped them.
fragments_would_be_lost()
{
    [ "$(fragments_dropped)" -eq 0 ] || fail "the router has dropped IP fragments"
    ip netns exec "$our_netns" bash -c "printf '%3000s' large > /dev/udp/$peer_address/9"
    wait_until 5 fragments_are_dropped || fail "the router does not drop IP fragments"
    echo "  the router has seen no IP fragment of the SA, and drops those of another datagram"
}

fragments_are_dropped()
{
    [ "$(fragments_dropped)" -ge 3 ]
}

# loss_begin, loss_end: every second datagram to the initiator is lost, the first one too.
loss_begin()
{
    need_command nft nftables
    ip netns exec "$initiator_netns" nft -f - << 'NFT' || skip "no packet filter in this kernel"
table inet loss {
    chain input {
        type filter hook input priority 0;
        udp sport { 500, 4500 } numgen inc mod 2 == 0 drop
    }
}
NFT
}

loss_end()
{
    ip netns exec "$initiator_netns" nft delete table inet loss
}

network_down()
{
    local name
    for name in "${namespaces[@]}"; do
        ip netns del "$name"
    done
}
