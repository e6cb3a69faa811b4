#!/bin/sh
# Installs, moves what was installed, and lets programs of somebody else find it: with pkg-config
# and with find_package, shared and static.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
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

# expect_success PROGRAM
expect_success()
{
    said=$("$work/$1") || fail "$1 says: $said"
    [ "$said" = success ] || fail "$1 says: $said"
    echo "$1: $said"
}

# needs PROGRAM LIBRARY: is it linked dynamically with this library?
needs()
{
    readelf -d "$work/$1" | grep -q "NEEDED.*\[$2\.so"
}

quiet cmake -S "$root" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
    -DIKE2_BUILD_TESTS=OFF -DIKE2_BUILD_EXAMPLES=OFF -DCMAKE_INSTALL_PREFIX="$work/first"
quiet cmake --build "$work/build"
quiet cmake --install "$work/build"
mkdir "$work/moved"
mv "$work/first" "$work/moved/prefix"
prefix=$work/moved/prefix
if grep -rIl -e "$work/first" -e "$work/build" "$prefix"; then
    fail "these files name the place they were made in"
fi

library=$(dirname "$(find "$prefix" -name libike2.so)")
export PKG_CONFIG_PATH="$library/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}"
others=${LD_LIBRARY_PATH:-}
export LD_LIBRARY_PATH="$library${others:+:$others}"
cc=${CC:-cc}

# shellcheck disable=SC2046 # lists of words
quiet "$cc" -o "$work/pc-shared" "$here/consumer.c" $(pkg-config --cflags --libs libike2-mbedtls)
expect_success pc-shared
needs pc-shared libike2 || fail "pc-shared is not linked with the shared library"

# shellcheck disable=SC2046
quiet "$cc" -static -o "$work/pc-static" "$here/consumer.c" \
    $(pkg-config --static --cflags --libs libike2-mbedtls)
expect_success pc-static

quiet cmake -S "$here/package" -B "$work/package" -G Ninja -DCMAKE_PREFIX_PATH="$prefix"
quiet cmake --build "$work/package"
expect_success package/shared
needs package/shared libike2 || fail "package/shared is not linked with the shared library"
export LD_LIBRARY_PATH="$others"
expect_success package/static
if needs package/static libike2; then
    fail "package/static needs the shared library"
fi
