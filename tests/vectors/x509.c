/* vectors/x509.c - proofs made from the vectors. */
#include "vectors/x509.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/x509_crt.h>

#include <ike2/error.h>
#include <ike2/iana.h>

#include "base/bytes.h"

enum { OCTETS_MAX = 1 << 20 };

void chain_send(struct chain *c, ike2_bytes certificate)
{
    if (c->n_certs == X509_CERTS_MAX)
        abort();
    c->certs[c->n_certs++] = (ike2_cert){ .encoding = IKE2_CERT_X509_SIGNATURE,
                                          .data = certificate };
}

void chain_trust(struct chain *c, ike2_bytes certificate)
{
    if (c->n_anchors == X509_CERTS_MAX)
        abort();
    c->anchors[c->n_anchors++] = certificate;
}

bool chain_claim_subject(struct chain *c)
{
    ike2_bytes der = c->certs[0].data;
    mbedtls_x509_crt crt;
    bool parses;

    mbedtls_x509_crt_init(&crt);
    parses = mbedtls_x509_crt_parse_der_nocopy(&crt, der.ptr, der.len) == 0;
    if (parses)
        c->id = (ike2_id){ .type = IKE2_ID_DER_ASN1_DN,
                           .data = bytes_of(crt.subject_raw.p, crt.subject_raw.len) };
    mbedtls_x509_crt_free(&crt);
    return parses;
}

uint32_t chain_verdict(const struct chain *c, char text[96])
{
    const ike2_bytes part = bytes_of("signed", 6);
    const ike2_proof proof = { .remote_id = c->id, .certs = c->certs, .n_certs = c->n_certs,
                               .signed_parts = &part, .n_signed_parts = 1,
                               .scheme = IKE2_SIG_ECDSA_SHA256_DER };
    ike2_x509_policy policy = IKE2_INIT(ike2_x509_policy);
    ike2_verdict v = IKE2_INIT(ike2_verdict);
    ike2_err err;

    policy.anchors = c->anchors;
    policy.n_anchors = c->n_anchors;
    policy.max_octets = OCTETS_MAX;
    err = ike2_x509_verify(&proof, &policy, c->utc_seconds, &v);
    /* Nothing of it was signed, and an anchor that does not parse is no anchor. */
    if (v.ok || v.reason == IKE2_X509_OK || memchr(v.text, 0, sizeof v.text) == NULL ||
        (err != IKE2_OK && (err != IKE2_ERR_ARGUMENT || v.reason != IKE2_X509_NO_PATH)))
        abort();
    if (text != NULL)
        memcpy(text, v.text, sizeof v.text);
    return v.reason;
}

bool chain_is_good(const struct chain *c)
{
    return chain_verdict(c, NULL) == IKE2_X509_SIGNATURE;
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

int64_t chain_time(const char *text, size_t year_digits)
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

static const char *reason_of(const struct exception *list, const char *name)
{
    for (; list->name != NULL; list++) {
        if (strcmp(list->name, name) == 0)
            return list->reason;
    }
    return NULL;
}

void chain_report(struct run *run, const struct kv_record *r, const struct exception *list,
                  const struct chain *c)
{
    const char *name = kv_get(r, "name");
    const char *reason = reason_of(list, name);
    bool is_expected = chain_is_good(c) == kv_is(r, "expected", "valid");
    char text[96];

    if (reason != NULL && !is_expected) {
        run_skip(run, reason);
        return;
    }
    if (reason == NULL && !is_expected) {
        (void)chain_verdict(c, text);
        (void)printf("%s: %s\n", name, text);
    }
    run_expect(run, r, is_expected && reason == NULL);
}
