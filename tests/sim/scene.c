/* sim/scene.c - one state of an exploration, and every move there is in it. */
#include "sim/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sa/exchange.h"
#include "sim/agreement.h"
#include "sim/ladder.h"
#include "sim/letter.h"

/* Timers this close to each other fire in either order: both have a jitter. A datagram is delayed
 * by no more than EARLY_MS. */
enum { NEAR_MS = 100, EARLY_MS = 2000, MESSAGE_OCTETS = 4096, SETTLED_MS = 1000 };
/* a0000001 for the first one of a, b0000001 for that of b. */
enum { SPI_STEP = 0x10000000 };
static const uint32_t FIRST_SPI = UINT32_C(0xa0000001);

/* --- Randomness ------------------------------------------------------------------------ */

/* What the provider draws is a number of its own each time, but for two: the jitter of timers is
 * always the same, and the first octet of a nonce says who drew it and what for. */
static enum lowest lowest_now;

static bool answers_now(const struct side *s)
{
    const struct map *spis = &s->ep->host.spis;
    const struct map_slot *slot = ike2_map_above(spis, 0);

    for (; slot != NULL; slot = ike2_map_above(spis, slot->key)) {
        if (((const struct sa *)slot->value)->exchanges.theirs != NULL)
            return true;
    }
    return false;
}

static uint8_t nonce_rank(const struct side *s)
{
    enum { LOWEST = 0x10, OTHER = 0x40 };
    enum lowest mine = s->number == 1 ? LOWEST_A_I : LOWEST_B_I;

    if (s->ep != NULL && answers_now(s))
        mine = s->number == 1 ? LOWEST_A_R : LOWEST_B_R;
    return mine == lowest_now ? LOWEST : (uint8_t)(OTHER + mine);
}

static ike2_err scripted_random(void *user, uint8_t *out, size_t len)
{
    enum { JITTER = 4, NONCE = 32 };
    struct fake_crypto *f = user;
    const struct side *s = LIST_ENTRY(f, struct side, fake);
    uint64_t number = ++f->dice.state;

    memset(out, 0, len);
    if (len == JITTER)
        return IKE2_OK;
    for (size_t i = 0; i < len && i < sizeof number; i++)
        out[len - 1 - i] = (uint8_t)(number >> 8 * i);
    out[0] = len == NONCE ? nonce_rank(s) : (uint8_t)s->number;
    return IKE2_OK;
}

/* --- Life ----------------------------------------------------------------------------- */

/* Nothing happens but by a command, or to repair what was lost. */
static void configure(struct side *s, const struct manners *manners)
{
    struct setup *setup = &s->setup;

    setup->endpoint.ask_spi = IKE2_ON;
    setup->limits.message_octets = MESSAGE_OCTETS;
    setup->retransmit.tries = SCENE_TRIES;
    setup->peer.rekey_seconds = IKE2_NEVER;
    setup->peer.liveness_seconds = IKE2_NEVER;
    setup_lifetime(setup, 0, IKE2_NEVER, IKE2_NEVER);
    if (manners->slow != 0)
        setup->endpoint.offload = IKE2_OFFLOAD_KE;
    s->fake.dice.state = s->number;
    s->fake.table.random = scripted_random;
}

/* Nothing is done until a move does it. */
static void slow_down(struct side *s)
{
    for (size_t i = 0; i < MATTERS; i++)
        s->plans[i].manner = NEVER;
}

static void note_beginning(struct scene *scene, size_t i)
{
    const struct side *s = scene->w->sides[i];
    struct beginning *b = &scene->at_first[i];
    ike2_sa_info info = IKE2_INIT(ike2_sa_info);
    const struct entry *pair = dataplane_pair(&s->dataplane, 0);

    b->sa = ike2_sa_next(s->ep, 0);
    b->child = ike2_child_next(s->ep, 0, 0);
    if (pair == NULL || ike2_sa_get(s->ep, b->sa, &info) != IKE2_OK)
        world_fail(scene->w, s, "it does not come up");
    else
        b->spi_in = pair->spi_in;
    b->ike_spi = info.spi_local;
    scene->n_events[i] = s->record.n_events;
}

struct scene *scene_new(const struct story *story, bool with_ladder)
{
    struct scene *scene = calloc(1, sizeof *scene);
    struct world *w;

