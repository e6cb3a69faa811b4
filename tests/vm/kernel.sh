#!/bin/sh
# kernel.sh CACHE: Debian's current kernel, unpacked below CACHE (not installed), with an initial
# file system that finds its way to the host's root. Prints the directory with `vmlinuz`,
# `initramfs` and `lib/modules`. What is there already is not fetched again, and serves when nothing
# newer can be had. 77: there is no kernel.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cache=$(cd "$1" && pwd)

# What the initial file system needs to see the shares and to talk to the host.
first_modules="virtio_pci 9pnet_virtio 9p overlay virtio_console virtio_rng"
# What of the kernel is kept: the rest drives hardware that the guest lacks.
kept_modules="arch crypto fs lib net drivers/char drivers/net drivers/virtio"

skip()
{
    echo "SKIP: $*" >&2
    exit 77
}

# The package with the current kernel, as the metapackage names it.
package_name()
{
    apt-cache depends linux-image-amd64 2> /dev/null |
        sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1
}

# fetch PACKAGE: into the cache; false if it cannot be had.
fetch()
{
    rm -rf "$cache/new"
    mkdir "$cache/new"
    echo "kernel.sh: fetching $1" >&2
    (cd "$cache/new" && apt-get -qq -o APT::Sandbox::User=root download "$1") &&
        unpack "$cache/new" &&
        PATH=$PATH:/sbin:/usr/sbin depmod -b "$cache/new" \
            "$(basename "$cache"/new/lib/modules/*)" &&
        mv "$cache/new" "$cache/$1"
}

# unpack DIRECTORY: the package in it.
unpack()
{
    set -- "$1" './boot/vmlinuz-*' './*lib/modules/*/modules.*'
    for kept in $kept_modules; do
        set -- "$@" "./*lib/modules/*/kernel/$kept/*"
    done
    (
        cd "$1" || exit
        shift
        dpkg-deb --fsys-tarfile ./*.deb |
            tar -x --no-same-owner --transform='s,^\./usr/,./,' --wildcards "$@" &&
            rm ./*.deb &&
            mv boot/vmlinuz-* vmlinuz
    )
}

# module_files DIRECTORY RELEASE: in the order in which they are to be loaded.
module_files()
{
    for module in $first_modules; do
        PATH=$PATH:/sbin:/usr/sbin modprobe -d "$1" -S "$2" --show-depends "$module" |
            sed -n 's/^insmod \([^ ]*\).*/\1/p'
    done | awk '!seen[$0]++'
}

# initramfs DIRECTORY RELEASE: busybox, the first modules and init.
initramfs()
{
    tree=$1/initramfs.tree
    mkdir -p "$tree/bin" "$tree/modules" "$tree/dev" "$tree/proc" "$tree/sys" "$tree/host" \
        "$tree/memory" "$tree/root"
    cp "$(command -v busybox)" "$tree/bin/busybox"
    cp "$here/init" "$tree/init"
    chmod 755 "$tree/init"
    number=100
    for file in $(module_files "$1" "$2"); do
        name=$number-$(basename "$file" | sed 's/\.ko.*/.ko/')
        case $file in
        *.xz) xz -dc "$file" ;;
        *.zst) zstd -dqc "$file" ;;
        *) cat "$file" ;;
        esac > "$tree/modules/$name"
        number=$((number + 1))
    done
    (cd "$tree" && find . | cpio --quiet -o -H newc) > "$1/initramfs"
    rm -r "$tree"
}

for command in apt-get dpkg-deb busybox cpio xz zstd; do
    command -v $command > /dev/null || skip "$command is not installed (tests/deps.sh vm)"
done
package=$(package_name)
[ -n "$package" ] || skip "apt knows no linux-image-amd64"
if [ ! -d "$cache/$package" ] && ! fetch "$package"; then
    for package in "$cache"/linux-image-*; do
        package=$(basename "$package")
    done
    [ -d "$cache/$package" ] || skip "apt-get cannot download Debian's kernel"
fi
kernel=$cache/$package
# shellcheck disable=SC3013 # dash has it
if [ ! -e "$kernel/initramfs" ] || [ "$here/init" -nt "$kernel/initramfs" ] ||
    [ "$0" -nt "$kernel/initramfs" ]; then
    initramfs "$kernel" "$(basename "$kernel"/lib/modules/*)"
fi
echo "$kernel"
