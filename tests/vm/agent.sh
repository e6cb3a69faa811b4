#!/bin/bash
# agent.sh: what the guest runs, as its process 1. It completes the system and then does what the
# host asks for on the port `control`: a line `NUMBER SECONDS` stands for the script NUMBER.sh in
# the share; the answer is `NUMBER CODE`, with the output in NUMBER.log. guest.sh is the other side.
# It ends, and with it the guest, with the number 0 or when nobody has asked for a long time; what
# the kernel said is in kernel.log then.
# shellcheck disable=SC2154 # parameters of the kernel
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
umask 022

readonly IDLE_SECONDS=900

memory()
{
    mkdir -p "$1"
    mount -t tmpfs memory "$1"
}

port()
{
    local directory name
    for directory in /sys/class/virtio-ports/*; do
        read -r name < "$directory/name"
        [ "$name" != "$1" ] || echo "/dev/${directory##*/}"
    done
}

memory /run
memory /dev/shm
mkdir -p /dev/pts
mount -t devpts terminals /dev/pts
[ -e /dev/fd ] || ln -s /proc/self/fd /dev/fd
mkdir -p /lib/modules
ln -sfn "$ike2_modules" "/lib/modules/$(uname -r)"
mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=none share "$ike2_share"
hostname guest
ip link set lo up
modprobe -a tun veth

exec 3<> "$(port control)"
read -r uptime _ < /proc/uptime
echo "ready $uptime $(uname -r)" >&3
while read -r -t $IDLE_SECONDS number seconds <&3 && [ "$number" != 0 ]; do
    cd "$ike2_share" || break
    timeout -k 10 "$seconds" bash "$number.sh" > "$number.log" 2>&1 < /dev/null 3>&-
    echo "$number $?" >&3
done
dmesg > "$ike2_share/kernel.log"
sync
echo o > /proc/sysrq-trigger
while :; do
    sleep 1
done
