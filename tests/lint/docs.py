#!/usr/bin/env python3
"""The public headers are documented in full: Doxygen finds nothing to warn about.

docs.py ROOT OUTPUT leaves the reference in OUTPUT/html.
"""
import re
import shutil
import subprocess
import sys
import tempfile

import tree

# Members whose name says all, and the helper of X-lists.
SELF_EVIDENT = re.compile(
    r"Member (reserved\S*|struct_size|n_\w+) \(variable\)|Member X\(.*\(macro definition\)")


def run(output):
    version = re.search(r"project\(ike2 VERSION (\S+)", (tree.ROOT / "CMakeLists.txt").read_text())
    text = (tree.ROOT / "doc/Doxyfile.in").read_text()
    for name, value in (("VERSION", version.group(1)), ("ROOT", tree.ROOT), ("OUTPUT", output)):
        text = text.replace(f"@{name}@", str(value))
    result = subprocess.run(["doxygen", "-"], input=text, capture_output=True, text=True,
                            check=False)
    lines = [line.replace(f"{tree.ROOT}/", "") for line in result.stderr.splitlines()
             if "warning:" in line or "error:" in line]
    if result.returncode != 0 and not lines:
        return [result.stderr]
    return [line for line in lines if not SELF_EVIDENT.search(line)]


def check_files():
    """Doxygen is silent about the functions of a header that does not begin with @file."""
    return [f"{tree.relative(path)}: does not begin with /** @file"
            for path in sorted((tree.ROOT / "include/ike2").glob("*.h"))
            if not path.read_text().startswith("/** @file ike2/" + path.name)]


if not shutil.which("doxygen"):
    tree.skip("doxygen is not installed")
if len(sys.argv) > 2:
    tree.finish(check_files() + run(sys.argv[2]))
with tempfile.TemporaryDirectory() as temporary:
    found = run(temporary)
tree.finish(check_files() + found)
