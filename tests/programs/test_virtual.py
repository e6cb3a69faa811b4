#!/usr/bin/env python3
"""test_virtual.py BUILD: addresses and settings that ikev2-server assigns to ikev2-client, without
traffic: who gets what, what is refused, what a script is told. test_virtual_tun.py has traffic."""
import json
import re
import signal

import client_rig as rig
import program

TOP = """
port = 0
natt-port = 0
control = "control.sock"
listen = "127.0.0.1"
"""
POOLS = """
pool v4 { range = "10.9.0.10-10.9.0.20" }
pool v6 { range = "2001:db8:9::/64" }
"""
CONNECTION = """
connection staff {
    local { id = "vpn.example.org" psk-file = "psk" }
    %s
    child net { local-ts = { "10.1.0.0/16", "2001:db8:1::/48" } }
}
"""
FULL = CONNECTION % """
    pools = { v4, v6 }
    dns = { "10.1.0.53", "2001:db8:1::53" }
    nbns = "10.1.0.54"
    subnets = "10.1.0.0/16"
    domains = { "corp.example.org", "example.net" }
"""
SCRIPT = """#!/bin/sh
env > "%(path)s/env.$reason"
echo "$reason" >> "%(path)s/reasons"
echo "it says $reason"
"""


class Case(rig.Case):
    def serve(self, text=POOLS + FULL):
        server = self.start(TOP + text)
        self.addCleanup(self.stop, server)
        return server

    def begin_as(self, server, name, *arguments):
        """A client that stays, of this identity, once it is up."""
        client = self.begin(server, "--psk-file", "psk", "--id", f"{name}@example.org",
                            "--remote-id", "vpn.example.org", *arguments)
        return client

    def up(self, server, name, *arguments):
        """It, and the addresses that it has got."""
        client = self.begin_as(server, name, *(arguments or ["--virtual-ip"]))
        addresses = client.wait(r"^assigned +([^;]*)")[1].split(", ")
        client.wait("^CONNECTED")
        return client, addresses

    def end(self, client):
        code, text = client.end(signal.SIGTERM)
        self.assertEqual(code, 0, text)

    def pools(self):
        code, out, err = program.ctl(self.workspace, "--json", "pools")
        self.assertEqual((code, err), (0, ""))
        return {pool["name"]: pool for pool in json.loads(out)["pools"]}


class Assignment(Case):
    def test_addresses_and_settings_are_those_of_the_connection(self):
        server = self.serve()
        done = self.connect(server, *rig.PSK, "--virtual-ip", "--json")
        self.assertEqual(done.returncode, 0, done.stdout)
        steps = {o["event"]: o for o in map(json.loads, done.stdout.splitlines())}
        self.assertEqual(steps["assigned"], {
            "event": "assigned", "addresses": ["10.9.0.10", "2001:db8:9::1"],
            "dns": ["10.1.0.53", "2001:db8:1::53"],
            "domains": ["corp.example.org", "example.net"], "subnets": "10.1.0.0/16"})
        self.assertEqual(steps["child"]["local_ts"], "10.9.0.10/32,2001:db8:9::1/128")
        server.log.wait("addresses-assigned .*remote_id=alice@example.org connection=staff "
                        "addresses=10.9.0.10,2001:db8:9::1")

    def test_only_what_is_asked_for_is_answered(self):
        server = self.serve()
        done = self.connect(server, *rig.PSK, "--request", "ip6,dns", "--json")
        assigned = next(o for o in map(json.loads, done.stdout.splitlines())
                        if o["event"] == "assigned")
        self.assertEqual(assigned["addresses"], ["2001:db8:9::1"])
        self.assertEqual(assigned["dns"], ["2001:db8:1::53"])
        self.assertEqual((assigned["domains"], assigned["subnets"]), ([], ""))

    def test_address_stays_the_same_after_reconnecting(self):
        server = self.serve()
        alice, first = self.up(server, "alice")
        self.end(alice)
        bob, other = self.up(server, "bob")
        self.assertNotEqual(first, other)
        again, second = self.up(server, "alice")
        self.assertEqual(first, second)
        self.end(bob)
        self.end(again)

    def test_address_that_is_asked_for_is_given_if_it_is_free(self):
        server = self.serve()
        alice, addresses = self.up(server, "alice", "--request", "ip4", "--address", "10.9.0.15")
        self.assertEqual(addresses, ["10.9.0.15"])
        bob, addresses = self.up(server, "bob", "--request", "ip4", "--address", "10.9.0.15")
        self.assertEqual(addresses, ["10.9.0.10"])
        self.end(alice)
        self.end(bob)

    def test_two_devices_of_one_identity_have_two_addresses(self):
        server = self.serve(POOLS + FULL.replace("pools =", "unique = keep pools ="))
        one, first = self.up(server, "alice")
        two, second = self.up(server, "alice")
        self.assertNotEqual(first[0], second[0])
        self.end(one)
        self.end(two)

    def test_new_connection_that_replaces_the_old_one_takes_over_its_address(self):
        server = self.serve(POOLS + FULL.replace("pools =", "unique = replace pools ="))
        one, first = self.up(server, "alice")
        two, second = self.up(server, "alice")
        self.assertEqual(first, second)
        one.kill()
        self.assertEqual(self.pools()["v4"]["ip4"]["used"], 1)
        self.end(two)

    def test_address_stays_while_the_client_is_authenticated_anew(self):
        """RFC 7296 2.8.3: both IKE SAs have it for a while."""
        server = self.serve(POOLS + FULL.replace("pools =", "reauth-time = 12s pools ="))
        alice, first = self.up(server, "alice")
        alice.wait("^REKEYED +IKE SA")
        second = alice.wait(r"^assigned +([^;]*)")[1].split(", ")
        self.assertEqual(first, second)
        server.log.wait("ike-sa-down")
        self.assertEqual(self.pools()["v4"]["ip4"], {"size": 11, "used": 1, "kept": 0})
        self.end(alice)

    def test_client_that_has_forgotten_all_gets_its_address_again(self):
        """RFC 7296 2.4: INITIAL_CONTACT."""
        server = self.serve()
        one, first = self.up(server, "alice")
        one.kill()
        two, second = self.up(server, "alice")
        self.assertEqual(first, second)
        self.end(two)


