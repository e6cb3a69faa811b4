/* sa/create.h - CREATE_CHILD_SA for Child SAs: new ones, and new pairs in place of old ones. RFC
 * 7296 1.3.1, 1.3.3, 2.8, 2.8.1, 2.25.1. */
#ifndef SA_CREATE_H
#define SA_CREATE_H

#include "sa/exchange.h"
#include "sa/pair.h"

/* Our request and the response to it; the peer's request. */
extern const struct script ike2_create_begin, ike2_create_response, ike2_create_request;

/* Begins what is planned for some child and due. True: an exchange of ours is under way, or will be
 * tried again. */
bool ike2_create_next(struct sa *sa);
/* The pair of `child` with this name is to be replaced, as soon as may be. */
void ike2_create_plan_rekey(struct child *child, uint32_t spi_in);
/* A new pair could not be used: with an older one the child goes on, and tries again. */
void ike2_create_on_pair_failed(struct child *child, uint8_t reason, uint64_t trace);
/* The child sends on `pair`: whoever made it deletes the one it replaces, 2.8. */
void ike2_create_on_switched(struct pair *pair);
/* When the next plan is due; IKE2_TIME_NEVER. */
ike2_time ike2_create_due(const struct sa *sa);

#endif
