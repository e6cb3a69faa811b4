# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# An SA comes up, the kernel carries its traffic, it goes down, and nothing is left.

play_traffic()
{
    play_start || fail "charon cannot initiate"
    check_is_up
    check_traffic
    play_close
    check_left
}

# Requests and answers of both ways.
readonly ESP_EACH_WAY=$((2 * PINGS))

check_traffic()
{
    check_xfrm
    ping_both_ways -c "$PINGS"
    check_counts
    ping_both_ways -c "$LARGE_PINGS" -s "$LARGE_OCTETS"
    check_transfer
    check_same_counts
    check_nothing_clear
}

# After the small pings: an ESP packet for each, on the wire and in the counters of both kernels.
check_counts()
{
    local netns counter=plain n

    [ -z "$encapsulated" ] || counter=in_udp
    for netns in "$initiator_netns" "$responder_netns"; do
        n=$(watch_count "$netns" $counter)
        [ "$n" = $ESP_EACH_WAY ] ||
            fail "$n packets on the wire ($counter) from $netns instead of $ESP_EACH_WAY"
        [ "$(xfrm_value "$netns" packets | xargs)" = "$ESP_EACH_WAY $ESP_EACH_WAY" ] ||
            fail "the kernel's counters at $netns are not $ESP_EACH_WAY:
$(xfrm_sas "$netns")"
    done
    echo "  $PINGS pings from either side: $ESP_EACH_WAY packets each way on the wire ($counter)" \
        "and in the SAs of both kernels"
}

# What one kernel has sent, the other one has accepted.
check_same_counts()
{
    local spi sent accepted
    for spi in $(xfrm_spis "$initiator_netns"); do
        sent=$(xfrm_value "$initiator_netns" packets "spi=$spi ")
        accepted=$(xfrm_value "$responder_netns" packets "spi=$spi ")
        [ "$sent" = "$accepted" ] || fail "SA $spi: $sent packets here, $accepted there"
        echo "  SA $spi: $sent packets in both kernels"
    done
}

# After a clean end neither of our programs leaves anything, and charon neither.
check_left()
{
    check_xfrm_empty "the initiator" "$initiator_netns"
    check_xfrm_empty "the responder" "$responder_netns"
    check_clear_is_seen
}

# Without policies a ping goes in the clear; the watch must see it, or it proves nothing.
check_clear_is_seen()
{
    ip netns exec "$initiator_netns" ping -n -c 1 -W 1 -I "$initiator_inside" "$responder_inside" \
        > "$work/ping.log" 2>&1
    [ "$(watch_count "$initiator_netns" clear)" -gt 0 ] ||
        fail "the watch does not see a ping in the clear"
    echo "  without policies the same ping would go in the clear, and be seen"
}