class Refusal(Case):
    def refused(self, server, *arguments):
        done = self.connect(server, "--psk-file", "psk", "--id", "eve@example.org", "--remote-id",
                            "vpn.example.org", *arguments)
        self.assertEqual(done.returncode, 7, done.stderr)
        return done.stderr

    def test_exhausted_pool_refuses_and_says_so(self):
        server = self.serve('pool v4 { range = "10.9.0.10" }' + CONNECTION % "pools = v4")
        alice, _ = self.up(server, "alice")
        said = self.refused(server, "--virtual-ip")
        self.assertIn("FAILED       the server has no address for us", said)
        self.assertIn("INTERNAL_ADDRESS_FAILURE", said)
        server.log.wait("addresses-refused .*remote_id=eve@example.org .*"
                        "all addresses of the pools are in use")
        self.end(alice)
        _, addresses = self.up(server, "eve")
        self.assertEqual(addresses, ["10.9.0.10"])

    def test_one_family_is_enough(self):
        """RFC 7296 3.15.4: what is successful is answered."""
        server = self.serve('pool v6 { range = "2001:db8:9::/64" }' + CONNECTION % "pools = v6")
        alice, addresses = self.up(server, "alice")
        self.assertEqual(addresses, ["2001:db8:9::1"])
        self.assertIn("no pool has addresses", self.refused(server, "--request", "ip4") +
                      server.log.wait("addresses-refused").string)
        self.end(alice)

    def test_client_that_asks_for_no_address_gets_no_child(self):
        """RFC 7296 2.19: FAILED_CP_REQUIRED."""
        said = self.refused(self.serve())
        self.assertIn("FAILED_CP_REQUIRED", said)
        self.assertIn("--virtual-ip", said)

    def test_server_without_pools_is_explained(self):
        server = self.serve(CONNECTION % "")
        said = self.refused(server, "--virtual-ip")
        self.assertIn("the server has assigned no address to us", said)


class Control(Case):
    def test_pools_are_listed_with_identities_and_sas(self):
        server = self.serve()
        alice, _ = self.up(server, "alice")
        bob, _ = self.up(server, "bob")
        self.end(bob)
        server.log.wait("ike-sa-down")
        pools = self.pools()
        self.assertEqual(pools["v4"]["ip4"], {"size": 11, "used": 1, "kept": 1})
        self.assertEqual(pools["v6"]["ip6"], {"size": None, "used": 1, "kept": 1})
        lease = pools["v4"]["leases"][0]
        self.assertEqual((lease["address"], lease["identity"]), ("10.9.0.10", "alice@example.org"))
        sas = json.loads(program.ctl(self.workspace, "--json", "sas")[1])["sas"]
        self.assertEqual(lease["sas"], [sas[0]["id"]])
        text = program.ctl(self.workspace, "pools")[1]
        self.assertRegex(text, r"(?m)^v4 ip4 +11 +1 +1$")
        self.assertRegex(text, r"(?m)^v6 ip6 +huge +1 +1$")
        self.assertRegex(text, r"(?m)^  10\.9\.0\.10 +alice@example\.org +%d *$" % sas[0]["id"])
        connections = json.loads(program.ctl(self.workspace, "--json", "connections")[1])
        self.assertEqual(connections["connections"][0]["children"][0]["remote_ts"], ["assigned"])
        self.end(alice)

    def test_server_without_pools_has_none(self):
        self.serve(CONNECTION % "")
        self.assertEqual(program.ctl(self.workspace, "pools"), (0, "no pools\n", ""))

    def test_reload_keeps_addresses_in_use(self):
        server = self.serve()
        alice, first = self.up(server, "alice")
        self.workspace.write("server.conf", TOP + POOLS.replace(".10-10.9.0.20", ".0/24") + FULL)
        self.assertEqual(program.ctl(self.workspace, "reload")[0], 0)
        self.assertEqual(self.pools()["v4"]["ip4"], {"size": 254, "used": 1, "kept": 0})
        bob, other = self.up(server, "bob")
        self.assertEqual((first[0], other[0]), ("10.9.0.10", "10.9.0.1"))
        self.end(alice)
        self.end(bob)


