#!/usr/bin/env python3
"""session.py BUILD: sessions of ikev2-client and ikev2-server, recorded by a relay between them,
and opened by ikev2-dissect with the key log that the client has written."""
import pathlib
import select
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "programs"))

import client_rig as rig  # noqa: E402
import dissection  # noqa: E402
import frames  # noqa: E402
import program  # noqa: E402

# Proposals, and whether Wireshark has a name for the cipher.
SUITES = {
    "aes256gcm16-prfsha384-ecp384": True,
    "aes128gcm16-prfsha256-x25519": True,
    "aes256ccm16-prfsha256-ecp256": True,
    "aes128-sha256-ecp256": True,
    "aes256-sha512-modp2048": True,
    "chacha20poly1305-prfsha256-x25519": False,
}


class Recorder(rig.Relay):
    """Passes all on, and keeps it as packets."""

    def __init__(self, server):
        self.packets = []
        super().__init__(server, lambda *_: False)

    def keep(self, data, source, destination):
        udp = frames.udp(data, source[1], destination[1])
        packet = frames.ipv4(udp, src=source[0], dst=destination[0])
        self.packets.append(frames.Packet(packet, int(time.time())))

    def _pass_on(self, ready):
        for front, back, number in zip(self.fronts, self.backs, range(2)):
            if front in ready:
                data, self.clients[number] = front.recvfrom(65536)
                self.keep(data, self.clients[number], front.getsockname())
                back.sendto(data, self.servers[number])
            if back in ready:
                data = back.recv(65536)
                self.keep(data, front.getsockname(), self.clients[number])
                front.sendto(data, self.clients[number])


class Sessions(rig.Case):
    def record(self, server, *arguments):
        """What the lines of a recorded session say, without number, time and addresses; and what is
        said about the key log."""
        recorder = Recorder(server)
        try:
            done = self.connect(recorder, *arguments, "--keylog", "keys")
        finally:
            recorder.close()
        self.assertEqual(done.returncode, 0, done.stderr)
        result = dissection.run(
            str(program.BUILD / "examples/dissect/ikev2-dissect"),
            {"capture": frames.pcap(frames.RAW, recorder.packets),
             "keys": (self.path / "keys").read_bytes()},
            "--keys", "keys", "--port", recorder.port, "--natt-port", recorder.natt_port)
        (self.path / "keys").unlink()
        self.assertEqual((result.status, result.errors), (0, ""), result.out)
        return [dissection.LINE.match(line).group(5) for line in result.lines()]

    def assert_opened(self, lines):
        """Every sealed message is, and none is missing."""
        exchanges = [line.split(" ")[0] for line in lines]
        self.assertEqual(exchanges[:2], ["IKE_SA_INIT"] * 2)
        self.assertIn("IKE_AUTH", exchanges)
        self.assertEqual(exchanges[-2:], ["INFORMATIONAL"] * 2)
        self.assertTrue(lines[-2].endswith("SK { D }"), lines[-2])
        self.assertTrue(lines[-1].endswith("SK { }"), lines[-1])
        for line in lines[2:]:
            if " SKF " not in line:
                self.assertRegex(line, r" SK \{")

    def test_key_log_of_every_cipher_opens_its_session(self):
        for proposal, has_name in SUITES.items():
            with self.subTest(proposal):
                server = self.serve(rig.PSK_SERVER + f'proposals = {{ "{proposal}" }}\n')
                lines = self.record(server, *rig.PSK, "--proposal", proposal)
                if has_name:
                    self.assert_opened(lines)
                else:
                    self.assertFalse(any("{" in line for line in lines), lines)

    def test_fragments_of_a_certificate_are_put_together(self):
        rig.make_certificates(self.path)
        server = self.serve(rig.CERTIFICATE_SERVER % "server")
        lines = self.record(server, *rig.ALICE, "--ca", "ca.pem")
        self.assert_opened(lines)
        whole = [line for line in lines if " SKF " in line and "{" in line]
        self.assertTrue(any("CERT" in line and "AUTH" in line for line in whole), lines)
        self.assertTrue(any(" SKF 1/" in line and "{" not in line for line in lines), lines)


if __name__ == "__main__":
    cache = program.BUILD / "CMakeCache.txt"
    if "\nIKE2_ENABLE_KEYLOG:BOOL=ON\n" not in cache.read_text():
        print("SKIP: the library was built without IKE2_ENABLE_KEYLOG")
        sys.exit(program.SKIPPED)
    program.main()
