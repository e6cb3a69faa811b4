#!/usr/bin/env python3
"""test_server.py BUILD: ikev2-server with one peer: establish, terminate, reload, stop."""
import json
import pathlib
import signal

import program


def with_options(*options):
    """The usual configuration, with these in its connection."""
    return program.TOP + program.CONNECTION.format(peer="client.example").replace(
        "child net", "\n".join(options) + "\nchild net")


class Establish(program.Case):
    def test_peer_with_the_key_gets_an_sa_and_a_child(self):
        server = self.start()
        self.assertEqual(self.peer(server).end(), 0)
        server.log.wait(r"ike-sa-up .*remote_id=client.example .*connection=office")
        server.log.wait(r"child-sa-up .*local_ts=10.2.0.0/24 .*name=net")
        server.log.wait(r"ike-sa-down .*reason=peer")

    def test_peer_with_another_key_is_refused_and_the_log_says_what_to_try(self):
        server = self.start()
        self.workspace.secret("other", "something else\n")
        self.assertEqual(self.peer(server, psk="other").end(), 5)
        server.log.wait(r"ike-sa-failed .*reason=auth")
        server.log.wait(r"what +the peer's proof of its identity is wrong")
        server.log.wait(r"try +compare the psk-file")

    def test_long_key_is_taken_as_it_is(self):
        # Longer than a block of any hash, so that HMAC does not pad it with zeros.
        key = "0123456789abcdef" * 9
        self.workspace.secret("psk", key + "\n")
        server = self.start()
        self.assertEqual(self.peer(server).end(), 0)
        self.workspace.secret("terminated", key + "\0")
        self.assertEqual(self.peer(server, psk="terminated").end(), 5)

    def test_key_may_be_given_in_hexadecimal(self):
        server = self.start()
        for text in ("0x" + b"Zt3vQ8mLw0RkX5cYb7NfJ2sHd9GpUe4a".hex() + "\n",
                     "0x" + b"Zt3vQ8mLw0RkX5cYb7NfJ2sHd9GpUe4a".hex().upper()):
            self.workspace.secret("hex", text)
            self.assertEqual(self.peer(server, psk="hex").end(), 0)
        for text in ("0x", "0x1", "0x1g", "0x12 34"):
            self.workspace.secret("hex", text)
            peer = self.peer(server, psk="hex")
            peer.lines.wait(r"hex begins with 0x and is not hexadecimal|hex holds no key")
            self.assertNotEqual(peer.end(), 0)

    def test_unknown_identity_is_refused_and_named(self):
        server = self.start()
        self.assertEqual(self.peer(server, peer="stranger.example").end(), 5)
        server.log.wait(r"what +no connection is configured for the peer's identity")
        server.log.wait(r"evidence +the peer says it is stranger.example and wants to talk to "
                        r"server.example")

    def test_proposal_that_differs_is_explained(self):
        server = self.start(program.TOP + program.CONNECTION.format(peer="client.example").replace(
            "child net", 'proposals = { "aes256-sha256-modp3072" }\n    child net'))
        code = self.peer(server, arguments=["--proposal", "aes128-sha256-ecp256"]).end()
        self.assertEqual(code, 4)
        server.log.wait(r"what +no proposal of the peer's for the IKE SA is acceptable")
        server.log.wait(r"evidence +the peer offers .*ecp256")
        server.log.wait(r"evidence +we accept .*modp3072")

    def test_selectors_that_differ_are_explained(self):
        server = self.start()
        code = self.peer(server, arguments=["--proposal", "aes256-sha256-ecp256"]).end()
        self.assertEqual(code, 0)
        peer = self.peer(server)
        self.assertEqual(peer.end(), 0)
        config = (program.TOP + program.CONNECTION.format(peer="client.example")).replace(
            "10.2.0.0/24", "10.9.0.0/24")
        self.workspace.write("server.conf", config)
        server.signal(signal.SIGHUP)
        server.log.wait(r"reloaded")
        self.assertEqual(self.peer(server).end(), 7)
        server.log.wait(r"child-sa-refused .*connection=office")
        server.log.wait(r"what +the peer asks for networks that it may not have")

    def test_secret_is_in_no_log_line(self):
        self.workspace.secret("psk", "do-not-print-me\n")
        server = self.start('log-level = trace\n' + program.TOP +
                            program.CONNECTION.format(peer="client.example"))
        self.assertEqual(self.peer(server).end(), 0)
        self.assertEqual(server.stop(), 0)
        self.assertNotIn("do-not-print-me", "\n".join(server.log.seen))
        self.assertIn("message.in", "\n".join(server.log.seen))


