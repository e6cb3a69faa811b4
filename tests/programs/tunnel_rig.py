"""Two network namespaces with a wire between them, for programs with the data plane `tun`: the
server is in the one that this program runs in, 192.0.2.1, with 10.1.0.1 and 2001:db8:1::1 behind
it; the client is in "client", 192.0.2.2. Needs root, TUN and iproute2."""
import json
import os
import shutil
import signal
import subprocess
import sys

import client_rig as rig
import program

INSIDE = "IKE2_TUN_INSIDE"
SETUP = """
mount -t tmpfs none /run
ip link set lo up
ip address add 10.1.0.1/32 dev lo
ip address add 2001:db8:1::1/128 dev lo
ip netns add client
ip link add outer0 type veth peer name outer1 netns client
ip address add 192.0.2.1/24 dev outer0
ip link set outer0 up
ip -n client link set lo up
ip -n client address add 192.0.2.2/24 dev outer1
ip -n client link set outer1 up
"""


def enter_namespaces():
    """Starts this program again where nothing it does is seen outside."""
    for tool in ("unshare", "ip", "ping"):
        if not shutil.which(tool):
            print(f"SKIP: {tool} is not installed")
            sys.exit(program.SKIPPED)
    if os.geteuid() != 0 or not os.path.exists("/dev/net/tun"):
        print("SKIP: namespaces and TUN need root and /dev/net/tun")
        sys.exit(program.SKIPPED)
    if subprocess.run(["unshare", "-n", "-m", "true"], capture_output=True).returncode != 0:
        print("SKIP: namespaces are not allowed here")
        sys.exit(program.SKIPPED)
    os.environ[INSIDE] = "yes"
    os.execvp("unshare", ["unshare", "-n", "-m", sys.executable, *sys.argv])


def in_client(*command):
    """The output of a command in the client's namespace."""
    return subprocess.run(["ip", "netns", "exec", "client", *command], check=True, text=True,
                          capture_output=True, timeout=program.PATIENCE).stdout


class Case(rig.Case):
    def begin_inside(self, server, *arguments):
        client = rig.Running(self.path, "--port", server.port, "--natt-port", server.natt_port,
                             *rig.PSK, "--dataplane", "tun", *arguments, "192.0.2.1",
                             prefix=["ip", "netns", "exec", "client"])
        self.addCleanup(client.kill)
        return client

    def ping(self, *arguments):
        in_client("ping", "-c", "3", "-i", "0.2", "-W", "5", *arguments)

    def octets_of(self, interface):
        links = json.loads(in_client("ip", "-json", "-stats", "link", "show", interface))
        return links[0]["stats64"]["tx"]["packets"], links[0]["stats64"]["rx"]["packets"]

    def end(self, client):
        code, text = client.end(signal.SIGTERM)
        self.assertEqual(code, 0, text)
        self.assertTrue(text.endswith("DISCONNECTED by us"), text)
        self.assertNotIn("ike2-0", in_client("ip", "link"))
        self.assertNotIn("fwmark", in_client("ip", "rule"))
        self.assertNotIn("fwmark", in_client("ip", "-6", "rule"))


def main():
    """Of a test program."""
    if INSIDE not in os.environ:
        enter_namespaces()
    for line in SETUP.strip().splitlines():
        subprocess.run(line.split(), check=True)
    program.main()
