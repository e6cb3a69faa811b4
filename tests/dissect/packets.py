#!/usr/bin/env python3
"""Tests of ikev2-dissect with captures of this project's own.

packets.py packets PROGRAM   every link, IP and transport header; the output as golden/ has it
packets.py cuts PROGRAM      files and packets that end at every octet
packets.py keys PROGRAM      Wireshark's ikev2_decryption_table: right, wrong and malformed
packets.py write DIRECTORY   leaves the captures of golden/ there

0: all is well, 1: one line per finding.
"""
import pathlib
import sys

import frames
import dissection
from frames import Packet

GOLDEN = pathlib.Path(__file__).parent / "golden"
REQUEST = frames.message("init", 1)
COOKIE = frames.message("init", 2)
SEALED = frames.message("gcm", 1)
ANSWER = frames.message("gcm", 2)
MARKER = bytes(4)
ESP = bytes.fromhex("c0ffee01" "00000007") + bytes(24)

findings = []


def expect(what, found, expected):
    if found != expected:
        findings.append(f"{what}: {found!r}, not {expected!r}")


# --- Captures whose output is kept ---------------------------------------------------------------

def nat_traversal():
    """UDP 4500: the marker, keepalives, ESP, and what is none of them."""
    v4, v6 = frames.ipv4, frames.ipv6
    up, down = {"sport": 61234, "dport": 4500}, {"sport": 4500, "dport": 61234}
    packets = [v4(frames.udp(REQUEST)),
               v4(frames.udp(COOKIE), src="192.0.2.2", dst="192.0.2.1"),
               v4(frames.udp(MARKER + SEALED, **up)),
               v4(frames.udp(MARKER + ANSWER, **down), src="192.0.2.2", dst="192.0.2.1"),
               v4(frames.udp(ESP, **up)), v4(frames.udp(b"\xff", **up)),
               v4(frames.udp(b"\x01\x02", **up)), v4(frames.udp(MARKER + bytes(27), **up)),
               v4(frames.udp(b"", **up)), v4(frames.udp(b"x" * 20)),
               v6(frames.udp(MARKER + SEALED, **up)),
               v4(frames.udp(b"a name server", 53, 53)), v4(b"ping", 1), b"\0\1",
               v4(frames.udp(frames.message("strange", 1)))]
    return frames.ETHERNET, [frames.ether(packet) for packet in packets]


def fragments():
    """Out of order, twice, of two packets at a time; of IPv6 with headers on both sides."""
    one = frames.fragments_v4(frames.udp(REQUEST), 96, 7)
    two = frames.fragments_v4(frames.udp(COOKIE), 24, 8)
    six = frames.udp(SEALED)
    pieces = frames.fragments_v6(frames.extension(frames.UDP, six), 64, 9, frames.DESTINATION)
    behind = [frames.ipv6(frames.extension(frames.FRAGMENT, piece[40:]), frames.HOP_BY_HOP)
              for piece in pieces]
    whole = frames.ipv6(frames.fragment_header(frames.UDP, frames.udp(COOKIE), 10),
                        frames.FRAGMENT)
    foreign = frames.fragments_v4(b"x" * 80, 40, 11, protocol=1)
    return frames.RAW, [one[2], two[0], one[0], one[0], two[1], one[1], two[2], *behind[::-1],
                        whole, *foreign]


def refused_fragments():
    """Overlaps; a second end; one behind the end; a length that is no multiple of eight; some that
    are cut short; one beyond 65535 octets; and a sound packet after each."""
    def piece(ident, offset, octets, more=True):
        return frames.ipv4(octets, id=ident, offset=offset, more=more)
    payload = frames.udp(REQUEST)
    end = payload[96:]
    sound = frames.ipv4(frames.udp(COOKIE))
    return frames.RAW, [
        piece(1, 0, payload[:96]), piece(1, 88, payload[88:104]), piece(1, 96, end, False), sound,
        piece(2, 96, end, False), piece(2, 0, payload[:104]), sound,
        piece(3, 96, end, False), piece(3, 104, end[8:] + b"x", False), sound,
        piece(4, 96, end, False), piece(4, 1000, b"x" * 8), sound,
        piece(5, 0, payload[:90]), sound,
        Packet(piece(6, 0, payload[:96])[:60], wire=116), Packet(piece(6, 96, end)[:40], wire=200),
        sound,
        piece(7, 65528, b"x" * 16, False), sound]


