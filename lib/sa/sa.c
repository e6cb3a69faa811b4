/* sa/sa.c - the life of one IKE SA: made, entered, timed; its end is in ending.c. */
#include "sa/sa.h"

#include <assert.h>
#include <string.h>

#include "sa/exchange.h"
#include "sa/init.h"
#include "sa/lifetime.h"
#include "sa/liveness.h"
#include "sa/note.h"
#include "sa/renewal.h"
#include "sa/request.h"
#include "sa/rekey.h"
#include "sa/succession.h"
#include "trace/keylog.h"

/* --- States -------------------------------------------------------------------------- */

const char *ike2_sa_state_name(enum state s)
{
    static const char *const names[STATE_COUNT] = {
        [STATE_START] = "START", [STATE_INIT] = "INIT",       [STATE_AUTH] = "AUTH",
        [STATE_HEIR] = "HEIR",   [STATE_UP] = "UP",           [STATE_CLOSING] = "CLOSING",
        [STATE_DEAD] = "DEAD",
    };

    return names[s];
}

/* The moves there are; doc/tables.md is written from them. */
static const struct sa_move moves[] = {
    { STATE_START, STATE_INIT, "1.2: the IKE_SA_INIT request is sent; a responder: the response" },
    { STATE_START, STATE_DEAD, "2.21.1: the first request is refused or ignored; or dropped" },
    { STATE_INIT, STATE_AUTH,
      "2.14: the keys exist: with the response; a responder: with the first IKE_AUTH request" },
    { STATE_INIT, STATE_DEAD, "2.21.1: refused; 2.4: no answer; or dropped" },
    { STATE_AUTH, STATE_UP, "2.15: both are authenticated" },
    { STATE_AUTH, STATE_CLOSING,
      "2.21.2: the responder's AUTH is wrong, and the responder is told" },
    { STATE_AUTH, STATE_DEAD, "2.21.2: refused; 2.4: no answer; or dropped" },
    { STATE_HEIR, STATE_UP,
      "2.8: it takes the place of the old one; or the peer may use it already" },
    { STATE_HEIR, STATE_DEAD, "2.8.1: the loser of two; or the old one ends before" },
    { STATE_UP, STATE_CLOSING,
      "1.4.1: closed, the Delete goes out; or another one has taken its place" },
    { STATE_UP, STATE_DEAD,
      "1.4.1: deleted by the peer; 2.4: no answer; 2.21.3: INVALID_SYNTAX; or dropped" },
    { STATE_CLOSING, STATE_DEAD, "1.4.1: the Delete or the report is answered, or is not" },
};

const struct sa_move *ike2_sa_move(size_t row)
{
    return row < sizeof moves / sizeof moves[0] ? &moves[row] : NULL;
}

static bool move_is_legal(enum state from, enum state to)
{
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
        if (moves[i].from == from && moves[i].to == to)
            return true;
    }
    return false;
}

void ike2_sa_enter(struct sa *sa, enum state to)
{
    enum state from = sa->state;

    assert(move_is_legal(from, to));
    (void)move_is_legal;
    sa->state = to;
    (void)ike2_note_state(sa, from, to);
}

/* --- Making -------------------------------------------------------------------------- */

enum { SPI_TRIES = 8 };

/* RFC 7296 2.6: SPIs are chosen at random; 3.1: never zero. */
static ike2_err sa_draw_spi(struct sa *sa)
{
    const ike2_crypto *c = sa->host->crypto;
    ike2_err err = IKE2_ERR_CRYPTO;

    for (int i = 0; i < SPI_TRIES; i++) {
        uint8_t octets[8];
        uint64_t spi = 0;

        if (c->random(c->user, octets, sizeof octets) != IKE2_OK)
            return IKE2_ERR_CRYPTO;
        for (size_t j = 0; j < sizeof octets; j++)
            spi = spi << 8 | octets[j];
        if (spi == 0)
            continue;
        *(sa->role == INITIATOR ? &sa->spi.i : &sa->spi.r) = spi;
        err = ike2_map_add(&sa->host->spis, &sa->host->mem, spi, sa);
        if (err != IKE2_ERR_ARGUMENT)
            break;
    }
    return err;
}

/* SPI, timers, stage; sa_unregister undoes it. */
static ike2_err sa_register(struct sa *sa)
{
    struct host *host = sa->host;
    ike2_err err = ike2_heap_reserve(&host->timers, &host->mem);

    if (err != IKE2_OK)
        return err;
    sa->init = ike2_init_stage_new(host);
    err = sa->init == NULL ? IKE2_ERR_MEMORY : sa_draw_spi(sa);
    if (err != IKE2_OK) {
        ike2_init_stage_free(sa);
        ike2_heap_unreserve(&host->timers);
    }
    return err;
}

