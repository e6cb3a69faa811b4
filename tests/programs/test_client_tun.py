#!/usr/bin/env python3
"""test_client_tun.py BUILD: traffic between ikev2-client and ikev2-server, both with the data plane
`tun`, in network namespaces of their own. Needs root, TUN and iproute2."""
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
ip netns add client
ip link add outer0 type veth peer name outer1 netns client
ip address add 192.0.2.1/24 dev outer0
ip link set outer0 up
ip -n client link set lo up
ip -n client address add 192.0.2.2/24 dev outer1
ip -n client link set outer1 up
"""
CONNECTION = """
    local { id = "vpn.example.org" psk-file = "psk" }
    remote { id = "alice@example.org" }
    child net { local-ts = { %s } remote-ts = { "10.9.0.0/24" } }
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


class Tunnel(rig.Case):
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

    def test_packets_reach_the_network_behind_the_server(self):
        server = self.serve(CONNECTION % '"10.1.0.0/16"', "dataplane = tun", "192.0.2.1")
        client = self.begin_inside(server, "--address", "10.9.0.4", "--remote-ts", "10.1.0.0/16")
        client.wait("^CONNECTED")
        self.assertIn("10.9.0.4", in_client("ip", "address", "show", "ike2-0"))
        self.ping("10.1.0.1")
        sent, received = self.octets_of("ike2-0")
        self.assertGreaterEqual(min(sent, received), 3)
        self.end(client)

    def test_everything_in_the_tunnel_but_the_way_to_the_server(self):
        """IKE and ESP to the server's own address are not routed into the tunnel; all else is."""
        server = self.serve(CONNECTION % '"0.0.0.0/0"', "dataplane = tun", "192.0.2.1")
        client = self.begin_inside(server, "--address", "10.9.0.4")
        client.wait("^CONNECTED")
        self.ping("10.1.0.1")
        self.ping("192.0.2.1")
        sent, _ = self.octets_of("ike2-0")
        self.assertGreaterEqual(sent, 6)
        self.end(client)

    def test_single_address_of_the_selectors_is_ours(self):
        connection = (CONNECTION % '"10.1.0.0/16"').replace("10.9.0.0/24", "10.9.0.7/32")
        server = self.serve(connection, "dataplane = tun", "192.0.2.1")
        client = self.begin_inside(server)
        client.wait("^CONNECTED")
        self.assertIn("10.9.0.7", in_client("ip", "address", "show", "ike2-0"))
        self.ping("10.1.0.1")
        self.end(client)


if __name__ == "__main__":
    if INSIDE not in os.environ:
        enter_namespaces()
    for line in SETUP.strip().splitlines():
        subprocess.run(line.split(), check=True)
    program.main()
