/* token_scheme.h - the signature schemes of IKE as PKCS#11 knows them: which mechanism, what goes
 * into it, and what becomes of what comes out. The hash is made here, by the crypto provider: a
 * token gets a few octets whatever is signed, and tokens that cannot hash will do. */
#ifndef COMMON_TOKEN_SCHEME_H
#define COMMON_TOKEN_SCHEME_H

#include <stdbool.h>

#include <ike2/crypto.h>
#include <p11-kit/pkcs11.h>

enum { TOKEN_SCHEMES = 6, TOKEN_INPUT = 96 };

enum token_kind { TOKEN_RSA, TOKEN_P256, TOKEN_P384, TOKEN_P521 };

/* Which of the schemes a kind of key makes, best first; the mechanism of each is in `mechanism`.
 * False behind the last one. Without SHA-1, and a curve with its own hash only: whether a token
 * cuts longer ones differs. */
bool token_scheme_at(enum token_kind kind, size_t i, uint16_t *scheme,
                     CK_MECHANISM_TYPE *mechanism);

/* What C_SignInit and C_Sign are given. It must not be moved: the mechanism views `pss`. */
struct token_input {
    CK_MECHANISM mechanism;
    CK_RSA_PKCS_PSS_PARAMS pss;
    uint8_t octets[TOKEN_INPUT];
    size_t len;
};

/* From what is to be signed, as if concatenated. IKE2_ERR_UNSUPPORTED: a scheme that
 * token_scheme_at does not know. */
ike2_err token_input_make(const ike2_crypto *crypto, uint16_t scheme, const ike2_bytes *parts,
                          size_t n, struct token_input *out);

/* What C_Sign gave, as IKE carries it: ECDSA with method 14 is DER (RFC 7427 A.3), everything else
 * stays as it is. IKE2_ERR_CRYPTO: no signature of this scheme. */
ike2_err token_output(uint16_t scheme, ike2_bytes raw, ike2_buffer *out);

#endif
