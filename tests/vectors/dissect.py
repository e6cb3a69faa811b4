#!/usr/bin/env python3
"""Tests of ikev2-dissect as a program.

dissect.py captures PROGRAM [VECTORS]   what it finds in recorded messages; 77 without them
dissect.py golden PROGRAM COMPOSE       what it finds in this project's own messages
dissect.py input PROGRAM                tables that are wrong, long or unusual
dissect.py mutations PROGRAM [VECTORS]  20,000 altered messages, and altered tables

VECTORS is the directory of the reference vectors, by default $IKE2_VECTORS. 0: all is well, 1: one
line per finding.
"""
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

SKIPPED = 77
GOLDEN = pathlib.Path(__file__).parent / "golden"
VERDICTS = {"ok", "malformed", "badicv", "notike"}
LINE = re.compile(r"[\x20-\x7e]*\t\d+\t(ok|malformed|badicv|notike)\t"
                  r"(-|[\d:,!/ngidm]+)\t(-|EMPTY|[\d:,!/ngidm]+)")

# (capture, frame) of odd.tsv: verdict, outer, and why. RFC 7296 unless another is named.
ODD = {
    ("tcpdump_ikev2pI2-segfault.pcapng", "1"): ("malformed", "33:244!"),
    # 3.2: behind the SA payload of 244 octets comes what its Next Payload calls a KE: its length is
    # 0xaaaa, and 236 octets are left. (The critical bit of a known payload is ignored, 2.5.)
    ("tcpdump_isakmp-ikev1_n_print-oobr.pcap", "1"): ("malformed", "-"),
    # 3.1: version 2.12, a minor version is ignored; the length is 4278190080, the datagram's 42.
    ("tcpdump_isakmp-ikev1_n_print-oobr.pcap", "3"): ("malformed", "-"),
    # 3.1: as above, with 620756992.
    ("tcpdump_isakmpv1-attr-oobr.pcap", "1"): ("notike", "-"),
    # 2.5, 3.1: version 1.0.
    ("libreswan_weirdike-eastwest.pcap-ike.pcap", "1"): ("notike", "-"),
    # 2.5, 3.1: version 1.0; AuthIP, with its own exchange and payload types.
}
# Their octets are not those of the datagram: four octets of the SPIs were lost when they were cut
# out, so that every field stands four octets too early.
ODD_LEFT_OUT = re.compile(r"tcpdump_ikev2-id-")

# (capture, frame) of traces.tsv that is not sound, and why.
TRACES = {
    # 3.2: a payload of the unknown type 127 fills the message (SK, one octet altered); its Next
    # Payload is 35, and no octet is left for that.
    ("ndpi_ipsec_isakmp_esp.pcap#1", "192"): "malformed",
}

findings = []


def expect(what, found, expected):
    if found != expected:
        findings.append(f"{what}: {found!r}, not {expected!r}")


def run(program, table, *options):
    """Runs the program on a table: path, or text. Returns exit status, lines and messages."""
    with tempfile.TemporaryDirectory() as room:
        arguments = []
        for number, argument in enumerate((table, *options)):
            if isinstance(argument, bytes):
                path = pathlib.Path(room, f"table{number}.tsv")
                path.write_bytes(argument)
                argument = path
            arguments.append(str(argument))
        result = subprocess.run([program, *arguments], capture_output=True, timeout=240)
    if result.returncode not in (0, 1, 2) or b"Sanitizer" in result.stderr:
        findings.append(f"crash, status {result.returncode}: {result.stderr[-2000:]!r}")
    return (result.returncode, result.stdout.decode("ascii", "replace").splitlines(),
            result.stderr.decode("utf-8", "replace"))


def rows_of(path):
    """The rows of a table, as dictionaries."""
    names, rows = None, []
    for line in path.read_text().splitlines():
        if line.startswith("#"):
            names = line[1:].split("\t")
        elif line:
            rows.append(dict(zip(names, line.split("\t"))))
    return rows


def compare(name, program, rows, expected, *options, warnings=0):
    """`expected(row)` is verdict, outer, inner."""
    status, lines, messages = run(program, *options)
    expect(f"{name}: exit status ({messages.strip()})", status, 0)
    expect(f"{name}: lines", len(lines), len(rows))
    expect(f"{name}: warnings", messages.count("warning: "), warnings)
    for row, line in zip(rows, lines):
        wanted = expected(row)
        if wanted is not None:
            expect(name, line, "\t".join((row["capture"], row["frame"], *wanted)))


