# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# What is there at the moment, as each side says it: a line "sa SPI SPI" for each IKE SA, ours
# first, and "child IN OUT LOCAL REMOTE" for each Child SA, from our point of view. What is not up
# has its state behind it, so that it equals nothing. An IKE SA whose Delete is out does not count:
# the peer may be gone, and charon loses an answer that comes faster than it expects it. And what is
# ordered of one of them.

# tunnels_of_server ours|peers
tunnels_of_server()
{
    server_ctl --json sas 2> /dev/null | awk -v ours="$([ "$1" = peers ] || echo 1)" \
        -f "$here/lib/tunnels.ctl.awk" | sort
}

# tunnels_of_client ours
tunnels_of_client()
{
    client_ctl --json sas 2> /dev/null | awk -v ours=1 -f "$here/lib/tunnels.ctl.awk" | sort
}

# tunnels_of_charon peers
tunnels_of_charon()
{
    charon_sas | sed 's/[ {][^ {]* {name=/\n{name=/g' |
        awk -f "$here/lib/tunnels.charon.awk" | sort
}

tunnels_ours()
{
    "tunnels_of_$program" ours | grep -v ' CLOSING$'
}

tunnels_peers()
{
    "tunnels_of_$peer" peers | grep -vE ' (CLOSING|DELETING)$'
}

# tunnels_are N_SAS N_CHILDREN: as many are up, and both sides say the same of all. Sets $ours and
# $peers.
tunnels_are()
{
    ours=$(tunnels_ours) peers=$(tunnels_peers)
    [ "$ours" = "$peers" ] && [ "$(grep -c '^sa' <<< "$peers")" -eq "$1" ] &&
        [ "$(grep -c '^child' <<< "$peers")" -eq "$2" ]
}

# expect_tunnels WHAT N_SAS N_CHILDREN
expect_tunnels()
{
    wait_until 30 tunnels_are "$2" "$3" || fail "$1: we have
$ours
$peer_name has
$peers"
    echo "  $1, both sides: $(paste -sd ';' <<< "$ours" | sed 's/;/; /g')"
}

# --- Orders -----------------------------------------------------------------------------

# our_child LOCAL_TS: the id of the first child with these selectors, as ikev2ctl takes it.
our_child()
{
    "${program}_ctl" --json sas | awk -v wanted="\"$1\"" '
        / "id": / { id = $2 + 0 }
        / "local_ts": / { getline; sub(/^ */, ""); if ($1 == wanted) { print id; exit } }'
}

# order client|server COMMAND sa|child
order()
{
    "${1}_ctl" "$2" "$(first_id "$1" "$3")" > /dev/null
}

# WHO_rekeys sa|child, WHO_deletes sa|child
client_rekeys()
{
    order client rekey "$1"
}

client_deletes()
{
    order client terminate "$1"
}

server_rekeys()
{
    order server rekey "$1"
}

server_deletes()
{
    order server terminate "$1"
}

charon_rekeys()
{
    charon_is_told --rekey "$1"
}

# Without a wait for the end, which may be held back.
charon_deletes()
{
    charon_is_told --terminate "$1" --timeout -1
}

# charon_is_told COMMAND sa|child ARGUMENT...
charon_is_told()
{
    local command=$1 what=(--child net-peer)
    [ "$2" = child ] || what=(--ike peer)
    shift 2
    swanctl_run "$command" "${what[@]}" "$@" >> "$work/swanctl.log" 2>&1
}

peer_rekeys()
{
    "${peer}_rekeys" "$1"
}

peer_deletes()
{
    "${peer}_deletes" "$1"
}
