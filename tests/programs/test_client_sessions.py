#!/usr/bin/env python3
"""test_client_sessions.py BUILD: what a connection of ikev2-client is like beside its text: JSON,
signals, the file of --config, several addresses, keys with a password."""
import json
import os
import shutil
import signal
import subprocess

import client_rig as rig
import program

# The manual lists them; here with the type of each value.
KEYS = {
    "resolved": {"host": str, "addresses": int},
    "connecting": {"host": str, "local": str, "remote": str},
    "sent": {"exchange": str, "remote": str, "octets": int, "fragments": int},
    "resent": {"exchange": str, "remote": str, "try": int},
    "retry": {"why": str},
    "doubt": {"notify": str, "remote": str},
    "refused": {"remote": str, "error": str},
    "agreed": {"suite": str, "fragmentation": bool, "full_transcript": bool},
    "nat": {"local": bool, "remote": bool, "forced": bool, "port": int},
    "certificate": {"subject": str, "issuer": str, "names": str, "until": str},
    "authenticated": {"local_id": str, "remote_id": str, "spi_local": str, "spi_remote": str},
    "child": {"local_ts": str, "remote_ts": str, "esp": str, "spi_in": str, "spi_out": str,
              "encap": str, "dataplane": str},
    "assigned": {"addresses": list, "dns": list, "domains": list, "subnets": str},
    "script-output": {"reason": str, "text": str},
    "connected": {"ms": int},
    "disconnecting": {"why": str},
    "disconnected": {"reason": str, "by_us": bool, "answered": bool},
    "warning": {"text": str},
    "failed": {"code": int, "error": str, "what": str, "evidence": list, "cause": str, "try": str},
}


def subject_of(certificate):
    """The subject in DER, as hexadecimal digits."""
    text = subprocess.run(["openssl", "asn1parse", "-in", str(certificate)], check=True, text=True,
                          capture_output=True).stdout
    names = [line for line in text.splitlines() if "d=2 " in line and "cons: SEQUENCE" in line]
    offset = names[3].split(":")[0].strip()  # algorithm, issuer, validity, subject
    out = subprocess.run(["openssl", "asn1parse", "-in", str(certificate), "-strparse", offset,
                          "-noout", "-out", "/dev/stdout"], check=True, capture_output=True).stdout
    return out.hex()


class Json(rig.Case):
    def objects(self, done):
        """What is on standard output, checked object by object."""
        self.assertEqual(done.stderr, "", "standard error is for text")
        objects = [json.loads(line) for line in done.stdout.splitlines()]
        for o in objects:
            expected = KEYS[o["event"]]
            self.assertEqual(set(o), {"event", *expected})
            for key, kind in expected.items():
                self.assertIsInstance(o[key], kind, o)
        return objects

    def failed(self, done, error):
        objects = self.objects(done)
        self.assertEqual((objects[-1]["event"], objects[-1]["error"]), ("failed", error))
        self.assertEqual(objects[-1]["code"], done.returncode)
        return [o["event"] for o in objects]

    def test_success(self):
        rig.make_certificates(self.path)
        server = self.serve(rig.CERTIFICATE_SERVER % "server", 'cookie = "always"')
        done = self.connect(server, "--json", *rig.ALICE, "--ca", "ca.pem", "--force-encap",
                            "--remote-ts", "10.1.0.0/16")
        objects = self.objects(done)
        self.assertEqual([o["event"] for o in objects],
                         ["connecting", "sent", "retry", "sent", "agreed", "nat", "sent",
                          "certificate", "authenticated", "child", "connected", "disconnecting",
                          "disconnected"])
        said = {o["event"]: o for o in objects}
        self.assertEqual(said["certificate"]["names"], "vpn.example.org")
        self.assertEqual(said["child"]["remote_ts"], "10.1.0.0/16")
        self.assertEqual(said["child"]["encap"], "udp")
        self.assertTrue(said["disconnected"]["by_us"] and said["disconnected"]["answered"])
        self.assertEqual(done.returncode, 0)

    def test_refusal(self):
        self.workspace.secret("other-psk", "Jx6rWq1TzV9kBm4LcY0nSd7FhP2gEu8o\n")
        done = self.connect(self.serve(), "--json", *rig.PSK, "--psk-file", "other-psk")
        self.failed(done, "authentication")

    def test_refused_port(self):
        with rig.udp_socket() as taken:
            port = rig.port_of(taken)
        done = self.run_client(*rig.PSK, "--json", "--port", port, "127.0.0.1")
        self.assertEqual(self.failed(done, "no-answer").count("refused"), 1)

    def test_missing_file(self):
        self.failed(self.run_client(*rig.PSK, "--json", "--psk-file", "missing", "127.0.0.1"),
                    "local")


