/* x509/wanted.c - where the CRLs about a certificate are to be had. RFC 5280 4.2.1.13. */
#include "x509/wanted.h"

#include "base/bytes.h"
#include "x509/name.h"
#include "x509/scope.h"

/* Of one certificate, each told once. */
enum { URIS_MAX = 16 };

struct uris {
    ike2_bytes list[URIS_MAX];
    size_t n;
};

static void add(struct uris *u, ike2_bytes uri)
{
    for (size_t i = 0; i < u->n; i++) {
        if (bytes_equal(u->list[i], uri))
            return;
    }
    if (u->n < URIS_MAX)
        u->list[u->n++] = uri;
}

static void add_names(struct uris *u, ike2_bytes names)
{
    struct reader r = reader_of(names);

    while (r.left != 0) {
        struct general_name name = ike2_x509_general_name(&r, false);

        if (!r.failed && name.tag == NAME_URI)
            add(u, name.value);
    }
}

void ike2_x509_want_crls(const ike2_x509_policy *policy, const struct refusal *refusal)
{
    struct crl_points points = ike2_x509_crl_points(refusal->who);
    ike2_x509_seen about = IKE2_INIT(ike2_x509_seen);
    ike2_verdict words;
    struct crl_point point;
    struct uris uris = { .n = 0 };

    while (ike2_x509_crl_point_next(&points, &point)) {
        if (!point.is_malformed && point.name_tag == (DER_CONSTRUCTED | 0))
            add_names(&uris, point.name);
    }
    ike2_x509_tell(refusal, &words);
    about.der = refusal->who->der;
    about.depth = (uint32_t)refusal->depth;
    about.reason = refusal->reason;
    about.text = words.text;
    for (size_t i = 0; i < uris.n; i++)
        policy->wants_crl(policy->user, &about, uris.list[i]);
}
