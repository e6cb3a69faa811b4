/* sa/info.c - INFORMATIONAL exchanges. RFC 7296 1.4, 1.4.1, 2.4, 2.21.2. */
#include "sa/info.h"

#include "base/bytes.h"
#include "sa/child.h"
#include "sa/note.h"
#include "sa/request.h"

enum { MEMORY_RETRY_MS = 200 };

/* --- Our requests -------------------------------------------------------------------- */

/* A child that is out of the data plane and whose Delete is owed. */
static struct child *child_to_delete(const struct sa *sa)
{
    for (struct list_node *n = list_first(&sa->children.list); n != NULL;
         n = list_next(&sa->children.list, n)) {
        struct child *c = LIST_ENTRY(n, struct child, node);

        if (c->state == CHILD_GONE && c->wants_delete)
            return c;
    }
    return NULL;
}

static void compose_delete_sa(ike2_writer *w, const struct sa *sa, const struct exchange *x)
{
    const ike2_delete d = { .protocol = IKE2_PROTOCOL_IKE };

    (void)sa;
    (void)x;
    ike2_delete_write(w, &d);
}

static void compose_delete_child(ike2_writer *w, const struct sa *sa, const struct exchange *x)
{
    const struct child *c = child_to_delete(sa);
    uint8_t spi[ESP_SPI_OCTETS];
    const ike2_delete d = {
        .protocol = IKE2_PROTOCOL_ESP, .spi_size = sizeof spi, .count = 1,
        .spis = bytes_of(spi, sizeof spi),
    };

    (void)x;
    spi_write(spi, c->pair.spi_in);
    ike2_delete_write(w, &d);
}

/* RFC 7296 2.21.2: these two end the IKE SA by themselves, no other does. */
static bool ends_sa(uint16_t notify)
{
    return notify == IKE2_NOTIFY_AUTHENTICATION_FAILED || notify == IKE2_NOTIFY_INVALID_SYNTAX;
}

static void compose_report(ike2_writer *w, const struct sa *sa, const struct exchange *x)
{
    const ike2_notify n = { .type = sa->intent.wants_report };

    ike2_notify_write(w, &n);
    if (!ends_sa(n.type))
        compose_delete_sa(w, sa, x);
}

static void compose_nothing(ike2_writer *w, const struct sa *sa, const struct exchange *x)
{
    (void)w;
    (void)sa;
    (void)x;
}

static bool send(struct sa *sa, enum purpose purpose, compose *write)
{
    struct host *host = sa->host;

    if (ike2_request_send(sa, IKE2_EXCHANGE_INFORMATIONAL, purpose, write, NULL) == IKE2_OK)
        return true;
    ike2_timer_set(host, &sa->clock.timers, TIMER_OURS, host->now + MEMORY_RETRY_MS);
    return false;
}

static void send_delete_child(struct sa *sa, struct child *child)
{
    if (send(sa, PURPOSE_DELETE_CHILD, compose_delete_child))
        ike2_child_bury(child);
}

void ike2_info_next(struct sa *sa)
{
    struct child *child;

    if (sa->request.parcel != NULL || sa->exchanges.ours != NULL)
        return;
    if (sa->state == STATE_UP && (child = child_to_delete(sa)) != NULL) {
        send_delete_child(sa, child);
    } else if (sa->state == STATE_CLOSING && sa->children.n == 0) {
        if (sa->intent.wants_report != 0)
            (void)send(sa, PURPOSE_REPORT, compose_report);
        else if (sa->intent.wants_delete)
            (void)send(sa, PURPOSE_DELETE_SA, compose_delete_sa);
    } else if (sa->state == STATE_UP && sa->intent.wants_probe) {
        sa->intent.wants_probe = !send(sa, PURPOSE_PROBE, compose_nothing);
    }
}

void ike2_info_on_response(struct sa *sa, const struct message *m)
{
    enum purpose purpose = sa->request.purpose;

    (void)m;
    ike2_request_close(sa);
    if (purpose == PURPOSE_DELETE_SA || purpose == PURPOSE_REPORT)
        ike2_sa_end(sa, IKE2_REASON_LOCAL, 0, 0);
    else
        ike2_sa_settle(sa);
}

/* --- Liveness ------------------------------------------------------------------------ */

void ike2_info_heard(struct sa *sa)
{
    struct host *host = sa->host;

    sa->clock.last_in_at = host->now;
    if (sa->state == STATE_UP && sa->peer->peer.liveness_seconds != IKE2_NEVER)
        ike2_timer_set(host, &sa->clock.timers, TIMER_LIVENESS,
                       host->now + sa->peer->peer.liveness_seconds * UINT64_C(1000));
}

void ike2_info_probe(struct sa *sa)
{
    if (sa->state != STATE_UP)
        return;
    /* An open request shows the same when it is answered. */
    sa->intent.wants_probe = sa->request.parcel == NULL;
    ike2_sa_settle(sa);
}

/* --- The peer's request -------------------------------------------------------------- */

