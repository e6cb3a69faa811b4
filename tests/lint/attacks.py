#!/usr/bin/env python3
"""doc/security-tests.md: each attack has tests, each test exists, and each test of
tests/sim/test_attacks_*.c is about an attack. doc/security.md: each default has tests, and each
exists."""
import re

import conformance
import tree

DOCUMENT = "doc/security-tests.md"
ROW = re.compile(r"\| ([BDEN]\d+) \| .* \| (`.*`) \|$")
DEFAULTS = "doc/security.md"
DEFAULT = re.compile(r"\| (.*?) \| .* \| (.*) \|$")
NUMBERS = {"B": [*range(1, 14), *range(16, 20)], "D": range(1, 19),
           "E": [*range(1, 10), 11, 12, 14], "N": range(1, 10)}
ROWS = [f"{letter}{number}" for letter, numbers in NUMBERS.items() for number in numbers]


def rows_of(text):
    """Row and the tests it names."""
    for line in text.splitlines():
        match = ROW.match(line)
        if match:
            yield match.group(1), re.findall(r"`(\w+)`", match.group(2))


def attacks():
    """The tests that have to be named."""
    for path, text in conformance.texts("test_attacks_*.c"):
        listed = text[text.find("struct CMUnitTest"):]
        yield from ((tree.relative(path), name) for name in conformance.CMOCKA.findall(listed))


def defaults(existing):
    """What is wrong with the rows of the tables whose last column is "Tests"."""
    is_listed = False
    for line in (tree.ROOT / DEFAULTS).read_text().splitlines():
        match = DEFAULT.match(line)
        if match and match.group(2) == "Tests":
            is_listed = True
        elif not line.startswith("|"):
            is_listed = False
        elif match and is_listed:
            names = re.findall(r"`(\w+)`", match.group(2))
            if not names:
                yield f"{DEFAULTS}: no test: {match.group(1)}"
            yield from (f"{DEFAULTS}: no test {name}: {match.group(1)}"
                        for name in names if name not in existing)


def check():
    text = (tree.ROOT / DOCUMENT).read_text()
    rows = dict(rows_of(text))
    existing = conformance.tests_of()
    existing |= {f"lint_{path.stem}" for path in tree.ROOT.glob("tests/lint/*.py")}
    named = {name for names in rows.values() for name in names}
    if list(rows) != ROWS:
        yield f"{DOCUMENT}: rows {list(rows)}, not {ROWS}"
    for row, names in rows.items():
        for name in names:
            if name not in existing:
                yield f"{DOCUMENT}: {row}: no test {name}"
    for path, name in attacks():
        if name not in named:
            yield f"{path}: {name} is not in {DOCUMENT}"
    yield from defaults(existing)


tree.finish(list(check()))
