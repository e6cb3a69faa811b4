#!/usr/bin/env python3
"""test_ca.py BUILD: the certificate authority of ikev2-server. The openssl command is the judge of
what it makes; the last tests connect the programs with it."""
import base64
import datetime
import json
import os
import plistlib
import re
import shutil
import signal
import stat
import subprocess

import client_rig as rig
import program

FAST = ("--key", "ecdsa-p256")


class Authority(rig.Case):
    """A directory "ca" with the commands that work in it."""

    def ca(self, *arguments, code=0):
        done = subprocess.run([program.binary("ikev2-server"), "ca", *arguments], cwd=self.path,
                              capture_output=True, text=True, timeout=program.PATIENCE)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def make(self, command, *arguments, **how):
        return self.ca(command, *arguments, "--dir", "ca", **how)

    def init(self, *arguments):
        return self.make("init", *FAST, *arguments)

    def openssl(self, *arguments, code=0):
        done = subprocess.run(["openssl", *arguments], cwd=self.path, capture_output=True,
                              text=True, timeout=program.PATIENCE)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout

    def verify(self, file, *arguments, code=0):
        return self.openssl("verify", "-x509_strict", "-CAfile", "ca/ca.pem", *arguments,
                            "ca/" + file, code=code)

    def text(self, file, *what):
        return self.openssl("x509", "-in", "ca/" + file, "-noout", *what, "-nameopt",
                            "utf8,sep_comma_plus")

    def extension(self, file, name):
        return self.text(file, "-ext", name)

    def entries(self):
        return json.loads(self.make("list", "--json").stdout)

    def snapshot(self):
        return {path: path.read_bytes() for path in (self.path / "ca").rglob("*")
                if path.is_file()}


