# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# minimal_initiator and minimal_responder, see program.sh.

minimal_start()
{
    local selector arguments

    write_secret "$psk_file" "$psk"
    arguments=(--psk-file "$psk_file" --keylog "$work/keylog" --trace)
    [ -z "$force_encap" ] || arguments+=(--force-encap)
    [ -z "$fragment_size" ] || arguments+=(--fragment-size "$fragment_size")
    if [ "$our_role" = initiator ]; then
        arguments+=(--id "$initiator_id" --remote-id "$responder_id"
            --proposal "$initiator_proposal" --esp-proposal "$initiator_esp")
        for selector in $offered_local_ts; do
            arguments+=(--local-ts "$selector")
        done
        for selector in $offered_remote_ts; do
            arguments+=(--remote-ts "$selector")
        done
        arguments+=(--local "$our_address" --timeout 30 --hold 60 "$peer_address")
    else
        arguments+=(--id "$responder_id" --remote-id "$initiator_id"
            --proposal "$responder_proposal" --esp-proposal "$responder_esp")
        for selector in $responder_ts; do
            arguments+=(--local-ts "$selector")
        done
        for selector in $initiator_ts; do
            arguments+=(--remote-ts "$selector")
        done
        arguments+=(--listen "$our_address" --once)
        [ -z "$cookie" ] || arguments+=(--cookie)
    fi
    spawn program ip netns exec "$our_netns" "$programs/minimal/minimal_$our_role" \
        "${arguments[@]}"
    program_pid=$spawned
    [ "$our_role" = initiator ] || wait_until 10 minimal_listens ||
        fail "our program does not listen"
}

minimal_listens()
{
    [ "$(ip netns exec "$our_netns" ss -Hlun 'sport = :500 or sport = :4500' | wc -l)" -ge 2 ]
}

minimal_lines()
{
    cat "$work/program.log"
}

minimal_stop()
{
    kill -TERM "$program_pid"
}

minimal_ends()
{
    process_ends "$@"
}

minimal_explanation()
{
    grep -E '^minimal_(initiator|responder): ' "$work/program.log"
}
