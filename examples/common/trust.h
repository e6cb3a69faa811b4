/* trust.h - whom we believe: CA certificates and raw public keys, and the judgement of a peer's
 * proof by them. Counted, because judging goes on in a worker while a reload replaces the
 * configuration. */
#ifndef COMMON_TRUST_H
#define COMMON_TRUST_H

#include <stdbool.h>

#include <ike2/job.h>
#include <ike2/policy.h>

#include "problem.h"
#include "trust_rules.h"
#include "wanted.h"

struct trust;

/* All certificates of the `n` PEM or DER files, and what the rules name. The caller is the first
 * owner. */
bool trust_load(const char *const *files, size_t n, const struct trust_rules *rules,
                struct trust **out, struct problem *why);
/* One more key, as raw_keys_add takes it. */
bool trust_add_key(struct trust *t, const char *text, struct problem *why);
/* Keys of the peer and its CAs are such as the policy takes. */
void trust_demand(struct trust *t, const ike2_named_policy *p);
struct trust *trust_ref(struct trust *t); /* counts are of the loop thread; NULL is allowed */
void trust_free(struct trust *t);         /* one owner less; NULL is allowed */

/* SHA-1 of the CAs' keys, for ike2_peer_config.trusted; lives as long as `t`. NULL: none. */
const ike2_bytes *trust_hashes(const struct trust *t, size_t *n);

/* The CAs' certificates; they live as long as `t`. NULL: none. */
const ike2_bytes *trust_anchors(const struct trust *t, size_t *n);

/* How CRLs are fetched; lives as long as `t`. NULL: they are not. */
const struct trust_fetching *trust_fetching(const struct trust *t);

/* Where certificates behind URLs may be besides what reach.h allows; lives as long as `t`. NULL:
 * they are not looked up. */
const struct selectors *trust_looks_up(const struct trust *t);

/* The verdict on `proof` at this moment of the wall clock. Any thread. Without a trust everything
 * is refused. The CRLs in `wanted` count, and it is told which ones are missing; NULL: none are
 * asked for. */
void trust_judge(const struct trust *t, const ike2_proof *proof, struct wanted *wanted,
                 ike2_verdict *out);

#endif