class Many(program.Case):
    CONFIG = program.TOP + """
connection first {
    local { id = "server.example" psk-file = "psk" }
    remote { id = "first.example" }
    child net { local-ts = { "10.2.0.0/25" } }
}
connection second {
    local { id = "server.example" psk-file = "psk2" }
    remote { id = "second.example" }
    child net { local-ts = { "10.2.0.128/25" } }
}
connection rest {
    local { id = "server.example" psk-file = "psk" }
    child net { local-ts = { "10.2.0.0/28" } }
}
"""

    def test_identity_chooses_the_connection(self):
        self.workspace.secret("psk2", "Jx6rWq1TzV9kBm4LcY0nSd7FhP2gEu8o\n")
        server = self.start(self.CONFIG)
        for peer, key, name, network in (
                ("first.example", "psk", "first", "10.2.0.0/25"),
                ("second.example", "psk2", "second", "10.2.0.128/25"),
                ("anybody.example", "psk", "rest", "10.2.0.0/28")):
            self.assertEqual(self.peer(server, peer=peer, psk=key).end(), 0)
            server.log.wait(rf"child-sa-up .*local_ts={network} .*connection={name} ")

    def test_proposals_choose_the_connection_before_the_identity_is_known(self):
        strict = program.CONNECTION.format(peer="client.example").replace(
            "child net", 'proposals = { "aes256gcm16-prfsha384-ecp384" }\n    child net')
        loose = program.CONNECTION.format(peer="old.example").replace("office", "old").replace(
            "child net", 'proposals = { "aes128-sha256-modp2048" }\n    child net')
        server = self.start(program.TOP + strict + loose)
        code = self.peer(server, peer="old.example",
                                 arguments=["--proposal", "aes128-sha256-modp2048"]).end()
        self.assertEqual(code, 0)
        server.log.wait(r"ike-sa-up .*connection=old")

    def test_connection_does_not_take_a_suite_that_another_one_negotiated(self):
        strict = program.CONNECTION.format(peer="client.example").replace(
            "child net", 'proposals = { "aes256gcm16-prfsha384-ecp384" }\n    child net')
        loose = program.CONNECTION.format(peer="old.example").replace("office", "old").replace(
            "child net", 'proposals = { "aes128-sha256-modp2048" }\n    child net')
        server = self.start(program.TOP + strict + loose)
        code = self.peer(server, peer="client.example",
                                 arguments=["--proposal", "aes128-sha256-modp2048"]).end()
        self.assertEqual(code, 5)
        server.log.wait(r"what +no connection is configured for the peer's identity")

    def test_address_that_no_connection_names_is_refused(self):
        config = program.TOP + program.CONNECTION.format(peer="client.example").replace(
            'remote {', 'remote { address = "192.0.2.0/24"')
        server = self.start(config)
        self.assertNotEqual(self.peer(server).end(), 0)
        server.log.wait(r"request-refused .*no connection is for this address")


class Unique(program.Case):
    """Two IKE SAs between the same identities; the second peer has never heard of the first one."""

    def second(self, *options):
        """The server, and both peers; the first one is up."""
        server = self.start(with_options(*options))
        first = self.peer(server, hold=600).up()
        server.log.wait("child-sa-up")
        return server, first, self.peer(server, hold=600)

    def test_old_sa_ends_if_the_peer_has_forgotten_it(self):
        for options in ((), ("unique = contact",), ("unique = replace",)):
            server, first, second = self.second(*options)
            second.up()
            server.log.wait(r"ike-sa-down .*reason=replaced")
            self.assertEqual(len(self.control().ask("sas")["result"]["sas"]), 1)
            self.assertEqual(server.stop(), 0)
            first.kill()
            second.kill()

    def test_both_stay_if_they_may(self):
        server, first, second = self.second("unique = keep")
        second.up()
        server.log.wait("child-sa-up")
        self.assertEqual(len(self.control().ask("sas")["result"]["sas"]), 2)
        self.assertEqual(first.end(signal.SIGTERM), 0)
        self.assertEqual(second.end(signal.SIGTERM), 0)

    def test_new_one_is_refused_where_the_old_one_counts(self):
        server, first, second = self.second("unique = refuse")
        self.assertEqual(second.end(), 5)
        server.log.wait(r"ike-sa-failed ")
        self.assertEqual(first.end(signal.SIGTERM), 0)