class Init(Authority):
    def test_ca_certificate_is_one_of_rfc_5280(self):
        self.init("--organization", "Example")
        self.openssl("verify", "-x509_strict", "-CAfile", "ca/ca.pem", "ca/ca.pem")
        self.assertIn("CA:TRUE, pathlen:0", self.extension("ca.pem", "basicConstraints"))
        self.assertIn("critical", self.extension("ca.pem", "keyUsage"))
        self.assertIn("Certificate Sign, CRL Sign", self.extension("ca.pem", "keyUsage"))
        self.assertRegex(self.text("ca.pem", "-subject"), r"O=Example,CN=VPN CA [0-9A-F]{8}")
        self.assertEqual(self.openssl("x509", "-in", "ca/ca.cer", "-noout", "-serial"),
                         self.openssl("x509", "-in", "ca/ca.pem", "-noout", "-serial"))

    def test_first_crl_is_there_and_empty(self):
        self.init()
        text = self.openssl("crl", "-in", "ca/crl.pem", "-CAfile", "ca/ca.pem", "-text", "-noout")
        self.assertIn("No Revoked Certificates", text)
        self.assertEqual(self.openssl("crl", "-in", "ca/ca.crl", "-inform", "DER"),
                         (self.path / "ca/crl.pem").read_text())

    def test_what_is_printed_fetches_crls_if_certificates_say_from_where(self):
        for url in ((), ("--crl-url", "http://pki.example.org/ca.crl")):
            with self.subTest(url):
                shutil.rmtree(self.path / "ca", ignore_errors=True)
                self.init(*url)
                server = self.make("server", "vpn.example.org", *FAST).stdout
                client = self.make("client", "alice", *FAST).stdout
                self.assertIn('crl = soft\n', server)
                self.assertEqual(' crl-file = { "ca/crl.pem" } crl-fetch = yes }\n' in server,
                                 bool(url), server)
                self.assertEqual(" --crl soft --crl-file ca/crl.pem --crl-fetch vpn" in client,
                                 bool(url), client)
                self.workspace.write("server.conf", "connection staff {\n" + "".join(
                    re.findall("^  .*[{}].*\n", server, re.M)) + "child net { }\n}\n")
                done = subprocess.run(
                    [program.binary("ikev2-server"), "check", "--config", "server.conf"],
                    cwd=self.path, capture_output=True, text=True, timeout=program.PATIENCE)
                self.assertEqual((done.returncode, done.stderr), (0, ""), server)

    def test_second_init_is_refused_and_changes_nothing(self):
        self.init()
        before = self.snapshot()
        done = self.make("init", *FAST, code=8)
        self.assertIn("there is a CA in ca: nothing was changed", done.stderr)
        self.assertEqual(self.snapshot(), before)

    def test_private_keys_are_the_owners_alone(self):
        old = os.umask(0)
        try:
            self.init()
            self.make("client", "alice", *FAST)
        finally:
            os.umask(old)
        secrets = [*self.path.glob("ca/**/*.key"), *self.path.glob("ca/**/*.p12"),
                   *self.path.glob("ca/**/*.password")]
        self.assertEqual(len(secrets), 4)
        for path in secrets:
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600, path)
        self.assertEqual(stat.S_IMODE((self.path / "ca").stat().st_mode), 0o700)

    def test_every_kind_of_key_makes_a_chain_that_verifies(self):
        for kind, size in (("rsa-2048", "2048 bit"), ("ecdsa-p384", "384 bit")):
            with self.subTest(kind):
                self.ca("init", "--dir", kind, "--key", kind)
                self.ca("server", "vpn.example.org", "--dir", kind, "--key", kind)
                leaf = f"{kind}/servers/vpn.example.org.pem"
                self.openssl("verify", "-x509_strict", "-CAfile", f"{kind}/ca.pem", leaf)
                self.assertIn(size, self.openssl("x509", "-in", leaf, "-noout", "-text"))

    def test_words_that_are_wrong_get_the_nearest_right_one(self):
        for arguments, said in (
                (("innit",), "did you mean 'init'?"),
                (("init", "--key", "ecdsa-p265"), "did you mean 'ecdsa-p256'?"),
                (("init", "--days", "0"), "--days '0': "),
                (("init", "--crl-url", "https://pki.example.org/x"), "not https"),
                (("init", "--also", "x"), "ca init does not take --also"),
                (("server",), "ca server: name the name or address of the server"),
                (("crl", "now"), "'now' is one word too many"),
                (("revoke", "x", "--reason", "superceded"), "did you mean 'superseded'?"),
                (("init", "--name", ""), "--name: 1 to 64 characters"),
                ((), "ca: name a command")):
            with self.subTest(arguments):
                self.assertIn(said, self.ca(*arguments, code=2).stderr)

    def test_help_lists_every_option_of_the_manual(self):
        manual = (rig.ROOT / "doc/man/ikev2-server-ca.8").read_text().replace("\\-", "-")
        listed = {line.split()[0] for line in self.ca("--help").stdout.splitlines()
                  if line.startswith("  --")} | {"--help"}
        self.assertEqual(listed, set(re.findall(r"--[a-z][a-z0-9-]*[a-z0-9]", manual)))

    def test_without_a_ca_the_remedy_is_told(self):
        done = self.ca("client", "alice", "--dir", ".", code=8)
        self.assertIn("make one with 'ikev2-server ca init'", done.stderr)


