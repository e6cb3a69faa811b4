/* sa/contact.c - IKE SAs between the same two identities. RFC 7296 2.4. */
#include "sa/contact.h"

#include <string.h>

#include "base/bytes.h"
#include "base/writer.h"
#include "sa/auth.h"
#include "sa/child.h"
#include "sa/collision.h"
#include "sa/liveness.h"
#include "sa/note.h"

enum { HASHES_OCTETS = 2 * 9 };

/* --- By identities ------------------------------------------------------------------- */

static void write_id(ike2_writer *w, const struct map *m, const ike2_id *id)
{
    write_uint(w, id->type, 1);
    write_uint(w, ike2_map_hash(m, id->data), 8);
}

/* Identities have no fixed length: the hash of their hashes; 0 is no key. */
static uint64_t key_of(const struct host *host, const ike2_id *local, const ike2_id *remote)
{
    uint8_t room[HASHES_OCTETS];
    ike2_writer w = writer_of(room, sizeof room);
    uint64_t key;

    write_id(&w, &host->contacts, local);
    write_id(&w, &host->contacts, remote);
    key = ike2_map_hash(&host->contacts, (ike2_bytes){ .ptr = room, .len = w.len });
    return key != 0 ? key : 1;
}

static bool same_id(const ike2_id *a, const ike2_id *b)
{
    return a->type == b->type && bytes_equal(a->data, b->data);
}

/* RFC 7619 2.3: an identity that is not proven finds no other SA, and is found by none. */
static bool is_anonymous(const struct exchange *x)
{
    return x->auth.peer_method == IKE2_AUTH_METHOD_NULL;
}

ike2_err ike2_contact_add(const struct exchange *x)
{
    struct sa *sa = x->sa;
    struct host *host = sa->host;
    uint64_t key = key_of(host, &sa->who.local, &sa->who.remote);
    struct sa *first = ike2_map_get(&host->contacts, key);
    ike2_err err = IKE2_OK;

    if (sa->who.contact.key != 0 || is_anonymous(x))
        return IKE2_OK;
    if (first != NULL)
        ike2_map_replace(&host->contacts, key, sa);
    else
        err = ike2_map_add(&host->contacts, &host->mem, key, sa);
    if (err != IKE2_OK)
        return err;
    sa->who.contact.key = key;
    sa->who.contact.next = first;
    return IKE2_OK;
}

/* Where the chain points to this SA; NULL: the map does. */
static struct sa *before(const struct sa *sa)
{
    struct sa *at = ike2_map_get(&sa->host->contacts, sa->who.contact.key);

    if (at == sa)
        return NULL;
    while (at->who.contact.next != sa)
        at = at->who.contact.next;
    return at;
}

/* `to` stands in the chain where `sa` was; NULL: nobody. */
static void put_in_place(struct sa *sa, struct sa *to)
{
    struct map *contacts = &sa->host->contacts;
    struct sa *previous = before(sa);

    if (previous != NULL)
        previous->who.contact.next = to;
    else if (to != NULL)
        ike2_map_replace(contacts, sa->who.contact.key, to);
    else
        ike2_map_remove(contacts, sa->who.contact.key);
}

void ike2_contact_remove(struct sa *sa)
{
    if (sa->who.contact.key == 0)
        return;
    put_in_place(sa, sa->who.contact.next);
    memset(&sa->who.contact, 0, sizeof sa->who.contact);
}

void ike2_contact_pass(struct sa *old, struct sa *heir)
{
    if (heir->who.contact.key != 0) { /* authenticated anew: it is noted by itself */
        ike2_contact_remove(old);
        return;
    }
    if (old->who.contact.key == 0)
        return;
    put_in_place(old, heir);
    heir->who.contact = old->who.contact;
    memset(&old->who.contact, 0, sizeof old->who.contact);
}

/* The next one after `after` (NULL: the first) between these identities. */
static struct sa *next_between(const struct host *host, const ike2_id *local,
                               const ike2_id *remote, const struct sa *after)
{
    struct sa *at = after != NULL
                        ? after->who.contact.next
                        : ike2_map_get(&host->contacts, key_of(host, local, remote));

    while (at != NULL &&
           !(same_id(&at->who.local, local) && same_id(&at->who.remote, remote)))
        at = at->who.contact.next;
    return at;
}

/* --- What a new one means ------------------------------------------------------------ */

/* One that is alive: not the SA itself, nor the one that it is to replace. */
static bool is_other(const struct sa *other, const struct sa *sa)
{
    return other != sa && other != sa->exchanges.renews && other->state == STATE_UP &&
           !other->intent.is_ending;
}

static enum verdict refuse(struct sa *sa, struct exchange *x, struct sa *other)
{
    char text[192];
    const struct note_refusal why = {
        .name = "policy.identity", .section = "RFC 7296 2.4", .offered = text, .accepted = text,
        .difference = "another IKE SA between these identities is up, and at most one is allowed",
    };

    (void)ike2_id_text(auth_remote_id(sa, x), text, sizeof text);
    ike2_liveness_probe(other); /* it may be the rest of a peer that has been restarted */
    return ike2_exchange_refuse(x, IKE2_NOTIFY_AUTHENTICATION_FAILED, IKE2_REASON_AUTH,
                                ike2_note_refusal(sa, &why));
}

enum verdict ike2_contact_check(struct sa *sa, struct exchange *x)
{
    const ike2_id *local = auth_local_id(sa, x), *remote = auth_remote_id(sa, x);
    struct sa *other = NULL;

