#!/bin/sh
# debian.sh [--root DIR] 12|13 [quickstart] [LABEL...]: the tests on Debian 12 or 13, whatever this
# machine runs. Needs root and the group `debian` of deps.sh, which it installs.
#
# Makes a minimal Debian in DIR, by default build/debian12 or build/debian13, with debootstrap,
# and keeps it, so that the next run finds its packages. Copies the tree into it, without build
# and .git, and runs there `tests/run.sh --ci LABEL...`, which installs what it needs and prints
# the last line. With `quickstart`, examples/quickstart.sh comes first, and the tests only if a
# label is named too. All of it happens in a mount and a PID namespace that end with this script,
# however it ends: no mount and no process is left. The reference vectors can only be read in
# there.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
tree=/usr/src/libike2
vectors=/usr/src/shared/vectors

# --- Inside the namespaces -----------------------------------------------------------------------

# The packages come from where this machine has its own, and in the same way.
make_root()
{
    echo "== a minimal Debian $suite in $root"
    # shellcheck disable=SC2016 # apt's variable
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Created-By: Packages' |
        head -n 1)
    eval "$(apt-config shell http_proxy Acquire::http::Proxy)"
    export http_proxy="${http_proxy:-}"
    rm -rf "$root.partial"
    # shellcheck disable=SC2086 # no word if apt knows none: debootstrap has a default
    debootstrap --variant=minbase "$suite" "$root.partial" $mirror > "$root.log" 2>&1 || {
        tail -n 20 "$root.log" >&2
        exit 1
    }
    apt-config dump Acquire > "$root.partial/etc/apt/apt.conf.d/90outside"
    mv "$root.partial" "$root"
}

# /run and /tmp are empty at every start, as on a machine.
mount_all()
{
    mount --bind "$root" "$root"
    mount -t proc proc "$root/proc"
    mount --rbind /sys "$root/sys"
    mount --rbind /dev "$root/dev"
    mount -t tmpfs tmpfs "$root/run"
    mount -t tmpfs tmpfs "$root/tmp"
    for file in resolv.conf hosts; do
        rm -f "$root/etc/$file"
        cp "/etc/$file" "$root/etc/$file"
    done
    if [ -n "$vectors_outside" ]; then
        mkdir -p "$root$vectors"
        mount --bind "$vectors_outside" "$root$vectors"
        mount -o remount,bind,ro "$root$vectors"
    fi
}

copy_tree()
{
    rm -rf "$root$tree"
    mkdir -p "$root$tree"
    tar -C "$here" --exclude=./build --exclude=./.git -cf - . |
        tar -C "$root$tree" --no-same-owner -xf -
}

inside()
{
    [ -e "$root" ] || make_root
    echo "== tests on Debian $(cat "$root/etc/debian_version"), in $root"
    mount_all
    copy_tree
    cd "$root"
    pivot_root . mnt
    # shellcheck disable=SC2016 # the inner shell's variables
    exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp TERM=dumb LANG=C.UTF-8 \
        sh -euc '
        umount -l /mnt
        cd "$1"
        quickstart=$2
        shift 2
        [ -z "$quickstart" ] || sh examples/quickstart.sh
        if [ -n "$quickstart" ] && [ $# -eq 0 ]; then exit 0; fi
        sh tests/run.sh --ci "$@"' sh "$tree" "$quickstart" "$@"
}

# --- Outside -------------------------------------------------------------------------------------

usage()
{
    echo "usage: debian.sh [--root DIR] 12|13 [quickstart] [LABEL...]" >&2
    exit 2
}

fail()
{
    echo "debian.sh: $*" >&2
    exit 1
}

if [ "${1:-}" = --inside ]; then
    shift
    inside "$@"
fi

root=
if [ "${1:-}" = --root ] && [ $# -ge 2 ]; then
    root=$2
    shift 2
fi
case ${1:-} in
12) suite=bookworm ;;
13) suite=trixie ;;
*) usage ;;
esac
: "${root:=$here/build/debian$1}"
shift
quickstart=
if [ "${1:-}" = quickstart ]; then
    quickstart=yes
    shift
fi
[ "$(id -u)" -eq 0 ] || fail "mounting needs root; run it with sudo"
sh "$here/tests/deps.sh" debian

mkdir -p "$(dirname "$root")"
root=$(cd "$(dirname "$root")" && pwd)/$(basename "$root")
[ ! -e "$root" ] || [ -e "$root/etc/debian_version" ] || fail "$root is there, and is no Debian"
vectors_outside=${IKE2_VECTORS:-$here/../shared/vectors}
vectors_outside=$(cd "$vectors_outside" 2> /dev/null && pwd) || echo "== no reference vectors" >&2
exec 9> "$root.lock"
flock -n 9 || fail "another run is in $root"

export root suite quickstart vectors_outside
# SIGKILL passes from here to unshare, from unshare to the first process of the PID namespace, and
# from there to all others; the mounts go with the last of them.
setpriv --pdeathsig KILL unshare --mount --pid --mount-proc --kill-child sh "$0" --inside "$@" &
child=$!
trap 'kill -KILL "$child"; wait "$child" || exit 130' HUP INT TERM
wait "$child"