    if (scene == NULL)
        abort();
    scene->story = *story;
    scene->left = story->bounds;
    lowest_now = story->lowest;
    w = scene->w = world_new(1);
    for (size_t i = 0; i < SCENE_SIDES; i++)
        configure(w->sides[i], &story->manners);
    if (!with_ladder) {
        ladder_free(w->net.ladder);
        w->net.ladder = NULL;
    }
    for (size_t i = 0; i < SCENE_SIDES; i++) {
        if (side_start(w->sides[i], w->now) != IKE2_OK)
            world_fail(w, w->sides[i], "it does not start");
        w->sides[i]->dataplane.next_spi = (uint32_t)(FIRST_SPI + i * SPI_STEP);
    }
    if (side_connect_to(w->sides[0], w->now, &w->sides[1]->addr, IKE2_ENCAP_NONE) != IKE2_OK)
        world_fail(w, NULL, "no connection");
    world_run(w, SETTLED_MS);
    w->net.is_held = true;
    for (size_t i = 0; i < SCENE_SIDES; i++) {
        note_beginning(scene, i);
        if (story->manners.slow != 0)
            slow_down(w->sides[i]);
    }
    return scene;
}

void scene_free(struct scene *s)
{
    world_free(s->w);
    free(s);
}

bool scene_has(const struct scene *s, enum operation op)
{
    for (size_t i = 0; i < s->story.n_starts; i++) {
        if (s->story.starts[i].operation == op)
            return true;
    }
    return false;
}

bool scene_did(const struct scene *s, enum operation op)
{
    for (size_t i = 0; i < s->story.n_starts; i++) {
        if (s->story.starts[i].operation == op && s->outcomes[i].is_made &&
            s->outcomes[i].err == IKE2_OK)
            return true;
    }
    return false;
}

/* --- Datagrams without a future --------------------------------------------------------- */

static struct side *receiver_of(const struct scene *s, const struct packet *p)
{
    return s->w->sides[net_same_ip(&p->to, &s->w->sides[0]->addr) ? 0 : 1];
}

/* It can only be dropped, now and at any later time: its SA is gone, or its Message ID is over. So
 * it makes no difference when it arrives. */
static bool is_dead(const struct scene *s, const struct packet *p)
{
    const struct side *to = receiver_of(s, p);
    ike2_bytes octets = { .ptr = p->octets, .len = p->len };
    const struct sa *sa;
    ike2_header h;
    bool by_initiator;

    if (ike2_header_read(octets, &h) != IKE2_OK || h.exchange == IKE2_EXCHANGE_IKE_SA_INIT)
        return false;
    by_initiator = (h.flags & IKE2_FLAG_INITIATOR) != 0;
    sa = ike2_map_get(&to->ep->host.spis, by_initiator ? h.spi_r : h.spi_i);
    if (sa == NULL) /* a last answer may be kept */
        return (h.flags & IKE2_FLAG_RESPONSE) != 0 || to->ep->host.remnants.n == 0;
    if ((h.flags & IKE2_FLAG_RESPONSE) != 0)
        return sa->request.parcel == NULL || sa->request.parcel->message_id != h.message_id;
    return h.message_id + 1 < sa->window.next_in;
}

static void deliver(struct scene *s, struct packet *p)
{
    list_remove(&p->node);
    ladder_arrived(s->w->net.ladder, s->w->now, p);
    side_input(receiver_of(s, p), s->w->now, p);
    free(p);
}

static void bury_the_dead(struct scene *s)
{
    const struct list *flying = &s->w->net.flying;
    struct list_node *n = list_first(flying), *next;

    for (; n != NULL; n = next) {
        struct packet *p = LIST_ENTRY(n, struct packet, node);

        next = list_next(flying, n);
        if (is_dead(s, p))
            deliver(s, p);
    }
}

/* --- Which moves there are -------------------------------------------------------------- */

struct moves {
    struct move *list;
    size_t n;
};

static void add(struct moves *m, struct move move)
{
    if (m->n == MOVES_MAX)
        abort();
    m->list[m->n++] = move;
}

static void add_starts(const struct scene *s, struct moves *m)
{
    for (size_t i = 0; i < s->story.n_starts; i++) {
        if (!s->outcomes[i].is_made)
            add(m, (struct move){ .kind = MOVE_START, .which = i });
    }
}

