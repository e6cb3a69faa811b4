#include "certificate.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <openssl/bn.h>
#include <openssl/x509v3.h>

#include "key.h"

enum { SERIAL_BITS = 128, COMMON_NAME_MAX = 64, HOUR = 3600, DAY = 24 * HOUR, FULL_NAME = 0 };

/* Windows wants serverAuth, and takes ikeIntermediate as the sign of the right one among several;
 * Apple wants serverAuth; ipsecIKE is RFC 4945's own. */
static const char server_purposes[] = "serverAuth, 1.3.6.1.5.5.8.2.2, 1.3.6.1.5.5.7.3.17";
static const char client_purposes[] = "clientAuth, 1.3.6.1.5.5.7.3.17";

struct certificate_dates certificate_dates_of(int64_t now, uint32_t days)
{
    int64_t from = now - HOUR;

    return (struct certificate_dates){ .from = from, .until = from + (int64_t)days * DAY - 1 };
}

void certificate_day(int64_t when, char text[CERTIFICATE_DAY_TEXT])
{
    time_t t = (time_t)when;
    struct tm tm;

    text[0] = '\0';
    if (gmtime_r(&t, &tm) != NULL)
        (void)strftime(text, CERTIFICATE_DAY_TEXT, "%Y-%m-%d", &tm);
}

void certificate_serial(const X509 *x, char text[CERTIFICATE_SERIAL_TEXT])
{
    BIGNUM *n = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x), NULL);
    char *hex = n != NULL ? BN_bn2hex(n) : NULL;

    (void)snprintf(text, CERTIFICATE_SERIAL_TEXT, "%s", hex != NULL ? hex : "");
    OPENSSL_free(hex);
    BN_free(n);
}

/* --- Names and numbers ------------------------------------------------------------------- */

static bool set_serial(X509 *x)
{
    BIGNUM *n = BN_new();
    bool ok = n != NULL;

    do {
        ok = ok && BN_rand(n, SERIAL_BITS, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1;
    } while (ok && BN_is_zero(n)); /* RFC 5280 4.1.2.2: positive */
    ok = ok && BN_to_ASN1_INTEGER(n, X509_get_serialNumber(x)) != NULL;
    BN_free(n);
    return ok;
}

static bool add_attribute(X509_NAME *name, const char *type, const char *value)
{
    return X509_NAME_add_entry_by_txt(name, type, MBSTRING_UTF8, (const unsigned char *)value, -1,
                                      -1, 0) == 1;
}

/* RFC 5280 limits a common name to 64 characters, and a part of a host's name would be another
 * host's: what is longer stands in subjectAltName only. */
static bool set_subject(X509 *x, X509 *ca, const struct subject *subject)
{
    char text[CERTIFICATE_SERIAL_TEXT], instead[COMMON_NAME_MAX];
    const X509_NAME *above = X509_get_subject_name(ca);
    int at = X509_NAME_get_index_by_NID(above, NID_organizationName, -1);
    X509_NAME *name = X509_get_subject_name(x);
    const char *common = subject->names[0];

    if (at >= 0 && X509_NAME_add_entry(name, X509_NAME_get_entry(above, at), -1, 0) != 1)
        return false;
    certificate_serial(x, text);
    (void)snprintf(instead, sizeof instead, "%s %.16s", subject_word(subject->kind), text);
    return add_attribute(name, "CN", subject_is_text(common, COMMON_NAME_MAX) ? common : instead);
}

static bool set_dates(X509 *x, const struct certificate_dates *dates)
{
    return ASN1_TIME_set(X509_getm_notBefore(x), (time_t)dates->from) != NULL &&
           ASN1_TIME_set(X509_getm_notAfter(x), (time_t)dates->until) != NULL;
}

/* --- Extensions -------------------------------------------------------------------------- */

static bool extend(X509 *x, X509V3_CTX *ctx, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, ctx, nid, value);
    bool ok = extension != NULL && X509_add_ext(x, extension, -1) == 1;

    X509_EXTENSION_free(extension);
    return ok;
}

static bool add_alt_names(X509 *x, const struct subject *subject)
{
    GENERAL_NAMES *names = subject_alt_names(subject);
    bool ok = names != NULL;

    if (ok && sk_GENERAL_NAME_num(names) > 0)
        ok = X509_add1_ext_i2d(x, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT) == 1;
    GENERAL_NAMES_free(names);
    return ok;
}