class Issue(Authority):
    def setUp(self):
        super().setUp()
        self.init("--crl-url", "http://pki.example.org/ca.crl?a=1,2", "--organization", "Ex")

    def test_servers_certificate_suits_windows_and_apple(self):
        self.make("server", "vpn.example.org", "--also", "192.0.2.1", "--also", "2001:db8::1",
                  *FAST)
        leaf = "servers/vpn.example.org.pem"
        self.verify(leaf, "-purpose", "sslserver", "-CRLfile", "ca/crl.pem", "-crl_check")
        purposes = self.extension(leaf, "extendedKeyUsage")
        for purpose in ("TLS Web Server Authentication", "1.3.6.1.5.5.8.2.2",
                        "ipsec Internet Key Exchange"):
            self.assertIn(purpose, purposes)
        self.assertIn("DNS:vpn.example.org, IP Address:192.0.2.1, DNS:192.0.2.1, "
                      "IP Address:2001:DB8:0:0:0:0:0:1", self.extension(leaf, "subjectAltName"))
        self.assertIn("Digital Signature", self.extension(leaf, "keyUsage"))
        self.assertIn("CA:FALSE", self.extension(leaf, "basicConstraints"))
        self.assertIn("URI:http://pki.example.org/ca.crl?a=1,2",
                      self.extension(leaf, "crlDistributionPoints"))
        ca_key = re.search(r"[0-9A-F:]{59}", self.extension("ca.pem", "subjectKeyIdentifier"))
        self.assertIn(ca_key.group(), self.extension(leaf, "authorityKeyIdentifier"))

    def test_clients_certificate_is_for_clients_alone(self):
        self.make("client", "alice@example.org", *FAST)
        leaf = "clients/alice@example.org.pem"
        self.verify(leaf, "-purpose", "sslclient")
        self.verify(leaf, "-purpose", "sslserver", code=2)
        self.assertIn("email:alice@example.org", self.extension(leaf, "subjectAltName"))

    def test_serial_numbers_are_random_and_of_128_bits(self):
        for i in range(8):
            self.make("client", f"c{i}", *FAST)
        serials = [int(e["serial"], 16) for e in self.entries()]
        self.assertEqual(len(set(serials)), 8)
        # By chance, that the upper four bits are zero in all eight happens in one of 2^32 runs.
        self.assertGreater(max(serials), 1 << 124)
        self.assertLess(max(serials), 1 << 128)
        shown = self.openssl("x509", "-in", "ca/clients/c0.pem", "-noout", "-serial")
        self.assertEqual(shown.strip().removeprefix("serial="), self.entries()[0]["serial"])

    def test_names_with_commas_quotes_and_umlauts_stay_whole(self):
        name = 'Müller, "Jürgen" + O=x/y\\'
        self.make("client", name, *FAST)
        self.assertEqual(self.entries()[0]["name"], name)
        file = self.entries()[0]["files"] + ".pem"
        self.assertEqual(file, "clients/Müller%2C%20%22Jürgen%22%20+%20O%3Dx%2Fy%5C.pem")
        subject = self.openssl("x509", "-in", "ca/" + file, "-noout", "-subject", "-nameopt",
                               "multiline,-esc_msb,utf8")
        self.assertEqual(re.findall(r"= (.*)", subject.replace("\\\\", "\\")), ["Ex", name])
        self.verify(file)

    def test_names_that_are_too_long_for_a_common_name_stand_in_the_alternatives(self):
        name = ".".join(["a" * 60] * 3) + ".org"
        self.make("server", name, *FAST)
        self.assertRegex(self.text(f"servers/{name}.pem", "-subject"),
                         r"O=Ex,CN=server [0-9A-F]{16}\n$")
        self.assertIn("DNS:" + name, self.extension(f"servers/{name}.pem", "subjectAltName"))
        self.verify(f"servers/{name}.pem")

    def test_names_that_cannot_be_get_a_reason(self):
        for command, name, said in (
                ("server", "*.example.org", "insist with --wildcard"),
                ("server", "vpn.müller.example", "xn--"),
                ("server", "https://vpn.example.org", "a host's name such as"),
                ("server", "alice@example.org", "no server goes by"),
                ("server", "192.0.2.256", "a host's name such as"),
                ("server", "a" * 64 + ".org", "a host's name such as"),
                ("server", "", "is empty"),
                ("server", "a." * 101 + "org", "too long"),
                ("client", "a\nb", "control characters"),
                ("client", b"a\xff", "no UTF-8"),
                ("client", " alice", "a space at its end")):
            with self.subTest(name):
                done = self.make(command, name, code=8)
                self.assertIn(said, done.stderr)
        self.assertEqual(self.entries(), [])

    def test_wildcard_is_made_when_it_is_insisted_on_and_warned_of(self):
        done = self.make("server", "*.example.org", "--wildcard", *FAST)
        self.assertIn("[wildcard]", done.stderr)
        self.assertIn("DNS:*.example.org",
                      self.extension("servers/%2A.example.org.pem", "subjectAltName"))

    def test_more_than_825_days_are_warned_of(self):
        self.assertIn("Apple", self.make("server", "a.example", "--days", "826", *FAST).stderr)
        self.assertNotIn("days", self.make("server", "b.example", "--days", "825", *FAST).stderr)

    def test_certificate_does_not_outlive_its_ca(self):
        self.ca("init", "--dir", "short", "--days", "10", *FAST)
        done = self.ca("client", "alice", "--dir", "short", *FAST)
        self.assertIn("like the CA itself", done.stdout)
        ends = [self.openssl("x509", "-in", f"short/{name}.pem", "-noout", "-enddate")
                for name in ("ca", "clients/alice")]
        self.assertEqual(*ends)

    def test_second_one_is_refused_until_it_is_renewed_with_the_same_key(self):
        self.make("client", "alice", *FAST)
        key = (self.path / "ca/clients/alice.key").read_bytes()
        before = self.snapshot()
        self.assertIn("nothing was changed", self.make("client", "alice", code=8).stderr)
        self.assertEqual(self.snapshot(), before)
        self.make("client", "alice", "--renew")
        self.assertEqual((self.path / "ca/clients/alice.key").read_bytes(), key)
        self.assertEqual(len(self.entries()), 2)
        self.verify("clients/alice.pem")
        self.assertIn("leave out --key",
                      self.make("client", "alice", "--renew", *FAST, code=2).stderr)

    def test_bundle_opens_with_its_password_and_holds_all_three(self):
        done = self.make("client", "alice@example.org", *FAST)
        self.assertIn("its password", done.stdout)
        stem = "ca/clients/alice@example.org"
        about = subprocess.run(
            ["openssl", "pkcs12", "-in", stem + ".p12", "-passin", f"file:{stem}.password",
             "-nodes", "-info"], cwd=self.path, capture_output=True, text=True, check=True)
        self.assertEqual(about.stdout.count("BEGIN CERTIFICATE"), 2)
        self.assertEqual(about.stdout.count("BEGIN PRIVATE KEY"), 1)
        self.assertIn("MAC: sha1", about.stderr)
        self.assertEqual(about.stderr.count("pbeWithSHA1And3-KeyTripleDES-CBC"), 2)

    def test_password_of_a_file_and_modern_encryption(self):
        self.workspace.secret("word", "correct horse\n")
        self.make("client", "bob", "--password-file", "word", "--modern-p12", *FAST)
        about = subprocess.run(
            ["openssl", "pkcs12", "-in", "ca/clients/bob.p12", "-passin", "pass:correct horse",
             "-noout", "-info"], cwd=self.path, capture_output=True, text=True, check=True)
        self.assertIn("MAC: sha256", about.stderr)
        self.assertEqual(about.stderr.count("AES-256-CBC"), 2)
        self.assertFalse((self.path / "ca/clients/bob.password").exists())
        self.workspace.secret("none", "\n")
        done = self.make("client", "eve", "--password-file", "none", *FAST, code=8)
        self.assertIn("in the first line", done.stderr)

    def test_profiles_name_the_only_server_and_carry_the_bundle(self):
        self.make("server", "vpn.example.org", *FAST)
        done = self.make("client", "o'hara@example.org", *FAST)
        self.assertIn("vpn.example.org\n", done.stdout)
        stem = self.path / "ca" / self.entries()[1]["files"]
        bundle = stem.parent.joinpath(stem.name + ".p12").read_bytes()
        profile = plistlib.loads(stem.parent.joinpath(stem.name + ".mobileconfig").read_bytes())
        vpn, key, root = profile["PayloadContent"]
        self.assertEqual(key["PayloadContent"], bundle)
        self.assertEqual(vpn["IKEv2"]["PayloadCertificateUUID"], key["PayloadUUID"])
        self.assertEqual(vpn["IKEv2"]["RemoteIdentifier"], "vpn.example.org")
        self.assertEqual(vpn["IKEv2"]["LocalIdentifier"], "o'hara@example.org")
        self.assertEqual(root["PayloadContent"], (self.path / "ca/ca.cer").read_bytes())
        app = json.loads(stem.parent.joinpath(stem.name + ".sswan").read_text())
        self.assertEqual(base64.b64decode(app["local"]["p12"]), bundle)
        script = stem.parent.joinpath(stem.name + ".ps1").read_text()
        self.assertIn("-ServerAddress 'vpn.example.org'", script)
        self.assertNotIn(stem.parent.joinpath(stem.name + ".password").read_text().strip(),
                         script + json.dumps(app))

    def test_everything_that_is_issued_passes_the_check(self):
        self.make("server", "vpn.example.org", "--key", "rsa-2048")
        self.make("client", "alice@example.org", "--key", "rsa-2048")
        for file, role in (("ca.pem", "ca"), ("servers/vpn.example.org.pem", "server"),
                           ("clients/alice@example.org.pem", "client")):
            with self.subTest(file):
                done = self.ca("check", "ca/" + file, "--as", role)
                self.assertEqual(done.stdout, f"ca/{file}: nothing to complain of\n")


