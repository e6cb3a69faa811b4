#!/usr/bin/env python3
"""test_bench.py PROGRAM: ikev2-bench runs, its numbers add up, and its JSON has the fields that
doc/benchmarks.md lists, no more and no less. No time is judged."""
import json
import math
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv[1]
DOCUMENT = pathlib.Path(__file__).parents[2] / "doc/benchmarks.md"
PATIENCE = 240  # seconds: only a hang meets it
SUITES = ["psk", "ecdsa", "rsa"]
SIDES = ["initiator", "responder"]
ROUNDS, COUNT, SAS = 3, 2, 20

ROW = re.compile(r"^\| `([\w\[\].]+)` \| ([a-z ]+) \| .+ \|$", re.M)


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=PATIENCE)


def documented():
    """Path -> type, SIDE spelled out, of the section "JSON"."""
    section = DOCUMENT.read_text().split("\n## JSON\n")[1].split("\n## ")[0]
    fields = {}
    for path, kind in ROW.findall(section):
        for side in SIDES if "SIDE" in path else [""]:
            fields[path.replace("SIDE", side)] = kind
    return fields


def is_number(value):
    return type(value) in (int, float) and math.isfinite(value)


def is_spread(value):
    return (isinstance(value, dict) and sorted(value) == ["max", "median", "min"]
            and all(is_number(part) and part >= 0 for part in value.values())
            and value["min"] <= value["median"] <= value["max"])


FITS = {
    "text": lambda value: isinstance(value, str) and value != "",
    "integer": lambda value: type(value) is int and value >= 0,
    "number": is_number,
    "number or null": lambda value: value is None or is_number(value),
    "spread": is_spread,
}


def leaves(value, path=""):
    """(path, value) of all that is no list and no object; spreads are leaves."""
    if isinstance(value, list):
        for element in value:
            yield from leaves(element, path + "[]")
    elif isinstance(value, dict) and not is_spread(value):
        for name, element in value.items():
            yield from leaves(element, f"{path}.{name}" if path else name)
    else:
        yield path, value


