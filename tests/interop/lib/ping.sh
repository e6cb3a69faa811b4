# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# Traffic through the Child SA: ICMP echoes between an address behind the initiator and one behind
# the responder, counted on the wire, by our data plane and by charon. The larger ones are cut by
# the inner IP layer; each piece is one ESP packet.

readonly INITIATOR_INSIDE=10.1.0.1 RESPONDER_INSIDE=10.2.0.1
readonly PINGS=5 LARGE_PINGS=3 LARGE_OCTETS=3000
# 3000 octets of data and 8 of ICMP make 3 pieces at the MTU of 1400 on both sides.
readonly PACKETS_EACH_WAY=$((PINGS + 3 * LARGE_PINGS))

# The client gives its address to its interface itself.
inside_addresses()
{
    [ "$program" = client ] ||
        ip -n "$initiator_netns" address add "$INITIATOR_INSIDE/32" dev lo
    ip -n "$responder_netns" address add "$RESPONDER_INSIDE/32" dev lo
}

# ping_one WAY NETNS FROM TO: some small and some large ones, none lost.
ping_one()
{
    local way=$1 netns=$2
    shift 2
    {
        ip netns exec "$netns" ping -n -c $PINGS -i 0.05 -W 5 -I "$1" "$2" &&
            ip netns exec "$netns" ping -n -c $LARGE_PINGS -i 0.05 -W 5 -s $LARGE_OCTETS -M dont \
                -I "$1" "$2"
    } > "$work/ping.log" || fail "pings are lost: $way"
    echo "  pings $way: $PINGS small, $LARGE_PINGS of $LARGE_OCTETS octets, none lost"
}

ping_both_ways()
{
    need_command ping iputils-ping
    ping_one "from initiator to responder" "$initiator_netns" $INITIATOR_INSIDE $RESPONDER_INSIDE
    ping_one "from responder to initiator" "$responder_netns" $RESPONDER_INSIDE $INITIATOR_INSIDE
    check_counters
}

# Requests and answers of both ways.
readonly ESP_EACH_WAY=$((2 * PACKETS_EACH_WAY))

# our_interface_count WHAT: what a TUN interface receives has come out of the tunnel.
our_interface_count()
{
    ip netns exec "$our_netns" sh -c "cat /sys/class/net/ike2-*/statistics/$1"
}

check_counters()
{
    same_count "packets that charon decrypted" "$(charon_value packets-in)"
    same_count "packets that charon encrypted" "$(charon_value packets-out)"
    if [ "$program" = server ]; then
        same_count "packets that our server decrypted" "$(server_number packets_in)"
        same_count "packets that our server encrypted" "$(server_number packets_out)"
    fi
    enough_packets "packets into the tunnel" tx_packets
    enough_packets "packets out of the tunnel" rx_packets
}

# enough_packets WHAT COUNTER: the kernel may send some of its own into an interface.
enough_packets()
{
    local count
    count=$(our_interface_count "$2")
    [ "$count" -ge $ESP_EACH_WAY ] || fail "$1: $count instead of $ESP_EACH_WAY"
    echo "  $1: $count"
}

# same_count WHAT COUNT
same_count()
{
    [ "$2" = $ESP_EACH_WAY ] || fail "$1: '$2' instead of $ESP_EACH_WAY"
    echo "  $1: $2"
}

check_ping()
{
    same_count "ESP packets of ours on the wire" "$(capture_where 'by_us && is_esp' | wc -l)"
    same_count "ESP packets of charon's on the wire" "$(capture_where '!by_us && is_esp' | wc -l)"
    wire_lacks "ping in clear" 'message ~ /1011121314151617/'
    program_said '^CHILD_SA up .*encap=udp' || fail "our Child SA is not encapsulated"
}

# --- Without end ------------------------------------------------------------------------

# pings_begin [SECONDS]: echoes from the initiator to the responder, one in so many seconds.
pings_begin()
{
    need_command ping iputils-ping
    # Those of before count no more.
    rm -f "$work/pings.log"
    spawn pings ip netns exec "$initiator_netns" ping -n -i "${1:-0.02}" -W 30 \
        -I $INITIATOR_INSIDE $RESPONDER_INSIDE
    pings_pid=$spawned
    wait_until 10 pings_have_gone_on 0 || fail "no ping gets through"
}

# The last number that was answered.
pings_last()
{
    sed -n 's/.* icmp_seq=\([0-9]*\) .*/\1/p' "$work/pings.log" 2> /dev/null | tail -n 1
}

# pings_have_gone_on NUMBER: later ones than this have been answered.
pings_have_gone_on()
{
    [ "$(pings_last)" -gt "$1" ] 2> /dev/null
}

# The last ones may still be under way when they end; so many, at most.
readonly PINGS_UNDER_WAY=25

# pings_stop: after the last there has been one more.
pings_stop()
{
    wait_until 10 pings_have_gone_on "$(pings_last)" || fail "no ping gets through any more"
    kill -INT "$pings_pid"
    wait "$pings_pid"
}

# pings_end: none is lost.
pings_end()
{
    local lost last sent
    pings_stop
    last=$(pings_last)
    lost=$(sed -n 's/.* icmp_seq=\([0-9]*\) .*/\1/p' "$work/pings.log" | sort -n |
        awk '{ for (n++; n < $1; n++) print n }' | paste -sd ' ')
    sent=$(sed -n 's/^\([0-9]*\) packets transmitted.*/\1/p' "$work/pings.log")
    [ -z "$lost" ] || fail "pings are lost, of $sent: $lost"
    [ $((sent - last)) -le $PINGS_UNDER_WAY ] ||
        fail "the last of $sent pings are lost: after $last"
    echo "  $last pings, none lost"
}

# The pings are all that went through the tunnel: whichever charon sent, we have answered.
check_answered()
{
    local asked answered
    asked=$(capture_where '!by_us && is_esp' | wc -l)
    answered=$(capture_where 'by_us && is_esp' | wc -l)
    [ "$asked" -gt 0 ] && [ "$asked" -eq "$answered" ] ||
        fail "on the wire are $asked pings of charon's and $answered answers of ours"
    echo "  wire: $asked pings of charon's, each with our answer"
}
