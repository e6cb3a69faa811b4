#!/bin/sh
# tsan.sh COMPILER: builds the tests of this directory with ThreadSanitizer, below the build
# directory, and runs them. The libraries of mbedTLS are as the system has them, without
# instrumentation: races inside of them are not seen, but those of their callers are.
set -eu
compiler=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${IKE2_BUILD_DIR:?}/tsan
log=$build/log

skip()
{
    echo "skipped: $*"
    exit 77
}

quiet()
{
    "$@" > "$log" 2>&1 || {
        cat "$log"
        echo "FAIL: $*"
        exit 1
    }
}

mkdir -p "$build"
echo 'int main(void) { return 0; }' > "$build/probe.c"
"$compiler" -fsanitize=thread "$build/probe.c" -o "$build/probe" > "$log" 2>&1 ||
    skip "$compiler has no ThreadSanitizer"
# Its shadow memory does not fit every layout of the address space.
run=
if ! "$build/probe" > "$log" 2>&1; then
    run="setarch -R"
    $run "$build/probe" > "$log" 2>&1 ||
        skip "ThreadSanitizer does not run here: $(head -n 1 "$log")"
fi

quiet cmake -S "$root" --preset tsan -B "$build" -DCMAKE_C_COMPILER="$compiler" \
    -DIKE2_BUILD_EXAMPLES=OFF
quiet cmake --build "$build" -j "$(nproc)" --target test_threads_pool test_threads_token
for program in test_threads_pool test_threads_token; do
    TSAN_OPTIONS="halt_on_error=1 ${TSAN_OPTIONS:-}" $run "$build/$program"
done
