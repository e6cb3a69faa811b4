/* sim/likeness.c - when two states of an exploration are alike.  Implementation notes. What matters
 * is hashed, in an order that does not depend on how the state was reached: of both sides the IKE
 * SAs, their requests, exchanges, attempts, children and pairs, what the data plane has of them and
 * is asked for, and what is in flight, opened. Message IDs count from what the receiver expects.
 * Counters, traces and what has been told are the past. Octets of keys are left out: whether they
 * fit is looked at after every move. That nothing has been forgotten here is tried on samples:
 * sim/explore.c. */
#include "sim/likeness.h"

#include <ike2/iana.h>
#include <ike2/message.h>

#include "sa/attempt.h"
#include "sa/exchange.h"
#include "sa/init.h"
#include "sa/remnant.h"
#include "sa/stage.h"
#include "sa/succession.h"
#include "sim/digest.h"

enum { SAS = 16, FLYING = 64 };

static void feed_parcel(struct digest *d, const struct parcel *p, uint32_t expected)
{
    feed(d, p == NULL ? 0 : p->n);
    for (size_t i = 0; p != NULL && i < p->n; i++)
        feed_message(d, d->side, p->datagrams[i], expected);
}

/* --- Child SAs -------------------------------------------------------------------------- */

static void feed_entry(struct digest *d, uint32_t spi_in)
{
    const struct entry *e = dataplane_find(&d->scene->w->sides[d->side]->dataplane, spi_in);

    feed(d, e == NULL ? 0 : e->state);
    feed(d, e == NULL ? 0 : e->halves);
    feed(d, e == NULL ? 0 : e->traffic.n_in);
}

static void feed_pair(struct digest *d, const struct pair *p)
{
    const bool flags[] = { p->is_ours,      p->is_held,        p->is_redundant,
                           p->wants_delete, p->delete_is_open, p->is_orphan };

    feed(d, p->state);
    feed_spi(d, d->side, p->view.spi_in);
    feed_spi(d, 1 - d->side, p->view.spi_out);
    feed_spi(d, d->side, p->view.replaces);
    feed_octets(d, &p->lane, sizeof p->lane);
    feed_octets(d, flags, sizeof flags);
    feed_time(d, p->times.switch_at);
    feed_time(d, p->times.linger_until);
    feed_time(d, p->times.rekey_at);
    feed_time(d, p->times.expire_at);
    feed_entry(d, p->view.spi_in);
}

/* Which one it is: of the beginning, of some command, or the peer's. */
static void feed_origin(struct digest *d, const struct child *c)
{
    const struct scene *s = d->scene;
    size_t origin = c->id == s->at_first[d->side].child ? 1 : 0;

    for (size_t i = 0; i < s->story.n_starts; i++) {
        if (s->story.starts[i].side == d->side && s->outcomes[i].child == c->id)
            origin = i + 2;
    }
    feed(d, origin);
}

static void feed_child(struct digest *d, const struct child *c)
{
    feed_origin(d, c);
    feed(d, c->state);
    feed(d, c->template_index);
    feed(d, c->n_pairs);
    feed(d, c->lane.pair == NULL ? 0 : c->lane.op + 1u);
    feed(d, c->plan.wants_create);
    feed_spi(d, d->side, c->plan.rekey_spi_in);
    feed_time(d, c->plan.not_before);
    feed(d, c->plan.failures);
    feed(d, c->ending.reason);
    CHILD_EACH_PAIR (p, c)
        feed_pair(d, p);
}

/* --- IKE SAs ---------------------------------------------------------------------------- */

static void feed_attempt(struct digest *d, const struct attempt *a)
{
    feed(d, a != NULL);
    if (a == NULL)
        return;
    feed_spi(d, d->side, a->pair->view.spi_in);
    feed_spi(d, d->side, a->replaces);
    feed_ke(d, &a->ke);
    feed_spi(d, d->side, a->rival.spi_in);
    feed_nonce(d, &a->rival.lowest);
    feed(d, a->n_gone);
    for (size_t i = 0; i < ATTEMPT_GONE; i++)
        feed_spi(d, 1 - d->side, a->gone[i]);
}

