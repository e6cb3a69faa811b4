#include "token_scheme.h"

#include <string.h>

#include <ike2/iana.h>

enum {
    HASH_MAX = 64,
    INTEGER_MAX = 66, /* octets of r and of s on P-521 */
    DER_SEQUENCE = 0x30,
    DER_INTEGER = 0x02,
    DER_LONG_FORM = 0x80
};

struct row {
    uint16_t scheme;
    enum token_kind kind;
    CK_MECHANISM_TYPE mechanism;
    uint16_t hash; /* IKE2_HASH_* */
    size_t raw;    /* octets that come out of the token; 0 = as many as the key has */
    bool der;      /* they are r | s and have to become DER */
};

static const struct row rows[] = {
    { IKE2_SIG_RSA_PSS_SHA256, TOKEN_RSA, CKM_RSA_PKCS_PSS, IKE2_HASH_SHA2_256, 0, false },
    { IKE2_SIG_RSA_PSS_SHA384, TOKEN_RSA, CKM_RSA_PKCS_PSS, IKE2_HASH_SHA2_384, 0, false },
    { IKE2_SIG_RSA_PSS_SHA512, TOKEN_RSA, CKM_RSA_PKCS_PSS, IKE2_HASH_SHA2_512, 0, false },
    { IKE2_SIG_RSA_PKCS1_SHA256, TOKEN_RSA, CKM_RSA_PKCS, IKE2_HASH_SHA2_256, 0, false },
    { IKE2_SIG_RSA_PKCS1_SHA384, TOKEN_RSA, CKM_RSA_PKCS, IKE2_HASH_SHA2_384, 0, false },
    { IKE2_SIG_RSA_PKCS1_SHA512, TOKEN_RSA, CKM_RSA_PKCS, IKE2_HASH_SHA2_512, 0, false },
    { IKE2_SIG_ECDSA_SHA256_DER, TOKEN_P256, CKM_ECDSA, IKE2_HASH_SHA2_256, 64, true },
    { IKE2_SIG_ECDSA_P256_SHA256_RAW, TOKEN_P256, CKM_ECDSA, IKE2_HASH_SHA2_256, 64, false },
    { IKE2_SIG_ECDSA_SHA384_DER, TOKEN_P384, CKM_ECDSA, IKE2_HASH_SHA2_384, 96, true },
    { IKE2_SIG_ECDSA_P384_SHA384_RAW, TOKEN_P384, CKM_ECDSA, IKE2_HASH_SHA2_384, 96, false },
    { IKE2_SIG_ECDSA_SHA512_DER, TOKEN_P521, CKM_ECDSA, IKE2_HASH_SHA2_512, 132, true },
    { IKE2_SIG_ECDSA_P521_SHA512_RAW, TOKEN_P521, CKM_ECDSA, IKE2_HASH_SHA2_512, 132, false },
};
enum { N_ROWS = sizeof rows / sizeof rows[0] };

static const struct row *row_of(uint16_t scheme)
{
    for (size_t i = 0; i < N_ROWS; i++) {
        if (rows[i].scheme == scheme)
            return &rows[i];
    }
    return NULL;
}

bool token_scheme_at(enum token_kind kind, size_t i, uint16_t *scheme,
                     CK_MECHANISM_TYPE *mechanism)
{
    for (size_t at = 0; at < N_ROWS; at++) {
        if (rows[at].kind != kind || i-- != 0)
            continue;
        *scheme = rows[at].scheme;
        *mechanism = rows[at].mechanism;
        return true;
    }
    return false;
}

/* --- In ---------------------------------------------------------------------------------- */

/* What names a hash here and there. */
struct hash_names {
    uint16_t hash;
    uint8_t arc; /* last octet of its object identifier, 2.16.840.1.101.3.4.2.arc */
    CK_MECHANISM_TYPE mechanism;
    CK_RSA_PKCS_MGF_TYPE mask;
};

static const struct hash_names hashes[] = {
    { IKE2_HASH_SHA2_256, 1, CKM_SHA256, CKG_MGF1_SHA256 },
    { IKE2_HASH_SHA2_384, 2, CKM_SHA384, CKG_MGF1_SHA384 },
    { IKE2_HASH_SHA2_512, 3, CKM_SHA512, CKG_MGF1_SHA512 },
};

static const struct hash_names *names_of(uint16_t hash)
{
    size_t i = 0;

    while (hashes[i].hash != hash)
        i++;
    return &hashes[i];
}

