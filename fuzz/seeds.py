#!/usr/bin/env python3
"""Makes the seeds of the fuzzers: seeds.py DIRECTORY

DIRECTORY/<noun>/ receives one binary file for each text fuzz/corpus/<noun>/*.hex and one for each
message of the captures and the malformed octets under $IKE2_VECTORS, which have other licences and
are not part of the project. Without the vectors only the texts become seeds, and a line says so.
"""
import hashlib
import os
import pathlib
import re
import struct
import sys

HERE = pathlib.Path(__file__).resolve().parent
NOUNS = ("message", "endpoint", "capture", "x509")

# fuzz_message: the first octet says what the rest is, three parameters follow.
MODE_MESSAGE, MODE_CHAIN, MODE_BODY, MODE_TEXT = 0, 1, 2, 3
# IV, ICV and block of AES-GCM; what a captured SK payload is cut with.
SK_SIZES = bytes([8, 16, 1])
IKE_AUTH, FLAGS_PROTECTED = 35, 0x80
HEADER_OCTETS, NEXT_PAYLOAD_AT = 28, 16
# fuzz_endpoint: settings that are all defaults, then operations; endpoint/script.h.
SETTINGS = bytes(10)
OP_INJECT = 8
# fuzz_message: an identity, RFC 7296 3.5.
IDI, ID_FQDN, ID_DER_ASN1_DN = 35, 2, 9
# fuzz_x509: the kinds of parts of a chain.
PART_CERTIFICATE, PART_ANCHOR, PART_CRL = 0, 1, 2
# fuzz_capture: raw IP, then one packet: no flags, no second.
LINK_RAW = 3
IP_OCTETS, UDP_OCTETS = 20, 8
SK, SKF = 46, 53


def decode(path):
    text = re.sub(r"#.*", "", path.read_text())
    return bytes.fromhex("".join(text.split()))


def rows(path):
    """The rows of a table, each as a dictionary; the line of column names begins with '#'."""
    lines = path.read_text().splitlines()
    columns = lines[0].lstrip("#").split("\t")
    return [dict(zip(columns, line.split("\t"))) for line in lines if not line.startswith("#")]


def octets(text):
    return b"" if text == "-" else bytes.fromhex(text)


def payloads(message):
    """(type, body) of the payloads of a message, as far as they are well formed."""
    kind, rest = message[NEXT_PAYLOAD_AT], message[HEADER_OCTETS:]
    while kind and len(rest) >= 4:
        length = int.from_bytes(rest[2:4], "big")
        if length < 4 or length > len(rest):
            return
        yield kind, rest[4:length]
        if kind in (SK, SKF):
            return
        kind, rest = rest[0], rest[length:]


def seeds_of_message(message):
    yield "message", bytes([MODE_MESSAGE]) + SK_SIZES + message
    if len(message) > HEADER_OCTETS:
        for kind, body in payloads(message):
            yield "message", bytes([MODE_BODY, kind, 0, 0]) + body
    if len(message) <= 0xffff:
        for end in (0, 1):
            yield "endpoint", (SETTINGS + bytes([OP_INJECT, end])
                               + len(message).to_bytes(2, "big") + message)


def packet_of(row):
    """A message of a capture as the only packet of another one."""
    payload = (bytes(4) if row["natt"] == "1" else b"") + octets(row["hex"])
    port = 4500 if row["natt"] == "1" else 500
    udp = struct.pack(">HHHH", port, port, UDP_OCTETS + len(payload), 0) + payload
    packet = struct.pack(">BBHIBBH8s", 0x45, 0, IP_OCTETS + len(udp), 0, 64, 17, 0,
                         bytes((192, 0, 2, 1, 192, 0, 2, 2))) + udp
    return bytes([LINK_RAW, 0, 0]) + len(packet).to_bytes(2, "big") + packet


def capture_seeds(captures):
    for name in ("decryptable.tsv", "traces.tsv", "odd.tsv"):
        for row in rows(captures / name):
            yield from seeds_of_message(octets(row["hex"]))
            yield "capture", packet_of(row)
    for row in rows(captures / "decryptable.plain.tsv"):
        head = [MODE_CHAIN, int(row["first_inner_np"]), IKE_AUTH, FLAGS_PROTECTED]
        yield "message", bytes(head) + octets(row["plain_hex"])


def part(kind, der):
    return bytes([kind]) + len(der).to_bytes(2, "big") + der


def malformed_octets(path):
    """What the last column of each row of a corpus is, as far as it fits one part of a chain."""
    for line in path.read_text().splitlines():
        if not line.startswith("#"):
            data = octets(line.split("\t")[-1])
            if len(data) <= 0xffff:
                yield data


def malformed_seeds(corpora):
    """Octets that have broken others: each as the peer's certificate and as an anchor, and as a CRL
    that comes with a good chain; identities as IDi and as texts."""
    chain = decode(HERE / "corpus/x509/chain.hex")
    for path in sorted(corpora.glob("*.tsv")):
        for data in malformed_octets(path):
            if path.stem == "strongswan_ids":
                for kind in (ID_FQDN, ID_DER_ASN1_DN):
                    yield "message", bytes([MODE_BODY, IDI, 0, 0, kind, 0, 0, 0]) + data
                yield "message", bytes([MODE_TEXT, 0, 0, 0]) + data
            else:
                yield "x509", part(PART_CERTIFICATE, data) + part(PART_ANCHOR, data)
                yield "x509", chain + part(PART_CRL, data)


def text_seeds():
    for noun in NOUNS:
        for path in sorted((HERE / "corpus" / noun).glob("*.hex")):
            yield noun, decode(path)


def main(target):
    vectors = pathlib.Path(os.environ.get("IKE2_VECTORS", HERE / "../../shared/vectors"))
    seeds = list(text_seeds())
    if (vectors / "captures").is_dir():
        seeds += capture_seeds(vectors / "captures")
    else:
        print(f"no seeds from captures: there is no {vectors}/captures (IKE2_VECTORS)")
    if (vectors / "malformed").is_dir():
        seeds += malformed_seeds(vectors / "malformed")
    else:
        print(f"no seeds from malformed corpora: there is no {vectors}/malformed (IKE2_VECTORS)")
    for noun in NOUNS:
        directory = pathlib.Path(target) / noun
        directory.mkdir(parents=True, exist_ok=True)
        for old in directory.iterdir():
            old.unlink()
    for noun, data in seeds:
        name = hashlib.sha256(data).hexdigest()[:16]
        (pathlib.Path(target) / noun / name).write_bytes(data)
    for noun in NOUNS:
        print(noun, len(list((pathlib.Path(target) / noun).iterdir())), "seeds")


if len(sys.argv) != 2:
    sys.exit(__doc__)
main(sys.argv[1])
