#!/usr/bin/env python3
"""test_control.py BUILD: the control socket is bounded, and ikev2ctl shows what it says."""
import json
import os
import stat
import subprocess

import program


class Bounds(program.Case):
    def test_socket_is_the_owners_alone(self):
        self.start()
        mode = os.stat(self.workspace.path / "control.sock").st_mode
        self.assertTrue(stat.S_ISSOCK(mode))
        self.assertEqual(stat.S_IMODE(mode), 0o600)

    def test_garbage_is_refused_and_the_connection_closed(self):
        self.start()
        for garbage in (b"\x00\xff\n", b"sas\n", b"[]\n", b"{\n", b'{"command":"sas"\n',
                        b'{"command":"sas","command":"sas"}\n', b"[" * 2000 + b"\n"):
            control = self.control()
            control.send(garbage)
            self.assertEqual(control.answer(),
                             {"ok": False, "error": "a request is one JSON object in one line"})
            self.assertIsNone(control.answer())

    def test_oversized_request_is_refused(self):
        self.start()
        control = self.control()
        control.send(b'{"command":"' + b"x" * 5000)
        self.assertEqual(control.answer(), {"ok": False, "error": "the request is too long"})

    def test_request_may_come_octet_by_octet_and_several_at_once(self):
        self.start()
        control = self.control()
        for octet in b'{"command":"sas"}\n':
            control.send(bytes([octet]))
        self.assertEqual(control.answer(), {"ok": True, "result": {"sas": []}})
        control.send(b'{"command":"sas"}\n' * 50)
        for _ in range(50):
            self.assertEqual(control.answer(), {"ok": True, "result": {"sas": []}})

    def test_clients_beyond_the_limit_are_closed_and_the_others_are_served(self):
        self.start()
        first = [self.control() for _ in range(8)]
        self.assertEqual(first[0].ask("sas")["ok"], True)
        ninth = self.control()
        self.assertIsNone(ninth.answer())
        for client in first:
            self.assertEqual(client.ask("sas")["ok"], True)
        first[3].close()
        while self.is_refused():
            pass  # until the server has seen that one is gone

    def is_refused(self):
        try:
            return self.control().ask("sas") is None
        except OSError:
            return True

    def test_client_that_says_nothing_is_given_up(self):
        self.start()
        half_open = self.control()
        half_open.send(b'{"command":')
        self.assertIsNone(half_open.answer())

    def test_unknown_and_incomplete_commands_are_refused(self):
        self.start()
        control = self.control()
        for request, error in (
                ({"command": "nope"}, "no such command"), ({}, '"command" is missing'),
                ({"command": 7}, '"command" is missing'),
                ({"command": "terminate"}, '"id" is missing'),
                ({"command": "terminate", "id": -1}, '"id" is missing'),
                ({"command": "terminate", "id": 999}, "there is no SA with this id"),
                ({"command": "terminate", "id": 999, "kind": "child"},
                 "there is no Child SA with this id"),
                ({"command": "rekey", "id": 1, "kind": "esp"}, "is none of ike, child"),
                ({"command": "rekey", "id": 1, "kind": 1}, '"kind" is ike or child'),
                ({"command": "rekey", "all": False}, '"id" is missing'),
                ({"command": "rekey", "all": True}, "there is no IKE SA now"),
                ({"command": "rekey", "name": "offcie"}, "did you mean 'office'?"),
                ({"command": "rekey", "name": "ent"}, "did you mean 'net'?"),
                ({"command": "rekey", "name": "\n\u001b[31m"},
                 "nothing is called '\\x0a\\x1b[31m'"),
                ({"command": "reauth", "name": "office"}, "there is no IKE SA of 'office' now"),
                ({"command": "rekey", "kind": "child", "name": "office/net"},
                 "there is no Child SA of 'office/net' now"),
                ({"command": "log", "level": 1}, '"level" is a word'),
                ({"command": "log", "last": 0}, '"last" is a number'),
                ({"command": "log", "last": "1"}, '"last" is a number'),
                ({"command": "log", "level": "\u001b[31m"}, "the level '\\x1b[31m' is none of"),
                ({"command": "log", "level": "inof"}, "did you mean 'info'?")):
            control.send(json.dumps(request).encode() + b"\n")
            answer = control.answer()
            self.assertFalse(answer["ok"])
            self.assertIn(error, answer["error"])

    def test_second_server_does_not_take_the_socket_over(self):
        self.start()
        done = subprocess.run([program.binary("ikev2-server"), "run", "--config", "server.conf"],
                              cwd=self.workspace.path, capture_output=True, text=True,
                              timeout=program.PATIENCE)
        self.assertEqual(done.returncode, 8)
        self.assertIn("cannot listen on the control socket", done.stderr)
        self.assertEqual(self.control().ask("sas")["ok"], True)

    def test_socket_of_a_dead_server_is_replaced(self):
        self.start().kill()
        self.assertTrue((self.workspace.path / "control.sock").exists())
        self.start()
        self.assertEqual(self.control().ask("sas")["ok"], True)


