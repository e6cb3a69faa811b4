#!/usr/bin/env python3
"""test_failures.py BUILD: ikev2ctl log shows the last failures, and nothing that a peer sent gets
out raw: not in the log, not as JSON, not through ikev2ctl, not on the client's terminal."""
import json
import re
import struct

import client_rig as rig
import program

WRONG_PSK = """\
TIME ike-sa-failed connection=office remote=ADDRESS claimed_id=client.example reason=auth \
notify=AUTHENTICATION_FAILED
      what      the peer's proof of its identity is wrong
      evidence  the peer offers pre-shared key
      evidence  we accept pre-shared key
      evidence  difference: AUTH value: the two sides do not have the same pre-shared key, \
or IKE_SA_INIT was changed on the way
      cause     the pre-shared keys of the two sides differ
      try       compare the psk-file with the peer's, octet by octet
"""
MASKS = [(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME"), (r"127\.0\.0\.1:\d+", "ADDRESS")]

# A newline, an escape sequence, a quote with a field behind it, invalid UTF-8, and U+202E, which
# turns the direction of writing.
HOSTILE = b'a\r\n\x1b[2J\x07" reason="local\xff\xe2\x80\xae'
ESCAPED = r"a\x0d\x0a\x1b[2J\x07"
ARGUMENT = "keyid:" + "".join(chr(octet) if chr(octet).isalnum() else f"\\x{octet:02x}"
                              for octet in HOSTILE)


class Case(rig.Case):
    maxDiff = None

    def ctl(self, *arguments):
        code, out, err = program.ctl(self.workspace, *arguments)
        self.assertEqual((code, err), (0, ""))
        return out

    def failures(self, *arguments):
        return json.loads(self.ctl("--json", "log", *arguments))["failures"]

    def expect_printable(self, text):
        self.assertNotRegex(text, r"[^ -~\n]", "something raw got out")


class Log(Case):
    def setUp(self):
        super().setUp()
        self.server = self.start()
        self.workspace.secret("other-psk", "Jx6rWq1TzV9kBm4LcY0nSd7FhP2gEu8o\n")

    def refuse(self, **options):
        self.assertEqual(self.peer(self.server, **options).end(), 5)
        self.server.log.wait("ike-sa-failed")

    def test_nothing_has_failed_yet(self):
        self.assertEqual(self.ctl("log"), "no failures\n")
        self.assertEqual(json.loads(self.ctl("--json", "log")), {"level": "info", "failures": []})

    def test_wrong_pre_shared_key_is_explained(self):
        self.refuse(psk="other-psk")
        text = self.ctl("log")
        for pattern, mask in MASKS:
            text = re.sub(pattern, mask, text)
        self.assertMultiLineEqual(text, WRONG_PSK)

    def test_json_has_all_that_the_log_says(self):
        self.refuse(psk="other-psk")
        failure, = self.failures()
        self.assertEqual((failure["event"], failure["connection"], failure["claimed_id"]),
                         ("ike-sa-failed", "office", "client.example"))
        self.assertEqual(failure["what"], "the peer's proof of its identity is wrong")
        self.assertEqual(len(failure["evidence"]), 3)
        self.assertLessEqual({"time", "sa", "remote", "local_id", "cause", "try"}, failure.keys())

    def test_newest_is_last_and_last_chooses(self):
        for peer in ("first.example", "second.example", "third.example"):
            self.refuse(peer=peer)
        self.assertEqual([f["claimed_id"] for f in self.failures()],
                         ["first.example", "second.example", "third.example"])
        self.assertEqual([f["claimed_id"] for f in self.failures("--last", "2")],
                         ["second.example", "third.example"])
        self.assertEqual(self.ctl("log", "--last", "1").count("ike-sa-failed"), 1)

    def test_failures_are_kept_though_the_log_is_silent(self):
        self.ctl("log", "error")
        self.assertEqual(self.peer(self.server, psk="other-psk").end(), 5)
        while not self.failures():
            pass  # until the server has seen the end

    def test_refused_child_names_its_peer(self):
        self.server.stop()
        config = program.TOP + program.CONNECTION.format(peer="client.example")
        self.server = self.start(config.replace("10.2.0.0/24", "10.9.0.0/24"))
        self.assertEqual(self.peer(self.server).end(), 7)
        self.server.log.wait("child-sa-refused")
        failure, = self.failures()
        self.assertEqual((failure["event"], failure["remote_id"]),
                         ("child-sa-refused", "client.example"))
        self.assertRegex(failure["remote"], r"^127\.0\.0\.1:\d+$")

    def test_refused_request_is_shown(self):
        self.server.stop()
        config = program.TOP + program.CONNECTION.format(peer="client.example").replace(
            "remote {", 'remote { address = "192.0.2.1"')
        self.server = self.start(config)
        peer = self.peer(self.server)
        self.server.log.wait("request-refused")
        failure, = self.failures()
        self.assertEqual(failure["event"], "request-refused")
        self.assertIn(f"      why       {failure['why']}\n", self.ctl("log"))
        peer.end()

    def test_mistakes_are_named(self):
        for arguments, text in ((("log", "--last", "0"), "--last '0'"),
                                (("log", "--last", "some"), "--last 'some'"),
                                (("log", "info", "--last", "1"), "one level, or --last"),
                                (("log", "--all"), "one level, or --last"),
                                (("sas", "--last", "1"), "--last is for 'log' only")):
            code, _, err = program.ctl(self.workspace, *arguments)
            self.assertEqual(code, 2)
            self.assertIn(text, err)


def payload(following, body):
    return struct.pack("!BBH", following, 0, 4 + len(body)) + body


def transform(is_last, kind, number, attribute=b""):
    return struct.pack("!BBHBBH", 0 if is_last else 3, 0, 8 + len(attribute), kind, 0,
                       number) + attribute


def first_message(*further):
    """An IKE_SA_INIT request (RFC 7296 1.2) with these further payloads, (type, body) each; its
    key exchange is x25519 with a point that any number is."""
    transforms = (transform(False, 1, 20, struct.pack("!HH", 0x800e, 256)) +
                  transform(False, 2, 6) + transform(True, 4, 31))
    proposal = struct.pack("!BBHBBBB", 0, 0, 8 + len(transforms), 1, 1, 0, 3) + transforms
    chain = [(33, proposal), (34, struct.pack("!HH", 31, 0) + bytes([9] * 32)), (40, bytes(32)),
             *further]
    kinds = [kind for kind, _ in chain[1:]] + [0]
    body = b"".join(payload(following, octets) for following, (_, octets) in zip(kinds, chain))
    return struct.pack("!QQBBBBII", 0x1122334455667788, 0, 33, 0x20, 34, 0x08, 0,
                       28 + len(body)) + body


class Escaping(Case):
    def identity_at(self, top):
        """What the server says of a peer with the hostile identity."""
        server = self.start(top + program.TOP + program.CONNECTION.format(peer="client.example"))
        self.assertEqual(self.peer(server, peer=ARGUMENT).end(), 5)
        server.log.wait("ike-sa-failed")
        shown = self.ctl("log") + self.ctl("--json", "log")
        self.assertEqual(server.stop(), 0)
        return "\n".join(server.log.seen), shown

    def test_identity_in_the_log_and_in_what_ikev2ctl_shows(self):
        log, shown = self.identity_at("log-level = trace\n")
        self.expect_printable(log + shown)
        self.assertIn(ESCAPED, log)
        self.assertIn(ESCAPED, shown)
        line = re.search("^.* ike-sa-failed .*$", log, re.M)[0]
        self.assertEqual(re.findall(r" reason=(\S+)", line), ["auth"], "a field was forged")
        self.assertNotIn(r"\x5cx", line, "escaped twice")

    def test_identity_in_the_json_log(self):
        log, _ = self.identity_at("log-format = json\nlog-level = trace\n")
        self.expect_printable(log)
        failed, = [line for line in map(json.loads, log.splitlines())
                   if line["event"] == "ike-sa-failed"]
        evidence = "".join(failed["evidence"])
        self.assertIn(ESCAPED, evidence)
        self.expect_printable(evidence)

    def test_identity_in_sas(self):
        server = self.start(program.TOP + program.CONNECTION.format(peer="%any"))
        self.peer(server, peer=ARGUMENT, hold=600).up()
        server.log.wait("child-sa-up")
        text = self.ctl("sas") + self.ctl("--json", "sas")
        self.expect_printable(text)
        self.assertIn(ESCAPED, text)
        sa, = json.loads(self.ctl("--json", "sas"))["sas"]
        self.expect_printable(sa["remote_id"])

    def test_vendor_id_and_notification_data_in_the_trace(self):
        for log_format in ("text", "json"):
            server = self.start(f"log-format = {log_format}\nlog-level = trace\n" + program.TOP +
                                program.CONNECTION.format(peer="client.example"))
            message = first_message((43, HOSTILE), (41, struct.pack("!BBH", 0, 0, 40960) + HOSTILE))
            with rig.udp_socket() as s:
                s.settimeout(program.PATIENCE)
                s.sendto(message, ("127.0.0.1", int(server.port)))
                answer = s.recv(65536)
            self.assertEqual(answer[18], 34, "IKE_SA_INIT was not answered")
            self.assertEqual(server.stop(), 0)
            log = "\n".join(server.log.seen)
            self.assertIn("message.in", log)
            self.expect_printable(log)

    def test_certificate_subject_on_both_sides(self):
        rig.make_certificates(self.path)
        subject = "evil\n\x1b[2J\u202e" + '"'
        rig.sign(self.path, "evil", "basicConstraints = critical, CA:FALSE\n"
                 "subjectAltName = DNS:www.example.org\n", ("250101000000Z", "491231235959Z"),
                 subject)
        server = self.serve(rig.CERTIFICATE_SERVER % "evil", control="control.sock")
        done = self.connect(server, *rig.ALICE, "--ca", "ca.pem")
        self.assertEqual(done.returncode, 6, done.stderr)
        self.expect_printable(done.stderr)
        self.assertIn(r"evil\x0a\x1b[2J", done.stderr)
        done = self.connect(server, *rig.ALICE, "--ca", "ca.pem", "--json")
        self.expect_printable(done.stdout)
        self.assertIn("evil", done.stdout)
        self.expect_printable(self.ctl("log") + self.ctl("--json", "log"))

    def test_notification_of_a_server_on_the_terminal(self):
        for arguments in ((), ("--json",)):
            with rig.udp_socket() as s:
                s.settimeout(program.PATIENCE)
                client = self.client_of(s, *arguments)
                request, client_address = s.recvfrom(65536)
                body = payload(0, struct.pack("!BBH", 0, 0, 8192) + HOSTILE)
                s.sendto(request[:8] + bytes(8) + struct.pack("!BBBBII", 41, 0x20, 34, 0x20, 0,
                                                              28 + len(body)) + body,
                         client_address)
                out, err = client.communicate(timeout=program.PATIENCE)
            self.expect_printable(out + err)
            self.assertIn("8192", out + err)

    def client_of(self, s, *arguments):
        client = program.subprocess.Popen(
            [program.binary("ikev2-client"), "--port", rig.port_of(s), "--once", "--timeout", "2s",
             *rig.PSK, *arguments, "127.0.0.1"], cwd=self.path, text=True,
            stdout=program.subprocess.PIPE, stderr=program.subprocess.PIPE)
        self.addCleanup(client.kill)
        return client


if __name__ == "__main__":
    program.main()
