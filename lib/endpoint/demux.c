/* endpoint/demux.c - which SA a datagram belongs to, and the way to a new one. RFC 7296 2.1, 2.5,
 * 2.6, 2.21.4. */
#include <string.h>

#include "base/bytes.h"
#include "endpoint/endpoint.h"
#include "endpoint/stateless.h"
#include "sa/halfopen.h"
#include "sa/init.h"
#include "sa/note.h"
#include "sa/receive.h"
#include "sa/remnant.h"
#include "sa/request.h"
#include "wire/message.h"

enum { HEADER_OCTETS = 28 };

static void drop(ike2_endpoint *ep, uint32_t cause, const struct datagram *d)
{
    ike2_note_drop(&ep->host, NULL, cause, d->path, d->len);
}

/* --- A first request ----------------------------------------------------------------- */

/* RFC 7296 2.1: the same request again gets the same answer; other octets are somebody else's. */
static void receive_repeated(struct sa *sa, const struct datagram *d)
{
    const struct init_stage *init = sa->init;

    if (sa->exchanges.theirs != NULL && init->peers == NULL)
        sa->host->stats.retransmits_in++; /* it is being dealt with: absorbed */
    else if (bytes_equal(bytes_of(init->peers, init->peers_len), bytes_of(d->octets, d->len)))
        ike2_response_repeat(sa, d->header.message_id, d->path);
    else
        ike2_note_drop(sa->host, sa, IKE2_DROP_MESSAGE_ID, d->path, d->len);
}

static ike2_err sa_accept(ike2_endpoint *ep, const struct datagram *d, struct sa **out)
{
    struct sa *sa;
    ike2_err err = ike2_sa_new(&ep->host, RESPONDER, d->path, &sa);

    if (err != IKE2_OK)
        return err;
    sa->spi.i = d->header.spi_i;
    err = ike2_half_open_add(sa);
    if (err != IKE2_OK) {
        ike2_sa_destroy(sa);
        return err;
    }
    ike2_timer_set(&ep->host, &sa->clock.timers, TIMER_HALF_OPEN,
                   ep->host.now + ep->host.settings.half_open_ms);
    ep->host.stats.accepts++;
    *out = sa;
    return IKE2_OK;
}

static void receive_first(ike2_endpoint *ep, const struct datagram *d)
{
    struct sa *sa = ike2_half_open_find(&ep->host, d->header.spi_i, d->path);

    if (sa != NULL) {
        receive_repeated(sa, d);
        return;
    }
    if (d->header.message_id != 0 || d->header.spi_i == 0) {
        drop(ep, IKE2_DROP_HEADER, d);
        return;
    }
    /* RFC 7296 2.6: nothing is allocated for somebody who has not shown that he can receive. */
    if (!ike2_stateless_admit(ep, d))
        return;
    if (!ike2_half_open_has_room(&ep->host, d->path)) {
        drop(ep, IKE2_DROP_HALF_OPEN, d);
        return;
    }
    if (sa_accept(ep, d, &sa) != IKE2_OK) {
        drop(ep, IKE2_DROP_MEMORY, d);
        return;
    }
    ike2_sa_receive(sa, d);
    /* A message that began no exchange leaves no SA behind. */
    if (!sa_is_over(sa) && sa->exchanges.theirs == NULL && sa->state == STATE_START)
        ike2_sa_end(sa, IKE2_REASON_PROTOCOL, 0, 0);
}

/* --- Any other ----------------------------------------------------------------------- */

/* The SPI that we chose: the sender is the original initiator if it says so, 3.1. */
static struct sa *sa_of(const ike2_endpoint *ep, const ike2_header *h)
{
    bool from_initiator = (h->flags & IKE2_FLAG_INITIATOR) != 0;
    uint64_t ours = from_initiator ? h->spi_r : h->spi_i;
    uint64_t theirs = from_initiator ? h->spi_i : h->spi_r;
    struct sa *sa = ike2_map_get(&ep->host.spis, ours);

    if (sa == NULL || (sa->role == RESPONDER) != from_initiator)
        return NULL;
    /* Until the response to IKE_SA_INIT an initiator does not know the other SPI. */
    if (sa_spi_remote(sa) != 0 && sa_spi_remote(sa) != theirs)
        return NULL;
    return sa;
}

static void receive_ike(ike2_endpoint *ep, const struct datagram *d)
{
    const ike2_header *h = &d->header;
    bool is_first = h->exchange == IKE2_EXCHANGE_IKE_SA_INIT && h->spi_r == 0 &&
                    (h->flags & IKE2_FLAG_INITIATOR) != 0 && (h->flags & IKE2_FLAG_RESPONSE) == 0;
    struct sa *sa;

    if (h->version >> 4 != IKE2_VERSION_2_0 >> 4) {
        ike2_stateless_refuse_version(ep, d);
        return;
    }
    if (h->length != d->len) {
        drop(ep, IKE2_DROP_HEADER, d);
        return;
    }
    if (is_first) {
        receive_first(ep, d);
        return;
    }
    sa = sa_of(ep, h);
    if (sa != NULL)
        ike2_sa_receive(sa, d);
    else if (!ike2_remnant_answer(&ep->host, d))
        ike2_stateless_refuse_spi(ep, d);
}

ike2_err ike2_endpoint_input(ike2_endpoint *ep, ike2_time now, const ike2_path *path,
                             ike2_bytes payload)
{
    struct host *host = &ep->host;
    struct datagram d = { .path = path, .octets = host->in.ptr };
    ike2_peeked peeked;

    if (!ike2_outputs_have_room(host))
        return IKE2_ERR_LIMIT;
    endpoint_enter(ep, now);
    ike2_peek(payload, path->encap, &peeked);
    if (peeked.kind == IKE2_KIND_KEEPALIVE || peeked.kind == IKE2_KIND_ESP)
        return IKE2_OK; /* the host's business, or nobody's */
    if (peeked.kind != IKE2_KIND_IKE || peeked.message.len > host->in.cap ||
        peeked.message.len < HEADER_OCTETS) {
        d.len = payload.len;
        drop(ep, IKE2_DROP_GARBAGE, &d);
        return IKE2_OK;
    }
    /* Opened in place, so in room of our own. */
    memcpy(host->in.ptr, peeked.message.ptr, peeked.message.len);
    d.header = peeked.header;
    d.len = peeked.message.len;
    receive_ike(ep, &d);
    return IKE2_OK;
}
