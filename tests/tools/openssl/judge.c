/* tools/openssl/judge.c - one path of a file of vectors, judged by OpenSSL. Its rules are those of
 * the record, as far as it has such. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "tools/paths/trial.h"

/* Those of the trial, in OpenSSL's shape. */
struct judge {
    X509_STORE *store;
    X509_STORE_CTX *context;
    X509 *end_entity;
    STACK_OF(X509) * others;
    STACK_OF(X509_CRL) * crls;
};

static void must(bool done)
{
    if (done)
        return;
    ERR_print_errors_fp(stderr);
    abort();
}

static X509 *certificate_of(ike2_bytes der)
{
    const unsigned char *at = der.ptr;

    return d2i_X509(NULL, &at, (long)der.len);
}

static void add_certificate(struct judge *j, const struct trial *t, size_t i)
{
    X509 *c = certificate_of(t->given[i].der);

    if (c == NULL)
        return;
    if (t->given[i].is_anchor)
        must(X509_STORE_add_cert(j->store, c) == 1);
    if (i == t->given_end_entity) {
        j->end_entity = c;
        return;
    }
    if (!t->given[i].is_anchor) {
        must(sk_X509_push(j->others, c) > 0);
        return;
    }
    X509_free(c);
}

static void add_crl(struct judge *j, ike2_bytes der)
{
    const unsigned char *at = der.ptr;
    X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)der.len);

    if (crl != NULL)
        must(sk_X509_CRL_push(j->crls, crl) > 0);
}

static int purpose_of(const struct usage_rules *usage)
{
    if (usage->purposes & PURPOSE_SERVER_AUTH)
        return X509_PURPOSE_SSL_SERVER;
    if (usage->purposes & PURPOSE_CLIENT_AUTH)
        return X509_PURPOSE_SSL_CLIENT;
    return usage->n_own != 0 ? X509_PURPOSE_TIMESTAMP_SIGN : X509_PURPOSE_ANY;
}

/* Level 2 wants RSA of 2048 bits and SHA-2, level 1 RSA of 1024. */
static int level_of(const struct rules *rules)
{
    if (rules->keys.min_rsa_bits >= 2048)
        return 2;
    return rules->allow_sha1 ? 0 : 1;
}

static unsigned long flags_of(const struct rules *rules)
{
    unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_POLICY_CHECK;

    if (rules->strict)
        flags |= X509_V_FLAG_X509_STRICT;
    if (rules->policy.is_explicit)
        flags |= X509_V_FLAG_EXPLICIT_POLICY;
    if (rules->policy.inhibit_mapping)
        flags |= X509_V_FLAG_INHIBIT_MAP;
    if (rules->policy.inhibit_any)
        flags |= X509_V_FLAG_INHIBIT_ANY;
    if (rules->revocation == REVOCATION_HARD)
        flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL | X509_V_FLAG_USE_DELTAS;
    return rules->indirect_crls ? flags | X509_V_FLAG_EXTENDED_CRL_SUPPORT : flags;
}

/* No policies mean any to lib/x509, and none to OpenSSL. */
static void accept_policies(X509_VERIFY_PARAM *p, const struct policy_rules *rules)
{
    if (rules->n_accepted == 0)
        must(X509_VERIFY_PARAM_add0_policy(p, OBJ_nid2obj(NID_any_policy)) == 1);
    for (size_t i = 0; i < rules->n_accepted; i++) {
        uint8_t der[2 + 127] = { V_ASN1_OBJECT, (uint8_t)rules->accepted[i].len };
        const unsigned char *at = der;
        ASN1_OBJECT *oid;

        must(rules->accepted[i].len < sizeof der - 2);
        memcpy(der + 2, rules->accepted[i].ptr, rules->accepted[i].len);
        oid = d2i_ASN1_OBJECT(NULL, &at, (long)rules->accepted[i].len + 2);
        must(oid != NULL && X509_VERIFY_PARAM_add0_policy(p, oid) == 1);
    }
}

