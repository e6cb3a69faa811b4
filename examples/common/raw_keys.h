/* raw_keys.h - the public keys that a peer is known by, without certificates. RFC 7670. */
#ifndef COMMON_RAW_KEYS_H
#define COMMON_RAW_KEYS_H

#include <stdbool.h>
#include <string.h>

#include <ike2/job.h>

#include "problem.h"

enum {
    RAW_KEYS_MAX = 16,
    RAW_KEY_HASH = 32,
    RAW_KEY_UNKNOWN = 0x10000 /* ike2_verdict.reason */
};

/* SHA-256 of each SubjectPublicKeyInfo. */
struct raw_keys {
    size_t n;
    uint8_t hashes[RAW_KEYS_MAX][RAW_KEY_HASH];
};

/* Is this a hash, "sha256:...", rather than the name of a file? */
static inline bool raw_key_is_hash(const char *text)
{
    return strncmp(text, "sha256:", strlen("sha256:")) == 0;
}

/* Appends the key that `text` names: a file with a public key in PEM or DER, or "sha256:" and the
 * hash in hexadecimal. */
bool raw_keys_add(struct raw_keys *k, const char *text, struct problem *why);

/* Is the proof by a raw public key? */
bool raw_keys_concern(const ike2_proof *proof);
/* The verdict on such a proof: the key is one of these, and has made the signature. Any thread. */
void raw_keys_judge(const struct raw_keys *k, const ike2_proof *proof, ike2_verdict *out);

#endif
