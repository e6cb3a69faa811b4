"""Writes captures: link headers, IP, UDP, TCP, and the pcap and pcapng files around them."""
import ipaddress
import pathlib
import struct

VECTORS = pathlib.Path(__file__).parent.parent / "vectors"
GOLDEN_MESSAGES = VECTORS / "golden" / "messages.tsv"
GOLDEN_KEYS = VECTORS / "golden" / "keys.tsv"

ETHERNET, RAW, COOKED, COOKED_2, NULL, LOOP = 1, 101, 113, 276, 0, 108
IPV4_ONLY, IPV6_ONLY, WIRELESS = 228, 229, 105
TCP, UDP, FRAGMENT, AUTHENTICATION = 6, 17, 44, 51
HOP_BY_HOP, ROUTING, DESTINATION, MOBILITY = 0, 43, 60, 135
FIRST_SECOND = 1700000000

# Wireshark's names: (transform id, bits of the key), integrity id.
CIPHERS = {
    **{(12, bits): f"AES-CBC-{bits} [RFC3602]" for bits in (128, 192, 256)},
    **{(13, bits): f"AES-CTR-{bits} [RFC5930]" for bits in (128, 192, 256)},
    **{(number, bits): f"AES-{mode}-{bits} with {icv} octet ICV [RFC5282]"
       for mode, first in (("CCM", 14), ("GCM", 18))
       for number, icv in ((first, 8), (first + 1, 12), (first + 2, 16))
       for bits in (128, 192, 256)}}
INTEGS = {0: "NONE [RFC4306]", 2: "HMAC_SHA1_96 [RFC2404]", 12: "HMAC_SHA2_256_128 [RFC4868]",
          13: "HMAC_SHA2_384_192 [RFC4868]", 14: "HMAC_SHA2_512_256 [RFC4868]"}


def rows_of(path):
    """The rows of a table, as dictionaries."""
    names, rows = None, []
    for line in path.read_text().splitlines():
        if line.startswith("#"):
            names = line[1:].split("\t")
        elif line:
            rows.append(dict(zip(names, line.split("\t"))))
    return rows


def message(capture, frame):
    """A message of this project's own."""
    for row in rows_of(GOLDEN_MESSAGES):
        if (row["capture"], row["frame"]) == (capture, str(frame)):
            return bytes.fromhex(row["hex"])
    raise KeyError((capture, frame))


def decryption_table(rows):
    """Rows of keys as Wireshark's ikev2_decryption_table; ciphers it has no name for are left
    out."""
    lines = []
    for row in rows:
        cipher = CIPHERS.get((int(row["encr_id"]), int(row["keybits"])))
        if cipher is None:
            continue
        ei, er, ai, ar = (row[name].replace("-", "") for name in
                          ("sk_ei", "sk_er", "sk_ai", "sk_ar"))
        lines.append(f'{row["ispi"]},{row["rspi"]},{ei},{er},"{cipher}",{ai},{ar},'
                     f'"{INTEGS[int(row["integ_id"])]}"')
    return lines


# --- Upper layers --------------------------------------------------------------------------------

def udp(payload, sport=500, dport=500):
    return struct.pack(">HHHH", sport, dport, 8 + len(payload), 0) + payload


def tcp(payload, sequence, sport=40000, dport=4500, flags=0x10, options=b""):
    return struct.pack(">HHIIBBHHH", sport, dport, sequence, 0, (20 + len(options)) // 4 << 4,
                       flags, 1024, 0, 0) + options + payload


def frame(payload, marker=bytes(4)):
    """RFC 9329 3."""
    return struct.pack(">H", 2 + len(marker) + len(payload)) + marker + payload


# --- IP ------------------------------------------------------------------------------------------

