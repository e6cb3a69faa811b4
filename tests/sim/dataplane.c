/* sim/dataplane.c - a data plane that watches the rules of the lanes. */
#include "sim/dataplane.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SPI = 0x1000 };

void dataplane_init(struct dataplane *d, const ike2_crypto *crypto)
{
    *d = (struct dataplane){ .crypto = crypto, .next_spi = FIRST_SPI };
}

void dataplane_clear(struct dataplane *d)
{
    for (size_t i = 0; i < d->n_kept; i++)
        d->crypto->key_free(d->crypto->user, d->kept[i]);
    for (size_t i = 0; i < d->n_entries; i++)
        free(d->entries[i]);
    free(d->entries);
    free(d->lanes);
    d->entries = NULL;
    d->lanes = NULL;
    d->n_kept = d->n_entries = d->n_lanes = 0;
}

static void require(struct dataplane *d, bool ok, const char *rule)
{
    if (!ok && d->fault == NULL)
        d->fault = rule;
}

/* --- Entries -------------------------------------------------------------------------- */

static struct entry *entry_of(const struct dataplane *d, uint32_t spi_in)
{
    for (size_t i = 0; i < d->n_entries; i++) {
        if (d->entries[i]->spi_in == spi_in && d->entries[i]->state != ENTRY_FREE)
            return d->entries[i];
    }
    return NULL;
}

static bool can_send(const struct entry *e)
{
    return e->state == ENTRY_SWITCHED && (e->halves & IKE2_HALF_OUT) != 0;
}

const struct entry *dataplane_sending(const struct dataplane *d, ike2_child_id child)
{
    const struct entry *last = NULL;

    for (size_t i = 0; i < d->n_entries; i++) {
        const struct entry *e = d->entries[i];

        if (e->child == child && can_send(e) && (last == NULL || e->switched > last->switched))
            last = e;
    }
    return last;
}

struct entry *dataplane_next_sending(const struct dataplane *d, const struct entry *after)
{
    size_t i = 0;

    while (after != NULL && i < d->n_entries && d->entries[i++] != after)
        ;
    for (; i < d->n_entries; i++) {
        if (can_send(d->entries[i]) &&
            dataplane_sending(d, d->entries[i]->child) == d->entries[i])
            return d->entries[i];
    }
    return NULL;
}

struct entry *dataplane_receiving(const struct dataplane *d, uint32_t spi_in)
{
    struct entry *e = entry_of(d, spi_in);

    return e == NULL || e->state < ENTRY_INSTALLED || (e->halves & IKE2_HALF_IN) == 0 ? NULL : e;
}

static struct entry *entry_free(const struct dataplane *d)
{
    for (size_t i = 0; i < d->n_entries; i++) {
        if (d->entries[i]->state == ENTRY_FREE)
            return d->entries[i];
    }
    return NULL;
}

static struct entry *entry_new(struct dataplane *d, uint32_t spi_in)
{
    struct entry *e = entry_free(d);

    if (e == NULL) {
        struct entry **more = realloc(d->entries, (d->n_entries + 1) * sizeof(*more));

        e = malloc(sizeof *e);
        if (more == NULL || e == NULL)
            abort();
        d->entries = more;
        d->entries[d->n_entries++] = e;
    }
    *e = (struct entry){ .spi_in = spi_in };
    return e;
}

const struct entry *dataplane_find(const struct dataplane *d, uint32_t spi_in)
{
    return entry_of(d, spi_in);
}

const struct entry *dataplane_pair(const struct dataplane *d, size_t n)
{
    for (size_t i = 0; i < d->n_entries; i++) {
        if (d->entries[i]->state >= ENTRY_INSTALLED && n-- == 0)
            return d->entries[i];
    }
    return NULL;
}

size_t dataplane_count(const struct dataplane *d)
{
    size_t n = 0;

    for (size_t i = 0; i < d->n_entries; i++)
        n += d->entries[i]->state != ENTRY_FREE ? 1 : 0;
    return n;
}

size_t dataplane_jobs(const struct dataplane *d)
{
    size_t n = 0;

    for (size_t i = 0; i < d->n_lanes; i++)
        n += d->lanes[i].job != NULL ? 1 : 0;
    return n;
}

uint32_t dataplane_next_spi(struct dataplane *d)
{
    return d->next_spi++;
}

void dataplane_reserve(struct dataplane *d, ike2_sa_id sa, ike2_child_id child, uint32_t spi_in)
{
    struct entry *e;

    require(d, entry_of(d, spi_in) == NULL, "one owner for each SPI");
    e = entry_new(d, spi_in);
    e->state = ENTRY_RESERVED;
    e->is_reserved = true;
    e->sa = sa;
    e->child = child;
    d->n_reserved++;
}

