#!/usr/bin/env python3
"""test_config.py BUILD: what `ikev2-server check` says; the documentation has each option."""
import json
import pathlib
import subprocess

import program

HERE = pathlib.Path(__file__).parent
REFERENCE = HERE / "../../doc/configuration.md"
GOOD = """
listen = { "127.0.0.1", "[::1]" }   # two addresses
natt-port = 0 // the other comment
/* and
   the third { */
log-level = debug
limits { half-open = 100  half-open-time = 1m }
include("conf.d/*.conf")
connection a {
    local { id = "server.example" psk-file = "psk" }
    proposals = { "aes256gcm16-prfsha384-ecp384", 'aes256-sha256-modp3072' }
    esp-proposals = aes256gcm16
    proposals += { "aes128-sha256-ecp256" }
    dpd = never
    child one { local-ts = "10.1.0.0/16" }
    child two { local-ts = { "10.2.0.0/16", "2001:db8::/32" } remote-ts = "10.9.0.1" }
}
"""
MORE = """connection {name} {{
    local {{ id = "server.example" psk-file = "../psk" }}
    remote {{ id = "{name}@example.org" method = psk }}
    child net {{ }}
}}
"""


def check(workspace, *arguments):
    done = subprocess.run([program.binary("ikev2-server"), "check", "--config", "server.conf",
                           *arguments], cwd=workspace.path, capture_output=True, text=True,
                          timeout=program.PATIENCE)
    return done.returncode, done.stdout, done.stderr


def blocks():
    """(name, configuration, what is said) of each block of errors.txt."""
    for block in (HERE / "errors.txt").read_text().split("\n== ")[1:]:
        name, rest = block.split("\n", 1)
        config, said = rest.split("--\n", 1)
        yield name, config, said.strip("\n") + "\n"


class Check(program.Case):
    def setUp(self):
        super().setUp()
        self.workspace.write("cert.txt", "no certificate\n")
        self.workspace.write("open-psk", "key\n").chmod(0o644)
        self.workspace.write("broken.conf", "\nprot = 500\n")
        self.workspace.write("unclosed.conf", "connection office {\n")

    def test_each_mistake_is_said_as_in_the_golden_text(self):
        for name, config, said in blocks():
            with self.subTest(name):
                self.workspace.write("server.conf", config)
                self.assertEqual(check(self.workspace), (2, "", said))

    def test_each_mistake_is_said_in_json(self):
        for name, config, said in blocks():
            with self.subTest(name):
                self.workspace.write("server.conf", config)
                code, out, err = check(self.workspace, "--json")
                self.assertEqual((code, err), (2, ""))
                answer = json.loads(out)
                lines = [f"{p['file']}:{p['line']}: {p['text']}" if "line" in p else
                         f"{p['file']}: {p['text']}" for p in answer["problems"]]
                self.assertEqual((answer["ok"], "\n".join(lines) + "\n"), (False, said))

    def test_good_configuration_with_includes_is_ok(self):
        for name in ("b", "c"):
            self.workspace.write(f"conf.d/{name}.conf", MORE.format(name=name))
        self.workspace.write("server.conf", GOOD)
        self.assertEqual(check(self.workspace), (0, "ok: 3 connections\n", ""))
        code, out, _ = check(self.workspace, "--json")
        self.assertEqual((code, json.loads(out)), (0, {"ok": True, "connections": 3}))

    def test_key_that_others_may_read_is_a_warning(self):
        self.workspace.write("server.conf", MORE.format(name="b").replace("../psk", "open-psk"))
        code, out, err = check(self.workspace)
        self.assertEqual((code, out), (0, "ok: 1 connection\n"))
        self.assertIn("warning: open-psk is open to other users: chmod 600 open-psk", err)

    def test_file_that_is_missing_is_said(self):
        code, _, err = check(self.workspace)
        self.assertEqual((code, err),
                         (2, "server.conf: cannot read server.conf: No such file or directory\n"))

    def test_hostile_text_does_not_crash(self):
        for text in ("\0", "{" * 100, "a = " * 100, "'" * 3, "include(\"*\")\n" * 3,
                     "connection " + "x" * 5000 + " { }", "x" * 100000, "port = \"" + "9" * 500,
                     "connection a { child a { } child a { } }", "\\", "+= { }", "listen = {{}}",
                     "connection a { " + "child c%d { } " % 1 * 40 + "}",
                     "connection a { remote { ca = { " + '"cert.txt",' * 40 + '"cert.txt" } } }'):
            self.workspace.write("server.conf", text + "\n")
            code, out, err = check(self.workspace)
            self.assertEqual((code, out), (2, ""), text[:40])
            self.assertRegex(err, r"^\S+: ")


class Reference(program.Case):
    def test_documentation_is_what_the_table_of_options_says(self):
        done = subprocess.run([program.binary("ikev2-server"), "options"], capture_output=True,
                              text=True, timeout=program.PATIENCE)
        self.assertEqual(done.returncode, 0)
        text = REFERENCE.read_text()
        documented = text.split("<!-- options: begin -->\n")[1].split("<!-- options: end -->")[0]
        self.assertEqual(documented, done.stdout)

    def test_examples_of_the_documentation_are_right(self):
        self.workspace.secret("office.psk", "key\n")
        for example in REFERENCE.read_text().split("```conf\n")[1:]:
            config = example.split("```")[0]
            if "cert =" in config:
                continue  # needs keys: test_certificates.py has the like
            self.workspace.write("server.conf", config)
            self.assertEqual(check(self.workspace)[::2], (0, ""), config)


program.main()
