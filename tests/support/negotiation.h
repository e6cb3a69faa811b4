/* support/negotiation.h - one negotiation of an SA in words. A list of proposals reads
 * "aes128-sha256-noesn, aes256gcm16-noesn"; a word is one of ike2_proposal_parse's, or numbers:
 * "3:9" is transform 9 of type 3, "1:12/64" has a key length. A '?' behind a word adds an attribute
 * that nobody knows. Nothing is checked or completed: the words are the transforms. */
#ifndef SUPPORT_NEGOTIATION_H
#define SUPPORT_NEGOTIATION_H

#include "policy/select.h"

enum { NEGOTIATION_TRANSFORMS_MAX = 4096, NEGOTIATION_PROPOSALS_MAX = 64 };

struct negotiation {
    struct select_args args;
    ike2_crypto crypto;      /* only describes; supports what has a word */
    const char *lacks;       /* words that it does not support all the same, or NULL */
    const char *weak;        /* words that it describes with a key of no octets, or NULL */
    unsigned n_policy_calls;
    const char *refused;     /* the policy refuses suites with this word; NULL = allows all */
    ike2_policy policy;
    ike2_transform room[NEGOTIATION_TRANSFORMS_MAX];
    size_t n_room;
    ike2_proposal ours[NEGOTIATION_PROPOSALS_MAX];
    uint8_t offer[65536];
    ike2_path path;
};

/* `protocol` with the SPI size of a Child SA or of a first IKE SA; `ours` in words. */
void negotiation_begin(struct negotiation *n, uint8_t protocol, const char *ours);
/* From now on a policy is asked; it refuses suites with the transform `word` (NULL = none). */
void negotiation_refuse(struct negotiation *n, const char *word);
/* A peer's SA payload body, its proposals numbered from `first_number`, the last octet of each SPI
 * being that number. Valid until the next call. */
ike2_bytes negotiation_offer_from(struct negotiation *n, uint8_t first_number, const char *words);
ike2_bytes negotiation_offer(struct negotiation *n, const char *words);

/* Fails the running test unless the responder chooses `choice`, such as "2:aes256gcm16-noesn". */
void negotiation_expect(struct negotiation *n, const char *offer, const char *choice);
/* Fails unless it chooses nothing. */
void negotiation_expect_none(struct negotiation *n, const char *offer);
/* "2:aes256gcm16-noesn" of a selection. */
const char *negotiation_text(const struct selection *s, char *text, size_t cap);
/* The transforms of an SA payload body in words, as they would be given to negotiation_offer. */
const char *negotiation_body_text(ike2_bytes body, char *text, size_t cap);

#endif