/* RFC 8017 9.2: DigestInfo, which CKM_RSA_PKCS leaves to the caller. */
static void put_digest_info(const struct hash_names *names, ike2_bytes digest,
                            struct token_input *in)
{
    const uint8_t before[] = { DER_SEQUENCE, (uint8_t)(17 + digest.len), DER_SEQUENCE, 13, 0x06, 9,
                               0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, names->arc,
                               0x05, 0, 0x04, (uint8_t)digest.len };

    memcpy(in->octets, before, sizeof before);
    memcpy(in->octets + sizeof before, digest.ptr, digest.len);
    in->len = sizeof before + digest.len;
}

static void put_digest(ike2_bytes digest, struct token_input *in)
{
    memcpy(in->octets, digest.ptr, digest.len);
    in->len = digest.len;
}

ike2_err token_input_make(const ike2_crypto *crypto, uint16_t scheme, const ike2_bytes *parts,
                          size_t n, struct token_input *out)
{
    const struct row *row = row_of(scheme);
    uint8_t room[HASH_MAX];
    ike2_buffer digest = { .ptr = room, .cap = sizeof room };
    const struct hash_names *names;
    ike2_err err;

    if (row == NULL)
        return IKE2_ERR_UNSUPPORTED;
    err = crypto->hash(crypto->user, row->hash, parts, n, &digest);
    if (err != IKE2_OK)
        return err;
    names = names_of(row->hash);
    out->mechanism = (CK_MECHANISM){ .mechanism = row->mechanism };
    if (row->mechanism == CKM_RSA_PKCS) {
        put_digest_info(names, (ike2_bytes){ room, digest.len }, out);
        return IKE2_OK;
    }
    put_digest((ike2_bytes){ room, digest.len }, out);
    if (row->mechanism == CKM_RSA_PKCS_PSS) {
        /* RFC 7427 A.4.3: the mask by the same hash, and a salt as long as it. */
        out->pss = (CK_RSA_PKCS_PSS_PARAMS){ names->mechanism, names->mask, digest.len };
        out->mechanism.pParameter = &out->pss;
        out->mechanism.ulParameterLen = sizeof out->pss;
    }
    return IKE2_OK;
}

/* --- Out --------------------------------------------------------------------------------- */

/* An unsigned number as a DER INTEGER; returns its end. */
static uint8_t *put_integer(ike2_bytes number, uint8_t *at)
{
    bool pad;

    while (number.len > 1 && number.ptr[0] == 0) {
        number.ptr++;
        number.len--;
    }
    pad = (number.ptr[0] & 0x80) != 0; /* or it would be negative */
    *at++ = DER_INTEGER;
    *at++ = (uint8_t)(number.len + pad);
    if (pad)
        *at++ = 0;
    memcpy(at, number.ptr, number.len);
    return at + number.len;
}

static ike2_err put_octets(ike2_bytes octets, ike2_buffer *out)
{
    if (octets.len > out->cap - out->len)
        return IKE2_ERR_SPACE;
    memcpy(out->ptr + out->len, octets.ptr, octets.len);
    out->len += octets.len;
    return IKE2_OK;
}

/* Ecdsa-Sig-Value of RFC 3279 2.2.3. */
static ike2_err put_der(ike2_bytes raw, ike2_buffer *out)
{
    uint8_t body[2 * (INTEGER_MAX + 3)], whole[sizeof body + 3];
    size_t half = raw.len / 2, n = 0, len;
    uint8_t *end = put_integer((ike2_bytes){ raw.ptr, half }, body);

    end = put_integer((ike2_bytes){ raw.ptr + half, half }, end);
    len = (size_t)(end - body);
    whole[n++] = DER_SEQUENCE;
    if (len >= DER_LONG_FORM)
        whole[n++] = DER_LONG_FORM | 1;
    whole[n++] = (uint8_t)len;
    memcpy(whole + n, body, len);
    return put_octets((ike2_bytes){ whole, n + len }, out);
}

ike2_err token_output(uint16_t scheme, ike2_bytes raw, ike2_buffer *out)
{
    const struct row *row = row_of(scheme);

    if (row == NULL)
        return IKE2_ERR_UNSUPPORTED;
    if (row->raw != 0 && raw.len != row->raw)
        return IKE2_ERR_CRYPTO;
    return row->der ? put_der(raw, out) : put_octets(raw, out);
}
