# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# Our side: minimal_initiator or minimal_responder.

program_writes_keys()
{
    ! log_has "${IKE2_BUILD_DIR:-.}/CMakeCache.txt" '^IKE2_ENABLE_KEYLOG:BOOL=(OFF|0|FALSE|NO)$'
}

program_start()
{
    local program=$programs/minimal_$our_role selector arguments

    [ -x "$program" ] || fail "$program is missing"
    (umask 077 && printf '%s\n' "$psk" > "$work/psk")
    arguments=(--psk-file "$work/psk" --id "$our_id" --remote-id "$expected_peer_id"
        --proposal "$our_proposal" --esp-proposal "$our_esp"
        --keylog "$work/keylog" --trace)
    for selector in $our_local_ts; do
        arguments+=(--local-ts "$selector")
    done
    for selector in $our_remote_ts; do
        arguments+=(--remote-ts "$selector")
    done
    [ -z "$force_encap" ] || arguments+=(--force-encap)
    [ -z "$fragment_size" ] || arguments+=(--fragment-size "$fragment_size")
    if [ "$our_role" = initiator ]; then
        arguments+=(--local "$our_address" --timeout 30 --hold 60 "$peer_address")
    else
        arguments+=(--listen "$our_address" --once)
        [ -z "$cookie" ] || arguments+=(--cookie)
    fi
    spawn program ip netns exec "$our_netns" "$program" "${arguments[@]}"
    program_pid=$spawned
    [ "$our_role" = initiator ] || wait_until 10 program_listens ||
        fail "our program does not listen"
}

program_listens()
{
    [ "$(ip netns exec "$our_netns" ss -Hlun 'sport = :500 or sport = :4500' | wc -l)" -ge 2 ]
}

program_stop()
{
    kill -TERM "$program_pid"
}

program_said()
{
    log_has "$work/program.log" "$1"
}

program_is_up()
{
    program_said '^CHILD_SA up' || is_gone "$program_pid"
}

# program_value LINE KEY: the value behind KEY= in our line that begins so.
program_value()
{
    sed -n "s/^$1 .* *$2=\([^ ]*\).*/\1/p" "$work/program.log"
}

# program_list LINE KEY: one member a line.
program_list()
{
    program_value "$1" "$2" | tr ',' '\n' | sort
}

# program_ends SECONDS CODE
program_ends()
{
    local code=0
    wait_until "$1" is_gone "$program_pid" || fail "our program does not end"
    wait "$program_pid" || code=$?
    [ "$code" -eq "$2" ] || fail "our program ended with $code instead of $2"
    echo "  our program ended with $code"
}
