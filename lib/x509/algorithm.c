/* x509/algorithm.c - AlgorithmIdentifier of signatures and keys. RFC 3279, RFC 4055, RFC 5480,
 * RFC 5758, RFC 8410. */
#include "x509/algorithm.h"

#include <ike2/crypto.h>

#include "base/bytes.h"
#include "x509/der.h"
#include "x509/oid.h"

struct row {
    enum oid oid;
    bool may_be_null; /* the parameters; all of them may be absent */
    uint16_t scheme;
};

/* RFC 4055 5: NULL, and absent is accepted. RFC 5758 3.2: absent, but mbedTLS writes NULL. RFC 8410
 * 3: absent. */
static const struct row rows[] = {
    { OID_RSA_SHA1, true, IKE2_SIG_RSA_PKCS1_SHA1 },
    { OID_RSA_SHA256, true, IKE2_SIG_RSA_PKCS1_SHA256 },
    { OID_RSA_SHA384, true, IKE2_SIG_RSA_PKCS1_SHA384 },
    { OID_RSA_SHA512, true, IKE2_SIG_RSA_PKCS1_SHA512 },
    { OID_ECDSA_SHA256, true, IKE2_SIG_ECDSA_SHA256_DER },
    { OID_ECDSA_SHA384, true, IKE2_SIG_ECDSA_SHA384_DER },
    { OID_ECDSA_SHA512, true, IKE2_SIG_ECDSA_SHA512_DER },
    { OID_ED25519, false, IKE2_SIG_ED25519 },
    { OID_ED448, false, IKE2_SIG_ED448 },
};

static bool read_null(struct reader *r)
{
    return ike2_der_read(r, DER_NULL).len == 0 && reader_end(r);
}

/* A hash of RFC 4055 2.1: its parameters are NULL, or absent. */
static enum oid read_hash(struct reader *r)
{
    struct reader algorithm = ike2_der_enter(r, DER_SEQUENCE);
    enum oid hash = ike2_x509_oid(ike2_der_oid(&algorithm, DER_OID));

    if (algorithm.left != 0 && !read_null(&algorithm))
        return OID_UNKNOWN;
    return reader_end(&algorithm) ? hash : OID_UNKNOWN;
}

static enum oid read_mask_hash(struct reader *r)
{
    struct reader mgf = ike2_der_enter(r, DER_SEQUENCE);
    enum oid kind = ike2_x509_oid(ike2_der_oid(&mgf, DER_OID));
    enum oid hash = read_hash(&mgf);

    return kind == OID_MGF1 && reader_end(&mgf) ? hash : OID_UNKNOWN;
}

static uint16_t pss_scheme(enum oid hash, uint32_t salt)
{
    if (hash == OID_SHA256 && salt == 32)
        return IKE2_SIG_RSA_PSS_SHA256;
    if (hash == OID_SHA384 && salt == 48)
        return IKE2_SIG_RSA_PSS_SHA384;
    if (hash == OID_SHA512 && salt == 64)
        return IKE2_SIG_RSA_PSS_SHA512;
    return 0;
}

/* RFC 4055 3.1: RSASSA-PSS-params. What is absent means SHA-1 and a salt of 20 octets, so only the
 * trailer may be. */
static uint16_t read_pss(struct reader *parameters)
{
    struct reader fields = ike2_der_enter(parameters, DER_SEQUENCE);
    struct reader hash_field = ike2_der_enter(&fields, DER_CONSTRUCTED | 0);
    struct reader mask_field = ike2_der_enter(&fields, DER_CONSTRUCTED | 1);
    struct reader salt_field = ike2_der_enter(&fields, DER_CONSTRUCTED | 2);
    enum oid hash = read_hash(&hash_field), mask = read_mask_hash(&mask_field);
    uint32_t salt = ike2_der_uint(&salt_field, DER_INTEGER), trailer = 1;

    if (!reader_end(&hash_field) || !reader_end(&mask_field) || !reader_end(&salt_field))
        return 0;
    if (fields.left != 0) {
        struct reader field = ike2_der_enter(&fields, DER_CONSTRUCTED | 3);

        trailer = ike2_der_uint(&field, DER_INTEGER);
        if (!reader_end(&field))
            return 0;
    }
    if (!reader_end(&fields) || !reader_end(parameters) || hash != mask || trailer != 1)
        return 0;
    return pss_scheme(hash, salt);
}

