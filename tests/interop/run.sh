#!/usr/bin/env bash
# run.sh SCENARIO ROLE PROGRAMS: plays one line of scenarios.list against strongSwan, with our
# program (from the directory PROGRAMS) in ROLE: initiator or responder. Exits with 0, 1 or 77
# (cannot run here); all that it made is gone afterwards. IKE2_INTEROP_KEEP=1 keeps its directory.
# shellcheck disable=SC2034,SC2154 # variables that the parts in lib share
set -u

here=$(cd "$(dirname "$0")" && pwd)
for part in process network capture charon program outcome; do
    # shellcheck source=/dev/null
    . "$here/lib/$part.sh"
done

usage()
{
    echo "usage: run.sh SCENARIO initiator|responder PROGRAMS; scenarios:" >&2
    sed -n 's/^\([a-z0-9][^ ]*\).*/  \1/p' "$here/scenarios.list" >&2
    exit 2
}

scenario_read()
{
    local line
    line=$(grep -E "^$1 " "$here/scenarios.list") || usage
    read -r scenario network initiator_proposal responder_proposal outcome options <<< "$line"
    [ "$responder_proposal" != = ] || responder_proposal=$initiator_proposal
}

# What a scenario is by default; its options change it.
scenario_prepare()
{
    local option

    psk=interop-pre-shared-key
    charon_psk=$psk
    initiator_id=initiator.test
    responder_id=responder.test
    initiator_ts=10.1.0.0/24
    responder_ts=10.2.0.0/24
    initiator_esp=aes256gcm16
    responder_esp=aes256gcm16
    offered_ts='' fragment_size='' cookie='' force_encap=''
    charon_cookie_threshold=0 charon_dpd_delay=0 closing_role=initiator
    [ "$network" != direct6 ] || initiator_ts=2001:db8:1::/64 responder_ts=2001:db8:2::/64

    for option in $options; do
        case $option in
        esp=*) initiator_esp=${option#*=} responder_esp=${option#*=} ;;
        responder-esp=*) responder_esp=${option#*=} ;;
        fragments=*) scenario_needs_fragments "${option#*=}" ;;
        offered-ts=*) offered_ts=${option#*=} ;;
        cookie) cookie=yes charon_cookie_threshold=1 ;;
        force-encap) force_encap=yes ;;
        wrong-psk) charon_psk=another-pre-shared-key ;;
        responder-deletes) closing_role=responder ;;
        liveness) charon_dpd_delay=1 ;;
        wrong-identity | nat | loss | invalid-ke | decrypt) ;;
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
    if [ "$our_role" = initiator ]; then
        our_netns=$initiator_netns peer_netns=$responder_netns
        our_address=$initiator_address peer_address=$responder_address
        our_proposal=$initiator_proposal peer_proposal=$responder_proposal
        our_esp=$initiator_esp peer_esp=$responder_esp
        our_id=$initiator_id peer_id=$responder_id
        our_local_ts=${offered_ts:-$initiator_ts} our_remote_ts=${offered_ts:-$responder_ts}
        peer_local_ts=$responder_ts peer_remote_ts=$initiator_ts
        charon_address=$responder_address charon_remote=%any
    else
        our_netns=$responder_netns peer_netns=$initiator_netns
        our_address=$responder_address peer_address=$initiator_seen_as
        our_proposal=$responder_proposal peer_proposal=$initiator_proposal
        our_esp=$responder_esp peer_esp=$initiator_esp
        our_id=$responder_id peer_id=$initiator_id
        our_local_ts=$responder_ts our_remote_ts=$initiator_ts
        peer_local_ts=${offered_ts:-$initiator_ts} peer_remote_ts=${offered_ts:-$responder_ts}
        charon_address=$initiator_address charon_remote=$responder_address
    fi
    expected_peer_id=$peer_id
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
        cut -c 1-400 "$log"
    done
}

[ $# -eq 3 ] || usage
our_role=$2
programs=$3
case $our_role in
initiator | responder) ;;
*) usage ;;
esac
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

echo "$scenario, our role: $our_role"
charon_install
scenario_prepare
network_up "$network"
scenario_take_sides
charon_configure
charon_start
capture_start "$our_netns"
! has_option loss || loss_begin
"play_${outcome//-/_}"
capture_stop
check_wire
check_options
echo "PASS"
