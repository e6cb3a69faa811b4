#!/usr/bin/env python3
"""test_client_always_on.py BUILD: ikev2-client --always-on stays until it is told to end, and its
control socket and signals do what they say."""
import json
import signal

import client_rig as rig
import program

ON = [*rig.PSK, "--always-on", "--retry-max", "1s"]
LOST = r"^LOST +"
AT_ONCE = r"^RETRY +at once$"


class Case(rig.Case):
    def serve_at(self, server):
        """Another server at the same ports."""
        config = (self.path / "server.conf").read_text()
        again = self.start(config.replace("\nport = 0", f"\nport = {server.port}").replace(
            "natt-port = 0", f"natt-port = {server.natt_port}"))
        self.addCleanup(self.stop, again)
        return again

    def up(self, server, *arguments):
        client = self.begin(server, *ON, *arguments)
        client.wait("^CONNECTED")
        return client

    def end(self, client, number=signal.SIGTERM):
        code, text = client.end(number)
        self.assertEqual(code, 0, text)
        return text


class Trouble(Case):
    def test_delete_of_the_server_is_followed_by_another_connection_at_once(self):
        server = self.serve(control="control.sock")
        client = self.up(server)
        code, _, err = program.ctl(self.workspace, "terminate", "test")
        self.assertEqual(code, 0, err)
        client.wait(LOST + "the server has ended it")
        client.wait(AT_ONCE)
        client.wait("^CONNECTED")
        self.assertTrue(self.end(client).endswith("DISCONNECTED by us"))

    def test_restart_of_the_server_is_survived(self):
        server = self.serve()
        client = self.up(server)
        self.assertEqual(server.stop(), 0)
        client.wait(LOST)
        client.wait(AT_ONCE)
        client.wait(r"^RETRY +in [01]\.\d s: nothing listens at the server's port")
        self.serve_at(server)
        client.wait("^CONNECTED")
        self.end(client)

    def test_server_that_died_is_missed_and_found_again(self):
        """A liveness check that nobody answers takes about 70 seconds."""
        server = self.serve()
        client = self.up(server, "--dpd", "1s")
        server.kill()
        self.serve_at(server)
        patience, program.PATIENCE = program.PATIENCE, 150
        client.wait(LOST + "the server does not answer any more")
        program.PATIENCE = patience
        client.wait(AT_ONCE)
        client.wait("^CONNECTED")
        self.end(client)

    def test_child_that_the_server_closes_is_not_missed_for_long(self):
        server = self.serve(control="control.sock")
        client = self.up(server)
        code, _, err = program.ctl(self.workspace, "terminate", "child", "net")
        self.assertEqual(code, 0, err)
        client.wait(LOST + "the server has closed the Child SA")
        client.wait("^CONNECTED")
        sa, = json.loads(program.ctl(self.workspace, "--json", "sas")[1])["sas"]
        self.assertEqual(len(sa["children"]), 1)
        self.end(client)

    def test_connection_that_does_not_stay_is_not_retried_at_once_for_ever(self):
        server = self.serve(control="control.sock")
        client = self.up(server)
        program.ctl(self.workspace, "terminate", "test")
        client.wait(AT_ONCE)
        client.wait("^CONNECTED")
        program.ctl(self.workspace, "terminate", "test")
        client.wait(LOST)
        client.wait(r"^RETRY +in (0\.[5-9]|1\.0) s$")
        client.wait("^CONNECTED")
        self.end(client)


    def test_server_that_is_ending_does_not_refuse(self):
        """It waits for the answer of another client, while this one is back already."""
        server = self.serve("unique = keep" + rig.PSK_SERVER)
        silent = self.begin(server, *rig.PSK)
        silent.wait("^CONNECTED")
        client = self.up(server)
        silent.process.send_signal(signal.SIGSTOP)
        server.signal(signal.SIGTERM)
        client.wait(AT_ONCE)
        client.wait(r"^IKE_SA_INIT +-> .* again, try 2")
        self.assertEqual(server.end(), 0)
        self.serve_at(server)
        client.wait("^CONNECTED")
        self.assertNotIn("unprotected", self.end(client))

    def test_script_is_told_of_each_connection(self):
        self.workspace.write("script", "#!/bin/sh\necho $reason >> $(dirname $0)/reasons\n").chmod(
            0o755)
        server = self.serve(control="control.sock")
        client = self.up(server, "--script", "./script")
        program.ctl(self.workspace, "terminate", "test")
        client.wait(LOST)
        client.wait("^CONNECTED")
        self.end(client)
        self.assertEqual((self.path / "reasons").read_text().split(),
                         ["pre-init", "connect", "disconnect", "connect", "disconnect"])


