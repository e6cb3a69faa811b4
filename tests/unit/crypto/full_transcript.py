#!/usr/bin/env python3
"""AUTH by pre-shared key, computed from the definitions of RFC 7296 2.15 and of section 5 of
draft-ietf-ipsecme-ikev2-downgrade-prevention with nothing but Python's hmac: the values that
test_auth_octets.c expects of the library have to be these."""
import hashlib
import hmac
import pathlib
import sys

TEST = pathlib.Path(__file__).parent / "test_auth_octets.c"
ZERO_PREFIX = bytes(8)
ID_FQDN = 2


def ramp(length, first):
    """As octets_ramp of tests/support makes them."""
    return bytes((first + i) % 256 for i in range(length))


def prf(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


def auth(real_message, id_payload_body=bytes([ID_FQDN, 0, 0, 0]) + b"a.example"):
    """`real_message` is all of <SignedOctets> that stands in front of the nonce."""
    signed = real_message + ramp(32, 0x40) + prf(ramp(32, 0xD0), id_payload_body)
    return prf(prf(b"secret", b"Key Pad for IKEv2"), signed)


ONE, OTHER = ramp(100, 1), ramp(72, 0x81)
VALUES = {
    "RFC 7296": auth(ONE),
    "one side, both messages": auth(ZERO_PREFIX + OTHER + ONE),
    "the other side, both messages": auth(ZERO_PREFIX + ONE + OTHER),
}

text = TEST.read_text()
missing = [name for name, value in VALUES.items() if value.hex() not in text]
for name in missing:
    print(f"{TEST.name}: {name}: {VALUES[name].hex()} is not there")
print(f"{len(VALUES) - len(missing)} of {len(VALUES)} values are there")
sys.exit(1 if missing else 0)