static bool same_octets(const struct packet *a, const struct packet *b)
{
    return a->len == b->len && memcmp(a->octets, b->octets, a->len) == 0;
}

/* Of several that are the same, the first one stands for all. */
static bool is_first_of_its_kind(const struct scene *s, const struct packet *p)
{
    const struct list *flying = &s->w->net.flying;

    for (struct list_node *n = list_first(flying); n != &p->node; n = list_next(flying, n)) {
        if (same_octets(LIST_ENTRY(n, struct packet, node), p))
            return false;
    }
    return true;
}

static void add_datagrams(const struct scene *s, struct moves *m, enum move_kind kind)
{
    const struct list *flying = &s->w->net.flying;

    for (struct list_node *n = list_first(flying); n != NULL; n = list_next(flying, n)) {
        struct packet *p = LIST_ENTRY(n, struct packet, node);

        if (is_first_of_its_kind(s, p))
            add(m, (struct move){ .kind = kind, .packet = p });
    }
}

static void add_timers(const struct scene *s, struct moves *m, enum move_kind kind)
{
    ike2_time at[SCENE_SIDES], first = IKE2_TIME_NEVER;

    for (size_t i = 0; i < SCENE_SIDES; i++) {
        at[i] = side_next(s->w->sides[i]);
        first = at[i] < first ? at[i] : first;
    }
    if (first == IKE2_TIME_NEVER || (kind == MOVE_EARLY && first > s->w->now + EARLY_MS))
        return;
    for (size_t i = 0; i < SCENE_SIDES; i++) {
        if (at[i] != IKE2_TIME_NEVER && at[i] <= first + NEAR_MS)
            add(m, (struct move){ .kind = kind, .which = i });
    }
}

static void add_pending(const struct scene *s, struct moves *m)
{
    for (size_t i = 0; i < SCENE_SIDES; i++) {
        const struct side *side = s->w->sides[i];

        for (size_t j = 0; j < side->cap_pending; j++) {
            if (side->pending[j].is_used)
                add(m, (struct move){ .kind = MOVE_FINISH, .which = i, .pending = j });
        }
    }
}

/* On a pair that the side does not send on yet; its peer does. */
static void add_traffic(const struct scene *s, struct moves *m)
{
    for (size_t i = 0; i < SCENE_SIDES; i++) {
        const struct entry *e = NULL, *here;

        while ((e = dataplane_next_sending(&s->w->sides[1 - i]->dataplane, e)) != NULL) {
            here = dataplane_receiving(&s->w->sides[i]->dataplane, e->spi_out);
            if (here != NULL && here->state == ENTRY_INSTALLED && here->traffic.n_in == 0)
                add(m, (struct move){ .kind = MOVE_TRAFFIC, .which = i, .spi_in = here->spi_in });
        }
    }
}

static bool is_silent(const struct scene *s)
{
    return list_is_empty(&s->w->net.flying) && side_pending(s->w->sides[0]) == 0 &&
           side_pending(s->w->sides[1]) == 0;
}

size_t scene_moves(const struct scene *s, struct move moves[MOVES_MAX])
{
    struct moves m = { .list = moves };

    add_starts(s, &m);
    add_pending(s, &m);
    add_datagrams(s, &m, MOVE_DELIVER);
    if (s->story.manners.traffic != 0)
        add_traffic(s, &m);
    if (is_silent(s))
        add_timers(s, &m, MOVE_TIME);
    if (s->left.losses != 0)
        add_datagrams(s, &m, MOVE_LOSE);
    if (s->left.copies != 0)
        add_datagrams(s, &m, MOVE_COPY);
    if (s->left.early != 0 && !is_silent(s))
        add_timers(s, &m, MOVE_EARLY);
    return m.n;
}

/* --- Making a move ---------------------------------------------------------------------- */

static ike2_err command(struct scene *scene, const struct start *start, ike2_child_id *child)
{
    const struct side *s = scene->w->sides[start->side];
    const struct beginning *b = &scene->at_first[start->side];
    ike2_time now = scene->w->now;

    switch (start->operation) {
    case OP_CREATE_CHILD: return ike2_child_create(s->ep, now, b->sa, 0, child);
    case OP_REKEY_CHILD: return ike2_child_rekey(s->ep, now, b->child, 0);
    case OP_DELETE_CHILD: return ike2_child_close(s->ep, now, b->child);
    case OP_REKEY_SA: return ike2_sa_rekey(s->ep, now, b->sa);
    case OP_DELETE_SA: return ike2_sa_close(s->ep, now, b->sa);
    case OP_PROBE: return ike2_sa_probe(s->ep, now, b->sa);
    case OP_REAUTH: return ike2_sa_reauth(s->ep, now, b->sa);
    case OP_NOTHING:
    case OPERATIONS: break;
    }
    return IKE2_OK;
}