def with_changed_keys(path, change):
    """The table of keys, with change(row) applied to each row."""
    lines = [line for line in path.read_text().splitlines() if line]
    names = lines[0][1:].split("\t")
    out = [lines[0]]
    for line in lines[1:]:
        row = dict(zip(names, line.split("\t")))
        change(row)
        out.append("\t".join(row[name] for name in names))
    return ("\n".join(out) + "\n").encode()


def swap_directions(row):
    for first, second in (("sk_ei", "sk_er"), ("sk_ai", "sk_ar")):
        row[first], row[second] = row[second], row[first]


def alter_integrity(row):
    """One bit of what authenticates: SK_a, or the key of an AEAD."""
    for initiator, responder in (("sk_ai", "sk_ar"), ("sk_ei", "sk_er")):
        if row[initiator] != "-":
            for name in (initiator, responder):
                row[name] = f"{int(row[name][0], 16) ^ 1:x}" + row[name][1:]
            return


def is_sealed(row):
    return row["inner"] != "-"


def captures(program, vectors):
    folder = vectors / "captures"
    if not (folder / "decryptable.tsv").exists():
        print(f"skipped: no reference vectors at {vectors}")
        return SKIPPED
    plain, keys = folder / "decryptable.tsv", folder / "decryptable.keys.tsv"
    rows = rows_of(plain)
    compare("decryptable", program, rows, lambda row: ("ok", row["outer"], row["inner"]),
            plain, "--keys", keys)
    compare("decryptable without keys", program, rows, lambda row: ("ok", row["outer"], "-"), plain)
    for change in (swap_directions, alter_integrity):
        compare(f"decryptable with {change.__name__}", program, rows,
                lambda row: ("badicv" if is_sealed(row) else "ok", row["outer"], "-"),
                plain, "--keys", with_changed_keys(keys, change))
    compare("traces", program, rows_of(folder / "traces.tsv"),
            lambda row: (TRACES.get((row["capture"], row["frame"]), "ok"), row["outer"], "-"),
            folder / "traces.tsv")
    compare("odd", program, rows_of(folder / "odd.tsv"), odd_expected, folder / "odd.tsv")
    return None


def odd_expected(row):
    if ODD_LEFT_OUT.match(row["capture"]):
        return None
    found = ODD.get((row["capture"], row["frame"]))
    # Of other editions of the vectors only that there is a line.
    if found is None:
        return None
    # What of a chain is shown does not differ from the reference, except that nothing is shown of
    # another protocol's.
    if found[0] != "notike":
        expect(f"odd {row['capture']}: reference", row["outer"], found[1])
    return (*found, "-")


def any_capture(row):
    row["capture"] = "-"


def flood_expected(row):
    """16 messages wait for their fragments, the one begun first has to go; none has more than 65536
    octets."""
    frame = int(row["frame"])
    if frame <= 17:
        return "ok", "53:63", "-"
    if frame <= 34:
        return "ok", "53:60", "36:17/id2,39:40/m2" if frame < 34 else "-"
    return "ok", "53:1533", "-"


def flood(program, compose):
    composed = subprocess.run([compose, "flood"], capture_output=True, timeout=60)
    expect("compose flood: status", composed.returncode, 0)
    rows = [{"capture": "fragments", "frame": str(frame)} for frame in range(1, 85)]
    compare("flood", program, rows, flood_expected, composed.stdout, "--keys", GOLDEN / "keys.tsv",
            warnings=1)


