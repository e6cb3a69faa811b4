#!/usr/bin/env python3
"""test_keypairs.py BUILD: certificates and private keys in files as OpenSSL writes them, and which
of several certificates the server shows to whom."""
import subprocess

import client_rig as rig
import program

LOCAL = """
connection staff {
    local { id = %s cert = { %s } key = { %s } key-password-file = { %s } %s }
    remote { ca = { "ca.pem" } }
    child net { }
}
"""
PASSWORD = "correct horse"
KEY = ["-in", "server.key", "-passout", f"pass:{PASSWORD}"]
P12 = ["pkcs12", "-export", "-inkey", "server.key", "-passout", f"pass:{PASSWORD}"]

# A name, and how OpenSSL writes it.
KEYS = {
    "pbes2.pem": ["pkcs8", "-topk8", "-v2", "aes-256-cbc", *KEY],
    "scrypt.pem": ["pkcs8", "-topk8", "-scrypt", *KEY],
    "pbes2.der": ["pkcs8", "-topk8", "-outform", "DER", *KEY],
    "plain.p8": ["pkcs8", "-topk8", "-nocrypt", "-in", "server.key"],
    "sec1.pem": ["ec", "-in", "server.key"],
    "sec1-encrypted.pem": ["ec", "-aes128", *KEY],
    "sec1.der": ["ec", "-in", "server.key", "-outform", "DER"],
    "key.p12": [*P12, "-nocerts"],
}
STORES = {
    "all.p12": [*P12, "-in", "server-only.pem", "-certfile", "intermediate.pem"],
    "root.p12": [*P12, "-in", "server.pem", "-certfile", "ca.pem"],
}


def quoted(*names):
    return ", ".join(f'"{name}"' for name in names)


