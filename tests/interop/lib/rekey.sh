# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# Rekeying, started by either side: of the Child SA and of the IKE SA, some times over. After each
# the two sides have the same pair, and only that one.

readonly REKEYS=3

rekey_prepare()
{
    # Our client rekeys when the time has come; our server when it is told to.
    [ "$program" != client ] || client_more+=(--rekey-time 4s)
}

# The SPIs of our pair, "in out".
our_pair()
{
    if [ "$program" = server ]; then
        echo "$(server_value spi_in) $(server_value spi_out)"
    else
        sed -n 's/^REKEYED  *Child SA, SPIs \(.*\) in, \(.*\) out$/\1 \2/p' "$work/client.log" |
            tail -n 1
    fi
}

# As charon says it: what goes out there comes in here.
charon_pair()
{
    echo "$(charon_value spi-out) $(charon_value spi-in)"
}

# Charon keeps the old pair until its Delete has been answered.
is_new_pair()
{
    [ "$(our_pair)" != "$last_pair" ] && [ "$(our_pair)" = "$(charon_pair)" ]
}

expect_new_pair()
{
    wait_until 20 is_new_pair || fail "$1: we have '$(our_pair)', charon has '$(charon_pair)'"
    echo "  $1: $(our_pair)"
    last_pair=$(our_pair)
}

ike_spis()
{
    echo "$(charon_value initiator-spi) $(charon_value responder-spi)"
}

is_new_ike_sa()
{
    [ "$(ike_spis)" != "$last_ike_sa" ] && "${program}_knows_ike_sa"
}

# Who began is its initiator, so either order is right.
server_knows_ike_sa()
{
    local local_spi remote_spi
    local_spi=$(server_value spi_local) remote_spi=$(server_value spi_remote)
    [ "$(ike_spis)" = "$local_spi $remote_spi" ] || [ "$(ike_spis)" = "$remote_spi $local_spi" ]
}

client_knows_ike_sa()
{
    log_has "$work/client.log" '^REKEYED  *IKE SA'
}

expect_new_ike_sa()
{
    wait_until 20 is_new_ike_sa || fail "$1: charon has '$(ike_spis)', we have another one"
    echo "  $1: $(ike_spis)"
    last_ike_sa=$(ike_spis)
}

play_rekeys()
{
    local i

    rekey_prepare
    play_start || fail "charon cannot initiate"
    check_up
    last_pair=$(our_pair) last_ike_sa=$(ike_spis)
    for i in $(seq $REKEYS); do
        [ "$program" != server ] || server_rekeys child || fail "our server cannot rekey"
        expect_new_pair "we have rekeyed the Child SA"
    done
    for i in $(seq $REKEYS); do
        charon_rekeys child || fail "charon cannot rekey the Child SA"
        expect_new_pair "charon has rekeyed the Child SA"
    done
    for i in $(seq $REKEYS); do
        if [ "$program" = server ]; then
            server_rekeys sa || fail "our server cannot rekey"
            expect_new_ike_sa "we have rekeyed the IKE SA"
        fi
        charon_rekeys sa || fail "charon cannot rekey the IKE SA"
        expect_new_ike_sa "charon has rekeyed the IKE SA"
    done
    ! has_option ping || ping_both_ways
    play_close
}