def golden(program, compose):
    for name in ("messages", "keys"):
        composed = subprocess.run([compose, name], capture_output=True, timeout=60)
        expect(f"compose {name}: status", composed.returncode, 0)
        if composed.stdout != (GOLDEN / f"{name}.tsv").read_bytes():
            findings.append(f"golden/{name}.tsv is not what compose writes")
    expected = rows_of(GOLDEN / "expected.tsv")
    messages = rows_of(GOLDEN / "messages.tsv")
    expect("expected.tsv", [(row["capture"], row["frame"]) for row in expected],
           [(row["capture"], row["frame"]) for row in messages])
    compare("golden", program, expected, lambda row: (row["verdict"], row["outer"], row["inner"]),
            GOLDEN / "messages.tsv", "--keys", GOLDEN / "keys.tsv", warnings=1)
    elsewhere = [row for row in expected if row["capture"] == "elsewhere"]
    status, lines, _ = run(program, GOLDEN / "messages.tsv", "--keys",
                           with_changed_keys(GOLDEN / "keys.tsv", any_capture))
    expect("keys of any capture", (status, lines[-1:]),
           (0, [f"elsewhere\t{row['frame']}\tok\t46:29\tEMPTY" for row in elsewhere]))
    flood(program, compose)


def message(payloads, first=43, version=0x20):
    """An IKE_SA_INIT request around `payloads`."""
    return (bytes(range(1, 9)) + bytes(8) + bytes((first, version, 34, 8)) + bytes(4)
            + (28 + len(payloads)).to_bytes(4, "big") + payloads)


def vendor(length):
    return b"\0\0" + (4 + length).to_bytes(2, "big") + bytes(length)


HEADER = b"#capture\tframe\thex\n"


def line_of(capture, frame, octets):
    return f"{capture}\t{frame}\t{octets.hex()}".encode()


