#include "xfrm_pair.h"

#include <stdlib.h>

/* --- One -------------------------------------------------------------------------------- */

struct xfrm_half xfrm_pair_half(const struct xfrm_pair *p, bool is_inbound)
{
    return (struct xfrm_half){
        .pair = &p->pair, .reqid = p->reqid, .is_inbound = is_inbound, .is_used = p->is_used
    };
}

static bool make_selectors(struct xfrm_selectors *out, const ike2_pair *from, struct fault *fault)
{
    const struct xfrm_traffic traffic = {
        .local = from->ts_local,
        .remote = from->ts_remote,
        .n_local = from->n_ts_local,
        .n_remote = from->n_ts_remote,
        .ends = from->transport ? &from->path : NULL,
    };

    return xfrm_selectors_make(out, &traffic, fault);
}

bool xfrm_pair_move(struct xfrm_pair *p, const ike2_pair *to, struct fault *fault)
{
    struct xfrm_selectors selectors;

    if (!make_selectors(&selectors, to, fault))
        return false;
    xfrm_selectors_clear(&p->selectors);
    p->selectors = selectors;
    p->pair.path = to->path;
    p->pair.encap = to->encap;
    p->pair.original_local = to->original_local;
    p->pair.original_remote = to->original_remote;
    p->source = to->path.remote;
    return true;
}

/* --- All of them ------------------------------------------------------------------------ */

static struct xfrm_pair *of_spi(struct table_node *node)
{
    return (struct xfrm_pair *)((char *)node - offsetof(struct xfrm_pair, by_spi));
}

static struct xfrm_pair *of_reqid(struct table_node *node)
{
    return (struct xfrm_pair *)((char *)node - offsetof(struct xfrm_pair, by_reqid));
}

bool xfrm_pairs_init(struct xfrm_pairs *s, const ike2_crypto *crypto)
{
    *s = (struct xfrm_pairs){ .crypto = crypto };
    return table_init(&s->by_spi) && table_init(&s->by_reqid);
}

void xfrm_pairs_clear(struct xfrm_pairs *s)
{
    while (s->first != NULL)
        xfrm_pairs_remove(s, s->first);
    table_clear(&s->by_spi);
    table_clear(&s->by_reqid);
}

struct xfrm_pair *xfrm_pairs_add(struct xfrm_pairs *s, uint32_t spi_in, const ike2_path *path)
{
    struct xfrm_pair *p = calloc(1, sizeof *p);

    if (p == NULL)
        return NULL;
    p->pair.spi_in = spi_in;
    p->pair.path = *path;
    table_add(&s->by_spi, &p->by_spi, table_mix(spi_in));
    p->next = s->first;
    if (p->next != NULL)
        p->next->previous = p;
    s->first = p;
    return p;
}

static void ref(const ike2_crypto *c, ike2_key *key)
{
    if (key != NULL)
        c->key_ref(c->user, key);
}

bool xfrm_pairs_fill(struct xfrm_pairs *s, struct xfrm_pair *p, const ike2_pair *from,
                     uint32_t reqid, struct fault *fault)
{
    if (!make_selectors(&p->selectors, from, fault))
        return false;
    p->pair = *from;
    p->pair.ts_local = p->pair.ts_remote = NULL;
    p->pair.n_ts_local = p->pair.n_ts_remote = 0;
    ref(s->crypto, from->encr_in);
    ref(s->crypto, from->integ_in);
    ref(s->crypto, from->encr_out);
    ref(s->crypto, from->integ_out);
    p->reqid = reqid;
    p->halves = IKE2_HALF_BOTH;
    p->source = from->path.remote;
    table_add(&s->by_reqid, &p->by_reqid, table_mix(reqid));
    return true;
}

void xfrm_pairs_empty(struct xfrm_pairs *s, struct xfrm_pair *p)
{
    ike2_key *const keys[] = { p->pair.encr_in, p->pair.integ_in, p->pair.encr_out,
                               p->pair.integ_out };
    const ike2_path path = p->pair.path;

    if (p->reqid == 0)
        return;
    table_remove(&s->by_reqid, &p->by_reqid);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        s->crypto->key_free(s->crypto->user, keys[i]);
    xfrm_selectors_clear(&p->selectors);
    p->pair = (ike2_pair){ .spi_in = p->pair.spi_in, .path = path };
    p->reqid = 0;
    p->halves = 0;
    p->is_sending = p->is_used = p->is_soft = p->is_hard = false;
}

void xfrm_pairs_remove(struct xfrm_pairs *s, struct xfrm_pair *p)
{
    xfrm_pairs_empty(s, p);
    table_remove(&s->by_spi, &p->by_spi);
    if (p->next != NULL)
        p->next->previous = p->previous;
    if (p->previous != NULL)
        p->previous->next = p->next;
    else
        s->first = p->next;
    free(p);
}

struct xfrm_pair *xfrm_pairs_find(const struct xfrm_pairs *s, uint32_t spi_in)
{
    struct table_node *node = table_first(&s->by_spi, table_mix(spi_in));

    while (node != NULL && of_spi(node)->pair.spi_in != spi_in)
        node = table_next(node);
    return node != NULL ? of_spi(node) : NULL;
}

struct xfrm_pair *xfrm_pairs_named(const struct xfrm_pairs *s, uint32_t reqid, uint32_t spi,
                                   bool *is_inbound)
{
    struct table_node *node = table_first(&s->by_reqid, table_mix(reqid));

    for (; node != NULL; node = table_next(node)) {
        struct xfrm_pair *p = of_reqid(node);

        *is_inbound = p->pair.spi_in == spi;
        if (p->reqid == reqid && (*is_inbound || p->pair.spi_out == spi))
            return p;
    }
    return NULL;
}
