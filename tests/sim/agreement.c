/* sim/agreement.c - what is true of two sides together. RFC 7296 1.4.1, 2.8, 2.8.1, 2.17, 2.18. */
#include "sim/agreement.h"

#include <string.h>

#include "sa/child.h"
#include "sa/exchange.h"
#include "sim/scene.h"

static void require(const struct scene *s, size_t side, bool ok, const char *rule)
{
    if (!ok)
        world_fail(s->w, s->w->sides[side], rule);
}

static const struct host *host_of(const struct scene *s, size_t side)
{
    return &s->w->sides[side]->ep->host;
}

static const struct dataplane *plane_of(const struct scene *s, size_t side)
{
    return &s->w->sides[side]->dataplane;
}

/* --- After an authentication anew ------------------------------------------------------- */

/* RFC 7296 2.8.3: to the peer of who authenticates anew the IKE SA and its children are others than
 * before. */
static bool has_new_names(const struct scene *s, size_t side)
{
    return side == 1 && scene_has(s, OP_REAUTH);
}

/* Whether what that peer began in the old IKE SA is carried over to the new one depends on the
 * moment, and IKE_AUTH makes a child also in place of one that has been deleted; both have to agree
 * on it nevertheless. */
static bool is_open(const struct scene *s, enum operation op)
{
    for (size_t i = 0; i < s->story.n_starts && scene_has(s, OP_REAUTH); i++) {
        if ((s->story.starts[i].side == 1 || op == OP_DELETE_CHILD) &&
            s->story.starts[i].operation == op)
            return true;
    }
    return false;
}

/* --- Keys ----------------------------------------------------------------------------- */

static bool same_key(const ike2_key *a, const ike2_key *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    return a->len == b->len && memcmp(a->octets, b->octets, a->len) == 0;
}

static void check_sa_keys(const struct scene *s, const struct sa *at_a)
{
    const struct sa *at_b = ike2_map_get(&host_of(s, 1)->spis, sa_spi_remote(at_a));
    const struct sa_keys *a = &at_a->protection.keys, *b;

    if (at_b == NULL || !at_a->protection.has_keys || !at_b->protection.has_keys)
        return;
    b = &at_b->protection.keys;
    require(s, 0, at_a->spi.i == at_b->spi.i && at_a->spi.r == at_b->spi.r,
            "the SPIs of an IKE SA fit crosswise");
    require(s, 0, at_a->role != at_b->role, "an IKE SA has one initiator");
    require(s, 0, same_key(a->d, b->d) && same_key(a->ei, b->ei) && same_key(a->er, b->er) &&
                      same_key(a->ai, b->ai) && same_key(a->ar, b->ar),
            "both have the same keys of an IKE SA");
}

static bool same_entry_key(const struct entry_key *a, const struct entry_key *b)
{
    return a->len == b->len && memcmp(a->octets, b->octets, a->len) == 0;
}

static bool is_installed(const struct entry *e)
{
    return e != NULL && e->state >= ENTRY_INSTALLED;
}

static void check_pair_keys(const struct scene *s, const struct entry *a)
{
    const struct entry *b = dataplane_find(plane_of(s, 1), a->spi_out);

    if (!is_installed(b))
        return;
    require(s, 0, a->spi_in == b->spi_out, "the SPIs of a pair fit crosswise");
    require(s, 0, same_entry_key(&a->keys.encr_out, &b->keys.encr_in) &&
                      same_entry_key(&a->keys.encr_in, &b->keys.encr_out) &&
                      same_entry_key(&a->keys.integ_out, &b->keys.integ_in) &&
                      same_entry_key(&a->keys.integ_in, &b->keys.integ_out),
            "the keys of a pair fit crosswise");
}

static void check_keys(const struct scene *s)
{
    const struct map *spis = &host_of(s, 0)->spis;
    const struct map_slot *slot = ike2_map_above(spis, 0);
    const struct entry *e;

    for (; slot != NULL; slot = ike2_map_above(spis, slot->key))
        check_sa_keys(s, slot->value);
    for (size_t i = 0; (e = dataplane_pair(plane_of(s, 0), i)) != NULL; i++)
        check_pair_keys(s, e);
}

/* --- Events ----------------------------------------------------------------------------- */

/* One that never was ends if the side was asked about it. */
static bool was_up(const struct scene *s, size_t side, ike2_child_id child)
{
    const struct record *r = &s->w->sides[side]->record;

    for (size_t i = 0; i < RECORD_EVENTS && i < r->n_events; i++) {
        if (r->events[i].type == IKE2_EVENT_CHILD_UP && r->events[i].child == child)
            return true;
    }
    for (size_t i = 0; i < s->story.n_starts; i++) {
        if (s->story.starts[i].side == side && s->outcomes[i].child == child)
            return true;
    }
    return false;
}