class PowerCut(Authority):
    """Files as a call leaves them that is cut off anywhere."""

    def setUp(self):
        super().setUp()
        self.init()

    def test_scratch_file_is_no_harm_even_as_a_second_name_of_a_key(self):
        key = (self.path / "ca/ca.key").read_bytes()
        os.link(self.path / "ca/ca.key", self.path / "ca/.new")
        self.make("client", "alice", *FAST)
        self.assertEqual((self.path / "ca/ca.key").read_bytes(), key)
        self.assertFalse((self.path / "ca/.new").exists())
        self.verify("clients/alice.pem")

    def test_init_goes_on_with_the_key_that_is_there(self):
        key = (self.path / "ca/ca.key").read_bytes()
        (self.path / "ca/ca.pem").unlink()
        self.init()
        self.assertEqual((self.path / "ca/ca.key").read_bytes(), key)
        self.make("client", "alice", *FAST)
        self.verify("clients/alice.pem")

    def test_key_without_a_certificate_is_used(self):
        self.make("client", "bob", *FAST)
        key = (self.path / "ca/clients/bob.key").read_bytes()
        (self.path / "ca/clients/alice.key").write_bytes(key)
        (self.path / "ca/clients/alice.key").chmod(0o600)
        self.make("client", "alice")
        self.assertEqual((self.path / "ca/clients/alice.key").read_bytes(), key)

    def test_certificate_of_the_ledger_that_was_not_handed_out_is(self):
        self.make("client", "alice", *FAST)
        whole = self.snapshot()
        (self.path / "ca/clients/alice.pem").unlink()
        (self.path / "ca/clients/alice.p12").unlink()
        self.assertIn("it had been interrupted", self.make("client", "alice").stdout)
        self.assertEqual(self.snapshot().keys(), whole.keys())
        self.assertEqual(self.snapshot()[self.path / "ca/clients/alice.pem"],
                         whole[self.path / "ca/clients/alice.pem"])
        self.assertEqual(len(self.entries()), 1)

    def test_key_that_others_may_read_is_not_used(self):
        (self.path / "ca/ca.key").chmod(0o644)
        self.assertIn("chmod 600", self.make("client", "alice", code=8).stderr)

    def test_ledger_that_is_broken_is_told_with_its_place(self):
        self.workspace.write("ca/ledger.json", '{"format": 1,\n "certificates": [}')
        self.assertIn("ca/ledger.json:2: ", self.make("list", code=8).stderr)
        self.workspace.write("ca/ledger.json", '{"format": 7}')
        self.assertIn("not the ledger", self.make("list", code=8).stderr)


