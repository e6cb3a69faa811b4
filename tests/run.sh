#!/bin/sh
# run.sh [--ci] [LABEL...]: installs what is missing, builds, tests. doc/testing.md explains it.
# Labels: lint unit programs sim vectors fuzz install interop; none means all of these. vm has to be
# named. The last line is always `N passed, N failed, N skipped`; the exit status is 0 only if
# something passed and nothing failed.
set -eu
cd "$(dirname "$0")/.."

ci=
labels=
for argument in "$@"; do
    case $argument in
    --ci) ci=yes ;;
    lint | unit | programs | sim | vectors | fuzz | install | interop | vm)
        labels="$labels $argument"
        ;;
    *)
        echo "usage: run.sh [--ci] [lint|unit|programs|sim|vectors|fuzz|install|interop|vm]..." >&2
        exit 2
        ;;
    esac
done
: "${labels:=lint unit programs sim vectors fuzz install interop}"
jobs=$(nproc)
results=build/results

wants()
{
    case " $labels " in *" $1 "*) return 0 ;; esac
    return 1
}

groups="build demo test"
if wants lint; then groups="$groups docs"; fi
if wants programs; then groups="$groups run"; fi
if wants install; then groups="$groups package"; fi
if wants interop; then groups="$groups interop"; fi
vm=OFF
if wants vm; then groups="$groups vm" vm=ON; fi
# shellcheck disable=SC2086 # a list of names
sh tests/deps.sh $groups

echo "== with"
# shellcheck disable=SC2016 # dpkg's variables; a package that is not there is an error
dpkg-query -W -f '${db:Status-Status} ${Package} ${Version}\n' gcc clang cmake libmbedtls-dev \
    openssl strongswan-charon tshark 2> /dev/null | sed -n 's/^installed /   /p'

rm -rf "$results"
mkdir -p "$results"
export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"
export CTEST_OUTPUT_ON_FAILURE=1

# build PRESET: a build that fails is a failed test.
build()
{
    echo "== build $1"
    if cmake --preset "$1" -DIKE2_WERROR=ON -DIKE2_VM_TESTS=$vm \
        ${IKE2_VECTORS:+"-DIKE2_VECTORS=$IKE2_VECTORS"} \
        > "$results/build-$1.log" 2>&1 &&
        cmake --build --preset "$1" -j "$jobs" >> "$results/build-$1.log" 2>&1; then
        return 0
    fi
    cat "$results/build-$1.log"
    echo "build of $1" >> "$results/failed"
    return 1
}

# run PRESET LABEL...: a label without tests is a failed test.
run()
{
    preset=$1
    shift
    echo "== test $preset: $*"
    pattern=$(echo "$*" | tr ' ' '|')
    ctest --test-dir "build/$preset" -j "$jobs" -L "^($pattern)\$" \
        --output-junit "$PWD/$results/$preset.xml" || echo "== tests of $preset failed"
    [ -s "$results/$preset.xml" ] || echo "ctest of $preset" >> "$results/failed"
    for label in "$@"; do
        if ctest --test-dir "build/$preset" -N -L "^$label\$" | grep -q '^Total Tests: 0$'; then
            echo "$preset has no test with the label $label" >> "$results/failed"
        fi
    done
}

# shellcheck disable=SC2086 # a list of names
if build asan; then run asan $labels; fi

if [ -n "$ci" ]; then
    both=
    for label in unit sim vectors; do
        if wants $label; then both="$both $label"; fi
    done
    # shellcheck disable=SC2086 # a list of names
    if [ -n "$both" ] && build clang; then run clang $both; fi
    build release || true
fi

python3 tests/results.py "$results"