class Keypairs(rig.Case):
    def setUp(self):
        super().setUp()
        rig.make_certificates(self.path)
        self.workspace.secret("password", PASSWORD + "\n")
        self.workspace.secret("wrong", "wrong horse\n")

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.path, check=True, capture_output=True)

    def make(self, name, arguments):
        self.openssl(*arguments, "-out", name)
        (self.path / name).chmod(0o600)

    def configure(self, certs, keys=(), passwords=(), ids=("vpn.example.org",), more=""):
        lines = LOCAL % ("{ " + quoted(*ids) + " }", quoted(*certs), quoted(*keys),
                         quoted(*passwords), more)
        for option in ("key", "key-password-file"):
            lines = lines.replace(f" {option} = {{  }}", "")
        return program.TOP + lines

    def check(self, config):
        self.workspace.write("server.conf", config)
        done = subprocess.run([program.binary("ikev2-server"), "check", "--config", "server.conf"],
                              cwd=self.path, capture_output=True, text=True,
                              timeout=program.PATIENCE)
        return done.returncode, done.stderr

    def expect_refused(self, config, text):
        code, said = self.check(config)
        self.assertEqual(code, 2, said)
        self.assertIn(text, said)

    def serve(self, config):
        server = self.start(config)
        self.addCleanup(self.stop, server)
        return server

    def expect_up(self, server, *arguments):
        done = self.connect(server, *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)

    # --- Forms of files ---

    def test_keys_are_read_in_every_form_that_openssl_writes(self):
        for name, arguments in KEYS.items():
            with self.subTest(name):
                self.make(name, arguments)
                self.assertEqual(self.check(self.configure(["server.pem"], [name], ["password"])),
                                 (0, ""))

    def test_pkcs12_needs_no_other_file(self):
        for name, arguments in STORES.items():
            with self.subTest(name):
                self.make(name, arguments)
                server = self.start(self.configure([name], (), ["password"]))
                try:
                    self.expect_up(server, *rig.ALICE, "--ca", "ca.pem")
                finally:
                    self.stop(server)

    def test_client_takes_pkcs12(self):
        self.openssl("pkcs12", "-export", "-in", "alice.pem", "-inkey", "alice.key", "-out",
                     "alice.p12", "-passout", f"pass:{PASSWORD}")
        server = self.serve(self.configure(["server.pem"], ["server.key"]))
        self.expect_up(server, "--cert", "alice.p12", "--key-password-file", "password",
                       "--remote-id", "vpn.example.org", "--ca", "ca.pem")

    def test_bundle_in_any_order_is_sent_with_the_leaf_first(self):
        parts = ["ca.pem", "intermediate.pem", "server.key", "server-only.pem"]
        self.workspace.secret("bundle.pem", "".join((self.path / p).read_text() for p in parts))
        server = self.serve(self.configure(["bundle.pem"]))
        self.expect_up(server, *rig.ALICE, "--ca", "ca.pem")

    def test_each_password_is_tried(self):
        self.make("pbes2.pem", KEYS["pbes2.pem"])
        self.assertEqual(self.check(self.configure(["server.pem"], ["pbes2.pem"],
                                                   ["wrong", "password"])), (0, ""))

    # --- Mistakes ---

    def test_wrong_and_missing_passwords_are_told_apart(self):
        for name, arguments in {**KEYS, **STORES}.items():
            if PASSWORD not in " ".join(arguments):
                continue
            self.make(name, arguments)
            certs, keys = ([name], []) if name in STORES else (["server.pem"], [name])
            with self.subTest(name):
                self.expect_refused(self.configure(certs, keys, ["wrong"]),
                                    f"{name} is encrypted, and the password is wrong")
                self.expect_refused(self.configure(certs, keys),
                                    f"{name} is encrypted: name the file with its password")

    def test_old_encryption_is_named_with_the_way_out(self):
        self.make("old.p12", [*STORES["all.p12"], "-legacy"])
        self.expect_refused(self.configure(["old.p12"], (), ["password"]),
                            "openssl pkcs12 -legacy -in old.p12")

    def test_key_of_no_certificate_is_a_mistake(self):
        self.expect_refused(self.configure(["server.pem"], ["server.key", "alice.key"]),
                            "alice.key is the private key of none of the certificates")
        self.expect_refused(self.configure(["server.pem"], ["alice.key"]),
                            "alice.key is not the private key of a certificate in server.pem")
        self.expect_refused(self.configure(["server.pem"], ["alice.key", "intermediate.key"]),
                            "none of the 2 keys is the private key of a certificate in server.pem")
        self.expect_refused(self.configure(["server-only.pem"]),
                            "server-only.pem is of no use without its private key")

    def test_damaged_files_are_told(self):
        text = (self.path / "server.key").read_text()
        self.workspace.secret("cut.key", text[:len(text) // 2])
        self.workspace.secret("broken.pem",
                              "-----BEGIN CERTIFICATE-----\nMIIBAA==\n-----END CERTIFICATE-----\n")
        self.expect_refused(self.configure(["server.pem"], ["cut.key"]), "cut.key is damaged")
        self.expect_refused(self.configure(["broken.pem"], ["server.key"]),
                            "broken.pem is damaged")

    def test_ed25519_is_refused_with_what_there_is_instead(self):
        self.openssl("req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", "ed.key", "-out",
                     "ed.pem", "-subj", "/CN=vpn.example.org")
        self.expect_refused(self.configure(["ed.pem"], ["ed.key"]), "mbedTLS has no EdDSA")

    def test_readable_key_is_warned_of(self):
        (self.path / "server.key").chmod(0o644)
        server = self.serve(self.configure(["server.pem"], ["server.key"]))
        server.log.wait(r"warning: \S*server.key is open to other users")

    # --- Choice ---

    def test_peer_gets_the_certificate_of_the_ca_that_it_asks_for(self):
        rig.make_certificates(self.path / "other", "theirs")
        server = self.serve(self.configure(
            ["server.pem", "with-root.pem"], ["server.key", "other/server.key"]).replace(
                "with-root.pem", self.with_root("other")))
        for ca in ("ca.pem", "other/ca.pem"):
            self.expect_up(server, *rig.ALICE, "--ca", ca)

    def with_root(self, world):
        bundle = "".join((self.path / world / p).read_text() for p in ("server.pem", "ca.pem"))
        self.workspace.write(f"{world}/bundle.pem", bundle)
        return f"{world}/bundle.pem"

    def test_peer_gets_the_certificate_of_the_name_that_it_asks_for(self):
        rig.sign(self.path, "moon", "subjectAltName=DNS:moon.example.org\n",
                 ("20200101000000Z", "20400101000000Z"))
        server = self.serve(self.configure(["server.pem", "moon.pem"], ["server.key"],
                                           ids=("vpn.example.org", "moon.example.org")))
        for name in ("vpn.example.org", "moon.example.org"):
            self.expect_up(server, "--cert", "alice.pem", "--key", "alice.key", "--remote-id", name,
                           "--ca", "ca.pem")

    def test_several_identities_are_for_certificates(self):
        self.workspace.write("server.conf", program.TOP + """
connection staff {
    local { id = { "a.example.org", "b.example.org" } psk-file = "psk" }
    child net { }
}
""")
        self.expect_refused((self.path / "server.conf").read_text(),
                            "has several identities, which is for certificates")


program.main()
