#!/usr/bin/env python3
"""test_policies.py BUILD: ikev2-client and ikev2-server under the named policies; what is too old
is granted to one connection, and told each time."""
import json
import os
import re
import subprocess

import client_rig as rig
import program

SUITES = {
    "default": ("ENCR_AES_GCM_16-256/PRF_HMAC_SHA2_384/Curve25519", "ENCR_AES_GCM_16-256"),
    "cnsa": ("ENCR_AES_GCM_16-256/PRF_HMAC_SHA2_512/384-bit_random_ECP_group",
             "ENCR_AES_GCM_16-256"),
    "windows-recommended": ("ENCR_AES_CBC-128/AUTH_HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/"
                            "2048-bit_MODP_Group",
                            "ENCR_AES_CBC-128/AUTH_HMAC_SHA2_256_128"),
}
CNSA_SERVER = """
    policy = cnsa
    local { id = "vpn.example.org" cert = "server.pem" key = "server.key" }
    remote { id = "alice@example.org" ca = { "ca.pem" } }
    child net { }
"""
# One old client, and another one that knows better.
LEGACY_SERVER = """
connection alice {
    local { id = "vpn.example.org" psk-file = "psk" }
    remote { id = "alice@example.org" }
    child net { }
}
connection old {
    policy = legacy-windows
    local { id = "vpn.example.org" psk-file = "psk" }
    remote { id = "old@example.org" }
    child net { }
}
"""
WINDOWS = ["--policy", "legacy-windows", "--proposal", "3des-sha1-modp1024", "--esp-proposal",
           "3des-sha1", "--psk-file", "psk", "--remote-id", "vpn.example.org"]


def openssl(path, *arguments):
    subprocess.run(["openssl", *arguments], cwd=path, check=True, capture_output=True,
                   timeout=program.PATIENCE)


