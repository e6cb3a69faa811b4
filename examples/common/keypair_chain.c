#include "keypair_chain.h"

#include <stdlib.h>

#include <ike2/mbedtls.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

static bool is_issuer(X509 *issuer, X509 *of)
{
    return X509_check_issued(issuer, of) == X509_V_OK;
}

/* Certificates of a file that have found their place. */
struct sorted {
    X509 *list[KEYSTORE_CERTIFICATES];
    size_t n;
    bool is_placed[KEYSTORE_CERTIFICATES]; /* by their places in the file */
};

static void place(struct sorted *s, const struct keystore *store, size_t i)
{
    s->is_placed[i] = true;
    s->list[s->n++] = store->certificates[i];
}

static bool place_issuer(struct sorted *s, const struct keystore *store)
{
    for (size_t i = 0; i < store->n_certificates; i++) {
        if (s->is_placed[i] || !is_issuer(store->certificates[i], s->list[s->n - 1]))
            continue;
        place(s, store, i);
        return true;
    }
    return false;
}

/* RFC 7296 3.6: the leaf first; here each other one behind the one it vouches for, and then those
 * that have no such place. */
static void sort(struct sorted *s, const struct keypair_match *m)
{
    *s = (struct sorted){ .list = { m->leaf }, .n = 1 };
    for (size_t i = 0; i < m->store->n_certificates; i++)
        s->is_placed[i] = X509_cmp(m->store->certificates[i], m->leaf) == 0;
    while (place_issuer(s, m->store))
        ;
    for (size_t i = 0; i < m->store->n_certificates; i++) {
        if (!s->is_placed[i])
            place(s, m->store, i);
    }
}

static bool add_issuer(struct keypair *p, ike2_bytes der)
{
    size_t n = p->own.n_issuers;

    if (n == ISSUERS_MAX || ike2_mbedtls_key_hash(der, p->issuer_octets[n]) != IKE2_OK)
        return false;
    p->issuers[n] = (ike2_bytes){ .ptr = p->issuer_octets[n], .len = ISSUER_OCTETS };
    p->own.issuers = p->issuers;
    p->own.n_issuers++;
    return true;
}

/* RFC 7296 3.6: the root is not sent, since who trusts it has it; but it is what CERTREQ names. */
static bool add_certificate(struct keypair *p, X509 *x, uint8_t **at)
{
    ike2_bytes der = { .ptr = *at };
    bool is_root = is_issuer(x, x), is_leaf = p->own.n_chain == 0;
    int len = i2d_X509(x, at);

    if (len <= 0)
        return false;
    der.len = (size_t)len;
    if (!is_root || is_leaf) {
        if (p->own.n_chain == CHAIN_MAX)
            return false;
        p->chain[p->own.n_chain++] = der;
    }
    return (is_leaf && !is_root) || add_issuer(p, der);
}

/* A CA that the peer's certificates may lead to may be that of ours. */
static void add_anchor(struct keypair *p, ike2_bytes der, const struct sorted *s)
{
    const uint8_t *at = der.ptr;
    X509 *anchor = d2i_X509(NULL, &at, (long)der.len);
    bool leads = false;

    for (size_t i = 0; anchor != NULL && i < s->n; i++)
        leads = leads || is_issuer(anchor, s->list[i]);
    if (leads)
        (void)add_issuer(p, der); /* without room for it, the peer is told less */
    X509_free(anchor);
}

static size_t octets_of(const struct sorted *s)
{
    size_t octets = 0;

    for (size_t i = 0; i < s->n; i++) {
        int len = i2d_X509(s->list[i], NULL);

        octets += len > 0 ? (size_t)len : 0;
    }
    return octets;
}

bool keypair_take_chain(struct keypair *p, const struct keypair_match *m,
                        const struct trust *trust)
{
    size_t n_anchors, i;
    const ike2_bytes *anchors = trust_anchors(trust, &n_anchors);
    struct sorted s;
    uint8_t *at;
    bool ok = true;

    sort(&s, m);
    at = p->octets = malloc(octets_of(&s) + 1);
    for (i = 0; ok && at != NULL && i < s.n; i++)
        ok = add_certificate(p, s.list[i], &at);
    p->own.chain = p->chain;
    for (i = 0; ok && i < n_anchors; i++)
        add_anchor(p, anchors[i], &s);
    ERR_clear_error();
    return ok && at != NULL;
}
