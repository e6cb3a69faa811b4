"""The first message of a Windows client as it comes out of the box, octet by octet: the proposals
that it has, all with MODP 1024, and its Vendor IDs. RFC 7296 3.1, 3.3, 3.4, 3.9, 3.12."""
import os
import re
import struct

ENCR, PRF, INTEG, KE = 1, 2, 3, 4
DES3, AES_CBC = 3, 12
SHA1, SHA256, SHA384 = (2, 2), (5, 12), (6, 13)  # PRF, INTEG
MODP1024 = 2
CIPHERS = [(DES3, None), (AES_CBC, 128), (AES_CBC, 192), (AES_CBC, 256)]
VENDOR_IDS = ["1e2b516905991c7d7c96fcbfb587e46100000009", "fb1de3cdf341b7ea16b7e5be0855f120",
              "26244d38eddb61b3172a36e3d0cfb819", "01528bbbc00696121849ab9a1c5b2a5100000002"]
SA, KEY_EXCHANGE, NONCE, VENDOR = 33, 34, 40, 43


# What its PowerShell calls them, and what we do.
GROUPS = {"Group14": "-modp2048", "PFS2048": "-modp2048", "ECP256": "-ecp256", "ECP384": "-ecp384",
          "None": ""}
CIPHERS_OF_ESP = {"AES128": "aes128-sha256", "AES256": "aes256-sha256", "GCMAES128": "aes128gcm16",
                  "GCMAES256": "aes256gcm16"}


def proposals_of(command):
    """What a Windows client offers for IKE and for ESP after this command."""
    said = dict(re.findall(r"-(\w+) (\w+)", command))
    ike = said["EncryptionMethod"] + "-" + said["IntegrityCheckMethod"] + GROUPS[said["DHGroup"]]
    cipher, auth = said["CipherTransformConstants"], said["AuthenticationTransformConstants"]
    assert auth == (cipher if cipher.startswith("GCM") else "SHA256128"), command
    return ike.lower(), CIPHERS_OF_ESP[cipher] + GROUPS[said["PfsGroup"]]


def transform(kind, number, bits, is_last):
    attribute = struct.pack(">HH", 0x800e, bits) if bits else b""
    return struct.pack(">BBHBBH", 0 if is_last else 3, 0, 8 + len(attribute), kind, 0,
                       number) + attribute


def proposal(number, cipher, hashes, is_last):
    body = transform(ENCR, *cipher, False) + transform(INTEG, hashes[1], None, False)
    body += transform(PRF, hashes[0], None, False) + transform(KE, MODP1024, None, True)
    return struct.pack(">BBHBBBB", 0 if is_last else 2, 0, 8 + len(body), number, 1, 0, 4) + body


def proposals():
    suites = [(c, h) for c in CIPHERS for h in (SHA1, SHA256, SHA384)]
    return b"".join(proposal(i + 1, *s, i + 1 == len(suites)) for i, s in enumerate(suites))


def first_message():
    payloads = [(SA, proposals()),
                (KEY_EXCHANGE, struct.pack(">HH", MODP1024, 0) + b"\1" + os.urandom(127)),
                (NONCE, os.urandom(48)), *((VENDOR, bytes.fromhex(v)) for v in VENDOR_IDS)]
    kinds = [kind for kind, _ in payloads[1:]] + [0]
    body = b"".join(struct.pack(">BBH", kind, 0, 4 + len(data)) + data
                    for kind, (_, data) in zip(kinds, payloads))
    return os.urandom(8) + struct.pack(">QBBBBII", 0, SA, 0x20, 34, 8, 0, 28 + len(body)) + body