    if (sa->peer->peer.unique != IKE2_UNIQUE_REFUSE || is_anonymous(x))
        return VERDICT_NEXT;
    while ((other = next_between(sa->host, local, remote, other)) != NULL) {
        if (is_other(other, sa))
            return refuse(sa, x, other);
    }
    return VERDICT_NEXT;
}

static void end(struct sa *other, bool known)
{
    enum doing doing = ike2_collision_doing(other, NULL);

    if (doing != DOING_NOTHING)
        (void)ike2_note_collision(other, ike2_collision(doing, ASKING_REAUTH)->rule, 0);
    if (known)
        ike2_sa_leave(other, IKE2_REASON_REPLACED, 0, 0);
    else
        ike2_sa_end(other, IKE2_REASON_REPLACED, 0, 0);
}

static void end_others(struct sa *sa, bool known)
{
    struct sa *other = next_between(sa->host, &sa->who.local, &sa->who.remote, NULL), *next;

    for (; other != NULL; other = next) {
        next = next_between(sa->host, &sa->who.local, &sa->who.remote, other);
        if (is_other(other, sa))
            end(other, known);
    }
}

bool ike2_contact_supersedes(const struct exchange *x)
{
    uint8_t unique = x->sa->peer->peer.unique;
    ike2_notify n;

    return !is_anonymous(x) &&
           (unique == IKE2_UNIQUE_REPLACE ||
            (unique == IKE2_UNIQUE_CONTACT &&
             ike2_message_notify(&x->in, IKE2_NOTIFY_INITIAL_CONTACT, &n)));
}

/* RFC 7296 2.4: who says that it is the first contact knows of no other SA: they end without a
 * word. */
void ike2_contact_supersede(const struct exchange *x, bool known)
{
    ike2_notify n;
    bool is_first = ike2_message_notify(&x->in, IKE2_NOTIFY_INITIAL_CONTACT, &n);

    if (is_first != known && ike2_contact_supersedes(x))
        end_others(x->sa, known);
}

/* --- Who carries the traffic --------------------------------------------------------- */

static bool same_selectors(const ike2_ts *a, size_t n_a, const ike2_ts *b, size_t n_b)
{
    if (n_a != n_b)
        return false;
    for (size_t i = 0; i < n_a; i++) {
        if (a[i].type != b[i].type || a[i].protocol != b[i].protocol ||
            a[i].port_first != b[i].port_first || a[i].port_last != b[i].port_last ||
            memcmp(a[i].first, b[i].first, sizeof a[i].first) != 0 ||
            memcmp(a[i].last, b[i].last, sizeof a[i].last) != 0)
            return false;
    }
    return true;
}

static bool same_traffic(const ike2_pair *a, const ike2_pair *b)
{
    return same_selectors(a->ts_local, a->n_ts_local, b->ts_local, b->n_ts_local) &&
           same_selectors(a->ts_remote, a->n_ts_remote, b->ts_remote, b->n_ts_remote);
}

static bool carries(const struct sa *sa, const struct pair *pair)
{
    SA_EACH_CHILD (c, sa) {
        CHILD_EACH_PAIR (p, c) {
            if (p->state == PAIR_SENDING && same_traffic(&p->view, &pair->view))
                return true;
        }
    }
    return false;
}

bool ike2_contact_carries(const struct sa *sa, const struct pair *pair)
{
    const struct sa *other = NULL;

    if (sa->peer->peer.unique == IKE2_UNIQUE_KEEP || sa->who.contact.key == 0)
        return false; /* they have nothing to do with each other */
    while ((other = next_between(sa->host, &sa->who.local, &sa->who.remote, other)) != NULL) {
        if (is_other(other, sa) && carries(other, pair))
            return true;
    }
    return false;
}

static void send_on_all(struct sa *sa)
{
    SA_EACH_CHILD (c, sa) {
        CHILD_EACH_PAIR (p, c) {
            if (p->times.switch_at != IKE2_TIME_NEVER && p->view.replaces == 0)
                ike2_lane_switch(p);
        }
    }
}

void ike2_contact_yield(struct sa *sa)
{
    struct sa *other = NULL;

    if (sa->who.contact.key == 0)
        return;
    while ((other = next_between(sa->host, &sa->who.local, &sa->who.remote, other)) != NULL) {
        if (is_other(other, sa))
            send_on_all(other);
    }
}

/* --- What is said -------------------------------------------------------------------- */

/* Nobody else goes by this definition, also no attempt that has not got so far; and, by another
 * definition, nobody is up between these identities. Whom we will meet is not known for certain
 * before IDr. */
static bool is_first_contact(const struct sa *sa, const struct exchange *x)
{
    const struct definition *d = sa->peer;
    uint32_t of_its_name = d->id != 0 ? 1 : 0;

    return d->refs == of_its_name + 1 &&
           next_between(sa->host, &x->auth.id_i, &d->peer.remote_id, NULL) == NULL;
}

/* RFC 7619 2.3: of somebody anonymous it would have no meaning. */
void ike2_contact_write(ike2_writer *w, const struct sa *sa, const struct exchange *x)
{
    const ike2_notify n = { .type = IKE2_NOTIFY_INITIAL_CONTACT };

    if (sa->peer->peer.initial_contact != IKE2_OFF &&
        sa->peer->peer.local_auth != IKE2_AUTH_NULL && sa->exchanges.renews == NULL &&
        is_first_contact(sa, x))
        ike2_notify_write(w, &n);
}