static void check_event(const struct scene *s, size_t side, const struct event *e)
{
    bool may_end = scene_has(s, OP_DELETE_SA) || has_new_names(s, side);

    if (e->type == IKE2_EVENT_SA_DOWN) {
        require(s, side, may_end, "SA_DOWN that nobody asked for");
        require(s, side, e->reason == IKE2_REASON_LOCAL || e->reason == IKE2_REASON_PEER ||
                             has_new_names(s, side),
                "SA_DOWN for another reason than a Delete");
    }
    if (e->type == IKE2_EVENT_CHILD_DOWN && was_up(s, side, e->child))
        require(s, side, may_end || (scene_has(s, OP_DELETE_CHILD) &&
                                     e->child == s->at_first[side].child),
                "CHILD_DOWN that nobody asked for");
}

static void check_events(struct scene *s, size_t side)
{
    const struct record *r = &s->w->sides[side]->record;

    for (; s->n_events[side] < r->n_events; s->n_events[side]++)
        check_event(s, side, &r->events[s->n_events[side] % RECORD_EVENTS]);
}

/* --- Traffic ---------------------------------------------------------------------------- */

/* RFC 7296 2.8: who sends on a new pair knows that the other one receives. Of the first pair of a
 * child the responder does not know. */
static void check_sending(const struct scene *s, size_t side)
{
    const struct entry *e = NULL;

    while ((e = dataplane_next_sending(plane_of(s, side), e)) != NULL) {
        if (e->replaces == 0 && e->child != s->at_first[side].child)
            continue;
        require(s, side, dataplane_receiving(plane_of(s, 1 - side), e->spi_out) != NULL,
                "what a side sends on, the other one receives on");
    }
}

void agreement_always(struct scene *s)
{
    bool deletes = scene_has(s, OP_DELETE_SA) || scene_has(s, OP_DELETE_CHILD);

    check_keys(s);
    for (size_t i = 0; i < SCENE_SIDES; i++) {
        check_events(s, i);
        if (!deletes)
            check_sending(s, i);
    }
}

/* --- At the end ------------------------------------------------------------------------- */

/* A command may come too late, for what somebody has deleted. */
static void check_outcome(const struct scene *s, size_t i)
{
    enum operation op = s->story.starts[i].operation;
    bool about_child = op == OP_REKEY_CHILD || op == OP_DELETE_CHILD;

    require(s, s->story.starts[i].side,
            s->outcomes[i].err == IKE2_OK || scene_has(s, OP_DELETE_SA) ||
                has_new_names(s, s->story.starts[i].side) ||
                (about_child && scene_has(s, OP_DELETE_CHILD)),
            "a command is refused");
}

static void check_nothing(const struct scene *s, size_t side)
{
    const struct side *at = s->w->sides[side];
    ike2_stats stats = side_stats(at);

    require(s, side, stats.sas == 0, "no IKE SA is left");
    require(s, side, stats.children == 0, "no Child SA is left");
    require(s, side, dataplane_count(&at->dataplane) == 0, "nothing is left in the data plane");
}

static const struct sa *sa_of(const struct scene *s, size_t side)
{
    const struct map *sas = &host_of(s, side)->sas;
    const struct map_slot *first = ike2_map_above(sas, 0);

    if (!has_new_names(s, side))
        return ike2_map_get(sas, s->at_first[side].sa);
    return first == NULL ? NULL : first->value;
}

static void check_sa(const struct scene *s, size_t side)
{
    const struct beginning *b = &s->at_first[side];
    const struct sa *sa = sa_of(s, side), *peers = sa_of(s, 1 - side);

    require(s, side, side_stats(s->w->sides[side]).sas == 1, "there is one IKE SA");
    require(s, side, sa != NULL, "the IKE SA keeps its id");
    if (sa == NULL)
        return;
    require(s, side, sa->state == STATE_UP, "the IKE SA is up");
    require(s, side, sa->request.parcel == NULL && sa->exchanges.attempt == NULL &&
                         sa->exchanges.succession == NULL && sa->exchanges.ours == NULL &&
                         sa->exchanges.theirs == NULL && sa->exchanges.renewal == NULL &&
                         sa->exchanges.renews == NULL,
            "nothing is under way");
    require(s, side, !(scene_did(s, OP_REKEY_SA) || scene_did(s, OP_REAUTH)) ||
                         sa_spi_local(sa) != b->ike_spi,
            "the IKE SA has been rekeyed");
    require(s, side, peers != NULL && sa_spi_local(sa) == sa_spi_remote(peers) &&
                         sa_spi_remote(sa) == sa_spi_local(peers),
            "both have the same IKE SA");
    require(s, side, peers == NULL || sa->window.next_out == peers->window.next_in,
            "both count Message IDs alike");
}

