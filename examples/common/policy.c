#include "policy.h"

#include <stdio.h>
#include <string.h>

#include <ike2/iana.h>

#include "value.h"

enum { NAMES_MAX = 16, PROPOSAL_TEXT = 320 };

/* --- Which one --------------------------------------------------------------------------- */

static const char *say_unknown(const char *text)
{
    ike2_named_policy p = IKE2_INIT(ike2_named_policy);
    const char *names[NAMES_MAX];
    size_t i, n = 0;

    for (i = 0; n < NAMES_MAX && ike2_named_policy_at(i, &p); i++)
        names[n++] = p.name;
    return value_word(text, names, n, &i);
}

const char *policy_read(const char *text, ike2_named_policy *out)
{
    *out = (ike2_named_policy)IKE2_INIT(ike2_named_policy);
    switch (ike2_named_policy_find(text, out)) {
    case IKE2_OK:
        return NULL;
    case IKE2_ERR_UNSUPPORTED:
        return "needs algorithms that are too old for this build: let the peer do better, as "
               "windows-recommended, or build libike2 with -DIKE2_ENABLE_LEGACY=ON";
    default:
        return say_unknown(text);
    }
}

ike2_named_policy policy_of(const struct connection *c)
{
    ike2_named_policy p = IKE2_INIT(ike2_named_policy);

    if (c->policy.name != NULL)
        return c->policy;
    (void)ike2_named_policy_at(0, &p);
    return p;
}

/* --- What goes beyond it ----------------------------------------------------------------- */

static bool proposals_are_kept(const struct connection *c, const struct proposals *list, int *line,
                               struct problem *why)
{
    char text[PROPOSAL_TEXT];
    size_t i;

    for (i = 0; i < list->n; i++) {
        if (ike2_named_policy_allows(&c->policy, &list->list[i]))
            continue;
        (void)ike2_proposal_text(&list->list[i], text, sizeof text);
        *line = list->lines[i];
        problem_set(why,
                    "the proposal %s goes beyond the policy %s: leave the proposal out, or name "
                    "what the policy has",
                    text, c->policy.name);
        return false;
    }
    return true;
}

static bool all_proposals_are_kept(const struct connection *c, int *line, struct problem *why)
{
    size_t i;

    if (!proposals_are_kept(c, &c->ike, line, why) || !proposals_are_kept(c, &c->esp, line, why))
        return false;
    for (i = 0; i < c->n_children; i++) {
        if (!proposals_are_kept(c, &c->children[i].esp, line, why))
            return false;
    }
    return true;
}

static bool has_scheme(const ike2_named_policy *p, uint16_t scheme)
{
    size_t i;

    for (i = 0; i < p->n_schemes; i++) {
        if (p->schemes[i] == scheme)
            return true;
    }
    return p->n_schemes == 0;
}

static bool schemes_are_kept(const struct connection *c, const struct schemes *list,
                             struct problem *why)
{
    const char *word;
    size_t i;

    for (i = 0; i < list->n; i++) {
        if (has_scheme(&c->policy, list->list[i]))
            continue;
        word = value_scheme_word(list->list[i]);
        problem_set(why, "signatures with %s go beyond the policy %s", word, c->policy.name);
        return false;
    }
    return true;
}

static bool proofs_are_kept(const struct connection *c, struct problem *why)
{
    bool has_others = c->local.psk_file != NULL || c->local.is_anonymous || c->local.is_raw ||
                      c->remote.n_public_keys > 0 ||
                      (connection_methods(c) & ~(uint32_t)IKE2_AUTH_SIGNATURE) != 0;

    if (c->policy.certificates_only && has_others) {
        problem_set(why,
                    "the policy %s takes certificates only: both sides need one, and no "
                    "pre-shared key",
                    c->policy.name);
        return false;
    }
    if (c->sha1_signatures && !has_scheme(&c->policy, IKE2_SIG_RSA_PKCS1_SHA1)) {
        problem_set(why, "signatures with SHA-1 go beyond the policy %s", c->policy.name);
        return false;
    }
    return schemes_are_kept(c, &c->local.schemes, why) &&
           schemes_are_kept(c, &c->remote.schemes, why);
}

bool policy_is_kept(const struct connection *c, int *line, struct problem *why)
{
    *line = 0;
    return c->policy.name == NULL ||
           (all_proposals_are_kept(c, line, why) && proofs_are_kept(c, why));
}

void policy_settle(struct connection *c)
{
    struct schemes *own = &c->local.schemes;

    if (own->n > 0 || c->policy.n_schemes > SCHEMES_MAX)
        return;
    own->n = c->policy.n_schemes;
    if (own->n > 0)
        memcpy(own->list, c->policy.schemes, own->n * sizeof own->list[0]);
}

/* --- What is too old --------------------------------------------------------------------- */

bool policy_legacy(const ike2_suite *suite, char text[POLICY_LEGACY_TEXT])
{
    const ike2_transform *parts[] = { &suite->encr, &suite->integ, &suite->prf, &suite->ke };
    size_t i, len = 0;

    text[0] = '\0';
    for (i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        ike2_algorithm a = IKE2_INIT(ike2_algorithm);

        if (!ike2_algorithm_find(parts[i], &a) || !a.legacy || len >= POLICY_LEGACY_TEXT)
            continue;
        len += (size_t)snprintf(text + len, POLICY_LEGACY_TEXT - len, "%s%s", len == 0 ? "" : "-",
                                a.word);
    }
    return len != 0;
}
