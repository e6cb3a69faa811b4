#!/usr/bin/env python3
"""Words and characters that do not belong into the tree."""
import re

import tree

SUFFIXES = {".c", ".h", ".py", ".sh", ".cmake", ".in", ".md", ".txt", ".json", ".map", ".tsv",
            ".yml", ""}
# Data of others and texts that are not ours to change.
EXEMPT = ("LICENSE", "fuzz/corpus/", "tests/replay/")

# Written so that this file does not find itself.
RULES = [
    (re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX)\b"), "an issue, or nothing"),
    (re.compile(r"(?<![\w.$}])/(home|work|root|Users|mnt)/\w"), "a path of one machine"),
    (re.compile(r"[ \t]+$"), "space at the end of the line"),
    (re.compile(r"\t"), "a tab"),
]


def check(path):
    name = tree.relative(path)
    data = path.read_bytes()
    if path.suffix not in SUFFIXES or name.startswith(EXEMPT) or b"\0" in data:
        return []
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return [f"{name}: not UTF-8"]
    findings = []
    for number, line in enumerate(text.split("\n"), 1):
        for rule, reason in RULES:
            match = rule.search(line)
            # A table's columns are separated by tabs, and a makefile's recipes begin with one.
            may_have_tabs = path.suffix == ".tsv" or name == "debian/rules"
            if match and not (may_have_tabs and "\t" in match.group()):
                findings.append(f"{name}:{number}: {match.group().strip()!r}: {reason}")
    if text and not text.endswith("\n"):
        findings.append(f"{name}: no newline at the end")
    return findings


tree.finish([finding for path in tree.files("*") for finding in check(path)])
