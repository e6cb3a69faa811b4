#!/usr/bin/env python3
"""test_tables.py PROGRAM: doc/tables.md is what PROGRAM writes from the tables of the code; with
IKE2_DOC_UPDATE=1 it is given them."""
import subprocess
import sys

import document

written = subprocess.run([sys.argv[1]], stdout=subprocess.PIPE, text=True, check=True).stdout
findings = document.check("doc/tables.md", written)
if findings:
    print(f"IKE2_DOC_UPDATE=1 python3 tests/tools/test_tables.py {sys.argv[1]}")
print("\n".join(findings) or "ok")
sys.exit(1 if findings else 0)
