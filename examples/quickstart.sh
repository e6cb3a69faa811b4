#!/bin/sh
# quickstart.sh: from a fresh clone on Debian 12 to an IKE SA. Installs what is missing (as root or
# by sudo), builds, starts a responder and an initiator on the loopback interface, and compares what
# the two say. Leaves nothing behind but build/quickstart.
set -eu
cd "$(dirname "$0")/.."

build=build/quickstart
programs=$build/examples/minimal
work=$(mktemp -d)
responder=

finish()
{
    [ -z "$responder" ] || kill "$responder" 2> /dev/null || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

fail()
{
    echo "FAILED: $*" >&2
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

# value FILE LINE KEY: the value behind KEY= in the line that begins so.
value()
{
    sed -n "s/^$2 .*$3=\([^ ]*\).*/\1/p" "$1"
}

# same WHAT OURS THEIRS
same()
{
    [ -n "$2" ] && [ "$2" = "$3" ] || fail "$1: the initiator says '$2', the responder '$3'"
    echo "   $1: $2 on both sides"
}

# show NAME FILE
show()
{
    sed "s/^/   $1: /" "$2"
}

echo "== packages"
sh tests/deps.sh build
# A tree of its own, without the tests: they need more packages than this.
quiet "configure" cmake --preset release -B "$build" -DIKE2_BUILD_TESTS=OFF
quiet "build" cmake --build "$build" --target minimal_initiator minimal_responder

(umask 077 && od -An -N32 -tx1 /dev/urandom | tr -d ' \n' > "$work/psk" && echo >> "$work/psk")
mkfifo "$work/pipe"

echo "== responder on a free port of 127.0.0.1"
timeout 120 "$programs/minimal_responder" --psk-file "$work/psk" --once --listen 127.0.0.1 \
    --port 0 --natt-port 0 --id responder.example --remote-id initiator.example \
    --local-ts 10.2.0.0/24 --remote-ts 10.1.0.0/24 > "$work/pipe" &
responder=$!
# Its lines come through a pipe: reading waits for the next one, and ends when the program does.
exec 3< "$work/pipe"
line=
while [ "$line" != ready ]; do
    read -r line <&3 || fail "the responder does not start"
    echo "$line" >> "$work/responder"
done
port=$(value "$work/responder" listening ike)
natt_port=$(value "$work/responder" listening natt)

echo "== initiator: IKE_SA_INIT, IKE_AUTH, then the Delete"
"$programs/minimal_initiator" --psk-file "$work/psk" --timeout 30 \
    --port "${port##*:}" --natt-port "${natt_port##*:}" \
    --id initiator.example --remote-id responder.example \
    --local-ts 10.1.0.0/24 --remote-ts 10.2.0.0/24 127.0.0.1 > "$work/initiator" || {
    kill "$responder" || true
    cat <&3 >> "$work/responder"
    show initiator "$work/initiator"
    show responder "$work/responder"
    fail "no IKE SA; the lines above say why"
}
cat <&3 >> "$work/responder"
wait "$responder" || fail "the responder ended with $?"
responder=
show initiator "$work/initiator"
show responder "$work/responder"

echo "== the same on both sides?"
for key in spi_i spi_r suite; do
    same "IKE SA, $key" "$(value "$work/initiator" 'IKE_SA up' $key)" \
        "$(value "$work/responder" 'IKE_SA up' $key)"
done
same "Child SA, from initiator to responder" "$(value "$work/initiator" 'CHILD_SA up' spi_out)" \
    "$(value "$work/responder" 'CHILD_SA up' spi_in)"
same "Child SA, from responder to initiator" "$(value "$work/initiator" 'CHILD_SA up' spi_in)" \
    "$(value "$work/responder" 'CHILD_SA up' spi_out)"
echo "OK: one IKE SA with one Child SA came up, was compared and deleted."
echo "Next: README.md; $programs/minimal_responder --help; sh tests/run.sh"
