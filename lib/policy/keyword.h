/* policy/keyword.h - the words of proposals: what ike2_proposal_parse reads and an explanation
 * says. */
#ifndef POLICY_KEYWORD_H
#define POLICY_KEYWORD_H

#include "base/text.h"
#include "policy/registry.h"

/* NULL if there is no such word. */
const struct algorithm *ike2_keyword_find(const char *word, size_t len);
/* The word of a transform, or what the wire says of one that has none: "encr23/128". */
void ike2_keyword_add(struct text *t, const ike2_transform *transform);

#endif