class Refusals(Case):
    def test_wrong_key_is_explained_once_and_tried_again_with_the_longest_wait(self):
        self.workspace.secret("other-psk", "Jx6rWq1TzV9kBm4LcY0nSd7FhP2gEu8o\n")
        client = self.begin(self.serve(), *ON, "--retry-max", "2s", "--psk-file", "other-psk")
        for _ in range(2):
            client.wait(r"^RETRY +in (1\.\d|2\.0) s: the server refuses us")
        text = self.end(client)
        self.assertEqual(text.count("  try "), 1, text)
        self.assertNotRegex(text, "(?m)^FAILED")

    def test_hangup_ends_the_wait(self):
        self.workspace.secret("other-psk", "Jx6rWq1TzV9kBm4LcY0nSd7FhP2gEu8o\n")
        connection = rig.PSK_SERVER.replace('"psk"', '"other-psk"')
        server = self.serve(connection)
        client = self.begin(server, *ON, "--retry-max", "1d")
        client.wait(r"^RETRY +in \d{5}\.\d s: the server refuses us")
        self.workspace.write("server.conf", (self.path / "server.conf").read_text().replace(
            '"other-psk"', '"psk"'))
        server.signal(signal.SIGHUP)
        server.log.wait("reloaded")
        client.process.send_signal(signal.SIGHUP)
        client.wait("^CONNECTED")
        self.end(client)

    def test_name_that_nobody_knows_is_asked_for_again(self):
        client = rig.Running(self.path, *ON, "nowhere.invalid")
        self.addCleanup(client.kill)
        for _ in range(2):
            client.wait(r"^RETRY +in \d\.\d s: cannot resolve nowhere.invalid: ")
        self.end(client)

    def test_end_is_no_failure_before_it_is_up_either(self):
        with rig.udp_socket() as silent:
            client = rig.Running(self.path, *ON, "--port", rig.port_of(silent), "127.0.0.1")
            self.addCleanup(client.kill)
            client.wait("^IKE_SA_INIT")
            self.assertNotRegex(self.end(client, signal.SIGINT), "(?m)^FAILED")

    def test_what_contradicts_itself_is_usage(self):
        for arguments, text in ((["--once"], "--always-on stays until a signal"),
                                (["--hold", "5s"], "--always-on stays until a signal"),
                                (["--on-demand", "--dataplane", "xfrm"], "choose one"),
                                (["--retry-max", "2d"], "it is too long: a day at most"),
                                (["--retry-max", "0"], "it ")):
            done = self.run_client(*ON, *arguments, "127.0.0.1")
            self.assertEqual(done.returncode, 2)
            self.assertIn(text, done.stderr)


