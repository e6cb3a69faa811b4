/* endpoint/ops_host.c - what the integrators do, and when. */
#include <ike2/iana.h>

#include "endpoint/script.h"
#include "sa/child.h"

enum { DEFINITIONS_MAX = 8 };

/* --- Time -------------------------------------------------------------------------------- */

static void on_time(struct script *s)
{
    for (size_t i = 0; i < s->world->n_sides; i++)
        side_on_time(s->world->sides[i], s->world->now);
}

/* Milliseconds, or with the top bit tenths of a second. */
static ike2_time tape_duration(struct script *s)
{
    uint16_t n = tape_u16(s);

    return n < 0x8000 ? n : (n & 0x7fff) * UINT64_C(100);
}

void op_wait(struct script *s)
{
    s->world->now += tape_duration(s);
    on_time(s);
}

/* Time goes by and nobody looks at the clock. */
void op_late(struct script *s)
{
    s->world->now += tape_duration(s);
}

bool next_deadline(struct script *s)
{
    ike2_time a = side_next(s->world->sides[0]), b = side_next(s->world->sides[1]);
    ike2_time next = a < b ? a : b;

    if (next == IKE2_TIME_NEVER)
        return false;
    if (next > s->world->now)
        s->world->now = next;
    on_time(s);
    return true;
}

/* Up to the next deadline of either side; so often. */
void op_deadline(struct script *s)
{
    for (unsigned n = tape_u8(s) % 16u + 1; n > 0 && next_deadline(s); n--)
        world_check(s->world);
}

/* --- Commands ---------------------------------------------------------------------------- */

void op_connect(struct script *s)
{
    uint8_t choice = tape_u8(s);
    struct side *side = s->world->sides[choice & 1];

    (void)side_connect_to(side, s->world->now, &side_other(s, side)->addr,
                          (choice & 2) != 0 ? IKE2_ENCAP_UDP : IKE2_ENCAP_NONE);
}

void op_command(struct script *s)
{
    uint8_t choice = tape_u8(s);
    struct side *side = s->world->sides[choice & 1];
    ike2_sa_id sa = sa_pick(side, choice >> 1 & 3);
    ike2_time now = s->world->now;

    if (side->ep == NULL)
        return;
    switch (choice >> 3 & 3) {
    case 0: (void)ike2_sa_close(side->ep, now, sa); break;
    case 1: (void)ike2_sa_drop(side->ep, now, sa); break;
    default: (void)ike2_sa_probe(side->ep, now, sa); break;
    }
    side_drain(side, now);
}

/* What a data plane may say of one of the child's pairs. */
static void report(struct script *s, struct side *side, ike2_child_id child)
{
    ike2_report r = IKE2_INIT(ike2_report);
    ike2_child_info info = IKE2_INIT(ike2_child_info);

    r.what = tape_u8(s) % 10u;
    r.value = tape_u16(s);
    r.source = s->world->sides[r.value & 1]->addr;
    r.source.port = (uint16_t)r.value;
    r.spi_in = (uint32_t)r.value;
    if (ike2_child_get(side->ep, child, &info) == IKE2_OK && info.pair != NULL)
        r.spi_in = info.pair->spi_in;
    (void)ike2_child_report(side->ep, s->world->now, &r);
}

void op_child(struct script *s)
{
    uint8_t choice = tape_u8(s);
    struct side *side = s->world->sides[choice & 1];
    ike2_time now = s->world->now;
    ike2_child_id child = 0;

    if (side->ep == NULL)
        return;
    for (unsigned n = 0; n <= (choice >> 1 & 3u); n++)
        child = ike2_child_next(side->ep, 0, child);
    switch (choice >> 3 & 3) {
    case 0: (void)ike2_child_close(side->ep, now, child); break;
    case 1: (void)ike2_child_rekey(side->ep, now, child, 0); break;
    case 2: (void)!ike2_child_create(side->ep, now, ike2_sa_next(side->ep, 0), choice >> 6,
                                     &child); break;
    default: report(s, side, child); break;
    }
    side_drain(side, now);
}

void define_again(struct script *s, size_t side)
{
    if (s->world->sides[side]->ep != NULL && s->n_defined[side]++ < DEFINITIONS_MAX)
        (void)side_define(s->world->sides[side], &s->world->sides[side]->peer);
}

/* A definition comes, and its name is used from now on; or the name goes. */
void op_define(struct script *s)
{
    uint8_t choice = tape_u8(s), what = tape_u8(s);
    struct side *side = s->world->sides[choice & 1];

    if (side->ep == NULL)
        return;
    if ((choice & 2) != 0)
        (void)ike2_peer_undefine(side->ep, side->peer);
    if ((choice & 4) != 0) {
        settings_define(side, what);
        define_again(s, choice & 1);
    }
    side_drain(side, s->world->now);
}

