/* message.h - one recorded IKE message: is it sound, what is in it, and what is in its SK or SKF
 * payload if the keys are known. RFC 7296 3.1, 3.2, 3.14; RFC 7383. */
#ifndef DISSECT_MESSAGE_H
#define DISSECT_MESSAGE_H

#include "chain.h"
#include "fragments.h"
#include "keys.h"

enum verdict {
    VERDICT_OK,
    VERDICT_MALFORMED, /* the header, a chain or a body does not parse, or octets are left over */
    VERDICT_BADICV,    /* sealed with another key, or altered */
    VERDICT_NOTIKE,    /* major version is not 2 */
    VERDICT_CUT,       /* not all of it was recorded */
    VERDICT_FAILED     /* of no message: memory, or the crypto provider */
};

/* Why a message is malformed. */
enum flaw {
    FLAW_NONE,
    FLAW_HEADER,   /* shorter than a header */
    FLAW_LENGTH,   /* the header's length is less than a header, or more than there is */
    FLAW_TRAILING, /* octets behind the end */
    FLAW_CHAIN,    /* the chain of payloads breaks off */
    FLAW_BODY,     /* the body of a payload */
    FLAW_FRAMING,  /* IV, ciphertext and ICV, or the numbers of a fragment */
    FLAW_PADDING,
    FLAW_NESTED /* a sealed payload in a sealed one */
};

/* A message as it was recorded. */
struct recorded {
    ike2_bytes capture; /* name; outlives the dissection */
    uint8_t *octets;    /* decrypted in place */
    size_t len;
    bool is_cut; /* there was more of it */
};

/* What was found; views live until the next message. */
struct findings {
    enum verdict verdict;
    enum flaw flaw;
    uint8_t unsound; /* payload type, with FLAW_BODY */
    bool is_beyond;  /* a fragment of more or larger ones than are put together */
    bool has_header;
    ike2_header header;
    struct chain outer, inner;
    bool has_keys; /* of this SA */
    bool has_parts;
    ike2_sk_parts parts; /* of the SK or SKF payload; all is `sealed` if there are no keys */
};

struct dissection {
    const struct keys *keys;
    struct fragments *fragments;
    struct findings findings;
};

/* NULL if there is no memory. */
struct dissection *dissection_new(const struct keys *keys);
void dissection_free(struct dissection *d);
/* False, with the reason on stderr, if memory or the crypto provider failed. */
bool message_dissect(struct dissection *d, const struct recorded *message);
/* The word for it; NULL for VERDICT_FAILED. */
const char *verdict_name(enum verdict verdict);

#endif