def unusual_tables(program):
    """Tables that are unusual, but right."""
    small = message(vendor(4))
    line = "a\t1\tok\t43:8\t-"
    for name, table, lines in (
            ("CR LF", HEADER.replace(b"\n", b"\r\n") + line_of("a", 1, small) + b"\r\n", [line]),
            ("no final newline", HEADER + line_of("a", 1, small), [line]),
            ("provenance before, comments between",
             b"# from somewhere\n\n" + HEADER + b"# more\n\n" + line_of("a", 1, small) + b"\n\n",
             [line]),
            ("other columns in another order", b"#capture\tx\thex\tinner\tframe\n"
             + b"a\t?\t" + small.hex().upper().encode() + b"\t-\t1\n", [line]),
            ("no rows", HEADER, []),
            ("long line", HEADER + line_of("a", 1, message(vendor(50000))) + b"\n"
             + line_of("a", 2, small), ["a\t1\tok\t43:50004\t-", "a\t2\tok\t43:8\t-"]),
            ("most payloads", HEADER + line_of("a", 1, message(
                b"\xc8\x80\0\4" * 16375 + b"\0\x80\0\4", 200)),
             ["a\t1\tok\t" + ",".join(["200:4!"] * 16376) + "\t-"]),
            ("longest text", HEADER + line_of("a", 1, message(
                b"\x29\x80\0\x08\0\0\xff\xff" * 8187 + b"\0\x80\0\x08\0\0\xff\xff", 41)),
             ["a\t1\tok\t" + ",".join(["41:8!/n65535"] * 8188) + "\t-"]),
            ("control characters", HEADER + b"\x1b[31m\\\xff\0\t1\t" + small.hex().encode(),
             ["\\x1b[31m\\x5c\\xff\\x00\t1\tok\t43:8\t-"]),
            ("long name", HEADER + b"\xff" * 100000 + b"\t1\t" + small.hex().encode(),
             [("\\xff" * 100000)[:65536 // 4 * 18] + "\t1\tok\t43:8\t-"]),
            ("version 1 without anything else", HEADER + line_of("a", 1, message(b"", 0, 0x10)),
             ["a\t1\tnotike\t-\t-"])):
        status, found, messages = run(program, table)
        expect(f"{name}: {messages.strip()}", (status, found), (0, lines))


def wrong_tables(program):
    """Each names file and line, prints the rows that are right, and exits with 2."""
    small = line_of("a", 1, message(vendor(4))) + b"\n"
    for name, table, where, lines in (
            ("no line of names", small, ":1: no line of column names", 0),
            ("empty file", b"", ":1: no line of column names", 0),
            ("no hex column", b"#capture\tframe\nb\t1\n", ":1: hex: ", 0),
            ("no frame column", b"#capture\thex\nb\t00\n", ":1: frame: ", 0),
            ("too few fields", HEADER + small + b"a\t2\n" + small, ":3: row: ", 2),
            ("too many fields", HEADER + small + b"a\t2\t00\t\n" + small, ":3: row: ", 2),
            ("more fields than a table can have", HEADER + small + b"\t" * 500 + b"\n",
             ":3: row: ", 1),
            ("odd number of digits", HEADER + b"a\t1\t000\n" + small, ":2: hex: odd", 1),
            ("no digit", HEADER + small + b"a\t1\t0g\n", ":3: hex: not a hex", 1),
            ("too many octets", HEADER + b"a\t1\t" + b"00" * 65536 + b"\n" + small,
             ":2: hex: too many", 1),
            ("frame is no number", HEADER + b"a\t1x\t00\n" + small, ":2: frame: ", 1),
            ("frame is negative", HEADER + b"a\t-1\t00\n" + small, ":2: frame: ", 1),
            ("frame is beyond all numbers", HEADER + b"a\t18446744073709551617\t00\n" + small,
             ":2: frame: ", 1),
            ("more columns than a table can have",
             b"#capture\tframe\thex" + b"\tx" * 62 + b"\n" + small, ":2: no line of column", 0),
            ("frame is large", HEADER + b"a\t4294967296\t00\n" + small, ":2: frame: ", 1)):
        status, found, messages = run(program, table)
        expect(f"{name}: {messages.strip()}", (status, len(found), where in messages),
               (2, lines, True))


def key_row(**values):
    """One row of keys, AES-GCM-16-128, with some columns replaced."""
    row_values = {
        "capture": "-", "ispi": "00" * 8, "rspi": "11" * 8, "encr_id": "20", "keybits": "128",
        "saltlen": "4", "ivlen": "8", "aead_icvlen": "16", "integ_id": "0", "integ_icvlen": "0",
        "sk_ei": "22" * 20, "sk_er": "33" * 20, "sk_ai": "-", "sk_ar": "-"}
    row_values.update(values)
    return ("#" + "\t".join(row_values) + "\n" + "\t".join(row_values.values()) + "\n").encode()


def wrong_keys(program):
    table = HEADER + line_of("a", 1, message(vendor(4)))
    for values in ({"ispi": "00" * 7}, {"rspi": "0x" * 8}, {"encr_id": "-"}, {"keybits": ""},
                   {"saltlen": "3"}, {"ivlen": "16"}, {"aead_icvlen": "8"}, {"integ_id": "12"},
                   {"integ_icvlen": "16"}, {"sk_ei": "22" * 19}, {"sk_er": "33" * 21},
                   {"sk_ei": "-"}, {"sk_ai": "44" * 32}, {"sk_er": "3" * 39}, {"capture": ""},
                   {"encr_id": "12", "saltlen": "0", "ivlen": "16", "aead_icvlen": "0",
                    "sk_ei": "22" * 16, "sk_er": "33" * 16}):
        column = "integ_id" if values.get("encr_id") == "12" else next(iter(values))
        status, lines, messages = run(program, table, "--keys", key_row(**values))
        expect(f"keys with {values}: {messages.strip()}",
               (status, lines, f"table2.tsv:2: {column}: " in messages), (2, [], True))
    line = "a\t1\tok\t43:8\t-"
    expect("right keys", run(program, table, "--keys", key_row()), (0, [line], ""))
    status, lines, messages = run(program, table, "--keys", key_row(encr_id="9"))
    expect("keys of an unknown cipher", (status, lines, ":2: warning: encr_id: " in messages),
           (0, [line], True))
    expect("no column of keys",
           run(program, table, "--keys", key_row().replace(b"sk_ei", b"sk_xx"))[0], 2)


def usage(program):
    for arguments in ([], ["--keys"], ["a.tsv", "--keys"], ["a.tsv", "b.tsv"], ["--unknown"],
                      ["a.tsv", "--keys", "b.tsv", "--keys", "c.tsv"]):
        result = subprocess.run([program, *arguments], capture_output=True, timeout=60)
        expect(f"usage {arguments}", (result.returncode, result.stdout,
                                      result.stderr.startswith(b"usage: ")), (2, b"", True))
    status, lines, messages = run(program, "no-such-file.tsv")
    expect("no file", (status, lines, "no-such-file.tsv: " in messages), (2, [], True))
    result = subprocess.run([program, "--help"], capture_output=True, timeout=60)
    expect("--help", (result.returncode, result.stdout[:7]), (0, b"usage: "))


def inputs(program, _):
    unusual_tables(program)
    wrong_tables(program)
    wrong_keys(program)
    usage(program)


def alter(octets, dice):
    """A few changes of the kinds that break parsers."""
    out = bytearray(octets)
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        at = dice.randrange(len(out) + 1)
        kind = dice.randrange(6)
        if kind == 0 or at >= len(out):
            out[at:at] = dice.randbytes(dice.randrange(1, 9))
        elif kind == 1:
            out[at] ^= 1 << dice.randrange(8)
        elif kind == 2:
            out[at] = dice.choice((0, 1, 3, 4, 7, 0x7f, 0x80, 0xff))
        elif kind == 3:
            del out[at:at + dice.randrange(1, 9)]
        elif kind == 4:
            del out[at:]
        else:
            out[at:at + 2] = dice.choice((0, 3, 4, len(out), 0xffff)).to_bytes(2, "big")
    # Most of them get a length that fits, or the header alone would be tested.
    if len(out) >= 28 and dice.random() < 0.8:
        out[24:28] = len(out).to_bytes(4, "big")
    return bytes(out)


def altered_messages(program, messages, keys, count, dice):
    originals = {row["hex"] for row in messages}
    table = [HEADER]
    sent = []
    for frame in range(count):
        seed = dice.choice(messages)
        octets = bytes.fromhex(seed["hex"])
        # Some stay as they are, so that fragments are put together now and then.
        changed = octets if dice.random() < 0.1 else alter(octets, dice)
        sent.append(changed.hex())
        table.append(line_of(seed["capture"], frame, changed) + b"\n")
    status, lines, text = run(program, b"".join(table), "--keys", keys)
    expect(f"altered messages: {text[-500:]}", (status, len(lines)), (0, count))
    seen = set()
    for number, (line, octets) in enumerate(zip(lines, sent)):
        fields = line.split("\t")
        if not LINE.fullmatch(line) or fields[1] != str(number):
            findings.append(f"altered messages: strange line {line!r}")
            continue
        seen.add(fields[2])
        if fields[4] != "-" and octets not in originals:
            findings.append(f"content of an altered message was believed: {line!r} {octets}")
    expect("verdicts of altered messages", seen, VERDICTS)


def altered_tables(program, count, dice):
    """Whatever the files are: status 0 or 2."""
    sources = [(GOLDEN / f"{name}.tsv").read_bytes() for name in ("messages", "keys")]
    for _ in range(count):
        tables = [bytearray(source) for source in sources]
        for _ in range(dice.randrange(1, 12)):
            table = dice.choice(tables)
            at = dice.randrange(len(table))
            table[at:at + dice.randrange(3)] = dice.choice((b"\t", b"\n", b"#", b"\r", b"\0", b"f",
                                                            b"-", b"", dice.randbytes(3)))
        status, _, messages = run(program, bytes(tables[0]), "--keys", bytes(tables[1]))
        if status not in (0, 2):
            findings.append(f"altered tables: status {status}: {messages[-500:]}")


def mutations(program, vectors):
    dice = random.Random(7296)
    own = [row for row in rows_of(GOLDEN / "messages.tsv") if row["hex"]]
    folder = vectors / "captures"
    if (folder / "decryptable.tsv").exists():
        recorded = [row for name in ("decryptable", "traces", "odd")
                    for row in rows_of(folder / f"{name}.tsv")]
        altered_messages(program, recorded, folder / "decryptable.keys.tsv", 10000, dice)
        altered_messages(program, own, GOLDEN / "keys.tsv", 10000, dice)
    else:
        altered_messages(program, own, GOLDEN / "keys.tsv", 20000, dice)
    altered_tables(program, 150, dice)


MODES = {"captures": captures, "golden": golden, "input": inputs, "mutations": mutations}


def main():
    if len(sys.argv) not in (3, 4) or sys.argv[1] not in MODES:
        sys.exit(__doc__)
    mode, program = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    other = pathlib.Path(sys.argv[3] if len(sys.argv) == 4 else os.environ.get("IKE2_VECTORS", "."))
    skipped = MODES[mode](program, other.resolve())
    for finding in findings[:40]:
        print(finding)
    print(f"{mode}: {len(findings)} findings")
    sys.exit(1 if findings else skipped or 0)


if __name__ == "__main__":
    main()