static void check_child(const struct scene *s, size_t side, const struct child *c)
{
    const struct pair *p = ike2_child_current(c);
    const struct entry *e, *peers;

    require(s, side, c->state == CHILD_UP, "a child is up");
    require(s, side, c->n_pairs == 1 && p != NULL && p->state == PAIR_SENDING,
            "a child has one pair, and sends on it");
    require(s, side, !c->plan.wants_create && c->plan.rekey_spi_in == 0, "nothing is planned");
    if (p == NULL)
        return;
    e = dataplane_sending(plane_of(s, side), c->id);
    require(s, side, e != NULL && e->spi_in == p->view.spi_in && e->halves == IKE2_HALF_BOTH,
            "the data plane sends on that pair");
    peers = dataplane_find(plane_of(s, 1 - side), p->view.spi_out);
    require(s, side, is_installed(peers) && peers->halves == IKE2_HALF_BOTH &&
                         peers->spi_out == p->view.spi_in &&
                         dataplane_sending(plane_of(s, 1 - side), peers->child) == peers,
            "the other side uses the same pair");
}

static void check_original(const struct scene *s, size_t side)
{
    const struct beginning *b = &s->at_first[side];
    const struct child *c = ike2_map_get(&host_of(s, side)->children, b->child);
    bool is_deleted = scene_did(s, OP_DELETE_CHILD);

    if (has_new_names(s, side) || is_open(s, OP_DELETE_CHILD))
        return;
    require(s, side, (c == NULL) == is_deleted,
            is_deleted ? "the deleted child is gone" : "a child that nobody deleted keeps its id");
    if (c != NULL && scene_did(s, OP_REKEY_CHILD) && ike2_child_current(c) != NULL)
        require(s, side, ike2_child_current(c)->view.spi_in != b->spi_in,
                "the child has been rekeyed");
}

static size_t count_children(const struct scene *s)
{
    size_t n = scene_did(s, OP_DELETE_CHILD) ? 0 : 1;

    for (size_t i = 0; i < s->story.n_starts; i++) {
        if (s->story.starts[i].operation == OP_CREATE_CHILD && s->outcomes[i].err == IKE2_OK)
            n++;
    }
    return n;
}

static void check_children(const struct scene *s, size_t side)
{
    const struct map *children = &host_of(s, side)->children;
    const struct map_slot *slot = ike2_map_above(children, 0);
    size_t n = count_children(s);

    check_original(s, side);
    for (; slot != NULL; slot = ike2_map_above(children, slot->key))
        check_child(s, side, slot->value);
    if (is_open(s, OP_DELETE_CHILD) || is_open(s, OP_CREATE_CHILD))
        n = host_of(s, 0)->children.n;
    require(s, side, children->n == n, "both have all children, and no other");
    require(s, side, dataplane_count(plane_of(s, side)) == n,
            "the data plane has the pairs of the children, and no other");
    for (size_t i = 0; i < s->story.n_starts; i++) {
        const struct outcome *o = &s->outcomes[i];

        require(s, side, s->story.starts[i].side != side || o->child == 0 ||
                             has_new_names(s, side) ||
                             ike2_map_get(children, o->child) != NULL,
                "a child that was created keeps its id");
    }
}

static void check_quiet(const struct scene *s, size_t side)
{
    const struct side *at = s->w->sides[side];
    const struct dataplane *d = &at->dataplane;

    require(s, side, side_pending(at) == 0, "nothing is asked for");
    require(s, side, d->n_reserved - d->n_released == dataplane_count(d),
            "every SPI has been given back");
    require(s, side, d->n_installed - d->n_removed == dataplane_count(d),
            "every pair has been removed");
}

static bool is_all_deleted(const struct scene *s)
{
    if (is_open(s, OP_DELETE_SA))
        return side_stats(s->w->sides[0]).sas == 0;
    return scene_did(s, OP_DELETE_SA);
}

void agreement_at_end(const struct scene *s)
{
    for (size_t i = 0; i < s->story.n_starts; i++)
        check_outcome(s, i);
    for (size_t i = 0; i < SCENE_SIDES; i++) {
        check_quiet(s, i);
        if (is_all_deleted(s)) {
            check_nothing(s, i);
        } else {
            check_sa(s, i);
            check_children(s, i);
        }
    }
}