/* How the side deals with a kind of question or job from now on. */
void op_plan(struct script *s)
{
    /* What to do about a child depends on the question. */
    static const enum matter matters[] = {
        ON_PEER, ON_PSK, ON_IDENTITY, ON_SPI, ON_KE, ON_SIGN, ON_VERIFY, ON_INSTALL, ON_SWITCH,
        ON_REMOVE, ON_RELEASE, ON_CONFIG,
    };
    uint8_t choice = tape_u8(s), how = tape_u8(s);
    struct side *side = s->world->sides[choice & 1];
    size_t row = (choice >> 1) % (sizeof matters / sizeof matters[0]);

    side->plans[matters[row]] = (struct plan){
        .manner = (enum manner)(how & 3), .ms = (how & 4) != 0 ? 700 : 0, .times = how >> 3 & 3,
        .notify = (how & 0x20) != 0 ? IKE2_NOTIFY_TS_UNACCEPTABLE : 0,
    };
}

/* --- Questions --------------------------------------------------------------------------- */

/* Answers that do not fit the question: nothing happens. */
static void answer_wrongly(const struct script *s, struct side *side, const struct pending *p)
{
    ike2_secret_answer secret = IKE2_INIT(ike2_secret_answer);
    ike2_time now = s->world->now;

    if (p->matter != ON_PEER && p->matter != ON_IDENTITY)
        check(ike2_answer_peer(side->ep, now, p->ask, side->peer) != IKE2_OK);
    if (p->matter != ON_CHILD)
        check(ike2_answer_child(side->ep, now, p->ask, NULL) != IKE2_OK);
    if (p->matter != ON_CONFIG)
        check(ike2_answer_config(side->ep, now, p->ask, NULL, 0) != IKE2_OK);
    if (p->matter != ON_SPI)
        check(ike2_answer_spi(side->ep, now, p->ask, 0x12345678) != IKE2_OK);
    check(ike2_answer_spi(side->ep, now, p->ask, 255) != IKE2_OK);
    check(ike2_answer_secret(side->ep, now, p->ask, &secret) != IKE2_OK);
    check(ike2_refuse(side->ep, now, UINT64_MAX, 0) == IKE2_ERR_STALE);
}

/* With what the question itself views: both templates' selectors, as requested. */
static ike2_err answer_child(const struct script *s, struct side *side, const ike2_output *ask,
                             uint8_t how)
{
    ike2_child_spec spec = IKE2_INIT(ike2_child_spec);

    if ((how & 1) == 0)
        return ike2_answer_child(side->ep, s->world->now, ask->ask, NULL);
    spec.template_index = how >> 2 & 1;
    spec.ts_local = ask->u.ask_child.local;
    spec.n_ts_local = (how & 2) != 0 ? 1 : (how & 8) != 0 ? 0 : ask->u.ask_child.n_local;
    spec.ts_remote = ask->u.ask_child.remote;
    spec.n_ts_remote = ask->u.ask_child.n_remote;
    return ike2_answer_child(side->ep, s->world->now, ask->ask, &spec);
}

/* In the upper four bits of the tape's octet. */
enum { HOW_USUAL, HOW_REFUSE, HOW_WRONG, HOW_OTHER_PEER };

/* What the question views has to live on until the next poll, also when it has been answered. */
static void answer(const struct script *s, struct side *side, struct pending *p, uint8_t how)
{
    const ike2_output *ask = ike2_ask_get(side->ep, p->ask);
    ike2_time now = s->world->now;
    ike2_err err = IKE2_ERR_STATE;

    check(ask != NULL && ask->ask == p->ask);
    views_read(ask);
    if (how >> 4 == HOW_REFUSE)
        err = ike2_refuse(side->ep, now, p->ask, (how & 1) != 0 ? IKE2_NOTIFY_COOKIE : 0);
    else if (p->matter == ON_CHILD)
        err = answer_child(s, side, ask, how);
    else if (p->matter == ON_IDENTITY && how >> 4 == HOW_OTHER_PEER)
        err = ike2_answer_peer(side->ep, now, p->ask, side->peer);
    else
        side_settle(side, now, p);
    views_read(ask);
    if (err == IKE2_OK)
        p->is_used = false;
}

/* The n-th question or job that waits; NULL: there is none. */
static struct pending *pending_pick(struct side *side, uint8_t n, bool is_job)
{
    struct pending *found = NULL;
    size_t left = n;

    for (size_t i = 0; i < side->cap_pending; i++) {
        struct pending *p = &side->pending[i];

        if (!p->is_used || (p->job != NULL) != is_job)
            continue;
        found = p;
        if (left-- == 0)
            break;
    }
    return found;
}

