#!/usr/bin/env python3
"""test_journal.py BUILD: what server and client write with --journal can be played again."""
import os
import signal
import stat
import subprocess

import client_rig as rig
import program

CONFIG = f"""{rig.TOP}
listen = "127.0.0.1"
control = "control.sock"
connection test {{%s}}
"""


class Journal(rig.Case):
    def play(self, name):
        done = subprocess.run([str(program.BUILD / "journal_replay"), name], cwd=self.path,
                              capture_output=True, text=True, timeout=program.PATIENCE)
        self.assertEqual(done.returncode, 0, done.stdout[-2000:] + done.stderr)
        return done.stdout

    def live(self, connection, *arguments):
        """A connection whose SAs are rekeyed; both sides write journals."""
        server = self.start(CONFIG % connection, "--journal", "server.journal")
        client = self.begin(server, *arguments, "--journal", "client.journal")
        client.wait(r"^CONNECTED")
        for what in ("ike", "child"):
            program.ctl(self.workspace, "rekey", what, "--all")
            client.wait(r"^REKEYED")
        self.assertEqual(client.end(signal.SIGTERM)[0], 0)
        self.assertEqual(server.stop(), 0)

    def expect_played(self):
        for name in ("server.journal", "client.journal"):
            self.assertEqual(stat.S_IMODE(os.stat(self.path / name).st_mode), 0o600)
            ladder = self.play(name)
            for message in ("IKE_SA_INIT", "IKE_AUTH", "CREATE_CHILD_SA", "INFORMATIONAL"):
                self.assertIn(message, ladder)

    def test_life_with_a_pre_shared_key(self):
        self.workspace.secret("psk", "Jx6rWq1TzV9kBm4LcY0nSd7FhP2gEu8o\n")
        self.live(rig.PSK_SERVER, *rig.PSK)
        self.expect_played()

    def test_life_with_certificates(self):
        rig.make_certificates(self.path)
        self.live(rig.CERTIFICATE_SERVER % "server", *rig.ALICE, "--ca", "ca.pem")
        self.expect_played()

    def test_changed_line_is_noticed(self):
        self.workspace.secret("psk", "Jx6rWq1TzV9kBm4LcY0nSd7FhP2gEu8o\n")
        self.live(rig.PSK_SERVER, *rig.PSK)
        path = self.path / "client.journal"
        lines = path.read_text().splitlines(keepends=True)
        at = next(i for i, line in enumerate(lines) if line.startswith("input "))
        before, octets = lines[at].split(" octets=")
        lines[at] = before + " octets=" + ("0" if octets[0] != "0" else "1") + octets[1:]
        path.write_text("".join(lines))
        done = subprocess.run([str(program.BUILD / "journal_replay"), path.name], cwd=self.path,
                              capture_output=True, text=True, timeout=program.PATIENCE)
        self.assertEqual(done.returncode, 1)
        self.assertIn("it parts: line ", done.stdout)

    def test_journal_is_never_written_over(self):
        (self.path / "client.journal").write_text("something of value")
        self.workspace.secret("psk", "Jx6rWq1TzV9kBm4LcY0nSd7FhP2gEu8o\n")
        done = self.run_client(*rig.PSK, "--journal", "client.journal", "127.0.0.1")
        self.assertEqual(done.returncode, 8)
        self.assertIn("client.journal", done.stderr)
        self.assertEqual((self.path / "client.journal").read_text(), "something of value")


if __name__ == "__main__":
    program.main()