uint16_t ike2_x509_signature_scheme(ike2_bytes algorithm)
{
    struct reader r = ike2_der_only(algorithm, DER_SEQUENCE);
    enum oid oid = ike2_x509_oid(ike2_der_oid(&r, DER_OID));

    if (oid == OID_RSA_PSS)
        return read_pss(&r);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].oid != oid)
            continue;
        return reader_end(&r) || (rows[i].may_be_null && read_null(&r)) ? rows[i].scheme : 0;
    }
    return 0;
}

static uint32_t bits_of(ike2_bytes number)
{
    uint32_t bits;

    if (number.len != 0 && number.ptr[0] == 0) {
        number.ptr++;
        number.len--;
    }
    if (number.len == 0 || number.len > UINT16_MAX)
        return 0;
    bits = (uint32_t)number.len * 8;
    for (uint8_t top = number.ptr[0]; (top & 0x80) == 0 && bits != 0; top = (uint8_t)(top << 1))
        bits--;
    return bits;
}

static bool is_odd(ike2_bytes number)
{
    return number.len != 0 && (number.ptr[number.len - 1] & 1) != 0 && number.ptr[0] < 0x80;
}

/* RFC 8017 A.1.1, 3.1: both numbers are odd, and the exponent is 3 at least. */
static struct key rsa_key(ike2_bytes octets)
{
    struct reader r = ike2_der_only(octets, DER_SEQUENCE);
    ike2_bytes modulus = ike2_der_integer(&r, DER_INTEGER);
    ike2_bytes exponent = ike2_der_integer(&r, DER_INTEGER);

    if (!reader_end(&r) || !is_odd(modulus) || !is_odd(exponent) || bits_of(exponent) < 2)
        return (struct key){ .kind = KEY_UNKNOWN };
    return (struct key){ .kind = KEY_RSA, .bits = bits_of(modulus) };
}

/* RFC 5480 2.2: uncompressed, so that there is one encoding of a key. */
static struct key ec_key(enum oid curve, ike2_bytes point)
{
    struct key key = { .kind = KEY_EC,
                       .bits = curve == OID_P256   ? 256
                               : curve == OID_P384 ? 384
                               : curve == OID_P521 ? 521
                                                   : 0 };

    if (key.bits == 0 || point.len != 1 + 2 * ((key.bits + 7) / 8) || point.ptr[0] != 4)
        return (struct key){ .kind = KEY_UNKNOWN };
    return key;
}

struct key ike2_x509_key(ike2_bytes spki)
{
    struct reader r = ike2_der_only(spki, DER_SEQUENCE);
    struct reader algorithm = ike2_der_enter(&r, DER_SEQUENCE);
    enum oid oid = ike2_x509_oid(ike2_der_oid(&algorithm, DER_OID)), curve = OID_UNKNOWN;
    ike2_bytes octets = ike2_der_octet_bits(&r, DER_BIT_STRING);

    if (oid == OID_EC_KEY && ike2_der_peek(&algorithm) == DER_OID)
        curve = ike2_x509_oid(ike2_der_oid(&algorithm, DER_OID));
    else if (oid == OID_RSA && !read_null(&algorithm))
        oid = OID_UNKNOWN; /* RFC 4055 1.2 */
    if (!reader_end(&r) || !reader_end(&algorithm))
        return (struct key){ .kind = KEY_UNKNOWN };
    if (oid == OID_RSA)
        return rsa_key(octets);
    if (oid == OID_EC_KEY)
        return ec_key(curve, octets);
    if (oid == OID_ED25519 && octets.len == 32)
        return (struct key){ .kind = KEY_EDWARDS, .bits = 255 };
    if (oid == OID_ED448 && octets.len == 57)
        return (struct key){ .kind = KEY_EDWARDS, .bits = 448 };
    return (struct key){ .kind = KEY_UNKNOWN };
}