class Script(Case):
    def script(self, text=SCRIPT):
        path = self.workspace.write("script", text % {"path": self.path})
        path.chmod(0o700)
        return ["--virtual-ip", "--script", "script"]

    def environment(self, reason):
        text = (self.path / f"env.{reason}").read_text()
        return dict(line.split("=", 1) for line in text.splitlines())

    def test_script_is_told_of_each_step(self):
        done = self.connect(self.serve(), *rig.PSK, *self.script())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((self.path / "reasons").read_text(), "pre-init\nconnect\ndisconnect\n")
        said = re.findall("^script +(.*)$", done.stderr, re.M)
        self.assertEqual(said, [f"{r}: it says {r}" for r in ("pre-init", "connect", "disconnect")])
        self.assertLess(done.stderr.index("it says connect"), done.stderr.index("CONNECTED"))

    def test_script_gets_addresses_names_and_networks(self):
        self.connect(self.serve(), *rig.PSK, *self.script())
        told = self.environment("connect")
        self.assertRegex(told.pop("VPNPID"), r"^\d+$")
        for name in ("PWD", "SHLVL", "_", "OLDPWD"):  # the shell's own
            told.pop(name, None)
        self.assertEqual(told, {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "reason": "connect", "VPNGATEWAY": "127.0.0.1",
            "INTERNAL_IP4_ADDRESS": "10.9.0.10", "INTERNAL_IP4_DNS": "10.1.0.53",
            "INTERNAL_IP6_ADDRESS": "2001:db8:9::1",
            "INTERNAL_IP6_NETMASK": "2001:db8:9::1/128", "INTERNAL_IP6_DNS": "2001:db8:1::53",
            "CISCO_DEF_DOMAIN": "corp.example.org",
            "CISCO_SPLIT_DNS": "corp.example.org,example.net",
            "CISCO_SPLIT_INC": "1", "CISCO_SPLIT_INC_0_ADDR": "10.1.0.0",
            "CISCO_SPLIT_INC_0_MASK": "255.255.0.0", "CISCO_SPLIT_INC_0_MASKLEN": "16",
            "CISCO_IPV6_SPLIT_INC": "1", "CISCO_IPV6_SPLIT_INC_0_ADDR": "2001:db8:1::",
            "CISCO_IPV6_SPLIT_INC_0_MASKLEN": "48"})
        ended = self.environment("disconnect")
        self.assertEqual(ended["INTERNAL_IP4_ADDRESS"], "10.9.0.10")

    def test_script_that_fails_ends_the_connection(self):
        text = SCRIPT + 'test "$reason" != connect || exit 3\n'
        done = self.connect(self.serve(), *rig.PSK, *self.script(text))
        self.assertEqual(done.returncode, 8, done.stderr)
        self.assertIn("script (connect) failed with exit code 3", done.stderr)
        self.assertEqual((self.path / "reasons").read_text(), "pre-init\nconnect\ndisconnect\n")

    def test_script_that_fails_at_first_is_not_told_more(self):
        text = SCRIPT + "exit 1\n"
        done = self.connect(self.serve(), *rig.PSK, *self.script(text))
        self.assertEqual(done.returncode, 8, done.stderr)
        self.assertEqual((self.path / "reasons").read_text(), "pre-init\n")

    def test_refused_client_tells_its_script_nothing(self):
        server = self.serve(CONNECTION % "")
        done = self.connect(server, *rig.PSK, *self.script())
        self.assertEqual(done.returncode, 7, done.stderr)
        self.assertEqual((self.path / "reasons").read_text(), "pre-init\n")

    def test_end_while_the_script_runs_is_waited_for(self):
        text = SCRIPT + 'if [ "$reason" = connect ]; then cat "%(path)s/hold"; fi\n'
        self.path.joinpath("hold").touch()
        program.os.unlink(self.path / "hold")
        program.os.mkfifo(self.path / "hold")
        client = self.begin_as(self.serve(), "alice", *self.script(text))
        client.wait("it says connect")
        client.process.send_signal(signal.SIGTERM)
        with open(self.path / "hold", "w"):
            pass
        code, said = client.end()
        self.assertEqual(code, 1, said)
        self.assertEqual((self.path / "reasons").read_text(), "pre-init\nconnect\ndisconnect\n")


program.main()