/* --- Jobs come out -------------------------------------------------------------------- */

static bool has_keys(const ike2_pair *p)
{
    return p->encr_in != NULL || p->encr_out != NULL || p->integ_in != NULL ||
           p->integ_out != NULL;
}

static void begin_install(struct dataplane *d, const ike2_pair *p)
{
    const struct entry *e = entry_of(d, p->spi_in);
    bool aead = p->suite.integ.type == 0;

    require(d, p->encr_in != NULL && p->encr_out != NULL, "INSTALL with keys");
    require(d, (p->integ_in == NULL) == aead && (p->integ_out == NULL) == aead,
            "INSTALL with integrity keys, and none with an AEAD");
    require(d, p->spi_in >= 256 && p->spi_out != 0, "INSTALL with both SPIs");
    require(d, p->n_ts_local != 0 && p->n_ts_remote != 0, "INSTALL with selectors");
    require(d, p->protocol == IKE2_PROTOCOL_ESP, "INSTALL of ESP");
    require(d, e == NULL || e->state == ENTRY_RESERVED, "one INSTALL for each pair");
}

static void begin_other(struct dataplane *d, const ike2_output *out, const ike2_lane_task *task)
{
    const ike2_pair *p = task->pair;
    const struct entry *e = entry_of(d, p->spi_in);

    require(d, !has_keys(p), "keys in INSTALL only");
    require(d, p->protocol == IKE2_PROTOCOL_ESP && p->tag == out->child_tag &&
                   p->path.remote.family != 0, "a pair with protocol, tag and path");
    require(d, e != NULL, "a job about a pair that is there");
    if (e == NULL)
        return;
    switch (task->op) {
    case IKE2_LANE_SWITCH:
        require(d, e->state == ENTRY_INSTALLED, "SWITCH once, after a successful INSTALL");
        require(d, e->halves == IKE2_HALF_BOTH, "SWITCH to a whole pair");
        break;
    case IKE2_LANE_MOVE:
        require(d, e->state >= ENTRY_INSTALLED, "MOVE after a successful INSTALL");
        break;
    case IKE2_LANE_REMOVE:
        require(d, e->state >= ENTRY_INSTALLED, "REMOVE after a successful INSTALL");
        require(d, task->halves != 0 && (task->halves & ~e->halves) == 0,
                "REMOVE of halves that are there");
        break;
    case IKE2_LANE_RELEASE:
        require(d, e->state == ENTRY_RESERVED, "RELEASE of an SPI that is reserved, not installed");
        break;
    default:
        require(d, false, "a known operation");
        break;
    }
}

static struct lane_job *lane_new(struct dataplane *d)
{
    d->lanes = realloc(d->lanes, (d->n_lanes + 1) * sizeof *d->lanes);
    if (d->lanes == NULL)
        abort();
    return &d->lanes[d->n_lanes++];
}

static void lane_take(struct dataplane *d, const ike2_output *out, uint8_t op)
{
    struct lane_job *room = NULL;

    for (size_t i = 0; i < d->n_lanes; i++) {
        struct lane_job *l = &d->lanes[i];

        require(d, l->job == NULL || l->child != out->child, "one job at a time for each child");
        if (l->job == NULL && room == NULL)
            room = l;
    }
    if (room == NULL)
        room = lane_new(d);
    *room = (struct lane_job){ .job = out->u.job, .child = out->child, .op = op };
}

void dataplane_begin(struct dataplane *d, const ike2_output *out)
{
    const ike2_lane_task *task = ike2_job_lane(out->u.job);
    const ike2_pair *p = task->pair;

    require(d, out->child != 0 && p->child == out->child, "a job about the output's child");
    require(d, ike2_job_sa(out->u.job) == out->sa, "a job about the output's SA");
    require(d, (out->answer_by == IKE2_TIME_NEVER) == (task->op != IKE2_LANE_INSTALL),
            "a deadline for INSTALL only");
    lane_take(d, out, task->op);
    if (task->op == IKE2_LANE_INSTALL)
        begin_install(d, p);
    else
        begin_other(d, out, task);
}

/* --- Jobs are finished ---------------------------------------------------------------- */

static void key_copy(struct dataplane *d, const ike2_key *key, struct entry_key *out)
{
    ike2_buffer room = { .ptr = out->octets, .cap = sizeof out->octets };

    out->len = 0;
    if (key == NULL)
        return;
    require(d, d->crypto->key_export(d->crypto->user, key, &room) == IKE2_OK,
            "keys that can be exported");
    out->len = room.len;
}