class Ends(rig.Case):
    def test_signal_disconnects_politely(self):
        server = self.serve()
        for number in (signal.SIGINT, signal.SIGTERM):
            client = self.begin(server, *rig.PSK)
            client.wait("^CONNECTED")
            code, text = client.end(number)
            self.assertEqual(code, 0, text)
            self.assertTrue(text.endswith("DISCONNECTED by us"), text)
            server.log.wait("ike-sa-down .*reason=peer")

    def test_second_signal_ends_at_once(self):
        """The server is stopped, so that the Delete stays without an answer."""
        server = self.serve()
        client = self.begin(server, *rig.PSK)
        client.wait("^CONNECTED")
        server.signal(signal.SIGSTOP)
        client.process.send_signal(signal.SIGTERM)
        client.wait("^closing")
        code, text = client.end(signal.SIGTERM)
        self.assertEqual(code, 0, text)
        self.assertNotIn("did not answer", text)

    def test_delete_without_an_answer_is_told(self):
        server = self.serve()
        client = self.begin(server, *rig.PSK)
        client.wait("^CONNECTED")
        server.signal(signal.SIGSTOP)
        code, text = client.end(signal.SIGTERM)
        self.assertEqual(code, 0, text)
        self.assertTrue(text.endswith("DISCONNECTED by us; it did not answer our Delete"), text)

    def test_signal_before_it_is_up_is_no_success(self):
        with rig.udp_socket() as silent:
            client = rig.Running(self.path, *rig.PSK, "--port", rig.port_of(silent), "127.0.0.1")
            self.addCleanup(client.kill)
            client.wait("^IKE_SA_INIT")
            code, text = client.end(signal.SIGINT)
        self.assertEqual(code, 1, text)
        self.assertIn("FAILED       interrupted before the connection was up", text)

    def test_end_of_the_server_ends_the_client(self):
        server = self.serve()
        client = self.begin(server, *rig.PSK)
        client.wait("^CONNECTED")
        self.stop(server)
        code, text = client.end()
        self.assertEqual(code, 0, text)
        self.assertTrue(text.endswith("DISCONNECTED by the server"), text)


