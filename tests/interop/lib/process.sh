# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# Outcome of a test, waiting with a bound, and processes that are always ended by their own id.
# Sourced by run.sh, which sets $work, the test's own directory.

readonly EXIT_FAILED=1 EXIT_SKIPPED=77

pids=()
# Time limits are multiplied by it, for a machine that is slower than others.
patience=${IKE2_INTEROP_PATIENCE:-1}

fail()
{
    echo "FAIL: $*"
    exit $EXIT_FAILED
}

skip()
{
    echo "SKIP: $*"
    exit $EXIT_SKIPPED
}

need_command()
{
    command -v "$1" > /dev/null || skip "$1 is not installed ($2)"
}

# wait_until SECONDS COMMAND...: asks until the command succeeds; 1 when the time is over.
wait_until()
{
    local end=$((SECONDS + $1 * patience))
    shift
    until "$@"; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.05
    done
}

log_has()
{
    grep -qE -- "$2" "$1" 2> /dev/null
}

is_gone()
{
    ! kill -0 "$1" 2> /dev/null
}

# spawn NAME COMMAND...: in the background, with its output in $work/NAME.log; $spawned is its id.
# The command must exec down to the program itself, so that the id is the program's.
spawn()
{
    local name=$1
    shift
    "$@" > "$work/$name.log" 2>&1 < /dev/null &
    spawned=$!
    pids+=("$spawned")
}

# end_process PID: asks, waits, insists.
end_process()
{
    kill -TERM "$1" 2> /dev/null
    wait_until 5 is_gone "$1" || kill -KILL "$1" 2> /dev/null
    wait "$1" 2> /dev/null
}

end_all_processes()
{
    local pid
    for pid in "${pids[@]}"; do
        is_gone "$pid" || end_process "$pid"
    done
}
