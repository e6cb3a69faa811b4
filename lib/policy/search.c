/* policy/search.c - the candidates of a peer's SA payload, best first. RFC 7296 2.7, 3.3.6. */
#include "policy/search.h"

#include <ike2/iana.h>

#include "crypto/suite.h"
#include "policy/registry.h"

enum { SLOTS = 5 };

/* The common transforms of each type in our order, and a counter that runs over their
 * combinations; the last slot runs fastest. */
struct slots {
    uint8_t bits[SLOTS][64];
    uint8_t n[SLOTS]; /* 0: the suite does without this type */
    uint8_t at[SLOTS];
};

/* A proposal is yielded only with transforms that parse. */
bool ike2_search_parses(ike2_bytes sa_body)
{
    ike2_walk walk;
    ike2_proposal p;
    ike2_bytes transforms;

    ike2_proposal_walk(&walk, sa_body);
    while (ike2_proposal_next(&walk, &p, &transforms))
        continue;
    return ike2_walk_end(&walk) == IKE2_OK;
}

static void slots_fill(struct slots *slots, const struct offer *o, const struct match *m)
{
    *slots = (struct slots){ 0 };
    for (size_t k = 0; k < SLOTS; k++) {
        uint64_t mask = ike2_offer_of_type(o, ike2_offer_types[k]) & m->both;

        for (unsigned i = ike2_offer_next(mask, 0); i < 64; i = ike2_offer_next(mask, i + 1))
            slots->bits[k][slots->n[k]++] = (uint8_t)i;
    }
}

static bool slots_advance(struct slots *slots)
{
    for (size_t k = SLOTS; k > 0; k--) {
        if (slots->at[k - 1] + 1 < slots->n[k - 1]) {
            slots->at[k - 1]++;
            return true;
        }
        slots->at[k - 1] = 0;
    }
    return false;
}

static uint64_t slots_chosen(const struct slots *slots)
{
    uint64_t chosen = 0;

    for (size_t k = 0; k < SLOTS; k++)
        if (slots->n[k] > 0)
            chosen |= UINT64_C(1) << slots->bits[k][slots->at[k]];
    return chosen;
}

/* NONE is the absence of a member. */
static void suite_of(const struct offer *o, uint64_t chosen, ike2_suite *out)
{
    *out = (ike2_suite){ 0 };
    for (unsigned i = ike2_offer_next(chosen, 0); i < 64; i = ike2_offer_next(chosen, i + 1)) {
        const ike2_transform *t = ike2_offer_at(o, i);

        if (t->type != IKE2_TRANSFORM_KE || t->id != IKE2_KE_NONE)
            (void)ike2_suite_put(out, t);
    }
}

/* --- The policies ------------------------------------------------------------------------ */

typedef const char *refuse_function(void *user, const ike2_policy_query *query);

/* A caller may have been built with a shorter structure: what it lacks is NULL in our copy. */
static refuse_function *function_of(const ike2_policy *policy, const ike2_policy_query *query)
{
    if (policy == NULL)
        return NULL;
    return query->suite != NULL ? policy->refuse : policy->refuse_proposal;
}

/* The first refusal, or NULL. */
static const char *ask(struct search *s, const ike2_policy_query *query)
{
    for (size_t i = 0; i < sizeof s->args->policies / sizeof s->args->policies[0]; i++) {
        const ike2_policy *policy = s->args->policies[i];
        refuse_function *refuse = function_of(policy, query);
        const char *refusal;

        if (refuse == NULL)
            continue;
        if (query->suite != NULL && s->n_queries++ >= SEARCH_QUERIES_MAX)
            return "there are too many candidates to ask about";
        refusal = refuse(policy->user, query);
        if (refusal != NULL)
            return refusal;
    }
    return NULL;
}

void ike2_search_begin(struct search *s, ike2_bytes sa_body)
{
    ike2_policy_query query = s->args->query;
    ike2_walk walk;
    ike2_proposal p;

    if (s->args->settled.suite != NULL)
        return;
    query.proposal = &p;
    ike2_proposal_walk(&walk, sa_body);
    for (size_t i = 0; i < SEARCH_PROPOSALS_MAX; i++) {
        if (!ike2_proposal_next(&walk, &p, &query.transforms))
            return;
        s->refused[i] = ike2_match_concerns(s->args, &p) ? ask(s, &query) : NULL;
    }
}

static void keep_refusal(struct search *s, const char *refusal, const ike2_proposal *p,
                         const ike2_suite *suite)
{
    if (refusal == NULL || s->refusal != NULL)
        return;
    s->refusal = refusal;
    s->passed_over = (struct passed_over){ .reason = refusal, .number = p->number };
    if (suite != NULL)
        s->passed_over.suite = *suite;
}

static bool suites_equal(const ike2_suite *a, const ike2_suite *b)
{
    return ike2_transform_equal(&a->encr, &b->encr) && ike2_transform_equal(&a->integ, &b->integ) &&
           ike2_transform_equal(&a->prf, &b->prf) && ike2_transform_equal(&a->ke, &b->ke) &&
           ike2_transform_equal(&a->esn, &b->esn);
}

