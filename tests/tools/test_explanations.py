#!/usr/bin/env python3
"""test_explanations.py: doc/explanations.md shows what the tests of the programs have them print,
the golden files; with IKE2_DOC_UPDATE=1 it is given them."""
import sys

import document

SHOWN = [
    ("A Windows client as it comes out of the box", "server", "windows_default"),
    ("The pre-shared keys differ", "server", "wrong_psk"),
    ("The networks do not meet", "server", "selectors"),
    ("The peer is not one that is known", "server", "identity"),
    ("The certificate has expired", "server", "certificate"),
    ("One side signs, the other one has a pre-shared key", "server", "method"),
    ("Messages get lost on the way", "client", "silence_after_init"),
]
BEGIN, END = "<!-- explanations: begin -->\n", "<!-- explanations: end -->"


def shown(title, program, name):
    text = (document.ROOT / "tests/programs" / f"{program}_golden" / f"{name}.txt").read_text()
    block = "".join(f"    {line}\n" for line in text.splitlines())
    return f"## {title}\n\n`ikev2-{program}`:\n\n{block}\n"


def main():
    written = "\n" + "".join(shown(*row) for row in SHOWN)
    findings = document.check("doc/explanations.md", written, BEGIN, END)
    print("\n".join(findings) or "ok")
    sys.exit(1 if findings else 0)


main()
