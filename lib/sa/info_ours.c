/* sa/info_ours.c - INFORMATIONAL when we begin it: what is sent next when the window is free. RFC
 * 7296 1.4, 1.4.1, 2.4, 2.21.2. */
#include "sa/info.h"

#include "base/bytes.h"
#include "sa/child.h"
#include "sa/create.h"
#include "sa/rekey.h"
#include "sa/request.h"

enum { MEMORY_RETRY_MS = 200, INFO_DELETES_MAX = 32 }; /* SPIs in one Delete of ours */

/* --- Our requests -------------------------------------------------------------------- */

/* Is its Delete owed, and may it be sent? A pair that ends leaves the data plane before; one that
 * has been replaced goes on receiving until the peer knows. */
static bool is_to_be_deleted(const struct pair *p)
{
    return p->wants_delete && (p->state == PAIR_GONE || p->state == PAIR_REPLACED);
}

/* The inbound SPIs of these, as many as fit. */
static size_t spis_to_delete(const struct sa *sa, uint8_t spis[INFO_DELETES_MAX * ESP_SPI_OCTETS])
{
    size_t n = 0;

    SA_EACH_CHILD (c, sa) {
        CHILD_EACH_PAIR (p, c) {
            if (is_to_be_deleted(p) && n < INFO_DELETES_MAX)
                spi_write(spis + n++ * ESP_SPI_OCTETS, p->view.spi_in);
        }
    }
    return n;
}

/* The same ones: their Delete is under way. */
static void mark_deleted(struct sa *sa)
{
    size_t n = 0;

    SA_EACH_CHILD (c, sa) {
        CHILD_EACH_PAIR (p, c) {
            if (!is_to_be_deleted(p) || n++ >= INFO_DELETES_MAX)
                continue;
            p->wants_delete = false;
            p->delete_is_open = true;
        }
    }
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
    uint8_t spis[INFO_DELETES_MAX * ESP_SPI_OCTETS];
    size_t n = spis_to_delete(sa, spis);
    const ike2_delete d = {
        .protocol = IKE2_PROTOCOL_ESP, .spi_size = ESP_SPI_OCTETS, .count = (uint16_t)n,
        .spis = bytes_of(spis, n * ESP_SPI_OCTETS),
    };

    (void)x;
    ike2_delete_write(w, &d);
}

static void compose_report(ike2_writer *w, const struct sa *sa, const struct exchange *x)
{
    const ike2_notify n = { .type = sa->intent.wants_report };

    ike2_notify_write(w, &n);
    if (!info_ends_sa(n.type))
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

static bool send_deletes(struct sa *sa)
{
    uint8_t spis[INFO_DELETES_MAX * ESP_SPI_OCTETS];

    if (spis_to_delete(sa, spis) == 0)
        return false;
    if (send(sa, PURPOSE_DELETE_CHILD, compose_delete_child))
        mark_deleted(sa);
    return true;
}

static void next_while_closing(struct sa *sa)
{
    if (sa->children.n != 0)
        return;
    if (sa->intent.wants_report != 0)
        (void)send(sa, PURPOSE_REPORT, compose_report);
    else if (sa->intent.wants_delete)
        (void)send(sa, PURPOSE_DELETE_SA, compose_delete_sa);
}

/* RFC 7296 1.3.2: nothing new while the peer's rekeying of the IKE SA waits for a job; it would be
 * left behind on the old one. */
static bool is_being_replaced(const struct sa *sa)
{
    return sa->exchanges.theirs != NULL && sa->exchanges.theirs->succession != NULL;
}

void ike2_info_next(struct sa *sa)
{
    if (sa->request.parcel != NULL || sa->exchanges.ours != NULL ||
        sa->exchanges.attempt != NULL || sa->exchanges.succession != NULL ||
        is_being_replaced(sa))
        return;
    if (sa->window.next_out == UINT32_MAX) /* RFC 7296 2.2: nothing can be said any more */
        ike2_sa_end(sa, IKE2_REASON_RESOURCE, 0, 0);
    else if (sa->state == STATE_CLOSING)
        next_while_closing(sa);
    else if (sa->state == STATE_UP && !send_deletes(sa) && !ike2_create_next(sa) &&
             !ike2_rekey_next(sa) &&
             sa->intent.wants_probe)
        sa->intent.wants_probe = !send(sa, PURPOSE_PROBE, compose_nothing);
}

/* The peer knows now. */
static void on_deleted(struct sa *sa)
{
    SA_EACH_CHILD (c, sa) {
        CHILD_EACH_PAIR (p, c) {
            if (p->delete_is_open)
                ike2_pair_on_deleted(p);
        }
    }
}

void ike2_info_on_response(struct sa *sa, const struct message *m)
{
    enum purpose purpose = sa->request.purpose;

    (void)m;
    ike2_request_close(sa);
    if (purpose == PURPOSE_DELETE_CHILD)
        on_deleted(sa);
    if (purpose == PURPOSE_DELETE_SA || purpose == PURPOSE_REPORT)
        ike2_sa_end(sa, IKE2_REASON_LOCAL, 0, 0);
    else
        ike2_sa_settle(sa);
}
