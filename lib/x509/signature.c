/* x509/signature.c - signatures on certificates and CRLs. RFC 5280 4.1.1.3, 5.1.1.3; RFC 8247 3.2.
 */
#include "x509/signature.h"

#include <ike2/crypto.h>

#include "base/bytes.h"

bool ike2_x509_key_is_strong(const struct key *key, const struct rules *rules)
{
    if (key->kind == KEY_UNKNOWN)
        return false;
    return key->bits >=
           (key->kind == KEY_RSA ? rules->keys.min_rsa_bits : rules->keys.min_ec_bits);
}

static bool is_of_another_curve(const struct key *key, const struct rules *rules)
{
    return key->kind == KEY_EC && rules->keys.max_ec_bits != 0 &&
           key->bits > rules->keys.max_ec_bits;
}

bool ike2_x509_scheme_is_strong(uint16_t scheme, const struct rules *rules)
{
    return scheme != 0 && (scheme != IKE2_SIG_RSA_PKCS1_SHA1 || rules->allow_sha1);
}

static const struct checked *find(const struct signatures *s, ike2_bytes spki,
                                  const struct signed_octets *seal)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->checked[i].covered == seal->covered.ptr && s->checked[i].key == spki.ptr)
            return &s->checked[i];
    }
    return NULL;
}

bool ike2_x509_has_not_signed(const struct signatures *s, ike2_bytes spki,
                              const struct signed_octets *seal)
{
    const struct checked *known = find(s, spki, seal);

    return known != NULL && !known->is_good;
}

bool ike2_x509_has_signed(struct signatures *s, const struct rules *rules, ike2_bytes spki,
                          const struct signed_octets *seal)
{
    const struct checked *known = find(s, spki, seal);
    const ike2_x509_crypto *crypto = rules->crypto;
    bool is_good;

    if (known != NULL)
        return known->is_good;
    if (s->n == SIGNATURES_MAX || s->n >= rules->max_signatures) {
        s->exhausted = true;
        return false;
    }
    is_good = ike2_x509_scheme_is_strong(seal->scheme, rules) &&
              crypto->verify(crypto->user, spki, seal->scheme, &seal->covered, 1,
                             seal->signature) == IKE2_OK;
    s->checked[s->n++] =
        (struct checked){ .covered = seal->covered.ptr, .key = spki.ptr, .is_good = is_good };
    return is_good;
}

static bool refuse_key(const struct certificate *c, size_t depth, const char *words,
                       struct refusal *refusal)
{
    if (c->key.kind == KEY_UNKNOWN)
        return ike2_x509_refuse(refusal, IKE2_X509_WEAK, "weak: key of an unknown kind: ", c,
                                depth);
    (void)ike2_x509_refuse(refusal, IKE2_X509_WEAK, words, c, depth);
    refusal->number = c->key.bits;
    refusal->unit = " bits: ";
    return false;
}

static bool path_is_strong(const struct path *p, const struct rules *rules, struct refusal *refusal)
{
    for (size_t i = p->len; i-- > 0;) {
        const struct certificate *c = p->certificates[i];

        if (!ike2_x509_key_is_strong(&c->key, rules))
            return refuse_key(c, i, "weak: key of ", refusal);
        if (is_of_another_curve(&c->key, rules))
            return refuse_key(c, i, "another curve: key of ", refusal);
        /* The last one is trusted for what it is, not for who signed it. */
        if (i + 1 < p->len && !ike2_x509_scheme_is_strong(c->seal.scheme, rules))
            return ike2_x509_refuse(refusal, IKE2_X509_WEAK, "weak: hash of the signature on ", c,
                                    i);
    }
    return true;
}

bool ike2_x509_path_is_signed(struct signatures *s, const struct path *p, const struct rules *rules,
                              struct refusal *refusal)
{
    if (!path_is_strong(p, rules, refusal))
        return false;
    for (size_t i = p->len - 1; i-- > 0;) {
        const struct certificate *c = p->certificates[i];

        if (ike2_x509_has_signed(s, rules, p->certificates[i + 1]->spki, &c->seal))
            continue;
        if (s->exhausted)
            return ike2_x509_refuse(refusal, IKE2_X509_LIMIT, "too many signatures to check: ", c,
                                    i);
        return ike2_x509_refuse(refusal, IKE2_X509_NO_PATH,
                                "no path: not signed by who is said to be the issuer: ", c, i);
    }
    return true;
}
