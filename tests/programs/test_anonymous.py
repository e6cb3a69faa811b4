#!/usr/bin/env python3
"""test_anonymous.py BUILD: peers that prove nothing, and servers that let them. RFC 7619."""
import json
import re
import signal

import client_rig as rig
import program

ELSEWHERE = 'remote-ts = "198.51.100.0/24"'
ANYBODY = """
connection anybody {
    local { id = "vpn.example.org" cert = "server.pem" key = "server.key" }
    remote { method = none }
    child public { local-ts = "192.0.2.0/28" remote-ts = "198.51.100.0/24" }
}
"""
STAFF = """
connection staff {
    local { id = "vpn.example.org" cert = "server.pem" key = "server.key" }
    remote { ca = "ca.pem" %s }
    child inside { local-ts = "10.1.0.0/16" }
}
"""
# Both give addresses of one pool.
POOLED = 'pool v4 { range = "10.9.0.10-10.9.0.20" }' + (
    STAFF % 'id = "alice@example.org"' + ANYBODY).replace(ELSEWHERE, "").replace(
        "child", "pools = v4\n    child")
NOBODY = ["--anonymous", "--ca", "ca.pem", "--remote-id", "vpn.example.org"]
MISTAKES = [
    (ANYBODY.replace("none }", "none id = \"alice@example.org\" }"),
     "connection 'anybody' is for anonymous peers, and an id of theirs would prove nothing"),
    (ANYBODY.replace("method = none", "method = { none, certificate } ca = \"ca.pem\""),
     "connection 'anybody': method = none stands alone"),
    (ANYBODY.replace(ELSEWHERE, ""),
     "lets them take any address for theirs: give them some by pools = ..., or write remote-ts in "
     "child 'public'"),
    (ANYBODY.replace("connection anybody {", "connection anybody {\n    policy = cnsa"),
     "the policy cnsa takes certificates only"),
    (ANYBODY.replace("local {", "local { method = none").replace("remote { method = none }", ""),
     "we prove nothing, and it is not said what the peer has to"),
]


class Anonymous(rig.Case):
    def setUp(self):
        super().setUp()
        rig.make_certificates(self.path)

    def test_anonymous_client_gets_in_where_none_is_named(self):
        server = self.serve_all(ANYBODY)
        done = self.connect(server, *NOBODY)
        self.assertEqual(done.returncode, 0, done.stderr)
        server.log.wait(r"ike-sa-up .*connection=anybody")

    def test_anonymous_client_is_refused_by_default(self):
        server = self.serve_all(STAFF % "")
        self.assertEqual(self.connect(server, *NOBODY).returncode, 5)
        server.log.wait(r"ike-sa-failed .*reason=")

    def test_name_that_is_only_claimed_opens_no_other_connection(self):
        server = self.serve_all(STAFF % 'id = "alice@example.org"' + ANYBODY)
        done = self.connect(server, *NOBODY, "--id", "alice@example.org")
        self.assertEqual(done.returncode, 0, done.stderr)
        server.log.wait(r"ike-sa-up .*connection=anybody")
        done = self.connect(server, *rig.ALICE, "--ca", "ca.pem")
        self.assertEqual(done.returncode, 0, done.stderr)
        server.log.wait(r"ike-sa-up .*connection=staff")

    def assigned(self, server, *arguments):
        done = self.connect(server, *arguments, "--ca", "ca.pem", "--virtual-ip")
        self.assertEqual(done.returncode, 0, done.stderr)
        server.log.wait("ike-sa-down")
        return re.search(r"^assigned +([^;\n]*)", done.stderr, re.M)[1]

    def test_name_that_is_only_claimed_gets_nobodys_address(self):
        server = self.serve_all(POOLED)
        alices = self.assigned(server, *rig.ALICE)
        nobodys = [self.assigned(server, *NOBODY, *claim) for claim in
                   (("--id", "alice@example.org"), ("--id", "alice@example.org"), (), ())]
        self.assertEqual(len({alices, *nobodys}), 5, nobodys)
        self.assertEqual(self.assigned(server, *rig.ALICE), alices)

    def test_name_that_is_only_claimed_is_shown_as_such(self):
        server = self.serve_all(POOLED)
        client = self.begin(server, *NOBODY, "--id", "alice@example.org", "--virtual-ip")
        server.log.wait("addresses-assigned .*claimed_id=alice@example.org")
        server.log.wait("ike-sa-up .*remote_id=none claimed_id=alice@example.org")
        client.wait("^CONNECTED")
        code, out, err = program.ctl(self.workspace, "sas")
        self.assertEqual((code, err), (0, ""))
        self.assertRegex(out, r" \(alice@example\.org\) ")
        code, out, err = program.ctl(self.workspace, "--json", "sas")
        self.assertEqual(code, 0, err)
        sa = json.loads(out)["sas"][0]
        self.assertEqual((sa["remote_id"], sa["claimed_id"]), (None, "alice@example.org"))
        self.assertEqual(client.end(signal.SIGTERM)[0], 0)
        server.log.wait("ike-sa-down .*remote_id=none claimed_id=alice@example.org")

    def test_peer_that_proves_itself_does_not_get_the_connection_for_anonymous_ones(self):
        server = self.serve_all(ANYBODY)
        self.assertEqual(self.connect(server, *rig.ALICE, "--ca", "ca.pem").returncode, 5)

    def test_anonymous_client_still_checks_the_server(self):
        rig.make_certificates(self.path / "elsewhere", "theirs")
        server = self.serve_all(ANYBODY)
        done = self.connect(server, "--anonymous", "--ca", "elsewhere/ca.pem", "--remote-id",
                            "vpn.example.org")
        self.assertEqual(done.returncode, 6, done.stderr)

    def test_mistakes_are_told(self):
        for config, said in MISTAKES:
            self.workspace.write("server.conf", program.TOP + config)
            done = program.subprocess.run(
                [program.binary("ikev2-server"), "check", "--config", "server.conf"],
                cwd=self.path, capture_output=True, text=True, timeout=program.PATIENCE)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(said, done.stderr)


program.main()
