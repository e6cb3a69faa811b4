/* sa/attempt.h - our CREATE_CHILD_SA exchange, from the request to what is made of the response.
 * RFC 7296 1.3.1, 1.3.3, 2.8.1. */
#ifndef SA_ATTEMPT_H
#define SA_ATTEMPT_H

#include "sa/child.h"
#include "sa/ke.h"

/* What the peer has created at the same time in the same place. */
struct rival {
    uint32_t spi_in;      /* of its pair; 0: there is none */
    struct nonce lowest;  /* of the two of its exchange */
};

enum { ATTEMPT_GONE = 4 };

struct attempt {
    struct child *child;
    struct pair *pair;    /* the new one, held */
    uint32_t replaces;    /* spi_in of the pair to be replaced; 0: a new child */
    struct ke_stage ke;
    struct rival rival;
    uint32_t gone[ATTEMPT_GONE]; /* unknown SPIs that the peer has deleted meanwhile: the last */
    size_t n_gone;
};

/* Makes sa->exchanges.attempt; IKE2_ERR_MEMORY. */
ike2_err ike2_attempt_new(struct sa *sa, struct child *child, uint32_t replaces);
/* Forgets it; its pair is let go, and ends unless it was laid. */
void ike2_attempt_free(struct sa *sa);

/* RFC 7296 2.8.1: octet by octet; where one ends, it is the lower one. */
const struct nonce *ike2_nonce_lower(const struct nonce *a, const struct nonce *b);
/* The peer has rekeyed the same pair: remembers its exchange's nonces. */
void ike2_attempt_meet(struct attempt *attempt, uint32_t spi_in, const struct ke_stage *theirs);
/* Is ours the one with the lowest of the four nonces, which its creator closes? */
bool ike2_attempt_has_lost(const struct sa *sa);
/* The peer has deleted an SPI that is not known here: it may be the one of a response that is still
 * on its way, since nothing keeps a request behind it. */
void ike2_attempt_on_delete(struct attempt *attempt, uint32_t spi_out);
bool ike2_attempt_is_gone(const struct attempt *attempt, uint32_t spi_out);

#endif
