#!/usr/bin/env python3
"""Public headers define nothing but IKE2_* macros."""
import os
import re
import subprocess

import tree

SYSTEM = "#include <stdbool.h>\n#include <stddef.h>\n#include <stdint.h>\n"


def macros(source):
    command = [os.environ.get("CC", "cc"), "-std=c11", "-dM", "-E", "-x", "c", "-I",
               str(tree.ROOT / "include"), "-"]
    result = subprocess.run(command, input=source, capture_output=True, text=True, check=True)
    return set(re.findall(r"^#define (\w+)", result.stdout, re.M))


findings = []
before = macros(SYSTEM)
for path in sorted((tree.ROOT / "include/ike2").glob("*.h")):
    for macro in sorted(macros(f"{SYSTEM}#include <ike2/{path.name}>\n") - before):
        if not macro.startswith("IKE2_"):
            findings.append(f"{tree.relative(path)}: defines {macro}")
tree.finish(findings)
