/* x509/certificate.c - one certificate, parsed once. RFC 5280 4.1. */
#include "x509/certificate.h"

#include "base/bytes.h"
#include "x509/der.h"
#include "x509/extension.h"
#include "x509/name.h"
#include "x509/time.h"

bool ike2_x509_signed(ike2_bytes der, struct signed_octets *out, ike2_bytes *algorithm)
{
    struct reader r = ike2_der_only(der, DER_SEQUENCE);
    struct der tbs = ike2_der_next(&r), outer = ike2_der_next(&r);

    out->covered = tbs.whole;
    out->signature = ike2_der_octet_bits(&r, DER_BIT_STRING);
    out->scheme = ike2_x509_signature_scheme(outer.whole);
    *algorithm = outer.whole;
    return reader_end(&r) && tbs.tag == DER_SEQUENCE && outer.tag == DER_SEQUENCE;
}

/* [0] EXPLICIT, DEFAULT v1: which DER leaves out. */
static uint8_t read_version(struct reader *tbs)
{
    enum { V2 = 1, V3 = 2 };
    struct reader r;
    uint32_t version;

    if (ike2_der_peek(tbs) != (DER_CONSTRUCTED | 0))
        return 1;
    r = ike2_der_enter(tbs, DER_CONSTRUCTED | 0);
    version = ike2_der_uint(&r, DER_INTEGER);
    if (reader_end(&r) && version >= V2 && version <= V3)
        return (uint8_t)(version + 1);
    tbs->failed = true;
    return 0;
}

/* A SEQUENCE with its tag and length. */
static ike2_bytes read_sequence(struct reader *r)
{
    struct der d = ike2_der_next(r);

    if (d.tag != DER_SEQUENCE)
        *r = (struct reader){ .failed = true };
    return d.whole;
}

static bool read_validity(struct reader *tbs, struct certificate *out)
{
    struct reader validity = ike2_der_enter(tbs, DER_SEQUENCE);

    out->not_before = ike2_x509_time(&validity);
    out->not_after = ike2_x509_time(&validity);
    return reader_end(&validity);
}

/* [1] and [2], unique identifiers: of versions 2 and 3; nobody uses them. */
static void skip_unique_ids(struct reader *tbs, uint8_t version)
{
    for (unsigned n = 1; n <= 2; n++) {
        uint8_t tag = (uint8_t)(DER_CONTEXT | n);

        if (ike2_der_peek(tbs) == tag && version > 1)
            (void)ike2_der_read(tbs, tag);
    }
}

static const char *read_extensions(struct reader *tbs, struct certificate *out)
{
    struct reader r;
    ike2_bytes octets;

    out->ext.purposes = PURPOSE_ABSENT;
    if (tbs->failed || tbs->left == 0)
        return NULL;
    r = ike2_der_enter(tbs, DER_CONSTRUCTED | 3);
    octets = read_sequence(&r);
    if (!reader_end(&r) || out->version != 3)
        return "extensions";
    return ike2_x509_extensions(octets, &out->ext);
}

const char *ike2_x509_certificate(ike2_bytes der, struct certificate *out)
{
    struct reader tbs;
    ike2_bytes algorithm;
    const char *fault;

    *out = (struct certificate){ .der = der };
    if (!ike2_x509_signed(der, &out->seal, &algorithm))
        return "outer structure";
    tbs = ike2_der_only(out->seal.covered, DER_SEQUENCE);
    out->version = read_version(&tbs);
    out->serial = ike2_der_integer(&tbs, DER_INTEGER);
    /* RFC 5280 4.1.1.2 */
    if (!bytes_equal(algorithm, read_sequence(&tbs)))
        return "signature algorithms differ";
    out->issuer = read_sequence(&tbs);
    if (!read_validity(&tbs, out))
        return "validity";
    out->subject = read_sequence(&tbs);
    out->spki = read_sequence(&tbs);
    skip_unique_ids(&tbs, out->version);
    fault = read_extensions(&tbs, out);
    if (fault != NULL)
        return fault;
    if (!reader_end(&tbs))
        return "structure";
    if (!ike2_x509_name_is_well_formed(out->subject) || !ike2_x509_name_is_well_formed(out->issuer))
        return "names";
    /* RFC 5280 4.1.2.4: an issuer has a name. */
    if (ike2_x509_name_is_empty(out->issuer))
        return "issuer is empty";
    out->key = ike2_x509_key(out->spki);
    return NULL;
}

bool ike2_x509_has(const struct certificate *c, enum oid extension)
{
    return (c->ext.present >> extension & 1) != 0;
}

bool ike2_x509_is_self_issued(const struct certificate *c)
{
    return ike2_x509_name_equal(c->issuer, c->subject);
}