def missing_fragments():
    """The end is missing, comes too late, or too many packets are begun."""
    pieces = frames.fragments_v4(frames.udp(REQUEST), 96, 1)
    packets = [Packet(pieces[0], 1000), Packet(pieces[1], 1060), Packet(pieces[2], 1061),
               Packet(frames.ipv4(frames.udp(COOKIE)), 1061)]
    packets += [Packet(frames.fragments_v4(frames.udp(REQUEST), 96, 100 + number)[0], 1062)
                for number in range(33)]
    return frames.RAW, packets


def stream():
    """RFC 9329: prefix, frames in pieces and several at once, sent again, keepalives, a gap."""
    up = frames.ipv4
    octets = (b"IKETCP" + frames.frame(REQUEST) + frames.frame(SEALED) + frames.frame(b"", b"")
              + frames.frame(b"\xff", b"") + frames.frame(ESP, b""))
    start = 0xffffff00
    packets = [up(frames.tcp(b"", start, flags=2), frames.TCP)]

    def send(first, last):
        sequence = (start + 1 + first) & 0xffffffff
        packets.append(up(frames.tcp(octets[first:last], sequence, options=b"\1" * 4), frames.TCP))
    send(0, 3)
    send(3, 100)
    send(50, 200)
    send(50, 200)
    send(200, len(octets))
    answer = frames.frame(COOKIE) + frames.frame(ANSWER)
    back = {"src": "192.0.2.2", "dst": "192.0.2.1"}
    packets.append(up(frames.tcp(answer, 77, 4500, 40000), frames.TCP, **back))
    packets.append(up(frames.tcp(frames.frame(ANSWER), 1000, 4500, 40000), frames.TCP, **back))
    packets.append(up(frames.tcp(frames.frame(ANSWER), 1100, 4500, 40000), frames.TCP, **back))
    packets.append(up(frames.tcp(b"\0\1junk", 5, 40001, 4500), frames.TCP))
    packets.append(up(frames.tcp(b"web", 5, 80, 40001), frames.TCP))
    return frames.RAW, packets


def hostile_text():
    """What a peer can write into a payload: every field comes out as printable ASCII."""
    vendor = b"\x1b[2J\\ \xff\0\n"
    name = b"\x1b]0;x\x07.example"
    payloads = [(43, vendor), (35, b"\2\0\0\0" + name), (36, b"\3\0\0\0a@\xc3\xa9"),
                (48, b"\2\7\0\x0d\1us\x1ber\n\x7f\\"), (47, b"\1\0\0\0\0\7\0\4v\x1b1\n"),
                (43, b"plain text"), (200, b"\x9b31m")]
    chain = b""
    for number, (_, body) in enumerate(payloads):
        following = payloads[number + 1][0] if number + 1 < len(payloads) else 0
        chain += bytes((following, 0)) + (4 + len(body)).to_bytes(2, "big") + body
    header = (bytes(range(8)) + bytes(8) + bytes((payloads[0][0], 0x20, 37, 0x08)) + bytes(4)
              + (28 + len(chain)).to_bytes(4, "big"))
    return frames.RAW, [frames.ipv4(frames.udp(header + chain))]


def details():
    """A session with every field of every payload."""
    captures = [("init", 1), ("init", 2), ("init", 3), ("gcm", 1), ("gcm", 2), ("gcm", 3),
                ("gcm", 4), ("fragments", 2), ("fragments", 6), ("bodies", 11), ("chains", 7),
                ("sealed", 1), ("elsewhere", 1)]
    return frames.RAW, [frames.ipv4(frames.udp(frames.message(*name))) for name in captures]


CAPTURES = {
    "nat-traversal": (nat_traversal, ()),
    "fragments": (fragments, ()),
    "refused-fragments": (refused_fragments, ()),
    "missing-fragments": (missing_fragments, ()),
    "stream": (stream, ()),
    "hostile-text": (hostile_text, ("-v",)),
    "details": (details, ("-v", "--keys", "keys.log")),
}


def golden_text(result):
    return f"{result.out}--- errors\n{result.errors}--- exit status {result.status}\n"


