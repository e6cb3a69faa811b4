#!/usr/bin/env python3
"""test_virtual_tun.py BUILD: traffic from and to addresses that ikev2-server assigns to
ikev2-client, both with the data plane `tun`, in network namespaces of their own; set by the client
itself, or by a script. Needs root, TUN and iproute2."""
import json
import os
import pathlib
import signal
import subprocess

import client_rig as rig
import tunnel_rig
from tunnel_rig import in_client

VPNC_SCRIPT = pathlib.Path("/usr/share/vpnc-scripts/vpnc-script")
TOP = """
dataplane = tun
pool v4 { range = "10.9.0.10-10.9.0.200" }
pool v6 { range = "2001:db8:9::/64" }
"""
CONNECTION = """
    local { id = "vpn.example.org" psk-file = "psk" }
    pools = { v4, v6 }
    dns = { "10.1.0.53" }
    domains = "corp.example.org"
    child net { local-ts = { %s } }
"""
SPLIT = '"10.1.0.0/16", "2001:db8:1::/48"'
FULL = '"0.0.0.0/0", "::/0"'
# As a careful administrator might write it: with the capability that it has left.
SCRIPT = """#!/bin/sh
set -eu
env > "%(path)s/env.$reason"
case $reason in
connect)
    ip address add "$INTERNAL_IP4_ADDRESS/32" dev "$TUNDEV"
    ip -6 address add "$INTERNAL_IP6_NETMASK" dev "$TUNDEV"
    ip route add "$CISCO_SPLIT_INC_0_ADDR/$CISCO_SPLIT_INC_0_MASKLEN" dev "$TUNDEV"
    echo "nameserver $INTERNAL_IP4_DNS" > "%(path)s/resolv.conf"
    ;;
disconnect)
    ip route del "$CISCO_SPLIT_INC_0_ADDR/$CISCO_SPLIT_INC_0_MASKLEN" dev "$TUNDEV"
    rm "%(path)s/resolv.conf"
    ;;
esac
grep -i '^Cap[PEB]' /proc/self/status > "%(path)s/capabilities"
"""


def routed():
    """Where the server has routes to."""
    routes = subprocess.run(["ip", "-json", "route"], check=True, text=True, capture_output=True)
    return {route["dst"] for route in json.loads(routes.stdout)}


