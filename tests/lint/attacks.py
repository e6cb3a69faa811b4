#!/usr/bin/env python3
"""doc/security-tests.md: each attack has tests, each test exists, and each test of
tests/sim/test_attacks_*.c is about an attack."""
import re

import conformance
import tree

DOCUMENT = "doc/security-tests.md"
ROW = re.compile(r"\| (D\d+) \| .* \| (`.*`) \|$")
ROWS = [f"D{number}" for number in range(1, 19)]


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


def check():
    text = (tree.ROOT / DOCUMENT).read_text()
    rows = dict(rows_of(text))
    existing = conformance.tests_of()
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


tree.finish(list(check()))