static void begin(struct scene *scene, size_t which)
{
    const struct start *start = &scene->story.starts[which];
    struct side *s = scene->w->sides[start->side];
    struct outcome *o = &scene->outcomes[which];
    char text[64];

    o->is_made = true;
    o->err = command(scene, start, &o->child);
    (void)snprintf(text, sizeof text, "%s%s%s", operation_name(start->operation),
                   o->err == IKE2_OK ? "" : ": ", o->err == IKE2_OK ? "" : ike2_strerror(o->err));
    ladder_said(scene->w->net.ladder, scene->w->now, &s->addr, text);
    side_drain(s, scene->w->now);
}

static void copy(struct scene *s, struct packet *p)
{
    s->left.copies--;
    ladder_arrived(s->w->net.ladder, s->w->now, p);
    side_input(receiver_of(s, p), s->w->now, p);
    p->is_copy = true;
}

static void lose(struct scene *s, struct packet *p)
{
    s->left.losses--;
    ladder_lost(s->w->net.ladder, s->w->now, p);
    net_remove(&s->w->net, p);
}

static void fire(struct scene *scene, size_t side)
{
    struct world *w = scene->w;
    struct side *s = w->sides[side];
    ike2_time at = side_next(s);

    w->now = at > w->now ? at : w->now;
    ladder_said(w->net.ladder, w->now, &s->addr, "(timer)");
    side_on_time(s, w->now);
}

static const char *matter_name(enum matter matter)
{
    static const char *const names[MATTERS] = {
        [ON_SPI] = "spi",         [ON_KE] = "key exchange", [ON_INSTALL] = "install",
        [ON_SWITCH] = "switch",   [ON_MOVE] = "move",       [ON_REMOVE] = "remove",
        [ON_RELEASE] = "release",
    };

    return names[matter] != NULL ? names[matter] : "answer";
}

static void finish(struct scene *scene, size_t which, size_t pending)
{
    struct side *s = scene->w->sides[which];
    struct pending *p = &s->pending[pending];
    char text[64];

    (void)snprintf(text, sizeof text, "(%s)", matter_name(p->matter));
    ladder_said(scene->w->net.ladder, scene->w->now, &s->addr, text);
    side_settle(s, scene->w->now, p);
    side_drain(s, scene->w->now);
}

/* Reported once; the pair may be of no interest any more. */
static void hear(struct scene *scene, size_t which, uint32_t spi_in)
{
    struct side *s = scene->w->sides[which];
    ike2_report report = IKE2_INIT(ike2_report);
    char text[64];

    dataplane_receiving(&s->dataplane, spi_in)->traffic.n_in++;
    report.spi_in = spi_in;
    report.what = IKE2_REPORT_FIRST_IN;
    (void)snprintf(text, sizeof text, "(a packet for %08x)", spi_in);
    ladder_said(scene->w->net.ladder, scene->w->now, &s->addr, text);
    (void)ike2_child_report(s->ep, scene->w->now, &report);
    side_drain(s, scene->w->now);
}

void scene_make(struct scene *s, const struct move *m)
{
    switch (m->kind) {
    case MOVE_START:
        begin(s, m->which);
        break;
    case MOVE_FINISH:
        finish(s, m->which, m->pending);
        break;
    case MOVE_TRAFFIC:
        hear(s, m->which, m->spi_in);
        break;
    case MOVE_DELIVER:
        deliver(s, m->packet);
        break;
    case MOVE_EARLY:
        s->left.early--;
        fire(s, m->which);
        break;
    case MOVE_TIME:
        fire(s, m->which);
        break;
    case MOVE_LOSE:
        lose(s, m->packet);
        break;
    case MOVE_COPY:
        copy(s, m->packet);
        break;
    }
    bury_the_dead(s);
    s->w->n_steps++;
    world_check(s->w);
    agreement_always(s);
}