class Ctl(program.Case):
    def setUp(self):
        super().setUp()
        self.server = self.start()

    def json(self, *arguments):
        code, out, err = program.ctl(self.workspace, "--json", *arguments)
        self.assertEqual((code, err), (0, ""))
        return json.loads(out)

    def text(self, *arguments):
        code, out, err = program.ctl(self.workspace, *arguments)
        self.assertEqual((code, err), (0, ""))
        return out.splitlines()

    def test_sas_shows_ike_and_child_sas(self):
        self.assertEqual(self.text("sas"), ["no SAs"])
        self.peer(self.server, hold=600).up()
        self.server.log.wait("child-sa-up")
        sa, = self.json("sas")["sas"]
        self.assertEqual((sa["connection"], sa["remote_id"], sa["established"], sa["nat"]),
                         ("office", "client.example", True, "none"))
        child, = sa["children"]
        self.assertEqual((child["local_ts"], child["remote_ts"]),
                         (["10.2.0.0/24"], ["10.1.0.0/24"]))
        head, first, second = self.text("sas")
        self.assertEqual(head.split(), ["ID", "CONNECTION", "STATE", "AGE", "REKEY", "PEER",
                                        "ADDRESS", "SUITE"])
        self.assertRegex(first, rf"^{sa['id']} +office +\S+ +\d+s .* client.example +"
                                rf"127.0.0.1:\d+ +{sa['suite']}, full transcript$")
        self.assertRegex(second, rf"^{child['id']} +net +UP +\d+s +\d+[hm]\d+[ms] ")
        self.assertTrue(0 < child["rekey_in"] <= 3600, child["rekey_in"])
        self.assertIn("10.2.0.0/24 === 10.1.0.0/24", second)
        self.assertIn(f"in {child['spi_in']} out {child['spi_out']}", second)
        self.server.stop()

    def test_terminate_ends_an_ike_sa(self):
        peer = self.peer(self.server, hold=600).up()
        self.server.log.wait("child-sa-up")
        sa, = self.json("sas")["sas"]
        self.assertEqual(self.text("terminate", str(sa["id"])),
                         [f"terminating ike-sa {sa['id']}"])
        peer.lines.wait(r"IKE_SA down reason=peer")
        self.server.log.wait(r"ike-sa-down .*reason=local")
        self.assertEqual(self.text("sas"), ["no SAs"])
        peer.end()

    def test_terminate_ends_a_child_sa_alone(self):
        peer = self.peer(self.server, hold=600).up()
        self.server.log.wait("child-sa-up")
        sa, = self.json("sas")["sas"]
        child = sa["children"][0]["id"]
        self.assertEqual(self.text("terminate", str(child)), [f"terminating child-sa {child}"])
        self.server.log.wait(r"child-sa-down .*reason=local")
        sa, = self.json("sas")["sas"]
        self.assertEqual(sa["children"], [])
        self.server.stop()
        peer.end()

    def up(self, *peers):
        """The ids of their SAs, in order."""
        for peer in peers:
            self.peer(self.server, peer=peer, hold=600).up()
            self.server.log.wait("child-sa-up")
        return [sa["id"] for sa in self.json("sas")["sas"]]

    def children(self):
        return [child for sa in self.json("sas")["sas"] for child in sa["children"]]

    def test_rekey_takes_the_name_of_a_connection_or_of_a_child(self):
        sa, = self.up("client.example")
        self.assertEqual(self.text("rekey", "office"), [f"rekeying ike-sa {sa}"])
        self.server.log.wait("ike-sa-rekeyed")
        for arguments in (["net"], ["child", "net"], ["office/net"], ["child", "office"],
                          ["child", "--all"], ["child"] + [str(self.children()[0]["id"])]):
            before, = self.children()
            self.assertEqual(self.text("rekey", *arguments), [f"rekeying child-sa {before['id']}"])
            self.server.log.wait("child-sa-rekeyed")
            after, = self.children()
            self.assertEqual(after["id"], before["id"])
            self.assertNotEqual(after["spi_in"], before["spi_in"])
        self.assertEqual(self.json("sas")["sas"][0]["id"], sa)
        self.server.stop()

    def test_orders_are_for_all_sas_of_a_name_and_for_no_others(self):
        self.server.stop()
        self.server = self.start(program.TOP + program.CONNECTION.format(peer="client.example") +
                                 program.CONNECTION.format(peer="%any").replace(
                                     "office {", "rest { unique = keep"))
        ids = self.up("client.example", "a.example", "b.example", "b.example")
        self.assertEqual(self.json("terminate", "b.example"),
                         {"terminating": "ike-sa", "ids": ids[2:], "refused": []})
        for _ in ids[2:]:
            self.server.log.wait(r"ike-sa-down .*remote_id=b.example .*reason=local")
        self.assertEqual(self.json("rekey", "rest")["ids"], ids[1:2])
        self.server.log.wait(r"ike-sa-rekeyed .*connection=rest")
        self.assertEqual(self.text("terminate", "ike", "--all"),
                         [f"terminating ike-sa {ids[0]}, {ids[1]}"])
        for _ in ids[:2]:
            self.server.log.wait(r"ike-sa-down .*reason=local")
        self.assertEqual(self.text("sas"), ["no SAs"])

    def test_what_refuses_is_named_with_its_reason(self):
        sa, = self.up("client.example")
        code, _, err = program.ctl(self.workspace, "reauth", "client.example")
        self.assertEqual(code, 1)
        self.assertIn("the peer has begun this IKE SA: to authenticate anew is its turn", err)
        code, _, err = program.ctl(self.workspace, "reauth", "net")
        self.assertIn("a Child SA proves nothing by itself", err)
        self.server.stop()

    def test_connections_shows_what_is_configured(self):
        connection, = self.json("connections")["connections"]
        self.assertEqual((connection["name"], connection["local_id"], connection["remote_id"],
                          connection["remote_method"], connection["sas"]),
                         ("office", "server.example", "client.example", "psk", 0))
        self.assertRegex("\n".join(self.text("connections")),
                         r"office +0 +server.example +client.example +psk / psk +-\n"
                         r"  net +10.2.0.0/24 +10.1.0.0/24")

    def test_stats_count(self):
        before = self.json("stats")
        self.assertEqual(self.peer(self.server).end(), 0)
        after = self.json("stats")
        self.assertEqual(after["accepts"], before["accepts"] + 1)
        self.assertEqual(after["dataplane"]["name"], "none")
        self.assertRegex("\n".join(self.text("stats")), r"accepts +1\n")

    def test_log_level_changes_while_it_runs(self):
        self.assertEqual(self.text("log", "trace"), ["log level trace"])
        self.assertEqual(self.peer(self.server).end(), 0)
        self.server.log.wait(r"trace message.in ")
        code, _, err = program.ctl(self.workspace, "log", "loud")
        self.assertEqual(code, 1)
        self.assertIn("is none of error, warn, info, debug, trace", err)

    def test_reload_answers_what_is_wrong(self):
        self.assertEqual(self.text("reload"), ["reloaded: 1 connections"])
        self.workspace.write("server.conf", "connection {\n}\n")
        code, _, err = program.ctl(self.workspace, "reload")
        self.assertEqual(code, 1)
        self.assertIn("server.conf:1: 'connection' needs a name", err)

    def test_mistakes_of_the_command_line_are_usage(self):
        for arguments, text in ((("sass",), "did you mean sas"), ((), "name a command"),
                                (("terminate",), "the name or the id of an SA"),
                                (("terminate", "child", "ike", "1"), "the id of an SA"),
                                (("terminate", "1", "2"), "the name or the id of an SA"),
                                (("terminate", "1", "--all"), "the name or the id of an SA"),
                                (("reauth", "child", "net"), "the name or the id of an SA"),
                                (("log", "info", "warn"), "it takes one level"),
                                (("sas", "x"), "no argument"), (("sas", "--all"), "no argument")):
            code, _, err = program.ctl(self.workspace, *arguments)
            self.assertEqual(code, 2)
            self.assertIn(text, err)

    def test_absent_server_is_said(self):
        self.server.stop()
        code, _, err = program.ctl(self.workspace, "sas")
        self.assertEqual(code, 8)
        self.assertIn("does ikev2-server run?", err)


program.main()