static void end_install(struct dataplane *d, ike2_sa_id sa, const ike2_pair *p, uint64_t n_sent)
{
    struct entry *e = entry_of(d, p->spi_in);

    if (e == NULL)
        e = entry_new(d, p->spi_in);
    e->state = ENTRY_INSTALLED;
    e->halves = IKE2_HALF_BOTH;
    e->transport = p->transport;
    e->replaces = p->replaces;
    e->originals.local = p->original_local;
    e->originals.remote = p->original_remote;
    e->sa = sa;
    e->child = p->child;
    e->spi_out = p->spi_out;
    e->encap = p->encap;
    e->path = p->path;
    e->suite = p->suite;
    e->traffic = (struct entry_traffic){ .esn = p->esn, .rekey_octets = p->rekey_octets };
    e->n_ts_local = p->n_ts_local;
    e->n_ts_remote = p->n_ts_remote;
    e->ts.local = p->ts_local[0];
    e->ts.remote = p->ts_remote[0];
    e->n_sent = n_sent;
    key_copy(d, p->encr_in, &e->keys.encr_in);
    key_copy(d, p->encr_out, &e->keys.encr_out);
    key_copy(d, p->integ_in, &e->keys.integ_in);
    key_copy(d, p->integ_out, &e->keys.integ_out);
    d->n_installed++;
    if (d->keeps_handles && d->n_kept < DATAPLANE_KEPT) {
        d->crypto->key_ref(d->crypto->user, p->encr_in);
        d->kept[d->n_kept++] = p->encr_in;
    }
}

void dataplane_forget(struct dataplane *d, const ike2_job *job)
{
    for (size_t i = 0; i < d->n_lanes; i++) {
        if (d->lanes[i].job == job)
            d->lanes[i].job = NULL;
    }
}

static void end_remove(struct dataplane *d, struct entry *e, uint8_t halves)
{
    if ((halves & IKE2_HALF_IN) != 0)
        d->n_removed++;
    if (e == NULL)
        return;
    e->halves &= (uint8_t)~halves;
    if ((halves & IKE2_HALF_IN) == 0)
        return;
    d->n_released += e->is_reserved ? 1 : 0;
    e->state = ENTRY_FREE;
}

/* A removal that fails is taken as done by the library, so it is here. */
void dataplane_end(struct dataplane *d, ike2_job *job, bool ok, uint64_t n_sent)
{
    const ike2_lane_task *task = ike2_job_lane(job);
    struct entry *e = entry_of(d, task->pair->spi_in);

    dataplane_forget(d, job);
    switch (task->op) {
    case IKE2_LANE_INSTALL:
        if (ok)
            end_install(d, ike2_job_sa(job), task->pair, n_sent);
        break;
    case IKE2_LANE_SWITCH:
        if (e != NULL && ok) {
            e->state = ENTRY_SWITCHED;
            e->switched = ++d->n_switched;
        }
        break;
    case IKE2_LANE_MOVE:
        if (e != NULL && ok) {
            e->path = task->pair->path;
            e->encap = task->pair->encap;
        }
        break;
    case IKE2_LANE_REMOVE:
        end_remove(d, e, task->halves);
        break;
    default:
        d->n_released++;
        if (e != NULL)
            e->state = ENTRY_FREE;
        break;
    }
}

/* --- Events --------------------------------------------------------------------------- */

void dataplane_child_up(struct dataplane *d, ike2_child_id child)
{
    bool found = false;

    for (size_t i = 0; i < d->n_entries; i++)
        found = found ||
                (d->entries[i]->state == ENTRY_SWITCHED && d->entries[i]->child == child);
    require(d, found, "CHILD_UP after a successful SWITCH");
}

void dataplane_child_down(struct dataplane *d, ike2_child_id child)
{
    for (size_t i = 0; i < d->n_entries; i++)
        require(d, d->entries[i]->state == ENTRY_FREE || d->entries[i]->child != child,
                "CHILD_DOWN after the pair has been removed");
    for (size_t i = 0; i < d->n_lanes; i++)
        require(d, d->lanes[i].job == NULL || d->lanes[i].child != child,
                "CHILD_DOWN after the last job of its lane");
}

void dataplane_sa_down(struct dataplane *d, ike2_sa_id sa)
{
    for (size_t i = 0; i < d->n_entries; i++)
        require(d, d->entries[i]->state == ENTRY_FREE || d->entries[i]->sa != sa,
                "SA_DOWN after the last REMOVE");
}
