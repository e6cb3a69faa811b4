/* sa/succession.c - one IKE SA takes the place of another. RFC 7296 1.3.2, 2.8, 2.8.1, 2.18. */
#include "sa/succession.h"

#include "sa/assignment.h"
#include "sa/attempt.h"
#include "sa/child.h"
#include "sa/contact.h"
#include "sa/info.h"
#include "sa/liveness.h"
#include "sa/init.h"
#include "sa/lifetime.h"
#include "sa/note.h"
#include "sa/rekey.h"
#include "sa/request.h"

/* A former SA whose peer does not delete it is forgotten after this. */
enum { FORMER_MS = 30 * 1000 };

struct succession *ike2_succession_acquire(struct host *host)
{
    return ike2_mem_acquire(&host->mem, sizeof(struct succession));
}

void ike2_succession_release(struct host *host, struct succession *s)
{
    if (s == NULL)
        return;
    ike2_ke_clear(host, &s->ke);
    if (s->heir != NULL)
        ike2_sa_destroy(s->heir);
    ike2_mem_release(&host->mem, s, sizeof *s);
}

ike2_err ike2_succession_new(struct sa *sa)
{
    sa->exchanges.succession = ike2_succession_acquire(sa->host);
    return sa->exchanges.succession == NULL ? IKE2_ERR_MEMORY : IKE2_OK;
}

void ike2_succession_free(struct sa *sa)
{
    struct succession *s = sa->exchanges.succession;
    struct sa *rival;

    if (s == NULL)
        return;
    rival = s->rival;
    sa->exchanges.succession = NULL;
    ike2_succession_release(sa->host, s);
    if (rival == NULL)
        return;
    rival->exchanges.predecessor = NULL;
    if (sa->state == STATE_UP && !sa->intent.is_ending)
        ike2_succession_hand_over(sa, rival);
    else
        ike2_sa_destroy(rival);
}

ike2_err ike2_succession_key(const struct sa *old, struct sa *heir, const ike2_suite *suite,
                             const struct ke_stage *ke)
{
    const struct key_seeds seeds = {
        .ni = nonce_bytes(&ke->ni), .nr = nonce_bytes(&ke->nr),
        .spi_i = heir->spi.i, .spi_r = heir->spi.r,
        .old_d = old->protection.keys.d, .old_prf = old->protection.suite.prf,
    };
    const ike2_crypto *c = old->host->crypto;
    struct protection p = { .suite = *suite };
    ike2_err err = ike2_suite_sizes(c, &p.suite, false, &p.sizes);

    if (err == IKE2_OK)
        err = ike2_sa_keys_derive(c, &p.suite, ke->shared, &seeds, &p.keys);
    if (err != IKE2_OK)
        return err;
    ike2_sa_use_keys(heir, &p);
    return IKE2_OK;
}

/* --- Handing over ---------------------------------------------------------------------- */

static void give_children(struct sa *old, struct sa *heir)
{
    struct child *c;

    while ((c = ike2_child_after(old, NULL)) != NULL) {
        list_remove(&c->node);
        list_append(&heir->children.list, &c->node);
        c->sa = heir;
    }
    heir->children.n += old->children.n;
    old->children.n = 0;
}

/* An SA that was authenticated anew has one of its own, 2.19. */
static void give_assignment(struct sa *old, struct sa *heir)
{
    if (heir->who.assignment != NULL || old->who.assignment == NULL)
        return;
    heir->who.assignment = old->who.assignment;
    old->who.assignment = NULL;
    ike2_assignment_rename(heir);
}

/* One that was authenticated anew has its own. */
static void give_identities(struct sa *old, struct sa *heir)
{
    if (heir->who.octets != NULL)
        return;
    heir->who.local = old->who.local;
    heir->who.remote = old->who.remote;
    heir->who.local_method = old->who.local_method;
    heir->who.remote_method = old->who.remote_method;
    heir->who.octets = old->who.octets;
    old->who.octets = NULL;
    old->who.local = old->who.remote = (ike2_id){ 0 };
}

static void give_name(struct sa *old, struct sa *heir)
{
    heir->id = old->id;
    old->id = 0;
    ike2_map_replace(&old->host->sas, heir->id, heir);
    give_identities(old, heir);
    ike2_contact_pass(old, heir);
    give_assignment(old, heir);
    heir->intent.is_announced = old->intent.is_announced;
    old->intent.is_announced = false;
}

