# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# Addresses and name servers that the responder assigns to the initiator, IPv4 and IPv6 (RFC 7296
# 2.19): what both sides say of them, echoes from and to them, and the same ones after connecting
# again.

readonly VIRTUAL_RANGE4=10.9.0.10-10.9.0.20 VIRTUAL_RANGE6=2001:db8:9::10-2001:db8:9::20
readonly VIRTUAL_DNS='10.2.0.53 2001:db8:2::53'
readonly VIRTUAL_BEHIND4=10.2.0.1 VIRTUAL_BEHIND6=2001:db8:2::1

# Before the sides are taken: what the initiator has behind it is what it is given.
virtual_prepare()
{
    initiator_ts='' responder_ts='10.2.0.0/24 2001:db8:2::/64'
    server_top_more="pool v4 { range = \"$VIRTUAL_RANGE4\" }
pool v6 { range = \"$VIRTUAL_RANGE6\" }"
    if [ "$our_role" = initiator ]; then
        client_more+=(--virtual-ip)
        charon_more+="pools = v4, v6"
    else
        server_more+="pools = { v4, v6 } dns = $(server_quoted "$VIRTUAL_DNS")"
        charon_more+="vips = 0.0.0.0, ::"
        charon_virtual_ip=yes
        charon_plugins_more=resolve
        charon_plugins_conf="resolve { file = $work/resolv.conf }"
    fi
    charon_pools="pools {
    v4 { addrs = $VIRTUAL_RANGE4
         dns = ${VIRTUAL_DNS% *} }
    v6 { addrs = $VIRTUAL_RANGE6
         dns = ${VIRTUAL_DNS#* } }
}"
    ip -n "$responder_netns" address add "$VIRTUAL_BEHIND4/32" dev lo
    ip -n "$responder_netns" address add "$VIRTUAL_BEHIND6/128" dev lo
}

# The initiator's selectors, which are its addresses, without the length of the prefix: "4" or "6".
virtual_address()
{
    local list address
    if [ "$our_role" = initiator ]; then
        list=$(program_list 'CHILD_SA up' ts_local)
    else
        list=$(program_list 'CHILD_SA up' ts_remote)
    fi
    for address in $list; do
        case $1$address in
        6*:*/128) echo "${address%/128}" ;;
        4*.*/32) echo "${address%/32}" ;;
        esac
    done
}

virtual_is_on_an_interface()
{
    ip -n "$initiator_netns" -brief address | grep -qF " $1/"
}

virtual_dns_is_known()
{
    local server
    for server in $VIRTUAL_DNS; do
        if [ "$our_role" = initiator ]; then
            grep -qE "^assigned .*name servers .*$server" "$work/client.log" || return 1
        else
            grep -q "^nameserver $server" "$work/resolv.conf" || return 1
        fi
    done
}

# virtual_ping FAMILY BEHIND: echoes in both directions.
virtual_ping()
{
    local address
    address=$(virtual_address "$1")
    [ -n "$address" ] || fail "the initiator has no address of IPv$1"
    wait_until 10 virtual_is_on_an_interface "$address" || fail "$address is on no interface"
    ping_one "from $address" "$initiator_netns" "$address" "$2"
    ping_one "to $address" "$responder_netns" "$2" "$address"
}

virtual_is_leased()
{
    if [ "$our_role" = initiator ]; then
        swanctl_run --list-pools --leases | grep -qE "^ +$1 +online +'$our_id'"
    else
        server_ctl pools | grep -qE "^ +$1 +$peer_id +[0-9]+"
    fi
}

virtual_check()
{
    local family
    wait_until 10 virtual_dns_is_known || fail "the initiator does not know the name servers"
    for family in 4 6; do
        virtual_is_leased "$(virtual_address $family)" ||
            fail "the responder does not list $(virtual_address $family)"
    done
    virtual_ping 4 $VIRTUAL_BEHIND4
    virtual_ping 6 $VIRTUAL_BEHIND6
}

# As before, with the log of our server behind what it has said by now.
virtual_connect_again()
{
    if [ "$our_role" = initiator ]; then
        client_start
        wait_until 20 program_is_up || fail "our client does not come up again"
    else
        charon_initiate || fail "charon does not come up again"
    fi
}

play_virtual()
{
    local before after

    need_command ping iputils-ping
    play_start || fail "charon cannot initiate"
    check_up
    virtual_check
    before=$(virtual_address 4) after=
    if [ "$our_role" = initiator ]; then
        client_stop
        client_ends 15 0
        wait_until 10 charon_has_no_sa || fail "charon still has an SA"
        mv "$work/client.log" "$work/client.first.log"
    else
        charon_terminate
        wait_until 10 server_has_no_sa || fail "our server still has the SA"
        server_ctl pools | grep -qE '^v4 ip4 +11 +0 +1' || fail "our server keeps no address"
    fi
    virtual_connect_again
    after=$(virtual_address 4)
    [ "${after##*$'\n'}" = "$before" ] || fail "the address was $before, and is $after"
    echo "  the same addresses after connecting again"
    play_close
}
