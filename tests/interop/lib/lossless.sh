# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# A hundred rekeyings of the Child SA and the IKE SA by either side, under a ping, and no echo is
# lost.

readonly REKEYINGS=100

# What our program tells of.
rekeyings()
{
    grep -cE '^REKEYED|(ike|child)-sa-rekeyed ' "$work/$program.log"
}

rekeyings_are_more_than()
{
    [ "$(rekeyings)" -gt "$1" ]
}

# rekeyed WHO child|sa
rekeyed()
{
    local before
    before=$(rekeyings)
    wait_until 30 "${1}_rekeys" "$2" || fail "$1 cannot rekey: $2"
    wait_until 30 rekeyings_are_more_than "$before" ||
        fail "nothing is rekeyed after $before times, by $1: $2"
}

play_lossless()
{
    play_start || fail "charon cannot initiate"
    check_up
    pings_begin
    while ! rekeyings_are_more_than $((REKEYINGS - 1)); do
        rekeyed "$program" child
        rekeyed peer child
        rekeyed "$program" sa
        rekeyed peer sa
    done
    echo "  $(grep -cE '^REKEYED *Child|child-sa-rekeyed ' "$work/$program.log") rekeyings of the" \
        "Child SA, $(grep -cE '^REKEYED *IKE|ike-sa-rekeyed ' "$work/$program.log") of the IKE SA"
    pings_end
    expect_tunnels "one IKE SA with one Child SA" 1 1
    play_close
}
