/* sa/renewal.c - an IKE SA is authenticated anew. RFC 7296 2.8.3; RFC 4478. */
#include "sa/renewal.h"

#include "base/bytes.h"
#include "sa/attempt.h"
#include "sa/child.h"
#include "sa/create.h"
#include "sa/init.h"
#include "sa/jitter.h"
#include "sa/note.h"
#include "sa/request.h"
#include "sa/succession.h"

enum { LIFETIME_OCTETS = 4, AGAIN_MS = 60 * 1000 };
/* A peer cannot keep us busy with nothing else. */
enum { LIFETIME_MIN_SECONDS = 10 };

/* --- When ---------------------------------------------------------------------------- */

/* RFC 4478 2: it ends soon after the lifetime that was told. Who has been authenticated anew at the
 * last moment still keeps the old one for what is under way. */
static uint64_t given_up_after(const struct host *host, uint32_t seconds)
{
    return seconds * UINT64_C(1000) + 2 * (uint64_t)host->settings.linger_ms;
}

void ike2_renewal_plan(struct sa *sa)
{
    struct host *host = sa->host;
    uint32_t seconds = sa->peer->peer.reauth_seconds;
    uint64_t ms = sa->intent.began ? ike2_jitter_shorter(host, seconds)
                                   : given_up_after(host, seconds);

    if (seconds != 0 && seconds != IKE2_NEVER)
        ike2_timer_set(host, &sa->clock.timers, TIMER_REAUTH, host->now + ms);
}

void ike2_renewal_on_timer(struct sa *sa)
{
    if (sa->state != STATE_UP || sa->intent.is_former)
        return;
    if (!sa->intent.began) { /* RFC 4478 2: it was the peer's turn */
        ike2_sa_leave(sa, IKE2_REASON_EXPIRED, 0, ike2_note_timer(sa, TIMER_REAUTH));
        return;
    }
    sa->intent.wants_reauth = true;
    ike2_sa_settle(sa);
}

void ike2_renewal_write_lifetime(ike2_writer *w, const struct sa *sa)
{
    uint32_t seconds = sa->peer->peer.reauth_seconds;
    uint8_t octets[LIFETIME_OCTETS] = { (uint8_t)(seconds >> 24), (uint8_t)(seconds >> 16),
                                        (uint8_t)(seconds >> 8), (uint8_t)seconds };
    const ike2_notify n = { .type = IKE2_NOTIFY_AUTH_LIFETIME,
                            .data = bytes_of(octets, sizeof octets) };

    if (seconds != 0 && seconds != IKE2_NEVER)
        ike2_notify_write(w, &n);
}

/* RFC 4478 2: well before it is over. */
void ike2_renewal_read_lifetime(struct sa *sa, const ike2_notify *n)
{
    struct host *host = sa->host;
    uint32_t seconds = 0;
    ike2_time at;

    if (!sa->intent.began || n->data.len != LIFETIME_OCTETS)
        return;
    for (size_t i = 0; i < LIFETIME_OCTETS; i++)
        seconds = seconds << 8 | n->data.ptr[i];
    seconds -= seconds / 10;
    if (seconds < LIFETIME_MIN_SECONDS)
        seconds = LIFETIME_MIN_SECONDS;
    at = host->now + ike2_jitter_shorter(host, seconds);
    if (at < sa->clock.timers.at[TIMER_REAUTH])
        ike2_timer_set(host, &sa->clock.timers, TIMER_REAUTH, at);
}

static void again_later(struct sa *sa)
{
    struct host *host = sa->host;

    sa->intent.wants_reauth = false;
    ike2_timer_set(host, &sa->clock.timers, TIMER_REAUTH, host->now + AGAIN_MS);
}

/* --- The new one --------------------------------------------------------------------- */

static void part(struct sa *old, struct sa *heir)
{
    old->exchanges.renewal = NULL;
    heir->exchanges.renews = NULL;
}

static ike2_err begin(struct sa *old)
{
    struct sa *heir;
    ike2_err err = ike2_sa_new_renewal(old, &heir);

    if (err != IKE2_OK)
        return err;
    old->exchanges.renewal = heir;
    heir->exchanges.renews = old;
    err = ike2_exchange_begin(heir, &ike2_init_connect, true, NULL);
    if (err != IKE2_OK) {
        part(old, heir);
        ike2_sa_destroy(heir);
    }
    return err;
}

struct child *ike2_renewal_first_child(const struct sa *heir)
{
    SA_EACH_CHILD (c, heir->exchanges.renews) {
        if (c->template_index == 0 && c->state == CHILD_UP)
            return c;
    }
    return NULL;
}

/* Do we send on it, or are about to? */
static bool carries(const struct pair *p)
{
    return p->state == PAIR_SENDING || p->lane.wants_switch;
}

/* The peer forgets these together with the old SA: nothing is said of them any more. What we do not
 * send on already only goes on receiving. */
static void orphan(struct pair *p)
{
    p->is_orphan = true;
    p->times.switch_at = IKE2_TIME_NEVER;
    if (p->delete_is_open)
        ike2_pair_on_deleted(p);
    else if (p->wants_delete && p->state == PAIR_REPLACED)
        ike2_pair_retire(p);
    p->wants_delete = false;
    p->is_redundant = p->is_redundant || !carries(p);
}

