#!/usr/bin/env python3
"""test_storm.py BUILD: ikev2-server with 200 peers at once, who come, go and die again and again.
What it holds in between is what it held before: SAs, files, memory.
"""
import os
import signal
import subprocess

import program

COUNT = 200
CONFIG = """
listen = "127.0.0.1"
port = 0
natt-port = 0
control = "control.sock"
limits { half-open-per-address = 1000 }
connection everybody {
    local { id = "server.example" psk-file = "psk" }
    child net { }
    dpd = "1s"
    unique = keep
}
"""
# What malloc may keep or split otherwise, in KiB.
SLACK = 8 * 1024
# The library's tables keep their room, which depends on how many were there at once. In octets:
# less than a pointer for each SA of the storms that follow the first one.
STORMS = 5
GROWTH = STORMS * COUNT * 8 - 1


class Storm:
    """Many initiators in one process, see storm.c."""

    def __init__(self, server, count=COUNT):
        self.count = count
        path = program.BUILD / "examples" / "server" / "storm"
        self.process = subprocess.Popen(
            [str(path), str(count), "psk", server.port, server.natt_port],
            cwd=server.workspace.path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.lines = program.Lines(self.process.stdout)

    def send(self, character):
        self.process.stdin.write(character)
        self.process.stdin.flush()

    def wait(self, word):
        line = self.lines.wait(rf"^({word} {self.count}|failed.*)$").string
        assert not line.startswith("failed"), line

    def up(self):
        self.send("+")
        self.wait("up")

    def down(self):
        self.send("-")
        self.wait("down")

    def end(self):
        self.process.stdin.close()
        code = self.process.wait(timeout=program.PATIENCE)
        self.process.stdout.close()
        return code

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class StormCase(program.Case):
    def setUp(self):
        super().setUp()
        # Else the sanitizer keeps what was freed, where it was allocated, and frames of the stack.
        options = os.environ.get("ASAN_OPTIONS", "")
        os.environ["ASAN_OPTIONS"] = options + (
            ":quarantine_size_mb=1:malloc_context_size=1:detect_stack_use_after_return=0")
        self.addCleanup(os.environ.__setitem__, "ASAN_OPTIONS", options)
        self.server = self.start(CONFIG)

    def storm(self, count=COUNT):
        storm = Storm(self.server, count)
        self.addCleanup(storm.kill)
        return storm

    def ask(self, command):
        """Over a connection of its own: idle ones are closed."""
        control = program.Control(self.workspace)
        try:
            return control.ask(command)["result"]
        finally:
            control.close()

    def stats(self):
        return self.ask("stats")

    def listed(self):
        """Remote identities of the SAs that are up, with a Child SA."""
        sas = self.ask("sas")["sas"]
        return sorted(sa["remote_id"] for sa in sas
                      if sa["established"] and len(sa["children"]) == 1)

    def files(self):
        """With one control connection: when it is answered, those before it are closed."""
        control = program.Control(self.workspace)
        try:
            control.ask("stats")
            return len(os.listdir(f"/proc/{self.server.process.pid}/fd"))
        finally:
            control.close()

    def resident(self):
        """KiB."""
        with open(f"/proc/{self.server.process.pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))

    def held(self):
        return self.stats()["octets_held"]

    def assert_empty(self):
        stats = self.stats()
        for key in ("sas", "half_open", "children", "reassembly_octets", "outputs_queued"):
            self.assertEqual(stats[key], 0, key)

    def wait_for_end(self, n):
        """Of so many SAs: each has its line in the log."""
        for _ in range(n):
            self.server.log.wait(r" ike-sa-(down|failed) ")


class Storms(StormCase):
    def test_what_two_hundred_peers_took_is_given_back(self):
        storm = self.storm()
        self.cycle(storm)
        held, files, resident = self.held(), self.files(), self.resident()
        for _ in range(STORMS):
            storm.up()
            names = [f"client-{i}.example" for i in range(1, COUNT + 1)]
            self.assertEqual(self.listed(), sorted(names))
            self.assertEqual((self.stats()["sas"], self.stats()["children"]), (COUNT, COUNT))
            storm.down()
            self.wait_for_end(COUNT)
            self.assert_empty()
            self.assertEqual(self.files(), files)
        self.assertLess(self.held(), held + GROWTH)
        self.assertLess(self.resident(), resident + SLACK)
        self.assertEqual(storm.end(), 0)

    def test_sas_that_are_up_survive_the_storm_of_others(self):
        steady, storm = self.storm(), self.storm()
        steady.up()
        before = self.ids()
        self.assertEqual(len(before), COUNT)
        for _ in range(2):
            storm.up()
            self.assertEqual(len(self.listed()), 2 * COUNT)
            storm.down()
            self.wait_for_end(COUNT)
        self.assertEqual(self.ids(), before)
        steady.down()
        self.wait_for_end(COUNT)
        self.assert_empty()
        self.assertEqual((storm.end(), steady.end()), (0, 0))

    def test_peers_that_died_are_accepted_anew_and_forgotten_in_time(self):
        storm = self.storm()
        self.cycle(storm)
        held, files = self.held(), self.files()
        storm.up()
        storm.kill()
        again = self.storm()
        again.up()
        self.assertEqual(self.stats()["sas"], 2 * COUNT)
        self.forgotten()
        again.down()
        self.wait_for_end(COUNT)
        self.assert_empty()
        self.assertEqual(self.files(), files)
        self.assertLess(self.held(), 2 * held)  # there were twice as many at once
        self.assertEqual(again.end(), 0)

    def cycle(self, storm):
        storm.up()
        storm.down()
        self.wait_for_end(COUNT)
        self.assert_empty()

    def ids(self):
        return {sa["id"] for sa in self.ask("sas")["sas"]}

    def forgotten(self):
        """A liveness check that nobody answers takes about 70 seconds."""
        patience, program.PATIENCE = program.PATIENCE, 150
        self.wait_for_end(COUNT)
        program.PATIENCE = patience
        self.assertEqual(len(self.listed()), COUNT)


class Many(StormCase):
    """More SAs than a socket's buffer has room for the answers to all Deletes at once."""

    MANY = 600

    def setUp(self):
        super().setUp()
        self.server.stop()
        self.server = self.start(CONFIG.replace("half-open-per-address", """
            half-open = 10000  half-open-cookie = 10000  half-open-time = 5m
            half-open-per-address""").replace("= 1000 }", "= 10000 }").replace('"1s"', "never"))

    def order(self, command, **rest):
        control = program.Control(self.workspace)
        try:
            result = control.ask(command, all=True, **rest)["result"]
        finally:
            control.close()
        self.assertEqual(result["refused"], [])
        return len(result["ids"])

    def test_orders_for_all_reach_all(self):
        storm = self.storm()
        storm.up()
        self.assertEqual(self.order("rekey", kind="child"), COUNT)
        for _ in range(COUNT):
            self.server.log.wait(" child-sa-rekeyed ")
        self.assertEqual(self.order("rekey"), COUNT)
        for _ in range(COUNT):
            self.server.log.wait(" ike-sa-rekeyed ")
        self.assertEqual(len(self.listed()), COUNT)
        self.assertEqual(self.order("terminate"), COUNT)
        for _ in range(COUNT):
            storm.lines.wait("^failed peer$")
        self.wait_for_end(COUNT)
        self.assert_empty()

    def test_every_peer_is_told_of_the_end_and_answers(self):
        storm = self.storm(self.MANY)
        storm.up()
        self.server.signal(signal.SIGTERM)
        for _ in range(self.MANY):
            storm.lines.wait("^failed peer$")
        self.assertEqual(self.server.end(), 0)
        self.assertIn("stopping sas=600", "\n".join(self.server.log.seen))
        self.assertIn("stopped unanswered=0", self.server.log.seen[-1])

    def test_second_signal_ends_at_once(self):
        storm = self.storm()
        storm.up()
        storm.process.send_signal(signal.SIGSTOP)
        self.addCleanup(storm.process.send_signal, signal.SIGCONT)
        self.server.signal(signal.SIGTERM)
        self.server.log.wait("stopping")
        self.server.signal(signal.SIGTERM)
        self.assertEqual(self.server.end(), 0)
        self.assertIn(f"stopped unanswered={COUNT}", self.server.log.seen[-1])


if __name__ == "__main__":
    program.main()
