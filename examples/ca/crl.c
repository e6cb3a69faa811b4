#include "crl.h"

#include <openssl/bn.h>
#include <openssl/x509v3.h>

#include "key.h"
#include "pem.h"

static bool set_reason(X509_REVOKED *revoked, int reason)
{
    ASN1_ENUMERATED *code;
    bool ok;

    if (reason == CRL_REASON_UNSPECIFIED)
        return true; /* RFC 5280 5.3.1: is left out */
    code = ASN1_ENUMERATED_new();
    ok = code != NULL && ASN1_ENUMERATED_set(code, reason) == 1 &&
         X509_REVOKED_add1_ext_i2d(revoked, NID_crl_reason, code, 0, X509V3_ADD_DEFAULT) == 1;
    ASN1_ENUMERATED_free(code);
    return ok;
}

static bool add_entry(X509_CRL *crl, const struct ledger_entry *e)
{
    X509_REVOKED *revoked = X509_REVOKED_new();
    ASN1_TIME *when = ASN1_TIME_set(NULL, (time_t)e->revoked);
    BIGNUM *n = NULL;
    ASN1_INTEGER *serial = NULL;
    bool ok = revoked != NULL && when != NULL && BN_hex2bn(&n, e->serial) > 0 &&
              (serial = BN_to_ASN1_INTEGER(n, NULL)) != NULL &&
              X509_REVOKED_set_serialNumber(revoked, serial) == 1 &&
              X509_REVOKED_set_revocationDate(revoked, when) == 1 &&
              set_reason(revoked, e->reason) && X509_CRL_add0_revoked(crl, revoked) == 1;

    if (!ok)
        X509_REVOKED_free(revoked);
    ASN1_TIME_free(when);
    ASN1_INTEGER_free(serial);
    BN_free(n);
    return ok;
}

static bool add_entries(X509_CRL *crl, const struct ledger *l)
{
    struct ledger_entry e;
    size_t i;

    for (i = 0; i < ledger_count(l); i++) {
        if (ledger_get(l, i, &e) && e.revoked != 0 && !add_entry(crl, &e))
            return false;
    }
    return X509_CRL_sort(crl) == 1;
}

static bool set_times(X509_CRL *crl, const struct certificate_dates *dates)
{
    ASN1_TIME *from = ASN1_TIME_set(NULL, (time_t)dates->from);
    ASN1_TIME *until = ASN1_TIME_set(NULL, (time_t)dates->until);
    bool ok = from != NULL && until != NULL && X509_CRL_set1_lastUpdate(crl, from) == 1 &&
              X509_CRL_set1_nextUpdate(crl, until) == 1;

    ASN1_TIME_free(from);
    ASN1_TIME_free(until);
    return ok;
}

/* AuthorityKeyIdentifier and CRLNumber are required, RFC 5280 5.2.1, 5.2.3. */
static bool add_extensions(X509_CRL *crl, X509 *ca, int64_t number)
{
    X509V3_CTX ctx;
    X509_EXTENSION *key_id;
    ASN1_INTEGER *n = ASN1_INTEGER_new();
    bool ok;

    X509V3_set_ctx(&ctx, ca, NULL, NULL, crl, 0);
    key_id = X509V3_EXT_conf_nid(NULL, &ctx, NID_authority_key_identifier, "keyid:always");
    ok = key_id != NULL && X509_CRL_add_ext(crl, key_id, -1) == 1 && n != NULL &&
         ASN1_INTEGER_set_int64(n, number) == 1 &&
         X509_CRL_add1_ext_i2d(crl, NID_crl_number, n, 0, X509V3_ADD_DEFAULT) == 1;
    X509_EXTENSION_free(key_id);
    ASN1_INTEGER_free(n);
    return ok;
}

static X509_CRL *make(const struct ledger *l, const struct certificate_issuer *ca, int64_t number,
                      const struct certificate_dates *dates)
{
    X509_CRL *crl = X509_CRL_new();

    if (crl != NULL && X509_CRL_set_version(crl, X509_CRL_VERSION_2) == 1 &&
        X509_CRL_set_issuer_name(crl, X509_get_subject_name(ca->certificate)) == 1 &&
        set_times(crl, dates) && add_entries(crl, l) &&
        add_extensions(crl, ca->certificate, number) &&
        X509_CRL_sign(crl, ca->key, key_hash(ca->key)) > 0)
        return crl;
    X509_CRL_free(crl);
    return NULL;
}

static bool write_der(const struct store *s, X509_CRL *crl, struct problem *why)
{
    unsigned char *der = NULL;
    int len = i2d_X509_CRL(crl, &der);
    bool ok = len > 0;

    if (ok)
        ok = store_write(s, "ca.crl", (ike2_bytes){ .ptr = der, .len = (size_t)len }, STORE_PUBLIC,
                         why);
    else
        problem_set(why, "out of memory");
    OPENSSL_free(der);
    return ok;
}

bool crl_write(const struct store *s, struct ledger *l, const struct certificate_issuer *ca,
               const struct certificate_dates *dates, struct problem *why)
{
    X509_CRL *crl = make(l, ca, ledger_next_crl(l), dates);
    bool ok = crl != NULL;

    if (!ok)
        problem_set(why, "libcrypto makes no CRL");
    /* The number first: after a power cut one is left out instead of being used twice. */
    ok = ok && ledger_save(l, s, why) && write_der(s, crl, why) &&
         pem_write_crl(s, "crl.pem", crl, why);
    X509_CRL_free(crl);
    return ok;
}
