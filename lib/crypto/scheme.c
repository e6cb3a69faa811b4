/* crypto/scheme.c - signature schemes on the wire. RFC 7296 3.8, RFC 4754, RFC 7427 3 and A, RFC
 * 8420. */
#include "crypto/scheme.h"

#include <ike2/iana.h>

#include "base/bytes.h"
#include "base/reader.h"
#include "base/writer.h"

enum family { RSA_PKCS1, RSA_PSS, ECDSA, EDDSA };

struct row {
    uint16_t scheme;
    uint8_t method;
    uint16_t hash;
    enum family family;
    const char *name;
};

static const struct row rows[] = {
    { IKE2_SIG_RSA_PKCS1_SHA1, IKE2_AUTH_METHOD_RSA,
      IKE2_HASH_SHA1, RSA_PKCS1, "rsa-pkcs1-sha1 (method 1)" },
    { IKE2_SIG_ECDSA_P256_SHA256_RAW, IKE2_AUTH_METHOD_ECDSA_256,
      IKE2_HASH_SHA2_256, ECDSA, "ecdsa-256 (method 9)" },
    { IKE2_SIG_ECDSA_P384_SHA384_RAW, IKE2_AUTH_METHOD_ECDSA_384,
      IKE2_HASH_SHA2_384, ECDSA, "ecdsa-384 (method 10)" },
    { IKE2_SIG_ECDSA_P521_SHA512_RAW, IKE2_AUTH_METHOD_ECDSA_521,
      IKE2_HASH_SHA2_512, ECDSA, "ecdsa-521 (method 11)" },
    { IKE2_SIG_RSA_PKCS1_SHA256, IKE2_AUTH_METHOD_SIGNATURE,
      IKE2_HASH_SHA2_256, RSA_PKCS1, "rsa-pkcs1-sha256" },
    { IKE2_SIG_RSA_PKCS1_SHA384, IKE2_AUTH_METHOD_SIGNATURE,
      IKE2_HASH_SHA2_384, RSA_PKCS1, "rsa-pkcs1-sha384" },
    { IKE2_SIG_RSA_PKCS1_SHA512, IKE2_AUTH_METHOD_SIGNATURE,
      IKE2_HASH_SHA2_512, RSA_PKCS1, "rsa-pkcs1-sha512" },
    { IKE2_SIG_RSA_PSS_SHA256, IKE2_AUTH_METHOD_SIGNATURE,
      IKE2_HASH_SHA2_256, RSA_PSS, "rsa-pss-sha256" },
    { IKE2_SIG_RSA_PSS_SHA384, IKE2_AUTH_METHOD_SIGNATURE,
      IKE2_HASH_SHA2_384, RSA_PSS, "rsa-pss-sha384" },
    { IKE2_SIG_RSA_PSS_SHA512, IKE2_AUTH_METHOD_SIGNATURE,
      IKE2_HASH_SHA2_512, RSA_PSS, "rsa-pss-sha512" },
    { IKE2_SIG_ECDSA_SHA256_DER, IKE2_AUTH_METHOD_SIGNATURE,
      IKE2_HASH_SHA2_256, ECDSA, "ecdsa-sha256" },
    { IKE2_SIG_ECDSA_SHA384_DER, IKE2_AUTH_METHOD_SIGNATURE,
      IKE2_HASH_SHA2_384, ECDSA, "ecdsa-sha384" },
    { IKE2_SIG_ECDSA_SHA512_DER, IKE2_AUTH_METHOD_SIGNATURE,
      IKE2_HASH_SHA2_512, ECDSA, "ecdsa-sha512" },
    { IKE2_SIG_ED25519, IKE2_AUTH_METHOD_SIGNATURE,
      IKE2_HASH_IDENTITY, EDDSA, "ed25519" },
    { IKE2_SIG_ED448, IKE2_AUTH_METHOD_SIGNATURE,
      IKE2_HASH_IDENTITY, EDDSA, "ed448" },
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

const char *ike2_scheme_name(uint16_t scheme)
{
    const struct row *r = row_of(scheme);

    return r == NULL ? "unknown" : r->name;
}

uint8_t ike2_scheme_method(uint16_t scheme)
{
    const struct row *r = row_of(scheme);

    return r == NULL ? 0 : r->method;
}

uint16_t ike2_scheme_hash(uint16_t scheme)
{
    const struct row *r = row_of(scheme);

    return r == NULL || r->method != IKE2_AUTH_METHOD_SIGNATURE ? 0 : r->hash;
}

bool ike2_scheme_is_default(uint16_t scheme)
{
    const struct row *r = row_of(scheme);

    return r != NULL && r->hash != IKE2_HASH_SHA1 && r->family != EDDSA;
}

/* --- AlgorithmIdentifier, in DER ------------------------------------------------------ */

enum { DER_INTEGER = 0x02, DER_NULL = 0x05, DER_OID = 0x06, DER_SEQUENCE = 0x30 };

/* Ways to write one AlgorithmIdentifier of RSASSA-PSS: RFC 8017 A.2.3 lets NULL be absent, and RFC
 * 7427 A.4.3 writes a trailerField that DER would leave out. */
enum { WITH_NULL = 1, WITH_TRAILER = 2, FORMS = 4 };

static const uint8_t oid_pkcs1[8] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01 };
static const uint8_t oid_sha2[8] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02 };
static const uint8_t oid_ecdsa[7] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03 };
static const uint8_t oid_eddsa[2] = { 0x2b, 0x65 };
/* Last arc of the object identifier, by IKE2_HASH_*. */
static const uint8_t arc_sha2[] = { [IKE2_HASH_SHA2_256] = 1, [IKE2_HASH_SHA2_384] = 2,
                                    [IKE2_HASH_SHA2_512] = 3 };
