#!/usr/bin/env python3
"""Prints golden.h: ESP packets made by the Python package `cryptography`, which shares nothing with
the library. To be run by hand; needs that package."""
import hmac

from cryptography.hazmat.primitives.ciphers import Cipher, aead, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

PACKET = bytes.fromhex(
    "45000054a6f200004001e778c6336405c000020508005b7a3a080000553bec10000736270809"
    "0a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637")
SPI = 0x01020304
CBC_IV = bytes(range(0x30, 0x40))


def padded(align):
    pad = -(len(PACKET) + 2) % align
    return PACKET + bytes(range(1, pad + 1)) + bytes([pad, 4])


def head(sequence):
    return SPI.to_bytes(4, "big") + (sequence & 0xffffffff).to_bytes(4, "big")


def aead_packet(cipher, key, salt, sequence, esn, icv_len=16):
    iv = sequence.to_bytes(8, "big")
    aad = SPI.to_bytes(4, "big") + sequence.to_bytes(8, "big") if esn else head(sequence)
    sealed = cipher(key).encrypt(salt + iv, padded(4), aad)
    # A shorter ICV of GCM is the beginning of the full one; CCM is asked for its length.
    if cipher is aead.AESGCM:
        sealed = sealed[:len(sealed) - 16 + icv_len]
    return head(sequence) + iv + sealed


def gmac_packet(key, salt, sequence, esn):
    """RFC 4543: nothing is encrypted, and all is authenticated."""
    iv = sequence.to_bytes(8, "big")
    aad = SPI.to_bytes(4, "big") + sequence.to_bytes(8, "big") if esn else head(sequence)
    plain = iv + padded(4)
    return head(sequence) + plain + aead.AESGCM(key).encrypt(salt + iv, b"", aad + plain)


def mac_packet(algorithm, mode, iv, keys, mac, icv_len, sequence):
    encryptor = Cipher(algorithm(keys[0]), mode).encryptor()
    align = 16 if algorithm is algorithms.AES and isinstance(mode, modes.CBC) else 4
    covered = head(sequence) + iv + encryptor.update(padded(align)) + encryptor.finalize()
    if mac == "cmac":
        cmac = CMAC(algorithms.AES(keys[1]))
        cmac.update(covered)
        return covered + cmac.finalize()[:icv_len]
    return covered + hmac.new(keys[1], covered, mac).digest()[:icv_len]


def ramp(first, length):
    return bytes((first + i) % 256 for i in range(length))


def quoted(octets, indent):
    text = octets.hex()
    lines = [f'{" " * indent}"{text[i:i + 64]}"' for i in range(0, len(text), 64)]
    return "\n".join(lines) or f'{" " * indent}""'


def row(name, encr, integ, keys, sequence, esn, packet):
    bits = (len(keys[0]) - len(keys[2])) * 8 if encr != "CHACHA20_POLY1305" else 0
    integ_text = f"IKE2_INTEG_{integ}" if integ else "0"
    print(f'    {{\n        "{name}", IKE2_ENCR_{encr}, {bits}, {integ_text}, '
          f'{sequence:#x}, {"true" if esn else "false"},')
    print(quoted(keys[0], 8) + ",")
    print(quoted(keys[1], 8) + ",")
    print(quoted(packet, 8) + ",\n    },")


def aead_row(name, encr, cipher, key_len, salt_len, sequence, esn=False, icv_len=16):
    key, salt = ramp(0x80, key_len), ramp(0xa0, salt_len)
    packet = aead_packet(cipher, key, salt, sequence, esn, icv_len)
    row(name, encr, None, (key + salt, b"", salt), sequence, esn, packet)


def gmac_row(name, key_len, sequence, esn=False):
    key, salt = ramp(0x80, key_len), ramp(0xa0, 4)
    packet = gmac_packet(key, salt, sequence, esn)
    row(name, "NULL_AUTH_AES_GMAC", None, (key + salt, b"", salt), sequence, esn, packet)


def cbc_row(name, integ, key_len, mac, mac_len, sequence):
    keys = ramp(0x10, key_len), ramp(0x40, mac_len)
    icv_len = 12 if mac == "cmac" else mac_len // 2
    packet = mac_packet(algorithms.AES, modes.CBC(CBC_IV), CBC_IV, keys, mac, icv_len, sequence)
    row(name, "AES_CBC", integ, (*keys, b""), sequence, False, packet)


def ctr_row(name, sequence):
    keys, salt = (ramp(0x10, 16), ramp(0x40, 32)), ramp(0xa0, 4)
    iv = sequence.to_bytes(8, "big")
    mode = modes.CTR(salt + iv + b"\0\0\0\1")
    packet = mac_packet(algorithms.AES, mode, iv, keys, "sha256", 16, sequence)
    row(name, "AES_CTR", "HMAC_SHA2_256_128", (keys[0] + salt, keys[1], salt), sequence, False,
        packet)


def ccm(length):
    return lambda key: aead.AESCCM(key, tag_length=length)


print("""/* golden.h - ESP packets made by golden.py with another implementation of the ciphers.
 * What is inside, the SPI and the IV of CBC are the same for all. */
#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

#include <ike2/crypto.h>

struct golden {
    const char *name;
    uint16_t encr, key_bits, integ;
    uint64_t sequence;
    bool esn;
    const char *encr_key, *integ_key, *packet;
};
""")
print(f"enum {{ GOLDEN_SPI = {SPI:#x} }};\n")
print(f"static const char golden_inner[] =\n{quoted(PACKET, 4)};\n")
print(f"static const char golden_cbc_iv[] = \"{CBC_IV.hex()}\";\n")
print("static const struct golden goldens[] = {")
aead_row("aes128gcm16", "AES_GCM_16", aead.AESGCM, 16, 4, 1)
aead_row("aes256gcm16", "AES_GCM_16", aead.AESGCM, 32, 4, 0x01020304)
aead_row("aes256gcm16-esn", "AES_GCM_16", aead.AESGCM, 32, 4, 0x500000007, True)
aead_row("aes192gcm12", "AES_GCM_12", aead.AESGCM, 24, 4, 2, icv_len=12)
aead_row("aes128gcm8", "AES_GCM_8", aead.AESGCM, 16, 4, 3, icv_len=8)
aead_row("aes128ccm16", "AES_CCM_16", ccm(16), 16, 3, 4)
aead_row("aes256ccm8-esn", "AES_CCM_8", ccm(8), 32, 3, 0x100000000, True)
aead_row("chacha20poly1305", "CHACHA20_POLY1305", aead.ChaCha20Poly1305, 32, 4, 5)
aead_row("chacha20poly1305-esn", "CHACHA20_POLY1305", aead.ChaCha20Poly1305, 32, 4,
         0xfffffffffffffffe, True)
gmac_row("aes128gmac", 16, 10)
gmac_row("aes256gmac-esn", 32, 0x300000001, True)
cbc_row("aes128-sha256", "HMAC_SHA2_256_128", 16, "sha256", 32, 6)
cbc_row("aes192-sha384", "HMAC_SHA2_384_192", 24, "sha384", 48, 7)
cbc_row("aes256-sha512", "HMAC_SHA2_512_256", 32, "sha512", 64, 0xffffffff)
cbc_row("aes128-aescmac", "AES_CMAC_96", 16, "cmac", 16, 9)
ctr_row("aes128ctr-sha256", 8)
print("};\n\n#endif")
