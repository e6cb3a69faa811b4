/* sim/digest.c - a hash of what matters in a state. */
#include "sim/digest.h"

#include <ike2/iana.h>
#include <ike2/message.h>

#include <string.h>

#include "sa/pair.h"
#include "sim/letter.h"

/* --- Values --------------------------------------------------------------------------- */

void feed(struct digest *d, uint64_t v)
{
    d->h = mix(d->h ^ mix(v + UINT64_C(0x9e3779b97f4a7c15)));
}

void feed_octets(struct digest *d, const void *octets, size_t len)
{
    const uint8_t *at = octets;

    for (size_t i = 0; i < len; i++)
        feed(d, at[i]);
}

void feed_text(struct digest *d, const char *text)
{
    feed_octets(d, text, strlen(text));
}

void feed_name(struct digest *d, uint64_t value)
{
    size_t i = 0;

    while (i < d->n_names && d->names[i] != value)
        i++;
    if (i == d->n_names && i < NAMES && !d->gives_none)
        d->names[d->n_names++] = value;
    feed(d, value == 0 ? 0 : i + 1);
}

void feed_spi(struct digest *d, size_t owner, uint32_t spi)
{
    feed_name(d, spi == 0 ? 0 : (uint64_t)(owner + 1) << 32 | spi);
}

void feed_time(struct digest *d, ike2_time at)
{
    feed(d, at == IKE2_TIME_NEVER ? 1 : at <= d->scene->w->now ? 0 : at - d->scene->w->now + 1);
}

void feed_nonce(struct digest *d, const struct nonce *n)
{
    feed(d, n->len == 0 ? 0 : n->octets[0] + 1u);
}

void feed_ke(struct digest *d, const struct ke_stage *ke)
{
    feed_nonce(d, &ke->ni);
    feed_nonce(d, &ke->nr);
    feed(d, ke->method);
    feed(d, ke->rounds);
}

/* --- Messages --------------------------------------------------------------------------- */

static void feed_spis(struct digest *d, size_t owner, ike2_bytes spis, size_t size)
{
    for (size_t at = 0; size != 0 && at + size <= spis.len; at += size) {
        uint64_t spi = 0;

        for (size_t i = 0; i < size; i++)
            spi = spi << 8 | spis.ptr[at + i];
        if (size == ESP_SPI_OCTETS)
            feed_spi(d, owner, (uint32_t)spi);
        else
            feed_name(d, spi);
    }
}

static void feed_notify(struct digest *d, size_t sender, ike2_bytes body)
{
    ike2_notify n;

    if (ike2_notify_read(body, &n) != IKE2_OK)
        return;
    feed(d, n.type);
    feed(d, n.protocol);
    /* What was not found is the asker's. */
    feed_spis(d, n.type == IKE2_NOTIFY_CHILD_SA_NOT_FOUND ? 1 - sender : sender, n.spi, n.spi.len);
    feed(d, n.data.len);
}

static void feed_delete(struct digest *d, size_t sender, ike2_bytes body)
{
    ike2_delete del;

    if (ike2_delete_read(body, &del) != IKE2_OK)
        return;
    feed(d, del.protocol);
    feed_spis(d, sender, del.spis, del.spi_size);
}

static void feed_proposals(struct digest *d, size_t sender, ike2_bytes body)
{
    ike2_walk w;
    ike2_proposal p;
    ike2_bytes transforms;

    ike2_proposal_walk(&w, body);
    while (ike2_proposal_next(&w, &p, &transforms)) {
        feed(d, p.protocol);
        feed_spis(d, sender, p.spi, p.spi.len);
        feed_octets(d, transforms.ptr, transforms.len);
    }
}

static void feed_payload(struct digest *d, size_t sender, const ike2_payload *p)
{
    feed(d, p->type);
    feed(d, p->body.len);
    switch (p->type) {
    case IKE2_PAYLOAD_NOTIFY:
        feed_notify(d, sender, p->body);
        break;
    case IKE2_PAYLOAD_DELETE:
        feed_delete(d, sender, p->body);
        break;
    case IKE2_PAYLOAD_SA:
        feed_proposals(d, sender, p->body);
        break;
    case IKE2_PAYLOAD_NONCE:
        feed(d, p->body.ptr[0]);
        break;
    case IKE2_PAYLOAD_TSI:
    case IKE2_PAYLOAD_TSR:
        feed_octets(d, p->body.ptr, p->body.len);
        break;
    default: /* public values and identities follow from the rest */
        break;
    }
}

void feed_chain(struct digest *d, size_t sender, uint8_t first, ike2_bytes chain)
{
    ike2_walk w;
    ike2_payload p;

    ike2_payload_walk(&w, first, chain);
    while (ike2_payload_next(&w, &p))
        feed_payload(d, sender, &p);
}

void feed_message(struct digest *d, size_t sender, ike2_bytes octets, uint32_t expected)
{
    struct letter l;

    letter_read(d->scene->w, octets, 500, &l);
    feed(d, l.header.exchange);
    feed(d, l.header.flags);
    feed(d, (uint64_t)l.header.message_id - expected);
    feed_name(d, l.header.spi_i);
    feed_name(d, l.header.spi_r);
    if (l.is_open)
        feed_chain(d, sender, l.first, l.chain);
}