def kept_captures(dissect):
    log = "\n".join(frames.decryption_table(frames.rows_of(frames.GOLDEN_KEYS))) + "\n"
    for name, (make, options) in CAPTURES.items():
        result = dissection.run(dissect, {name: frames.pcap(*make()), "keys.log": log.encode()},
                             *options)
        found = golden_text(result).splitlines()
        kept = (GOLDEN / f"{name}.txt").read_text().splitlines()
        expect(f"{name}: lines", len(found), len(kept))
        for number, (line, wanted) in enumerate(zip(found, kept), 1):
            expect(f"{name}: line {number}", line, wanted)
        if any(not " " <= char <= "~" and char != "\n" for char in result.out + result.errors):
            findings.append(f"{name}: unprintable octets")


# --- Headers that change nothing -----------------------------------------------------------------

def links():
    """Each is one way to say the same."""
    for name, link, packet in (
            ("ethernet", frames.ETHERNET, frames.ether), ("raw", frames.RAW, bytes),
            ("VLAN", frames.ETHERNET, lambda packet: frames.ether(packet, 0x8100)),
            ("two VLANs", frames.ETHERNET, lambda packet: frames.ether(packet, 0x88a8, 0x8100)),
            ("old VLANs", frames.ETHERNET, lambda packet: frames.ether(packet, *[0x9100] * 5)),
            ("padding", frames.ETHERNET, lambda packet: frames.ether(packet) + bytes(18)),
            ("cooked", frames.COOKED, frames.cooked),
            ("cooked 2", frames.COOKED_2, frames.cooked_2),
            ("null", frames.NULL, frames.loopback),
            ("null of another machine", frames.NULL, lambda p: frames.loopback(p, ">")),
            ("null of Linux", frames.NULL, lambda p: frames.loopback(p, "<", 10)),
            ("null of NetBSD", frames.NULL, lambda p: frames.loopback(p, "<", 24)),
            ("null of FreeBSD", frames.NULL, lambda p: frames.loopback(p, "<", 28)),
            ("loop", frames.LOOP, lambda packet: frames.loopback(packet, ">"))):
        for order in "<", ">":
            for form in frames.pcap, frames.pcapng:
                yield f"{name} {order} {form.__name__}", lambda packets, link=link, \
                    packet=packet, order=order, form=form: form(link, map(packet, packets), order)


def packets_that_say_the_same():
    ext, dst = frames.extension, frames.DESTINATION
    segment = frames.udp(REQUEST)
    yield "IPv4", frames.ipv4(segment)
    yield "IPv4 with options", frames.ipv4(segment, options=bytes((7, 39)) + bytes(38))
    yield "IPv4 without length", frames.ipv4(segment, total=0)
    yield "IPv6", frames.ipv6(segment)
    for name, first, headers in (
            ("hop-by-hop", frames.HOP_BY_HOP, ext(frames.UDP, segment)),
            ("routing", frames.ROUTING, ext(frames.UDP, segment, 3)),
            ("destination", dst, ext(frames.UDP, segment, 255)),
            ("mobility", frames.MOBILITY, ext(frames.UDP, segment)),
            ("authentication", frames.AUTHENTICATION, frames.authentication(frames.UDP, segment)),
            ("atomic fragment", frames.FRAGMENT, frames.fragment_header(frames.UDP, segment, 3)),
            ("many", frames.HOP_BY_HOP,
             ext(dst, ext(frames.ROUTING, ext(frames.FRAGMENT, frames.fragment_header(
                 dst, ext(frames.UDP, segment), 3)))))):
        yield f"IPv6 with {name}", frames.ipv6(headers, first)