static void feed_sa_name(struct digest *d, const struct sa *sa)
{
    feed_name(d, sa == NULL ? 0 : sa_spi_local(sa));
}

static void feed_succession(struct digest *d, const struct succession *s)
{
    feed(d, s != NULL);
    if (s == NULL)
        return;
    feed_ke(d, &s->ke);
    feed_sa_name(d, s->heir);
    feed_sa_name(d, s->rival);
    feed_nonce(d, &s->rivals_lowest);
}

static const struct sa *peer_of(const struct digest *d, const struct sa *sa)
{
    const struct map *spis = &d->scene->w->sides[1 - d->side]->ep->host.spis;

    return sa_spi_remote(sa) == 0 ? NULL : ike2_map_get(spis, sa_spi_remote(sa));
}

static void feed_window(struct digest *d, const struct sa *sa)
{
    const struct sa *peer = peer_of(d, sa);
    const struct request *r = &sa->request;
    const struct parcel *answer = sa->window.last_response;

    /* Repetitions are counted for what could be sent in smaller fragments. */
    feed(d, answer != NULL && answer->plain != NULL ? sa->window.repeats : 0);
    feed(d, peer == NULL ? 0 : (uint64_t)sa->window.next_out - peer->window.next_in);
    feed_parcel(d, answer, sa->window.next_in);
    feed_parcel(d, r->parcel, sa->window.next_out);
    feed(d, r->tries);
    feed(d, r->wait_ms);
    feed(d, r->purpose);
    feed(d, r->is_answered);
}

static void feed_child_stage(struct digest *d, const struct child_stage *s)
{
    feed(d, s != NULL);
    if (s == NULL)
        return;
    if (s->child != NULL)
        feed_origin(d, s->child);
    feed(d, s->pair != NULL);
    feed_spi(d, d->side, s->pair == NULL ? 0 : s->pair->view.spi_in);
    feed_spi(d, d->side, s->replaces);
    feed(d, s->template_index);
    feed(d, s->owns_child);
    feed(d, s->holds_pair);
    feed(d, s->peer_has_it);
    feed(d, s->refusal.notify);
    feed(d, s->keys.encr_i != NULL);
    feed_ke(d, &s->ke);
}

static void feed_info_stage(struct digest *d, const struct info_stage *s)
{
    feed(d, s->n_deleted);
    for (size_t i = 0; i < s->n_deleted; i++)
        feed_spi(d, d->side, spi_read((ike2_bytes){ .ptr = s->deleted + i * ESP_SPI_OCTETS,
                                                    .len = ESP_SPI_OCTETS }));
    feed(d, s->deletes_sa);
    feed(d, s->failure);
}

/* One that waits. */
static void feed_exchange(struct digest *d, const struct exchange *x)
{
    feed(d, x != NULL);
    if (x == NULL)
        return;
    feed_text(d, x->script->name);
    feed(d, x->at.step);
    feed(d, x->at.retries);
    feed(d, x->at.is_refusing);
    feed(d, x->is_committed);
    feed(d, x->waits_for_lane);
    feed(d, x->ask.state);
    feed(d, x->work.is_out);
    feed(d, x->work.is_back);
    feed(d, x->work.job != NULL);
    feed(d, x->refusal.notify);
    feed(d, x->refusal.reason);
    feed_chain(d, 1 - d->side, x->in.first, x->in.chain);
    feed_child_stage(d, x->child);
    feed_succession(d, x->succession);
    feed_info_stage(d, &x->info);
}

/* What does not need names. */
static void feed_sa_itself(struct digest *d, const struct sa *sa)
{
    feed(d, sa->role);
    feed(d, sa->state);
    feed(d, sa->id != 0);
    feed_octets(d, &sa->intent, sizeof sa->intent);
    feed(d, sa->init != NULL);
    feed(d, sa->spi.is_renewed);
    feed(d, sa->ending.reason);
    feed(d, sa->ending.doubt_notify);
    feed(d, sa->children.n);
    for (size_t i = 0; i < TIMER_COUNT; i++)
        feed_time(d, sa->clock.timers.at[i]);
}