static const uint8_t arc_ecdsa[] = { [IKE2_HASH_SHA2_256] = 2, [IKE2_HASH_SHA2_384] = 3,
                                     [IKE2_HASH_SHA2_512] = 4 };
static const uint8_t arc_pkcs1[] = { [IKE2_HASH_SHA2_256] = 11, [IKE2_HASH_SHA2_384] = 12,
                                     [IKE2_HASH_SHA2_512] = 13 };
static const uint8_t salt_len[] = { [IKE2_HASH_SHA2_256] = 32, [IKE2_HASH_SHA2_384] = 48,
                                    [IKE2_HASH_SHA2_512] = 64 };
enum { ARC_MGF1 = 8, ARC_PSS = 10, ARC_ED25519 = 112, ARC_ED448 = 113 };

/* All lengths here are below 128: one octet each. */
static void write_oid(ike2_writer *w, ike2_bytes prefix, uint8_t arc)
{
    write_uint(w, DER_OID, 1);
    write_uint(w, prefix.len + 1, 1);
    write_bytes(w, prefix);
    write_uint(w, arc, 1);
}

static void write_null(ike2_writer *w)
{
    write_uint(w, DER_NULL, 1);
    write_uint(w, 0, 1);
}

/* A constructed value that begins here and is closed by der_end. */
static size_t der_begin(ike2_writer *w, uint8_t tag)
{
    write_uint(w, tag, 1);
    write_uint(w, 0, 1);
    return w->len;
}

static void der_end(ike2_writer *w, size_t from)
{
    write_length(w, from - 1, 1, from);
}

static void write_hash(ike2_writer *w, uint16_t hash, unsigned form)
{
    size_t sequence = der_begin(w, DER_SEQUENCE);

    write_oid(w, bytes_of(oid_sha2, sizeof oid_sha2), arc_sha2[hash]);
    if ((form & WITH_NULL) != 0)
        write_null(w);
    der_end(w, sequence);
}

/* An INTEGER below 128 under a context tag. */
static void write_tagged_integer(ike2_writer *w, uint8_t tag, uint8_t value)
{
    size_t tagged = der_begin(w, tag);

    write_uint(w, DER_INTEGER, 1);
    write_uint(w, 1, 1);
    write_uint(w, value, 1);
    der_end(w, tagged);
}