class Bench(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        done = run("--rounds", str(ROUNDS), "--count", str(COUNT), "--sas", str(SAS), "--json")
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        cls.all = json.loads(done.stdout)

    def sides(self, what):
        for row in self.all[what]:
            for side in SIDES:
                yield row, row[side]

    def test_fields_are_those_of_the_document(self):
        self.assertEqual({path for path, _ in leaves(self.all)}, set(documented()))

    def test_values_have_the_type_of_the_document(self):
        fields = documented()
        for path, value in leaves(self.all):
            self.assertTrue(FITS[fields[path]](value), f"{path}: {value}")

    def test_options_are_in_the_document(self):
        self.assertEqual(self.all["options"],
                         {"rounds": ROUNDS, "count": COUNT, "seconds": 0.5, "sas": SAS})
        self.assertEqual((self.all["schema"], self.all["version"]), ("ikev2-bench", 1))

    def test_every_suite_is_measured(self):
        for what in ("handshake", "memory"):
            self.assertEqual([row["suite"] for row in self.all[what]], SUITES)
        self.assertEqual([row["suite"] for row in self.all["message"]],
                         [suite for suite in SUITES for _ in range(2)])

    def test_calls_add_up(self):
        for _, side in self.sides("handshake"):
            self.assertEqual(sum(call["count"] for call in side["calls"]), side["n_calls"])

    def test_handshake_has_the_primitives_of_its_suite(self):
        for row, side in self.sides("handshake"):
            n = {}
            for call in side["calls"]:
                n[call["call"]] = n.get(call["call"], 0) + call["count"]
            signed = row["suite"] != "psk"
            self.assertEqual((n["ke_start"], n["ke_finish"]), (1, 1))
            self.assertEqual((n.get("sign", 0), n.get("verify", 0)), (1, 2) if signed else (0, 0))
            self.assertEqual(n["prf_plus"], 2)
            self.assertGreaterEqual(n["seal"], 1)
            self.assertGreaterEqual(n["open"], 1)

    def test_ratio_is_that_of_the_times(self):
        for row, side in self.sides("handshake"):
            low = side["handshake_ns"]["min"] / side["primitives_ns"]["max"]
            high = side["handshake_ns"]["max"] / side["primitives_ns"]["min"]
            self.assertLessEqual(low, side["ratio"]["median"] * 1.001)
            self.assertGreaterEqual(high, side["ratio"]["median"] * 0.999)
            self.assertEqual(row["count"], COUNT)

    def test_blocks_and_tables_are_the_octets_of_an_idle_sa(self):
        for row, side in self.sides("memory"):
            blocks = sum(block["octets"] * block["count"] for block in side["blocks"])
            self.assertAlmostEqual(blocks + side["table_octets"], side["octets"], places=3)
            self.assertGreater(blocks, 500)
            self.assertLess(abs(side["table_octets"]), side["octets"] / 2)
            self.assertGreater(side["peak_octets"], side["octets"])
            self.assertEqual(row["sas"], SAS)

    def test_messages_are_those_of_the_suite(self):
        octets = {(row["suite"], row["message"]): row["octets"] for row in self.all["message"]}
        inner = "IKE_AUTH request, inner"
        # A certificate and a signature more than a pre-shared key needs.
        self.assertGreater(octets["ecdsa", inner], octets["psk", inner] + 300)
        self.assertGreater(octets["rsa", inner], octets["ecdsa", inner] + 300)

    def test_cookie_holds_nothing_and_half_open_sa_does(self):
        flood = self.all["flood"]
        self.assertEqual(flood["cookie"]["octets"], 0)
        self.assertGreater(flood["half_open"]["octets"], 500)
        self.assertEqual((flood["cookie"]["count"], flood["half_open"]["count"]), (COUNT, COUNT))

    def test_only_what_is_asked_for_is_measured(self):
        done = run("--suite", "psk", "--measure", "message", "--count", "1", "--rounds", "1",
                   "--json")
        self.assertEqual(sorted(json.loads(done.stdout)),
                         ["clock", "machine", "message", "options", "schema", "version"])

    def test_file_is_written_besides_the_table(self):
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory, "bench.json")
            for form in ([f"--json={path}"], ["--json", str(path)]):
                done = run("--suite", "psk", "--count", "1", "--rounds", "2", "--sas", "3", *form)
                self.assertEqual(done.returncode, 0, done.stderr)
                for word in ("HANDSHAKE", "PRIMITIVES", "MEMORY", "MESSAGE", "FLOOD"):
                    self.assertIn(word, done.stdout)
                self.assertEqual(json.loads(path.read_text())["schema"], "ikev2-bench")
                path.unlink()

    def test_wrong_command_lines_are_said_to_be_so(self):
        for line, text in (
                (["--suite", "x"], "--suite x: it is none of psk, ecdsa, rsa"),
                (["--measure", "x"],
                 "--measure x: it is none of handshake, memory, message, flood"),
                (["--rounds", "100"], "--rounds 100: it is too large: write 1 to 99"),
                (["--seconds", "0"], "--seconds 0: it is no number of seconds: write one above 0 "
                                     "and up to 3600, like 0.5"),
                (["--count"], "--count needs a value"),
                (["--frob"], "--frob: no such option; --help lists them"),
                (["frob"], "frob: no such option; --help lists them")):
            done = run(*line)
            self.assertEqual((done.returncode, done.stdout, done.stderr),
                             (2, "", f"ikev2-bench: {text}\n"))

    def test_help_names_every_option(self):
        done = run("--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for word in ("suite", "measure", "rounds", "seconds", "count", "sas", "json", "help"):
            self.assertIn(f"--{word}", done.stdout)


unittest.main(argv=sys.argv[:1] + sys.argv[2:], verbosity=2)
