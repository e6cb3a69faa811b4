"""What the tests of how certificates are judged share: a PKI of the openssl command, its CRLs and
hashes, and what the programs say of it."""
import subprocess

import client_rig as rig
import program

OK, USAGE, AUTH, CERTIFICATE, LOCAL = 0, 2, 5, 6, 8
STALE = "20200101000000Z", "20200201000000Z"
CURRENT = "20200101000000Z", "20991231000000Z"
LONG = "200101000000Z", "391231000000Z"

LEAF = """basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
authorityKeyIdentifier = keyid
%s
"""

# What the programs say, in one line.
REVOKED = "the server's certificate is revoked"
NOT_KNOWN = "it is not known whether the server's certificate is revoked"
NOT_PINNED = "the server's certificate is not one that is pinned"
NOT_FOR_IT = "the server's certificate is not made out to it"
NOT_FOR_IKE = "the server's certificate is not for this use"
NO_PATH = "the server's certificate is not trusted"


class Trust(rig.Case):
    def setUp(self):
        super().setUp()
        rig.make_certificates(self.path)

    def openssl(self, *arguments):
        return subprocess.run(["openssl", *arguments], cwd=self.path, check=True, text=True,
                              capture_output=True).stdout

    def certificate_hash(self, file):
        return self.openssl("x509", "-in", file, "-noout", "-fingerprint",
                            "-sha256").strip().partition("=")[2]

    def key_hash(self, file):
        key = self.openssl("x509", "-in", file, "-noout", "-pubkey")
        (self.path / "key.pem").write_text(key)
        self.openssl("pkey", "-pubin", "-in", "key.pem", "-outform", "DER", "-out", "key.der")
        return self.openssl("dgst", "-sha256", "-r", "key.der").split()[0]

    def crl(self, issuer, times, revoked=()):
        """ISSUER.crl: of the CA whose files are ISSUER.pem and ISSUER.key."""
        (self.path / "ledger.txt").write_text("")
        (self.path / "crl.cnf").write_text("[ca]\ndefault_ca = this\n[this]\n"
                                           "database = ledger.txt\ndefault_md = sha256\n")
        common = ["ca", "-config", "crl.cnf", "-cert", f"{issuer}.pem", "-keyfile", f"{issuer}.key"]
        for file in revoked:
            self.openssl(*common, "-revoke", file)
        self.openssl(*common, "-gencrl", "-crl_lastupdate", times[0], "-crl_nextupdate", times[1],
                     "-out", f"{issuer}.crl")
        return ["--crl-file", f"{issuer}.crl"]

    def crls(self, times, revoked=()):
        """Those of both CAs; the intermediate one revokes."""
        return self.crl("ca", times) + self.crl("intermediate", times, revoked)

    def serve_as(self, name):
        return self.serve(rig.CERTIFICATE_SERVER % name)

    def expect(self, server, code, said, *arguments, ca=("--ca", "ca.pem")):
        done = self.connect(server, *rig.ALICE, *ca, *arguments)
        self.assertEqual(done.returncode, code, f"{arguments}\n{done.stderr}")
        if said is not None:
            self.assertIn(said, done.stderr, arguments)
        return done.stderr

    def expect_all(self, server, table):
        for code, said, arguments in table:
            with self.subTest(arguments):
                self.expect(server, code, said, *arguments)

    def check_of(self, connection):
        """What ikev2-server says of a configuration with this connection."""
        self.workspace.write("server.conf", "connection test {%s}\n" % connection)
        return subprocess.run([program.binary("ikev2-server"), "check", "--config", "server.conf"],
                              cwd=self.path, capture_output=True, text=True,
                              timeout=program.PATIENCE)

    def check(self, rule):
        """The same with this in remote { }."""
        return self.check_of(
            rig.CERTIFICATE_SERVER.replace("remote {", "remote {\n%s\n" % rule) % "server")
