# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# ikev2-server, see program.sh; and, beside the client, the peer with the functions of charon.sh.

server_quoted()
{
    local item
    printf '{'
    for item in $1; do
        printf ' "%s"' "$item"
        [ "$item" = "${1##* }" ] || printf ','
    done
    printf ' }'
}

# server_connection NAME REMOTE_ID PSK_FILE REMOTE_TS: one section of the configuration.
server_connection()
{
    local fragmentation=yes

    [ "$peer" != server ] || fragmentation=$peer_fragmentation
    ! has_option no-fragments || fragmentation=no
    cat << CONF
connection $1 {
    $(server_algorithms)
    fragmentation = $fragmentation
    ${fragment_size:+fragment-size = $fragment_size}
    ${force_encap:+force-encap = yes}
    dpd = ${server_dpd}s
    $server_more
    local {
        id = "$responder_id"
        $(server_credential "$3")
    }
    remote {
        id = "$2"
        ${auth:+ca = { "$(pki_ca)" \}}
$([ "$program" != server ] || trust_of_server)
    }
    child net {
        ${responder_ts:+local-ts = $(server_quoted "$responder_ts")}
        ${4:+remote-ts = $(server_quoted "$4")}
        $server_child_more
    }
    $server_more_children
}
CONF
}

server_algorithms()
{
    if [ -n "$policy" ]; then
        echo "policy = $policy"
        return
    fi
    echo "proposals = $(server_quoted "${responder_proposal//,/ }")"
    echo "esp-proposals = $(server_quoted "${responder_esp//,/ }")"
}

server_credential()
{
    local schemes
    if [ -z "$auth" ]; then
        echo "psk-file = \"$1\""
        return
    fi
    echo "cert = \"$(pki_chain responder)\""
    echo "key = \"$(pki_key responder)\""
    lookup_of_server
    schemes=$(pki_schemes)
    [ -z "$schemes" ] || echo "signature-schemes = $(server_quoted "$schemes")"
}

# server_general: what stands outside of connections.
server_general()
{
    cat << CONF
listen = { "$responder_address" }
control = "$work/ctl"
dataplane = $dataplane
log-level = trace
cookie = $([ -n "$cookie" ] && echo always || echo never)
limits { half-open-time = ${attempt_seconds}s }
${server_top_more:-}
CONF
    ! program_writes_keys || echo "keylog = \"$work/keylog\""
}

server_configure()
{
    local i

    {
        server_general
        [ -z "$suites" ] || suites_server_connections
        [ -n "$n_clients$suites" ] || {
            write_secret "$psk_file" "$psk"
            server_connection peer "$initiator_id" "$psk_file" "$initiator_ts"
        }
        for i in $(seq "${n_clients:-0}"); do
            write_secret "$work/psk-$i" "$(many_psk "$i")"
            server_connection "client-$i" "$(many_id "$i")" "$work/psk-$i" "$(many_ts "$i")"
        done
    } > "$work/server.conf"
}

server_spawn()
{
    spawn server ip netns exec "$responder_netns" "$programs/server/ikev2-server" run \
        --config "$work/server.conf"
    server_pid=$spawned
    wait_until 10 log_has "$work/server.log" '^ready ' || fail "our server does not start"
}

server_start()
{
    server_configure
    server_spawn
    program_pid=$server_pid
}

server_prepare()
{
    server_configure
    server_spawn
}

server_lines()
{
    sed -f "$here/lib/server.sed" "$work/server.log"
}

server_said()
{
    server_lines | grep -qE -- "$1"
}

server_ctl()
{
    "$programs/ctl/ikev2ctl" --socket "$work/ctl" "$@"
}

# server_number KEY: of the counters.
server_number()
{
    server_ctl --json stats | sed -n "s/^ *\"$1\": \([0-9]*\),*$/\1/p"
}

server_terminate()
{
    server_ctl terminate "$(first_id server sa)" > /dev/null || fail "our server cannot end the SA"
}

server_stop()
{
    server_terminate
}

server_has_no_sa()
{
    [ "$(server_ctl sas)" = "no SAs" ]
}

server_sa_has_ended()
{
    log_has "$work/server.log" ' ike-sa-(down|failed) '
}

# It serves on when an SA has ended; then it is asked to end, and nothing may be left.
server_ends()
{
    wait_until "$1" server_sa_has_ended || fail "our server still has the SA"
    wait_until 5 server_has_no_sa || fail "our server lists an SA that has ended"
    server_shut_down
}

server_shut_down()
{
    [ "$(server_number sas) $(server_number children)" = "0 0" ] ||
        fail "our server counts SAs that have ended"
    program_pid=$server_pid
    kill -TERM "$server_pid"
    process_ends 10 0
}

server_explanation()
{
    sed -n 's/^[^ ]* warn  \(\(ike\|child\)-sa-\(failed\|refused\).*\)/\1/p; /^      /p' \
        "$work/server.log"
}

# --- As the peer ------------------------------------------------------------------------

# In which message, the capture says.
server_saw_auth_failed()
{
    log_has "$work/server.log" ' notify\.in .*type=AUTHENTICATION_FAILED'
}

server_is_established()
{
    server_ctl --json sas | grep -q '"spi_out"'
}

# server_value KEY: in charon's words, a line for each SA that is there.
server_value()
{
    local key=${1//-/_}
    case $1 in
    initiator-spi) key=spi_remote ;;
    responder-spi) key=spi_local ;;
    esac
    server_ctl --json sas | sed -n "s/^ *\"$key\": \"\([^\"]*\)\",*$/\1/p"
}

# server_list KEY: one member a line.
server_list()
{
    server_ctl --json sas | sed -n "/\"${1//-/_}\": \[/,/\]/s/^ *\"\([^\"]*\)\",*$/\1/p" | sort
}
