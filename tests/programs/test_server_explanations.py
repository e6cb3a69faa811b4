#!/usr/bin/env python3
"""test_server_explanations.py BUILD: what ikev2-server says of peers that it refuses, compared with
server_golden/NAME.txt, where variable parts are masked. With IKE2_UPDATE_GOLDEN=1 these files are
written instead: read the difference before it is committed."""
import os
import re
import socket

import client_rig as rig
import program
import windows

GOLDEN = rig.ROOT / "tests/programs/server_golden"
DETAIL = r"^      (what|evidence|cause|try) "


class Case(rig.Case):
    def expect(self, name, server):
        """The server's explanation is that of the golden file."""
        server.log.wait(r"^      try ")
        lines = [line for line in server.log.seen if re.search(r"-failed |-refused ", line) or
                 re.search(DETAIL, line)]
        text = rig.masked("\n".join(lines)) + "\n"
        text = re.sub(r"^\S+ (?=warn )", "", text, flags=re.M)
        text = re.sub(r" (sa|spi_local|spi_remote)=\w+", r" \1=N", text)
        path = GOLDEN / f"{name}.txt"
        if os.environ.get("IKE2_UPDATE_GOLDEN"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        self.assertMultiLineEqual(text, path.read_text())

    def refused(self, name, *arguments, connection=rig.PSK_SERVER, credential=tuple(rig.PSK)):
        server = self.serve(connection)
        self.connect(server, *credential, *arguments)
        self.expect(name, server)


class Refusals(Case):
    def test_windows_as_it_comes(self):
        server = self.serve()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.sendto(windows.first_message(), ("127.0.0.1", int(server.port)))
            self.expect("windows_default", server)

    def test_windows_that_does_as_it_is_told_is_taken(self):
        for policy in ("policy = default", "policy = windows-recommended",
                       'proposals = "aes256-sha384-ecp384" esp-proposals = "aes128gcm16"'):
            with self.subTest(policy):
                server = self.serve(policy + "\n" + rig.PSK_SERVER)
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
                    peer.sendto(windows.first_message(), ("127.0.0.1", int(server.port)))
                    told = server.log.wait(r"^      try +(.* Set-VpnConnectionIPsec.*)")[1]
                ike, esp = windows.proposals_of(told)
                done = self.connect(server, *rig.PSK, "--proposal", ike, "--esp-proposal", esp)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.stop(server)

    def test_wrong_psk(self):
        self.workspace.secret("other-psk", "Jx6rWq1TzV9kBm4LcY0nSd7FhP2gEu8o\n")
        self.refused("wrong_psk", "--psk-file", "other-psk")

    def test_networks_that_the_peer_may_not_have(self):
        self.refused("selectors", "--remote-ts", "192.168.77.0/24")

    def test_identity_that_nobody_has(self):
        self.refused("identity", "--id", "mallory@example.org")

    def test_certificate_instead_of_a_pre_shared_key(self):
        rig.make_certificates(self.path)
        connection = ('local { id = "vpn.example.org" cert = "server.pem" key = "server.key" }\n'
                      'remote { id = "alice@example.org" ca = { "ca.pem" } }\nchild net { }\n')
        self.refused("method", connection=connection)

    def test_certificate_that_has_expired(self):
        rig.make_certificates(self.path)
        extensions = "basicConstraints = CA:FALSE\nsubjectAltName = email:alice@example.org\n"
        rig.sign(self.path, "old", extensions, ("240101000000Z", "241231235959Z"))
        self.refused("certificate", connection=rig.CERTIFICATE_SERVER % "server",
                     credential=("--cert", "old.pem", "--key", "server.key", "--id",
                                 "alice@example.org", "--remote-id", "vpn.example.org", "--ca",
                                 "ca.pem"))


if __name__ == "__main__":
    program.main()
