/* endpoint/stateless.c - replies that need no SA. RFC 7296 2.5, 2.6, 2.21.4. */
#include "endpoint/stateless.h"

#include <string.h>

#include "base/bytes.h"
#include "sa/note.h"
#include "wire/message.h"

enum { HEADER_OCTETS = 28, REFUSAL_OCTETS = HEADER_OCTETS + 8 };

static void drop(ike2_endpoint *ep, uint32_t cause, const struct datagram *d)
{
    ike2_note_drop(&ep->host, NULL, cause, d->path, d->len);
}

/* One notify under an unprotected header, with what RFC 7296 1.5 takes from the request; who is not
 * the original initiator asks the one who is, 3.1. The room is the endpoint's; the output needs a
 * parcel. */
static void reply(ike2_endpoint *ep, const struct datagram *d, const ike2_notify *n)
{
    struct host *host = &ep->host;
    ike2_header h = {
        .spi_i = d->header.spi_i, .spi_r = d->header.spi_r, .version = IKE2_VERSION_2_0,
        .exchange = d->header.exchange, .flags = IKE2_FLAG_RESPONSE,
        .message_id = d->header.message_id,
    };
    struct send what = { .path = *d->path };
    ike2_writer w;
    ike2_bytes message;
    uint8_t *room;
    size_t cap;

    if ((d->header.flags & IKE2_FLAG_INITIATOR) == 0)
        h.flags |= IKE2_FLAG_INITIATOR;
    ike2_writer_init(&w, host->out.ptr, host->out.cap);
    ike2_message_begin(&w, &h);
    ike2_notify_write(&w, n);
    if (ike2_message_end(&w, &message) != IKE2_OK ||
        (what.parcel = ike2_parcel_new(host, &h, 1, message.len)) == NULL)
        return;
    room = ike2_parcel_room(what.parcel, &cap);
    memcpy(room, message.ptr, message.len);
    ike2_parcel_add(what.parcel, bytes_of(room, message.len));
    (void)ike2_send_push(host, &what);
    ike2_parcel_unref(host, what.parcel);
}

static bool cookie_is_due(const ike2_endpoint *ep)
{
    const struct settings *s = &ep->host.settings;

    if (s->cookie == IKE2_DEFAULT)
        return ep->host.stats.half_open >= s->limits.half_open_cookie;
    return s->cookie == IKE2_ON;
}

static void demand_cookie(ike2_endpoint *ep, const struct datagram *d,
                          const struct cookie_source *src)
{
    uint8_t octets[COOKIE_OCTETS] = { 0 };
    const ike2_notify n = { .type = IKE2_NOTIFY_COOKIE,
                            .data = bytes_of(octets, sizeof octets) };

    drop(ep, IKE2_DROP_COOKIE, d);
    if (!ike2_limit_take(&ep->stateless, ep->host.now) ||
        ike2_cookie_make(&ep->cookies, ep->host.now, src, octets) != IKE2_OK)
        return;
    reply(ep, d, &n);
    ep->host.stats.cookies_sent++;
}

bool ike2_stateless_admit(ike2_endpoint *ep, const struct datagram *d)
{
    struct cookie_source src = { .from = &d->path->remote, .spi_i = d->header.spi_i };
    struct message m;
    ike2_notify n;

    if (!cookie_is_due(ep))
        return true;
    if (ike2_message_index(&d->header, d->header.next_payload,
                           bytes_of(d->octets + HEADER_OCTETS, d->len - HEADER_OCTETS), false,
                           &m) != IKE2_OK) {
        drop(ep, IKE2_DROP_PAYLOAD, d);
        return false;
    }
    src.nonce = ike2_message_body(&m, IKE2_PAYLOAD_NONCE);
    if (ike2_message_notify(&m, IKE2_NOTIFY_COOKIE, &n) &&
        ike2_cookie_check(&ep->cookies, ep->host.now, &src, n.data))
        return true;
    demand_cookie(ep, d, &src);
    return false;
}

void ike2_stateless_refuse_version(ike2_endpoint *ep, const struct datagram *d)
{
    const ike2_notify n = { .type = IKE2_NOTIFY_INVALID_MAJOR_VERSION };

    drop(ep, IKE2_DROP_HEADER, d);
    /* RFC 7296 2.5: only a higher version is told; and never a response, lest two of us answer each
     * other. */
    if (d->header.version >> 4 < IKE2_VERSION_2_0 >> 4 ||
        (d->header.flags & IKE2_FLAG_RESPONSE) != 0 ||
        !ike2_limit_take(&ep->stateless, ep->host.now))
        return;
    reply(ep, d, &n);
}

/* Only what looks protected, and is therefore longer than the answer, is answered: RFC 7296 1.5
 * forbids it for an unprotected INVALID_SPI, 2.21.4 for an INVALID_IKE_SPI. */
static bool may_be_refused(const struct datagram *d)
{
    const ike2_header *h = &d->header;

    return (h->flags & IKE2_FLAG_RESPONSE) == 0 && h->exchange != IKE2_EXCHANGE_IKE_SA_INIT &&
           (h->next_payload == IKE2_PAYLOAD_SK || h->next_payload == IKE2_PAYLOAD_SKF) &&
           d->len >= REFUSAL_OCTETS;
}

void ike2_stateless_refuse_spi(ike2_endpoint *ep, const struct datagram *d)
{
    const ike2_notify n = { .type = IKE2_NOTIFY_INVALID_IKE_SPI };

    drop(ep, IKE2_DROP_SPI, d);
    if (ep->host.settings.answer_unknown && may_be_refused(d) &&
        ike2_limit_take(&ep->refusals, ep->host.now))
        reply(ep, d, &n);
}
