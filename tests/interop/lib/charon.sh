# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# The peer: strongSwan's charon and swanctl, run from copies in the test's own directory (so that
# profiles bound to the installed paths do not apply) and with a private /run. Nothing outside of
# $work is read or written but the installed libraries.

charon_install()
{
    [ -x /usr/lib/ipsec/charon ] || skip "strongSwan's charon is not installed (strongswan-charon)"
    need_command swanctl strongswan-swanctl
    ip xfrm state > /dev/null 2>&1 || skip "no XFRM in this kernel"

    charon_directory=$work/charon
    mkdir -p "$charon_directory"/{bin,run}
    mkdir -p "$charon_directory"/swanctl/{x509,x509ca,x509ocsp,x509aa,x509ac,x509crl}
    mkdir -p "$charon_directory"/swanctl/{pubkey,private,rsa,ecdsa,bliss,pkcs8,pkcs12}
    cp /usr/lib/ipsec/charon "$(command -v swanctl)" "$charon_directory/bin/"
    [ "$dataplane" != none ] || charon_fake_kernel
}

charon_fake_kernel()
{
    need_command "${CC:-cc}" "a C compiler"
    "${CC:-cc}" -O2 -shared -fPIC -o "$charon_directory/fakexfrm.so" "$here/lib/fakexfrm.c" -ldl ||
        fail "fakexfrm.c does not compile"
}

readonly CHARON_PLUGINS='random nonce openssl curve25519 chapoly gcm ccm ctr aes sha1 sha2 hmac
    cmac xcbc kdf gmp
    pem pkcs1 pkcs8 x509 constraints'

# From the scenario's variables, see run.sh.
charon_prepare()
{
    charon_install
    charon_configure
    [ -z "$auth" ] || charon_take_certificates
    charon_connections > "$charon_directory/swanctl/connections.conf"
    charon_secrets > "$charon_directory/swanctl/secrets.conf"
    charon_start
}

# One; or as initiator one for each client, and as responder one that takes them all.
charon_connections()
{
    local i
    if [ -n "$suites" ]; then
        suites_charon_connections
    elif [ -z "$n_clients" ]; then
        charon_connection peer "$charon_address" "$peer_id" "$our_id"
    elif [ "$peer_role" = responder ]; then
        charon_connection peer "$charon_address" "$peer_id" %any
    else
        for i in $(seq "$n_clients"); do
            peer_local_ts=$(many_ts "$i")
            charon_connection "client-$i" "$(many_address "$i")" "$(many_id "$i")" "$our_id"
        done
    fi
}

charon_secrets()
{
    local i
    [ -n "$n_clients" ] || charon_secret peer "$charon_psk"
    for i in $(seq "${n_clients:-0}"); do
        charon_secret "client-$i" "$(many_psk "$i")" "$(many_id "$i")"
    done
}

# Against tun, kernel-libipsec carries the traffic in UDP; against xfrm, the kernel; else nothing
# does, and fakexfrm keeps charon content.
charon_kernel()
{
    [ "$dataplane" != tun ] || printf 'kernel-libipsec '
    echo kernel-netlink
}

