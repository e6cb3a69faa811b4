#!/usr/bin/env bash
# guest.sh: a throw-away machine with Debian's kernel, emulated by qemu in software. Its root is an
# overlay in memory over this machine's root file system; what it writes is lost, but for STATE.
#
#   guest.sh boot STATE CACHE              starts it; the kernel is kept in CACHE, see kernel.sh
#   guest.sh run STATE SECONDS COMMAND...  runs a command in it, with its output and exit code
#   guest.sh halt STATE                    ends it; 1 if its kernel has complained
#   guest.sh once STATE CACHE SECONDS COMMAND...
#                                          all of that
#
# STATE is a directory of its own below the build directory, shared with the guest for reading and
# writing at the same path. Exits with 77 after the reason where there can be no guest.
set -u
here=$(cd "$(dirname "$0")" && pwd)

readonly EXIT_FAILED=1 EXIT_SKIPPED=77
# A boot takes 10 to 30 s. However it is left, no guest lives longer than the last of these.
readonly BOOT_SECONDS=240 HALT_SECONDS=30 LIFE_SECONDS=7200
readonly MEMORY=2048
readonly COMPLAINTS='BUG:|WARNING: CPU|Oops|Call Trace|Kernel panic|unregister_netdevice: waiting'

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

usage()
{
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

is_running()
{
    [ -s "$state/pid" ] && kill -0 "$(cat "$state/pid")" 2> /dev/null
}

# What crosses the kernel's command line is split at blanks.
kernel_parameters()
{
    echo console=ttyS0 loglevel=4 panic=-1 nokaslr mitigations=off nowatchdog tsc=reliable \
        no_timer_check rcupdate.rcu_expedited=1 random.trust_cpu=on \
        "ike2_agent=$here/agent.sh" "ike2_share=$state/share" "ike2_modules=$1"
}

# shared TAG PATH [OPTION]: a directory of the host.
shared()
{
    arguments+=(-fsdev "local,id=$1,path=$2,security_model=none,multidevs=remap${3:+,$3}"
        -device "virtio-9p-pci,fsdev=$1,mount_tag=$1")
}

# start KERNEL_DIRECTORY
start()
{
    # shellcheck disable=SC2054 # the commas are qemu's
    local arguments=(-nodefaults -no-user-config -display none -no-reboot
        # Software emulation everywhere, so that the result does not depend on the machine.
        -machine pc,usb=off,vmport=off -accel tcg,thread=multi,tb-size=256 -cpu max
        -smp 1 -m "$MEMORY" -kernel "$1/vmlinuz" -initrd "$1/initramfs"
        -append "$(kernel_parameters "$(echo "$1"/lib/modules/*)")"
        -serial "file:$state/console.log" -device virtio-rng-pci -device virtio-serial-pci
        -chardev "pipe,id=control,path=$state/control"
        -device virtserialport,chardev=control,name=control)
    shared root / readonly=on
    shared share "$state/share"
    timeout -k 5 $LIFE_SECONDS qemu-system-x86_64 "${arguments[@]}" \
        > "$state/qemu.log" 2>&1 < /dev/null &
    echo $! > "$state/pid"
}

# answer SECONDS PATTERN: the guest's next line that matches; what else it says is about commands
# that nobody waits for any more.
answer()
{
    local end=$((SECONDS + $1)) line
    while [ $SECONDS -lt $end ] && is_running; do
        if IFS= read -r -t 1 line <&3 && [[ $line =~ $2 ]]; then
            echo "$line"
            return 0
        fi
    done
    return 1
}

boot()
{
    local kernel code=0

    command -v qemu-system-x86_64 > /dev/null ||
        skip "qemu-system-x86_64 is not installed (tests/deps.sh vm)"
    [[ $state$here$cache != *[[:space:],]* ]] || skip "a path has a blank or a comma: $state, $here"
    kernel=$(sh "$here/kernel.sh" "$cache") || code=$?
    [ $code -eq 0 ] || exit $code
    rm -rf "$state/share"
    mkdir -p "$state/share"
    rm -f "$state"/control.* "$state"/*.log
    mkfifo "$state/control.in" "$state/control.out"
    exec 3<> "$state/control.out"
    start "$kernel"
    answer $BOOT_SECONDS '^ready ' || {
        tail -n 30 "$state/qemu.log" "$state/console.log"
        fail "the guest does not boot"
    }
}

# run SECONDS COMMAND...
run()
{
    local seconds=$1 number line
    shift
    exec 3<> "$state/control.out"
    # Never the same again, for the answer to be that of this command.
    number=$(date +%s%N)
    printf 'cd %q\n%s\n' "$PWD" "$(printf '%q ' "$@")" > "$state/share/$number.sh"
    echo "$number $seconds" > "$state/control.in"
    line=$(answer $((seconds + 20)) "^$number ") || {
        cat "$state/share/$number.log"
        tail -n 30 "$state/console.log"
        fail "the guest does not answer"
    }
    cat "$state/share/$number.log"
    [ "${line#* }" -ne 124 ] || echo "FAIL: not done after $seconds s"
    return "${line#* }"
}

# The kernel's own complaints are failures of the tests.
halt()
{
    local end=$((SECONDS + HALT_SECONDS))
    echo "0 0" > "$state/control.in"
    while is_running && [ $SECONDS -lt $end ]; do
        sleep 0.1
    done
    ! is_running || {
        kill -TERM "$(cat "$state/pid")"
        fail "the guest does not end"
    }
    rm -f "$state/pid"
    [ -s "$state/share/kernel.log" ] || {
        tail -n 30 "$state/console.log"
        fail "the guest's kernel has not come to an end"
    }
    ! grep -E -A 20 "$COMPLAINTS" "$state/share/kernel.log" || fail "the guest's kernel complains"
}

[ $# -ge 2 ] || usage
verb=$1
mkdir -p "$2"
state=$(cd "$2" && pwd)
shift 2

case $verb in
boot | once)
    [ $# -ge 1 ] || usage
    mkdir -p "$1"
    cache=$(cd "$1" && pwd)
    shift
    ! is_running || fail "a guest is running already, process $(cat "$state/pid")"
    boot
    if [ "$verb" = once ]; then
        code=0
        run "$@" || code=$?
        (halt) || code=$EXIT_FAILED
        exit $code
    fi
    ;;
run)
    [ $# -ge 2 ] || usage
    is_running || skip "no guest is running; see the test vm_boot"
    run "$@"
    ;;
halt)
    is_running || skip "no guest is running; see the test vm_boot"
    halt
    ;;
*) usage ;;
esac
