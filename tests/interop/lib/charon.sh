# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# The peer: strongSwan's charon and swanctl, run from copies in the test's own directory (so that
# profiles bound to the installed paths do not apply) and with a private /run. Nothing outside of
# $work is read or written but the installed libraries.

charon_install()
{
    [ -x /usr/lib/ipsec/charon ] || skip "strongSwan's charon is not installed (strongswan-charon)"
    need_command swanctl strongswan-swanctl
    need_command "${CC:-cc}" "a C compiler"
    ip xfrm state > /dev/null 2>&1 || skip "no XFRM in this kernel"

    charon_directory=$work/charon
    mkdir -p "$charon_directory"/{bin,run}
    mkdir -p "$charon_directory"/swanctl/{x509,x509ca,x509ocsp,x509aa,x509ac,x509crl}
    mkdir -p "$charon_directory"/swanctl/{pubkey,private,rsa,ecdsa,bliss,pkcs8,pkcs12}
    cp /usr/lib/ipsec/charon "$(command -v swanctl)" "$charon_directory/bin/"
    "${CC:-cc}" -O2 -shared -fPIC -o "$charon_directory/fakexfrm.so" "$here/lib/fakexfrm.c" -ldl ||
        fail "fakexfrm.c does not compile"
}

readonly CHARON_PLUGINS='random nonce openssl curve25519 chapoly gcm aes sha2 hmac kdf gmp
    kernel-netlink socket-default vici'

# charon_configure: from the scenario's variables, see run.sh.
charon_configure()
{
    cat > "$charon_directory/strongswan.conf" << CONF
charon {
    load = ${CHARON_PLUGINS//$'\n'/ }
    install_routes = no
    install_virtual_ip = no
    retransmit_tries = 3
    retransmit_timeout = 1
    cookie_threshold = $charon_cookie_threshold
    fragment_size = ${fragment_size:-1280}
    filelog {
        log {
            path = $work/charon.log
            append = no
            flush_line = yes
            default = 1
            ike = 2
            cfg = 2
        }
    }
}
CONF
    cat > "$charon_directory/swanctl/swanctl.conf" << CONF
connections {
    peer {
        version = 2
        local_addrs = $charon_address
        remote_addrs = $charon_remote
        proposals = $peer_proposal
        mobike = no
        dpd_delay = $charon_dpd_delay
        local {
            auth = psk
            id = $peer_id
        }
        remote {
            auth = psk
            id = $our_id
        }
        children {
            net {
                local_ts = ${peer_local_ts// /,}
                remote_ts = ${peer_remote_ts// /,}
                esp_proposals = $peer_esp
            }
        }
    }
}
secrets {
    ike {
        secret = "$charon_psk"
    }
}
CONF
}

charon_start()
{
    spawn charon.out ip netns exec "$peer_netns" unshare --mount sh -c '
        mount --bind "$1/run" /run &&
        exec env LD_PRELOAD="$1/fakexfrm.so" STRONGSWAN_CONF="$1/strongswan.conf" "$1/bin/charon"
        ' sh "$charon_directory"
    wait_until 15 test -S "$charon_directory/run/charon.vici" || fail "charon does not start"
    swanctl_run --load-all --noprompt > "$work/swanctl.log" 2>&1 ||
        fail "charon refuses the configuration"
}

swanctl_run()
{
    STRONGSWAN_CONF=$charon_directory/strongswan.conf SWANCTL_DIR=$charon_directory/swanctl \
        timeout 20 "$charon_directory/bin/swanctl" "$@" \
        --uri "unix://$charon_directory/run/charon.vici"
}

charon_initiate()
{
    swanctl_run --initiate --child net --timeout 15 >> "$work/swanctl.log" 2>&1
}

charon_terminate()
{
    swanctl_run --terminate --ike peer --timeout 10 >> "$work/swanctl.log" 2>&1 ||
        fail "charon cannot end the SA"
}

# What `swanctl --list-sas --raw` says, without the half-open SA of make_charon_demand_cookies.
charon_sas()
{
    swanctl_run --list-sas --raw 2> /dev/null | grep -v "initiator-spi=$HALF_OPEN_SPI"
}

# charon_value KEY: of the only SA.
charon_value()
{
    charon_sas | sed -n "s/.*[ {]$1=\([^ }]*\).*/\1/p"
}

# charon_list KEY: one member a line.
charon_list()
{
    charon_sas | sed -n "s/.*[ {]$1=\[\([^]]*\)\].*/\1/p" | tr ' ' '\n' | sort
}

charon_has_no_sa()
{
    local sas
    sas=$(charon_sas)
    [[ $sas = *"list-sas reply"* && $sas != *state=* ]]
}

charon_is_established()
{
    local sas
    sas=$(charon_sas)
    [[ $sas = *state=ESTABLISHED* && $sas = *state=INSTALLED* ]]
}

charon_log_has()
{
    log_has "$work/charon.log" "$1"
}
