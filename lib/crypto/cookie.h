/* crypto/cookie.h - stateless cookies with a rotating secret. RFC 7296 2.6:
 * Cookie = <VersionIDofSecret> | prf(secret, Ni | IPi | SPIi | length of IPi). */
#ifndef CRYPTO_COOKIE_H
#define CRYPTO_COOKIE_H

#include <ike2/crypto.h>

enum { COOKIE_OCTETS = 1 + 32, COOKIE_ROTATE_MS = 60 * 1000 };

struct cookie_jar {
    const ike2_crypto *crypto;
    ike2_key *secret[2];     /* current and previous, by the low bit of `version` */
    uint8_t version;
    ike2_time rotated_at;
};

struct cookie_source {
    ike2_bytes nonce;
    const ike2_addr *from;   /* the address only: a NAT may give each port its own */
    uint64_t spi_i;
};

/* Nothing is allocated by us; the provider makes the secret's handle. */
ike2_err ike2_cookie_init(struct cookie_jar *jar, const ike2_crypto *c, ike2_time now);
void ike2_cookie_clear(struct cookie_jar *jar);
/* Rotates the secret when it is due; on failure the old one stays in use. */
ike2_err ike2_cookie_make(struct cookie_jar *jar, ike2_time now, const struct cookie_source *src,
                          uint8_t out[COOKIE_OCTETS]);
/* Constant time; accepts the current and the previous secret. */
bool ike2_cookie_check(struct cookie_jar *jar, ike2_time now, const struct cookie_source *src,
                       ike2_bytes cookie);

#endif
