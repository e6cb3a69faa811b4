# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# What each side puts on the wire, counted by nftables where packets leave eth0: ESP by itself
# (`plain`) or in UDP, IKE, what a link needs for itself, and everything else, which is `clear`. Not
# where they come in: what ESP has wrapped comes by a second time there.

readonly NON_ESP_MARKER=0x00000000

watch_start()
{
    need_command nft nftables
    ip netns exec "$1" nft -f - << NFT || fail "nft refuses the watch"
table netdev watch {
    counter plain { }
    counter in_udp { }
    counter ike { }
    counter link { }
    counter clear { }
    chain out {
        type filter hook egress device eth0 priority 0;
        meta protocol arp counter name link accept
        meta l4proto icmpv6 icmpv6 type { 133, 134, 135, 136, 143 } counter name link accept
        # "Port unreachable" of a datagram: 17 is UDP, which is never inside of the tests' tunnels.
        icmp type destination-unreachable @th,136,8 17 counter name link accept
        meta l4proto esp counter name plain accept
        ip protocol udp ip frag-off & 0x1fff != 0 counter name in_udp accept
        udp dport 500 counter name ike accept
        udp sport 500 counter name ike accept
        udp dport 4500 @th,64,32 $NON_ESP_MARKER counter name ike accept
        udp sport 4500 @th,64,32 $NON_ESP_MARKER counter name ike accept
        udp dport 4500 counter name in_udp accept
        udp sport 4500 counter name in_udp accept
        counter name clear
    }
}
NFT
}

# watch_count NETNS COUNTER
watch_count()
{
    ip netns exec "$1" nft list counter netdev watch "$2" |
        sed -n 's/.*packets \([0-9]*\).*/\1/p'
}

# check_nothing_clear: of this side and of the other one.
check_nothing_clear()
{
    local netns n
    for netns in "$initiator_netns" "$responder_netns"; do
        n=$(watch_count "$netns" clear)
        [ "$n" = 0 ] || fail "$n packets in the clear at $netns:
$(ip netns exec "$netns" nft list table netdev watch)"
    done
    echo "  nothing in the clear on the wire"
}
