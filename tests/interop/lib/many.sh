# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# $n_clients at a time, each with an identity, a pre-shared key and a selector of its own: as many
# ikev2-client against one charon, or one charon with as many connections and addresses against
# ikev2-server. All are up together before the first one goes.

many_id()
{
    echo "client-$1.test"
}

many_psk()
{
    echo "pre-shared key of client $1"
}

many_ts()
{
    echo "10.1.0.$1/32"
}

# Only charon has several; our clients share one and have ports of their own.
many_address()
{
    echo "192.0.2.$((100 + $1))"
}

many_addresses()
{
    local i
    for i in $(seq "$n_clients"); do
        ip -n "$initiator_netns" address add "$(many_address "$i")/24" dev eth0
    done
}

# --- Our clients ------------------------------------------------------------------------

# many_client I: its identity and key take the place of the scenario's.
many_client()
{
    local initiator_id psk psk_file=$work/psk-$1 offered_local_ts

    initiator_id=$(many_id "$1")
    psk=$(many_psk "$1")
    offered_local_ts=$(many_ts "$1")
    client_configure
    client_spawn "client-$1"
    client_pids+=("$program_pid")
}

many_clients_up()
{
    [ "$(grep -l '^CONNECTED' "$work"/client-*.log | wc -l)" -eq "$n_clients" ]
}

# many_spis: of ESP to our side, as our programs say it.
many_spis()
{
    if [ "$program" = client ]; then
        cat "$work"/client-*.log | sed -n 's/^CHILD_SA .* SPIs \([^ ]*\) in.*/\1/p' | sort
    else
        server_value spi-in | sort
    fi
}

# --- Play -------------------------------------------------------------------------------

many_start()
{
    local i jobs=()

    if [ "$program" = client ]; then
        client_pids=()
        for i in $(seq "$n_clients"); do
            many_client "$i"
        done
        wait_until 60 many_clients_up || fail "not all clients are up"
        return
    fi
    program_start
    for i in $(seq "$n_clients"); do
        charon_initiate "client-$i" &
        jobs+=($!)
    done
    for i in "${jobs[@]}"; do
        wait "$i" || fail "charon cannot initiate all"
    done
}

many_check()
{
    same_value "established to charon" "$n_clients" "$(many_in_state ESTABLISHED)"
    same_value "installed to charon" "$n_clients" "$(many_in_state INSTALLED)"
    same_value "all SPIs of ESP to us" "$(many_spis)" "$(charon_value spi-out | sort)"
    [ "$program" = server ] || return 0
    same_value "up to ikev2ctl sas" "$n_clients" \
        "$(server_ctl sas | grep -c '^[0-9].* client-.* UP ')"
    same_value "counted by ikev2ctl stats" "$n_clients $n_clients" \
        "$(server_number sas) $(server_number children)"
}

many_close()
{
    local i

    if [ "$program" = client ]; then
        kill -TERM "${client_pids[@]}"
        for program_pid in "${client_pids[@]}"; do
            client_ends 20 0
        done
    else
        for i in $(seq "$n_clients"); do
            charon_terminate "client-$i" &
        done
        wait_until 20 server_has_no_sa || fail "our server still has SAs"
        server_shut_down
    fi
    wait_until 20 charon_has_no_sa || fail "charon still has SAs"
}

play_many()
{
    many_start
    wait_until 20 many_all_established || fail "charon has not all SAs"
    many_check
    many_close
}

many_all_established()
{
    [ "$(many_in_state INSTALLED)" -eq "$n_clients" ]
}

# many_in_state STATE: how many there are at charon.
many_in_state()
{
    charon_sas | grep -o "state=$1" | wc -l
}
