#!/usr/bin/env python3
"""ikev2-dissect against tshark, message by message.

tshark.py tshark PROGRAM [VECTORS]

Every capture of VECTORS/captures/pcap (by default $IKE2_VECTORS), with keys where they are known,
and the sound ones of this project's own. Compared are SPIs, version, exchange type, flags, Message
ID and length, the chain of payloads with its proposals, transforms, lengths and critical bits, the
notify types, and the same of what was decrypted. 0: all is well, 1: one line per finding, 77:
tshark or VECTORS is missing.
"""
import collections
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import frames
import packets
import dissection

SKIPPED = 77
SEALED = (46, 53)
HEADER = {"Initiator SPI": "ispi", "Responder SPI": "rspi", "Version": "version",
          "Exchange": "exchangetype", "Flags": "flags", "Message ID": "messageid",
          "Length": "length"}
FIELDS = ["frame.number", *(f"isakmp.{name}" for name in (
    *HEADER.values(), "typepayload", "payloadlength", "criticalpayload", "notify.msgtype"))]
WRONG_ICV = "Integrity Checksum Data is incorrect"

# (capture, frame) where tshark goes on behind what is malformed, or what was cut off, and why.
HEADER_ONLY = {
    ("tcpdump_ikev2pI2-segfault.pcapng", 1),
    # Proposal 1 is followed by one of 43690 octets, so the SA payload is malformed (RFC 7296 3.3);
    # tshark shows its first transforms.
    ("tcpdump_isakmp-ikev1_n_print-oobr.pcap", 1),
    ("tcpdump_isakmp-ikev1_n_print-oobr.pcap", 3),
    # 42 octets are left of a message of 4278190080 and 620756992: tshark shows no length and no
    # payload.
}

findings = []
counts = collections.Counter()


def expect(what, found, expected):
    if found != expected:
        findings.append(f"{what}: {found!r}, tshark: {expected!r}")


def fields_of(path, table, *columns):
    """What tshark says of each IKE message."""
    options = [option for line in table for option in ("-o", f"uat:ikev2_decryption_table:{line}")]
    options += [option for column in columns for option in ("-e", column)]
    found = subprocess.run(["tshark", "-n", "-r", str(path), "-Y", "isakmp", "-T", "fields", "-E",
                            "occurrence=a", "-E", "separator=/t", *options],
                           capture_output=True, timeout=120, check=False, text=True)
    if found.returncode != 0 and not found.stdout:
        findings.append(f"{path.name}: tshark failed: {found.stderr.strip()}")
    return [line.split("\t") for line in found.stdout.splitlines()]


def number(word):
    """A bit is 0 or 1 in tshark 4.0, and False or True in 4.4."""
    return int(word == "True") if word in ("False", "True") else int(word, 0)


def numbers(text):
    return [number(word) for word in text.split(",") if word]


def header_text(name, value):
    """As tshark writes it."""
    if name == "Version":
        major, minor = value.split(".")
        return f"0x{int(major) << 4 | int(minor):02x}"
    if name == "Message ID":
        return f"0x{int(value):08x}"
    if name == "Exchange":
        return str(dissection.number_of(value))
    return value.split()[0]


def compare_chain(what, message, row):
    """Outer and inner chain as one: an SK or SKF payload ends the outer one."""
    types = numbers(row["isakmp.typepayload"])
    found = message.outer + message.inner
    expect(f"{what}: payload types", [kind for kind, _, _ in found], types)
    lengths = [length for kind, length in zip(types, numbers(row["isakmp.payloadlength"]))
               if kind not in (dissection.PROPOSAL, dissection.TRANSFORM)]
    whole = [payload for payload in found
             if payload[0] not in (dissection.PROPOSAL, dissection.TRANSFORM)]
    expect(f"{what}: payload lengths", [length for _, length, _ in whole], lengths)
    expect(f"{what}: notify types", message.notifies(), numbers(row["isakmp.notify.msgtype"]))
    counts["payloads"] += len(whole)
    counts["notifies"] += len(message.notifies())
    expect(f"{what}: critical bits", [int(note.startswith("!")) for _, _, note in whole],
           numbers(row["isakmp.criticalpayload"]))
    sealed = any(kind in SEALED for kind in types)
    if sealed and (message.inner or "{ }" in message.summary):
        counts["decrypted"] += 1
        counts["decrypted payloads"] += sum(kind not in (dissection.PROPOSAL, dissection.TRANSFORM)
                                            for kind, _, _ in message.inner)