static void set_rules(const struct judge *j, const struct rules *rules, unsigned long flags)
{
    X509_VERIFY_PARAM *p = X509_STORE_CTX_get0_param(j->context);

    X509_VERIFY_PARAM_set_time(p, (time_t)rules->now);
    must(X509_VERIFY_PARAM_set_flags(p, flags_of(rules) | flags) == 1);
    must(X509_VERIFY_PARAM_set_purpose(p, purpose_of(&rules->usage)) == 1);
    X509_VERIFY_PARAM_set_depth(p, rules->max_depth);
    X509_VERIFY_PARAM_set_auth_level(p, level_of(rules));
    accept_policies(p, &rules->policy);
}

/* What the record frees its anchor of. */
static int pass_over_dates(int good, X509_STORE_CTX *context)
{
    const struct rules *rules = X509_STORE_CTX_get_app_data(context);
    int error = X509_STORE_CTX_get_error(context);
    int last = sk_X509_num(X509_STORE_CTX_get0_chain(context)) - 1;

    if ((error != X509_V_ERR_CERT_HAS_EXPIRED && error != X509_V_ERR_CERT_NOT_YET_VALID) ||
        !rules->free_anchor_dates || X509_STORE_CTX_get_error_depth(context) != last)
        return good;
    X509_STORE_CTX_set_error(context, X509_V_OK);
    return 1;
}

static void judge_end(struct judge *j)
{
    X509_STORE_CTX_free(j->context);
    X509_STORE_free(j->store);
    X509_free(j->end_entity);
    sk_X509_pop_free(j->others, X509_free);
    sk_X509_CRL_pop_free(j->crls, X509_CRL_free);
    ERR_clear_error();
}

/* An X509_V_*. */
static int judge(const struct trial *t, unsigned long flags)
{
    struct judge j = { X509_STORE_new(), X509_STORE_CTX_new(), NULL, sk_X509_new_null(),
                       sk_X509_CRL_new_null() };
    int error = X509_V_ERR_UNSPECIFIED;

    must(j.store != NULL && j.context != NULL && j.others != NULL && j.crls != NULL);
    for (size_t i = 0; i < t->n_given; i++)
        add_certificate(&j, t, i);
    for (size_t i = 0; i < t->n_given_crls; i++)
        add_crl(&j, t->given_crls[i]);
    if (j.end_entity != NULL) {
        must(X509_STORE_CTX_init(j.context, j.store, j.end_entity, j.others) == 1);
        X509_STORE_CTX_set0_crls(j.context, j.crls);
        X509_STORE_CTX_set_app_data(j.context, (void *)(uintptr_t)&t->rules);
        X509_STORE_CTX_set_verify_cb(j.context, pass_over_dates);
        set_rules(&j, &t->rules, flags);
        error = X509_verify_cert(j.context) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(j.context);
    }
    judge_end(&j);
    return error;
}

static int judge_and_tell(const struct trial *t, unsigned long flags, ike2_verdict *verdict)
{
    int error = judge(t, flags);

    (void)snprintf(verdict->text, sizeof verdict->text, "%s", X509_verify_cert_error_string(error));
    return error;
}

bool trial_judge(const struct trial *t, ike2_verdict *verdict)
{
    return judge_and_tell(t, 0, verdict) == X509_V_OK;
}

enum status trial_status(const struct trial *t, ike2_verdict *verdict)
{
    int error = judge_and_tell(t, X509_V_FLAG_CRL_CHECK, verdict);

    if (error == X509_V_ERR_CERT_REVOKED)
        return STATUS_REVOKED;
    return error == X509_V_OK ? STATUS_GOOD : STATUS_UNKNOWN;
}

bool trial_is_named(const struct trial *t, const char *name)
{
    X509 *c = certificate_of(t->given[t->given_end_entity].der);
    const char *value = strchr(name, ':');
    bool is_named = false;

    if (c != NULL && value != NULL && strncmp(name, "IP:", 3) == 0)
        is_named = X509_check_ip_asc(c, value + 1, 0) == 1;
    else if (c != NULL && value != NULL)
        is_named = X509_check_host(c, value + 1, 0, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, NULL) == 1;
    X509_free(c);
    return is_named;
}
