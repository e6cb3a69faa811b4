#!/usr/bin/env python3
"""The ABI of the libraries against the one that tests/abi keeps: that of the last release.

abi.py [ROOT]         1 if programs built with the last release would break, or if the version or
                      the SONAME has been raised and nothing was kept since. Additions are noted.
abi.py ROOT keep      keeps what is built now, unless something breaks; tests/abi/update.sh
abi.py ROOT accept    keeps it all the same
"""
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import tree

LIBRARIES = ("libike2", "libike2-mbedtls")
KEPT = tree.ROOT / "tests/abi"
HEADERS = tree.ROOT / "include/ike2"
SYMBOLS = tree.ROOT / "debian/libike2-0.symbols"
# Sizes and offsets are those of one machine.
MACHINE = "x86_64"

# What may grow at its end beside the structures that begin with `struct_size`: library memory that
# programs and leaf functions read through a pointer, the third kind of ike2/types.h.
LIBRARY_MEMORY = {
    "ike2_output", "ike2_send", "ike2_sa_event", "ike2_child_event", "ike2_pair",
    "ike2_sign_task", "ike2_proof", "ike2_lane_task",
    "ike2_policy_query", "ike2_trace_record", "ike2_prf_args", "ike2_seal_args",
}
# The core refuses a table that is shorter than its own (lib/crypto/provider.c).
FROZEN = {"ike2_crypto"}

# In the debug information every public header gets a name of its own, because abidw knows what is
# public by the names of files alone, and lib/sa/job.h is not ike2/job.h.
MARK = "ike2-"

WHAT_TO_DO = """Programs that were built with the last release would break. Either undo the change;
or raise SOVERSION in cmake/Library.cmake, say so in CHANGELOG.md and run `sh tests/abi/update.sh`.
If none can break, because only reserved members were put to use, or because what has changed was
never released, run `sh tests/abi/update.sh --accept`. doc/abi.md has the rules."""


def run(*command, allowed=(0,), **options):
    result = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False,
                            **options)
    if result.returncode not in allowed:
        print(result.stdout + result.stderr)
        raise SystemExit(f"{command[0]} failed")
    return result


def build(directory):
    """Both libraries with debug information that names no directory of this machine. A compiler
    cache may make names of sources relative to the build directory."""
    flags = " ".join(f"-ffile-prefix-map={name}/={instead}"
                     for place, instead in ((tree.ROOT, ""), (HEADERS, MARK))
                     for name in (place, os.path.relpath(place, directory)))
    run("cmake", "-S", tree.ROOT, "-B", directory, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
        "-DIKE2_BUILD_TESTS=OFF", "-DIKE2_BUILD_EXAMPLES=OFF", f"-DCMAKE_C_FLAGS={flags}")
    run("cmake", "--build", directory, "--target", "ike2", "ike2-mbedtls")


def dump(directory, library):
    """Writes LIBRARY.abi beside the library: exported functions and public types only."""
    names = directory / "names"
    names.mkdir(exist_ok=True)
    for header in HEADERS.glob("*.h"):
        (names / (MARK + header.name)).touch()
    path = directory / f"{library}.abi"
    run("abidw", "--exported-interfaces-only", "--drop-private-types", "--headers-dir", names,
        "--drop-undefined-syms", "--type-id-style", "hash", "--no-corpus-path",
        "--no-comp-dir-path", "--no-show-locs", "--no-elf-needed", "--out-file", path,
        directory / f"{library}.so")
    return path