def compare_message(what, key, message, row):
    for name, column in HEADER.items():
        value = row[f"isakmp.{column}"]
        if name == "Length" and key in HEADER_ONLY:
            continue
        expect(f"{what}: {name}", header_text(name, message.header[name]), value)
    counts["messages"] += 1
    # RFC 7296 2.5: of another major version nothing is known.
    if not message.header["Version"].startswith("2.") or key in HEADER_ONLY:
        counts["messages by header only"] += 1
    else:
        compare_chain(what, message, row)


def compare(dissect, path, table):
    """One capture with one table of keys."""
    result = dissection.run(dissect, {path.name: path.read_bytes(),
                                   "keys": "\n".join(table).encode()}, "-v", "--keys", "keys")
    found = dissection.messages_of(result)
    rows = [dict(zip(FIELDS, fields)) for fields in fields_of(path, table, *FIELDS)]
    expect(f"{path.name}: frames", [message.number for message in found],
           [int(row["frame.number"]) for row in rows])
    for message, row in zip(found, rows):
        key = (path.name, message.number)
        compare_message(f"{path.name} {message.number}", key, message, row)
    counts["captures"] += 1


def swapped(row):
    return {**row, "sk_ei": row["sk_er"], "sk_er": row["sk_ei"], "sk_ai": row["sk_ar"],
            "sk_ar": row["sk_ai"]}


def compare_wrong_keys(dissect, path, rows):
    """With the keys of the other side both refuse the same messages."""
    table = frames.decryption_table([swapped(row) for row in rows])
    result = dissection.run(dissect, {path.name: path.read_bytes(),
                                   "keys": "\n".join(table).encode()}, "--keys", "keys")
    found = [int(line.split()[0]) for line in result.lines() if line.endswith(" (wrong ICV)")]
    refused = [int(number) for number, message in
               fields_of(path, table, "frame.number", "_ws.expert.message")
               if WRONG_ICV in message]
    expect(f"{path.name}: wrong ICVs", found, refused)
    counts["wrong ICVs"] += len(refused)


def given(dissect, vectors):
    keys = frames.rows_of(vectors / "captures" / "decryptable.keys.tsv")
    for path in sorted((vectors / "captures" / "pcap").iterdir()):
        rows = [row for row in keys if row["capture"] == path.name]
        compare(dissect, path, frames.decryption_table(rows))
        if rows:
            compare_wrong_keys(dissect, path, rows)


def own_captures():
    """Fragments, tags, extension headers, ciphers: tshark puts the same together. It is not asked
    about what is refused on purpose, nor about TCP, which it does not decode on its own."""
    for name in "nat-traversal", "fragments":
        yield name, frames.pcap(*packets.CAPTURES[name][0]())
    sealed = [(name, number) for name in ("gcm", "cbc", "ctr", "ccm") for number in range(1, 5)]
    sealed += [("fragments", 2), ("fragments", 6), ("strange", 4), ("strange", 6), ("strange", 7)]
    yield "sealed", frames.pcap(frames.RAW, [frames.ipv4(frames.udp(frames.message(*name)))
                                             for name in sealed])
    some = [packet for name, packet in packets.packets_that_say_the_same()
            if name in ("IPv4", "IPv6", "IPv6 with routing")]
    for name, make in packets.links():
        if name.endswith("< pcap") and name != "null of Linux < pcap":
            yield name.replace(" ", "-"), make(some)


def own(dissect):
    table = frames.decryption_table(frames.rows_of(frames.GOLDEN_KEYS))
    with tempfile.TemporaryDirectory() as room:
        for name, octets in own_captures():
            path = pathlib.Path(room, name)
            path.write_bytes(octets)
            compare(dissect, path, table)


def counted(whose, *needed):
    """Says how much was compared, and begins again. A comparison of nothing proves nothing."""
    for name in needed:
        if counts[name] == 0:
            findings.append(f"{whose}: {name}: none was compared")
    print(f"{whose}: " + ", ".join(f"{name} {count}" for name, count in counts.items()))
    counts.clear()


def main():
    if len(sys.argv) not in (3, 4) or sys.argv[1] != "tshark":
        sys.exit(__doc__)
    vectors = pathlib.Path(sys.argv[3] if len(sys.argv) == 4
                           else os.environ.get("IKE2_VECTORS", "."))
    if shutil.which("tshark") is None:
        print("SKIP: tshark is not installed")
        sys.exit(SKIPPED)
    if not (vectors / "captures" / "pcap").is_dir():
        print(f"SKIP: no captures in {vectors} (IKE2_VECTORS)")
        sys.exit(SKIPPED)
    dissect = str(pathlib.Path(sys.argv[2]).resolve())
    given(dissect, vectors)
    counted("given", "captures", "messages", "decrypted", "wrong ICVs")
    own(dissect)
    counted("own", "captures", "messages", "decrypted")
    for finding in findings[:40]:
        print(finding)
    print(f"tshark: {len(findings)} findings")
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
