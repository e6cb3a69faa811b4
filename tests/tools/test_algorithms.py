#!/usr/bin/env python3
"""test_algorithms.py PROGRAM document|rfcs|interop: the registry of algorithms, as PROGRAM
writes it.

document: doc/algorithms.md has the same tables; with IKE2_DOC_UPDATE=1 it is given them.
rfcs: names, numbers and levels are those of IANA's registry, RFC 8247 and RFC 8221, read from the
reference vectors (IKE2_VECTORS).
interop: what the provider has is negotiated by the suites of tests/interop, for whatever it is for.
"""
import os
import pathlib
import re
import subprocess
import sys

import document

HERE = pathlib.Path(__file__).parent
INTEROP = HERE / "../interop"
BEGIN, END = "<!-- algorithms: begin -->\n", "<!-- algorithms: end -->"
LEVEL = r"(MUST NOT|MUST-|MUST|SHOULD NOT|SHOULD\+|SHOULD|MAY)"
IKE, ESP = "RFC 8247", "RFC 8221"

REGISTRIES = {
    "Encryption": "encryption_transform_type",
    "Pseudorandom": "pseudorandom_function_type",
    "Integrity": "integrity_transform_type",
    "Key exchange": "diffie_hellman_group_type",
    "Extended": "extended_sequence_numbers_type",
}
# Levels that no table has, but the text.
BY_TEXT = {
    (IKE, "ENCR_AES_CTR"): "| ENCR_AES_CTR        | SHOULD                   | MAY(*)     |",
    (ESP, "ENCR_AES_CTR"): "| ENCR_AES_CTR      |   MAY    |      MAY(*)     |",
    (IKE, "ENCR_AES_GCM_12"): "the 8- and 12-octet ICVs remain at the MAY level",
    (IKE, "ENCR_AES_GCM_8"): "the 8- and 12-octet ICVs remain at the MAY level",
    (ESP, "AUTH_AES_192_GMAC"): "Therefore, these algorithms are kept at MAY",
    (IKE, "RSASSA-PKCS1-v1.5"): "RSASSA-PSS MUST be supported and RSASSA- PKCS1-v1.5 MAY be",
}
# What the RFCs' tables list, and no transform is.
NO_TRANSFORM = {"IPCOMP_OUI", "IPCOMP_DEFLATE", "IPCOMP_LZS", "IPCOMP_LZJH"}


def skip(reason):
    print(f"SKIP: {reason}")
    sys.exit(77)


def tables(text):
    """The rows of each table: (title, {head of a column: cell})."""
    for section in text.split("\n### ")[1:]:
        title, *lines = section.split("\n")
        rows = [[cell.strip() for cell in line[1:-1].split("|")]
                for line in lines if line.startswith("|")]
        for row in rows[2:]:
            yield title, dict(zip(rows[0], row))


# --- The RFCs -----------------------------------------------------------------------------

class Levels:
    """What an RFC's text says: by name and key length, and by the number of a group."""

    def __init__(self, path, *chapters):
        text = re.sub(r"\n\n.*\[Page.*\n.*\n.*\n", "\n", path.read_text())
        self.squeezed = re.sub(r"\s+", " ", text)
        body = "".join(text[text.rindex(f"\n{first}  "):text.rindex(f"\n{last}  ")]
                       for first, last in chapters)
        self.level, self.all_keys = {}, set()
        # The mark may stand in the next line.
        self.iot = set(re.findall(r"\| (\w+) .*\n +\| +\| +\| \(IoT\)", body))
        row = re.compile(r"\| (\w+|[\w-]+ with [\w-]+|ecdsa-[\w-]+) +\| +" + LEVEL +
                         r"(?: / [\w ]+?)? +\|(.*)")
        for name, level, rest in row.findall(body):
            self.level[name] = level
            if "(IoT)" in rest:
                self.iot.add(name)
            if "(*)" not in rest and "[1]" not in rest and "(IoT)" not in rest:
                self.all_keys.add(name)
        self.group = {number: level for number, level in
                      re.findall(r"\| (\d+) +\| \d+-bit [^|]*\| " + LEVEL + r" +\|", body)}

    def of(self, name, bits):
        """The level as the document writes it."""
        level = self.level.get(name)
        if level is None:
            return "not mentioned"
        iot = name in self.iot
        if bits == "192" and name not in self.all_keys:
            return "MAY"
        if bits == "256" and iot:
            return "MAY"
        return level + (" (IoT)" if iot else "")


def by_text(levels, rfc, name):
    phrase = BY_TEXT.get((rfc, name))
    return phrase is not None and re.sub(r"\s+", " ", phrase) in levels.squeezed


def check_level(levels, rfc, row, cell):
    """A finding, or nothing: the cell of one row."""
    name, bits = row["Transform"].split(",")[0], row.get("Key bits", "")
    found = "AUTH_NONE" if name == "NONE" else name
    expected = levels.of(found, bits)
    if cell.startswith("MAY") and expected == "not mentioned" and by_text(levels, rfc, name):
        return None
    if cell != expected:
        return f"{name} {bits}: {cell}, but {rfc} says {expected}"
    return None