static void orphan_pairs(struct sa *old, const struct pair *but)
{
    SA_EACH_CHILD (c, old) {
        CHILD_EACH_PAIR (p, c) {
            if (p != but)
                orphan(p);
        }
    }
}

void ike2_renewal_take_over(struct sa *heir)
{
    struct sa *old = heir->exchanges.renews;

    /* RFC 7296 2.3: the Delete has to wait for what is open. */
    if (old->request.is_answered)
        ike2_request_close(old);
    ike2_exchange_abandon(old->exchanges.ours);
    ike2_exchange_abandon(old->exchanges.theirs);
    ike2_attempt_free(old);
    orphan_pairs(old, heir->init->pair);
    heir->spi.is_renewed = true;
    ike2_succession_hand_over(old, heir);
}

/* It was about to come up in the old SA. */
static void create_again(struct child *c)
{
    CHILD_EACH_PAIR (p, c)
        ike2_pair_end(p, false);
    c->plan = (struct child_plan){ .wants_create = true };
}

void ike2_renewal_plan_children(struct sa *heir, const struct child *first)
{
    SA_EACH_CHILD (c, heir) {
        const struct pair *current = ike2_child_current(c);

        if (c == first || current == NULL || !current->is_orphan)
            continue;
        if (c->state == CHILD_NEW)
            create_again(c);
        else
            ike2_create_plan_rekey(c, current->view.spi_in);
    }
}

/* --- The old one --------------------------------------------------------------------- */

/* Is there still traffic that only the old SA's pairs can carry? */
static bool is_needed(const struct sa *heir)
{
    SA_EACH_CHILD (c, heir) {
        CHILD_EACH_PAIR (p, c) {
            if (p->is_orphan && c->state == CHILD_UP && carries(p))
                return true;
        }
    }
    return false;
}

/* What still receives does so for a little longer. */
static void retire_orphans(struct sa *heir)
{
    SA_EACH_CHILD (c, heir) {
        CHILD_EACH_PAIR (p, c) {
            if (p->is_orphan && !carries(p))
                ike2_pair_retire(p);
        }
    }
}

/* The peer ends the children together with their SA: what is under way arrives before. TIMER_REKEY
 * of a former one is the time of its Delete. */
static void dismiss(struct sa *old)
{
    struct host *host = old->host;
    ike2_time at = host->now + host->settings.linger_ms;

    if (old->state == STATE_UP && old->clock.timers.at[TIMER_REKEY] > at)
        ike2_timer_set(host, &old->clock.timers, TIMER_REKEY, at);
}

void ike2_renewal_settle(struct sa *sa)
{
    struct sa *old = sa->exchanges.renews;

    if (sa->state != STATE_UP || sa->intent.is_former)
        return;
    if (old != NULL && old->intent.is_former && sa->exchanges.ours == NULL && !is_needed(sa))
        dismiss(old);
    if (sa->intent.wants_reauth && sa->exchanges.renewal == NULL &&
        sa->exchanges.renews == NULL && sa->exchanges.succession == NULL &&
        sa->exchanges.theirs == NULL) {
        sa->intent.wants_reauth = false;
        if (begin(sa) != IKE2_OK)
            again_later(sa);
    }
}

/* It did not come to that: once more, later. Who was refused, or has refused the peer, is not what
 * was proven once: that ends the old one, too. */
static void failed(struct sa *old, const struct sa *heir)
{
    if (heir->ending.reason == IKE2_REASON_AUTH)
        ike2_sa_leave(old, IKE2_REASON_AUTH, 0, heir->ending.trace);
    else
        again_later(old);
    ike2_sa_settle(old);
}

static bool goes_on(const struct sa *sa)
{
    return !sa_is_over(sa) && sa->state != STATE_CLOSING;
}

/* What the new one has asked for bears the name of the old one, which therefore stays until the new
 * one has gone. */
void ike2_renewal_part(struct sa *sa)
{
    struct sa *heir = sa->exchanges.renewal, *old = sa->exchanges.renews;

    if (heir != NULL && sa->intent.is_former && sa->intent.is_ending) {
        part(sa, heir); /* the peer has answered its Delete */
        retire_orphans(heir);
    } else if (heir != NULL && !sa->intent.is_former) {
        ike2_sa_end(heir, IKE2_REASON_REPLACED, 0, 0);
    }
    if (old != NULL && old->intent.is_former) {
        part(old, sa);
        ike2_sa_leave(old, IKE2_REASON_REPLACED, 0, 0);
    } else if (old != NULL && goes_on(old)) {
        failed(old, sa);
    }
}

void ike2_renewal_cut(struct sa *sa)
{
    struct sa *heir = sa->exchanges.renewal, *old = sa->exchanges.renews;

    if (heir != NULL) {
        ike2_init_drop_pair(heir);
        part(sa, heir);
    }
    if (old != NULL)
        part(old, sa);
}

void ike2_renewal_on_finished(struct sa *sa)
{
    struct sa *old = sa->exchanges.renews;

    ike2_renewal_cut(sa);
    if (old != NULL)
        ike2_sa_settle(old);
}