def headers(dissect):
    """Whatever is around the message, the lines are the same but for the addresses."""
    packets = dict(packets_that_say_the_same())
    wanted = ["IKE_SA_INIT request 0 SA KE Nonce N(NAT_DETECTION_SOURCE_IP) "
              "N(NAT_DETECTION_DESTINATION_IP) N(IKEV2_FRAGMENTATION_SUPPORTED) V"] * len(packets)
    ends = [("192.0.2.1:500", "192.0.2.2:500") if name.startswith("IPv4") else
            ("[2001:db8::1]:500", "[2001:db8::2]:500") for name in packets]
    for name, make in links():
        if name.startswith("padding"):
            # Without a length of its own, the packet would end with the frame.
            packets["IPv4 without length"] = packets["IPv4"]
        result = dissection.run(dissect, {"capture": make(packets.values())})
        found = [dissection.LINE.match(line).groups() for line in result.lines()]
        expect(f"{name}: what", [line[4] for line in found], wanted)
        expect(f"{name}: ends", [line[2:4] for line in found], ends)
        expect(f"{name}: numbers", [int(line[0]) for line in found],
               list(range(1, len(packets) + 1)))
        expect(f"{name}: first time", found[0][1] if found else "", "2023-11-14T22:13:20.250000Z")
        expect(f"{name}: errors", (result.status, result.errors), (0, ""))
        packets = dict(packets_that_say_the_same())


def malformed_headers(dissect):
    """Each is an error with its number, and no more."""
    sound = frames.ipv4(frames.udp(COOKIE))
    segment = frames.udp(REQUEST)
    for name, packet, header in (
            ("version 5", b"\x55" + sound[1:], "IP"),
            ("header of 16 octets", b"\x44" + sound[1:], "IP"),
            ("options beyond the packet", b"\x4f" + sound[1:40], "IP"),
            ("length of less than the header", frames.ipv4(segment, total=19), "IP"),
            ("length of more than the packet", frames.ipv4(segment, total=2000), "IP"),
            ("nothing", b"", "IP"), ("one octet", b"\x45", "IP"),
            ("IPv6 beyond the packet", frames.ipv6(segment)[:-1], "IP"),
            ("IPv6 header", frames.ipv6(segment)[:39], "IP"),
            ("IPv6 extension beyond the packet",
             frames.ipv6(frames.extension(frames.UDP, b"", 1)[:15], 0), "IP"),
            ("UDP header", frames.ipv4(segment[:7]), "UDP"),
            ("UDP length of 7", frames.ipv4(segment[:4] + b"\0\7" + segment[6:]), "UDP"),
            ("UDP beyond the packet", frames.ipv4(segment[:-1]), "UDP"),
            ("TCP header", frames.ipv4(frames.tcp(b"", 1)[:19], frames.TCP), "TCP"),
            ("TCP header of 16 octets",
             frames.ipv4(frames.tcp(b"", 1)[:12] + b"\x40" + bytes(7), frames.TCP), "TCP")):
        result = dissection.run(dissect, {
            "capture": frames.pcap(frames.RAW, [sound, packet, sound])})
        expect(name, (result.status, len(result.lines()), result.errors),
               (2, 2, f"capture: packet 2: the {header} header is malformed\n"))


def other_ports(dissect):
    """Asked for, they are looked at; not asked for, they are named as the remedy."""
    packets = [frames.ipv4(frames.udp(REQUEST, 40000, 5500)),
               frames.ipv4(frames.udp(MARKER + SEALED, 5501, 40000)),
               frames.ipv4(frames.tcp(frames.frame(SEALED), 1, 40000, 5501), frames.TCP)]
    files = {"capture": frames.pcap(frames.RAW, packets)}
    result = dissection.run(dissect, files)
    expect("other ports", (result.status, result.out, result.errors),
           (0, "", "capture: warning: nothing on the ports of IKE in 3 packets; --port and "
                   "--natt-port name others\n"))
    for options, count in ((("--port", "5500"), 1), (("--natt-port", "5501"), 2),
                           (("--port", "5500", "--natt-port", "5501"), 3)):
        result = dissection.run(dissect, files, *options)
        expect(f"{options}", (result.status, len(result.lines()), result.errors), (0, count, ""))
    for options in (("--port", "0"), ("--port", "65536"), ("--natt-port", "x"), ("--port",),
                    ("--port", "1") * 16):
        result = dissection.run(dissect, files, *options)
        expect(f"{options}", (result.status, result.errors[:6]), (2, "usage:"))


