# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# ikev2-client, see program.sh.

# Sets $client_arguments, without the host, from the scenario's variables.
client_configure()
{
    local item

    client_arguments=(--remote-id "$responder_id" --trace)
    if [ -n "$auth" ]; then
        # Its identity is the name in its certificate.
        client_arguments+=(--cert "$(pki_chain initiator)" --key "$(pki_key initiator)"
            --ca "$(pki_ca)")
        trust_of_client
        lookup_of_client
        for item in $(pki_schemes); do
            client_arguments+=(--signature-scheme "$item")
        done
    else
        write_secret "$psk_file" "$psk"
        client_arguments+=(--psk-file "$psk_file" --id "$initiator_id")
    fi
    if [ -n "$policy" ]; then
        client_arguments+=(--policy "$policy")
    else
        for item in ${initiator_proposal//,/ }; do
            client_arguments+=(--proposal "$item")
        done
        client_arguments+=(--esp-proposal "$initiator_esp")
    fi
    for item in $offered_local_ts; do
        client_arguments+=(--local-ts "$item")
    done
    for item in $offered_remote_ts; do
        client_arguments+=(--remote-ts "$item")
    done
    [ "$dataplane" = none ] || client_arguments+=(--dataplane "$dataplane")
    # What xfrm protects has addresses already.
    [ "$dataplane" != tun ] || has_option virtual ||
        client_arguments+=(--address "${inside_address:-10.1.0.1}")
    [ -z "$force_encap" ] || client_arguments+=(--force-encap)
    [ -z "$fragment_size" ] || client_arguments+=(--fragment-size "$fragment_size")
    ! program_writes_keys || client_arguments+=(--keylog "$work/keylog")
    [ -n "$n_clients$suites" ] || client_arguments+=(--control "$work/client-ctl")
    client_arguments+=(--timeout "${attempt_seconds}s" --hold $((170 * patience))s
        "${client_more[@]}")
}

# client_spawn NAME: with $client_arguments.
client_spawn()
{
    spawn "$1" ip netns exec "$initiator_netns" "$programs/client/ikev2-client" \
        "${client_arguments[@]}" "$responder_address"
    program_pid=$spawned
}

client_start()
{
    client_configure
    client_spawn client
}

client_ctl()
{
    "$programs/ctl/ikev2ctl" --socket "$work/client-ctl" "$@"
}

client_lines()
{
    sed -f "$here/lib/client.sed" "$work/client.log"
}

client_stop()
{
    kill -TERM "$program_pid"
}

client_ends()
{
    process_ends "$@"
}

client_explanation()
{
    sed -n '/^FAILED/,/^[a-z]/{ /^FAILED/p; /^  /p }' "$work/client.log"
}
