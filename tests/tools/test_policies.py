#!/usr/bin/env python3
"""test_policies.py PROGRAM: doc/policies.md has the library's named policies as PROGRAM writes
them; with IKE2_DOC_UPDATE=1 it is given them."""
import subprocess
import sys

import document

BEGIN, END = "<!-- policies: begin -->\n", "<!-- policies: end -->"


def main():
    written = subprocess.run([sys.argv[1]], capture_output=True, text=True, check=True).stdout
    findings = document.check("doc/policies.md", written, BEGIN, END)
    print("\n".join(findings) or "ok")
    sys.exit(1 if findings else 0)


main()