/* Identities and what was negotiated are always the same. */
static void feed_init(struct digest *d, const struct init_stage *init)
{
    feed(d, init != NULL);
    if (init == NULL)
        return;
    feed_parcel(d, init->ours, 0);
    feed_ke(d, &init->ke);
    feed(d, init->peers_len);
    feed(d, init->ke_peers_len);
    feed(d, init->cookie_len);
    feed(d, init->retries);
    feed(d, init->park.n);
    feed_spi(d, d->side, init->pair == NULL ? 0 : init->pair->view.spi_in);
}

static void feed_sa(struct digest *d, const struct sa *sa)
{
    feed_sa_itself(d, sa);
    feed_init(d, sa->init);
    feed_sa_name(d, sa);
    feed_name(d, sa_spi_remote(sa));
    feed_window(d, sa);
    feed_exchange(d, sa->exchanges.ours);
    feed_exchange(d, sa->exchanges.theirs);
    feed_attempt(d, sa->exchanges.attempt);
    feed_succession(d, sa->exchanges.succession);
    feed_sa_name(d, sa->exchanges.predecessor);
    feed_sa_name(d, sa->exchanges.renewal);
    feed_sa_name(d, sa->exchanges.renews);
    SA_EACH_CHILD (c, sa)
        feed_child(d, c);
}

/* --- Sides ------------------------------------------------------------------------------ */

struct listed {
    const struct sa *sa;
    uint64_t h;
};

struct flying {
    const struct packet *packet;
    uint64_t h;
};

/* The SA that has the name first, then the others, by what they are themselves. */
static size_t list_sas(const struct digest *d, struct listed list[SAS])
{
    const struct map *spis = &d->scene->w->sides[d->side]->ep->host.spis;
    const struct map_slot *slot = ike2_map_above(spis, 0);
    size_t n = 0;

    for (; slot != NULL && n < SAS; slot = ike2_map_above(spis, slot->key)) {
        struct digest own = { .scene = d->scene, .side = d->side };
        struct listed one = { .sa = slot->value };
        size_t at = n++;

        feed_sa_itself(&own, one.sa);
        one.h = one.sa->id != 0 ? 0 : own.h;
        for (; at > 0 && list[at - 1].h > one.h; at--)
            list[at] = list[at - 1];
        list[at] = one;
    }
    return n;
}

static void feed_pending(struct digest *d, const struct pending *p)
{
    const struct ask *ask = ike2_map_get(&d->scene->w->sides[d->side]->ep->host.asks, p->ask);
    const struct exchange *x = ask == NULL ? NULL : ask->exchange;

    feed(d, p->matter);
    feed_time(d, p->due);
    if (p->job != NULL && p->matter >= ON_INSTALL) {
        feed_spi(d, d->side, ike2_job_lane(p->job)->pair->spi_in);
        feed(d, ike2_job_lane(p->job)->halves);
        return;
    }
    if (p->job != NULL)
        x = p->job->exchange;
    feed(d, x == NULL ? 0 : x->is_ours ? 1 : 2);
    feed_sa_name(d, x == NULL ? NULL : x->sa);
}

/* As a set: in which order they were asked for makes no difference. */
static void feed_all_pending(struct digest *d)
{
    const struct side *s = d->scene->w->sides[d->side];
    uint64_t sum = 0;

    for (size_t i = 0; i < s->cap_pending; i++) {
        struct digest own = *d;

        if (!s->pending[i].is_used)
            continue;
        own.gives_none = true;
        own.h = 0;
        feed_pending(&own, &s->pending[i]);
        sum += mix(own.h);
    }
    feed(d, side_pending(s));
    feed(d, sum);
}