class Abi:
    """What abidw wrote."""

    def __init__(self, path):
        self.root = ElementTree.parse(path).getroot()
        self.types = {node.get("id"): node for node in self.root.iter() if node.get("id")}

    def soname(self):
        return self.root.get("soname")

    def symbols(self):
        return {f"{node.get('name')}@{node.get('version')}"
                for node in self.root.iter("elf-symbol") if node.get("is-defined") == "yes"}

    def structures(self):
        """Members of the structures with a name, in order: name, offset and type of each."""
        return {node.get("name"): self.members(node) for node in self.types.values()
                if node.tag == "class-decl" and not node.get("is-anonymous")
                and not node.get("is-declaration-only")}

    def members(self, node):
        return [(variable.get("name"), member.get("layout-offset-in-bits"),
                 self.text(variable.get("type-id")))
                for member in node.iter("data-member") for variable in member.iter("var-decl")]

    def text(self, identity):
        """A type in words. The ids do not serve: they may differ from file to file."""
        node = self.types[identity]
        if node.tag == "pointer-type-def":
            return self.text(node.get("type-id")) + " *"
        if node.tag == "qualified-type-def":
            return "const " + self.text(node.get("type-id"))
        if node.tag == "array-type-def":
            lengths = [part.get("length") for part in node.iter("subrange")]
            return self.text(node.get("type-id")) + str(lengths)
        if node.tag == "function-type":
            return str([self.text(part.get("type-id")) for part in node])
        if node.get("is-anonymous"):
            return node.tag + str(self.members(node))
        return node.get("name")


def check_public(abi, library):
    """Without its members a structure can be compared with nothing."""
    unknown = [node.get("name") for node in abi.types.values()
               if node.tag == "class-decl" and node.get("is-declaration-only")
               and node.get("name") in complete_types()]
    if unknown or not abi.structures():
        raise SystemExit(f"{library}: abidw has not seen what these are: {', '.join(unknown)}")


def complete_types():
    """Structures that the public headers show."""
    return {name for path in HEADERS.glob("*.h")
            for name in re.findall(r"^\} (ike2_\w+);$", path.read_text(), re.M)}


def grown(old, new):
    """Structures that have more members at their end, and could."""
    now = new.structures()
    found = []
    for name, before in old.structures().items():
        may_grow = name in LIBRARY_MEMORY or before[0][0] == "struct_size"
        after = now.get(name, [])
        if (may_grow and name not in FROZEN and len(after) > len(before)
                and after[:len(before)] == before):
            found.append(name)
    return sorted(found)


def breaks(directory, library, allowed):
    """What abidiff says, or "". Growth that is allowed was looked at and is left out."""
    suppressions = directory / "suppressions"
    suppressions.write_text("".join(f"[suppress_type]\n  name = {name}\n" for name in allowed))
    result = run("abidiff", "--leaf-changes-only", "--no-show-locs", "--no-added-syms",
                 "--suppressions", suppressions, KEPT / f"{library}.abi",
                 directory / f"{library}.abi", allowed=(0, 4, 8, 12))
    return result.stdout if result.returncode else ""


def constants(directory):
    """The values of all that the public headers enumerate or define."""
    code = "".join(f"#include <ike2/{path.name}>\n" for path in sorted(HEADERS.glob("*.h")))
    compiler = ("cc", "-std=c11", "-I", tree.ROOT / "include", "-x", "c", "-")
    text = run(*compiler, "-E", "-P", input=code).stdout
    names = {name for body in re.findall(r"\benum\b\s*\w*\s*\{([^}]*)\}", text)
             for name in re.findall(r"(?:^|,)\s*(IKE2_\w+)", body)}
    for path in HEADERS.glob("*.h"):
        names.update(re.findall(r"^#define (IKE2_\w+) [A-Z0-9]\w*$", path.read_text(), re.M))
    prints = "".join(f'    printf("%s %lld\\n", "{name}", (long long){name});\n'
                     for name in sorted(names))
    program = directory / "constants"
    run(*compiler, "-o", program,
        input=f"#include <stdio.h>\n{code}int main(void)\n{{\n{prints}}}\n")
    return run(program).stdout


def version():
    return re.search(r"project\(ike2 VERSION (\S+)",
                     (tree.ROOT / "CMakeLists.txt").read_text()).group(1)


