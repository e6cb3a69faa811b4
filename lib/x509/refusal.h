/* x509/refusal.h - why a path was refused, and that as a text: bounded, and safe to log. */
#ifndef X509_REFUSAL_H
#define X509_REFUSAL_H

#include <ike2/x509.h>

#include "x509/rules.h"

/* Told as: words, number and what it counts, identity, the name of `who`, what follows it, date. */
struct refusal {
    uint32_t reason; /* IKE2_X509_* */
    const char *words;
    const char *unit; /* NULL: there is no number */
    size_t number;
    const ike2_id *claimed;        /* by the peer, shown escaped; NULL: it is not about that */
    const struct certificate *who; /* NULL: nobody in particular */
    size_t depth;                  /* of `who`, from the end entity, 0 */
    const char *after;             /* NULL: nothing */
    int64_t date;                  /* 0: none */
};

/* Records a refusal; false, so that a check can end with it. */
bool ike2_x509_refuse(struct refusal *out, uint32_t reason, const char *words,
                      const struct certificate *who, size_t depth);
/* Does the owner of the rules pass it over? */
bool ike2_x509_overruled(const struct rules *rules, const struct refusal *refusal);
/* A verdict that says no, with its text: "expired: CN=moon.test until 2024-01-31 (depth 0)". */
void ike2_x509_tell(const struct refusal *refusal, ike2_verdict *out);
/* A verdict that says yes, and to whom. */
void ike2_x509_tell_good(const struct certificate *who, ike2_verdict *out);

#endif
