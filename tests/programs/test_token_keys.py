#!/usr/bin/env python3
"""test_token_keys.py BUILD: `key = "pkcs11:..."` of ikev2-server, --key pkcs11:... of
ikev2-client."""
import signal
import subprocess

import client_rig
import program
import token_rig as rig

TOKEN = None
PSK_CONNECTION = """
connection psk {
    local { id = "psk.example.org" psk-file = "psk" }
    remote { id = "alice@example.org" }
    child net { local-ts = { "10.1.0.0/16" } }
}
"""
PSK = ["--psk-file", "psk", "--id", "alice@example.org", "--remote-id", "psk.example.org"]


def setUpModule():
    global TOKEN
    TOKEN = rig.Token()


def tearDownModule():
    TOKEN.remove()


def local(key, certificate="p256", more=""):
    return f'''
    local {{ id = "p256.example.org" cert = "{TOKEN.path}/{certificate}.pem" key = "{key}" {more} }}
    remote {{ id = "rsa.example.org" ca = {{ "{TOKEN.path}/token-ca.pem" }} }}
    child net {{ }}
'''


class Case(client_rig.Case):
    def client(self, kind="rsa", **options):
        return ["--cert", str(TOKEN.path / f"{kind}.pem"), "--key",
                TOKEN.uri(f"object={kind}", **options), "--ca", str(TOKEN.path / "token-ca.pem"),
                "--id", f"{kind}.example.org", "--remote-id", "p256.example.org"]

    def begin(self, server, *arguments):
        running = client_rig.Running(self.path, "--port", server.port, "--natt-port",
                                     server.natt_port, *arguments, "127.0.0.1")
        self.addCleanup(running.kill)
        return running


class Keys(Case):
    def test_both_sides_prove_themselves_by_a_token(self):
        server = self.serve(local(TOKEN.uri("object=p256")))
        done = self.connect(server, *self.client())
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_pin_may_be_in_the_password_file(self):
        server = self.serve(local(TOKEN.uri("object=p256", pin=None),
                                  more=f'key-password-file = "{TOKEN.path}/pin"'))
        done = self.connect(server, *self.client(pin=None), "--key-password-file",
                            str(TOKEN.path / "pin"))
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_schemes_are_chosen_among_those_of_the_token(self):
        server = self.serve(local(TOKEN.uri("object=p256")))
        done = self.connect(server, *self.client(), "--signature-scheme", "rsa-sha512", "--trace")
        self.assertEqual(done.returncode, 0, done.stderr)
        done = self.connect(server, *self.client(), "--signature-scheme", "ecdsa-sha256")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("the key can make none of the signatures", done.stderr)

    def check(self, connection):
        self.workspace.write("server.conf", f"connection test {{{connection}}}\n")
        return subprocess.run([program.binary("ikev2-server"), "check", "--config",
                               "server.conf"], cwd=self.path, capture_output=True, text=True,
                              timeout=program.PATIENCE)

    def test_check_opens_the_token(self):
        done = self.check(local(TOKEN.uri("object=p256")))
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_check_says_with_place_what_is_wrong(self):
        TOKEN.write("wrong", "987654\n")
        right = TOKEN.uri("object=p256")
        for connection, text in (
                (local(TOKEN.uri("object=nobody")), "no private key of the token fits"),
                (local(right.replace("token=vpn", "token=vpm")), "no token fits .* there is: vpn"),
                (local("pkcs11:object=a?module-path=/nowhere.so"), "cannot load .*/nowhere.so"),
                (local(TOKEN.uri("object=p256", pin="wrong")), "PIN is incorrect"),
                (local(TOKEN.uri("object=p256", pin=None)), "wants a PIN: .*pin-source=file"),
                (local("pkcs11:objekt=a"), "an attribute that is not known"),
                (local(right, certificate="p384"),
                 "is not the private key of the first certificate")):
            done = self.check(connection)
            self.assertNotEqual(done.returncode, 0, connection)
            self.assertRegex(done.stderr + done.stdout, rf"server.conf:\d+: .*'test': .*{text}")
            self.assertNotIn("987654", done.stderr + done.stdout)

    def test_client_says_what_is_wrong(self):
        arguments = self.client()
        arguments[arguments.index("--key") + 1] = TOKEN.uri("object=nobody")
        done = self.run_client(*arguments, "127.0.0.1")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("no private key of the token fits", done.stderr)


