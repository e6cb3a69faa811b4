/* policy/credential.c - which of our credentials proves us to this peer. RFC 7296 3.7, RFC 7427,
 * RFC 7670. */
#include "policy/credential.h"

#include "base/bytes.h"
#include "base/reader.h"
#include "crypto/scheme.h"
#include "policy/quirk.h"
#include "wire/hash_url.h"

enum { KEY_HASH_OCTETS = 20 };

/* The first scheme that the peer can verify; 0: none. RFC 7427 3: method 14 if both have announced
 * their hashes, and then (4) only with one that the peer has; else the older methods. */
static uint16_t scheme_for(const ike2_credential *c, const struct credential_wish *wish)
{
    uint16_t older = 0;

    for (size_t i = 0; i < c->n_schemes; i++) {
        uint16_t hash = ike2_scheme_hash(c->schemes[i]);

        if (ike2_quirks_forbid(wish->quirks, c->schemes[i]))
            continue;
        if (hash != 0 && (wish->hashes >> hash & 1) != 0)
            return c->schemes[i];
        if (hash == 0 && older == 0 && ike2_scheme_method(c->schemes[i]) != 0)
            older = c->schemes[i];
    }
    return older;
}

static bool has_issuer(const ike2_credential *c, ike2_bytes hash)
{
    for (size_t i = 0; i < c->n_issuers; i++) {
        if (bytes_equal(c->issuers[i], hash))
            return true;
    }
    return false;
}

/* RFC 7296 3.7: the body is a list of hashes; an incomplete one at its end is passed over. */
static bool certreq_fits(const ike2_credential *c, ike2_bytes body, bool *any)
{
    struct reader r = reader_of(body);
    uint8_t encoding = read_u8(&r);

    if (encoding == IKE2_CERT_RAW_PUBLIC_KEY) { /* RFC 7670 3: it names no CA */
        *any = true;
        return c->encoding == IKE2_CERT_RAW_PUBLIC_KEY;
    }
    if (encoding != IKE2_CERT_X509_SIGNATURE && !ike2_is_hash_url(encoding))
        return false;
    while (r.left >= KEY_HASH_OCTETS) {
        *any = true;
        if (has_issuer(c, read_bytes(&r, KEY_HASH_OCTETS)))
            return true;
    }
    return false;
}

static bool fits_certreqs(const ike2_credential *c, const struct message *m)
{
    bool any = false;
    ike2_walk w;
    ike2_payload p;

    if (c->n_issuers == 0 && c->encoding != IKE2_CERT_RAW_PUBLIC_KEY)
        return true;
    ike2_payload_walk(&w, m->first, m->chain);
    while (ike2_payload_next(&w, &p)) {
        if (p.type == IKE2_PAYLOAD_CERTREQ && certreq_fits(c, p.body, &any))
            return true;
    }
    return !any;
}

static bool fits_identity(const struct credential_wish *wish, const ike2_id *id)
{
    return wish->wanted.type == 0 ||
           (wish->wanted.type == id->type && bytes_equal(wish->wanted.data, id->data));
}

static struct credential_choice choose(const ike2_credential *list, size_t n,
                                       const struct credential_wish *wish)
{
    struct credential_choice second = { .difference = "credential: there is none",
                                        .section = "RFC 7296 2.15" };

    for (size_t i = 0; i < n; i++) {
        struct credential_choice this = {
            .credential = &list[i], .scheme = scheme_for(&list[i], wish),
            .id = list[i].id.type != 0 ? list[i].id : wish->local_id,
        };

        if (!fits_identity(wish, &this.id)) {
            second.difference = "identity: no credential has the one that the peer wants";
            second.section = "RFC 7296 1.2";
            continue;
        }
        if (this.scheme == 0) {
            second.difference = "signature: no credential can sign with a hash that the peer has";
            second.section = "RFC 7427 4";
            continue;
        }
        if (fits_certreqs(&list[i], wish->certreqs))
            return this;
        if (second.credential == NULL)
            second = this;
    }
    return second;
}

struct credential_choice ike2_credential_choose(const ike2_credential *list, size_t n,
                                                const struct credential_wish *wish)
{
    struct credential_choice c = choose(list, n, wish);
    struct credential_wish all = *wish;

    if (c.credential != NULL || wish->quirks == 0)
        return c;
    all.quirks = 0;
    return choose(list, n, &all);
}