static struct sa *sa_make(struct host *host, enum role role, const ike2_path *path)
{
    struct sa *sa = ike2_mem_acquire(&host->mem, sizeof *sa);

    if (sa == NULL)
        return NULL;
    sa->host = host;
    sa->role = role;
    sa->path = *path;
    sa->clock.created_at = sa->clock.last_in_at = host->now;
    list_init(&sa->children.list);
    ike2_timers_init(&sa->clock.timers);
    return sa;
}

ike2_err ike2_sa_new(struct host *host, enum role role, const ike2_path *path, struct sa **out)
{
    struct sa *sa;
    ike2_err err;

    if (host->stats.sas >= host->settings.limits.sas)
        return IKE2_ERR_LIMIT;
    sa = sa_make(host, role, path);
    if (sa == NULL)
        return IKE2_ERR_MEMORY;
    sa->id = ++host->serial;
    err = ike2_map_add(&host->sas, &host->mem, sa->id, sa);
    if (err == IKE2_OK) {
        err = sa_register(sa);
        if (err != IKE2_OK)
            ike2_map_remove(&host->sas, sa->id);
    }
    if (err != IKE2_OK) {
        ike2_mem_release(&host->mem, sa, sizeof *sa);
        return err;
    }
    host->stats.sas++;
    *out = sa;
    return IKE2_OK;
}

/* Each may have one more beside it that is to take its place; a peer cannot heap them up. */
static bool has_room_beside(const struct host *host)
{
    return host->stats.sas < 2 * (uint64_t)host->settings.limits.sas;
}

ike2_err ike2_sa_new_renewal(struct sa *old, struct sa **out)
{
    struct host *host = old->host;
    struct sa *sa;
    ike2_err err;

    if (!has_room_beside(host))
        return IKE2_ERR_LIMIT;
    sa = sa_make(host, INITIATOR, &old->path);
    if (sa == NULL)
        return IKE2_ERR_MEMORY;
    err = sa_register(sa);
    if (err != IKE2_OK) {
        ike2_mem_release(&host->mem, sa, sizeof *sa);
        return err;
    }
    sa->id = old->id; /* what it asks is about the one that it replaces */
    sa->peer = ike2_definition_ref(old->peer);
    sa->nat.port_local = old->nat.port_local != 0 ? old->nat.port_local : old->path.local.port;
    sa->nat.port_remote = old->nat.port_remote != 0 ? old->nat.port_remote
                                                    : old->path.remote.port;
    sa->intent.began = true;
    host->stats.sas++;
    *out = sa;
    return IKE2_OK;
}

ike2_err ike2_sa_new_heir(struct sa *old, enum role role, struct sa **out)
{
    struct host *host = old->host;
    struct sa *sa;
    ike2_err err;

    if (!has_room_beside(host))
        return IKE2_ERR_LIMIT;
    sa = sa_make(host, role, &old->path);
    if (sa == NULL)
        return IKE2_ERR_MEMORY;
    sa->state = STATE_HEIR;
    err = ike2_heap_reserve(&host->timers, &host->mem);
    if (err == IKE2_OK) {
        err = sa_draw_spi(sa);
        if (err != IKE2_OK)
            ike2_heap_unreserve(&host->timers);
    }
    if (err != IKE2_OK) {
        ike2_mem_release(&host->mem, sa, sizeof *sa);
        return err;
    }
    sa->peer = ike2_definition_ref(old->peer);
    sa->nat = old->nat;
    sa->intent.began = old->intent.began;
    sa->intent.fragmentation = old->intent.fragmentation;
    sa->intent.full_transcript = old->intent.full_transcript;
    sa->intent.small_fragments = old->intent.small_fragments;
    host->stats.sas++;
    *out = sa;
    return IKE2_OK;
}

/* The octets of both; outputs view them. */
struct identities {
    struct grave grave;
    size_t size;
    uint8_t octets[];
};

void ike2_sa_bury_ids(struct sa *sa)
{
    if (sa->who.octets != NULL)
        ike2_output_bury(sa->host, &sa->who.octets->grave, sa->who.octets->size);
    sa->who.octets = NULL;
}

ike2_err ike2_sa_set_ids(struct sa *sa, const ike2_id *local, const ike2_id *remote)
{
    struct host *host = sa->host;
    size_t size = sizeof(struct identities) + local->data.len + remote->data.len;
    struct identities *ids = ike2_mem_acquire(&host->mem, size);
    uint8_t *at;

    if (ids == NULL)
        return IKE2_ERR_MEMORY;
    ids->size = size;
    at = ids->octets;
    if (local->data.len != 0)
        memcpy(at, local->data.ptr, local->data.len);
    sa->who.local = (ike2_id){ .type = local->type, .data = { at, local->data.len } };
    at += local->data.len;
    if (remote->data.len != 0)
        memcpy(at, remote->data.ptr, remote->data.len);
    sa->who.remote = (ike2_id){ .type = remote->type, .data = { at, remote->data.len } };
    ike2_sa_bury_ids(sa);
    sa->who.octets = ids;
    return IKE2_OK;
}

