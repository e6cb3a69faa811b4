#!/usr/bin/env python3
"""Makes xfrm_golden.h: what iproute2 tells the kernel for SAs and policies like those of
test_xfrm_sa.c. Needs root, ip and strace; the kernel's answers do not matter.

    unshare -n python3 tests/dataplane/xfrm_golden.py > tests/dataplane/xfrm_golden.h
"""
import re
import subprocess

KEY = {n: "0x" + "".join("%02x" % (i & 255) for i in range(first, first + n))
       for first, n in ((101, 20), (1, 16), (11, 32))}
STATE = "ip xfrm state add src %s dst %s proto esp spi %s reqid 7 mode %s "
OUTBOUND = "limit packet-soft 3221225472 limit packet-hard 4294557695 "
POLICY = "src 10.1.0.0/16 dst 10.2.0.0/16 proto udp dport 53 dir out "

CASES = {
    "outbound_in_udp": STATE % ("192.0.2.1", "192.0.2.2", "0x2001", "tunnel") +
    "flag af-unspec aead 'rfc4106(gcm(aes))' " + KEY[20] + " 128 "
    "encap espinudp 4500 4501 0.0.0.0 limit byte-soft 1000 " + OUTBOUND,
    "inbound_esn": STATE % ("2001:db8::2", "2001:db8::1", "0x1001", "transport") +
    "replay-window 1024 flag esn enc 'cbc(aes)' " + KEY[16] +
    " auth-trunc 'hmac(sha256)' " + KEY[32] + " 128 "
    "limit packet-soft 1 limit time-use-soft 1",
    "delete_sa": "ip xfrm state delete src 192.0.2.1 dst 192.0.2.2 proto esp spi 0x2001",
    "reserve": "ip xfrm state allocspi src 192.0.2.2 dst 192.0.2.1 proto esp mode tunnel "
    "min 0x100 max 0xffffffff",
    "policy": "ip xfrm policy update " + POLICY + "priority 128704 "
    "tmpl src 192.0.2.1 dst 192.0.2.2 proto esp spi 0x2001 reqid 7 mode tunnel",
    "delete_policy": "ip xfrm policy delete " + POLICY,
}


def sent(command):
    """The first message: what follows the netlink header."""
    trace = subprocess.run(["strace", "-qq", "-e", "trace=sendmsg", "-e", "write=all", "-f", "sh",
                            "-c", command], capture_output=True, text=True, check=False).stderr
    octets = bytearray()
    for line in trace.splitlines():
        row = re.match(r" \| ([0-9a-f]{5})  (.{48})", line)
        if row and int(row[1], 16) == len(octets):
            octets += bytes.fromhex(row[2].replace("  ", " ").strip())
    length = int.from_bytes(octets[:4], "little")
    return int.from_bytes(octets[4:6], "little"), octets[16:length]


print("/* xfrm_golden.h - what iproute2 tells the kernel; made by xfrm_golden.py. */")
print("#ifndef TESTS_XFRM_GOLDEN_H\n#define TESTS_XFRM_GOLDEN_H\n\n#include <stdint.h>\n")
for name, command in CASES.items():
    kind, octets = sent(command)
    print("enum { golden_%s_type = 0x%02x };" % (name, kind))
    print("static const uint8_t golden_%s[] = {" % name)
    for i in range(0, len(octets), 16):
        print("    " + " ".join("0x%02x," % o for o in octets[i:i + 16]))
    print("};\n")
print("#endif")
