#!/usr/bin/env python3
"""test_trust.py BUILD: how the programs judge each other's certificates: pins, revocation, purposes
and names, at the client by options and at the server by the keys of remote { }. The openssl command
makes all that is judged."""
import re

import client_rig as rig
import program
from trust_rig import (AUTH, CERTIFICATE, CURRENT, LEAF, LOCAL, LONG, NOT_FOR_IKE, NOT_FOR_IT,
                       NOT_KNOWN, NOT_PINNED, NO_PATH, OK, REVOKED, STALE, USAGE, Trust)

FOR_CODE = LEAF % "extendedKeyUsage = codeSigning\nsubjectAltName = DNS:vpn.example.org"
FOR_CLIENTS = LEAF % "extendedKeyUsage = clientAuth\nsubjectAltName = DNS:vpn.example.org"
ANY_HOST = LEAF % "extendedKeyUsage = serverAuth\nsubjectAltName = DNS:*.example.org"
NAMELESS = LEAF % "extendedKeyUsage = serverAuth"


class Pins(Trust):
    def test_any_certificate_and_key_of_the_path_may_be_pinned(self):
        server = self.serve_as("server")
        wrong = "00" * 32
        self.expect_all(server, [
            *((OK, None, ("--pin", of(file))) for of in (self.certificate_hash, self.key_hash)
              for file in ("server.pem", "intermediate.pem", "ca.pem")),
            (OK, None, ("--pin", "sha256:" + self.key_hash("ca.pem"))),
            (OK, None, ("--pin", wrong, "--pin", self.key_hash("server.pem"))),
            (CERTIFICATE, NOT_PINNED, ("--pin", wrong)),
            (CERTIFICATE, NOT_PINNED, ("--pin", self.key_hash("alice.pem")))])

    def test_a_server_pins_as_well(self):
        for pin, code, said in ((self.key_hash("alice.pem"), OK, "ike-sa-up"),
                                ("00" * 32, AUTH, "neither key nor certificate .* is pinned")):
            rule = f'remote {{ pin = "{pin}"'
            server = self.serve(rig.CERTIFICATE_SERVER.replace("remote {", rule) % "server")
            with self.subTest(pin):
                self.expect(server, code, None)
                server.log.wait(said)

    def test_a_ca_that_is_sent_may_be_known_by_its_hash_alone(self):
        server = self.serve_as("server")
        self.expect(server, OK, None,
                    ca=("--ca-hash", self.certificate_hash("intermediate.pem")))
        # A key says nothing of the certificate, unless that is self-signed.
        for ca_hash in ("00" * 32, self.certificate_hash("alice.pem"),
                        self.key_hash("intermediate.pem")):
            self.expect(server, CERTIFICATE, NO_PATH, ca=("--ca-hash", ca_hash))

    def test_another_root_of_the_same_name_is_no_root(self):
        rig.make_certificates(self.path / "elsewhere", "theirs")
        server = self.serve_as("server")
        self.expect(server, CERTIFICATE, NO_PATH, ca=("--ca", "elsewhere/ca.pem"))
        self.expect(server, OK, None, ca=("--ca", "elsewhere/ca.pem", "--ca", "ca.pem"))


class Revocation(Trust):
    def test_without_crls_only_hard_refuses(self):
        self.expect_all(self.serve_as("server"), [
            (OK, None, ()), (OK, None, ("--crl", "soft")), (OK, None, ("--crl", "off")),
            (CERTIFICATE, NOT_KNOWN, ("--crl", "hard"))])

    def test_current_crls_of_all_cas_satisfy_hard(self):
        both = self.crls(CURRENT)
        self.expect_all(self.serve_as("server"), [
            (OK, None, ("--crl", "hard", *both)),
            (CERTIFICATE, NOT_KNOWN, ("--crl", "hard", *both[:2])),
            (CERTIFICATE, NOT_KNOWN, ("--crl", "hard", *both[2:]))])

    def test_crls_may_be_der_or_several_in_one_file(self):
        self.crls(CURRENT)
        (self.path / "both.crl").write_text(
            (self.path / "ca.crl").read_text() + (self.path / "intermediate.crl").read_text())
        for name in ("ca", "intermediate"):
            self.openssl("crl", "-in", f"{name}.crl", "-outform", "DER", "-out", f"{name}.der")
        self.expect_all(self.serve_as("server"), [
            (OK, None, ("--crl", "hard", "--crl-file", "both.crl")),
            (OK, None, ("--crl", "hard", "--crl-file", "ca.der", "--crl-file",
                        "intermediate.der"))])

    def test_who_is_revoked_is_refused_unless_crls_are_off(self):
        both = self.crls(CURRENT, ["server.pem"])
        self.expect_all(self.serve_as("server"), [
            (CERTIFICATE, REVOKED, both), (CERTIFICATE, REVOKED, ("--crl", "soft", *both)),
            (CERTIFICATE, REVOKED, ("--crl", "hard", *both)), (OK, None, ("--crl", "off", *both))])

    def test_a_revoked_ca_is_refused_with_all_below_it(self):
        root = self.crl("ca", CURRENT, ["intermediate.pem"])
        self.expect(self.serve_as("server"), CERTIFICATE, REVOKED, *root)

    def test_stale_crls_tell_nothing(self):
        both = self.crls(STALE)
        self.expect_all(self.serve_as("server"), [
            (OK, None, ("--crl", "soft", *both)),
            (CERTIFICATE, NOT_KNOWN, ("--crl", "hard", *both))])

    def test_a_server_refuses_whom_a_crl_lists(self):
        self.crls(CURRENT, ["alice.pem"])
        server = self.serve(rig.CERTIFICATE_SERVER.replace(
            "remote {", 'remote { crl = hard crl-file = { "ca.crl", "intermediate.crl" }')
            % "server")
        self.expect(server, AUTH, None)
        server.log.wait("revoked")


