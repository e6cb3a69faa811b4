#!/usr/bin/env python3
"""test_config.py BUILD: what `ikev2-server check` says; the documentation has each option."""
import json
import os
import pathlib
import re
import subprocess

import program

HERE = pathlib.Path(__file__).parent
REFERENCE = HERE / "../../doc/configuration.md"
POLICIES = HERE / "../../doc/policies.md"
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
# Too old for a build that does not ask for it (IKE2_ENABLE_LEGACY).
OLD = """connection office {
    local { id = "server.example" psk-file = "psk" }
    proposals = { "aes256gcm16-prfsha384-ecp384",
                  "3des-sha1-modp1024" }
    esp-proposals = { "aes256-sha1" }
    child net { esp-proposals = { "3des-sha1-modp1536" } }
}
"""
LEGACY = """connection office {
    local { id = "server.example" psk-file = "psk" }
    policy = legacy-windows
    child net { }
}
"""
ADVICE = [(4, "modp1024: RFC 8247 2.4 says SHOULD NOT: 1024-bit MODP Group"),
          (6, "3des: RFC 8221 5 says SHOULD NOT: ENCR_3DES"),
          (6, "modp1536: RFC 8247 2.4 says SHOULD NOT: 1536-bit MODP Group")]
LACKING = [(4, "proposals = 3des-sha1-modp1024", "3des"),
           (5, "esp-proposals = aes256-sha1", "sha1"),
           (6, "esp-proposals = 3des-sha1-modp1536", "3des")]


def has_legacy():
    cache = (program.BUILD / "CMakeCache.txt").read_text()
    return bool(re.search(r"^IKE2_ENABLE_LEGACY:BOOL=(ON|1|YES|TRUE|Y)$", cache, re.M))


def legacy_environment():
    """In which a program has the legacy algorithms; a build without them has that provider, for
    its tests, beside."""
    beside = program.BUILD / "legacy"
    if has_legacy() or not beside.exists():
        return None
    return {**os.environ, "LD_LIBRARY_PATH": str(beside)}


def check(workspace, *arguments, environment=None):
    done = subprocess.run([program.binary("ikev2-server"), "check", "--config", "server.conf",
                           *arguments], cwd=workspace.path, capture_output=True, text=True,
                          timeout=program.PATIENCE, env=environment)
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

    def test_what_the_rfcs_advise_against_is_a_warning_with_its_line(self):
        environment = legacy_environment()
        if environment is None and not has_legacy():
            self.skipTest("built without IKE2_ENABLE_LEGACY")
        self.workspace.write("server.conf", OLD)
        said = "".join(f"server.conf:{line}: warning: connection 'office': {text}\n"
                       for line, text in ADVICE)
        self.assertEqual(check(self.workspace, environment=environment),
                         (0, "ok: 1 connection\n", said))
        code, out, err = check(self.workspace, "--json", environment=environment)
        warnings = [{"file": "server.conf", "line": line, "text": f"connection 'office': {text}"}
                    for line, text in ADVICE]
        self.assertEqual((code, err, json.loads(out)),
                         (0, "", {"ok": True, "connections": 1, "warnings": warnings}))

    def test_what_only_a_legacy_build_has_is_named_with_the_option(self):
        if has_legacy():
            self.skipTest("built with IKE2_ENABLE_LEGACY")
        self.workspace.write("server.conf", OLD)
        said = "".join(f"server.conf:{line}: {option}: it names {word}, which this build lacks: "
                       "name a stronger one, or build libike2 with -DIKE2_ENABLE_LEGACY=ON\n"
                       for line, option, word in LACKING)
        self.assertEqual(check(self.workspace), (2, "", said))

    def test_unknown_policy_is_told_the_nearest_one(self):
        self.workspace.write("server.conf", LEGACY.replace("legacy-windows", "windows-recomended"))
        names = ["default", "cnsa", "windows-recommended"] + ["legacy-windows"] * has_legacy()
        self.assertEqual(check(self.workspace), (2, "", (
            f"server.conf:3: policy = windows-recomended: it is none of {', '.join(names)}; did "
            "you mean 'windows-recommended'?\n")))

    def test_policy_that_only_a_legacy_build_has_is_named_with_the_option(self):
        if has_legacy():
            self.skipTest("built with IKE2_ENABLE_LEGACY")
        self.workspace.write("server.conf", LEGACY)
        self.assertEqual(check(self.workspace), (2, "", (
            "server.conf:3: policy = legacy-windows: it needs algorithms that are too old for this "
            "build: let the peer do better, as windows-recommended, or build libike2 with "
            "-DIKE2_ENABLE_LEGACY=ON\n")))

    def test_legacy_policy_is_warned_of_once_for_each_line_of_the_rfcs(self):
        environment = legacy_environment()
        if environment is None and not has_legacy():
            self.skipTest("built without IKE2_ENABLE_LEGACY")
        self.workspace.write("server.conf", LEGACY)
        said = "".join(f"server.conf:3: warning: connection 'office': {text}\n" for text in (
            "modp1024: RFC 8247 2.4 says SHOULD NOT: 1024-bit MODP Group",
            "3des: RFC 8221 5 says SHOULD NOT: ENCR_3DES"))
        self.assertEqual(check(self.workspace, environment=environment),
                         (0, "ok: 1 connection\n", said))

    def test_signatures_with_sha1_are_a_warning(self):
        for option in ("sha1-signatures = yes }", "remote { signature-schemes = rsa-sha1 } }"):
            self.workspace.write("server.conf", LEGACY.replace("legacy-windows", "default")
                                 .replace("}\n}", f"}} {option}"))
            code, out, err = check(self.workspace)
            self.assertEqual((code, out), (0, "ok: 1 connection\n"), err)
            self.assertRegex(err, r"warning: connection 'office': signatures with SHA-1: RFC 8247 "
                             "3.2 says MUST NOT: sha1WithRSAEncryption")

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
        self.workspace.secret("office.psk", "hN5yKc2XvT8wQz0LrB6mFj3DsG9pUa7e\n")
        text = REFERENCE.read_text() + POLICIES.read_text()
        for example in text.split("```conf\n")[1:]:
            config = example.split("```")[0]
            if "cert =" in config:
                continue  # needs keys: test_certificates.py has the like
            self.workspace.write("server.conf", config)
            self.assertEqual(check(self.workspace)[::2], (0, ""), config)

    def test_guide_to_the_policies_quotes_what_is_said(self):
        guide = " ".join(POLICIES.read_text().split())
        self.workspace.secret("office.psk", "key\n")
        narrower = POLICIES.read_text().split("```conf\n")[1].split("```")[0]
        self.workspace.write("server.conf", narrower.replace(
            "aes256gcm16-prfsha384-x25519-ecp384", "aes128gcm16-prfsha256-ecp521"))
        code, _, said = check(self.workspace)
        self.assertEqual((code, said.strip() in guide), (2, True), said)
        environment = legacy_environment()
        if environment is not None or has_legacy():
            self.workspace.write("server.conf", LEGACY)
            said = check(self.workspace, environment=environment)[2].splitlines()[0]
            self.assertIn(said, guide)


program.main()
