#!/usr/bin/env python3
"""Sections of RFCs that comments and tables name exist: `RFC 7296 2.8.1`, and, where nothing else
is meant, `2.8.1` alone.

rfc_sections.txt has the sections of the RFCs that are named; `rfctags.py ROOT update` writes it
from the RFCs' texts in $IKE2_VECTORS/rfc, where they are. An RFC without a line there is not
checked.
"""
import os
import pathlib
import re
import sys

import tree

HERE = pathlib.Path(__file__).parent
DATA = HERE / "rfc_sections.txt"
MAIN = "7296"
# Only here a number alone is a section of RFC 7296.
BARE = ("lib/wire/", "lib/crypto/", "lib/policy/", "lib/sa/", "lib/endpoint/", "include/ike2/")
# Versions: IKE's and mbedTLS's.
NO_SECTION = {"2.0", "2.28"}

SECTION = r"(?:[A-Z](?:\.\d+)*|\d+(?:\.\d+)*)(?![\w.]*\w)"
FURTHER = r"(?:[A-Z]\.\d+|\d+(?:\.\d+)+)(?![\w.]*\w)"
TAG = re.compile(rf"RFC (\d{{3,4}}) (?:Appendix )?"
                 rf"({SECTION}(?:(?:,| and| or| to|,? Appendix) {FURTHER})*)")
ALONE = re.compile(r"(?<![\w.-])[1-5](?:\.\d{1,2}){1,3}(?![\w.]*\w)")
HEAD = re.compile(r"^(?:Appendix )?(\d+(?:\.\d+)*|[A-Z](?:\.\d+)*)[.:]? {1,3}\S", re.M)
TEXTS = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', re.S)


def texts_of(path):
    """Comments and literals in one line each, with the number of their first line."""
    source = path.read_text()
    for match in TEXTS.finditer(source):
        text = re.sub(r"\n[ \t]*\*?[ \t]*", " ", match.group())
        yield source.count("\n", 0, match.start()) + 1, text


def sources():
    return [path for path in tree.files("*.c", "*.h")
            if tree.relative(path).startswith(("lib/", "include/", "examples/"))]


def sections():
    """{RFC: its sections}."""
    known = {}
    for line in DATA.read_text().splitlines():
        if line and not line.startswith("#"):
            rfc, *numbers = line.split()
            known.setdefault(rfc, set()).update(numbers)
    return known


def named(text):
    """(RFC, section) of each tag, and what is left of the text."""
    found = []
    for rfc, numbers in TAG.findall(text):
        found += [(rfc, number) for number in re.findall(SECTION, numbers)]
    return found, TAG.sub("", text)


def check(path, known):
    name = tree.relative(path)
    for number, text in texts_of(path):
        tags, rest = named(text)
        if name.startswith(BARE) and not re.search(r"RFC \d", rest):
            tags += [(MAIN, alone) for alone in ALONE.findall(rest) if alone not in NO_SECTION]
        for rfc, section in tags:
            if rfc in known and section not in known[rfc]:
                yield f"{name}:{number}: RFC {rfc} has no section {section}"


# --- From the texts -----------------------------------------------------------------------

def vectors():
    return pathlib.Path(os.environ.get("IKE2_VECTORS", tree.ROOT / "../shared/vectors")) / "rfc"


def sections_of(path):
    """In the order of the text; the head of a section begins a line, in the list of contents it
    does not."""
    text = path.read_text(errors="replace").replace("\f", "")
    return list(dict.fromkeys(match.group(1) for match in HEAD.finditer(text)
                              if "...." not in text[match.start():].split("\n", 1)[0]))


def wrapped(rfc, numbers):
    line = rfc
    for number in numbers:
        if len(line) + 1 + len(number) > 100:
            yield line
            line = rfc
        line += " " + number
    yield line


def update():
    rfcs = {rfc for path in sources() for _, text in texts_of(path) for rfc, _ in named(text)[0]}
    lines = ["# RFC, and its sections. Written by `python3 tests/lint/rfctags.py . update`."]
    for rfc in sorted(rfcs, key=int):
        text = vectors() / f"rfc{rfc}.txt"
        if text.exists():
            lines += wrapped(rfc, sections_of(text))
    DATA.write_text("\n".join(lines) + "\n")
    print(f"written: {len(lines)} lines")


if __name__ == "__main__":
    if sys.argv[2:] == ["update"]:
        update()
    else:
        tree.finish([finding for path in sources() for finding in check(path, sections())])
