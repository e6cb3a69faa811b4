#!/usr/bin/env python3
"""Every header compiles alone: public ones as C11, C99 and C++17, without padding and without a
warning, internal ones as C11."""
import os
import shutil
import subprocess

import tree

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror"]
C11 = ["-x", "c", "-std=c11"]
LANGUAGES = [
    C11 + ["-Wpadded"],
    ["-x", "c", "-std=c99", "-Wpadded"],
    ["-x", "c++", "-std=c++17"],
]


def complaint(compiler, flags, header):
    # Twice: the include guard is part of what is checked. A header may hold macros only, and a
    # translation unit not.
    source = f"#include {header}\n#include {header}\nextern int declaration;\n"
    command = [compiler, *flags, *WARNINGS, "-fsyntax-only", "-I", str(tree.ROOT / "include"),
               "-iquote", str(tree.ROOT / "lib"), "-"]
    result = subprocess.run(command, input=source, capture_output=True, text=True, check=False)
    return result.stderr if result.returncode else None


def cases():
    for path in sorted((tree.ROOT / "include/ike2").glob("*.h")):
        for flags in LANGUAGES:
            yield path, flags, f"<ike2/{path.name}>"
    for path in sorted((tree.ROOT / "lib").rglob("*.h")):
        yield path, C11, f'"{path.relative_to(tree.ROOT / "lib").as_posix()}"'


compilers = [name for name in (os.environ.get("CC", "gcc"), "clang") if shutil.which(name)]
if not compilers:
    tree.skip("no C compiler")
findings = []
for path, flags, header in cases():
    for compiler in compilers:
        text = complaint(compiler, flags, header)
        if text:
            findings.append(f"{tree.relative(path)}: {compiler} {' '.join(flags)}:\n{text}")
tree.finish(findings)