/* One distribution point with one URI, RFC 5280 4.2.1.13. */
static bool add_crl_url(X509 *x, const char *url)
{
    CRL_DIST_POINTS *points = sk_DIST_POINT_new_null();
    DIST_POINT *point = DIST_POINT_new();
    GENERAL_NAME *name = GENERAL_NAME_new();
    ASN1_IA5STRING *uri = ASN1_IA5STRING_new();
    bool ok = points != NULL && point != NULL && name != NULL && uri != NULL &&
              ASN1_STRING_set(uri, url, -1) == 1;

    ok = ok && (point->distpoint = DIST_POINT_NAME_new()) != NULL &&
         (point->distpoint->name.fullname = sk_GENERAL_NAME_new_null()) != NULL;
    if (ok) {
        point->distpoint->type = FULL_NAME;
        GENERAL_NAME_set0_value(name, GEN_URI, uri);
        uri = NULL;
        ok = sk_GENERAL_NAME_push(point->distpoint->name.fullname, name) > 0;
    }
    if (ok) {
        name = NULL;
        ok = sk_DIST_POINT_push(points, point) > 0;
    }
    if (ok) {
        point = NULL;
        ok = X509_add1_ext_i2d(x, NID_crl_distribution_points, points, 0, X509V3_ADD_DEFAULT) == 1;
    }
    ASN1_IA5STRING_free(uri);
    GENERAL_NAME_free(name);
    DIST_POINT_free(point);
    CRL_DIST_POINTS_free(points);
    return ok;
}

/* --- Whole certificates ------------------------------------------------------------------ */

/* What all have in common. */
static X509 *begin(EVP_PKEY *key, const struct certificate_dates *dates)
{
    X509 *x = X509_new();

    if (x != NULL && X509_set_version(x, X509_VERSION_3) == 1 && set_serial(x) &&
        set_dates(x, dates) && X509_set_pubkey(x, key) == 1)
        return x;
    X509_free(x);
    return NULL;
}

static X509 *end(X509 *x, EVP_PKEY *issuer_key, bool ok, struct problem *why)
{
    if (ok && X509_sign(x, issuer_key, key_hash(issuer_key)) > 0)
        return x;
    problem_set(why, "libcrypto makes no certificate");
    X509_free(x);
    return NULL;
}

X509 *certificate_of_ca(EVP_PKEY *key, const char *name, const char *organization,
                        const struct certificate_dates *dates, struct problem *why)
{
    X509 *x = begin(key, dates);
    X509V3_CTX ctx;
    bool ok = x != NULL;

    if (ok) {
        X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
        ok = (organization == NULL || add_attribute(X509_get_subject_name(x), "O", organization)) &&
             add_attribute(X509_get_subject_name(x), "CN", name) &&
             X509_set_issuer_name(x, X509_get_subject_name(x)) == 1 &&
             extend(x, &ctx, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
             extend(x, &ctx, NID_key_usage, "critical,keyCertSign,cRLSign") &&
             extend(x, &ctx, NID_subject_key_identifier, "hash");
    }
    return end(x, key, ok, why);
}

X509 *certificate_issue(const struct certificate_issuer *ca, EVP_PKEY *key,
                        const struct subject *subject, const struct certificate_dates *dates,
                        struct problem *why)
{
    bool is_server = subject->kind == SUBJECT_SERVER;
    X509 *x = begin(key, dates);
    X509V3_CTX ctx;
    bool ok = x != NULL;

    if (ok) {
        X509V3_set_ctx(&ctx, ca->certificate, x, NULL, NULL, 0);
        ok = X509_set_issuer_name(x, X509_get_subject_name(ca->certificate)) == 1 &&
             set_subject(x, ca->certificate, subject) &&
             extend(x, &ctx, NID_basic_constraints, "critical,CA:FALSE") &&
             extend(x, &ctx, NID_key_usage, "critical,digitalSignature") &&
             extend(x, &ctx, NID_ext_key_usage, is_server ? server_purposes : client_purposes) &&
             extend(x, &ctx, NID_subject_key_identifier, "hash") &&
             extend(x, &ctx, NID_authority_key_identifier, "keyid:always") &&
             add_alt_names(x, subject) && (*ca->crl_url == '\0' || add_crl_url(x, ca->crl_url));
    }
    return end(x, ca->key, ok, why);
}