charon_configure()
{
    local pss=no

    [ "$auth" != rsa-3072-pss ] || pss=yes
    cat > "$charon_directory/strongswan.conf" << CONF
charon {
    load = ${CHARON_PLUGINS//$'\n'/ } $(charon_kernel) socket-default vici ${charon_plugins_more:-}
    # Whoever initiates waits in a thread.
    threads = $((16 + ${n_clients:-0}))
    install_routes = $([ "$dataplane" = none ] && echo no || echo yes)
    install_virtual_ip = ${charon_virtual_ip:-no}
    retransmit_tries = 3
    retransmit_timeout = 1
    cookie_threshold = $charon_cookie_threshold
    block_threshold = 0
    fragment_size = ${fragment_size:-1280}
    rsa_pss = $pss
    hash_and_url = ${charon_hash_and_url:-no}
    make_before_break = $([ "$reauth" = make ] && echo yes || echo no)
    plugins {
        ${charon_plugins_conf:-}
        kernel-netlink {
            # With fakexfrm an SPI never gets its SA; when it expires, charon ends the child.
            xfrm_acq_expires = 3600
        }
    }
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
    include connections.conf
}
secrets {
    include secrets.conf
}
${charon_pools:-}
${charon_authorities:-}
CONF
}

# Its own leaf and intermediates; and the root that it trusts, which ours need not lead to.
charon_take_certificates()
{
    local name
    for name in "$peer_role" "$peer_role-ca" "$peer_role-upper"; do
        [ ! -e "$work/pki/$name.pem" ] || cp "$work/pki/$name.pem" "$charon_directory/swanctl/x509/"
    done
    cp "$work/pki/root.pem" "$charon_directory/swanctl/x509ca/"
    [ "$certreq" != foreign ] || cp "$work/pki/foreign.pem" "$charon_directory/swanctl/x509ca/"
    cp "$(pki_key "$peer_role")" "$charon_directory/swanctl/private/"
}

# charon_connection NAME ADDRESS ID REMOTE_ID: one connection.
charon_connection()
{
    local method=psk certificate=''

    [ -z "$auth" ] || method=pubkey certificate="certs = $peer_role.pem"
    cat << CONF
$1 {
    version = 2
    local_addrs = $2
    remote_addrs = $charon_remote
    proposals = $peer_proposal
    fragmentation = $peer_fragmentation
    mobike = no
    dpd_delay = $charon_dpd_delay
    $charon_more
    local {
        auth = $method
        id = $3
        $certificate
    }
    remote {
        auth = $method
        id = $4
    }
    children {
        net-$1 {
            local_ts = $(charon_selectors "$peer_local_ts")
            remote_ts = $(charon_selectors "$peer_remote_ts")
            esp_proposals = $peer_esp
            $charon_child_more
        }
        $charon_more_children
    }
}
CONF
}

# charon_selectors LIST: an empty one stands for the address of the end itself.
charon_selectors()
{
    local list=${1:-dynamic}
    echo "${list// /,}"
}

# charon_secret NAME SECRET [ID]: a pre-shared key, of everybody or with that peer.
charon_secret()
{
    cat << CONF
ike-$1 {
    ${3:+id = $3}
    secret = "$2"
}
CONF
}

charon_start()
{
    local preload=$charon_directory/fakexfrm.so

    [ "$dataplane" = none ] || preload=
    spawn charon.out ip netns exec "$peer_netns" unshare --mount sh -c '
        mount --bind "$1/run" /run &&
        exec env LD_PRELOAD="$2" STRONGSWAN_CONF="$1/strongswan.conf" "$1/bin/charon"
        ' sh "$charon_directory" "$preload"
    charon_pid=$spawned
    wait_until 15 test -S "$charon_directory/run/charon.vici" || fail "charon does not start"
    swanctl_run --load-all --noprompt > "$work/swanctl.log" 2>&1 ||
        fail "charon refuses the configuration"
}

swanctl_run()
{
    STRONGSWAN_CONF=$charon_directory/strongswan.conf SWANCTL_DIR=$charon_directory/swanctl \
        timeout $((20 * patience)) "$charon_directory/bin/swanctl" "$@" \
        --uri "unix://$charon_directory/run/charon.vici"
}

# charon_initiate [NAME]
charon_initiate()
{
    swanctl_run --initiate --child "net-${1:-peer}" --timeout $((15 * patience)) \
        >> "$work/swanctl.log" 2>&1
}

# charon_terminate [NAME]
charon_terminate()
{
    swanctl_run --terminate --ike "${1:-peer}" --timeout $((10 * patience)) \
        >> "$work/swanctl.log" 2>&1 || fail "charon cannot end the SA"
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

# charon_saw_auth_failed MESSAGE: as its log says, by a regular expression.
charon_saw_auth_failed()
{
    charon_log_has "$1"
}

charon_log_has()
{
    log_has "$work/charon.log" "$1"
}
