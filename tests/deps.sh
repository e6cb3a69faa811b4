#!/bin/sh
# deps.sh GROUP...: installs the Debian packages (12 and 13) that a group needs and dpkg lacks.
# The one place with package names. Groups: build test interop vm demo run docs package debian.
set -eu

build="gcc g++ libc6-dev cmake ninja-build pkgconf libmbedtls-dev"
test="abigail-tools binutils clang libclang-rt-dev libcmocka-dev pmccabe python3"
# fakexfrm.c of tests/interop is compiled when it runs.
interop="gcc libc6-dev strongswan-charon strongswan-swanctl libstrongswan-standard-plugins
    libstrongswan-extra-plugins libcharon-extra-plugins iproute2 iputils-ping nftables
    openssl procps python3 tcpdump tshark"
# The guest of tests/vm; it runs what interop needs.
vm="qemu-system-x86 busybox-static cpio kmod zstd xz-utils"
# The programs in examples that need more than libc; without these packages they are left out.
demo="$build libcap-ng-dev libconfuse-dev libcurl4-openssl-dev libjansson-dev libmnl-dev
    libp11-kit-dev libpcap-dev libssl-dev libuv1-dev"
# What the quickstart and the tests of the programs run beside them.
run="openssl iproute2 iputils-ping softhsm2 vpnc-scripts"
docs="doxygen"
# What builds and checks the Debian packages.
packaging="$demo build-essential debhelper libcmocka-dev lintian python3"
# What debian.sh makes other Debians with.
debian="debian-archive-keyring debootstrap"

is_installed()
{
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing=
for group in "$@"; do
    case $group in
    build) packages=$build ;;
    test) packages=$test ;;
    interop) packages=$interop ;;
    vm) packages="$interop $vm" ;;
    demo) packages=$demo ;;
    run) packages=$run ;;
    docs) packages=$docs ;;
    package) packages=$packaging ;;
    debian) packages=$debian ;;
    *)
        echo "deps.sh: no group is called '$group'" >&2
        exit 2
        ;;
    esac
    for package in $packages; do
        is_installed "$package" || missing="$missing $package"
    done
done
[ -n "$missing" ] || exit 0
echo "deps.sh: installing$missing" >&2

if [ "$(id -u)" -ne 0 ]; then
    exec sudo sh "$0" "$@"
fi

# The daemons among the packages are run by the tests, from copies and with private directories, and
# must not be started by their installation: while it goes on, policy-rc.d refuses (101).
policy=/usr/sbin/policy-rc.d
saved=
policy_restore()
{
    rm -f "$policy"
    [ -z "$saved" ] || mv "$saved" "$policy"
}
if [ -e "$policy" ] || [ -L "$policy" ]; then
    saved=$policy.before-ike2.$$
    mv "$policy" "$saved"
fi
trap policy_restore EXIT
trap 'exit 1' HUP INT TERM
printf '#!/bin/sh\nexit 101\n' > "$policy"
chmod 755 "$policy"

export DEBIAN_FRONTEND=noninteractive
apt-get -qq -o DPkg::Lock::Timeout=600 update
# shellcheck disable=SC2086 # a list of names
apt-get -qq -y -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 install --no-install-recommends \
    $missing > /dev/null
