/* policy/keyword.h - the words of proposals: what ike2_proposal_parse reads and an explanation
 * says. */
#ifndef POLICY_KEYWORD_H
#define POLICY_KEYWORD_H

#include <ike2/message.h>

#include "base/text.h"

struct keyword {
    const char *word;
    ike2_transform transform;
    bool is_aead; /* ENCR: RFC 5116 combined mode */
    uint16_t prf; /* INTEG: IKE2_PRF_* of the same algorithm */
};

/* NULL if there is no such word. */
const struct keyword *ike2_keyword_find(const char *word, size_t len);
/* The word of a transform, or what the wire says of one that has none: "encr23/128". */
void ike2_keyword_add(struct text *t, const ike2_transform *transform);

#endif