def strange_files(dissect):
    """No captures, and captures of nothing that is known."""
    sound = frames.ipv4(frames.udp(COOKIE))
    for name, octets, message in (
            ("link type", frames.pcap(frames.WIRELESS, [sound]),
             "capture: link type 105 (IEEE802_11) is not known; Ethernet, Linux cooked v1 and v2, "
             "raw IP and BSD loopback are\n"),
            ("compressed", b"\x1f\x8b\x08\0" + bytes(20),
             "capture: no pcap or pcapng file that libpcap can read: unknown file format\n"),
            ("half a magic number", b"\xd4\xc3", "capture: no pcap or pcapng file that libpcap can "
             "read: truncated dump file; tried to read 4 file header bytes, only got 2\n")):
        result = dissection.run(dissect, {"capture": octets})
        expect(name, (result.status, result.out, result.errors), (2, "", message))
    for link in frames.IPV4_ONLY, frames.IPV6_ONLY:
        result = dissection.run(dissect, {"capture": frames.pcap(link, [sound])})
        expect(f"link type {link}", (result.status, len(result.lines())), (0, 1))
    result = dissection.run(dissect, {"capture": frames.pcap(frames.RAW, [])})
    expect("empty", (result.status, result.out), (0, ""))
    late = frames.pcapng(frames.RAW, [Packet(sound, 4102444800), Packet(sound, 400000000000)])
    expect("late", [line.split()[1] for line in dissection.run(dissect, {"capture": late}).lines()],
           ["2100-01-01T00:00:00.250000Z", "400000000000.250000"])


def sound_messages(dissect):
    """All messages of tests/vectors/golden: the trees say what is expected of them there."""
    rows = frames.rows_of(frames.VECTORS / "golden" / "expected.tsv")
    wanted = [row for row in rows if row["verdict"] in ("ok", "badicv")]
    packets = [frames.ipv4(frames.udp(frames.message(row["capture"], row["frame"])))
               for row in wanted]
    keys = (frames.VECTORS / "golden" / "keys.tsv").read_bytes()
    # The fragments of several captures would be put together, in one capture.
    for capture in sorted({row["capture"] for row in wanted}):
        chosen = [number for number, row in enumerate(wanted) if row["capture"] == capture]
        result = dissection.run(dissect, {
            capture: frames.pcap(frames.RAW, [packets[number] for number in chosen]),
            "keys.tsv": keys}, "-v", "--keys", "keys.tsv")
        found = dissection.messages_of(result)
        expect(f"{capture}: messages", len(found), len(chosen))
        for number, message in zip(chosen, found):
            row = wanted[number]
            what = f"{capture} {row['frame']}"
            expect(f"{what}: outer", message.chain(), row["outer"])
            expect(f"{what}: inner", message.content(), row["inner"])
            expect(f"{what}: ICV", "(wrong ICV)" in message.summary, row["verdict"] == "badicv")


def tables(dissect):
    """With -v a table has the same trees, below the same lines."""
    golden = frames.VECTORS / "golden"
    files = {"messages": (golden / "messages.tsv").read_bytes(),
             "keys": (golden / "keys.tsv").read_bytes()}
    short = dissection.run(dissect, files, "--keys", "keys")
    full = dissection.run(dissect, files, "--keys", "keys", "-v")
    expect("table: lines", full.lines(), short.out.splitlines())
    sealed = frames.pcap(frames.RAW, [frames.ipv4(frames.udp(SEALED))])
    capture = dissection.run(dissect, {"gcm": sealed, "keys": files["keys"]}, "--keys", "keys",
                             "-v")
    if capture.out.split("\n", 1)[1] not in full.out:
        findings.append("table: the tree of gcm 1 is not that of a capture")


def packets(dissect):
    kept_captures(dissect)
    headers(dissect)
    malformed_headers(dissect)
    other_ports(dissect)
    strange_files(dissect)
    sound_messages(dissect)
    tables(dissect)


# --- What ends too early -------------------------------------------------------------------------

def files_cut(dissect):
    """At every octet: what was before is shown, and the file is named unless the end is one."""
    items = [frames.ether(frames.ipv4(frames.udp(COOKIE))) for _ in range(2)]
    for make in frames.pcap, frames.pcapng:
        octets = make(frames.ETHERNET, items)
        ends = {len(make(frames.ETHERNET, items[:count])): count for count in range(3)}
        whole = dissection.run(dissect, {"capture": octets}).lines()
        expect(f"{make.__name__}: whole", len(whole), 2)
        for size in range(len(octets)):
            result = dissection.run(dissect, {"capture": octets[:size]})
            what = f"{make.__name__} of {size} octets"
            complete = max((count for end, count in ends.items() if end <= size), default=0)
            expect(f"{what}: lines", result.lines(), whole[:complete])
            expect(f"{what}: status", result.status, 0 if size in ends else 2)
            if size not in ends and not result.errors.startswith("capture:"):
                findings.append(f"{what}: {result.errors!r}")
            if size > min(ends) and size not in ends:
                place = f"capture: packet {complete + 1}: the file cannot be read further: "
                expect(f"{what}: place", result.errors[:len(place)], place)