void op_answer(struct script *s)
{
    uint8_t choice = tape_u8(s), how = tape_u8(s);
    struct side *side = s->world->sides[choice & 1];
    struct pending *p = pending_pick(side, choice >> 1 & 3, false);

    if (side->ep == NULL || p == NULL)
        return;
    if (ike2_ask_get(side->ep, p->ask) == NULL) { /* it ended by its deadline */
        check(ike2_refuse(side->ep, s->world->now, p->ask, 0) == IKE2_ERR_STALE);
        p->is_used = false;
        return;
    }
    if (how >> 4 == HOW_WRONG)
        answer_wrongly(s, side, p);
    else
        answer(s, side, p, how);
    side_drain(side, s->world->now);
}

/* --- Jobs -------------------------------------------------------------------------------- */

static bool is_computation(const struct pending *p)
{
    return p->matter == ON_KE || p->matter == ON_SIGN || p->matter == ON_VERIFY;
}

enum { FINISH_REFUSED = 1, FINISH_ABANDONED = 2, FINISH_RUN = 4, FINISH_LATER = 8 };

void op_finish(struct script *s)
{
    uint8_t choice = tape_u8(s), how = tape_u8(s);
    struct side *side = s->world->sides[choice & 1];
    struct pending *p = pending_pick(side, choice >> 1 & 3, true);

    if (side->ep == NULL || p == NULL)
        return;
    job_read(p->job);
    if (is_computation(p) && (how & FINISH_RUN) != 0) {
        ike2_err err = ike2_job_run(p->job);

        check(ike2_job_run(p->job) == err); /* done once, and said again */
    }
    if ((how & FINISH_LATER) != 0)
        return;
    p->refuse = (how & FINISH_REFUSED) != 0;
    p->notify = (how & 0x10) != 0 ? IKE2_NOTIFY_TS_UNACCEPTABLE : 0;
    if (is_computation(p) && (how & FINISH_ABANDONED) != 0) {
        ike2_job_free(p->job);
        p->is_used = false;
    } else {
        side_settle(side, s->world->now, p);
    }
    side_drain(side, s->world->now);
}

/* --- Ends -------------------------------------------------------------------------------- */

/* One output is polled, and still lives when the endpoint goes. */
static void side_take_one(struct side *side, ike2_time now)
{
    const ike2_output *out = ike2_endpoint_poll(side->ep);

    if (out == NULL)
        return;
    views_read(out);
    if (out->type == IKE2_JOB)
        side_take(side, now, out);
}

/* The endpoint goes while jobs are out; a new one comes. */
void op_restart(struct script *s)
{
    uint8_t choice = tape_u8(s);
    struct side *side = s->world->sides[choice & 1];

    tally_side(side);
    if (side->ep != NULL && (choice & 2) != 0) { /* with outputs that nobody has polled */
        (void)ike2_sa_close(side->ep, s->world->now, sa_pick(side, 0));
        (void)ike2_sa_drop(side->ep, s->world->now, sa_pick(side, 1));
    }
    if (side->ep != NULL && (choice & 4) != 0)
        side_take_one(side, s->world->now);
    ike2_endpoint_free(side->ep);
    side->ep = NULL;
    for (size_t i = 0; i < side->cap_pending; i++) {
        if (side->pending[i].is_used && side->pending[i].job != NULL)
            job_read(side->pending[i].job);
    }
    side_stop(side);
    record_init(&side->record);
    tally_watch(side);
    (void)side_start(side, s->world->now);
}

static void wind_up(struct script *s, struct side *side)
{
    ike2_sa_id sa;

    alloc_fail(&side->alloc, 0, 0);
    fake_crypto_fail(&side->fake, 0, 0, IKE2_OK);
    for (enum matter m = ON_PEER; m < MATTERS; m++)
        side->plans[m] = (struct plan){ .manner = m <= ON_SPI ? NEVER : AT_ONCE };
    while ((sa = sa_pick(side, 0)) != 0) {
        size_t n = side_pending(side);

        (void)ike2_sa_drop(side->ep, s->world->now, sa);
        side_drain(side, s->world->now);
        for (size_t i = 0; i < side->cap_pending; i++) {
            struct pending *p = &side->pending[i];

            if (p->is_used && p->job != NULL)
                side_settle(side, s->world->now, p);
        }
        side_drain(side, s->world->now);
        check(sa_pick(side, 0) != sa || side_pending(side) < n);
    }
    world_check(s->world);
}

void script_wind_up(struct script *s)
{
    for (size_t i = 0; i < s->world->n_sides; i++) {
        struct side *side = s->world->sides[i];

        tally_faults(side);
        if (!s->ends_abruptly)
            wind_up(s, side);
        if (side->ep != NULL)
            side_look(side);
        tally_side(side);
    }
}
