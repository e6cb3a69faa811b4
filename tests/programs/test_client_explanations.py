#!/usr/bin/env python3
"""test_client_explanations.py BUILD: what ikev2-client says, in success and in failure, compared
with client_golden/NAME.txt, where variable parts are masked. With IKE2_UPDATE_GOLDEN=1 these files
are written instead: read the difference before it is committed."""
import os

import client_rig as rig
import program

GOLDEN = rig.ROOT / "tests/programs/client_golden"
SERVER_EXTENSIONS = """basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
subjectAltName = DNS:%s
"""
NOW = ("250101000000Z", "491231235959Z")
PAST = ("240101000000Z", "241231235959Z")


class Case(rig.Case):
    def expect(self, name, done, code):
        """The text is that of the golden file, and the exit status is the right one."""
        text = rig.masked(done.stderr)
        path = GOLDEN / f"{name}.txt"
        if os.environ.get("IKE2_UPDATE_GOLDEN"):
            path.write_text(text)
        self.assertMultiLineEqual(text, path.read_text())
        self.assertEqual(done.returncode, code)
        self.assertEqual(done.stdout, "", "standard output is for --json")

    def with_psk(self, *arguments, connection=rig.PSK_SERVER, top=""):
        return self.connect(self.serve(connection, top), *rig.PSK, *arguments)

    def with_certificates(self, *arguments, certificate="server"):
        return self.connect(self.serve(rig.CERTIFICATE_SERVER % certificate), *rig.ALICE,
                            *arguments)


class Success(Case):
    def test_steps_with_a_pre_shared_key(self):
        self.expect("connected_psk", self.with_psk(), 0)

    def test_steps_with_certificates(self):
        rig.make_certificates(self.path)
        self.expect("connected_certificates", self.with_certificates("--ca", "ca.pem"), 0)

    def test_cookie_is_told(self):
        self.expect("cookie", self.with_psk(top='cookie = "always"'), 0)

    def test_other_key_exchange_is_told(self):
        connection = rig.PSK_SERVER + 'proposals = { "aes256gcm16-prfsha256-ecp256" }\n'
        self.expect("other_key_exchange", self.with_psk(connection=connection), 0)

    def test_pretended_nat_is_told(self):
        self.expect("forced_encap", self.with_psk("--force-encap"), 0)


class Authentication(Case):
    def test_wrong_psk(self):
        self.workspace.secret("other-psk", "Jx6rWq1TzV9kBm4LcY0nSd7FhP2gEu8o\n")
        self.expect("wrong_psk", self.with_psk("--psk-file", "other-psk"), 5)

    def test_identity_that_the_server_does_not_know(self):
        self.expect("wrong_id", self.with_psk("--id", "mallory@example.org"), 5)

    def test_identity_that_the_server_does_not_have(self):
        self.expect("wrong_remote_id", self.with_psk("--remote-id", "other.example.org"), 5)

    def test_certificate_for_a_server_with_a_pre_shared_key(self):
        rig.make_certificates(self.path)
        done = self.connect(self.serve(), *rig.ALICE, "--ca", "ca.pem")
        self.expect("other_method", done, 5)

    def test_certificate_of_ours_that_the_server_does_not_trust(self):
        rig.make_certificates(self.path)
        rig.make_certificates(self.path / "elsewhere", "elsewhere")
        done = self.connect(self.serve(rig.CERTIFICATE_SERVER % "server"), "--cert",
                            "elsewhere/alice.pem", "--key", "elsewhere/alice.key", "--remote-id",
                            "vpn.example.org", "--ca", "ca.pem")
        self.expect("our_certificate_refused", done, 5)


class Certificate(Case):
    def setUp(self):
        super().setUp()
        rig.make_certificates(self.path)

    def test_untrusted(self):
        rig.make_certificates(self.path / "elsewhere", "elsewhere")
        self.expect("untrusted_certificate", self.with_certificates("--ca", "elsewhere/ca.pem"), 6)

    def test_expired(self):
        rig.sign(self.path, "expired", SERVER_EXTENSIONS % "vpn.example.org", PAST)
        done = self.with_certificates("--ca", "ca.pem", certificate="expired")
        self.expect("expired_certificate", done, 6)

    def test_for_another_name(self):
        rig.sign(self.path, "misnamed", SERVER_EXTENSIONS % "www.example.org", NOW)
        done = self.with_certificates("--ca", "ca.pem", certificate="misnamed")
        self.expect("misnamed_certificate", done, 6)

    def test_without_its_intermediate(self):
        done = self.with_certificates("--ca", "ca.pem", certificate="server-only")
        self.expect("missing_intermediate", done, 6)


class Agreement(Case):
    def test_no_common_proposal(self):
        connection = rig.PSK_SERVER + 'proposals = { "aes256-sha256-ecp384" }\n'
        done = self.with_psk("--proposal", "aes256gcm16-prfsha384-x25519", connection=connection)
        self.expect("no_common_proposal", done, 4)

    def test_no_common_esp_proposal(self):
        connection = rig.PSK_SERVER + 'esp-proposals = { "aes256-sha256" }\n'
        done = self.with_psk("--esp-proposal", "aes128gcm16", connection=connection)
        self.expect("no_common_esp_proposal", done, 4)

    def test_unacceptable_selectors(self):
        self.expect("unacceptable_selectors", self.with_psk("--remote-ts", "192.168.77.0/24"), 7)

    def test_address_that_the_selectors_do_not_hold(self):
        connection = rig.PSK_SERVER.replace("net {", 'net { remote-ts = { "10.9.0.0/24" }')
        done = self.with_psk("--address", "10.8.0.4", "--local-ts", "10.0.0.0/8",
                             connection=connection)
        self.expect("address_outside", done, 7)


class NoAnswer(Case):
    def alone(self, port, *arguments):
        return self.run_client("--port", port, *rig.PSK, *arguments, "127.0.0.1")

    def test_nothing_listens(self):
        with rig.udp_socket() as taken:
            port = rig.port_of(taken)
        self.expect("nothing_listens", self.alone(port), 3)

    def test_silence(self):
        with rig.udp_socket() as silent:
            done = self.alone(rig.port_of(silent), "--timeout", "2s")
        self.expect("silence", done, 3)

    def test_silence_after_ike_sa_init(self):
        """The relay is a NAT, so IKE_AUTH goes to the other port, where nothing gets through."""
        relay = rig.Relay(self.serve(), lambda data, is_marked: is_marked)
        self.addCleanup(relay.close)
        done = self.connect(relay, *rig.PSK, "--timeout", "2s")
        self.expect("silence_after_init", done, 3)


if __name__ == "__main__":
    program.main()
