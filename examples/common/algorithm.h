/* algorithm.h - the algorithms of a proposal: which word was probably meant, what this build lacks,
 * and what RFC 8247 and RFC 8221 have against one. */
#ifndef COMMON_ALGORITHM_H
#define COMMON_ALGORITHM_H

#include <ike2/crypto.h>

enum { ALGORITHM_TEXT = 192 };

/* The word of an algorithm of this build that is nearest to `word`, or NULL. */
const char *algorithm_nearest(const char *word);
/* Has this build's crypto provider all that the proposal names? If not, `text` is the end of a
 * sentence that says what it lacks, and the remedy. */
bool algorithm_all_provided(const ike2_proposal *p, char text[ALGORITHM_TEXT]);
/* What is wrong with a text whose words are all known, but that is no proposal for `protocol`: the
 * end of a sentence. */
void algorithm_explain(const char *proposal, uint8_t protocol, char text[ALGORITHM_TEXT]);
/* Do the RFCs advise against it, for an SA of `protocol`? Then `text` names the algorithm, the
 * section, and what stands there in which line of its table. */
bool algorithm_is_discouraged(const ike2_transform *t, uint8_t protocol, char text[ALGORITHM_TEXT]);

#endif
