/* sa/parcel.c - one message as it goes out. RFC 7296 2.1, 2.23; RFC 3948 2.2, 2.3. */
#include "sa/parcel.h"

#include <string.h>

static const uint8_t keepalive_octet[1] = { 0xff };

struct parcel *ike2_parcel_new(struct host *host, const ike2_header *header, size_t n,
                               size_t octets)
{
    size_t table = sizeof(struct parcel) + n * sizeof(ike2_bytes);
    size_t room = octets + n * MARKER_OCTETS;
    struct parcel *p = ike2_mem_acquire(&host->mem, table + room);

    if (p == NULL)
        return NULL;
    p->size = table + room;
    p->refs = 1;
    p->exchange = header->exchange;
    p->flags = header->flags;
    p->message_id = header->message_id;
    p->spi_i = header->spi_i;
    p->spi_r = header->spi_r;
    p->room = (uint8_t *)p + table;
    p->cap = room;
    return p;
}

uint8_t *ike2_parcel_room(struct parcel *p, size_t *cap)
{
    *cap = p->cap - p->len - MARKER_OCTETS;
    return p->room + p->len + MARKER_OCTETS;
}

void ike2_parcel_add(struct parcel *p, ike2_bytes datagram)
{
    p->datagrams[p->n++] = datagram;
    p->len += MARKER_OCTETS + datagram.len;
}

void ike2_parcel_keep_plain(struct host *host, struct parcel *p, uint8_t first, ike2_bytes inner)
{
    size_t size = sizeof(struct plain) + inner.len;

    p->plain = ike2_mem_acquire(&host->mem, size);
    if (p->plain == NULL)
        return;
    p->plain->size = size;
    p->plain->len = inner.len;
    p->plain->first = first;
    memcpy(p->plain->octets, inner.ptr, inner.len);
}

void ike2_parcel_unref(struct host *host, struct parcel *p)
{
    if (p == NULL || --p->refs != 0)
        return;
    if (p->plain != NULL)
        ike2_mem_release(&host->mem, p->plain, p->plain->size);
    ike2_mem_release(&host->mem, p, p->size);
}

/* The views of a SEND stand behind it in the same block. */
static size_t send_size(const struct parcel *p)
{
    return sizeof(struct send) + (p == NULL ? 1 : p->n) * sizeof(ike2_bytes);
}

ike2_err ike2_send_push(struct host *host, const struct send *what)
{
    struct send *s = ike2_mem_acquire(&host->mem, send_size(what->parcel));

    if (s == NULL)
        return IKE2_ERR_MEMORY;
    *s = *what;
    s->out = (struct output){ 0 };
    if (s->parcel != NULL)
        s->parcel->refs++;
    ike2_output_push(host, &s->out, IKE2_SEND, s);
    return IKE2_OK;
}

void ike2_send_fill(struct send *s, ike2_send *out)
{
    size_t marker = s->path.encap == IKE2_ENCAP_NONE ? 0 : MARKER_OCTETS;
    size_t n = s->parcel == NULL ? 1 : s->parcel->n;

    if (s->parcel == NULL)
        s->views[0] = (ike2_bytes){ .ptr = keepalive_octet, .len = sizeof keepalive_octet };
    for (size_t i = 0; s->parcel != NULL && i < n; i++) {
        ike2_bytes d = s->parcel->datagrams[i];

        s->views[i] = (ike2_bytes){ .ptr = d.ptr - marker, .len = d.len + marker };
    }
    out->path = s->path;
    out->payloads = s->views;
    out->n_payloads = n;
}

void ike2_send_free(struct host *host, struct send *s)
{
    struct parcel *p = s->parcel;

    ike2_mem_release(&host->mem, s, send_size(p));
    ike2_parcel_unref(host, p);
}