def packets_cut(dissect):
    """A capture with a snapshot length: every packet is there as often as it has octets, each time
    shorter, and a sound one behind each. What is missing is said with the number of the packet."""
    keys = ("\n".join(frames.decryption_table(frames.rows_of(frames.GOLDEN_KEYS)))).encode()
    sound = frames.ether(frames.ipv4(frames.udp(COOKIE)))
    whole = [frames.ether(frames.ipv4(frames.udp(REQUEST), options=bytes(8)), 0x8100),
             frames.ether(frames.ipv6(frames.extension(frames.UDP, frames.udp(
                 MARKER + SEALED, 4500, 4500)), frames.DESTINATION)),
             frames.ether(frames.ipv4(frames.tcp(frames.frame(SEALED), 9), frames.TCP))]
    for number, packet in enumerate(whole):
        items = []
        for size in range(len(packet)):
            items += [Packet(packet[:size], wire=len(packet)), Packet(sound)]
        files = {"capture": frames.pcap(frames.ETHERNET, items), "keys": keys}
        result = dissection.run(dissect, files, "-v", "--keys", "keys")
        expect(f"cut packet {number}: status", result.status, 2)
        expect(f"cut packet {number}: sound ones",
               sum("N(COOKIE)" in line for line in result.lines()), len(packet))
        # A TCP stream says once that it is lost, and begins again with no other.
        named = {int(line.split()[2].rstrip(":")) for line in result.errors.splitlines()
                 if "cut short" in line}
        wanted = set(range(1, len(items), 2)) if number < 2 else {
            2 * size + 1 for size in range(14 + 20 + 20)} | {2 * (14 + 20 + 20) + 1}
        expect(f"cut packet {number}: named", named, wanted)


def cuts(dissect):
    files_cut(dissect)
    packets_cut(dissect)


# --- Keys ----------------------------------------------------------------------------------------

def right_keys(dissect):
    """The messages of every cipher Wireshark has a name for are opened."""
    rows = frames.rows_of(frames.GOLDEN_KEYS)
    table = "\n".join(["# a comment", "", *frames.decryption_table(rows), ""])
    names = ("gcm", "cbc", "ctr", "ccm")
    items = [frames.ipv4(frames.udp(frames.message(name, number)))
             for name in names for number in range(1, 5)]
    for what, text in (("as it is", table), ("CR LF", table.replace("\n", "\r\n")),
                       ("blanks", table.replace(",", " , ")),
                       ("upper case", "\n".join(
                           line if line.startswith("#") else
                           ",".join(field if field.startswith('"') else field.upper()
                                    for field in line.split(",")) for line in table.split("\n")))):
        result = dissection.run(dissect, {"capture": frames.pcap(frames.RAW, items),
                                       "keys": text.encode()}, "--keys", "keys")
        expect(f"keys, {what}", (result.status, result.errors,
                                 [line.split("SK")[1] for line in result.lines()]),
               (0, "", [" { IDi CERTREQ AUTH CP SA TSi TSr }", " { IDr EAP }", " { D }",
                        " { }"] * 4))


def wrong_keys(dissect):
    """Other keys than those of the SA: named with the packet, and the rest is shown."""
    row = frames.rows_of(frames.GOLDEN_KEYS)[0]
    row["sk_ei"], row["sk_er"] = row["sk_er"], row["sk_ei"]
    items = [frames.ipv4(frames.udp(octets)) for octets in (REQUEST, SEALED, COOKIE, ANSWER)]
    result = dissection.run(dissect, {"capture": frames.pcap(frames.RAW, items),
                                   "keys": frames.decryption_table([row])[0].encode()},
                         "--keys", "keys")
    text = (": the ICV is wrong: these are not the keys of 6f75727300010001,6f75727300020001, or "
            "the message was altered")
    expect("wrong keys", (result.status, result.errors.splitlines()),
           (2, [f"capture: packet {number}{text}" for number in (2, 4)]))
    expect("wrong keys: lines", [line.split("1 SK")[-1] for line in result.lines()][1::2],
           [" (wrong ICV)"] * 2)