static void log_keys(const struct sa *sa)
{
    const struct sa_keys *k = &sa->protection.keys;
    const struct keylog_entry entry = {
        .spi_i = sa->spi.i, .spi_r = sa->spi.r, .suite = &sa->protection.suite,
        .sk_ei = k->ei, .sk_er = k->er, .sk_ai = k->ai, .sk_ar = k->ar,
    };

    ike2_keylog_write(&sa->host->tracer, sa->host->crypto, &entry);
}

void ike2_sa_use_keys(struct sa *sa, const struct protection *p)
{
    bool initiator = sa->role == INITIATOR;
    const struct sa_keys *k = &p->keys;
    struct protector *seal = &sa->protection.seal, *open = &sa->protection.open;

    sa->protection = *p;
    *seal = (struct protector){
        .crypto = sa->host->crypto, .encr = p->suite.encr, .integ = p->suite.integ,
        .encr_key = initiator ? k->ei : k->er, .integ_key = initiator ? k->ai : k->ar,
        .sizes = p->sizes.sk, .iv_random = p->sizes.iv_random,
    };
    *open = *seal;
    open->encr_key = initiator ? k->er : k->ei;
    open->integ_key = initiator ? k->ar : k->ai;
    sa->protection.has_keys = true;
    log_keys(sa);
}

/* --- Timers -------------------------------------------------------------------------- */

static void sa_on_assembly_timer(struct sa *sa)
{
    ike2_assembly_clear(sa->host, &sa->window.assembly[0]);
    ike2_assembly_clear(sa->host, &sa->window.assembly[1]);
}

/* The timer is for the peer's silence: while the integrator is the one who takes its time, that has
 * deadlines of its own. */
static void sa_on_half_open_timer(struct sa *sa)
{
    struct host *host = sa->host;

    if (sa->exchanges.theirs != NULL)
        ike2_timer_set(host, &sa->clock.timers, TIMER_HALF_OPEN,
                       host->now + host->settings.half_open_ms);
    else
        ike2_sa_end(sa, IKE2_REASON_TIMEOUT, 0, ike2_note_timer(sa, TIMER_HALF_OPEN));
}

static void sa_on_exchange_timer(struct sa *sa, struct exchange *x)
{
    if (x != NULL)
        ike2_exchange_on_timer(x);
    else
        ike2_sa_settle(sa); /* a request of ours found no memory */
}

void ike2_sa_on_timer(struct sa *sa, enum timer which)
{
    switch (which) {
    case TIMER_RETRANSMIT:
        ike2_request_on_timer(sa);
        break;
    case TIMER_DOUBT:
        ike2_sa_end(sa, IKE2_REASON_DOUBT, sa->ending.doubt_notify, sa->ending.doubt_trace);
        break;
    case TIMER_HALF_OPEN:
        sa_on_half_open_timer(sa);
        break;
    case TIMER_OURS:
        sa_on_exchange_timer(sa, sa->exchanges.ours);
        break;
    case TIMER_THEIRS:
        sa_on_exchange_timer(sa, sa->exchanges.theirs);
        break;
    case TIMER_CHILDREN:
        ike2_lifetime_on_timer(sa);
        break;
    case TIMER_REKEY:
        ike2_rekey_on_timer(sa);
        break;
    case TIMER_REAUTH:
        ike2_renewal_on_timer(sa);
        break;
    case TIMER_LIVENESS:
        ike2_liveness_probe(sa);
        break;
    case TIMER_KEEPALIVE:
        ike2_keepalive_send(sa);
        break;
    case TIMER_ASSEMBLY:
        sa_on_assembly_timer(sa);
        break;
    case TIMER_COUNT:
        break;
    }
}

/* --- Outputs ------------------------------------------------------------------------- */

void ike2_sa_fill(const struct sa *sa, ike2_output *out)
{
    out->sa = sa->id;
    out->peer_tag = sa_peer_tag(sa);
    out->u.sa.spi_local = sa_spi_local(sa);
    out->u.sa.spi_remote = sa_spi_remote(sa);
    out->u.sa.old_spi_local = sa->spi.old_local;
    out->u.sa.old_spi_remote = sa->spi.old_remote;
    out->u.sa.how = sa->spi.old_local == 0 ? 0 : sa->spi.is_renewed ? IKE2_HOW_REAUTH
                                                                    : IKE2_HOW_REKEY;
    out->u.sa.path = &sa->path;
    out->u.sa.local_id = &sa->who.local;
    out->u.sa.remote_id = &sa->who.remote;
    out->u.sa.local_method = sa->who.local_method;
    out->u.sa.remote_method = sa->who.remote_method;
}
