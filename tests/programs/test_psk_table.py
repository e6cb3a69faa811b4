#!/usr/bin/env python3
"""test_psk_table.py BUILD: pre-shared keys by identity, and keys that are easy to guess."""
import client_rig as rig
import program

SERVER = """
connection office {
    local { id = "vpn.example.org" }
    remote { psk-table = "keys" }
    child net { }
}
"""
KEYS = {
    "alice": "Pq4nTz8WvL0cXk2RjM6sYbA9dGf3HeUo",
    "people": "zR7yBw1KfV5mQx9TjC3pLd8NhS0gEaUi",
    "hosts": "b8Xe2WcJ6vRk4TnY0sLmQ9pZ3fGhDaUo",
    "berlin": "T5uVqN8aLx2CkZ7wRj0FmYb4PdHs9GeK",
    "any": "m3JfXz6QvB0tKcW9yRn4LpDs7HgTeAuO",
}
TABLE = f"""
# identity                key
%any                      {KEYS["any"]}
*.example.org             {KEYS["hosts"]}
*.berlin.example.org      {KEYS["berlin"]}
*@example.org             {KEYS["people"]}
  alice@example.org \t 0x{KEYS["alice"].encode().hex()}
"""
WHOSE = {
    "alice@example.org": "alice", "bob@example.org": "people", "bob@example.com": "any",
    "moon.example.org": "hosts", "gate.berlin.example.org": "berlin", "192.0.2.7": "any",
    "keyid:7": "any", "example.org": "any",
}
MISTAKES = [
    ("", "keys holds no keys: write a line with an identity and its key"),
    ("# nothing\n", "keys holds no keys"),
    ("alice@example.org\n", "keys:1 holds no key"),
    ("\nalice@example.org 0x1\n", "keys:2 begins with 0x and is not hexadecimal"),
    (f"a.example {KEYS['any']}\n\na.example {KEYS['alice']}\n",
     "keys:3: the identity has a key in line 1 already"),
    (f"*example.org {KEYS['any']}\n",
     "keys:1: *example.org: it is no pattern: write *.example.org"),
]


class Table(rig.Case):
    def setUp(self):
        super().setUp()
        for name, key in KEYS.items():
            self.workspace.secret(f"{name}.psk", key + "\n")
        self.workspace.secret("keys", TABLE)

    def attempt(self, server, identity, key):
        return self.connect(server, "--psk-file", f"{key}.psk", "--id", identity, "--remote-id",
                            "vpn.example.org")

    def check(self):
        self.workspace.write("server.conf", program.TOP + SERVER)
        done = program.subprocess.run(
            [program.binary("ikev2-server"), "check", "--config", "server.conf"], cwd=self.path,
            capture_output=True, text=True, timeout=program.PATIENCE)
        return done.returncode, done.stderr

    def test_line_that_says_most_of_the_identity_has_the_key(self):
        server = self.start(program.TOP + SERVER)
        self.addCleanup(self.stop, server)
        for identity, key in WHOSE.items():
            with self.subTest(identity):
                done = self.attempt(server, identity, key)
                self.assertEqual(done.returncode, 0, done.stderr)

    def test_less_specific_key_is_refused(self):
        server = self.start(program.TOP + SERVER)
        self.addCleanup(self.stop, server)
        for identity, key in (("alice@example.org", "people"), ("alice@example.org", "any"),
                              ("gate.berlin.example.org", "hosts")):
            self.assertEqual(self.attempt(server, identity, key).returncode, 5)
            server.log.wait(r"ike-sa-failed .*reason=auth")

    def test_identity_without_a_line_is_refused_and_the_log_says_so(self):
        self.workspace.secret("keys", f"alice@example.org {KEYS['alice']}\n")
        server = self.start(program.TOP + SERVER)
        self.addCleanup(self.stop, server)
        self.assertEqual(self.attempt(server, "bob@example.org", "people").returncode, 5)
        server.log.wait(r"no line of psk-table is for bob@example.org")

    def test_mistakes_are_told_with_their_line(self):
        for text, said in MISTAKES:
            with self.subTest(text):
                self.workspace.secret("keys", text)
                code, err = self.check()
                self.assertEqual(code, 2, err)
                self.assertIn(said, err)
                self.assertNotIn(KEYS["any"], err)

    def test_good_table_is_good(self):
        self.assertEqual(self.check(), (0, ""))

    def test_key_that_is_easy_to_guess_is_warned_of_and_not_shown(self):
        self.workspace.secret("keys", TABLE + "bob@example.org correct horse battery staple\n")
        code, err = self.check()
        self.assertEqual(code, 0)
        self.assertRegex(err, r"warning: \S*keys:8: the key is easy to guess: it has 51 bits at "
                         "most, and 112 are needed")
        self.assertNotIn("horse", err)


program.main()
