/* mbedtls/x509/name.c - Distinguished Names. RFC 5280 4.1.2.4, 7.1.
 *
 * The comparison is mbedTLS's, for whom issuer and subject must match as well: without folding of
 * white space and Unicode. Names that RFC 5280 7.1 calls equal may so be different, never the other
 * way round. */
#include "mbedtls/x509/name.h"

#include "mbedtls/x509/der.h"

/* Walks the attributes of all RDNs in order. */
struct name_walk {
    struct reader rdns, rdn;
};

struct attribute {
    ike2_bytes type, value;
    int tag;
    bool begins_rdn;
};

static struct name_walk walk_of(ike2_bytes name)
{
    struct reader r = reader_of(name);
    struct name_walk w = { .rdns = reader_of(der_read(&r, DER_SEQUENCE)) };

    w.rdns.failed = !reader_end(&r);
    return w;
}

/* False at the end, and at an error. */
static bool attribute_next(struct name_walk *w, struct attribute *out)
{
    struct reader r;

    out->begins_rdn = w->rdn.left == 0;
    if (w->rdns.failed || (out->begins_rdn && w->rdns.left == 0))
        return false;
    if (out->begins_rdn)
        w->rdn = reader_of(der_read(&w->rdns, DER_SET));
    r = reader_of(der_read(&w->rdn, DER_SEQUENCE));
    out->type = der_read(&r, MBEDTLS_ASN1_OID);
    out->value = der_read_any(&r, &out->tag);
    w->rdns.failed = w->rdns.failed || !reader_end(&r);
    return !w->rdns.failed;
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

bool ike2_mbed_equal_but_case(ike2_bytes a, ike2_bytes b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    }
    return true;
}

static bool ignores_case(int tag)
{
    return tag == MBEDTLS_ASN1_PRINTABLE_STRING || tag == MBEDTLS_ASN1_UTF8_STRING;
}

static bool attribute_equal(const struct attribute *a, const struct attribute *b)
{
    if (a->begins_rdn != b->begins_rdn || !bytes_equal(a->type, b->type))
        return false;
    if (ignores_case(a->tag) && ignores_case(b->tag))
        return ike2_mbed_equal_but_case(a->value, b->value);
    return a->tag == b->tag && bytes_equal(a->value, b->value);
}

bool ike2_mbed_name_equal(ike2_bytes a, ike2_bytes b)
{
    struct name_walk left = walk_of(a), right = walk_of(b);
    struct attribute l, r;

    while (attribute_next(&left, &l)) {
        if (!attribute_next(&right, &r) || !attribute_equal(&l, &r))
            return false;
    }
    return !attribute_next(&right, &r) && !left.rdns.failed && !right.rdns.failed;
}

/* Strings of wider characters have zero octets by nature. */
static bool is_narrow_string(int tag)
{
    return tag != MBEDTLS_ASN1_BMP_STRING && tag != MBEDTLS_ASN1_UNIVERSAL_STRING &&
           tag != MBEDTLS_ASN1_BIT_STRING;
}

bool ike2_mbed_name_is_sound(ike2_bytes name)
{
    struct name_walk w = walk_of(name);
    struct attribute a;
    size_t n = 0;

    while (attribute_next(&w, &a)) {
        if (a.value.len == 0)
            continue;
        if (is_narrow_string(a.tag) && memchr(a.value.ptr, 0, a.value.len) != NULL)
            return false;
        n++;
    }
    return n != 0 && !w.rdns.failed;
}