def values(text):
    return dict(line.split(" ") for line in text.splitlines())


def compare_constants(text):
    """(what breaks, what is new)"""
    old = values((KEPT / "constants.txt").read_text())
    new = values(text)
    broken = [f"{name} was {value}, is {new.get(name, 'gone')}"
              for name, value in old.items() if name != "VERSION" and new.get(name) != value]
    return broken, sorted(set(new) - set(old))


def compare_library(directory, library):
    """(what breaks, what is new)"""
    old, new = Abi(KEPT / f"{library}.abi"), Abi(directory / f"{library}.abi")
    allowed = grown(old, new)
    report = breaks(directory, library, allowed)
    broken = [f"{new.soname()}, says abidiff:\n{report}"] if report else []
    added = sorted(new.symbols() - old.symbols())
    return broken, added + [f"more members of {name}" for name in allowed]


def is_renamed(directory):
    """Has a SONAME been raised? Then nothing breaks: old programs go on with the old library."""
    return any(Abi(KEPT / f"{library}.abi").soname() != Abi(directory / f"{library}.abi").soname()
               for library in LIBRARIES)


def compare(directory, text):
    """(what breaks, what is new), of the constants and both libraries."""
    if is_renamed(directory):
        return [], []
    broken, added = compare_constants(text)
    for library in LIBRARIES:
        more = compare_library(directory, library)
        broken += more[0]
        added += more[1]
    return broken, added


def keep_symbols(sets):
    """The symbols file of the Debian package: since which version there is which symbol."""
    since = dict(re.findall(r"^ (\S+) (\S+)$", SYMBOLS.read_text(), re.M)) if SYMBOLS.exists() \
        else {}
    lines = []
    for soname, symbols in sets:
        lines.append(f"{soname} libike2-0 #MINVER#\n* Build-Depends-Package: libike2-dev\n")
        nodes = {symbol.split("@")[1] for symbol in symbols}
        for symbol in sorted(symbols | {f"{node}@{node}" for node in nodes}):
            lines.append(f" {symbol} {since.get(symbol, version())}\n")
    SYMBOLS.write_text("".join(lines))


def keep(directory, text):
    for library in LIBRARIES:
        shutil.copyfile(directory / f"{library}.abi", KEPT / f"{library}.abi")
    (KEPT / "constants.txt").write_text(f"VERSION {version()}\n{text}")
    built = [Abi(KEPT / f"{library}.abi") for library in LIBRARIES]
    keep_symbols([(abi.soname(), abi.symbols()) for abi in built])
    print(f"kept in tests/abi and {tree.relative(SYMBOLS)}: the ABI of {version()}")


def judge(directory, broken, added):
    if broken:
        print("\n".join(broken + [WHAT_TO_DO]))
        return 1
    kept = values((KEPT / "constants.txt").read_text())["VERSION"]
    if kept != version() or is_renamed(directory):
        print(f"The SONAME or the version has changed since tests/abi was written, for {kept}: "
              "run `sh tests/abi/update.sh`.")
        return 1
    if added:
        print("New, and compatible; `sh tests/abi/update.sh` keeps it with the next release:")
        print("\n".join(added))
    return 0


def main():
    mode = sys.argv[2] if len(sys.argv) > 2 else "compare"
    if not (shutil.which("abidw") and shutil.which("abidiff") and shutil.which("ninja")):
        tree.skip("abigail-tools or ninja is not installed")
    if platform.machine() != MACHINE:
        tree.skip(f"what is kept is the ABI of {MACHINE}")
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary)
        build(directory)
        for library in LIBRARIES:
            check_public(Abi(dump(directory, library)), library)
        text = constants(directory)
        broken, added = ([], []) if mode == "accept" else compare(directory, text)
        if mode == "compare" or broken:
            return judge(directory, broken, added)
        keep(directory, text)
        return 0


sys.exit(main())
