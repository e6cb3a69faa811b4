#!/usr/bin/env bash
# run.sh SCENARIO ROLE PROGRAMS: plays one line of scenarios.list, with one of our programs (from
# the directories in PROGRAMS) in ROLE. Exits with 0, 1 or 77 (cannot run here); all that it made is
# gone afterwards. IKE2_INTEROP_KEEP=1 keeps its directory.
# shellcheck disable=SC2034,SC2154 # variables that the parts in lib share
set -u

here=$(cd "$(dirname "$0")" && pwd)
for part in process network capture pki charon program minimal client server golden outcome wire \
    many restart ping; do
    # shellcheck source=/dev/null
    . "$here/lib/$part.sh"
done

usage()
{
    echo "usage: run.sh SCENARIO initiator|responder|client|server|pair PROGRAMS; scenarios:" >&2
    sed -n 's/^\([a-z0-9][^ ]*\).*/  \1/p' "$here/scenarios.list" >&2
    exit 2
}

scenario_read()
{
    local line
    line=$(grep -E "^$1 " "$here/scenarios.list") || usage
    read -r scenario players network initiator_proposal responder_proposal outcome options \
        <<< "$line"
    [ "$responder_proposal" != = ] || responder_proposal=$initiator_proposal
}

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

# What a scenario is by default; its options change it.
scenario_prepare()
{
    local option

    psk=interop-pre-shared-key
    psk_file=$work/psk
    charon_psk=$psk
    initiator_id=initiator.test
    responder_id=responder.test
    initiator_ts=10.1.0.0/24
    responder_ts=10.2.0.0/24
    initiator_esp=aes256gcm16
    responder_esp=aes256gcm16
    offered_ts='' fragment_size='' cookie='' force_encap='' auth='' dataplane=none
    our_certificate=good peer_certificate=good peer_fragmentation=yes attempt_seconds=30
    n_clients='' killed='' server_dpd=30
    charon_cookie_threshold=0 charon_dpd_delay=0 closing_role=initiator
    [ "$network" != direct6 ] || initiator_ts=2001:db8:1::/64 responder_ts=2001:db8:2::/64

    for option in $options; do
        case $option in
        esp=*) initiator_esp=${option#*=} responder_esp=${option#*=} ;;
        responder-esp=*) responder_esp=${option#*=} ;;
        fragments=*) scenario_needs_fragments "${option#*=}" ;;
        offered-ts=*) offered_ts=${option#*=} ;;
        auth=*) auth=${option#*=} ;;
        our-certificate=*) our_certificate=${option#*=} ;;
        peer-certificate=*) peer_certificate=${option#*=} ;;
        no-fragments) peer_fragmentation=no attempt_seconds=12 ;;
        ping) dataplane=tun ;;
        clients=*) n_clients=${option#*=} ;;
        killed=*) killed=${option#*=} server_dpd=1 charon_dpd_delay=1 ;;
        cookie) cookie=yes charon_cookie_threshold=1 ;;
        force-encap) force_encap=yes ;;
        wrong-psk) charon_psk=another-pre-shared-key ;;
        responder-deletes) closing_role=responder ;;
        liveness) charon_dpd_delay=1 ;;
        wrong-identity | nat | loss | invalid-ke | decrypt | golden | large) ;;
        *) fail "no option is called $option" ;;
        esac
    done
}

# Sixteen IPv6 selectors on either side make both IKE_AUTH messages longer than 1280 octets.
scenario_needs_fragments()
{
    fragment_size=$1
    initiator_ts=$(printf '2001:db8:1:%x::/64 ' {1..16})
    responder_ts=$(printf '2001:db8:2:%x::/64 ' {1..16})
    initiator_ts=${initiator_ts% } responder_ts=${responder_ts% }
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

[ $# -eq 3 ] || usage
role=$2
programs=$3
cast "$role"
scenario_read "$1"

[ "$(id -u)" -eq 0 ] || skip "needs root for network namespaces"
need_command ip iproute2
need_command tcpdump tcpdump
need_command tshark tshark
has_option decrypt && ! program_writes_keys && skip "built without IKE2_ENABLE_KEYLOG"

# A short path, as it becomes part of a socket's name.
work=$(mktemp -d /tmp/ike2-interop.XXXXXX)
trap clean_up EXIT
trap 'exit 130' INT TERM

echo "$scenario, our role: $role"
program_find
scenario_prepare
network_up "$network"
scenario_take_sides
! has_option ping || inside_addresses
[ -z "$n_clients" ] || many_addresses
[ -z "$auth" ] || pki_make
"${peer}_prepare"
capture_start "$our_netns"
! has_option loss || loss_begin
"play_${outcome//-/_}"
capture_stop
check_wire
check_options
echo "PASS"
