#!/usr/bin/env python3
"""test_raw_keys.py BUILD: keys without certificates, and who is known by which. RFC 7670."""
import hashlib
import subprocess

import client_rig as rig
import program

LOCAL = 'id = "vpn.example.org" method = raw-key key = "vpn.key"'
REMOTE = 'id = "alice@example.org" public-key = "alice.pub"'
ALICE = ["--raw-key", "--key", "alice.key", "--id", "alice@example.org", "--remote-id",
         "vpn.example.org"]
EC = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
KINDS = {"vpn": EC, "alice": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
         "mallory": EC}
UNKNOWN = r"unknown public key sha256:"

# What is wrong, and what `check` says of it.
MISTAKES = [
    (LOCAL.replace("method = raw-key", ""), REMOTE,
     "server.conf:10: connection 'staff': key is of no use without cert: name its certificate, or "
     "write method = raw-key"),
    (LOCAL.replace('key = "vpn.key"', ""), REMOTE, "method = raw-key has no key"),
    (LOCAL + ' cert = "vpn.pub"', REMOTE, "method = raw-key is for keys without certificates"),
    (LOCAL.replace("raw-key", "raw-keys"), REMOTE,
     "it is none of auto, raw-key, none; did you mean 'raw-key'?"),
    (LOCAL.replace("vpn.key", "two.key"), REMOTE, "takes files with one private key each"),
    (LOCAL.replace("vpn.key", "vpn.pub"), REMOTE, "vpn.pub holds no"),
    (LOCAL, 'public-key = "alice.pub"', "no name is in a public-key: write remote { id = ... }"),
    (LOCAL, 'id = "alice@example.org" method = raw-key', "knows no raw key of the peer's"),
    (LOCAL, REMOTE + " method = certificate", "believes nobody's certificate"),
    (LOCAL, REMOTE + ' method = psk psk-file = "psk"', "public-key is of no use with this method"),
    (LOCAL, REMOTE + ' method = raw-key ca = "alice.pub"', "ca is of no use with method = raw-key"),
    (LOCAL, REMOTE.replace("alice.pub", "alice.key"),
     "alice.key holds no public key: PEM (BEGIN PUBLIC KEY) or DER is expected"),
    (LOCAL, REMOTE.replace("alice.pub", "sha256:12"), "sha256:12 is no SHA-256: 64 hexadecimal"),
    (LOCAL, REMOTE.replace("alice.pub", "bob.pub"), "bob.pub: it cannot be read"),
    (LOCAL, REMOTE + " }\n    policy = cnsa\n    child more {",
     "the policy cnsa takes certificates only"),
]


def configuration(local=LOCAL, remote=REMOTE):
    return program.TOP + ("connection staff {\n    local { %s }\n    remote { %s }\n"
                          "    child net { }\n}\n" % (local, remote))


class RawKeys(rig.Case):
    def setUp(self):
        super().setUp()
        for name, kind in KINDS.items():
            self.openssl("genpkey", *kind, "-out", f"{name}.key")
            self.openssl("pkey", "-in", f"{name}.key", "-pubout", "-out", f"{name}.pub")
        both = (self.path / "vpn.key").read_text() + (self.path / "alice.key").read_text()
        self.workspace.secret("two.key", both)

    def openssl(self, *arguments):
        done = subprocess.run(["openssl", *arguments], cwd=self.path, check=True,
                              capture_output=True)
        return done.stdout

    def pin(self, name):
        der = self.openssl("pkey", "-pubin", "-in", f"{name}.pub", "-outform", "DER")
        return "sha256:" + hashlib.sha256(der).hexdigest()

    def serve(self, *sides):
        server = self.start(configuration(*sides))
        self.addCleanup(self.stop, server)
        return server

    def expect_up(self, server, *arguments):
        done = self.connect(server, *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        server.log.wait(r"ike-sa-up .*remote_id=alice@example.org")

    def test_both_sides_are_known_by_the_files_of_their_keys(self):
        self.expect_up(self.serve(), *ALICE, "--remote-public-key", "vpn.pub")

    def test_both_sides_are_known_by_the_hashes_of_their_keys(self):
        server = self.serve(LOCAL, REMOTE.replace("alice.pub", self.pin("alice")))
        self.expect_up(server, *ALICE, "--remote-public-key", self.pin("vpn"))

    def test_old_and_new_key_are_both_taken_while_one_replaces_the_other(self):
        keys = 'public-key = { "mallory.pub", "alice.pub" }'
        self.expect_up(self.serve(LOCAL, 'id = "alice@example.org" ' + keys), *ALICE,
                       "--remote-public-key", "mallory.pub", "--remote-public-key", "vpn.pub")

    def test_client_with_another_key_is_refused_and_the_log_says_which(self):
        server = self.serve()
        arguments = [a.replace("alice.key", "mallory.key") for a in ALICE]
        done = self.connect(server, *arguments, "--remote-public-key", "vpn.pub")
        self.assertEqual(done.returncode, 5, done.stderr)
        server.log.wait(UNKNOWN + self.pin("mallory")[len("sha256:"):])

    def test_key_of_one_peer_does_not_open_the_connection_of_another(self):
        remote = 'id = "mallory@example.org" public-key = "mallory.pub"'
        mallory = configuration(LOCAL, remote)[len(program.TOP):].replace("staff", "guest")
        server = self.start(configuration() + mallory)
        self.addCleanup(self.stop, server)
        arguments = [a.replace("alice.key", "mallory.key") for a in ALICE]
        done = self.connect(server, *arguments, "--remote-public-key", "vpn.pub")
        self.assertEqual(done.returncode, 5, done.stderr)
        server.log.wait(UNKNOWN)

    def test_server_with_another_key_is_refused_and_the_client_says_which(self):
        done = self.connect(self.serve(), *ALICE, "--remote-public-key", "mallory.pub")
        self.assertEqual(done.returncode, 6, done.stderr)
        self.assertRegex(done.stderr, UNKNOWN + self.pin("vpn")[len("sha256:"):])
        self.assertIn("the server's public key is not known", done.stderr)

    def test_raw_key_and_certificate_each_prove_one_side(self):
        rig.make_certificates(self.path / "pki")
        local = 'id = "vpn.example.org" cert = "pki/server.pem" key = "pki/server.key"'
        server = self.serve(local, REMOTE + " method = raw-key")
        self.expect_up(server, *ALICE, "--ca", "pki/ca.pem")

    def test_raw_key_is_no_certificate(self):
        rig.make_certificates(self.path / "pki")
        remote = 'id = "alice@example.org" ca = "pki/ca.pem" method = certificate'
        server = self.serve(LOCAL, remote)
        done = self.connect(server, *ALICE, "--remote-public-key", "vpn.pub")
        self.assertEqual(done.returncode, 5, done.stderr)
        server.log.wait(r"ike-sa-failed ")

    def test_mistakes_are_told(self):
        self.workspace.secret("psk", "0123456789abcdef0123456789abcdef\n")
        for local, remote, said in MISTAKES:
            with self.subTest(said=said):
                self.workspace.write("server.conf", configuration(local, remote))
                done = subprocess.run(
                    [program.binary("ikev2-server"), "check", "--config", "server.conf"],
                    cwd=self.path, capture_output=True, text=True, timeout=program.PATIENCE)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(said, done.stderr)


program.main()
