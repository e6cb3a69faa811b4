/* crypto/known_answers.h - what the self test of a provider compares with. */
#ifndef CRYPTO_KNOWN_ANSWERS_H
#define CRYPTO_KNOWN_ANSWERS_H

#include <ike2/types.h>

enum { KNOWN_HASHES = 4, KNOWN_PRFS = 14, KNOWN_SEALS = 52 };

struct known_hash {
    uint16_t alg; /* IKE2_HASH_* */
    uint8_t len;
    uint8_t out[64];
};

/* Several for each PRF: keys that are shorter and longer than what it works with. */
struct known_prf {
    uint16_t id; /* IKE2_PRF_* */
    ike2_bytes key, data;
    uint8_t len;
    uint8_t out[64];
};

/* Octets that count upwards: how many, and from which first one. */
enum {
    KNOWN_PLAIN_LEN = 32,
    KNOWN_PLAIN_FIRST = 0x10,
    KNOWN_AAD_LEN = 20,
    KNOWN_AAD_FIRST = 0x40,
    KNOWN_KEY_FIRST = 0x80, /* key | salt */
    KNOWN_IV_FIRST = 0xc0,
    KNOWN_INTEG_KEY_FIRST = 0x01,
    KNOWN_SEALED_MAX = KNOWN_PLAIN_LEN + 32
};

struct known_seal {
    uint16_t encr;     /* IKE2_ENCR_* */
    uint16_t key_bits; /* 0: not negotiable */
    uint16_t integ;    /* IKE2_INTEG_*; 0 with an AEAD */
    uint8_t len;
    uint8_t sealed[KNOWN_SEALED_MAX]; /* ciphertext | ICV */
};

extern const struct known_hash ike2_known_hashes[KNOWN_HASHES];
extern const struct known_prf ike2_known_prfs[KNOWN_PRFS];
extern const struct known_seal ike2_known_seals[KNOWN_SEALS];

#endif