def malformed_keys(dissect):
    """Each is named with its line, and the keys of the other lines are used."""
    row = frames.rows_of(frames.GOLDEN_KEYS)[0]
    good = frames.decryption_table([row])[0]
    fields = good.split(",")

    def line(**changes):
        return ",".join(changes.get(f"f{number}", field) for number, field in enumerate(fields))
    aead = "AES-GCM-256 with 16 octet ICV [RFC5282]"
    for text, message in (
            (line(f0="6f75"), "initiator's SPI: not 16 hexadecimal digits"),
            (line(f1="6f7572730002000x"), "responder's SPI: not 16 hexadecimal digits"),
            (line(f2=fields[2][2:]), "SK_ei: not the length this algorithm's key has"),
            (line(f2=""), "SK_ei: not the length this algorithm's key has"),
            (line(f3=fields[3][1:]), "SK_er: odd number of hexadecimal digits"),
            (line(f3="zz" + fields[3][2:]), "SK_er: not a hexadecimal digit"),
            (line(f4='"AES-GCM-256"'), "encryption algorithm: not one of Wireshark's names"),
            (line(f5="00" * 32), "SK_ai: not the length this algorithm's key has"),
            (line(f7='"HMAC"'), "integrity algorithm: not one of Wireshark's names"),
            (line(f7='"HMAC_SHA2_256_128 [RFC4868]"'),
             "integrity algorithm: an AEAD has no integrity algorithm beside it"),
            (line(f4='"AES-CBC-256 [RFC3602]"'),
             "integrity algorithm: this cipher needs an integrity algorithm"),
            (good + ",", "line: not eight columns, separated by commas"),
            (",".join(fields[:7]), "line: not eight columns, separated by commas"),
            (good.replace(f'"{aead}"', f'"{aead}'), "line: not eight columns, separated by commas"),
            ("keys of wireshark", "line: not eight columns, separated by commas")):
        result = dissection.run(dissect, {
            "capture": frames.pcap(frames.RAW, [frames.ipv4(frames.udp(SEALED))]),
            "keys": f"# keys\n{text}\n{good}\n".encode()}, "--keys", "keys")
        expect(f"{text[-60:]}", (result.status, result.errors, result.out.count("{ IDi")),
               (2, f"keys:2: {message}\n", 1))
    for name in "HMAC_SHA2_256_96 [draft-ietf-ipsec-ciph-sha-256-00]", \
            "ANY 128-bits of Authentication [No Checking]":
        text = line(f4='"AES-CBC-256 [RFC3602]"', f7=f'"{name}"')
        result = dissection.run(dissect, {
            "capture": frames.pcap(frames.RAW, [frames.ipv4(frames.udp(SEALED))]),
            "keys": text.encode()}, "--keys", "keys")
        expect(name, (result.status, result.errors),
               (0, "keys:1: warning: integrity algorithm: algorithm is not supported, nothing of "
                   "this SA is decrypted\n"))
    result = dissection.run(dissect, {
        "capture": frames.pcap(frames.RAW, [frames.ipv4(frames.udp(SEALED))])}, "--keys", "none")
    expect("no keys", (result.status, result.errors, len(result.lines())),
           (2, "none: cannot be opened\n", 1))


def keys(dissect):
    right_keys(dissect)
    wrong_keys(dissect)
    malformed_keys(dissect)


def write(directory):
    for name, (make, _) in CAPTURES.items():
        (pathlib.Path(directory) / f"{name}.pcap").write_bytes(frames.pcap(*make()))


MODES = {"packets": packets, "cuts": cuts, "keys": keys, "write": write}


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in MODES:
        sys.exit(__doc__)
    MODES[sys.argv[1]](str(pathlib.Path(sys.argv[2]).resolve()))
    for finding in findings[:40]:
        print(finding)
    print(f"{sys.argv[1]}: {len(findings)} findings")
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