class Purposes(Trust):
    def test_purposes_are_those_of_ike_and_tls_unless_told(self):
        rig.sign(self.path, "code", FOR_CODE, LONG)
        rig.sign(self.path, "clients", FOR_CLIENTS, LONG)
        self.expect(self.serve_as("code"), CERTIFICATE, NOT_FOR_IKE)
        server = self.serve_as("clients")
        self.expect_all(server, [
            (OK, None, ()), (OK, None, ("--extended-key-usage", "clientAuth")),
            (CERTIFICATE, NOT_FOR_IKE, ("--extended-key-usage", "serverAuth")),
            (OK, None, ("--extended-key-usage", "serverAuth", "--extended-key-usage",
                        "clientAuth"))])


class Names(Trust):
    def test_a_pattern_is_a_name_only_if_wildcards_are_asked_for(self):
        rig.sign(self.path, "pattern", ANY_HOST, LONG)
        self.expect_all(self.serve_as("pattern"), [
            (CERTIFICATE, NOT_FOR_IT, ()), (OK, None, ("--wildcards",))])

    def test_a_common_name_is_a_name_only_if_asked_for(self):
        rig.sign(self.path, "vpn.example.org", NAMELESS, LONG)
        self.expect_all(self.serve_as("vpn.example.org"), [
            (CERTIFICATE, NOT_FOR_IT, ()), (OK, None, ("--common-name",))])

    def test_a_common_name_does_not_replace_the_names_that_are_there(self):
        rig.sign(self.path, "vpn.example.org", NAMELESS + "subjectAltName = DNS:other.example\n",
                 LONG)
        self.expect(self.serve_as("vpn.example.org"), CERTIFICATE, NOT_FOR_IT, "--common-name")


class Mistakes(Trust):
    WORDS = [("crl", "hrad", "did you mean 'hard'?"),
             ("extended-key-usage", "serverauth", "did you mean 'serverAuth'?"),
             ("pin", "zz", "64 hexadecimal digits"),
             ("pin", "00" * 31, "64 hexadecimal digits"),
             ("ca-hash", "00" * 33, "64 hexadecimal digits")]
    FILES = [("ca.pem", "ca.pem holds no CRL: PEM (BEGIN X509 CRL) or DER is expected"),
             ("ca.der", "ca.der: CRL 1 is none: PEM (BEGIN X509 CRL) or DER is expected"),
             ("key.der", "key.der: CRL 1 is none: PEM (BEGIN X509 CRL) or DER is expected"),
             ("nowhere.crl", "nowhere.crl"), ("nowhere.crl", "No such file or directory")]

    def setUp(self):
        super().setUp()
        self.openssl("x509", "-in", "ca.pem", "-outform", "DER", "-out", "ca.der")
        self.openssl("pkey", "-in", "server.key", "-outform", "DER", "-out", "key.der")

    def test_the_client_says_what_is_wrong_with_a_word(self):
        cases = [(USAGE, *row) for row in self.WORDS]
        cases += [(LOCAL, "crl-file", *row) for row in self.FILES]
        for code, word, value, said in cases:
            with self.subTest(word=word, value=value):
                done = self.run_client(*rig.ALICE, "--ca", "ca.pem", "--" + word, value,
                                       "127.0.0.1")
                self.assertEqual(done.returncode, code, done.stderr)
                self.assertIn(said, done.stderr)

    def test_the_server_says_where_as_well(self):
        cases = [*self.WORDS, *(("crl-file", *row) for row in self.FILES),
                 ("wildcards", "yse", "did you mean 'yes'?")]
        for word, value, said in cases:
            with self.subTest(word=word, value=value):
                done = self.check(f'{word} = "{value}"')
                self.assertEqual(done.returncode, USAGE, done.stderr)
                self.assertIn(said, done.stderr)
                self.assertTrue(re.match(r"server\.conf:\d+: ", done.stderr), done.stderr)

    def test_a_file_that_cannot_be_read_is_named_once(self):
        said = self.check('crl-file = "nowhere.crl"').stderr
        self.assertEqual(said.count("nowhere.crl"), 1, said)

    def test_a_misspelt_key_gets_the_nearest_one(self):
        for word, right in (("ca-hsah", "ca-hash"), ("pins", "pin"), ("crlfile", "crl-file"),
                            ("wildcard", "wildcards"), ("commonname", "common-name")):
            with self.subTest(word):
                done = self.check(f"{word} = 1")
                self.assertEqual(done.returncode, USAGE, done.stderr)
                self.assertIn(f"'{right}'", done.stderr)


program.main()