def ipv4(payload, protocol=UDP, src="192.0.2.1", dst="192.0.2.2", **fields):
    """`fields`: options, id, offset (in octets), more, total."""
    options = fields.get("options", b"")
    place = fields.get("offset", 0) // 8 | (0x2000 if fields.get("more") else 0)
    total = fields.get("total", 20 + len(options) + len(payload))
    return struct.pack(">BBHHHBBH4s4s", 0x45 + len(options) // 4, 0, total, fields.get("id", 0),
                       place, 64, protocol, 0, ipaddress.ip_address(src).packed,
                       ipaddress.ip_address(dst).packed) + options + payload


def ipv6(payload, protocol=UDP, src="2001:db8::1", dst="2001:db8::2"):
    return struct.pack(">IHBB16s16s", 0x60000000, len(payload), protocol, 64,
                       ipaddress.ip_address(src).packed, ipaddress.ip_address(dst).packed) + payload


def extension(following, payload, units=0):
    """A header of `units` * 8 octets beyond the first eight, with options that are padding."""
    return bytes((following, units)) + bytes(6 + 8 * units) + payload


def authentication(following, payload):
    """RFC 4302: its length counts four octets each, less two."""
    return bytes((following, 4)) + bytes(22) + payload


def fragment_header(following, payload, ident, offset=0, more=False):
    return struct.pack(">BBHI", following, 0, offset | more, ident) + payload


def fragments_v4(payload, size, ident, **fields):
    """The packets that `payload` is sent in, `size` octets each."""
    return [ipv4(payload[at:at + size], id=ident, offset=at, more=at + size < len(payload),
                 **fields) for at in range(0, len(payload), size)]


def fragments_v6(payload, size, ident, following=UDP):
    return [ipv6(fragment_header(following, payload[at:at + size], ident, at,
                                 at + size < len(payload)), FRAGMENT)
            for at in range(0, len(payload), size)]


# --- Links ---------------------------------------------------------------------------------------

def ether_type(packet):
    return 0x86dd if packet[:1] >= b"\x60" else 0x0800


def ether(packet, *tags):
    """`tags`: the EtherTypes of the VLAN tags, the outer one first."""
    out = bytes(range(12))
    for tag in tags:
        out += struct.pack(">HH", tag, 0x2007)
    return out + struct.pack(">H", ether_type(packet)) + packet


def cooked(packet):
    return struct.pack(">HHH8sH", 0, 1, 6, b"\2\0\0\0\0\1\0\0", ether_type(packet)) + packet


def cooked_2(packet):
    return struct.pack(">HHIHBB8s", ether_type(packet), 0, 2, 1, 0, 6, bytes(8)) + packet


def loopback(packet, order="<", ipv6_family=30):
    family = ipv6_family if packet[:1] >= b"\x60" else 2
    return struct.pack(order + "I", family) + packet


# --- Files ---------------------------------------------------------------------------------------

class Packet:
    """A packet of a capture; by default one second after the one before, and whole."""

    def __init__(self, octets, at=None, wire=None):
        self.octets = octets
        self.at = at
        self.wire = len(octets) if wire is None else wire


def packets_of(items):
    packets = [item if isinstance(item, Packet) else Packet(item) for item in items]
    for number, packet in enumerate(packets):
        if packet.at is None:
            packet.at = FIRST_SECOND + number
    return packets


def pcap(link, items, order="<"):
    out = struct.pack(order + "IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, link)
    for packet in packets_of(items):
        out += struct.pack(order + "IIII", packet.at, 250000, len(packet.octets), packet.wire)
        out += packet.octets
    return out


def block(kind, body, order):
    body += bytes(-len(body) % 4)
    total = struct.pack(order + "I", 12 + len(body))
    return struct.pack(order + "I", kind) + total + body + total


def pcapng(link, items, order="<"):
    out = block(0x0a0d0d0a, struct.pack(order + "IHHq", 0x1a2b3c4d, 1, 0, -1), order)
    out += block(1, struct.pack(order + "HHI", link, 0, 0), order)
    for packet in packets_of(items):
        stamp = packet.at * 1000000 + 250000
        out += block(6, struct.pack(order + "IIIII", 0, stamp >> 32, stamp & 0xffffffff,
                                    len(packet.octets), packet.wire) + packet.octets, order)
    return out