/* Can the provider use these together, and does every policy allow them? */
static bool suite_is_allowed(struct search *s, const ike2_suite *suite, const ike2_proposal *p,
                             ike2_bytes transforms)
{
    ike2_policy_query query = s->args->query;
    struct suite_sizes sizes;
    const char *refusal;

    if (s->args->settled.suite != NULL)
        return p->number == s->args->settled.number &&
               suites_equal(suite, s->args->settled.suite);
    if (ike2_suite_sizes(s->args->crypto, suite, s->args->protocol != IKE2_PROTOCOL_IKE,
                         &sizes) != IKE2_OK)
        return false;
    query.suite = suite;
    query.proposal = p;
    query.transforms = transforms;
    refusal = ask(s, &query);
    keep_refusal(s, refusal, p, suite);
    return refusal == NULL;
}

/* --- The candidates ---------------------------------------------------------------------- */

/* RFC 7296 3.3.6: what is chosen is returned as it was offered; what was left unsaid stays so. */
static void selection_echo(const struct offer *o, uint64_t chosen, ike2_bytes transforms,
                           struct selection *out)
{
    ike2_walk walk;
    ike2_transform t;

    ike2_transform_walk(&walk, transforms);
    while (ike2_transform_next(&walk, &t, NULL)) {
        uint64_t bits = t.strange ? 0 : ike2_offer_find(o, &t) & chosen;

        if (bits == 0)
            continue;
        /* A peer may repeat itself; one of each type goes back. */
        chosen &= ~bits;
        out->transforms[out->n_transforms++] = t;
    }
}

/* `refusal`: what the policies said of the proposal as such. */
static bool search_proposal(struct search *s, const struct offer *o, const ike2_proposal *p,
                            ike2_bytes transforms, const char *refusal)
{
    struct slots slots;
    struct match m;
    ike2_suite suite;

    if (!ike2_match_concerns(s->args, p))
        return false;
    ike2_match_read(s->args, o, transforms, &m);
    if (!ike2_match_fits(s->args, o, &m))
        return false;
    keep_refusal(s, refusal, p, NULL);
    if (refusal != NULL)
        return false;
    slots_fill(&slots, o, &m);
    do {
        suite_of(o, slots_chosen(&slots), &suite);
        if (!suite_is_allowed(s, &suite, p, transforms))
            continue;
        s->chosen = slots_chosen(&slots);
        s->found = (struct selection){ .suite = suite, .number = p->number, .spi = p->spi,
                                        .passed_over = s->passed_over };
        selection_echo(o, s->chosen, transforms, &s->found);
        return true;
    } while (s->n_queries < SEARCH_QUERIES_MAX && slots_advance(&slots));
    return false;
}

bool ike2_search_body(struct search *s, const struct offer *o, ike2_bytes sa_body)
{
    ike2_walk walk;
    ike2_proposal p;
    ike2_bytes transforms;

    ike2_proposal_walk(&walk, sa_body);
    for (size_t i = 0; i < SEARCH_PROPOSALS_MAX; i++) {
        if (!ike2_proposal_next(&walk, &p, &transforms))
            return false;
        if (search_proposal(s, o, &p, transforms, s->refused[i]))
            return true;
    }
    return false;
}

static unsigned ke_strength(uint16_t method)
{
    const ike2_transform t = { .type = IKE2_TRANSFORM_KE, .id = method };
    const struct algorithm *a = ike2_registry_find(&t);

    return a == NULL ? 0 : a->strength;
}

/* Looks for the suite that was found, but with the method of the peer's KE payload, which may stand
 * in the same or in another of its proposals. Not with a weaker one: an INVALID_KE_PAYLOAD that
 * somebody has forged may have made the peer use it, and no AUTH covers that message. */
static void search_save_round_trip(struct search *s, const struct offer *o, ike2_bytes sa_body)
{
    const ike2_transform wanted = { .type = IKE2_TRANSFORM_KE, .id = s->args->wanted_ke };
    struct offer narrowed = *o;

    if (wanted.id == IKE2_KE_NONE || s->found.suite.ke.id == wanted.id ||
        ke_strength(wanted.id) < ke_strength(s->found.suite.ke.id))
        return;
    narrowed.usable = s->chosen & ~ike2_offer_of_type(o, IKE2_TRANSFORM_KE);
    narrowed.usable |= ike2_offer_find(o, &wanted);
    (void)ike2_search_body(s, &narrowed, sa_body);
}

bool ike2_search_run(struct search *s, const struct offers *offers, ike2_bytes sa_body)
{
    ike2_search_begin(s, sa_body);
    for (size_t i = 0; i < offers->n; i++) {
        if (!ike2_search_body(s, &offers->list[i], sa_body))
            continue;
        search_save_round_trip(s, &offers->list[i], sa_body);
        return true;
    }
    return false;
}