static bool is_listed(const struct info_stage *info, uint32_t spi_in)
{
    for (size_t i = 0; i < info->n_deleted; i++) {
        if (info->deleted[i] == spi_in)
            return true;
    }
    return false;
}

/* RFC 7296 1.4.1: the SPIs of a Delete are those of the sender's inbound half. A child that is
 * still here has not been deleted by a request of ours, so the response says it; a Delete that we
 * owe is no more. */
static void end_child(struct sa *sa, struct exchange *x, uint32_t spi_out)
{
    struct child *c = ike2_child_by_spi_out(sa, spi_out);

    if (c == NULL || x->info.n_deleted == INFO_DELETES_MAX || is_listed(&x->info, c->pair.spi_in))
        return;
    x->info.deleted[x->info.n_deleted++] = c->pair.spi_in;
    c->wants_delete = false;
    if (c->state == CHILD_GONE)
        ike2_child_bury(c);
    else
        ike2_child_end(c, false, IKE2_REASON_PEER, 0, 0);
}

static void read_delete(struct sa *sa, struct exchange *x, ike2_bytes body)
{
    ike2_delete d;

    if (ike2_delete_read(body, &d) != IKE2_OK)
        return;
    if (d.protocol == IKE2_PROTOCOL_IKE)
        x->info.deletes_sa = true;
    if (d.protocol != IKE2_PROTOCOL_ESP || d.spi_size != ESP_SPI_OCTETS)
        return;
    for (size_t i = 0; i < d.count; i++)
        end_child(sa, x, spi_read(bytes_of(d.spis.ptr + i * ESP_SPI_OCTETS, ESP_SPI_OCTETS)));
}

/* RFC 7296 2.21.2: an initiator that could not authenticate us says so here. */
static void read_notify(struct sa *sa, struct exchange *x, ike2_bytes body)
{
    ike2_notify n;
    uint64_t trace;

    if (ike2_notify_read(body, &n) != IKE2_OK)
        return;
    trace = ike2_note_notify_in(sa, &n);
    if (!ends_sa(n.type))
        return;
    x->info.failure = n.type;
    x->info.trace = trace;
}

static enum verdict request_read(struct sa *sa, struct exchange *x)
{
    ike2_walk w;
    ike2_payload p;

    ike2_payload_walk(&w, x->in.first, x->in.chain);
    while (ike2_payload_next(&w, &p)) {
        if (p.type == IKE2_PAYLOAD_DELETE)
            read_delete(sa, x, p.body);
        else if (p.type == IKE2_PAYLOAD_NOTIFY)
            read_notify(sa, x, p.body);
    }
    return VERDICT_NEXT;
}

static bool is_present(const struct sa *sa, uint32_t spi_in)
{
    for (struct list_node *n = list_first(&sa->children.list); n != NULL;
         n = list_next(&sa->children.list, n)) {
        if (LIST_ENTRY(n, struct child, node)->pair.spi_in == spi_in)
            return true;
    }
    return false;
}

/* The response says that the pairs are gone, so they have to be. */
static enum verdict request_wait(struct sa *sa, struct exchange *x)
{
    for (size_t i = 0; i < x->info.n_deleted; i++) {
        if (is_present(sa, x->info.deleted[i])) {
            x->waits_for_lane = true;
            return VERDICT_WAIT;
        }
    }
    return VERDICT_NEXT;
}

static void compose_response(ike2_writer *w, const struct sa *sa, const struct exchange *x)
{
    uint8_t spis[INFO_DELETES_MAX * ESP_SPI_OCTETS];
    ike2_delete d = { .protocol = IKE2_PROTOCOL_ESP, .spi_size = ESP_SPI_OCTETS };

    (void)sa;
    if (x->info.deletes_sa || x->info.n_deleted == 0)
        return; /* RFC 7296 1.4.1: the response to a Delete of the IKE SA is empty */
    for (size_t i = 0; i < x->info.n_deleted; i++)
        spi_write(spis + i * ESP_SPI_OCTETS, x->info.deleted[i]);
    d.count = (uint16_t)x->info.n_deleted;
    d.spis = bytes_of(spis, x->info.n_deleted * ESP_SPI_OCTETS);
    ike2_delete_write(w, &d);
}

static enum verdict request_reply(struct sa *sa, struct exchange *x)
{
    if (ike2_response_send(sa, x, compose_response) != IKE2_OK)
        return VERDICT_RETRY;
    if (x->info.failure != 0)
        return ike2_exchange_end(x, x->info.failure, ike2_reason_of(x->info.failure),
                                 x->info.trace);
    if (x->info.deletes_sa)
        return ike2_exchange_end(x, 0, IKE2_REASON_PEER, 0);
    return VERDICT_DONE;
}

static step *const request_steps[] = { request_read, request_wait, request_reply };

const struct script ike2_info_request = {
    .name = "INFORMATIONAL request", .steps = request_steps,
    .n_steps = sizeof request_steps / sizeof request_steps[0],
};
