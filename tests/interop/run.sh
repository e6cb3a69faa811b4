#!/usr/bin/env bash
# run.sh SCENARIO ROLE PROGRAMS: plays one line of scenarios.list, with one of our programs (from
# the directories in PROGRAMS) in ROLE. Exits with 0, 1 or 77 (cannot run here); all that it made is
# gone afterwards. IKE2_INTEROP_KEEP=1 keeps its directory.
# shellcheck disable=SC2034,SC2154 # variables that the parts in lib share
set -u

here=$(cd "$(dirname "$0")" && pwd)
for part in process scenario network capture pki trust lookup charon program minimal client \
    server golden outcome tunnels wire many suites narrowing restart stays vanish rekey lossless \
    collisions deletion crossings children childless reauth unique virtual ping; do
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

# Its options change the defaults.
scenario_prepare()
{
    local option

    scenario_defaults
    for option in $options; do
        case $option in
        esp=*) initiator_esp=${option#*=} responder_esp=${option#*=} ;;
        policy=*) policy=${option#*=} ;;
        responder-esp=*) responder_esp=${option#*=} ;;
        fragments=*) scenario_needs_fragments "${option#*=}" ;;
        offered-ts=*) offered_ts=${option#*=} ;;
        auth=*) auth=${option#*=} ;;
        our-certificate=*) our_certificate=${option#*=} ;;
        peer-certificate=*) peer_certificate=${option#*=} ;;
        crl=*) crl=${option#*=} ;;
        crl-state=*) crl_state=${option#*=} ;;
        pin=*) pin=${option#*=} ;;
        chain=*) chain_order=${option#*=} ;;
        lookup) lookup=yes ;;
        certreq=absent) charon_more+="send_certreq = no" certreq=absent ;;
        certreq=foreign) certreq=foreign ;;
        no-fragments) peer_fragmentation=no attempt_seconds=12 ;;
        ping | inside) dataplane=tun inside=yes ;;
        virtual) dataplane=tun ;;
        clients=*) n_clients=${option#*=} ;;
        suites=*) suites=${option#*=} ;;
        traffic) dataplane=tun ;;
        offers=*) offers=${option#*=} ;;
        allows=*) allows=${option#*=} ;;
        agreed=*) agreed=${option#*=} ;;
        ports=*) ports=${option#*=} ;;
        children) dataplane=tun inside=yes ;;
        childless=*) charon_more+="childless = ${option#*=}" client_more+=(--childless) ;;
        not-childless) server_more+="childless = no" ;;
        reauth=*) reauth=${option#*=} ;;
        lifetime=*) lifetime_is "${option#*=}" ;;
        unique=*) server_more+="unique = ${option#*=}" ;;
        announces=no) charon_more+="unique = never" ;;
        remain=*) remain=${option#*=} ;;
        short-dpd) server_dpd=1 charon_dpd_delay=1 client_more+=(--dpd 1s) ;;
        killed=*) killed=${option#*=} server_dpd=1 charon_dpd_delay=1 ;;
        cookie) cookie=yes charon_cookie_threshold=1 ;;
        force-encap) force_encap=yes ;;
        wrong-psk) charon_psk=Jx6rWq1TzV9kBm4LcY0nSd7FhP2gEu8o ;;
        responder-deletes) closing_role=responder ;;
        liveness) charon_dpd_delay=1 ;;
        our-liveness) server_dpd=1 client_more+=(--dpd 1s) ;;
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
! has_option virtual || virtual_prepare
scenario_take_sides
[ -z "$inside" ] || inside_addresses
! has_option children || children_prepare
[ -z "$offers" ] || narrowing_take_sides
[ -z "$n_clients" ] || many_addresses
[ -z "$suites" ] || suites_prepare
[ "$policy" != legacy-windows ] || need_legacy
[ -z "$auth" ] || pki_make
[ -z "$lookup" ] || { lookup_prepare && lookup_serve; }
"${peer}_prepare"
capture_start "$our_netns"
! has_option loss || loss_begin
"play_${outcome//-/_}"
capture_stop
check_wire
check_options
echo "PASS"
