#!/usr/bin/env python3
"""test_ca_check.py BUILD: what `ikev2-server ca check` says of certificates that others made, and
`check --config` of those of a configuration."""
import json
import pathlib
import re
import subprocess

import client_rig as rig
import program

SERVER = ["basicConstraints=critical,CA:FALSE", "keyUsage=critical,digitalSignature",
          "extendedKeyUsage=serverAuth,1.3.6.1.5.5.8.2.2", "subjectAltName=DNS:vpn.example.org"]
CLIENT = ["basicConstraints=critical,CA:FALSE", "keyUsage=critical,digitalSignature",
          "extendedKeyUsage=clientAuth", "subjectAltName=email:alice@example.org"]
CA = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"]
RSA = ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
P256 = ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
ANDROID = {"key-ecdsa"}  # a note on every side that has no RSA key


def without(extensions, name, *instead):
    return [e for e in extensions if not e.startswith(name)] + list(instead)


class Check(rig.Case):
    keys = {}

    def key(self, *kind):
        """One of each kind for all tests."""
        if kind not in Check.keys:
            done = subprocess.run(["openssl", "genpkey", "-algorithm", *kind], check=True,
                                  capture_output=True)
            Check.keys[kind] = done.stdout
        (self.path / "key.pem").write_bytes(Check.keys[kind])

    def make(self, extensions, *arguments, key=P256):
        self.key(*key)
        self.workspace.write("req.conf", "[req]\ndistinguished_name=dn\n[dn]\n")
        command = ["openssl", "req", "-x509", "-config", "req.conf", "-key", "key.pem", "-subj",
                   "/CN=vpn.example.org", "-out", "it.pem", *arguments]
        if "-days" not in arguments:
            command += ["-days", "100"]
        for extension in extensions:
            command += ["-addext", extension]
        subprocess.run(command, cwd=self.path, check=True, capture_output=True)

    def check(self, *arguments, file="it.pem"):
        return subprocess.run([program.binary("ikev2-server"), "ca", "check", file, *arguments],
                              cwd=self.path, capture_output=True, text=True,
                              timeout=program.PATIENCE)

    def finds(self, rules, *arguments):
        """Just these, and the exit code says whether one of them is more than a note."""
        done = self.check(*arguments)
        found = re.findall(r"^it\.pem:1: (note: )?.*\[(\S+)\]$", done.stdout, re.M)
        self.assertEqual({rule for _, rule in found}, rules, done.stdout + done.stderr)
        self.assertEqual(len(found), len(done.stdout.splitlines()) if rules else 0, done.stdout)
        self.assertEqual(done.returncode, any(not note for note, _ in found))

    def test_server_that_suits_all_has_no_line(self):
        self.make(SERVER, key=RSA)
        done = self.check("--as", "server")
        self.assertEqual((done.returncode, done.stdout), (0, "it.pem: nothing to complain of\n"))

    def test_each_rule_of_servers(self):
        for rule, extensions in (
                ("server-purpose", without(SERVER, "ext", "extendedKeyUsage=1.3.6.1.5.5.8.2.2")),
                ("ike-intermediate", without(SERVER, "ext", "extendedKeyUsage=serverAuth")),
                ("names", without(SERVER, "subj")),
                ("address", without(SERVER, "subj", "subjectAltName=IP:192.0.2.1")),
                ("wildcard", without(SERVER, "subj", "subjectAltName=DNS:*.example.org")),
                ("key-usage", without(SERVER, "key", "keyUsage=keyAgreement")),
                ("critical", [*SERVER, "1.2.3.4=critical,ASN1:NULL"]),
                ("is-a-ca", without(SERVER, "basic", "basicConstraints=CA:TRUE"))):
            with self.subTest(rule):
                self.make(extensions)
                self.finds({rule} | ANDROID, "--as", "server")
        # Then no other rule can be judged.
        self.make([*SERVER, "nameConstraints=DER:0101ff"])
        self.finds({"malformed"}, "--as", "server")

    def test_address_that_is_a_dns_name_too_is_right_for_windows(self):
        self.make(without(SERVER, "subj", "subjectAltName=IP:192.0.2.1,DNS:192.0.2.1"))
        self.finds(ANDROID, "--name", "192.0.2.1")
        self.finds(ANDROID | {"name"}, "--name", "192.0.2.2")

    def test_each_rule_of_clients(self):
        for rule, extensions in (
                ("client-purpose", without(CLIENT, "ext", "extendedKeyUsage=1.3.6.1.5.5.7.3.17")),
                ("names", without(CLIENT, "subj"))):
            with self.subTest(rule):
                self.make(extensions)
                self.finds({rule} | ANDROID, "--as", "client")
        self.make(without(CLIENT, "ext", "extendedKeyUsage=codeSigning"))
        self.finds({"client-purpose", "ike-purpose"} | ANDROID, "--as", "client")
        self.make(without(CLIENT, "ext"))
        self.finds(ANDROID, "--as", "client")

    def test_each_rule_of_cas(self):
        for rule, extensions in (
                ("no-ca", without(CA, "basic")),
                ("certificates", without(CA, "key", "keyUsage=cRLSign")),
                ("crls", without(CA, "key", "keyUsage=keyCertSign")),
                ("key-identifier", [*CA, "subjectKeyIdentifier=none"])):
            with self.subTest(rule):
                self.make(extensions)
                self.finds({rule}, "--as", "ca")

    def test_keys_hashes_and_days(self):
        for rules, key, arguments in (
                ({"key-length"}, ["RSA", "-pkeyopt", "rsa_keygen_bits:1024"], []),
                ({"key-p521"} | ANDROID, ["EC", "-pkeyopt", "ec_paramgen_curve:P-521"], []),
                ({"key-kind"} | ANDROID, ["EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"], []),
                ({"key-kind"}, ["ED25519"], []),
                ({"hash"}, RSA, ["-sha1"]),
                ({"pss"}, RSA, ["-sigopt", "rsa_padding_mode:pss"]),
                ({"days"}, RSA, ["-days", "826"]),
                (set(), RSA, ["-days", "825"]),
                ({"serial"}, RSA, ["-set_serial", "0"]),
                ({"serial"}, RSA, ["-set_serial", "0x" + "ff" * 20])):
            with self.subTest(rules=rules, arguments=arguments):
                self.make(SERVER, *arguments, key=key)
                self.finds(rules, "--as", "server")

    def test_dates(self):
        self.make(SERVER)
        rig.make_certificates(self.path)
        for name, rule, dates in (("old", "expired", ("200101000000Z", "200201000000Z")),
                                  ("young", "not-yet-valid", ("400101000000Z", "400201000000Z"))):
            with self.subTest(name):
                rig.sign(self.path, name, "\n".join(SERVER), dates)
                (self.path / f"{name}-only.pem").rename(self.path / "it.pem")
                self.finds({rule} | ANDROID, "--as", "server")

    def test_own_signature_of_a_root_may_be_old_for_nobody_checks_it(self):
        self.make(CA, "-sha1", key=RSA)
        self.finds(set(), "--as", "ca")

    def test_certificate_that_does_not_name_its_issuers_key_is_noted(self):
        rig.make_certificates(self.path)
        rig.sign(self.path, "anonymous", "\n".join([*SERVER, "authorityKeyIdentifier=none"]),
                 ("200101000000Z", "400201000000Z"))
        (self.path / "anonymous-only.pem").rename(self.path / "it.pem")
        self.finds({"issuer-identifier", "days"} | ANDROID, "--as", "server")

    def test_name_has_to_stand_in_it(self):
        self.make(SERVER)
        self.finds(ANDROID, "--name", "vpn.example.org")
        self.finds(ANDROID | {"name"}, "--name", "other.example.org")

    def test_role_is_read_from_the_certificate(self):
        for extensions, rules in ((CLIENT, ANDROID), (CA, set()), (SERVER, ANDROID)):
            self.make(extensions)
            self.finds(rules)

    def test_chain_is_checked_as_a_whole_with_its_order(self):
        rig.make_certificates(self.path)
        self.assertNotIn("[order]", self.check(file="server.pem").stdout)
        text = (self.path / "intermediate.pem").read_text()
        own = (self.path / "server-only.pem").read_text()
        self.workspace.write("mixed.pem", own + (self.path / "ca.pem").read_text() + text)
        done = self.check(file="mixed.pem")
        self.assertRegex(done.stdout, r"mixed\.pem:1: note: .*\[order\]\n")
        self.assertEqual(done.returncode, 0)

    def test_what_is_no_certificate_is_told(self):
        self.workspace.write("it.pem", "hello\n")
        self.assertIn("holds no certificate", self.check().stderr)
        self.assertEqual(self.check(file="nowhere.pem").returncode, 8)

    def test_json_says_the_same(self):
        self.make(without(SERVER, "subj"))
        found = json.loads(self.check("--json").stdout)
        self.assertEqual([(f["rule"], f["note"], f["certificate"]) for f in found],
                         [("key-ecdsa", True, 1), ("names", False, 1)])

    def test_rules_are_the_documented_ones(self):
        source = (pathlib.Path(rig.ROOT) / "examples/ca/rules.c").read_text()
        text = (pathlib.Path(rig.ROOT) / "doc/certificates.md").read_text()
        of = {"ALL": "all", "LEAF": "servers, clients", "SERVER": "servers", "CLIENT": "clients",
              "CA": "CAs"}
        rules = [f"| `{name}` | {of[roles]} | {'note: ' * (note == 'true')}{who} | {what} | "
                 f"{remedy} |" for name, roles, note, who, what, remedy in re.findall(
                     r'^    \{ "([a-z0-9-]+)", (\w+), (\w+),\s*"(.*?)",\s*"(.*?)",\s*"(.*?)",',
                     source, re.M | re.S)]
        self.assertGreater(len(rules), 20)
        self.assertEqual(re.findall(r"^\| `[a-z0-9-]+` \|.*", text, re.M)[:-1], rules)

    def test_configured_certificate_is_warned_of(self):
        self.make(without(SERVER, "ext"))
        self.workspace.write("server.conf", """
connection staff {
    local { id = "vpn.example.org" cert = "it.pem" key = "key.pem" }
    remote { ca = { "it.pem" } }
    child net { }
}
""")
        (self.path / "key.pem").chmod(0o600)
        done = subprocess.run(
            [program.binary("ikev2-server"), "check", "--config", "server.conf"], cwd=self.path,
            capture_output=True, text=True, timeout=program.PATIENCE)
        self.assertEqual((done.returncode, done.stderr),
                         (0, "it.pem: warning: connection 'staff': certificate 1: Windows, Apple: "
                             "its extended key usage lacks serverAuth: add "
                             "1.3.6.1.5.5.7.3.1 [server-purpose]\n"))


program.main()
