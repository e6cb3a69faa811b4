#include "pair.h"

#include <stdlib.h>

enum { UDP_HEADER = 8, MTU_MIN_INNER = 68 };

/* --- A pair --------------------------------------------------------------------------- */

static bool init_halves(struct pair *p, const ike2_crypto *crypto, const ike2_pair *from,
                        struct fault *fault)
{
    const struct esp_config in = {
        .crypto = crypto,
        .suite = &from->suite,
        .encr_key = from->encr_in,
        .integ_key = from->integ_in,
        .spi = from->spi_in,
        .esn = from->esn,
    };
    const struct esp_config out = {
        .crypto = crypto,
        .suite = &from->suite,
        .encr_key = from->encr_out,
        .integ_key = from->integ_out,
        .spi = from->spi_out,
        .esn = from->esn,
    };

    if (!esp_init(&p->in, &in, fault) || !esp_init(&p->out, &out, fault))
        return false;
    p->halves = IKE2_HALF_BOTH;
    return true;
}

bool pair_move(struct pair *p, const ike2_pair *to, uint16_t path_mtu, struct fault *fault)
{
    size_t headers =
        UDP_HEADER + (size_t)(to->path.remote.family == 4 ? IP_V4_HEADER : IP_V6_HEADER);
    size_t mtu = path_mtu > headers ? esp_payload_max(&p->out, path_mtu - headers) : 0;

    if (mtu < MTU_MIN_INNER)
        return fault_set(fault, "an MTU of %u on the way leaves nothing for inner packets",
                         path_mtu);
    p->mtu = mtu;
    p->path = to->path;
    p->path.encap = to->encap;
    p->source = to->path.remote;
    return true;
}

struct pair *pair_new(const ike2_crypto *crypto, const ike2_pair *from, uint16_t path_mtu,
                      struct fault *fault)
{
    struct pair *p = calloc(1, sizeof *p);
    bool ok = p != NULL && selectors_copy(&p->selectors, from->ts_local, from->n_ts_local,
                                          from->ts_remote, from->n_ts_remote);

    if (!ok)
        (void)fault_set(fault, "out of memory");
    if (ok) {
        p->spi_in = from->spi_in;
        p->child = from->child;
        p->rekey_octets = from->rekey_octets;
        replay_init(&p->replay, from->esn);
        ok = init_halves(p, crypto, from, fault) && pair_move(p, from, path_mtu, fault);
    }
    if (ok)
        return p;
    pair_free(p);
    return NULL;
}

void pair_drop(struct pair *p, uint8_t halves)
{
    if ((halves & IKE2_HALF_IN) != 0)
        esp_clear(&p->in);
    if ((halves & IKE2_HALF_OUT) != 0)
        esp_clear(&p->out);
    p->halves &= (uint8_t)~halves;
}

void pair_free(struct pair *p)
{
    if (p == NULL)
        return;
    pair_drop(p, IKE2_HALF_BOTH);
    selectors_clear(&p->selectors);
    free(p);
}

/* --- All of them ---------------------------------------------------------------------- */

/* SPIs are chosen by us, at random, and ids of Child SAs count: nobody else can aim at a slot. */
static struct pair *pair_of_child(struct table_node *node)
{
    return (struct pair *)((char *)node - offsetof(struct pair, by_child));
}

static struct pair *pair_of_spi(struct table_node *node)
{
    return (struct pair *)((char *)node - offsetof(struct pair, by_spi));
}

bool pairs_init(struct pairs *s)
{
    *s = (struct pairs){ 0 };
    if (table_init(&s->by_spi) && table_init(&s->by_child))
        return true;
    pairs_clear(s);
    return false;
}

void pairs_clear(struct pairs *s)
{
    struct table_node *node = table_drain(&s->by_spi);

    while (node != NULL) {
        struct pair *p = pair_of_spi(node);

        node = node->next;
        pair_free(p);
    }
    table_clear(&s->by_spi);
    table_clear(&s->by_child);
}

void pairs_add(struct pairs *s, struct pair *p)
{
    table_add(&s->by_spi, &p->by_spi, table_mix(p->spi_in));
    table_add(&s->by_child, &p->by_child, table_mix(p->child));
}

void pairs_remove(struct pairs *s, struct pair *p)
{
    table_remove(&s->by_spi, &p->by_spi);
    table_remove(&s->by_child, &p->by_child);
    pair_free(p);
}

struct pair *pairs_find(const struct pairs *s, uint32_t spi_in)
{
    struct table_node *node = table_first(&s->by_spi, table_mix(spi_in));

    while (node != NULL && pair_of_spi(node)->spi_in != spi_in)
        node = table_next(node);
    return node != NULL ? pair_of_spi(node) : NULL;
}

struct pair *pairs_sending(const struct pairs *s, ike2_child_id child)
{
    struct table_node *node = table_first(&s->by_child, table_mix(child));

    for (; node != NULL; node = table_next(node)) {
        struct pair *p = pair_of_child(node);

        if (p->child == child && p->is_sending)
            return p;
    }
    return NULL;
}