class Children(rig.Case):
    """Child SAs beside the first one, and an IKE SA that comes up without any."""
    SERVER = """
        local { id = "vpn.example.org" psk-file = "psk" }
        remote { id = "alice@example.org" }
        child net { local-ts = { "10.1.0.0/16" } }
        child voice { local-ts = { "10.2.0.0/16" } }
    """
    FIRST = ["--remote-ts", "10.1.0.0/16"]
    VOICE = ["--child", "10.9.0.0/24=10.2.0.0/24"]

    def test_further_child_comes_and_may_go(self):
        server = self.serve(self.SERVER, control="ctl")
        client = self.begin(server, *rig.PSK, *self.FIRST, *self.VOICE)
        client.wait("^CONNECTED")
        client.wait("^CHILD_SA +10.9.0.0/24 <=> 10.2.0.0/24, ")
        for left in (1, 0):
            sas = json.loads(self.ctl("--json", "sas"))["sas"]
            children = sas[0]["children"]
            self.assertEqual(len(children), left + 1)
            self.ctl("terminate", str(children[-1]["id"]))
            if left:
                client.wait("^warning +Child SA 10.9.0.0/24=10.2.0.0/24: it has ended")
        code, text = client.end()
        self.assertEqual(code, 0, text)
        self.assertIn("closing      the server has closed the Child SA", text)

    def ctl(self, *arguments):
        return subprocess.run([program.binary("ikev2ctl"), "--socket", "ctl", *arguments],
                              cwd=self.path, check=True, capture_output=True, text=True,
                              timeout=program.PATIENCE).stdout

    def test_refused_further_child_leaves_the_others(self):
        server = self.serve(self.SERVER)
        client = self.begin(server, *rig.PSK, *self.FIRST, "--child", "=192.0.2.0/24", *self.VOICE)
        client.wait("^warning +Child SA =192.0.2.0/24: the server refuses the networks")
        client.wait("^CHILD_SA +10.9.0.0/24 <=> 10.2.0.0/24, ")
        code, text = client.end(signal.SIGTERM)
        self.assertEqual(code, 0, text)

    def test_childless_ike_sa_gets_its_child_afterwards(self):
        client = self.begin(self.serve(self.SERVER), *rig.PSK, *self.FIRST, *self.VOICE,
                            "--childless")
        client.wait("^CONNECTED")
        client.wait("^CHILD_SA +10.9.0.0/24 <=> 10.2.0.0/24, ")
        code, text = client.end(signal.SIGTERM)
        self.assertEqual(code, 0, text)
        self.assertRegex(text, "CHILD_SA +.*<=> 10.1.0.0/16, [^,]*/Curve25519, ",
                         "the first one has a key exchange of its own: CREATE_CHILD_SA made it")

    def test_childless_is_insisted_on(self):
        server = self.serve(self.SERVER + "childless = no")
        done = self.connect(server, *rig.PSK, *self.FIRST, "--childless")
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("the server does not announce it", done.stderr)


class Options(rig.Case):
    def test_file_has_the_words_of_the_command_line(self):
        self.workspace.secret("etc/key", "Zt3vQ8mLw0RkX5cYb7NfJ2sHd9GpUe4a\n")
        self.workspace.write("etc/file", """
            host = "192.0.2.1"   # the command line replaces it
            psk-file = "key"     # beside this file
            id = "alice@example.org"
            remote-id = "vpn.example.org"
            remote-ts = {"10.1.2.0/24", "10.1.3.0/24"}
            force-encap = yes
            hold = 1h
            """)
        done = self.connect(self.serve(), "--config", "etc/file")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("<=> 10.1.2.0/24,10.1.3.0/24, ", done.stderr)
        self.assertIn("we pretend a NAT", done.stderr)

    def test_key_with_a_password_signs_and_a_subject_is_an_identity(self):
        rig.make_certificates(self.path)
        subject = "dn:#" + subject_of(self.path / "alice-only.pem")
        connection = (rig.CERTIFICATE_SERVER % "server").replace("alice@example.org", subject)
        done = self.connect(self.serve(connection), "--cert", "alice.pem", "--key",
                            "alice-encrypted.key", "--key-password-file", "alice.password",
                            "--ca", "ca.pem", "--id", subject, "--remote-id", "vpn.example.org")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("we are dn:O=Example, CN=Alice", done.stderr)

    def test_only_the_server_has_a_certificate(self):
        rig.make_certificates(self.path)
        connection = (rig.CERTIFICATE_SERVER % "server").replace(
            'ca = { "ca.pem" }', 'method = psk psk-file = "psk"')
        done = self.connect(self.serve(connection), *rig.PSK, "--ca", "ca.pem")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("certificate is good: O=Example, CN=vpn.example.org", done.stderr)

    @program.unittest.skipUnless(os.geteuid() == 0 and shutil.which("unshare"),
                                 "only root can give a name two addresses")
    def test_name_is_tried_address_by_address(self):
        """Nothing listens at the first one, which is nearer to our own address."""
        server = self.serve(address="127.0.0.2")
        self.workspace.write("hosts", "127.0.0.1 two.example\n127.0.0.2 two.example\n")
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", 'mount --bind hosts /etc/hosts && exec "$@"', "sh",
             program.binary("ikev2-client"), "--port", server.port, "--natt-port",
             server.natt_port, "--once", *rig.PSK, "two.example"],
            cwd=self.path, capture_output=True, text=True, timeout=program.PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("resolving    two.example: 2 addresses", done.stderr)
        self.assertIn("warning      no answer from 127.0.0.1", done.stderr)


if __name__ == "__main__":
    program.main()
