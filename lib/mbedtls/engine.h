/* mbedtls/engine.h - a cipher in its mode, with its key set: what a message is sealed or opened
 * with. */
#ifndef MBEDTLS_ENGINE_H
#define MBEDTLS_ENGINE_H

#include <mbedtls/aes.h>
#include <mbedtls/ccm.h>
#include <mbedtls/chachapoly.h>
#include <mbedtls/cipher.h>
#include <mbedtls/gcm.h>

#include "mbedtls/internal.h"

enum cipher_mode { MODE_CBC, MODE_CTR, MODE_GCM, MODE_GMAC, MODE_CCM, MODE_CHACHA };

struct encr_kind {
    uint16_t id; /* IKE2_ENCR_* */
    enum cipher_mode mode;
    mbedtls_cipher_id_t cipher;
    uint8_t key_len; /* 0: Key Length says */
    uint8_t salt_len, iv_len, icv_len, block_len;
};

/* What an engine is made of. A key is used in one direction by one engine: CBC sets it differently
 * for both. */
struct engine_plan {
    const struct encr_kind *kind;
    const uint8_t *key;
    size_t key_len;
    bool sealing;
};

struct engine {
    const struct encr_kind *kind;
    size_t key_len;
    bool sealing;
    union {
        mbedtls_cipher_context_t cbc;
        mbedtls_aes_context ctr;
        mbedtls_gcm_context gcm;
        mbedtls_ccm_context ccm;
        mbedtls_chachapoly_context chacha;
    } of;
};

/* Is the cipher in this build of mbedTLS? */
bool ike2_mbed_engine_exists(const struct encr_kind *k, size_t key_len);
/* Ended by ike2_mbed_engine_end, also after a failure. */
int ike2_mbed_engine_begin(struct engine *e, const struct engine_plan *plan);
void ike2_mbed_engine_end(struct engine *e);
/* Seals or opens, with the nonce of the mode: salt | iv, or the IV of CBC. Without an AEAD, the
 * checksum is the caller's business. */
int ike2_mbed_engine_run(struct engine *e, const ike2_seal_args *args, ike2_bytes nonce);

#endif
