#!/usr/bin/env python3
"""test_certificates.py BUILD: ikev2-server and peers that sign: who gets in, and what the log says
of the others."""
import subprocess

import client_rig as rig
import program

SERVER = """
connection staff {
    local { id = "vpn.example.org" cert = "server.pem" key = "server.key" }
    remote { ca = { "ca.pem" } }
    child net { }
}
"""
LONG = "200101000000Z", "391231000000Z"
CA = """basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""
ALICE = """basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
subjectAltName = email:alice@example.org
authorityKeyIdentifier = keyid
"""
SHARED = """
connection office {
    local { id = "vpn.example.org" psk-file = "psk" }
    remote { id = "office.example.org" }
    child net { }
}
"""


class Certificates(rig.Case):
    def setUp(self):
        super().setUp()
        rig.make_certificates(self.path)

    def test_peer_whose_certificate_leads_to_the_ca_gets_in(self):
        server = self.serve_all(SERVER)
        done = self.connect(server, *rig.ALICE, "--ca", "ca.pem")
        self.assertEqual(done.returncode, 0, done.stderr)
        server.log.wait(r"ike-sa-up .*remote_id=alice@example.org .*connection=staff")

    def test_peer_of_another_ca_is_refused_and_the_log_says_so(self):
        rig.make_certificates(self.path / "elsewhere", "theirs")
        server = self.serve_all(SERVER)
        done = self.connect(server, "--cert", "elsewhere/alice.pem", "--key", "elsewhere/alice.key",
                            "--remote-id", "vpn.example.org", "--ca", "ca.pem")
        self.assertEqual(done.returncode, 5, done.stderr)
        server.log.wait(r"ike-sa-failed .*reason=auth")
        server.log.wait(r"what +the peer's certificate is not accepted")
        server.log.wait(r"try +name the certificate of the CA at the top in remote \{ ca")

    def issue(self, issuers, key, name, extensions):
        """NAME-only.pem by the first of these, and NAME.pem with all of them behind it."""
        (self.path / "intermediate.pem").write_text(
            "".join((self.path / issuer).read_text() for issuer in issuers))
        (self.path / "intermediate.key").write_text((self.path / key).read_text())
        rig.sign(self.path, name, extensions, LONG)

    def show_jumbled(self, server):
        """What jumble says, with a certificate below two CAs, and a stranger's."""
        rig.make_certificates(self.path / "elsewhere", "theirs")
        self.issue(["ca.pem"], "ca.key", "upper", CA)
        self.issue(["upper-only.pem"], "server.key", "lower", CA)
        self.issue(["lower-only.pem", "upper-only.pem"], "server.key", "deep", ALICE)
        done = subprocess.run(
            [program.BUILD / "examples/server/jumble", "deep.pem", "server.key",
             "elsewhere/alice.pem", "elsewhere/alice.key", "ca.pem", server.port,
             server.natt_port], cwd=self.path, capture_output=True, text=True,
            timeout=program.PATIENCE)
        self.assertEqual(done.stderr, "")
        return done.stdout

    def test_chain_out_of_order_with_copies_and_strangers_is_followed(self):
        server = self.serve_all(SERVER)
        self.assertEqual(self.show_jumbled(server), "shown 10\nup\n")
        server.log.wait(r"ike-sa-up .*remote_id=alice@example.org .*connection=staff")

    def test_keys_and_certificates_live_on_the_same_ports(self):
        server = self.serve_all(SHARED + SERVER)
        done = self.connect(server, *rig.ALICE, "--ca", "ca.pem")
        self.assertEqual(done.returncode, 0, done.stderr)
        server.log.wait(r"ike-sa-up .*connection=staff")
        done = self.connect(server, "--psk-file", "psk", "--id", "office.example.org",
                            "--remote-id", "vpn.example.org")
        self.assertEqual(done.returncode, 0, done.stderr)
        server.log.wait(r"ike-sa-up .*connection=office")

    def test_peer_with_a_key_where_it_has_to_sign_is_told_apart(self):
        server = self.serve_all(SERVER)
        done = self.connect(server, "--psk-file", "psk", "--id", "alice@example.org",
                            "--remote-id", "vpn.example.org")
        self.assertEqual(done.returncode, 5, done.stderr)
        server.log.wait(r"what +the peer proves itself in a way that is not allowed")

    def test_key_of_another_certificate_is_found_by_check(self):
        config = SERVER.replace("server.key", "alice.key")
        self.workspace.write("server.conf", config)
        done = program.subprocess.run(
            [program.binary("ikev2-server"), "check", "--config", "server.conf"], cwd=self.path,
            capture_output=True, text=True, timeout=program.PATIENCE)
        self.assertEqual((done.returncode, done.stderr),
                         (2, "server.conf:6: connection 'staff': alice.key is not the private key "
                             "of a certificate in server.pem\n"))


program.main()