def make_pki(path, ca_curve, curve, alice_curve=None):
    """ca.pem, and of server and alice the certificate and the key."""
    curves = {"server": curve, "alice": alice_curve or curve}
    openssl(path, "req", "-x509", "-newkey", "ec", "-pkeyopt", f"ec_paramgen_curve:{ca_curve}",
            "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-sha384", "-subj",
            "/CN=ca", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    for name, san in (("server", "DNS:vpn.example.org"), ("alice", "email:alice@example.org")):
        (path / f"{name}.ext").write_text(f"subjectAltName={san}\nkeyUsage=digitalSignature\n")
        openssl(path, "req", "-newkey", "ec", "-pkeyopt", f"ec_paramgen_curve:{curves[name]}",
                "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        openssl(path, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                "-CAcreateserial", "-days", "2", "-sha384", "-extfile", f"{name}.ext", "-out",
                f"{name}.pem")
        (path / f"{name}.key").chmod(0o600)


class Modern(rig.Case):
    def expect(self, policy, done, server):
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(server.stop(), 0)
        log = "\n".join(server.log.seen)
        ike, esp = SUITES[policy]
        self.assertEqual(re.search(r" ike-sa-up .* suite=(\S+)", log)[1], ike)
        self.assertEqual(re.search(r" child-sa-up .* esp=(\S+)", log)[1], esp)
        self.assertNotIn("legacy-algorithms", log)
        self.assertNotIn("can be broken", done.stderr)

    def test_both_sides_agree_on_what_the_policy_prefers(self):
        for policy in ("default", "windows-recommended"):
            with self.subTest(policy):
                server = self.serve(f"policy = {policy}\n{rig.PSK_SERVER}")
                done = self.connect(server, "--policy", policy, *rig.PSK)
                self.expect(policy, done, server)

    def test_ikev2ctl_names_the_policy(self):
        for policy in ("windows-recommended", None):
            with self.subTest(policy):
                server = self.serve((f"policy = {policy}\n" if policy else "") + rig.PSK_SERVER,
                                    control="control.sock")
                self.begin(server, *rig.PSK).wait("^CONNECTED ")
                for command, what in (("sas", "sas"), ("conns", "connections")):
                    code, out, err = program.ctl(self.workspace, "--json", command)
                    self.assertEqual((code, json.loads(out)[what][0]["policy"]), (0, policy), err)
                sas, conns = (program.ctl(self.workspace, c)[1] for c in ("sas", "conns"))
                self.assertEqual(", policy windows-recommended\n" in sas, policy is not None, sas)
                self.assertEqual(re.search(r"^test .* (\S+)$", conns, re.M)[1], policy or "-")
                self.stop(server)

    def test_default_server_takes_a_client_as_recommended_for_windows(self):
        server = self.serve()
        done = self.connect(server, "--policy", "windows-recommended", *rig.PSK)
        self.expect("windows-recommended", done, server)

    def test_default_client_is_refused_by_cnsa(self):
        make_pki(self.path, "P-384", "P-384")
        server = self.serve(CNSA_SERVER)
        done = self.connect(server, "--proposal", "aes128gcm16-prfsha256-x25519", *rig.ALICE,
                            "--ca", "ca.pem")
        self.assertEqual(done.returncode, 4, done.stderr)

    def test_cnsa_has_its_suite_and_signatures(self):
        make_pki(self.path, "P-384", "P-384")
        server = self.serve(CNSA_SERVER)
        done = self.connect(server, "--policy", "cnsa", *rig.ALICE, "--ca", "ca.pem")
        self.expect("cnsa", done, server)

    def test_cnsa_refuses_a_key_that_is_too_short_anywhere_in_the_path(self):
        make_pki(self.path, "P-256", "P-384")
        server = self.serve(CNSA_SERVER)
        done = self.connect(server, "--policy", "cnsa", *rig.ALICE, "--ca", "ca.pem")
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assertEqual(server.stop(), 0)
        self.assertIn("key of 256 bits: CN=ca (depth 1)", "\n".join(server.log.seen))

    def test_cnsa_client_refuses_a_server_whose_key_is_too_short(self):
        make_pki(self.path, "P-384", "P-256", "P-384")
        server = self.serve(CNSA_SERVER.replace(
            "policy = cnsa", 'proposals = "aes256gcm16-prfsha384-ecp384"'))
        done = self.connect(server, "--policy", "cnsa", *rig.ALICE, "--ca", "ca.pem")
        self.assertEqual(done.returncode, 6, done.stderr)
        self.assertIn("key of 256 bits: CN=server (depth 0)", done.stderr)

    def test_cnsa_refuses_another_hash_in_signatures(self):
        make_pki(self.path, "P-384", "P-384")
        server = self.serve(CNSA_SERVER)
        done = self.connect(server, "--proposal", "aes256gcm16-prfsha384-ecp384", *rig.ALICE,
                            "--signature-scheme", "ecdsa-sha256", "--ca", "ca.pem")
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assertIn("the server offers sha384\n", done.stderr)


class Legacy(rig.Case):
    def setUp(self):
        super().setUp()
        cache = (program.BUILD / "CMakeCache.txt").read_text()
        if re.search(r"^IKE2_ENABLE_LEGACY:BOOL=(ON|1|YES|TRUE|Y)$", cache, re.M):
            return
        if not (program.BUILD / "legacy").exists():
            self.skipTest("built without IKE2_ENABLE_LEGACY")
        before = dict(os.environ)
        self.addCleanup(os.environ.update, before)
        self.addCleanup(os.environ.pop, "LD_LIBRARY_PATH", None)
        os.environ["LD_LIBRARY_PATH"] = str(program.BUILD / "legacy")

    def begin_server(self):
        server = self.start(f'{rig.TOP}listen = "127.0.0.1"\ncontrol = none\n{LEGACY_SERVER}')
        self.addCleanup(self.stop, server)
        return server

    def test_each_use_is_told_by_both_sides(self):
        server = self.begin_server()
        done = self.connect(server, *WINDOWS, "--id", "old@example.org")
        self.assertEqual(done.returncode, 0, done.stderr)
        for what, algorithms in (("IKE", "3des-sha1-prfsha1-modp1024"), ("Child", "3des-sha1")):
            self.assertIn(f"the {what} SA has algorithms that can be broken: {algorithms}; "
                          "allowed by the policy legacy-windows\n", done.stderr)
        self.assertEqual(server.stop(), 0)
        told = [line.split(" ", 1)[1] for line in server.log.seen if "legacy-algorithms" in line]
        self.assertEqual([re.sub(r"sa=\d+", "sa=N", line) for line in told], [
            "warn  legacy-algorithms sa=N for=ike algorithms=3des-sha1-prfsha1-modp1024 "
            "policy=legacy-windows connection=old",
            "warn  legacy-algorithms sa=N for=esp algorithms=3des-sha1 policy=legacy-windows "
            "connection=old"])

    def test_another_connection_is_not_granted_it(self):
        server = self.begin_server()
        done = self.connect(server, *WINDOWS, "--id", "alice@example.org")
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assertEqual(server.stop(), 0)
        self.assertNotIn("legacy-algorithms", "\n".join(server.log.seen))

    def test_a_better_client_is_given_better_than_that(self):
        server = self.begin_server()
        done = self.connect(server, "--policy", "windows-recommended", "--psk-file", "psk", "--id",
                            "alice@example.org", "--remote-id", "vpn.example.org")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("can be broken", done.stderr)


program.main()
