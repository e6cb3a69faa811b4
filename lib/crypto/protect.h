/* crypto/protect.h - seal and open the SK and SKF payloads of one direction. RFC 7296 3.14, RFC
 * 5282, RFC 7383 2.5. Makes every IV: nobody else does. */
#ifndef CRYPTO_PROTECT_H
#define CRYPTO_PROTECT_H

#include "crypto/suite.h"

/* Borrowed keys; `counter` is used by ciphers whose IV need only be unique. */
struct protector {
    const ike2_crypto *crypto;
    ike2_transform encr, integ;
    const ike2_key *encr_key, *integ_key;
    ike2_sk_sizes sizes;
    bool iv_random;
    uint64_t counter;
};

/* One message, or one fragment of it. */
struct seal_task {
    ike2_header header;      /* next payload and length are filled in */
    uint8_t first;           /* type of the first payload of the chain; 0 in later fragments */
    uint16_t fragment, fragments; /* 0, 0: SK; else SKF */
    ike2_bytes inner;        /* the chain, or a slice of it */
};

/* Octets that a message with `inner_len` octets of inner chain takes, padding and ICV included. */
size_t ike2_protect_size(const struct protector *p, size_t inner_len, bool is_fragment);
/* The largest `inner_len` whose message is at most `octets`; 0 if there is none. */
size_t ike2_protect_room(const struct protector *p, size_t octets, bool is_fragment);

/* Seals into `w`'s room, which begins with the message. IKE2_ERR_LIMIT: no IV is left;
 * IKE2_ERR_SPACE. What the provider did not seal is wiped; its IV is not used again. */
ike2_err ike2_protect_seal(struct protector *p, const struct seal_task *task, ike2_writer *w,
                           ike2_bytes *message);

struct opened {
    uint8_t first;
    uint16_t fragment, fragments; /* 0, 0: SK */
    ike2_bytes inner;        /* within the message's own octets, decrypted in place */
};

/* Opens `message` in place: payload chain up to SK or SKF walked, ICV checked before anything
 * inside is looked at, padding removed. IKE2_ERR_AUTH: wrong ICV, the octets are unusable from then
 * on; IKE2_ERR_MALFORMED: no such payload, or it does not parse; SK must be the last payload. */
ike2_err ike2_protect_open(const struct protector *p, uint8_t *message, size_t len,
                           struct opened *out);

#endif
