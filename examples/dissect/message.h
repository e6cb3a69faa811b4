/* message.h - one recorded IKE message: is it sound, what is in it, and what is in its SK or SKF
 * payload if the keys are known. RFC 7296 3.1, 3.2, 3.14; RFC 7383. */
#ifndef DISSECT_MESSAGE_H
#define DISSECT_MESSAGE_H

#include "fragments.h"
#include "keys.h"
#include "text.h"

enum verdict {
    VERDICT_OK,
    VERDICT_MALFORMED, /* the header, a chain or a body does not parse, or octets are left over */
    VERDICT_BADICV,    /* sealed with another key, or altered */
    VERDICT_NOTIKE,    /* major version is not 2 */
    VERDICT_FAILED     /* of no message: memory, or the crypto provider */
};

struct dissection {
    const struct keys *keys;
    struct fragments *fragments;
    struct text outer, inner; /* empty = absent */
};

/* NULL if there is no memory. */
struct dissection *dissection_new(const struct keys *keys);
void dissection_free(struct dissection *d);
/* Decrypts `message` in place. `capture` must outlive `d`. */
enum verdict message_dissect(struct dissection *d, ike2_bytes capture, uint8_t *message,
                             size_t len);
/* The word for it; NULL for VERDICT_FAILED. */
const char *verdict_name(enum verdict verdict);

#endif