class Revoke(Authority):
    def setUp(self):
        super().setUp()
        self.init()
        for name in ("alice", "bob"):
            self.make("client", name, *FAST)

    def crl(self):
        return self.openssl("crl", "-in", "ca/crl.pem", "-CAfile", "ca/ca.pem", "-noout", "-text")

    def test_revoked_by_name_is_on_the_list_with_its_reason(self):
        serial = self.entries()[0]["serial"]
        done = self.make("revoke", "alice", "--reason", "key-compromise")
        self.assertIn(serial, done.stdout)
        self.assertRegex(self.crl(), rf"Serial Number: {serial}\n.*\n.*\n.*Reason Code: \n"
                                     r" *Key Compromise")
        check = ("-CRLfile", "ca/crl.pem", "-crl_check")
        self.verify("clients/bob.pem", *check)
        self.verify("clients/alice.pem", *check, code=2)
        self.assertEqual([e["state"] for e in self.entries()], ["revoked", "good"])
        self.assertIn("revoked: key-compromise", self.make("list").stdout)

    def test_revoked_by_serial_as_openssl_prints_it(self):
        serial = self.entries()[1]["serial"].lower()
        self.make("revoke", ":".join(re.findall("..", serial)))
        self.assertEqual([e["state"] for e in self.entries()], ["good", "revoked"])
        self.assertNotIn("Reason Code", self.crl())  # RFC 5280 5.3.1: unspecified is left out

    def test_twice_or_unknown_is_told(self):
        self.make("revoke", "alice")
        before = self.snapshot()
        self.assertIn("already", self.make("revoke", "alice", code=8).stderr)
        self.assertIn("did you mean 'bob'?", self.make("revoke", "bobb", code=8).stderr)
        self.assertEqual(self.snapshot(), before)

    def test_a_server_and_a_client_of_one_name_are_told_apart(self):
        self.make("server", "bob", *FAST)
        self.assertIn("serial number", self.make("revoke", "bob", code=8).stderr)

    def test_after_revocation_the_next_one_has_another_key(self):
        old = (self.path / "ca/clients/alice.key").read_bytes()
        word = (self.path / "ca/clients/alice.password").read_bytes()
        serial = self.entries()[0]["serial"]
        self.make("revoke", "alice")
        self.make("client", "alice", *FAST)
        self.assertNotEqual((self.path / "ca/clients/alice.key").read_bytes(), old)
        self.assertNotEqual((self.path / "ca/clients/alice.password").read_bytes(), word)
        self.assertEqual((self.path / f"ca/retired/{serial}.key").read_bytes(), old)
        self.verify("clients/alice.pem", "-CRLfile", "ca/crl.pem", "-crl_check")

    def test_each_crl_has_a_greater_number_and_the_days_that_were_asked_for(self):
        numbers = []
        for _ in range(3):
            self.make("crl", "--days", "7")
            numbers.append(int(re.search(r"CRL Number: \n *(\w+)", self.crl()).group(1), 0))
        self.assertEqual(numbers, [2, 3, 4])
        times = self.openssl("crl", "-in", "ca/crl.pem", "-noout", "-lastupdate", "-nextupdate")
        last, following = (
            datetime.datetime.strptime(time, "%b %d %H:%M:%S %Y GMT")
            for time in re.findall(r"=(.*)", times))
        self.assertEqual(following - last, datetime.timedelta(days=7))


