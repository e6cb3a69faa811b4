#!/bin/sh
# run.sh [SECONDS [NOUN...]]: builds the preset fuzz, makes the seeds and runs each fuzzer for
# SECONDS (60). New inputs stay in build/fuzz/corpus, findings in build/fuzz/findings. The exit
# status is 0 only if nothing was found. doc/fuzzing.md explains it.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-60}
[ $# -gt 0 ] && shift
build=build/fuzz
findings=$build/findings

cmake --preset fuzz > /dev/null
cmake --build --preset fuzz
python3 fuzz/seeds.py "$build/seeds"
mkdir -p "$findings"

# The scripts of fuzz_endpoint are short, and each costs much: what is long is only slow, and what
# libFuzzer does beside running them has to be little.
options()
{
    case $1 in
    endpoint) echo -max_len=500 -entropic=0 -use_cmp=0 ;;
    *) echo -max_len=8192 ;;
    esac
}

[ $# -gt 0 ] || set -- message endpoint capture x509
status=0
for noun in "$@"; do
    mkdir -p "$build/corpus/$noun"
    echo "== fuzz_$noun for $seconds s"
    # shellcheck disable=SC2046 # a list of options
    "$build/fuzz_$noun" $(options "$noun") -max_total_time="$seconds" \
        -rss_limit_mb=2048 -timeout=20 -dict=fuzz/dict/ike2.dict -print_final_stats=1 \
        -artifact_prefix="$findings/$noun-" "$build/corpus/$noun" "$build/seeds/$noun" \
        > "$findings/$noun.log" 2>&1 || status=1
    tail -n 8 "$findings/$noun.log"
done
if [ "$status" -ne 0 ]; then
    echo "something was found: $findings"
fi
exit "$status"
