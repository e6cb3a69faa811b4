#!/usr/bin/env python3
"""Which file may include which: the layers of the library."""
import re

import tree

# A layer sees itself, the public headers of the core, and:
SEES = {
    "base": set(),
    "wire": {"base"},
    "crypto": {"base", "wire"},
    "policy": {"base", "wire", "crypto"},
    "trace": {"base"},
    "sa": {"base", "wire", "crypto", "policy", "trace"},
    "endpoint": {"base", "wire", "crypto", "policy", "trace", "sa"},
    "x509": set(),
    "mbedtls": {"x509"},
}
# What the provider and its validator may see of the core: header-only, so that sharing it links
# nothing.
PROVIDER_SEES = {"base/reader.h", "base/bytes.h"}

PROVIDER_HEADERS = {"ike2/mbedtls.h", "ike2/x509.h"}
PUBLIC_SYSTEM = {"stdbool.h", "stddef.h", "stdint.h"}
CORE_SYSTEM = PUBLIC_SYSTEM | {"assert.h", "limits.h", "string.h"}
# Key handles are counted with atomics, and allocated outside of the endpoint.
MBEDTLS_SYSTEM = CORE_SYSTEM | {"stdatomic.h", "stdlib.h"}
# Memory comes from the allocator hook alone; this is where its default lies.
STDLIB_FILES = {"lib/base/mem.c"}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def verdict_public(name, header, kind):
    if kind == "<" and (header in PUBLIC_SYSTEM or header.startswith("ike2/")):
        if header in PROVIDER_HEADERS and name not in {"include/" + p for p in PROVIDER_HEADERS}:
            return "belongs to the provider"
        return None
    return "is not for a public header"


def verdict_system(name, layer, header):
    if header.startswith("ike2/"):
        if header in PROVIDER_HEADERS and (layer, header) != ("x509", "ike2/x509.h") and (
                layer != "mbedtls"):
            return "belongs to the provider"
        return None if (tree.ROOT / "include" / header).exists() else "does not exist"
    if layer == "mbedtls" and header.startswith("mbedtls/"):
        if header.startswith("mbedtls/x509") and "/x509/" not in name:
            return "is for lib/mbedtls/x509"
        return None
    if header == "stdlib.h" and name in STDLIB_FILES:
        return None
    allowed = MBEDTLS_SYSTEM if layer == "mbedtls" else CORE_SYSTEM
    return None if header in allowed else "is not on the list of system headers"


def verdict_internal(layer, header):
    if not (tree.ROOT / "lib" / header).exists():
        return "does not exist below lib/"
    target = header.split("/")[0]
    if target == layer or target in SEES[layer]:
        return None
    if layer in {"mbedtls", "x509"} and header in PROVIDER_SEES:
        return None
    return f"is not for {layer}"


def check(path):
    name = tree.relative(path)
    public = name.startswith("include/")
    layer = name.split("/")[1]
    if not public and layer not in SEES:
        return [f"{name}: lib/{layer} is not a layer"]
    text = tree.without_comments(path.read_text())
    findings = []
    for match in INCLUDE.finditer(text):
        kind, header = match.groups()
        if public:
            verdict = verdict_public(name, header, kind)
        elif kind == "<":
            verdict = verdict_system(name, layer, header)
        else:
            verdict = verdict_internal(layer, header)
        if verdict:
            line = text.count("\n", 0, match.start(1)) + 1
            findings.append(f"{name}:{line}: {header} {verdict}")
    if len(INCLUDE.findall(text)) != len(re.findall(r"^[ \t]*#[ \t]*include", text, re.M)):
        findings.append(f"{name}: an #include that does not name its file")
    return findings


paths = [path for path in tree.files("*.c", "*.h")
         if tree.relative(path).startswith(("lib/", "include/"))]
tree.finish([finding for path in paths for finding in check(path)])
