/* sa/split.h - a Child SA for each pair of selectors instead of one for all: SINGLE_PAIR_REQUIRED,
 * said and heard. RFC 7296 2.9. */
#ifndef SA_SPLIT_H
#define SA_SPLIT_H

#include "sa/stage.h"

/* The peer wants a single pair of addresses: the child asks for the first pair of selectors, and
 * others are planned for the rest. False: there is nothing to be split, or too much. */
bool ike2_split_begin(struct child *child);
/* Of what the template allows, the part of this child. */
void ike2_split_apply(const struct child *child, struct child_stage *stage);
/* Responder, once the template is chosen: if it has to be a single pair of addresses, narrows to
 * the one that the request begins with, or refuses. */
enum verdict ike2_split_require(const struct sa *sa, struct child_stage *stage);

#endif
