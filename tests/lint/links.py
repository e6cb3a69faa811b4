#!/usr/bin/env python3
"""Links of the documents lead to files that are there."""
import re

import tree

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
CODE = re.compile(r"^```.*?^```|^    .*?$|`[^`\n]*`", re.S | re.M)


def documents():
    yield from tree.ROOT.glob("*.md")
    for folder in ("doc", "tests", "examples", "fuzz"):
        yield from (tree.ROOT / folder).rglob("*.md")


def check():
    for path in sorted(documents()):
        for link in LINK.findall(CODE.sub("", path.read_text())):
            if "://" not in link and not (path.parent / link).exists():
                yield f"{tree.relative(path)}: no {link}"


tree.finish(list(check()))
