/* tools/paths/trial.c - one path of a file of vectors, judged by lib/x509. */
#include "tools/paths/trial.h"

#include <stdlib.h>
#include <string.h>

#include <mbedtls/md.h>
#include <mbedtls/pk.h>

#include <ike2/iana.h>
#include <ike2/mbedtls.h>

#include "base/bytes.h"
#include "base/ip.h"
#include "x509/identity.h"
#include "x509/search.h"

/* What the provider refuses and old vectors have: RSA keys of less than 2048 bits, and SHA-1. The
 * rules say whether either will do. */
static ike2_err verify_old_rsa(ike2_bytes spki, uint16_t scheme, ike2_bytes covered,
                               ike2_bytes signature)
{
    mbedtls_md_type_t md = scheme == IKE2_SIG_RSA_PKCS1_SHA256 ? MBEDTLS_MD_SHA256
                           : scheme == IKE2_SIG_RSA_PKCS1_SHA1 ? MBEDTLS_MD_SHA1
                                                               : MBEDTLS_MD_NONE;
    const mbedtls_md_info_t *hash = mbedtls_md_info_from_type(md);
    unsigned char *at = (unsigned char *)(uintptr_t)spki.ptr;
    uint8_t digest[MBEDTLS_MD_MAX_SIZE];
    ike2_err err = IKE2_ERR_UNSUPPORTED;
    mbedtls_pk_context pk;

    if (hash == NULL)
        return err;
    mbedtls_pk_init(&pk);
    if (mbedtls_pk_parse_subpubkey(&at, at + spki.len, &pk) == 0 &&
        mbedtls_pk_can_do(&pk, MBEDTLS_PK_RSA) && signature.len == mbedtls_pk_get_len(&pk) &&
        mbedtls_md(hash, covered.ptr, covered.len, digest) == 0)
        err = mbedtls_pk_verify(&pk, md, digest, mbedtls_md_get_size(hash), signature.ptr,
                                signature.len) == 0
                  ? IKE2_OK
                  : IKE2_ERR_AUTH;
    mbedtls_pk_free(&pk);
    return err;
}

static ike2_err verify(void *user, ike2_bytes spki, uint16_t scheme, const ike2_bytes *parts,
                       size_t n, ike2_bytes signature)
{
    ike2_err err = ike2_mbedtls_verify(spki, scheme, parts, n, signature);

    (void)user;
    return err == IKE2_ERR_UNSUPPORTED && n == 1 ? verify_old_rsa(spki, scheme, parts[0], signature)
                                                 : err;
}

static const ike2_x509_crypto crypto = { .struct_size = sizeof crypto, .verify = verify };

void trial_begin(struct trial *t, int64_t now)
{
    t->end_entity = SIZE_MAX;
    t->rules = (struct rules){ .now = now,
                               .max_depth = 8,
                               .max_signatures = SIGNATURES_MAX,
                               .min_rsa_bits = 2048,
                               .crypto = &crypto };
}

static struct certificate *room(struct trial *t)
{
    return t->n_certificates == TRIAL_CERTIFICATES_MAX ? NULL : &t->certificates[t->n_certificates];
}

void trial_add(struct trial *t, ike2_bytes der, bool is_anchor)
{
    struct certificate *c = room(t);

    /* More than fit are left out, as those of a peer would be refused. */
    if (c == NULL || ike2_x509_certificate(der, c) != NULL)
        return;
    c->is_anchor = is_anchor;
    t->n_certificates++;
}

void trial_add_end_entity(struct trial *t, ike2_bytes der)
{
    t->fault = ike2_x509_certificate(der, room(t));
    if (t->fault == NULL)
        t->end_entity = t->n_certificates++;
}

void trial_add_crl(struct trial *t, ike2_bytes der)
{
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

static bool refuse_malformed(const struct trial *t, ike2_verdict *verdict)
{
    struct refusal r = {
        .reason = IKE2_X509_MALFORMED, .words = "malformed end entity: ", .after = t->fault
    };

    ike2_x509_tell(&r, verdict);
    return false;
}

bool trial_judge(const struct trial *t, ike2_verdict *verdict)
{
    const struct pool pool = { t->certificates, t->n_certificates };
    struct signatures signatures = { .n = 0 };
    struct revocation revocation = { &pool, &t->rules, &signatures, t->crls, t->n_crls };
    const struct search s = { &pool, &t->rules, &signatures, ike2_x509_path_is_not_revoked,
                              &revocation };
    struct refusal refusal;
    struct path path;

    if (t->fault != NULL)
        return refuse_malformed(t, verdict);
    if (!ike2_x509_find_path(&s, &t->certificates[t->end_entity], &path, &refusal)) {
        ike2_x509_tell(&refusal, verdict);
        return false;
    }
    ike2_x509_tell_good(&t->certificates[t->end_entity], verdict);
    return true;
}

enum status trial_status(const struct trial *t, ike2_verdict *verdict)
{
    const struct pool pool = { t->certificates, t->n_certificates };
    struct signatures signatures = { .n = 0 };
    struct revocation revocation = { &pool, &t->rules, &signatures, t->crls, t->n_crls };
    struct path path = { .len = 0 };
    struct refusal refusal = { .words = "good" };
    enum status status;

    if (t->fault != NULL) {
        (void)refuse_malformed(t, verdict);
        return STATUS_UNKNOWN;
    }
    path.certificates[path.len++] = &t->certificates[t->end_entity];
    for (size_t i = 0; i < t->n_certificates && path.len < PATH_MAX; i++) {
        if (t->certificates[i].is_anchor)
            path.certificates[path.len++] = &t->certificates[i];
    }
    status = ike2_x509_status(&revocation, &path, &refusal);
    ike2_x509_tell(&refusal, verdict);
    return status;
}

bool trial_is_named(const struct trial *t, const char *name)
{
    const struct identity_rules rules = { .wildcards = true };
    const char *value = strchr(name, ':');
    uint8_t ip[16];
    ike2_id id;

    if (value == NULL || t->end_entity == SIZE_MAX)
        return false;
    value++;
    id = (ike2_id){ .type = IKE2_ID_FQDN, .data = bytes_of(value, strlen(value)) };
    if (strncmp(name, "IP:", 3) == 0) {
        id.data = bytes_of(ip, ike2_ip_parse(id.data, ip));
        id.type = id.data.len == 4 ? IKE2_ID_IPV4_ADDR : IKE2_ID_IPV6_ADDR;
    }
    return ike2_x509_has_identity(&t->certificates[t->end_entity], &id, &rules);
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
