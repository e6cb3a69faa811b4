# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# ESP by hand, without any IKE: does the kernel of this guest do it at all, and do the checks see
# what happens?

readonly MANUAL_KEY=0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20212223
readonly MANUAL_ALGORITHM='rfc4106(gcm(aes))'

# manual_side NETNS LOCAL REMOTE LOCAL_TS REMOTE_TS SPI_IN SPI_OUT
manual_side()
{
    local netns=$1 local=$2 remote=$3
    local template_out="src $local dst $remote proto esp reqid 7 mode $mode"
    local template_in="src $remote dst $local proto esp reqid 7 mode $mode"

    manual_sa "$netns" "$local" "$remote" "$7"
    manual_sa "$netns" "$remote" "$local" "$6"
    # shellcheck disable=SC2086 # a list of arguments
    ip -n "$netns" xfrm policy add src "$4" dst "$5" dir out tmpl $template_out ||
        fail "this kernel takes no policy"
    # shellcheck disable=SC2086 # a list of arguments
    ip -n "$netns" xfrm policy add src "$5" dst "$4" dir in tmpl $template_in ||
        fail "this kernel takes no policy"
}

# manual_sa NETNS FROM TO SPI
manual_sa()
{
    ip -n "$1" xfrm state add src "$2" dst "$3" proto esp spi "$4" reqid 7 mode "$mode" \
        replay-window 32 aead "$MANUAL_ALGORITHM" $MANUAL_KEY 128 || fail "this kernel takes no SA"
}

play_manual()
{
    manual_side "$initiator_netns" "$initiator_address" "$responder_address" \
        "$initiator_inside" "$responder_inside" 0x1001 0x1002
    manual_side "$responder_netns" "$responder_address" "$initiator_address" \
        "$responder_inside" "$initiator_inside" 0x1002 0x1001
    check_traffic
    # The checks have to see what they are there for.
    ip -n "$initiator_netns" xfrm policy flush
    ip -n "$responder_netns" xfrm policy flush
    check_clear_is_seen
    ip -n "$initiator_netns" xfrm state flush
    check_xfrm_empty "the initiator" "$initiator_netns"
}
