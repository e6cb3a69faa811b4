#!/usr/bin/env python3
"""test_token.py BUILD: private keys that stay in a PKCS#11 token, here SoftHSM."""
import os
import subprocess
from unittest import mock

import program
import token_rig as rig

TOKEN = None


def setUpModule():
    """One token for all tests: to make it takes seconds, and nobody changes it."""
    global TOKEN
    TOKEN = rig.Token()


def tearDownModule():
    TOKEN.remove()


class Signer(program.Case):
    """hsm_signer: an IKE SA for each scheme of a key."""

    def command(self, uri, certificate, identity="vpn.example.org"):
        return [program.binary("hsm_signer"), uri, str(TOKEN.path / certificate),
                str(TOKEN.path / "token-ca.pem"), identity]

    def sign(self, *arguments):
        return subprocess.run(self.command(*arguments), capture_output=True, text=True,
                              timeout=program.PATIENCE)

    def expect(self, done, code, *patterns):
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        for pattern in patterns:
            self.assertRegex(done.stdout + done.stderr, pattern)

    def test_rsa_key_makes_pss_and_pkcs1(self):
        done = self.sign(TOKEN.uri("object=rsa"), "rsa.pem")
        self.expect(done, 0)
        self.assertEqual([line.split()[:2] for line in done.stdout.splitlines()],
                         [[f"rsa-{padding}sha{size}", "up,"]
                          for padding in ("pss-", "") for size in (256, 384, 512)])

    def test_keys_on_three_curves_sign_in_der_and_raw(self):
        for curve, size in (("p256", 256), ("p384", 384), ("p521", 512)):
            done = self.sign(TOKEN.uri(f"object={curve}"), f"{curve}.pem")
            self.expect(done, 0)
            self.assertEqual([line.split()[:2] for line in done.stdout.splitlines()],
                             [[f"ecdsa-sha{size}", "up,"], [f"ecdsa-{curve}", "up,"]])

    def test_key_may_be_named_by_its_id(self):
        self.expect(self.sign(TOKEN.uri("id=%02"), "p256.pem"), 0)

    def test_pin_may_come_from_the_environment(self):
        with mock.patch.dict(os.environ, {"IKE2_TOKEN_PIN": rig.PIN}):
            self.expect(self.sign(TOKEN.uri("object=p256", pin=None), "p256.pem"), 0)

    def test_key_of_another_certificate_is_refused_by_the_peer(self):
        done = self.sign(TOKEN.uri("object=p256"), "p384.pem")
        self.expect(done, 1, r"ecdsa-sha256 +failed: the certificate or the signature is refused")

    def test_what_is_wrong_with_the_name_is_said(self):
        for uri, text in (
                (TOKEN.uri("object=nobody"), "no private key of the token fits"),
                (TOKEN.uri("type=private"), "several keys of the token fit"),
                (TOKEN.uri("object=rsa").replace("token=vpn", "token=vpm"), "no token fits.*vpn"),
                (TOKEN.uri("objekt=rsa"), "an attribute that is not known"),
                (TOKEN.uri("object=rsa;id=%zz"), "RFC 7512"),
                ("rsa.key", "RFC 7512"),
                ("pkcs11:object=rsa?module-path=/nowhere.so", "cannot load .*/nowhere.so"),
                (TOKEN.uri("object=rsa") + "&pin-value=1234", "pin-value shows the PIN")):
            done = self.sign(uri, "rsa.pem")
            self.expect(done, 1, text)
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)

    def test_what_is_wrong_with_the_pin_is_said_and_the_pin_is_not(self):
        TOKEN.write("wrong", "987654\n")
        TOKEN.write("none", "")
        TOKEN.write("lines", "12\n34\n")
        for pin, text in (("wrong", "the login fails: .*PIN is incorrect"),
                          ("none", "none holds no PIN"), ("lines", "a PIN is one line"),
                          ("absent", "cannot read .*absent"), (None, "wants a PIN.*pin-source=")):
            done = self.sign(TOKEN.uri("object=rsa", pin=pin), "rsa.pem")
            self.expect(done, 1, text)
            self.assertNotIn("987654", done.stderr)

    def test_pin_in_the_name_is_not_repeated(self):
        for what in ("object=rsa", "objekt=rsa", "object=rsa;id=%zz", "object=nobody"):
            done = self.sign(TOKEN.uri(what) + "&pin-value=987654", "rsa.pem")
            self.expect(done, 1, "pin-value shows the PIN")
            self.assertNotIn("987654", done.stdout + done.stderr)

    def test_last_try_of_a_pin_is_left_to_people(self):
        for flags, text in (("0x20000", "one try is left, and is not used"),
                            ("0x40000", "the PIN is locked")):
            with mock.patch.dict(os.environ, {"IKE2_TEST_FLAGS": flags}):
                self.expect(self.sign(TOKEN.uri("object=rsa", held=True), "rsa.pem"), 1, text)

    def test_pin_file_that_others_can_read_is_warned_of(self):
        TOKEN.write("open", rig.PIN).chmod(0o644)
        done = self.sign(TOKEN.uri("object=p256", pin="open"), "p256.pem")
        self.expect(done, 0, r"warning: .*/open is open to other users: chmod 600")


class Held(program.Case):
    """The same with a token that takes its time."""

    def setUp(self):
        super().setUp()
        self.gate = rig.Gate(self.workspace.path)
        self.addCleanup(self.gate.close)

    def begin(self, kind="p256"):
        process = subprocess.Popen(
            [program.binary("hsm_signer"), TOKEN.uri(f"object={kind}", held=True),
             str(TOKEN.path / f"{kind}.pem"), str(TOKEN.path / "token-ca.pem"),
             "vpn.example.org"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def pass_all(self, words):
        process = self.begin()
        for word in words:
            self.gate.wait()
            self.gate.say(word)
        out = process.communicate(timeout=program.PATIENCE)[0]
        self.assertTrue(self.gate.is_idle())
        return process.returncode, out.splitlines()

    def test_signature_waits_for_the_token(self):
        code, lines = self.pass_all("ss")
        self.assertEqual((code, len(lines)), (0, 2), lines)

    def test_session_that_is_lost_is_opened_again(self):
        code, lines = self.pass_all("lss")
        self.assertEqual((code, len(lines)), (0, 2), lines)

    def test_session_that_is_lost_again_and_again_is_a_failure(self):
        code, lines = self.pass_all("lls")
        self.assertEqual(code, 1)
        self.assertRegex(lines[0], "failed: .*the token does not sign")
        self.assertRegex(lines[1], " up, ")

    def test_token_that_fails_once_is_asked_again_for_the_next_sa(self):
        code, lines = self.pass_all("fs")
        self.assertEqual(code, 1)
        self.assertRegex(lines[0], "failed: .*the token does not sign")
        self.assertRegex(lines[1], " up, ")


program.main()
