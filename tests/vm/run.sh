#!/usr/bin/env bash
# run.sh SCENARIO ROLE PROGRAMS: plays one line of scenarios.list inside the guest, in the way of
# tests/interop/run.sh and with its parts, but with the kernel's ESP. Exits with 0, 1 or 77.
# shellcheck disable=SC2034,SC2154 # variables that the parts share
set -u

vm=$(cd "$(dirname "$0")" && pwd)
here=$vm/../interop
for part in process scenario network trust charon program client server outcome restart; do
    # shellcheck source=/dev/null
    . "$here/lib/$part.sh"
done
for part in xfrm watch traffic manual esp rekey demand killed; do
    # shellcheck source=/dev/null
    . "$vm/lib/$part.sh"
done
# Software emulation, beside other tests.
patience=5

usage()
{
    echo "usage: run.sh SCENARIO client|server|pair|manual PROGRAMS; scenarios:" >&2
    sed -n 's/^\([a-z0-9][^ ]*\).*/  \1/p' "$vm/scenarios.list" >&2
    exit 2
}

scenario_read()
{
    local line
    line=$(grep -E "^$1 " "$vm/scenarios.list") || usage
    read -r scenario players network outcome options <<< "$line"
    initiator_proposal=aes128gcm16-prfsha256-x25519
    responder_proposal=$initiator_proposal
}

# Its options change the defaults.
scenario_prepare()
{
    local option

    scenario_defaults
    attempt_seconds=60
    dataplane=xfrm esn='' encapsulated='' family=4
    initiator_inside=10.1.0.1 responder_inside=10.2.0.1
    [ "$network" != nat ] || encapsulated=yes
    [ "$network" != direct6 ] || scenario_inside 6
    for option in $options; do
        case $option in
        esp=*) initiator_esp=${option#*=} responder_esp=${option#*=} ;;
        esn) esn=yes initiator_esp+=-esn responder_esp+=-esn ;;
        force-encap) force_encap=yes encapsulated=yes ;;
        inside=*) scenario_inside "${option#*=}" ;;
        transport) scenario_transport ;;
        we-rekey=*) rekey_by "$program" "${option#*=}" ;;
        peer-rekeys=*) rekey_by "$peer" "${option#*=}" ;;
        on-demand) client_more+=(--on-demand) ;;
        killed=*) killed=${option#*=} server_dpd=1 charon_dpd_delay=1 ;;
        *) fail "no option is called $option" ;;
        esac
    done
}

scenario_transport()
{
    mode=transport
    client_more+=(--mode transport)
    server_child_more+=$'mode = transport\n'
    charon_child_more+=$'mode = transport\n'
    # The ends of the SA itself.
    initiator_ts='' responder_ts=''
}

# scenario_inside FAMILY: of the addresses whose traffic is protected.
scenario_inside()
{
    family=$1
    if [ "$family" = 4 ]; then
        initiator_inside=10.1.0.1 responder_inside=10.2.0.1
        initiator_ts=10.1.0.0/24 responder_ts=10.2.0.0/24
    else
        initiator_inside=2001:db8:1::1 responder_inside=2001:db8:2::1
        initiator_ts=2001:db8:1::/64 responder_ts=2001:db8:2::/64
    fi
}

[ $# -eq 3 ] || usage
role=$2
programs=$3
scenario_read "$1"
[ "$role" = manual ] || cast "$role"

[ "$(id -u)" -eq 0 ] || skip "needs root for network namespaces"
modprobe -a esp4 esp6 xfrm_user 2> /dev/null || skip "no ESP in this kernel: for the guest only"

# A short path, as it becomes part of a socket's name.
work=$(mktemp -d /tmp/ike2-vm.XXXXXX)
trap clean_up EXIT
trap 'exit 130' INT TERM

echo "$scenario, our role: $role, kernel $(uname -r)"
[ "$role" = manual ] || program_find
scenario_prepare
network_up "$network"
inside_up
watch_start "$initiator_netns"
watch_start "$responder_netns"
if [ "$role" != manual ]; then
    scenario_take_sides
    "${peer}_prepare"
fi
"play_${outcome//-/_}"
echo "PASS"
