#!/usr/bin/env python3
"""doc/conformance/*.tsv: what an RFC requires, where it is done, and which test says so.

No row points at nothing: sections exist, functions are in their files, tests are in the lists of
cmocka, in tests/**/test_*.py or in a list of scenarios. Where the RFC's text is there
($IKE2_VECTORS/rfc), each line with a key word of RFC 2119 in the sections that a table is about is
accounted for by a row.
"""
import re

import rfctags
import tree

COLUMNS = ("id", "strength", "section", "lines", "requirement", "status", "code", "test", "note")
STRENGTHS = ("MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "REQUIRED", "RECOMMENDED", "MAY",
             "OPTIONAL", "needs")  # the last one: said without a key word
STATUSES = ("done", "not-applicable", "deviation", "missing", "no-requirement")
# The sections that a table is about, each with what is below it.
SCOPES = {"7296": ("1", "2", "3"), "7383": ("2", "3", "4", "5"), "7427": ("3", "4", "5", "6"),
          "7619": ("2", "3"), "7670": ("1", "3", "4"), "8420": ("2", "3")}
KEYWORD = re.compile(r"\b(MUST|SHALL|SHOULD|REQUIRED|RECOMMENDED|MAY|OPTIONAL)\b")
HEAD = re.compile(r"(\d+(?:\.\d+)*)\.  ?\S")
CMOCKA = re.compile(r"\b(?:cmocka_unit_test\w*|[A-Z][A-Z_]*)\(\s*(\w+)")


def texts(*patterns):
    return ((path, path.read_text()) for path in tree.files(*patterns)
            if tree.relative(path).startswith("tests/"))


def tests_of():
    """The names of all tests."""
    names = set()
    for path, text in texts("test_*.c"):
        listed = text[text.find("struct CMUnitTest"):] if "struct CMUnitTest" in text else ""
        names.update(CMOCKA.findall(listed))
        names.add(path.stem)
    for path, text in texts("test_*.py"):
        names.update(re.findall(r"^ +def (test_\w+)", text, re.M))
        names.add(path.stem)
    for path, text in texts("scenarios.list"):
        names.update(f"{path.parent.name}:{line.split()[0]}" for line in text.splitlines()
                     if re.match("[a-z0-9]", line))
    return names


class Code:
    """Which functions and tables a file defines."""

    def __init__(self):
        self.defined = {}

    def finding(self, place):
        name, _, function = place.partition(":")
        path = tree.ROOT / name
        if not function or not path.is_file():
            return f"no such place: {place}"
        if name not in self.defined:
            lines = tree.bare(path.read_text()).split("\n")
            self.defined[name] = {word for line in lines if re.match(r"[a-z]", line)
                                  for word in re.findall(r"(\w+)(?=[(\[])", line)}
        return None if function in self.defined[name] else f"{name} does not define {function}"


def cells(row, column):
    return [cell for cell in row[column].split("; ") if cell]


def check_words(row, known):
    if not re.fullmatch(re.escape(row["section"]) + r"-\d+", row["id"]):
        yield f"the id is not {row['section']}-NUMBER"
    if row["section"] not in known:
        yield f"no section {row['section']}"
    if row["strength"] not in STRENGTHS:
        yield f"no strength {row['strength']!r}"
    if row["status"] not in STATUSES:
        yield f"no status {row['status']!r}"
    if not row["requirement"]:
        yield "no requirement"


def check_row(row, known, code, tests):
    yield from check_words(row, known)
    yield from filter(None, (code.finding(place) for place in cells(row, "code")))
    yield from (f"no test {test}" for test in cells(row, "test") if test not in tests)
    if row["status"] == "done" and not (row["code"] and row["test"]):
        yield "done needs code and a test"
    if row["status"] != "done" and not row["note"]:
        yield f"{row['status']} needs a note that says why"


def rows_of(path):
    head, *lines = path.read_text().split("\n")[:-1]
    if tuple(head.split("\t")) != COLUMNS:
        return None
    return [dict(zip(COLUMNS, line.split("\t"))) if line.count("\t") == len(COLUMNS) - 1 else line
            for line in lines]


# --- The text -----------------------------------------------------------------------------

def keywords(text, scopes):
    """{line: the key words in it} of these sections."""
    found, section = {}, ""
    for number, line in enumerate(text.replace("\f", "").split("\n"), 1):
        head = HEAD.match(line)
        if head and "...." not in line:
            section = head.group(1)
        if section.split(".")[0] in scopes and KEYWORD.search(line):
            found[number] = KEYWORD.findall(line)
    return found


def check_text(rows, found):
    """Is each line accounted for, and does each row name lines that say it?"""
    named = {}
    for row in rows:
        for number in row["lines"].split():
            named.setdefault(int(number), []).append(row)
            word = row["strength"].split()[0]
            if int(number) not in found:
                yield f"{row['id']}: line {number} has no key word"
            elif row["status"] != "no-requirement" and word not in found[int(number)]:
                yield f"{row['id']}: line {number} does not say {word}"
        if not row["lines"] and row["strength"] != "needs":
            yield f"{row['id']}: {row['strength']} in no line"
    for number, words in found.items():
        if number not in named:
            yield f"line {number} of the RFC is not accounted for: {', '.join(words)}"


# --- A table ------------------------------------------------------------------------------

def check_table(path, code, tests):
    name = tree.relative(path)
    rfc = path.stem.removeprefix("rfc")
    rows = rows_of(path)
    if rows is None:
        return [f"{name}: the columns are not {' '.join(COLUMNS)}"], False
    findings = [f"{name}: not {len(COLUMNS)} columns: {row[:60]}" for row in rows
                if isinstance(row, str)]
    rows = [row for row in rows if not isinstance(row, str)]
    ids = [row["id"] for row in rows]
    findings += [f"{name}: twice: {i}" for i in sorted(set(ids)) if ids.count(i) > 1]
    known = rfctags.sections().get(rfc, set())
    findings += [f"{name}: {row['id']}: {finding}" for row in rows
                 for finding in check_row(row, known, code, tests)]
    text = rfctags.vectors() / f"rfc{rfc}.txt"
    if text.exists():
        found = keywords(text.read_text(errors="replace"), SCOPES[rfc])
        findings += [f"{name}: {finding}" for finding in check_text(rows, found)]
    return findings, text.exists()


def main():
    tables = sorted((tree.ROOT / "doc/conformance").glob("rfc*.tsv"))
    code, tests, findings, unread = Code(), tests_of(), [], []
    for path in tables:
        found, has_text = check_table(path, code, tests)
        findings += found
        unread += [] if has_text else [path.stem]
    if not tables:
        findings.append("doc/conformance has no table")
    if unread and not findings:
        tree.skip(f"all rows are right, but no text of {', '.join(unread)} in {rfctags.vectors()}, "
                  "so none can be missed: set IKE2_VECTORS")
    tree.finish(findings)


if __name__ == "__main__":
    main()
