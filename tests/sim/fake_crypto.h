/* sim/fake_crypto.h - a provider that costs nothing: lengths are those of the real algorithms, what
 * comes out is a toy. Whoever has no key cannot make or change a message by accident, and nothing
 * here is a secret to anybody who tries. Repeats from run to run; counts keys and calls; remembers
 * every key and IV that was used to seal. */
#ifndef SIM_FAKE_CRYPTO_H
#define SIM_FAKE_CRYPTO_H

#include <ike2/crypto.h>

#include "sim/dice.h"
#include "sim/keyring.h"

struct fake_crypto {
    ike2_crypto table;    /* what the code under test is given */
    struct dice dice;
    ike2_bytes script;    /* random octets that come before those of the dice */
    bool random_fails;
    bool exports_nothing; /* key_export: IKE2_ERR_UNSUPPORTED */
    uint64_t n_calls;     /* calls that can fail, since the last fake_crypto_fail */
    uint64_t n_calls_max; /* the most that this was */
    uint64_t fail_from, fail_to; /* calls of these numbers fail, counted from 1; 0 = none */
    ike2_err fail_with;
    int64_t keys_alive;   /* owners of keys, ke_state counted like a key */
    const char *fault;    /* what the library did wrong, or NULL */
    uint64_t *sealed;     /* a set of hashes of key and IV */
    size_t n_sealed, cap_sealed;
    struct keyring keyring; /* for those who watch */
};

void fake_crypto_init(struct fake_crypto *f, uint64_t seed);
void fake_crypto_clear(struct fake_crypto *f);
void fake_crypto_fail(struct fake_crypto *f, uint64_t from, uint64_t to, ike2_err err);

/* --- Between the files of the provider ------------------------------------------------ */

struct ike2_key {
    uint32_t refs;
    uint16_t use;
    size_t len;
    uint8_t octets[];
};

/* A toy digest of everything absorbed so far. */
struct sponge {
    uint64_t a, b;
};

void sponge_init(struct sponge *s, uint64_t domain);
void sponge_absorb(struct sponge *s, const uint8_t *octets, size_t len);
void sponge_inputs(struct sponge *s, const ike2_input *list, size_t n);
/* Any number of octets; the sponge stays as it is. */
void sponge_squeeze(const struct sponge *s, uint8_t *out, size_t len);

ike2_err fake_call(struct fake_crypto *f);
ike2_err fake_random(void *user, uint8_t *out, size_t len);
ike2_err fake_describe(void *user, const ike2_transform *t, ike2_transform_info *out);
ike2_err fake_key_of(struct fake_crypto *f, uint16_t use, const uint8_t *octets, size_t len,
                     ike2_key **out);
/* Octets of a public value, or 0. */
uint32_t fake_ke_octets(uint16_t method);
ike2_err fake_ke_start(void *user, uint16_t method, ike2_buffer *pub, ike2_ke_state **out);
ike2_err fake_ke_respond(void *user, uint16_t method, ike2_bytes peer_pub, ike2_buffer *pub,
                         ike2_key **secret);
ike2_err fake_ke_finish(void *user, ike2_ke_state *state, ike2_bytes peer_pub, ike2_key **secret);
void fake_ke_free(void *user, ike2_ke_state *state);
/* A toy signature: whoever has the certificate can make it as well. */
ike2_err fake_sign(void *user, const ike2_key *key, uint16_t scheme, const ike2_bytes *parts,
                   size_t n, ike2_buffer *sig);
/* What a certificate with these octets would be expected to have signed. */
bool fake_verify(ike2_bytes cert, uint16_t scheme, const ike2_bytes *parts, size_t n,
                 ike2_bytes sig);
/* Encrypts and decrypts. */
void fake_cipher(uint16_t encr, ike2_bytes key, ike2_bytes iv, uint8_t *data, size_t len);
ike2_err fake_seal(void *user, const ike2_seal_args *args);
ike2_err fake_open(void *user, const ike2_seal_args *args);

#endif