class Programs(Authority):
    def setUp(self):
        super().setUp()
        self.init()
        printed = self.make("server", "vpn.example.org", *FAST).stdout
        self.make("client", "alice@example.org", *FAST)
        sections = re.search(r"(?s)^  local .*?(?=^next)", printed, re.M).group()
        self.config = program.TOP + f"connection staff {{\n{sections}child net {{ }}\n}}\n"

    def alice(self, server, name="alice@example.org"):
        stem = f"ca/clients/{name}"
        return self.connect(server, "--cert", stem + ".pem", "--key", stem + ".key", "--ca",
                            "ca/ca.pem", "--remote-id", "vpn.example.org")

    def test_server_and_client_connect_with_what_was_made(self):
        server = self.start(self.config)
        self.addCleanup(self.stop, server)
        done = self.alice(server)
        self.assertEqual(done.returncode, 0, done.stderr)
        server.log.wait(r"ike-sa-up .*remote_id=alice@example.org .*connection=staff")

    def test_the_client_line_that_is_printed_has_a_revoked_server_refused(self):
        line, = re.findall(r"^ikev2-client (.*) vpn\.example\.org$",
                           self.make("client", "carol@example.org", *FAST).stdout, re.M)
        self.assertTrue(line.endswith("--crl soft --crl-file ca/crl.pem"), line)
        server = self.start(self.config)
        self.addCleanup(self.stop, server)
        carol = [*line.split(), "--remote-id", "vpn.example.org"]
        self.assertEqual(self.connect(server, *carol).returncode, 0)
        self.make("revoke", "vpn.example.org")
        done = self.connect(server, *carol)
        self.assertEqual(done.returncode, 6, done.stderr)
        self.assertIn("revoked: CN=vpn.example.org", done.stderr)

    def test_revoked_client_is_refused_after_a_reload_and_no_other(self):
        self.make("client", "bob@example.org", *FAST)
        server = self.start(self.config)
        self.addCleanup(self.stop, server)
        self.assertEqual(self.alice(server).returncode, 0)
        self.make("revoke", "alice@example.org", "--reason", "key-compromise")
        server.signal(signal.SIGHUP)
        server.log.wait(r"reloaded connections=1")
        self.assertEqual(self.alice(server).returncode, 5)
        server.log.wait(r"ike-sa-failed .*notify=AUTHENTICATION_FAILED connection=staff")
        server.log.wait(r"difference: revoked \(key compromise\): CN=alice@example.org since ")
        done = self.alice(server, "bob@example.org")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_client_that_is_known_by_its_subject_alone_connects(self):
        self.make("client", "Jürgen, 'Müller'", *FAST)
        server = self.start(self.config)
        self.addCleanup(self.stop, server)
        stem = "ca/" + self.entries()[-1]["files"]
        done = self.connect(server, "--cert", stem + ".pem", "--key", stem + ".key", "--ca",
                            "ca/ca.pem", "--remote-id", "vpn.example.org")
        self.assertEqual(done.returncode, 0, done.stderr)


program.main()
