# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# The client connects when there is traffic: the kernel holds it back and asks (ACQUIRE).

play_demand()
{
    program_start
    wait_until 20 demand_is_ready || fail "there is no policy that would hold traffic back"
    [ -z "$(xfrm_sas "$initiator_netns")" ] || fail "there is an SA without traffic"
    [ "$(watch_count "$initiator_netns" ike)" = 0 ] || fail "it connects without traffic"
    echo "  no traffic: policies, but no SA and no message of IKE"

    wait_until 30 demand_ping || fail "there is no connection in spite of traffic"
    echo "  traffic: connected"
    check_is_up
    [ "$role" != client ] || charon_knows_the_packet ||
        fail "the packet that was held back does not come first in the request"
    check_traffic_of_demand
    play_close
    check_left
}

demand_is_ready()
{
    [ -n "$(xfrm_policies "$initiator_netns")" ]
}

# RFC 7296 2.9: in TSi and in TSr. "10.2.0.1/32[icmp] ... === 10.1.0.1/32[icmp/8] ..."
charon_knows_the_packet()
{
    charon_log_has \
        "child config for $responder_inside/[0-9]+\[icmp[^=]* === $initiator_inside/[0-9]+\[icmp"
}

# Pings until one is answered; what is held back until then is dropped by the kernel.
demand_ping()
{
    ip netns exec "$initiator_netns" ping -n -c 1 -W 1 -I "$initiator_inside" \
        "$responder_inside" > "$work/ping.log" 2>&1
}

check_traffic_of_demand()
{
    check_xfrm
    ping_both_ways -c "$PINGS"
    check_same_counts
    check_nothing_clear
}