class Lifetimes(program.Case):
    def up(self, *options):
        server = self.start(with_options(*options))
        peer = self.peer(server, hold=600).up()
        server.log.wait("child-sa-up")
        return server, peer

    def sa(self):
        return self.control().ask("sas")["result"]["sas"][0]

    def test_keys_of_the_ike_sa_are_replaced_in_time(self):
        server, peer = self.up("rekey-time = 2s")
        before = self.sa()
        self.assertLessEqual(before["rekey_in"], 2)
        for _ in range(2):
            server.log.wait(r"ike-sa-rekeyed .*connection=office")
        after = self.sa()
        self.assertEqual(after["id"], before["id"])
        self.assertNotEqual(after["spi_local"], before["spi_local"])
        self.assertEqual(peer.end(signal.SIGTERM), 0)

    def test_next_rekeying_and_proof_are_shown(self):
        server, peer = self.up("rekey-time = 1h", "reauth-time = 1d")
        sa = self.sa()
        self.assertTrue(54 * 60 - 60 <= sa["rekey_in"] <= 3600, sa["rekey_in"])
        self.assertTrue(21 * 3600 <= sa["reauth_in"] <= 86400 + 10, sa["reauth_in"])
        self.assertEqual((peer.end(signal.SIGTERM), server.stop()), (0, 0))
        server, peer = self.up("rekey-time = never", "reauth-time = never")
        sa = self.sa()
        self.assertEqual((sa["established"], sa["rekey_in"], sa["reauth_in"]), (True, None, None))
        self.assertEqual(peer.end(signal.SIGTERM), 0)


class Reload(program.Case):
    def reload(self, server, config):
        self.workspace.write("server.conf", config)
        server.signal(signal.SIGHUP)

    def test_new_connection_counts_for_new_peers_and_old_sas_stay(self):
        server = self.start()
        old = self.peer(server, hold=600).up()
        self.reload(server, program.TOP + program.CONNECTION.format(peer="new.example"))
        server.log.wait(r"reloaded connections=1")
        self.assertEqual(self.peer(server, peer="new.example").end(), 0)
        self.assertEqual(self.peer(server).end(), 5)
        sas = self.control().ask("sas")["result"]["sas"]
        self.assertEqual([(sa["remote_id"], sa["connection"]) for sa in sas],
                         [("client.example", "office")])
        self.assertEqual(old.end(signal.SIGTERM), 0)
        server.log.wait(r"ike-sa-down .*reason=peer .*connection=office")

    def test_broken_file_is_reported_and_the_old_one_stays(self):
        server = self.start()
        self.reload(server, program.TOP + "connection office {\n    locla { }\n}\n")
        server.log.wait(r"server.conf:7: 'locla' is no option of connection \{ \}; "
                        r"did you mean 'local'\?")
        server.log.wait(r"the old one stays")
        self.assertEqual(self.peer(server).end(), 0)
        self.reload(server, program.TOP + program.CONNECTION.format(peer="new.example"))
        server.log.wait(r"reloaded connections=1")
        self.assertEqual(self.peer(server, peer="new.example").end(), 0)

    def test_missing_key_file_is_reported_and_the_old_one_stays(self):
        server = self.start()
        (self.workspace.path / "psk").rename(self.workspace.path / "gone")
        server.signal(signal.SIGHUP)
        server.log.wait(r"psk-file = psk: it cannot be read")
        self.assertEqual(self.peer(server, psk="gone").end(), 0)

    def test_what_needs_a_restart_is_said(self):
        server = self.start()
        self.reload(server, program.TOP.replace("127.0.0.1", "127.0.0.2") +
                    program.CONNECTION.format(peer="client.example"))
        server.log.wait(r"reloaded")
        server.log.wait(r"restart-needed options=listen$")

    def test_what_has_changed_is_named(self):
        office = program.CONNECTION.format(peer="client.example")
        old = office.replace("office", "old")
        server = self.start(program.TOP + office + old)
        control = self.control()
        nothing = {"added": [], "changed": [], "removed": [], "restart": [], "connections": 2}
        self.assertEqual(control.ask("reload")["result"], nothing)
        server.log.wait(r"reloaded connections=2$")
        self.workspace.write("server.conf", "port = 1\nlimits { half-open = 5 }\n" +
                             program.TOP.replace("port = 0\nnatt", "natt") + old.replace(
                                 "10.2.0.0/24", "10.2.0.0/25") + office.replace("office", "new"))
        self.assertEqual(control.ask("reload")["result"], {
            "added": ["new"], "changed": ["old"], "removed": ["office"],
            "restart": ["port", "limits { half-open }"], "connections": 2})
        server.log.wait(r"reloaded connections=2 added=new removed=office changed=old$")
        self.workspace.secret("psk", "hN5yKc2XvT8wQz0LrB6mFj3DsG9pUa7e\n")
        self.assertEqual(control.ask("reload")["result"], {
            "added": [], "changed": ["old", "new"], "removed": [],
            "restart": ["port", "limits { half-open }"], "connections": 2})

    def test_sas_that_are_up_go_on_as_they_began(self):
        """Also if their connection is gone: they are rekeyed, counted, and ended."""
        server = self.start()
        peer = self.peer(server, hold=600).up()
        server.log.wait("child-sa-up")
        before, = self.control().ask("sas")["result"]["sas"]
        self.reload(server, program.TOP + program.CONNECTION.format(peer="new.example").replace(
            "office", "other").replace("10.2.0.0", "10.7.0.0"))
        server.log.wait(r"reloaded connections=1 added=other removed=office")
        control = self.control()
        after, = control.ask("sas")["result"]["sas"]
        for key in ("id", "connection", "spi_local", "spi_remote"):
            self.assertEqual(after[key], before[key])
        for key in ("id", "name", "spi_in", "spi_out", "local_ts"):
            self.assertEqual(after["children"][0][key], before["children"][0][key])
        self.assertTrue(control.ask("rekey", kind="ike", name="office")["ok"])
        server.log.wait(r"ike-sa-rekeyed .*connection=office")
        self.assertTrue(control.ask("rekey", kind="child", name="office/net")["ok"])
        server.log.wait(r"child-sa-rekeyed .*local_ts=10.2.0.0/24 .*name=net")
        self.assertEqual(control.ask("terminate", name="office")["result"]["ids"], [before["id"]])
        server.log.wait(r"ike-sa-down .*reason=local .*connection=office")
        peer.end()

    def test_many_reloads_free_what_is_not_used(self):
        server = self.start()
        for _ in range(20):
            server.signal(signal.SIGHUP)
            server.log.wait(r"reloaded")
        self.assertEqual(self.peer(server).end(), 0)
        self.assertEqual(server.stop(), 0)


