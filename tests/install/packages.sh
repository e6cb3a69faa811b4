#!/bin/sh
# packages.sh [--twice]: builds the Debian packages from a copy of the tree, asks lintian, looks at
# what is in them, and compiles and runs programs of somebody else with what libike2-dev has. With
# --twice it builds them in another directory again, which has to give the same octets.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)

for tool in dpkg-buildpackage dh lintian; do
    command -v "$tool" > /dev/null || {
        echo "SKIP: $tool is not installed: sh tests/deps.sh package"
        exit 77
    }
done
cd "$root"
missing=$(dpkg-checkbuilddeps -P nocheck 2>&1) || {
    echo "SKIP: $missing: sh tests/deps.sh package"
    exit 77
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

fail()
{
    echo "FAIL: $*"
    exit 1
}

# quiet COMMAND...: shows the output only if the command fails.
quiet()
{
    "$@" > "$work/log" 2>&1 || {
        cat "$work/log"
        fail "$*"
    }
}

# build DIRECTORY: the packages from a copy of the tree in DIRECTORY/libike2. This suite runs the
# tests, so the build does not.
build()
{
    mkdir -p "$1/libike2"
    tar -C "$root" --exclude=./build --exclude=./.git --exclude='./obj-*' -cf - . |
        tar -C "$1/libike2" -xf -
    (
        cd "$1/libike2"
        DEB_BUILD_OPTIONS="nocheck parallel=$(nproc)" quiet dpkg-buildpackage -us -uc -b
    )
    sed -n 's/^+ \(ike2_[^ ]*\) .*/NOTE: not in libike2-0.symbols yet: \1/p' "$work/log"
}

# has FILE...: each is in the packages.
has()
{
    for file in "$@"; do
        [ -e "$x/$file" ] || fail "no package has /$file"
    done
}

# check_hardened FILE: position independent, RELRO, bound at the start, no executable stack, no path
# to libraries of its own, no assertions.
check_hardened()
{
    readelf -hldW "$x/$1" > "$work/elf"
    grep -q 'Type: *DYN' "$work/elf" || fail "/$1 is not position independent"
    grep -q 'GNU_RELRO' "$work/elf" || fail "/$1 has no RELRO"
    grep -q 'Flags:.* NOW' "$work/elf" || fail "/$1 binds lazily"
    if grep -q 'GNU_STACK.*RWE' "$work/elf"; then fail "/$1 has an executable stack"; fi
    if grep -q '(R\(UN\)\?PATH)' "$work/elf"; then fail "/$1 names a path to libraries"; fi
    if nm -D "$x/$1" | grep -q ' U __assert_fail'; then fail "/$1 has assertions"; fi
}

check_files()
{
    for package in libike2-0 libike2-dev ike2-tools; do
        dpkg -c "$work/first/${package}_"*.deb | sed -n 's/^[^d].* \.\(\/[^ ]*\).*/\1/p' \
            > "$work/$package.list"
    done
    for library in libike2 libike2-mbedtls; do
        grep -q "^/$lib/$library.so.0$" "$work/libike2-0.list" || fail "libike2-0 lacks $library"
        check_hardened "$lib/$library.so.0"
        has "$lib/$library.so" "$lib/$library.a" "$lib/pkgconfig/$library.pc"
    done
    if grep -v "^/$lib/\|^/usr/share/doc/" "$work/libike2-0.list"; then
        fail "libike2-0 has more than libraries, and cannot be Multi-Arch: same"
    fi
    if grep -v "^/$lib/\|^/usr/share/doc/\|^/usr/include/ike2/" "$work/libike2-dev.list"; then
        fail "these do not belong into libike2-dev"
    fi
    has "$lib/cmake/ike2/ike2Config.cmake"
    for header in "$root"/include/ike2/*.h; do
        has "usr/include/ike2/${header##*/}"
    done
}

# dpkg-gensymbols objects to symbols that are gone only if they are of an earlier version.
check_symbols()
{
    sed -n 's/^ \(ike2_[^@]*\)@.*/\1/p' debian/libike2-0.symbols | sort > "$work/listed"
    nm -D --defined-only "$x/$lib/libike2.so.0" "$x/$lib/libike2-mbedtls.so.0" |
        sed -n 's/.* T \(ike2_[^@]*\).*/\1/p' | sort > "$work/exported"
    gone=$(comm -23 "$work/listed" "$work/exported")
    [ -z "$gone" ] || fail "debian/libike2-0.symbols lists what is gone: $gone"
}

check_programs()
{
    has usr/sbin/ikev2-server usr/sbin/ikev2-client usr/sbin/ikev2ctl
    has usr/bin/ikev2-dissect usr/bin/ikev2-bench
    sed -n 's/^\/\(usr\/s\?bin\/.*\)/\1/p' "$work/ike2-tools.list" > "$work/programs"
    while read -r program; do
        check_hardened "$program"
        name=${program##*/}
        grep -q "^/usr/share/man/man[18]/$name\.[18]\.gz$" "$work/ike2-tools.list" ||
            fail "$name has no manual page"
        quiet env LD_LIBRARY_PATH="$x/$lib" "$x/$program" --help
    done < "$work/programs"
    for pattern in 'systemd/system/ikev2-server.service' 'sysusers.d/ike2-tools.conf' \
        'tmpfiles.d/ike2-tools.conf'; do
        grep -q "/lib/$pattern$" "$work/ike2-tools.list" || fail "ike2-tools has no $pattern"
    done
}

# With pkg-config, as debian/tests does with what is installed; with CMake; and the examples.
check_consumers()
{
    export PKG_CONFIG_PATH="$x/$lib/pkgconfig" LD_LIBRARY_PATH="$x/$lib"
    said=$(AUTOPKGTEST_TMP="$work" sh debian/tests/consumer 2>&1) || fail "$said"
    [ "$said" = success ] || fail "the consumer says: $said"
    for source in "$here/package" "$x/usr/share/doc/libike2-dev/examples/minimal"; do
        quiet cmake -S "$source" -B "$work/${source##*/}" -G Ninja -DCMAKE_PREFIX_PATH="$x/usr"
        quiet cmake --build "$work/${source##*/}"
    done
    for program in shared static; do
        said=$("$work/package/$program") || fail "package/$program says: $said"
    done
}

build "$work/first"
quiet lintian --allow-root --fail-on error,warning "$work"/first/*.changes
lib=usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)
x=$work/x
for package in "$work"/first/*.deb; do
    dpkg -x "$package" "$x"
done
check_files
check_symbols
check_programs
check_consumers
echo "packages: $(cd "$work/first" && echo *.deb)"
if [ "${1-}" = --twice ]; then
    build "$work/second"
    for package in "$work"/first/*.deb; do
        cmp "$package" "$work/second/${package##*/}" || fail "the build cannot be reproduced"
    done
    echo "built twice, with the same result"
fi