class Virtual(tunnel_rig.Case):
    def connect_inside(self, networks=SPLIT, *arguments):
        server = self.serve(CONNECTION % networks, TOP, "192.0.2.1")
        client = self.begin_inside(server, "--virtual-ip", *arguments)
        client.wait("^CONNECTED")
        return server, client

    def test_both_families_pass(self):
        _, client = self.connect_inside()
        shown = in_client("ip", "address", "show", "ike2-0")
        self.assertIn("10.9.0.10/32", shown)
        self.assertIn("2001:db8:9::1/128", shown)
        self.ping("10.1.0.1")
        self.ping("-6", "2001:db8:1::1")
        sent, received = self.octets_of("ike2-0")
        self.assertGreaterEqual(min(sent, received), 6)
        self.end(client)

    def test_full_tunnel_keeps_the_way_to_the_server(self):
        _, client = self.connect_inside(FULL)
        self.assertIn("dev ike2-0", in_client("ip", "route", "get", "198.51.100.1"))
        self.ping("10.1.0.1")
        self.ping("192.0.2.1")
        self.ping("-6", "2001:db8:1::1")
        self.end(client)

    def test_server_reaches_its_clients_by_a_route_for_each(self):
        server, client = self.connect_inside()
        second = self.begin_inside(server, "--virtual-ip", "--id", "bob@example.org")
        for address in ("10.9.0.10", "10.9.0.11"):
            server.log.wait(f"child-sa-up .*remote_ts={address}/32")
            subprocess.run(["ping", "-c", "1", "-W", "5", address], check=True,
                           capture_output=True)
        self.assertLessEqual({"10.9.0.10", "10.9.0.11"}, routed())
        second.wait("^CONNECTED")
        self.assertEqual(second.end(signal.SIGTERM)[0], 0)
        self.assertEqual(client.end(signal.SIGTERM)[0], 0)
        server.log.wait("ike-sa-down")
        server.log.wait("ike-sa-down")
        self.assertFalse({"10.9.0.10", "10.9.0.11"} & routed())

    def test_many_clients_share_the_server_s_interface(self):
        server = self.serve(CONNECTION % SPLIT, TOP, "192.0.2.1")
        clients = [rig.Running(self.path, "--port", server.port, "--natt-port", server.natt_port,
                               "--psk-file", "psk", "--id", f"c{i}@example.org", "--remote-id",
                               "vpn.example.org", "--virtual-ip", "192.0.2.1",
                               prefix=["ip", "netns", "exec", "client"]) for i in range(20)]
        for client in clients:
            self.addCleanup(client.kill)
        got = {client.wait(r"^assigned +([0-9.]+)")[1] for client in clients}
        for client in clients:
            client.wait("^CONNECTED")
            server.log.wait("child-sa-up")
        self.assertEqual(got, {f"10.9.0.{n}" for n in range(10, 30)})
        self.assertLessEqual(got, routed())
        for client in clients:
            self.assertEqual(client.end(signal.SIGTERM)[0], 0)
        for _ in clients:
            server.log.wait("ike-sa-down")
        self.assertFalse(got & routed())

    def script(self):
        path = self.workspace.write("script", SCRIPT % {"path": self.path})
        path.chmod(0o700)
        return "--script", str(path)

    def test_script_sets_addresses_and_routes_with_little_privilege(self):
        _, client = self.connect_inside(SPLIT, *self.script())
        self.assertEqual((self.path / "resolv.conf").read_text(), "nameserver 10.1.0.53\n")
        told = (self.path / "env.connect").read_text()
        self.assertIn("TUNDEV=ike2-0\n", told)
        self.assertIn("INTERNAL_IP4_MTU=1400\n", told)
        admin = f"{1 << 12:016x}"  # CAP_NET_ADMIN
        capabilities = (self.path / "capabilities").read_text().split()
        self.assertEqual(capabilities[1::2], [admin] * 3)
        self.ping("10.1.0.1")
        self.end(client)
        self.assertFalse((self.path / "resolv.conf").exists())

    def test_vpnc_script_of_the_distribution_does_it_all(self):
        if not VPNC_SCRIPT.exists() or not os.path.exists("/etc/resolv.conf"):
            self.skipTest("vpnc-scripts is not installed, or there is no /etc/resolv.conf")
        resolv = self.workspace.write("resolv.conf", "nameserver 192.0.2.53\n")
        subprocess.run(["mount", "--bind", str(resolv), "/etc/resolv.conf"], check=True)
        self.addCleanup(subprocess.run, ["umount", "/etc/resolv.conf"], check=True)
        # Whatever manages names on this machine must not hear of it.
        for tool in ("/sbin/resolvconf", "/usr/bin/busctl", "/usr/bin/resolvectl"):
            if os.path.exists(tool):
                subprocess.run(["mount", "--bind", "/dev/null", tool], check=True)
                self.addCleanup(subprocess.run, ["umount", tool], check=True)
        _, client = self.connect_inside(SPLIT, "--script", str(VPNC_SCRIPT))
        self.assertIn("10.9.0.10", in_client("ip", "address", "show", "ike2-0"))
        self.assertIn("nameserver 10.1.0.53", resolv.read_text())
        self.assertIn("search corp.example.org", resolv.read_text())
        self.ping("10.1.0.1")
        self.ping("-6", "2001:db8:1::1")
        self.end(client)
        self.assertEqual(resolv.read_text(), "nameserver 192.0.2.53\n")


if __name__ == "__main__":
    tunnel_rig.main()