class Wishes(Case):
    def control(self, *arguments):
        return program.ctl(self.workspace, *arguments)

    def sa(self):
        return json.loads(self.control("--json", "sas")[1])["sas"][0]

    def test_usr1_brings_new_keys(self):
        client = self.begin(self.serve(), *rig.PSK, "--control", "control.sock")
        client.wait("^CONNECTED")
        before = self.sa()
        client.process.send_signal(signal.SIGUSR1)
        client.lines.wait("^REKEYED")
        client.lines.wait("^REKEYED")
        after = self.sa()
        self.assertEqual(after["id"], before["id"])
        self.assertNotEqual(after["spi_local"], before["spi_local"])
        self.assertNotEqual(after["children"][0]["spi_in"], before["children"][0]["spi_in"])
        self.end(client)

    def test_hangup_brings_another_connection(self):
        server = self.serve()
        client = self.up(server)
        client.process.send_signal(signal.SIGHUP)
        client.wait(LOST + "told to connect anew$")
        client.wait(AT_ONCE)
        client.wait("^CONNECTED")
        server.log.wait("ike-sa-down .*reason=(peer|replaced)")
        self.end(client)

    def test_ikev2ctl_asks_the_client_and_tells_it_things(self):
        client = self.up(self.serve(), "--control", "control.sock")
        sa = self.sa()
        self.assertEqual((sa["connection"], sa["initiator"], sa["remote_id"],
                          sa["children"][0]["name"]),
                         ("127.0.0.1", True, "vpn.example.org", "net"))
        self.assertEqual(self.control("rekey", "child", "net")[:2],
                         (0, f"rekeying child-sa {sa['children'][0]['id']}\n"))
        client.wait("^REKEYED +Child SA")
        self.assertEqual(self.control("rekey", "vpn.example.org")[:2],
                         (0, f"rekeying ike-sa {sa['id']}\n"))
        client.wait("^REKEYED +IKE SA$")
        self.assertEqual(self.control("reauth", "--all")[:2],
                         (0, f"reauthenticating ike-sa {sa['id']}\n"))
        client.wait("^REKEYED +IKE SA, authenticated anew$")
        self.assertIn("127.0.0.1", self.control("conns")[1])
        self.assertIn("uptime", self.control("stats")[1])
        self.assertIn("there is no such command", self.control("reload")[2])
        self.assertEqual(self.control("terminate", "--all")[0], 0)
        client.wait(LOST)
        client.wait("^CONNECTED")
        self.end(client)
        self.assertFalse((self.path / "control.sock").exists())

    def test_terminate_ends_a_client_that_need_not_stay(self):
        client = self.begin(self.serve(), *rig.PSK, "--control", "control.sock")
        client.wait("^CONNECTED")
        self.assertEqual(self.control("terminate", "--all")[0], 0)
        self.end(client, None)

    def test_socket_that_cannot_be_is_a_failure(self):
        done = self.connect(self.serve(), *rig.PSK, "--control", "missing/control.sock")
        self.assertEqual(done.returncode, 8, done.stderr)
        self.assertIn("cannot listen on the control socket", done.stderr)
        self.assertIn("give --control another path", done.stderr)

    def test_authentication_is_repeated_in_time(self):
        server = self.serve()
        client = self.begin(server, *rig.PSK, "--reauth-time", "2s", "--ike-rekey-time", "1h",
                            "--control", "control.sock")
        client.wait("^CONNECTED")
        before = self.sa()
        for _ in range(2):
            client.wait("^REKEYED +IKE SA, authenticated anew$")
        self.assertEqual(self.sa()["id"], before["id"])
        self.end(client)


class Json(Case):
    def test_each_step_is_an_object(self):
        server = self.serve(control="control.sock")
        process = program.subprocess.Popen(
            [program.binary("ikev2-client"), *ON, "--json", "--port", server.port, "--natt-port",
             server.natt_port, "127.0.0.1"], cwd=self.path, text=True,
            stdout=program.subprocess.PIPE)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        lines = program.Lines(process.stdout)
        lines.wait('"connected"')
        program.ctl(self.workspace, "terminate", "test")
        lost = json.loads(lines.wait('"lost"').string)
        self.assertEqual((lost["reason"], set(lost)), ("peer", {"event", "reason", "what"}))
        self.assertEqual(json.loads(lines.wait('"retrying"').string),
                         {"event": "retrying", "in_ms": 0})
        lines.wait('"connected"')
        server.stop()
        again = json.loads(lines.wait('"retrying".*"no-answer"').string)
        self.assertEqual(set(again), {"event", "in_ms", "code", "error", "what", "evidence",
                                      "cause", "try"})
        self.assertEqual((again["code"], again["error"]), (3, "no-answer"))
        process.terminate()
        self.assertEqual(process.wait(timeout=program.PATIENCE), 0)


if __name__ == "__main__":
    program.main()
