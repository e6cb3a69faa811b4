/* tools/paths/trial.c - one path of a file of vectors. */
#include "tools/paths/trial.h"

#include <stdlib.h>

void trial_begin(struct trial *t, int64_t now)
{
    t->end_entity = SIZE_MAX;
    t->rules = (struct rules){ .now = now,
                               .max_depth = 8,
                               .max_signatures = SIGNATURES_MAX,
                               .keys = { .min_rsa_bits = 2048 },
                               .crypto = &trial_crypto };
}

static void give(struct trial *t, ike2_bytes der, bool is_anchor)
{
    if (t->n_given < TRIAL_CERTIFICATES_MAX)
        t->given[t->n_given++] = (struct given){ der, is_anchor };
}

static struct certificate *room(struct trial *t)
{
    return t->n_certificates == TRIAL_CERTIFICATES_MAX ? NULL : &t->certificates[t->n_certificates];
}

void trial_add(struct trial *t, ike2_bytes der, bool is_anchor)
{
    struct certificate *c = room(t);

    give(t, der, is_anchor);
    /* More than fit are left out, as those of a peer would be refused. */
    if (c == NULL || ike2_x509_certificate(der, c) != NULL)
        return;
    c->is_anchor = is_anchor;
    t->n_certificates++;
}

void trial_add_end_entity(struct trial *t, ike2_bytes der)
{
    t->given_end_entity = t->n_given;
    give(t, der, false);
    t->fault = ike2_x509_certificate(der, room(t));
    if (t->fault == NULL)
        t->end_entity = t->n_certificates++;
}

void trial_trust_end_entity(struct trial *t)
{
    t->given[t->given_end_entity].is_anchor = true;
    if (t->fault == NULL)
        t->certificates[t->end_entity].is_anchor = true;
}

void trial_add_crl(struct trial *t, ike2_bytes der)
{
    if (t->n_given_crls < TRIAL_CRLS_MAX)
        t->given_crls[t->n_given_crls++] = der;
    if (t->n_crls < TRIAL_CRLS_MAX && ike2_x509_crl(der, &t->crls[t->n_crls]) == NULL)
        t->n_crls++;
}

void trial_accept_policy(struct trial *t, ike2_bytes oid)
{
    if (t->rules.policy.n_accepted == TRIAL_POLICIES_MAX)
        abort();
    t->policies[t->rules.policy.n_accepted++] = oid;
    t->rules.policy.accepted = t->policies;
}

static int64_t digits(const char **text, size_t n)
{
    int64_t value = 0;

    while (**text != '\0' && (**text < '0' || **text > '9'))
        ++*text;
    for (; n > 0 && **text != '\0'; n--)
        value = 10 * value + *(*text)++ - '0';
    return value;
}

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int64_t trial_time(const char *text, size_t year_digits)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int64_t year = digits(&text, year_digits) + (year_digits == 2 ? 2000 : 0);
    int64_t month = digits(&text, 2), days = digits(&text, 2) - 1, seconds;

    for (int64_t y = 1970; y < year; y++)
        days += is_leap(y) ? 366 : 365;
    for (int64_t m = 1; m < month && m <= 12; m++)
        days += lengths[m - 1] + (m == 2 && is_leap(year));
    seconds = digits(&text, 2) * 3600;
    seconds += digits(&text, 2) * 60;
    return 86400 * days + seconds + digits(&text, 2);
}
