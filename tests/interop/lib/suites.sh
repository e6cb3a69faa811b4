# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# Many suites, a few at a time: as many ikev2-client against one charon that takes them all, or one
# charon with as many connections against ikev2-server. Suite N has the identity suite-N.test and a
# net on either side, 10.1.N.1 and 10.2.N.1. Both sides are asked what they have negotiated; with
# the option `traffic` an echo goes through each, which it does only if their keys are the same.

readonly SUITES_AT_ONCE=6

declare -A word_type word_ours word_charons
suite_ike=() suite_esp=()

suites_prepare()
{
    local type word ours charons group ike esp

    while read -r type word ours charons; do
        word_type[$word]=$type word_ours[$word]=$ours word_charons[$word]=$charons
    done < <(grep '^[a-z]' "$here/words.list")
    # From 1, as addresses and names count.
    suite_ike=('') suite_esp=('')
    while read -r group ike esp; do
        [ "$group" = "$suites" ] || continue
        suite_ike+=("$ike") suite_esp+=("$esp")
    done < <(grep '^[a-z]' "$here/suites.list")
    n_suites=$((${#suite_ike[@]} - 1))
    [ "$n_suites" -gt 0 ] || fail "suites.list has no group $suites"
    [ "$suites" != legacy ] || need_legacy
    [ "$dataplane" = none ] || suites_addresses
}

# The client gives its addresses to its interfaces itself.
suites_addresses()
{
    local i
    need_command ping iputils-ping
    for i in $(seq "$n_suites"); do
        [ "$program" = client ] ||
            ip -n "$initiator_netns" address add "10.1.$i.1/32" dev lo
        ip -n "$responder_netns" address add "10.2.$i.1/32" dev lo
    done
}

# suites_all KIND: of ike or esp, as charon lists proposals.
suites_all()
{
    local -n list=suite_$1
    (IFS=,; echo "${list[*]:1}")
}

# --- Configurations ---------------------------------------------------------------------

suites_charon_connections()
{
    local i
    if [ "$peer_role" = responder ]; then
        peer_proposal=$(suites_all ike) peer_esp=$(suites_all esp)
        peer_local_ts=10.2.0.0/16 peer_remote_ts=10.1.0.0/16
        charon_connection peer "$charon_address" "$peer_id" %any
        return
    fi
    for i in $(seq "$n_suites"); do
        peer_proposal=${suite_ike[i]} peer_esp=${suite_esp[i]}
        peer_local_ts=10.1.$i.1/32 peer_remote_ts=10.2.$i.1/32
        charon_connection "suite-$i" "$charon_address" "suite-$i.test" "$our_id"
    done
}

suites_server_connections()
{
    local i responder_proposal responder_esp responder_ts

    write_secret "$psk_file" "$psk"
    for i in $(seq "$n_suites"); do
        responder_proposal=${suite_ike[i]} responder_esp=${suite_esp[i]}
        responder_ts=10.2.$i.1/32
        server_connection "suite-$i" "suite-$i.test" "$psk_file" "10.1.$i.1/32"
    done
}

# suites_client I: what is its own takes the place of the scenario's.
suites_client()
{
    local initiator_id=suite-$1.test initiator_proposal=${suite_ike[$1]}
    local initiator_esp=${suite_esp[$1]} inside_address=10.1.$1.1
    local offered_local_ts=10.1.$1.1/32 offered_remote_ts=10.2.$1.1/32 psk_file=$work/psk-$1

    client_configure
    client_spawn "client-$1"
    client_pids[$1]=$program_pid
}

# --- What was negotiated ----------------------------------------------------------------

# suite_in_words_of WHOSE PROPOSAL: ENCR/INTEG/PRF/KE/ESN, whatever there is of them.
suite_in_words_of()
{
    local -n names=word_$1
    local type word out=''
    for type in encr integ prf ke esn; do
        for word in ${2//-/ }; do
            [ -n "${word_type[$word]:-}" ] || fail "words.list has no word $word"
            [ "${word_type[$word]}" != $type ] || [ "${names[$word]}" = - ] ||
                out+=/${names[$word]}
        done
    done
    echo "${out#/}"
}

# suite_of_ours I: "IKE ESP", as our program says it.
suite_of_ours()
{
    if [ "$program" = client ]; then
        sed -n 's/^IKE_SA_INIT  *<- agreed on \([^ ]*\).*/\1/p' "$work/client-$1.log"
        sed -n 's/^CHILD_SA  *[^,]* <=> [^,]*, \([^, ]*\).*/\1/p' "$work/client-$1.log"
    else
        sed -n "s/.* ike-sa-up .* suite=\([^ ]*\) .*connection=suite-$1\$/\1/p" "$work/server.log"
        sed -n "s/.* child-sa-up .* esp=\([^ ]*\) .*connection=suite-$1 .*/\1/p" "$work/server.log"
    fi | paste -sd ' '
}

# suite_of_charons I: the same, as swanctl says it, from its list in $work/charon.sas.
suite_of_charons()
{
    local other=remote-id
    [ "$peer_role" = responder ] || other=local-id
    grep -F " $other=suite-$1.test " "$work/charon.sas" | sed 's/ child-sas {/\n/' | awk '
        {
            split("", value)
            for (i = 1; i <= NF; i++)
                if (split($i, pair, "=") == 2)
                    value[pair[1]] = pair[2]
            out = value["encr-alg"]
            if (value["encr-keysize"] != "")
                out = out "-" value["encr-keysize"]
            n = split("integ-alg prf-alg dh-group", keys, " ")
            for (i = 1; i <= n; i++)
                if (value[keys[i]] != "")
                    out = out "/" value[keys[i]]
            print out (value["esn"] == "1" ? "/ESN" : "")
        }' | paste -sd ' '
}

# suite_check I
suite_check()
{
    local ike=${suite_ike[$1]} esp=${suite_esp[$1]} whose expected said

    for whose in ours charons; do
        expected="$(suite_in_words_of $whose "$ike") $(suite_in_words_of $whose "$esp")"
        said=$(suite_of_$whose "$1")
        [ "$said" = "$expected" ] ||
            fail "suite $1, $ike with $esp, $whose: '$said' instead of '$expected'"
    done
    [ "$dataplane" = none ] || suite_ping "$1"
    echo "  suite $1 on both sides: $ike with $esp"
}

suite_ping()
{
    ip netns exec "$initiator_netns" ping -n -c 3 -i 0.05 -W 5 -I "10.1.$1.1" "10.2.$1.1" \
        > "$work/ping.log" || fail "pings are lost: suite $1, ${suite_esp[$1]}"
}

# --- Play -------------------------------------------------------------------------------

# suites_up FIRST LAST
suites_up()
{
    local i jobs=()
    for i in $(seq "$1" "$2"); do
        if [ "$program" = client ]; then
            suites_client "$i"
        else
            charon_initiate "suite-$i" &
            jobs+=($!)
        fi
    done
    for i in "${jobs[@]}"; do
        wait "$i" || fail "charon cannot initiate suites $1 to $2"
    done
    wait_until 30 suites_are_installed $(($2 - $1 + 1)) ||
        fail "suites $1 to $2 are not all up"
    [ "$program" = server ] || wait_until 10 suites_clients_connected "$1" "$2" ||
        fail "not all clients of suites $1 to $2 are up"
    charon_sas > "$work/charon.sas"
}

# suites_are_installed NUMBER
suites_are_installed()
{
    [ "$(many_in_state INSTALLED)" -eq "$1" ]
}

suites_clients_connected()
{
    local i
    for i in $(seq "$1" "$2"); do
        log_has "$work/client-$i.log" '^CONNECTED' || return
    done
}

# suites_down FIRST LAST
suites_down()
{
    local i
    for i in $(seq "$1" "$2"); do
        if [ "$program" = client ]; then
            kill -TERM "${client_pids[i]}"
        else
            charon_terminate "suite-$i"
        fi
    done
    [ "$program" = server ] || for i in $(seq "$1" "$2"); do
        program_pid=${client_pids[i]}
        client_ends 20 0 > /dev/null || exit
    done
    wait_until 20 charon_has_no_sa || fail "charon still has SAs"
}

play_suites()
{
    local first last i
    client_pids=()
    [ "$program" = client ] || program_start
    for ((first = 1; first <= n_suites; first = last + 1)); do
        last=$((first + SUITES_AT_ONCE - 1))
        [ $last -le "$n_suites" ] || last=$n_suites
        suites_up "$first" "$last"
        for i in $(seq "$first" "$last"); do
            suite_check "$i"
        done
        suites_down "$first" "$last"
    done
    echo "  all $n_suites suites"
    [ "$program" = client ] || server_shut_down
}
