#!/usr/bin/env python3
"""test_key_strength.py BUILD: the keys of certificates of a configuration, measured by RFC 8247
3.1.1 and, where it names one, by its policy; RFC 9206 6."""
import subprocess

import client_rig as rig
import program

CONFIG = """
connection staff {
    policy = %s
    local { id = "vpn.example.org" cert = "server.pem" key = "server.key" }
    remote { ca = { "ca.pem" } }
    child net { }
}
"""
RSA = "rsa_keygen_bits:{}".format
CURVE = "ec_paramgen_curve:{}".format
CNSA = "the policy cnsa (RFC 9206) expects RSA from 3072 bits or ECDSA on P-384"
OWN = ("get a certificate for such a key, as ikev2-server ca makes it with --key ecdsa-p384, or "
       "name another policy")
TABLE = "RFC 8247 3.1.1 says SHOULD NOT: RSA with key length smaller than 2048"


class KeyStrength(rig.Case):
    keys = {}

    def key(self, name, size):
        """One of each size for all tests: they take long."""
        if size not in KeyStrength.keys:
            done = subprocess.run(
                ["openssl", "genpkey", "-algorithm", "RSA" if size.startswith("rsa") else "EC",
                 "-pkeyopt", size], check=True, capture_output=True)
            KeyStrength.keys[size] = done.stdout
        (self.path / f"{name}.key").write_bytes(KeyStrength.keys[size])
        (self.path / f"{name}.key").chmod(0o600)

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.path, check=True, capture_output=True)

    def make_ca(self, name, size, *issuer):
        self.key(name, size)
        self.openssl("req", "-x509" if not issuer else "-new", "-key", f"{name}.key", "-subj",
                     f"/CN={name}", "-days", "2", "-sha384", "-out",
                     f"{name}.pem" if not issuer else f"{name}.csr")
        if issuer:
            self.sign(name, issuer[0], "basicConstraints=critical,CA:TRUE\n"
                      "keyUsage=critical,keyCertSign,cRLSign\n")

    def sign(self, name, issuer, extensions):
        (self.path / f"{name}.ext").write_text(extensions)
        self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{issuer}.pem", "-CAkey",
                     f"{issuer}.key", "-CAcreateserial", "-days", "2", "-sha384", "-extfile",
                     f"{name}.ext", "-out", f"{name}.pem")

    def make_server(self, size, issuer="ca", *behind):
        self.key("server", size)
        self.openssl("req", "-new", "-key", "server.key", "-subj", "/CN=server", "-out",
                     "server.csr")
        self.sign("server", issuer, "subjectAltName=DNS:vpn.example.org\n"
                  "keyUsage=critical,digitalSignature\n"
                  "extendedKeyUsage=serverAuth,1.3.6.1.5.5.8.2.2\n")
        with open(self.path / "server.pem", "a", encoding="ascii") as file:
            for name in behind:
                file.write((self.path / f"{name}.pem").read_text())

    def check(self, policy):
        self.workspace.write("server.conf", CONFIG % policy)
        done = subprocess.run(
            [program.binary("ikev2-server"), "check", "--config", "server.conf"], cwd=self.path,
            capture_output=True, text=True, timeout=program.PATIENCE)
        return done.returncode, done.stderr

    def test_rsa_key_of_a_ca_below_2048_bits_is_a_warning_with_the_line_of_the_table(self):
        self.make_ca("ca", RSA(1024))
        self.make_server(CURVE("P-384"))
        self.assertEqual(self.check("default"), (
            0, f"server.conf:7: warning: connection 'staff': CN=ca has an RSA key of 1024 bits: "
               f"{TABLE}\n"))

    def test_rsa_key_behind_our_own_below_2048_bits_is_a_warning_too(self):
        self.make_ca("ca", CURVE("P-384"))
        self.make_ca("middle", RSA(1024), "ca")
        self.make_server(CURVE("P-384"), "middle", "middle")
        self.assertEqual(self.check("default"), (
            0, "server.conf:7: warning: connection 'staff': CN=middle has an RSA key of 1024 "
               f"bits: {TABLE}\n"))

    def test_own_rsa_key_below_2048_bits_is_refused_with_the_section(self):
        self.make_ca("ca", CURVE("P-384"))
        self.make_server(RSA(1024))
        code, said = self.check("default")
        self.assertEqual(code, 2)
        self.assertIn("server.conf:7: connection 'staff': server.pem: server.key: a key of this "
                      "kind cannot sign here: RSA from 2048 bits (RFC 8247 3.1.1)", said)

    def test_lengths_of_the_other_lines_of_the_table_are_not_complained_of(self):
        self.make_ca("ca", RSA(2048))
        for size in (RSA(2048), RSA(2560), RSA(3072)):
            with self.subTest(size):
                self.make_server(size)
                self.assertEqual(self.check("default"), (0, ""))

    def test_cnsa_refuses_a_key_of_ours_that_it_would_not_take_of_a_peer(self):
        self.make_ca("ca", CURVE("P-384"))
        for size, kind in ((RSA(2048), "an RSA key of 2048"),
                           (CURVE("P-256"), "an ECDSA key of 256"),
                           (CURVE("P-521"), "an ECDSA key of 521")):
            with self.subTest(size):
                self.make_server(size)
                self.assertEqual(self.check("cnsa"), (
                    2, f"server.conf:7: connection 'staff': server.pem: CN=server has {kind} bits, "
                       f"and {CNSA}: {OWN}\n"))

    def test_cnsa_refuses_a_key_behind_our_own(self):
        self.make_ca("ca", CURVE("P-384"))
        self.make_ca("middle", RSA(2048), "ca")
        self.make_server(CURVE("P-384"), "middle", "middle")
        self.assertEqual(self.check("cnsa"), (
            2, "server.conf:7: connection 'staff': server.pem: CN=middle has an RSA key of 2048 "
               f"bits, and {CNSA}: get a certificate of a CA with such a key, or name another "
               "policy\n"))

    def test_cnsa_takes_rsa_from_3072_bits_and_p384(self):
        self.make_ca("ca", CURVE("P-384"))
        for size in (RSA(3072), CURVE("P-384")):
            with self.subTest(size):
                self.make_server(size)
                self.assertEqual(self.check("cnsa"), (0, ""))

    def test_ca_that_no_peer_of_cnsa_can_have_is_a_warning(self):
        self.make_ca("ca", CURVE("P-256"))
        self.make_server(CURVE("P-384"))
        self.assertEqual(self.check("cnsa"), (
            0, "server.conf:7: warning: connection 'staff': CN=ca has an ECDSA key of 256 bits, "
               f"and {CNSA}\n"))

    def test_client_with_cnsa_refuses_its_own_key_too(self):
        self.make_ca("ca", CURVE("P-384"))
        self.make_server(CURVE("P-256"))
        done = self.run_client("--policy", "cnsa", "--cert", "server.pem", "--key", "server.key",
                               "--ca", "ca.pem", "127.0.0.1")
        self.assertEqual(done.returncode, 8, done.stderr)
        self.assertIn(f"server.pem: CN=server has an ECDSA key of 256 bits, and {CNSA}",
                      done.stderr)

    def test_cnsa_takes_no_peer_on_another_curve(self):
        self.make_ca("ca", CURVE("P-384"))
        self.make_server(CURVE("P-521"))
        self.openssl("x509", "-in", "server.pem", "-out", "peer.pem")
        (self.path / "peer.key").write_bytes(KeyStrength.keys[CURVE("P-521")])
        (self.path / "peer.key").chmod(0o600)
        self.make_server(CURVE("P-384"))
        server = self.serve_all(CONFIG % "cnsa")
        done = self.connect(server, "--proposal", "aes256gcm16-prfsha384-ecp384",
                            "--signature-scheme", "ecdsa-sha384", "--cert", "peer.pem", "--key",
                            "peer.key", "--ca", "ca.pem", "--id", "vpn.example.org", "--remote-id",
                            "vpn.example.org")
        self.assertEqual(done.returncode, 5, done.stderr)
        server.log.wait(r"another curve: key of 521 bits: CN=server \(depth 0\)")


program.main()