static void feed_remnants(struct digest *d, const struct list *remnants)
{
    for (struct list_node *n = list_first(remnants); n != NULL; n = list_next(remnants, n)) {
        const struct remnant *r = LIST_ENTRY(n, struct remnant, node);

        feed_name(d, r->spi_local);
        feed_time(d, r->until);
        feed_parcel(d, r->response, r->response->message_id);
    }
    feed(d, 0);
}

static void feed_side(struct digest *d, size_t side)
{
    const struct side *s = d->scene->w->sides[side];
    struct listed list[SAS];
    size_t n;

    d->side = side;
    n = list_sas(d, list);
    feed(d, n);
    for (size_t i = 0; i < n; i++)
        feed_sa(d, list[i].sa);
    feed(d, dataplane_count(&s->dataplane));
    feed_all_pending(d);
    feed_remnants(d, &s->ep->host.remnants.list);
}

/* The IKE SA that a message belongs to, at this side; NULL: it is not there. */
static const struct sa *sa_of(const struct digest *d, size_t side, bool is_initiator,
                              const ike2_header *h)
{
    uint64_t spi = is_initiator ? h->spi_i : h->spi_r;

    return spi == 0 ? NULL : ike2_map_get(&d->scene->w->sides[side]->ep->host.spis, spi);
}

/* The receiver's next Message ID, or that of the sender, should the receiver's SA be gone. Without
 * either the Message ID means nothing. */
static uint32_t expected_id(const struct digest *d, size_t to, const ike2_header *h)
{
    bool by_initiator = (h->flags & IKE2_FLAG_INITIATOR) != 0;
    bool is_response = (h->flags & IKE2_FLAG_RESPONSE) != 0;
    const struct sa *sa = sa_of(d, to, !by_initiator, h);

    if (sa != NULL)
        return is_response ? sa->window.next_out : sa->window.next_in;
    sa = sa_of(d, 1 - to, by_initiator, h);
    if (sa == NULL)
        return h->message_id;
    return is_response ? sa->window.next_in : sa->window.next_out;
}

static void feed_packet(struct digest *d, const struct packet *p)
{
    size_t to = net_same_ip(&p->to, &d->scene->w->sides[0]->addr) ? 0 : 1;
    ike2_bytes octets = { .ptr = p->octets, .len = p->len };
    ike2_header h = { 0 };

    (void)!ike2_header_read(octets, &h);
    feed(d, to);
    feed_message(d, 1 - to, octets, expected_id(d, to, &h));
}

/* By what each says itself: in which order they were sent makes no difference. */
static size_t list_packets(const struct digest *d, struct flying list[FLYING])
{
    const struct list *flying = &d->scene->w->net.flying;
    struct list_node *node = list_first(flying);
    size_t n = 0;

    for (; node != NULL && n < FLYING; node = list_next(flying, node)) {
        struct flying one = { .packet = LIST_ENTRY(node, struct packet, node) };
        struct digest own = *d;
        size_t at = n++;

        own.gives_none = true;
        own.h = 0;
        feed_packet(&own, one.packet);
        one.h = own.h;
        for (; at > 0 && list[at - 1].h > one.h; at--)
            list[at] = list[at - 1];
        list[at] = one;
    }
    return n;
}

static void feed_flying(struct digest *d)
{
    struct flying list[FLYING];
    size_t n = list_packets(d, list);

    feed(d, n);
    for (size_t i = 0; i < n; i++)
        feed_packet(d, list[i].packet);
}

uint64_t likeness_of(const struct scene *s)
{
    struct digest d = { .scene = s };

    for (size_t i = 0; i < s->story.n_starts; i++) {
        feed(&d, s->outcomes[i].is_made);
        feed(&d, (uint64_t)(int64_t)s->outcomes[i].err);
        feed(&d, s->outcomes[i].child != 0);
    }
    for (size_t i = 0; i < SCENE_SIDES; i++)
        feed_side(&d, i);
    feed_flying(&d);
    return d.h == 0 ? 1 : d.h;
}