class Stop(program.Case):
    def test_delete_is_sent_to_all_peers(self):
        server = self.start(with_options("unique = keep"))
        peers = [self.peer(server, hold=600).up() for _ in range(3)]
        self.assertEqual(server.stop(), 0)
        for peer in peers:
            peer.lines.wait(r"IKE_SA down reason=peer")
            peer.end()
        self.assertEqual(sum("ike-sa-down" in line for line in server.log.seen), 3)

    def test_peer_that_does_not_answer_is_not_waited_for_long(self):
        server = self.start()
        peer = self.peer(server, hold=600).up()
        peer.process.send_signal(signal.SIGSTOP)
        self.assertEqual(server.stop(), 0)
        peer.process.send_signal(signal.SIGCONT)
        peer.end(signal.SIGTERM)

    def test_second_signal_ends_the_wait(self):
        server = self.start()
        peer = self.peer(server, hold=600).up()
        peer.process.send_signal(signal.SIGSTOP)
        server.signal(signal.SIGTERM)
        server.log.wait(r"stopping")
        server.signal(signal.SIGINT)
        self.assertEqual(server.end(), 0)
        peer.process.send_signal(signal.SIGCONT)
        peer.end(signal.SIGTERM)

    def test_socket_is_removed(self):
        server = self.start()
        self.assertEqual(server.stop(), 0)
        self.assertFalse((self.workspace.path / "control.sock").exists())


class Privileges(program.Case):
    def test_nothing_is_left_that_is_not_needed(self):
        server = self.start()
        status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
        for name in ("CapPrm", "CapEff", "CapInh", "CapAmb"):
            self.assertRegex(status, rf"{name}:\t0+\n")
        self.assertIn("NoNewPrivs:\t1", status)
        limits = pathlib.Path(f"/proc/{server.process.pid}/limits").read_text()
        self.assertRegex(limits, r"Max core file size +0 +0 ")


class Log(program.Case):
    def test_json_lines_are_objects(self):
        server = self.start("log-format = json\n" + program.TOP +
                            program.CONNECTION.format(peer="client.example"), "--json")
        self.assertEqual(self.peer(server).end(), 0)
        self.assertEqual(self.peer(server, peer="stranger.example").end(), 5)
        self.assertEqual(server.stop(), 0)
        lines = [json.loads(line) for line in server.log.seen]
        events = {line["event"]: line for line in lines}
        self.assertEqual(events["ike-sa-up"]["connection"], "office")
        self.assertEqual(events["child-sa-up"]["local_ts"], ["10.2.0.0/24"])
        self.assertIn("stranger.example", "".join(events["ike-sa-failed"]["evidence"]))
        self.assertTrue(all({"time", "level", "event"} <= line.keys() for line in lines))

    def test_peer_text_is_escaped(self):
        server = self.start()
        self.assertEqual(self.peer(server, peer=r"keyid:evil\x0a\x1b[31m").end(), 5)
        line = server.log.wait(r"the peer says it is (.*) and wants")[1]
        self.assertEqual(line, r"keyid:evil\x0a\x1b[31m")


program.main()
