#include "token_key.h"

#include <string.h>

enum { RSA_BITS_MIN = 2048, EC_PARAMS_MAX = 64 };

/* --- Which one --------------------------------------------------------------------------- */

/* A private key with the id and the name of the URI, if it has them. */
static CK_ULONG wanted(const struct token_slot *s, CK_OBJECT_CLASS *class, CK_ATTRIBUTE out[3])
{
    const CK_ATTRIBUTE *id = p11_kit_uri_get_attribute(s->uri, CKA_ID);
    const CK_ATTRIBUTE *label = p11_kit_uri_get_attribute(s->uri, CKA_LABEL);
    CK_ULONG n = 0;

    out[n++] = (CK_ATTRIBUTE){ CKA_CLASS, class, sizeof *class };
    if (id != NULL)
        out[n++] = *id;
    if (label != NULL)
        out[n++] = *label;
    return n;
}

static CK_RV find(const struct token_slot *s, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE found[2],
                  CK_ULONG *n)
{
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE attributes[3];
    CK_ULONG n_attributes = wanted(s, &class, attributes);
    CK_RV rv = s->module->C_FindObjectsInit(session, attributes, n_attributes);

    *n = 0;
    if (rv != CKR_OK)
        return rv;
    rv = s->module->C_FindObjects(session, found, 2, n);
    (void)s->module->C_FindObjectsFinal(session);
    return rv;
}

bool token_key_find(const struct token_slot *s, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *out,
                    struct problem *why)
{
    CK_OBJECT_HANDLE found[2] = { 0 };
    CK_ULONG n;
    CK_RV rv = find(s, session, found, &n);

    *out = found[0];
    if (rv != CKR_OK)
        problem_set(why, "%s: the token does not look for keys: %s", s->text,
                    p11_kit_strerror(rv));
    else if (n == 0)
        problem_set(why, "no private key of the token fits %s: pkcs11-tool --login --list-objects "
                         "shows all", s->text);
    else if (n > 1)
        problem_set(why, "several keys of the token fit %s: add object=NAME or id=%%NN", s->text);
    return rv == CKR_OK && n == 1;
}

/* --- What it can do ---------------------------------------------------------------------- */

struct key {
    const struct token_slot *slot;
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE handle;
};

/* False, and nothing said, if the key does not tell. */
static bool get(const struct key *k, CK_ATTRIBUTE_TYPE type, void *room, CK_ULONG *len)
{
    CK_ATTRIBUTE a = { type, room, *len };
    CK_RV rv = k->slot->module->C_GetAttributeValue(k->session, k->handle, &a, 1);

    *len = a.ulValueLen;
    return rv == CKR_OK;
}

static bool is_rsa(const struct key *k, enum token_kind *out)
{
    CK_ULONG octets = 0;

    *out = TOKEN_RSA;
    return get(k, CKA_MODULUS, NULL, &octets) && octets >= RSA_BITS_MIN / 8;
}

static bool is_ec(const struct key *k, enum token_kind *out)
{
    static const struct {
        enum token_kind kind;
        uint8_t len, oid[10]; /* RFC 5480 2.1.1.1, in DER */
    } curves[] = {
        { TOKEN_P256, 10, { 0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 } },
        { TOKEN_P384, 7, { 0x06, 5, 0x2b, 0x81, 0x04, 0x00, 0x22 } },
        { TOKEN_P521, 7, { 0x06, 5, 0x2b, 0x81, 0x04, 0x00, 0x23 } },
    };
    uint8_t oid[EC_PARAMS_MAX];
    CK_ULONG len = sizeof oid;

    if (!get(k, CKA_EC_PARAMS, oid, &len))
        return false;
    for (size_t i = 0; i < sizeof curves / sizeof curves[0]; i++) {
        *out = curves[i].kind;
        if (len == curves[i].len && memcmp(oid, curves[i].oid, len) == 0)
            return true;
    }
    return false;
}

static bool kind_of(const struct key *k, enum token_kind *out, struct problem *why)
{
    CK_KEY_TYPE type = CK_UNAVAILABLE_INFORMATION;
    CK_ULONG len = sizeof type;

    if (get(k, CKA_KEY_TYPE, &type, &len) &&
        ((type == CKK_RSA && is_rsa(k, out)) || (type == CKK_EC && is_ec(k, out))))
        return true;
    problem_set(why, "%s: RSA from 2048 bits and ECDSA on P-256, P-384 and P-521 are supported",
                k->slot->text);
    return false;
}

static bool may_sign(const struct key *k, struct problem *why)
{
    CK_BBOOL sign = CK_TRUE, always = CK_FALSE;
    CK_ULONG sign_len = sizeof sign, always_len = sizeof always;

    (void)get(k, CKA_SIGN, &sign, &sign_len);
    (void)get(k, CKA_ALWAYS_AUTHENTICATE, &always, &always_len);
    if (sign != CK_TRUE)
        problem_set(why, "%s: the key is not for signatures (CKA_SIGN)", k->slot->text);
    else if (always != CK_FALSE)
        problem_set(why, "%s: the key wants its PIN for each signature (CKA_ALWAYS_AUTHENTICATE), "
                         "and nobody is there to type it: use another one", k->slot->text);
    return sign == CK_TRUE && always == CK_FALSE;
}

bool token_key_schemes(const struct token_slot *s, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key,
                       uint16_t schemes[TOKEN_SCHEMES], size_t *n, struct problem *why)
{
    const struct key k = { s, session, key };
    CK_MECHANISM_TYPE mechanism;
    CK_MECHANISM_INFO info;
    enum token_kind kind;
    uint16_t scheme;

    *n = 0;
    if (!may_sign(&k, why) || !kind_of(&k, &kind, why))
        return false;
    for (size_t i = 0; token_scheme_at(kind, i, &scheme, &mechanism); i++) {
        if (s->module->C_GetMechanismInfo(s->id, mechanism, &info) == CKR_OK &&
            (info.flags & CKF_SIGN) != 0)
            schemes[(*n)++] = scheme;
    }
    if (*n == 0)
        problem_set(why, "%s: the token has none of the mechanisms CKM_RSA_PKCS, "
                         "CKM_RSA_PKCS_PSS and CKM_ECDSA", s->text);
    return *n > 0;
}