class Slow(Case):
    """The server's token stands at a gate."""

    def setUp(self):
        super().setUp()
        self.gate = rig.Gate(self.path)
        self.addCleanup(self.gate.close)

    def serve_slowly(self):
        self.gate.say("s")  # is it the key of the certificate? a signature tells
        server = self.serve(local(TOKEN.uri("object=p256", held=True)) + "}" + PSK_CONNECTION +
                            "connection other { local { id = \"c.example.org\" psk-file = \"psk\" }"
                            "remote { id = \"d.example.org\" } child net { } ",
                            control="control.sock")
        self.gate.wait()
        return server

    def test_others_are_served_while_the_token_signs(self):
        server = self.serve_slowly()
        other = self.begin(server, *PSK)
        other.wait("CONNECTED")
        slow = self.begin(server, *self.client())
        self.gate.wait()
        other.process.send_signal(signal.SIGUSR1)
        other.wait("REKEYED|rekeyed")
        another = self.begin(server, *PSK)
        another.wait("CONNECTED")
        self.assertTrue(self.gate.is_idle())
        self.gate.say("s")
        slow.wait("CONNECTED")
        for running in (other, another, slow):
            self.assertEqual(running.end(signal.SIGTERM)[0], 0)

    def test_request_that_comes_again_is_signed_once(self):
        server = self.serve_slowly()
        slow = self.begin(server, *self.client())
        self.gate.wait()
        slow.wait("IKE_AUTH .* again")
        self.gate.say("s")
        slow.wait("CONNECTED")
        self.assertTrue(self.gate.is_idle())
        self.assertEqual(slow.end(signal.SIGTERM)[0], 0)

    def test_answer_after_the_client_has_gone_is_harmless(self):
        server = self.serve_slowly()
        gone = self.begin(server, *self.client())
        self.gate.wait()
        gone.kill()
        self.gate.say("s")
        slow = self.begin(server, *self.client())
        self.gate.wait()
        self.gate.say("s")
        slow.wait("CONNECTED")
        self.assertEqual(slow.end(signal.SIGTERM)[0], 0)

    def test_token_that_fails_is_told_of_and_asked_again(self):
        server = self.serve_slowly()
        slow = self.begin(server, *self.client(), "--once")
        self.gate.wait()
        self.gate.say("f")
        said = r"pkcs11:\S*object=p256\S*: the token does not sign: .*error"
        server.log.wait(said)
        server.log.wait("what +our own signature could not be made")
        server.log.wait(f"evidence +{said}")
        server.log.wait("try +.*pkcs11-tool --login --test")
        self.assertNotEqual(slow.end()[0], 0)
        slow = self.begin(server, *self.client())
        self.gate.wait()
        self.gate.say("s")
        slow.wait("CONNECTED")
        self.assertEqual(slow.end(signal.SIGTERM)[0], 0)

    def test_client_whose_token_fails_is_told_which_and_why(self):
        server = self.serve(local(TOKEN.uri("object=p256")))
        self.gate.say("s")  # whose key it is
        failing = self.begin(server, *self.client(held=True), "--once")
        self.gate.wait()
        self.gate.wait()
        self.gate.say("f")
        code, said = failing.end()
        self.assertEqual(code, 5, said)
        self.assertIn("FAILED       our own signature could not be made\n", said)
        self.assertRegex(said.split("FAILED")[1],
                         r"pkcs11:\S*object=rsa\S*: the token does not sign: .*error")

    def test_server_ends_when_the_token_has(self):
        server = self.serve_slowly()
        slow = self.begin(server, *self.client())
        self.gate.wait()
        server.signal(signal.SIGTERM)
        server.log.wait("stopped")
        self.gate.say("s")
        self.assertEqual(server.end(), 0)
        slow.kill()

    def test_sas_that_have_gone_are_not_signed_for(self):
        server = self.serve_slowly()
        first, second = (self.begin(server, *self.client()) for _ in range(2))
        self.gate.wait()
        for running in (first, second):  # the request has been there for a while
            running.wait("IKE_AUTH .* again")
        server.signal(signal.SIGTERM)
        server.log.wait("stopped")
        self.gate.say("s")
        self.assertEqual(server.end(), 0)
        self.assertTrue(self.gate.is_idle())
        first.kill()
        second.kill()


program.main()
