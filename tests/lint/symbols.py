#!/usr/bin/env python3
"""What the libraries define, keep and need: names, writable data, libc.

Builds the libraries as for production, with and without the key log, because instrumented objects
would say nothing.
"""
import pathlib
import re
import shutil
import subprocess
import tempfile

import tree

# All that the core may take from libc; memory through the default of the allocator hook. The
# assert helper and those that begin with two underscores are the compiler's own choice.
LIBC = {
    "memchr", "memcmp", "memcpy", "memmove", "memset", "explicit_bzero",
    "strcmp", "strcspn", "strlen", "strncmp",
    "calloc", "free", "malloc", "abort",
    "__assert_fail", "__memcpy_chk", "__memset_chk", "__stack_chk_fail", "_GLOBAL_OFFSET_TABLE_",
}
LIBRARIES = {"libike2": ["*.h"], "libike2-mbedtls": ["mbedtls.h", "x509.h"]}
WRITABLE = re.compile(r"\.(data|bss|tdata|tbss)\b(?!\.rel\.ro)|COMMON")
# A name of Wireshark's table that only the key log writes.
KEYLOG_MARK = b"[RFC5282]"


def run(*command):
    result = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        print(result.stdout + result.stderr)
        raise SystemExit(f"{command[0]} failed")
    return result.stdout


def build(directory, keylog):
    run("cmake", "-S", tree.ROOT, "-B", directory, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
        "-DIKE2_BUILD_TESTS=OFF", "-DIKE2_BUILD_EXAMPLES=OFF", f"-DIKE2_ENABLE_KEYLOG={keylog}")
    run("cmake", "--build", directory)


def symbols(path, *options):
    """(name, type) of the symbols of a library, without versions."""
    found = set()
    for line in run("nm", *options, path).splitlines():
        match = re.match(r"[0-9a-f]* *([A-Za-z]) ([^@\s]+)", line)
        if match:
            found.add((match.group(2), match.group(1)))
    return found


def names(path, *options):
    return {name for name, kind in symbols(path, *options) if kind != "A"}


def declared(patterns, excluded):
    """Functions that carry IKE2_API in the public headers."""
    headers = {path for pattern in patterns
               for path in (tree.ROOT / "include/ike2").glob(pattern) if path.name not in excluded}
    found = set()
    for path in headers:
        for declaration in re.findall(r"\bIKE2_API\b[^;{]*;", tree.bare(path.read_text())):
            found.add(re.search(r"\b(ike2_\w+)\s*\(", declaration).group(1))
    return found


def mapped(library):
    text = tree.without_comments((tree.ROOT / f"lib/{library}.map").read_text())
    return set(re.findall(r"\b(ike2_\w+);", text))


def difference(text, left, right):
    return [f"{text}: {name}" for name in sorted(left - right)]


def check_archive(path):
    findings = [f"{path.name}: {name} does not start with ike2_"
                for name in sorted(names(path, "-g", "--defined-only"))
                if not name.startswith("ike2_")]
    member = None
    for line in run("size", "-A", path).splitlines():
        member = line.split()[0] if "(ex " in line else member
        fields = line.split()
        if len(fields) == 3 and WRITABLE.match(fields[0]) and fields[1] != "0":
            findings.append(f"{path.name}: {member}: {fields[0]} holds {fields[1]} octets")
    return findings


def check_needs(directory):
    core = directory / "libike2.a"
    needs = names(core, "-u") - names(core, "-g", "--defined-only")
    findings = difference("libike2 needs", needs, LIBC)
    provider = directory / "libike2-mbedtls.a"
    needs = names(provider, "-u") - names(provider, "-g", "--defined-only")
    needs = {name for name in needs if not re.match(r"mbedtls_|__atomic_", name)}
    return findings + difference("libike2-mbedtls needs", needs, LIBC)


def check_exports(directory, library, patterns):
    exported = names(directory / f"{library}.so", "-D", "--defined-only")
    excluded = LIBRARIES["libike2-mbedtls"] if library == "libike2" else []
    api = declared(patterns, excluded)
    listed = mapped(library)
    return (difference(f"{library}.map lacks", api, listed)
            + difference(f"{library}.map lists what no header declares", listed, api)
            + difference(f"{library}.so does not define", api, exported)
            + difference(f"{library}.so exports what no header declares", exported, api))


def check_keylog(without, with_keylog):
    findings = []
    if KEYLOG_MARK in (without / "libike2.so").read_bytes():
        findings.append("the key log is in a library that was built without it")
    if KEYLOG_MARK not in (with_keylog / "libike2.so").read_bytes():
        findings.append("the key log is not in a library that was built with it")
    return findings


if not (shutil.which("ninja") and shutil.which("nm") and shutil.which("size")):
    tree.skip("ninja or binutils are not installed")
with tempfile.TemporaryDirectory() as temporary:
    production = pathlib.Path(temporary) / "production"
    development = pathlib.Path(temporary) / "development"
    build(production, "OFF")
    build(development, "ON")
    found = check_needs(production) + check_keylog(production, development)
    for name, headers in LIBRARIES.items():
        found += check_exports(production, name, headers)
        for variant in (production, development):
            found += check_archive(variant / f"{name}.a")
tree.finish(found)
