/* sa/info_theirs.c - INFORMATIONAL when the peer begins it: Deletes, reports of failure. RFC 7296
 * 1.4, 1.4.1, 2.21.2, 2.25. */
#include "sa/info.h"

#include "base/bytes.h"
#include "sa/attempt.h"
#include "sa/child.h"
#include "sa/collision.h"
#include "sa/note.h"
#include "sa/renewal.h"
#include "sa/request.h"
#include "sa/succession.h"

static uint32_t listed_spi(const struct info_stage *info, size_t i)
{
    return spi_read(bytes_of(info->deleted + i * ESP_SPI_OCTETS, ESP_SPI_OCTETS));
}

static bool is_listed(const struct info_stage *info, uint32_t spi_in)
{
    for (size_t i = 0; i < info->n_deleted; i++) {
        if (listed_spi(info, i) == spi_in)
            return true;
    }
    return false;
}

/* Room for every pair there is, each once. */
static ike2_err list_make(const struct sa *sa, struct info_stage *info)
{
    size_t n = 0;

    SA_EACH_CHILD (c, sa)
        n += c->n_pairs;
    if (n == 0 || info->deleted != NULL)
        return IKE2_OK;
    info->deleted = ike2_mem_acquire(&sa->host->mem, n * ESP_SPI_OCTETS);
    info->cap_deleted = n;
    return info->deleted == NULL ? IKE2_ERR_MEMORY : IKE2_OK;
}

/* A pair that could take its place: of those the newest. */
static struct pair *successor_of(const struct pair *old)
{
    struct pair *newest = NULL;

    CHILD_EACH_PAIR (p, old->child) {
        if (p != old && ike2_pair_can_send(p))
            newest = p;
    }
    return newest;
}

/* Our own CREATE_CHILD_SA may yet replace it. */
static bool is_being_rekeyed(const struct sa *sa, const struct pair *p)
{
    return sa->exchanges.attempt != NULL && sa->exchanges.attempt->replaces == p->view.spi_in;
}

/* RFC 7296 2.8: what the peer deletes after a rekeying is the old pair: from here on we send on the
 * new one. One that we do not send on goes without consequence: a peer may rekey twice, and delete
 * the first of the new ones. Without a new one the child ends, and we delete what is left of it. */
static void delete_pair(struct sa *sa, struct pair *p)
{
    struct pair *next = successor_of(p);

    if (p->is_redundant || p->state == PAIR_NEW) {
        ike2_pair_end(p, false);
    } else if (next != NULL || is_being_rekeyed(sa, p)) {
        if (next != NULL && p->state == PAIR_SENDING)
            ike2_lane_switch(next);
        ike2_pair_retire(p);
    } else {
        ike2_pair_end(p, false);
        ike2_child_end(p->child, true, IKE2_REASON_PEER, 0, 0);
    }
}

static enum collision outcome_of(const struct sa *sa, const struct pair *p)
{
    enum doing doing = p->delete_is_open          ? DOING_DELETE_CHILD
                       : is_being_rekeyed(sa, p) ? DOING_REKEY_CHILD
                                                  : DOING_NOTHING;
    const struct collision_row *row = ike2_collision(doing, ASKING_DELETE_CHILD);

    if (doing != DOING_NOTHING)
        (void)ike2_note_collision(sa, row->rule, 0);
    return row->outcome;
}

/* RFC 7296 1.4.1: the SPIs of a Delete are those of the sender's inbound half. What a request of
 * ours deletes as well is not listed in the response: that would be said twice. */
static void end_pair(struct sa *sa, struct exchange *x, uint32_t spi_out)
{
    struct pair *p = ike2_pair_by_spi_out(sa, spi_out);

    if (p == NULL && sa->exchanges.attempt != NULL)
        ike2_attempt_on_delete(sa->exchanges.attempt, spi_out);
    if (p == NULL || x->info.n_deleted == x->info.cap_deleted ||
        is_listed(&x->info, p->view.spi_in))
        return;
    if (outcome_of(sa, p) == COLLISION_CROSSED) {
        p->lane.keep &= IKE2_HALF_IN;
        ike2_lane_advance(p->child);
        return;
    }
    spi_write(x->info.deleted + x->info.n_deleted++ * ESP_SPI_OCTETS, p->view.spi_in);
    p->wants_delete = false;
    delete_pair(sa, p);
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
        end_pair(sa, x, spi_read(bytes_of(d.spis.ptr + i * ESP_SPI_OCTETS, ESP_SPI_OCTETS)));
}

