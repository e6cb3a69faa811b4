# shellcheck shell=bash disable=SC2034,SC2154 # variables that run.sh and the parts share
# Our side. Each kind of program has a file with the same functions, called with its name in front:
#
#   minimal.sh    minimal_initiator or minimal_responder
#   client.sh     ikev2-client
#   server.sh     ikev2-server; beside the client it is the peer, too
#
#   KIND_start         starts it; a responder is ready when this returns
#   KIND_lines         what it said, with the lines about SAs in the words of the minimal programs
#   KIND_stop          makes it close its SA
#   KIND_ends SECONDS CODE
#                      waits for the end of its SA; CODE is that of the program, if it ends then
#   KIND_explanation   what it told about a failure

program_writes_keys()
{
    ! log_has "${IKE2_BUILD_DIR:-.}/CMakeCache.txt" '^IKE2_ENABLE_KEYLOG:BOOL=(OFF|0|FALSE|NO)$'
}

# Which executables are needed.
program_find()
{
    local name names
    case $program,$peer in
    minimal,*) names=minimal/minimal_$our_role ;;
    client,charon) names="client/ikev2-client ctl/ikev2ctl" ;;
    server,*) names="server/ikev2-server ctl/ikev2ctl" ;;
    client,server) names="client/ikev2-client server/ikev2-server ctl/ikev2ctl" ;;
    esac
    for name in $names; do
        [ -x "$programs/$name" ] || skip "$programs/$name has not been built"
    done
}

program_start()
{
    "${program}_start"
}

program_stop()
{
    "${program}_stop"
}

# program_ends SECONDS CODE
program_ends()
{
    "${program}_ends" "$1" "$2"
}

program_said()
{
    "${program}_lines" | grep -qE -- "$1"
}

program_is_up()
{
    program_said '^CHILD_SA up' || is_gone "$program_pid"
}

# program_value LINE KEY: the value behind KEY= in our line that begins so.
program_value()
{
    "${program}_lines" | sed -n "s/^$1 .* *$2=\([^ ]*\).*/\1/p"
}

# program_list LINE KEY: one member a line.
program_list()
{
    program_value "$1" "$2" | tr ',' '\n' | sort
}

# first_id client|server sa|child: as ikev2ctl lists it.
first_id()
{
    local from=1
    [ "$2" = sa ] || from='/"children"/'
    "${1}_ctl" --json sas | sed -n "$from,\$s/^ *\"id\": \([0-9]*\),*\$/\1/p" | head -n 1
}

# process_ends SECONDS CODE: the program itself.
process_ends()
{
    local code=0
    wait_until "$1" is_gone "$program_pid" || fail "our program does not end"
    wait "$program_pid" || code=$?
    [ "$code" -eq "$2" ] || fail "our program ended with $code instead of $2"
    echo "  our program ended with $code"
}

# write_secret FILE TEXT
write_secret()
{
    (umask 077 && printf '%s\n' "$2" > "$1")
}

# IKE2_ENABLE_LEGACY: a build without it has, for its tests, libraries with it beside.
need_legacy()
{
    log_has "${IKE2_BUILD_DIR:-.}/CMakeCache.txt" '^IKE2_ENABLE_LEGACY:BOOL=(ON|1|YES|TRUE|Y)$' &&
        return
    [ -e "${IKE2_BUILD_DIR:-.}/legacy" ] || skip "built without IKE2_ENABLE_LEGACY"
    export LD_LIBRARY_PATH=$IKE2_BUILD_DIR/legacy
}