static void give_clock(const struct sa *old, struct sa *heir)
{
    heir->path = old->path;
    heir->nat = old->nat;
    heir->clock.created_at = old->clock.created_at;
    if (heir->clock.established_at == 0)
        heir->clock.established_at = old->clock.established_at;
    heir->clock.retransmits = old->clock.retransmits;
    heir->clock.keyed_at = old->host->now;
    if (!heir->spi.is_renewed)
        ike2_timer_set(old->host, &heir->clock.timers, TIMER_REAUTH,
                       old->clock.timers.at[TIMER_REAUTH]);
}

/* What was to happen to the old one happens to the heir, or not at all. */
static void retire(struct sa *old, struct sa *heir)
{
    struct host *host = old->host;

    ike2_exchange_abandon(old->exchanges.ours);
    ike2_exchange_abandon(old->exchanges.theirs);
    ike2_output_withdraw(host, &old->events.moved);
    old->intent.is_former = true;
    heir->intent.wants_reauth = old->intent.wants_reauth;
    old->intent.wants_probe = old->intent.wants_rekey = old->intent.wants_reauth = false;
    ike2_timer_set(host, &old->clock.timers, TIMER_CHILDREN, IKE2_TIME_NEVER);
    ike2_timer_set(host, &old->clock.timers, TIMER_LIVENESS, IKE2_TIME_NEVER);
    ike2_timer_set(host, &old->clock.timers, TIMER_KEEPALIVE, IKE2_TIME_NEVER);
    ike2_timer_set(host, &old->clock.timers, TIMER_REAUTH, IKE2_TIME_NEVER);
    ike2_timer_set(host, &old->clock.timers, TIMER_REKEY, host->now + FORMER_MS);
}

/* An older one still carries what the children have not got anew: it waits for the heir now. */
static void give_renewal(struct sa *old, struct sa *heir)
{
    struct sa *older = old->exchanges.renews;

    if (older == NULL)
        return;
    old->exchanges.renews = NULL;
    heir->exchanges.renews = older;
    older->exchanges.renewal = heir;
}

void ike2_succession_hand_over(struct sa *old, struct sa *heir)
{
    if (heir->state == STATE_HEIR) /* a rival is in use already */
        ike2_sa_enter(heir, STATE_UP);
    give_clock(old, heir);
    retire(old, heir);
    give_children(old, heir);
    give_name(old, heir);
    give_renewal(old, heir);
    heir->spi.old_local = sa_spi_local(old);
    heir->spi.old_remote = sa_spi_remote(old);
    ike2_output_push(heir->host, &heir->events.rekeyed, IKE2_EVENT_SA_REKEYED, heir);
    ike2_liveness_heard(heir);
    ike2_keepalive_arm(heir);
    ike2_lifetime_arm(heir);
    ike2_rekey_plan(heir);
    ike2_sa_settle(heir);
    ike2_sa_leave_now(old, heir);
}

/* --- Both at once ---------------------------------------------------------------------- */

bool ike2_succession_has_lost(const struct sa *sa)
{
    const struct succession *s = sa->exchanges.succession;
    const struct nonce *ours = ike2_nonce_lower(&s->ke.ni, &s->ke.nr);

    return s->rival != NULL && ike2_nonce_lower(ours, &s->rivals_lowest) == ours;
}

void ike2_succession_meet(struct sa *sa, struct sa *rival, const struct ke_stage *theirs)
{
    struct succession *s = sa->exchanges.succession;

    s->rival = rival;
    s->rivals_lowest = *ike2_nonce_lower(&theirs->ni, &theirs->nr);
    rival->exchanges.predecessor = sa;
    ike2_sa_enter(rival, STATE_UP); /* the peer may have decided already */
}

void ike2_succession_disown(struct sa *rival)
{
    struct host *host = rival->host;
    struct sa *old = rival->exchanges.predecessor;

    old->exchanges.succession->rival = NULL;
    rival->exchanges.predecessor = NULL;
    rival->intent.is_former = true;
    ike2_timer_set(host, &rival->clock.timers, TIMER_REKEY, host->now + FORMER_MS);
}

void ike2_succession_on_message(struct sa *sa, const struct message *m)
{
    struct sa *old = sa->exchanges.predecessor;

    if (old == NULL)
        return;
    if (ike2_info_deletes_sa(m)) {
        ike2_succession_disown(sa);
        return;
    }
    ike2_request_close(old);
    ike2_succession_free(old);
}