/* RFC 7296 2.21.2: an initiator that could not authenticate us says so here. */
static void read_notify(struct sa *sa, struct exchange *x, ike2_bytes body)
{
    ike2_notify n;
    uint64_t trace;

    if (ike2_notify_read(body, &n) != IKE2_OK)
        return;
    trace = ike2_note_notify_in(sa, &n);
    if (n.type == IKE2_NOTIFY_AUTH_LIFETIME)
        ike2_renewal_read_lifetime(sa, &n);
    if (!info_ends_sa(n.type))
        return;
    x->info.failure = n.type;
    x->info.trace = trace;
}

bool ike2_info_deletes_sa(const struct message *m)
{
    ike2_walk w;
    ike2_payload p;
    ike2_delete d;

    ike2_payload_walk(&w, m->first, m->chain);
    while (ike2_payload_next(&w, &p)) {
        if (p.type == IKE2_PAYLOAD_DELETE && ike2_delete_read(p.body, &d) == IKE2_OK &&
            d.protocol == IKE2_PROTOCOL_IKE)
            return true;
    }
    return false;
}

/* A Delete of the old SA may overtake what we have to do with the answer that it follows. One that
 * was sent before we had proven ourselves to the peer is about nothing else. */
static enum verdict request_meet(struct sa *sa, struct exchange *x)
{
    const struct sa *renewal = sa->exchanges.renewal;
    const struct collision_row *row =
        ike2_collision(ike2_collision_doing(sa, NULL), ASKING_DELETE_SA);

    if (row->outcome != COLLISION_UNHEARD ||
        (renewal != NULL && (renewal->state != STATE_AUTH || renewal->intent.is_ending)) ||
        !ike2_info_deletes_sa(&x->in))
        return VERDICT_NEXT;
    (void)ike2_note_collision(sa, row->rule, 0);
    return VERDICT_IGNORE;
}

static enum verdict request_read(struct sa *sa, struct exchange *x)
{
    ike2_walk w;
    ike2_payload p;

    if (list_make(sa, &x->info) != IKE2_OK)
        return VERDICT_RETRY;
    ike2_payload_walk(&w, x->in.first, x->in.chain);
    while (ike2_payload_next(&w, &p)) {
        if (p.type == IKE2_PAYLOAD_DELETE)
            read_delete(sa, x, p.body);
        else if (p.type == IKE2_PAYLOAD_NOTIFY)
            read_notify(sa, x, p.body);
    }
    return VERDICT_NEXT;
}

static bool is_busy(const struct sa *sa, uint32_t spi_in)
{
    SA_EACH_CHILD (c, sa) {
        CHILD_EACH_PAIR (p, c) {
            if (p->view.spi_in == spi_in && ike2_lane_is_busy(p))
                return true;
        }
    }
    return false;
}

/* The response says that the halves are gone, so they have to be. */
static enum verdict request_wait(struct sa *sa, struct exchange *x)
{
    for (size_t i = 0; i < x->info.n_deleted; i++) {
        if (is_busy(sa, listed_spi(&x->info, i))) {
            x->waits_for_lane = true;
            return VERDICT_WAIT;
        }
    }
    return VERDICT_NEXT;
}

static void compose_response(ike2_writer *w, const struct sa *sa, const struct exchange *x)
{
    const struct info_stage *info = &x->info;
    const ike2_delete d = {
        .protocol = IKE2_PROTOCOL_ESP, .spi_size = ESP_SPI_OCTETS,
        .count = (uint16_t)info->n_deleted,
        .spis = bytes_of(info->deleted, info->n_deleted * ESP_SPI_OCTETS),
    };

    (void)sa;
    if (!info->deletes_sa && info->n_deleted != 0)
        ike2_delete_write(w, &d); /* RFC 7296 1.4.1: to a Delete of the IKE SA it is empty */
}

static void end_sa(struct sa *sa)
{
    enum doing doing = ike2_collision_doing(sa, NULL);
    const struct collision_row *row = ike2_collision(doing, ASKING_DELETE_SA);

    if (doing != DOING_NOTHING)
        (void)ike2_note_collision(sa, row->rule, 0);
    if (row->outcome != COLLISION_PROCEED) /* what the peer has made instead of ours stays */
        ike2_succession_free(sa);
    sa->intent.keeps_answer = true;
    ike2_sa_end(sa, IKE2_REASON_PEER, 0, 0);
}

static enum verdict request_reply(struct sa *sa, struct exchange *x)
{
    if (ike2_response_send(sa, x, compose_response) != IKE2_OK)
        return VERDICT_RETRY;
    if (x->info.failure != 0)
        return ike2_exchange_end(x, x->info.failure, ike2_reason_of(x->info.failure),
                                 x->info.trace);
    if (x->info.deletes_sa)
        end_sa(sa);
    return VERDICT_DONE;
}

static step *const request_steps[] = { request_meet, request_read, request_wait, request_reply };

const struct script ike2_info_request = {
    .name = "INFORMATIONAL request", .steps = request_steps,
    .n_steps = sizeof request_steps / sizeof request_steps[0],
};
