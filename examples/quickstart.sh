#!/bin/sh
# quickstart.sh: from a fresh clone on Debian 12 to a VPN. Installs what is missing (as root or by
# sudo), builds, makes a certificate authority, starts ikev2-server and ikev2-client, and compares
# what the two say of one SA. As root with network namespaces and TUN, each gets a namespace of its
# own and a ping goes through the tunnel; else both run on the loopback interface without a data
# plane. Leaves nothing behind but build/quickstart.
set -eu
cd "$(dirname "$0")/.."

build=build/quickstart
work=$(mktemp -d)
server= client= namespaces=

finish()
{
    for process in $client $server; do
        kill "$process" 2> /dev/null || true
    done
    # Their sockets and devices have to be gone before the namespaces are.
    for process in $client $server; do
        wait "$process" 2> /dev/null || true
    done
    for namespace in $namespaces; do
        ip netns del "$namespace" 2> /dev/null || true
    done
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

fail()
{
    echo "FAILED: $*" >&2
    for log in server client; do
        [ ! -s "$work/$log" ] || sed "s/^/   $log: /" "$work/$log" >&2
    done
    exit 1
}

# quiet WHAT COMMAND...: one line while all is well, the whole output if not.
quiet()
{
    echo "== $1"
    shift
    "$@" > "$work/log" 2>&1 || {
        cat "$work/log" >&2
        fail "$*"
    }
}

# wait_for PROCESS FILE PATTERN: the file tells, as long as the process lives and for 30 seconds.
wait_for()
{
    tries=300
    until grep -qs "$3" "$2"; do
        tries=$((tries - 1))
        kill -0 "$1" 2> /dev/null || return 1
        [ "$tries" -gt 0 ] || return 1
        sleep 0.1
    done
}

# --- Certificates --------------------------------------------------------------------------------

# certificate NAME: a P-256 key and a certificate for NAME.test, signed by our authority.
certificate()
{
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1.test" \
        -keyout "$work/$1.key" -out "$work/$1.csr"
    printf 'subjectAltName=DNS:%s.test\nkeyUsage=digitalSignature\nbasicConstraints=CA:FALSE\n' \
        "$1" > "$work/$1.ext"
    openssl x509 -req -in "$work/$1.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" \
        -CAcreateserial -days 2 -extfile "$work/$1.ext" -out "$work/$1.pem"
}

certificates()
{
    umask 077
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
        -subj "/CN=Quickstart CA" -addext keyUsage=critical,keyCertSign,cRLSign \
        -keyout "$work/ca.key" -out "$work/ca.pem"
    certificate server
    certificate client
}

# --- Networks ------------------------------------------------------------------------------------

# Two namespaces with a wire between them, 192.0.2.1 and 192.0.2.2; 10.2.0.1 is behind the server.
network_up()
{
    ip netns add "$client_netns" || return 1
    namespaces=$client_netns
    ip netns add "$server_netns" || return 1
    namespaces="$client_netns $server_netns"
    ip -n "$client_netns" link add eth0 type veth peer name eth0 netns "$server_netns"
    ip -n "$client_netns" addr add 192.0.2.1/24 dev eth0
    ip -n "$server_netns" addr add 192.0.2.2/24 dev eth0
    ip -n "$server_netns" addr add 10.2.0.1/32 dev lo
    for namespace in $namespaces; do
        ip -n "$namespace" link set lo up
        ip -n "$namespace" link set eth0 up
    done
}

echo "== packages"
sh tests/deps.sh demo run
# A tree of its own, without the tests: they need more packages than this.
quiet "configure" cmake --preset release -B "$build" -DIKE2_BUILD_TESTS=OFF
quiet "build" cmake --build "$build" --target ikev2-server ikev2-client ikev2ctl
quiet "certificates: an authority, a server, a client" certificates

client_netns=ike2-client-$$ server_netns=ike2-server-$$
if [ "$(id -u)" -eq 0 ] && [ -c /dev/net/tun ] && network_up 2> "$work/log"; then
    dataplane=tun address=192.0.2.2 port=500 natt_port=4500
    in_server="ip netns exec $server_netns" in_client="ip netns exec $client_netns"
    echo "== two network namespaces, data plane tun"
else
    dataplane=none address=127.0.0.1 port=0 natt_port=0
    in_server= in_client=
    echo "== loopback, data plane none (a tunnel needs root, network namespaces and /dev/net/tun)"
fi

# --- The two programs ----------------------------------------------------------------------------

cat > "$work/server.conf" << CONFIGURATION
listen    = { "$address" }
port      = $port
natt-port = $natt_port
control   = "$work/control.sock"
dataplane = $dataplane
connection quickstart {
  local  { id = "server.test" cert = "$work/server.pem" key = "$work/server.key" }
  remote { id = "client.test" ca = { "$work/ca.pem" } }
  child net { local-ts = { "10.2.0.0/24" } remote-ts = { "10.1.0.0/24" } }
}
CONFIGURATION
echo "== ikev2-server"
$in_server "$build/examples/server/ikev2-server" run --config "$work/server.conf" \
    > "$work/server" 2>&1 &
server=$!
wait_for "$server" "$work/server" '^ready ' || fail "the server does not start"
port=$(sed -n 's/^ready port=\([0-9]*\).*/\1/p' "$work/server")
natt_port=$(sed -n 's/^ready .*natt-port=\([0-9]*\).*/\1/p' "$work/server")

echo "== ikev2-client"
$in_client "$build/examples/client/ikev2-client" --json --dataplane "$dataplane" \
    --cert "$work/client.pem" --key "$work/client.key" --ca "$work/ca.pem" \
    --remote-id server.test --address 10.1.0.5 --port "$port" --natt-port "$natt_port" \
    "$address" > "$work/client" 2>&1 &
client=$!
wait_for "$client" "$work/client" '"event":"connected"' || fail "no connection"
sed 's/^/   /' "$work/client"

if [ "$dataplane" = tun ]; then
    echo "== a ping through the tunnel"
    $in_client ping -c 3 -i 0.2 -W 5 10.2.0.1 > "$work/ping" 2>&1 || {
        cat "$work/ping" >&2
        fail "no answer through the tunnel"
    }
    sed -n '/bytes from\|packets transmitted/s/^/   /p' "$work/ping"
fi

# --- The same on both sides? ---------------------------------------------------------------------

echo "== what the server has: ikev2ctl sas"
control="$build/examples/ctl/ikev2ctl --socket $work/control.sock"
$control sas | sed 's/^/   /'
$control sas --json > "$work/sas" || fail "ikev2ctl: no answer"

# client_says KEY, server_says KEY: the first such member; both print JSON.
client_says()
{
    sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$work/client" | head -n 1
}

server_says()
{
    sed -n "s/^ *\"$1\": \"\([^\"]*\)\".*/\1/p" "$work/sas" | head -n 1
}

# same WHAT CLIENTS SERVERS
same()
{
    [ -n "$2" ] && [ "$2" = "$3" ] || fail "$1: the client says '$2', the server '$3'"
    echo "   $1: $2 on both sides"
}

echo "== the same on both sides?"
same "SPI of the initiator" "$(client_says spi_local)" "$(server_says spi_remote)"
same "SPI of the responder" "$(client_says spi_remote)" "$(server_says spi_local)"
same "ESP from client to server" "$(client_says spi_out)" "$(server_says spi_in)"
same "ESP from server to client" "$(client_says spi_in)" "$(server_says spi_out)"

echo "== the client disconnects"
kill -TERM "$client"
wait "$client" || fail "the client ended with $?"
client=
$control sas --json | grep -q '"id"' && fail "the server still has the SA"
kill -TERM "$server"
wait "$server" || fail "the server ended with $?"
server=
echo "OK: one IKE SA with one Child SA came up by certificates, was compared and deleted."
echo "Next: README.md, doc/operators-guide.md; sh tests/run.sh"
