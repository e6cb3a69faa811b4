#!/bin/sh
# replay.sh PROGRAM NOUN: replays the seeds that come from the captures, with a program that was
# built without libFuzzer. Exits with 77 if the captures are not there.
set -eu
here=$(dirname "$0")
vectors=${IKE2_VECTORS:-$here/../../shared/vectors}
if [ ! -d "$vectors/captures" ]; then
    echo "SKIP: no captures in $vectors (IKE2_VECTORS)"
    exit 77
fi
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
IKE2_VECTORS=$vectors python3 "$here/seeds.py" "$directory"
"$1" "$directory/$2"
