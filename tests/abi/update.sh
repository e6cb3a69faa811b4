#!/bin/sh
# update.sh [--accept]: keeps the ABI as it is built now: at a release, or after SOVERSION was
# raised. It refuses what would break programs; --accept keeps that too. doc/abi.md has the rules.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
case ${1-} in
'') mode=keep ;;
--accept) mode=accept ;;
*)
    echo "usage: update.sh [--accept]" >&2
    exit 2
    ;;
esac
sh "$root/tests/deps.sh" build test
exec python3 "$root/tests/lint/abi.py" "$root" "$mode"