def check_rows(rows, rfc, levels):
    columns = [(title, row, cell) for title, row in rows for head, cell in row.items()
               if head.startswith(rfc) and "Transform" in row]
    for title, row, cell in columns:
        if title.startswith("Key exchange"):
            expected = levels.group.get(row["IANA"], "not mentioned")
            finding = None if cell == expected else f"{row['Transform']}: {cell}, not {expected}"
        else:
            finding = check_level(levels, rfc, row, cell)
        if finding:
            yield finding
    known = {row["Transform"].split(",")[0] for _, row, _ in columns} | {"AUTH_NONE"}
    for name in levels.level:
        if re.match("(ENCR|PRF|AUTH)_", name) and name not in known | NO_TRANSFORM:
            yield f"{rfc} lists {name}, the registry does not"


def check_schemes(rows, levels):
    """The schemes that RFC 8247 3.1 and 3.2 list."""
    for _, row in rows:
        if "Scheme" not in row:
            continue
        name, cell = row["Scheme"], row[IKE]
        listed = name.replace("SHA", "sha") if "ecdsa" in name else name.replace(", ", " with ")
        expected = levels.level.get(listed)
        if expected is None and name.startswith("RSASSA-PKCS1"):
            expected = "MAY" if by_text(levels, IKE, "RSASSA-PKCS1-v1.5") else "lost"
        if row["Method"] != "14":
            expected = re.search(rf"\| {row['Method']} +\| (?:RSA|ECDSA) [\w -]+\| {LEVEL} +\|",
                                 levels.squeezed).group(1)
        if cell != (expected or "not mentioned"):
            yield f"{name}: {cell}, but RFC 8247 says {expected}"


def check_numbers(rows, path):
    """Every name of IANA's registry, and no other."""
    def plain(name):
        return re.sub(r"[^a-z0-9]", "_", name.lower())

    listed = {tuple(line.split("\t")) for line in path.read_text().splitlines()}
    expected = {(r, value, plain(name)) for r, value, name in listed if r in REGISTRIES.values()}
    found = {(next(r for start, r in REGISTRIES.items() if title.startswith(start)),
              row["IANA"], plain(row["Transform"].split(",")[0]))
             for title, row in rows if "IANA" in row}
    yield from (f"IANA has {item}, the registry not" for item in sorted(expected - found))
    yield from (f"the registry has {item}, IANA not" for item in sorted(found - expected))


def check_rfcs(written):
    vectors = pathlib.Path(os.environ.get("IKE2_VECTORS", "../shared/vectors"))
    iana = sorted((vectors / "iana").glob("ikev2-parameters*.tsv"))
    if not iana or not (vectors / "rfc/rfc8247.txt").exists():
        skip(f"no RFC texts in {vectors}: set IKE2_VECTORS")
    rows = list(tables(written))
    ike = Levels(vectors / "rfc/rfc8247.txt", ("2.1.", "2.5."), ("3.", "4."))
    esp = Levels(vectors / "rfc/rfc8221.txt", ("5.", "8."))
    # What would be believed without being read.
    counts = len(ike.level), len(ike.group), len(esp.level)
    if counts != (24, 8, 25):
        return [f"the texts are not understood: {counts}"]
    return [*check_rows(rows, IKE, ike), *check_rows(rows, ESP, esp), *check_schemes(rows, ike),
            *check_numbers(rows, iana[-1])]


# --- Interoperability ---------------------------------------------------------------------

def columns(name):
    return [line.split() for line in (INTEROP / name).read_text().splitlines()
            if line and not line.startswith("#")]


def protocols(title, row):
    """What an algorithm is negotiated for; the key exchange of a Child SA is another exchange."""
    if title.startswith(("Extended", "Key exchange", "Pseudorandom")):
        return {"esp"} if title.startswith("Extended") else {"ike"}
    return {"esp"} if "ESP only" in row.get("Kind", "") else {"ike", "esp"}


def check_interop(written):
    suites, words = columns("suites.list"), {row[1] for row in columns("words.list")}
    seen = {"ike": {word for row in suites for word in row[1].split("-")},
            "esp": {word for row in suites for word in row[2].split("-")}}
    for word in sorted((seen["ike"] | seen["esp"]) - words):
        yield f"words.list has no {word}"
    for title, row in tables(written):
        word = re.match(r"`(\w+)`", row.get("Word", ""))
        if not word or row.get("Provider", "yes") in ("no", "needs none"):
            continue
        for protocol in sorted(protocols(title, row)):
            if word[1] not in seen[protocol]:
                yield f"suites.list has no {protocol.upper()} suite with {word[1]}"


def check_document(written):
    return document.check("doc/algorithms.md", written, BEGIN, END)


def main():
    written = subprocess.run([sys.argv[1]], capture_output=True, text=True, check=True).stdout
    checks = {"document": check_document, "rfcs": check_rfcs, "interop": check_interop}
    findings = list(checks[sys.argv[2]](written))
    print("\n".join(findings) or "ok")
    sys.exit(1 if findings else 0)


main()