static void write_pss_parameters(ike2_writer *w, uint16_t hash, unsigned form)
{
    enum { TAG_HASH = 0xa0, TAG_MGF = 0xa1, TAG_SALT = 0xa2, TAG_TRAILER = 0xa3 };
    size_t parameters = der_begin(w, DER_SEQUENCE), tagged, mgf;

    tagged = der_begin(w, TAG_HASH);
    write_hash(w, hash, form);
    der_end(w, tagged);
    tagged = der_begin(w, TAG_MGF);
    mgf = der_begin(w, DER_SEQUENCE);
    write_oid(w, bytes_of(oid_pkcs1, sizeof oid_pkcs1), ARC_MGF1);
    write_hash(w, hash, form);
    der_end(w, mgf);
    der_end(w, tagged);
    write_tagged_integer(w, TAG_SALT, salt_len[hash]);
    if ((form & WITH_TRAILER) != 0)
        write_tagged_integer(w, TAG_TRAILER, 1);
    der_end(w, parameters);
}

static size_t algorithm_write(const struct row *r, unsigned form, uint8_t *out, size_t cap)
{
    ike2_writer w = writer_of(out, cap);
    size_t sequence = der_begin(&w, DER_SEQUENCE);

    switch (r->family) {
    case RSA_PKCS1:
        write_oid(&w, bytes_of(oid_pkcs1, sizeof oid_pkcs1), arc_pkcs1[r->hash]);
        write_null(&w); /* RFC 8017 A.2.4: present */
        break;
    case RSA_PSS:
        write_oid(&w, bytes_of(oid_pkcs1, sizeof oid_pkcs1), ARC_PSS);
        write_pss_parameters(&w, r->hash, form);
        break;
    case ECDSA:
        write_oid(&w, bytes_of(oid_ecdsa, sizeof oid_ecdsa), arc_ecdsa[r->hash]);
        break;
    case EDDSA: /* RFC 8420 A: without parameters */
        write_oid(&w, bytes_of(oid_eddsa, sizeof oid_eddsa),
                  r->scheme == IKE2_SIG_ED25519 ? ARC_ED25519 : ARC_ED448);
        break;
    }
    der_end(&w, sequence);
    return w.failed ? 0 : w.len;
}

size_t ike2_scheme_prefix(uint16_t scheme, uint8_t out[SCHEME_ALGORITHM_MAX])
{
    const struct row *r = row_of(scheme);
    size_t len;

    if (r == NULL || r->method != IKE2_AUTH_METHOD_SIGNATURE)
        return 0;
    len = algorithm_write(r, WITH_NULL, out + 1, SCHEME_ALGORITHM_MAX - 1);
    out[0] = (uint8_t)len;
    return len + 1;
}

/* --- Reading -------------------------------------------------------------------------- */

static bool algorithm_is(const struct row *r, ike2_bytes algorithm)
{
    unsigned forms = r->family == RSA_PSS ? FORMS : 1;
    uint8_t room[SCHEME_ALGORITHM_MAX];

    for (unsigned form = 0; form < forms; form++) {
        size_t len = algorithm_write(r, form, room, sizeof room);

        if (bytes_equal(algorithm, bytes_of(room, len)))
            return true;
    }
    return false;
}

ike2_err ike2_scheme_read(const ike2_auth_payload *auth, uint16_t *scheme, ike2_bytes *signature)
{
    bool is_named = auth->method == IKE2_AUTH_METHOD_SIGNATURE;
    struct reader r = reader_of(auth->data);
    ike2_bytes algorithm = read_bytes(&r, is_named ? read_u8(&r) : 0);
    ike2_bytes rest = read_rest(&r);

    if (!reader_end(&r) || rest.len == 0)
        return IKE2_ERR_MALFORMED;
    for (size_t i = 0; i < N_ROWS; i++) {
        if (rows[i].method != auth->method || (is_named && !algorithm_is(&rows[i], algorithm)))
            continue;
        *scheme = rows[i].scheme;
        *signature = rest;
        return IKE2_OK;
    }
    return IKE2_ERR_UNSUPPORTED;
}
