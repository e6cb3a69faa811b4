#include "codec.h"

#include <ike2/iana.h>

enum { HEADER_OCTETS = 28 };

/* --- Reading ------------------------------------------------------------------------- */

static bool read_transforms(struct codec *c, ike2_bytes transforms)
{
    ike2_proposal *p = &c->proposals[c->n_proposals];
    ike2_transform *room = c->transforms[c->n_proposals++];
    ike2_walk w;
    size_t n = 0;

    p->transforms = room;
    ike2_transform_walk(&w, transforms);
    while (n < CODEC_TRANSFORMS && ike2_transform_next(&w, &room[n], NULL))
        n++;
    return ike2_walk_end(&w) == IKE2_OK && n == p->n_transforms;
}

static bool read_sa(struct codec *c, ike2_bytes body)
{
    ike2_bytes transforms;
    ike2_walk w;

    ike2_proposal_walk(&w, body);
    while (c->n_proposals < CODEC_PROPOSALS &&
           ike2_proposal_next(&w, &c->proposals[c->n_proposals], &transforms)) {
        if (!read_transforms(c, transforms))
            return false;
    }
    return ike2_walk_end(&w) == IKE2_OK;
}

static bool read_selectors(struct codec_selectors *s, ike2_bytes body)
{
    ike2_walk w;

    s->n = 0;
    ike2_ts_walk(&w, body);
    while (s->n < CODEC_SELECTORS && ike2_ts_next(&w, &s->list[s->n]))
        s->n++;
    return ike2_walk_end(&w) == IKE2_OK;
}

static bool read_notify(struct codec_notify *n, ike2_bytes body)
{
    ike2_walk w;
    uint16_t value;

    if (ike2_notify_read(body, &n->notify) != IKE2_OK ||
        ike2_notify_data_read(&n->notify, &n->data) != IKE2_OK)
        return false;
    if (n->data.shape != IKE2_SHAPE_LIST)
        return true;
    ike2_notify_list_walk(&w, n->data.octets);
    while (ike2_notify_list_next(&w, &value))
        ;
    return ike2_walk_end(&w) == IKE2_OK;
}

static bool read_item(struct codec *c, struct codec_item *item, ike2_bytes body)
{
    switch (item->type) {
    case IKE2_PAYLOAD_SA: return read_sa(c, body);
    case IKE2_PAYLOAD_KE: return ike2_ke_read(body, &item->u.ke) == IKE2_OK;
    case IKE2_PAYLOAD_IDI:
    case IKE2_PAYLOAD_IDR: return ike2_id_read(body, &item->u.id) == IKE2_OK;
    case IKE2_PAYLOAD_CERT:
    case IKE2_PAYLOAD_CERTREQ: return ike2_cert_read(body, &item->u.cert) == IKE2_OK;
    case IKE2_PAYLOAD_AUTH: return ike2_auth_read(body, &item->u.auth) == IKE2_OK;
    case IKE2_PAYLOAD_NONCE: return ike2_nonce_read(body, &item->u.data) == IKE2_OK;
    case IKE2_PAYLOAD_NOTIFY: return read_notify(&item->u.notify, body);
    case IKE2_PAYLOAD_TSI:
    case IKE2_PAYLOAD_TSR: return read_selectors(&item->u.selectors, body);
    default: item->u.data = body; return true;
    }
}

bool codec_read_chain(struct codec *c, uint8_t first, ike2_bytes chain)
{
    ike2_payload p;
    ike2_walk w;

    c->n_items = c->n_proposals = 0;
    ike2_payload_walk(&w, first, chain);
    while (c->n_items < CODEC_ITEMS && ike2_payload_next(&w, &p)) {
        struct codec_item *item = &c->items[c->n_items++];

        item->type = p.type;
        if (!read_item(c, item, p.body))
            return false;
    }
    return ike2_walk_end(&w) == IKE2_OK;
}

bool codec_read_message(struct codec *c, ike2_bytes message)
{
    if (ike2_header_read(message, &c->header) != IKE2_OK)
        return false;
    message.ptr += HEADER_OCTETS;
    message.len -= HEADER_OCTETS;
    return codec_read_chain(c, c->header.next_payload, message);
}

/* --- Writing ------------------------------------------------------------------------- */

static void write_item(ike2_writer *w, const struct codec *c, const struct codec_item *item)
{
    const struct codec_selectors *s = &item->u.selectors;

    switch (item->type) {
    case IKE2_PAYLOAD_SA: ike2_sa_write(w, c->proposals, c->n_proposals); break;
    case IKE2_PAYLOAD_KE: ike2_ke_write(w, &item->u.ke); break;
    case IKE2_PAYLOAD_IDI:
    case IKE2_PAYLOAD_IDR: ike2_id_write(w, item->type, &item->u.id); break;
    case IKE2_PAYLOAD_CERT:
    case IKE2_PAYLOAD_CERTREQ: ike2_cert_write(w, item->type, &item->u.cert); break;
    case IKE2_PAYLOAD_AUTH: ike2_auth_write(w, &item->u.auth); break;
    case IKE2_PAYLOAD_NOTIFY: ike2_notify_write(w, &item->u.notify.notify); break;
    case IKE2_PAYLOAD_TSI:
    case IKE2_PAYLOAD_TSR: ike2_ts_write(w, item->type, s->list, s->n); break;
    default: ike2_data_write(w, item->type, item->u.data); break;
    }
}

bool codec_write_chain(const struct codec *c, ike2_buffer *out)
{
    ike2_writer w;
    ike2_bytes written;

    ike2_writer_init(&w, out->ptr, out->cap);
    for (size_t i = 0; i < c->n_items; i++)
        write_item(&w, c, &c->items[i]);
    if (ike2_writer_end(&w, &written) != IKE2_OK)
        return false;
    out->len = written.len;
    return true;
}

bool codec_write_message(const struct codec *c, ike2_buffer *out)
{
    ike2_writer w;
    ike2_bytes written;

    ike2_writer_init(&w, out->ptr, out->cap);
    ike2_message_begin(&w, &c->header);
    for (size_t i = 0; i < c->n_items; i++)
        write_item(&w, c, &c->items[i]);
    if (ike2_message_end(&w, &written) != IKE2_OK)
        return false;
    out->len = written.len;
    return true;
}
