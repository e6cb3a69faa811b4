# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# What a scenario is: who plays it, what it is by default, and how everything ends.

# Who plays which side: `program` is ours, `peer` the other one.
cast()
{
    peer=charon peer_name=charon
    case $1 in
    initiator | responder) our_role=$1 program=minimal ;;
    client) our_role=initiator program=client ;;
    server) our_role=responder program=server ;;
    pair) our_role=initiator program=client peer=server peer_name="our server" ;;
    *) usage ;;
    esac
}

# What a scenario is by default.
scenario_defaults()
{
    psk=Zt3vQ8mLw0RkX5cYb7NfJ2sHd9GpUe4a
    psk_file=$work/psk
    charon_psk=$psk
    initiator_id=initiator.test
    responder_id=responder.test
    initiator_ts=10.1.0.0/24
    responder_ts=10.2.0.0/24
    initiator_esp=aes256gcm16
    responder_esp=aes256gcm16
    offered_ts='' fragment_size='' cookie='' force_encap='' auth='' dataplane=none
    mode=tunnel
    our_certificate=good peer_certificate=good peer_fragmentation=yes attempt_seconds=30
    crl='' crl_state=fresh pin='' chain_order=given certreq='' lookup=''
    n_clients='' suites='' policy='' killed='' server_dpd=30
    charon_cookie_threshold=0 charon_dpd_delay=0 closing_role=initiator
    # Lines or arguments that go into the configurations as they are.
    client_more=() server_child_more='' charon_child_more=''
    server_more_children='' charon_more_children='' server_more='' charon_more=''
    inside='' offers='' allows='' agreed='' ports='' reauth='' remain=''
    [ "$network" != direct6 ] || initiator_ts=2001:db8:1::/64 responder_ts=2001:db8:2::/64
}

# The same from our point of view. What is offered, if it is more, only the initiator has.
scenario_take_sides()
{
    offered_local_ts=${offered_ts:-$initiator_ts} offered_remote_ts=${offered_ts:-$responder_ts}
    if [ "$our_role" = initiator ]; then
        peer_role=responder
        our_netns=$initiator_netns peer_netns=$responder_netns
        our_address=$initiator_address peer_address=$responder_address
        peer_proposal=$responder_proposal peer_esp=$responder_esp
        our_id=$initiator_id peer_id=$responder_id
        peer_local_ts=$responder_ts peer_remote_ts=$initiator_ts
        charon_address=$responder_address charon_remote=%any
    else
        peer_role=initiator
        our_netns=$responder_netns peer_netns=$initiator_netns
        our_address=$responder_address peer_address=$initiator_seen_as
        peer_proposal=$initiator_proposal peer_esp=$initiator_esp
        our_id=$responder_id peer_id=$initiator_id
        peer_local_ts=$offered_local_ts peer_remote_ts=$offered_remote_ts
        charon_address=$initiator_address charon_remote=$responder_address
    fi
    ! has_option wrong-identity || peer_id=impostor.test
}

has_option()
{
    [[ " $options " = *" $1 "* ]]
}

clean_up()
{
    local code=$?
    trap '' INT TERM
    end_all_processes
    if [ "$code" -ne 0 ] && [ "$code" -ne "$EXIT_SKIPPED" ]; then
        print_logs
    fi
    network_down
    if [ -n "${IKE2_INTEROP_KEEP:-}" ]; then
        echo "kept: $work"
    else
        rm -rf "$work"
    fi
    exit $code
}

print_logs()
{
    local log
    for log in "$work"/*.log "$work/capture.tsv"; do
        [ -s "$log" ] || continue
        echo "--- $(basename "$log")"
        tail -n 400 "$log" | cut -c 1-400
    done
}
