#include "pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ike2/iana.h>

/* So many are kept for identities that are away; beyond, others get their addresses before those
 * that nobody had. */
enum { KEPT_MAX = 65536 };

/* --- Addresses --------------------------------------------------------------------------- */

static size_t octets_of(uint8_t family)
{
    return family == 4 ? 4 : 16;
}

static uint8_t family_of(const ike2_ts *ts)
{
    return ts->type == IKE2_TS_IPV4_ADDR_RANGE ? 4 : 6;
}

static bool holds(const ike2_ts *ts, const ike2_addr *a)
{
    size_t octets = octets_of(a->family);

    return family_of(ts) == a->family && memcmp(ts->first, a->ip, octets) <= 0 &&
           memcmp(a->ip, ts->last, octets) <= 0;
}

static bool is_in_ranges(const struct pool *pool, const ike2_addr *a)
{
    size_t i;

    for (i = 0; i < pool->ranges.n; i++) {
        if (holds(&pool->ranges.list[i], a))
            return true;
    }
    return false;
}

static bool is_reserved(const struct pool *pool, const ike2_addr *a)
{
    size_t i;

    for (i = 0; i < pool->n_reserved; i++) {
        if (pool->reserved[i].family == a->family &&
            memcmp(pool->reserved[i].ip, a->ip, octets_of(a->family)) == 0)
            return true;
    }
    return false;
}

static bool gives(const struct pool *pool, const ike2_addr *a)
{
    return is_in_ranges(pool, a) && !is_reserved(pool, a);
}

static struct pool_half *half_of(struct pool *pool, uint8_t family)
{
    return &pool->halves[family == 6];
}

/* Adds one; the caller knows that there is an address behind. */
static void step(uint8_t *ip, size_t octets)
{
    while (octets > 0 && ++ip[--octets] == 0)
        ;
}

/* --- What an SA gets --------------------------------------------------------------------- */

/* One question under way. */
struct search {
    struct pools *p;
    const struct pool_wish *wish;
    uint8_t family;
    struct lease_owner *owner;
    struct pool *pools[GRANT_POOLS_MAX]; /* that have addresses of the family */
    size_t n;
};

/* The one that gives this address. */
static struct pool *pool_for(const struct search *s, const ike2_addr *a)
{
    size_t i;

    for (i = 0; i < s->n; i++) {
        if (gives(s->pools[i], a))
            return s->pools[i];
    }
    return NULL;
}

/* What it has already. */
static struct lease *find_held(const struct search *s)
{
    struct lease *l = s->owner->leases;

    while (l != NULL && !(l->address.family == s->family && lease_is_held_by(l, s->wish->sa)))
        l = l->next;
    return l;
}

/* One of the same owner: that others hold, or that is kept. */
static struct lease *find_own(const struct search *s, bool is_held)
{
    struct lease *l;

    for (l = s->owner->leases; l != NULL; l = l->next) {
        if ((l->holders != NULL) == is_held && l->address.family == s->family &&
            pool_for(s, &l->address) != NULL)
            return l;
    }
    return NULL;
}

static struct lease *take_new(const struct search *s, struct pool *pool, const ike2_addr *a)
{
    return lease_new(&s->p->leases, &half_of(pool, a->family)->book, s->owner, a);
}

/* RFC 7296 3.15.1: the requestor had it before and would like it again. Another SA of the same
 * owner may hold it: that one is being authenticated anew. */
static struct lease *find_wanted(const struct search *s)
{
    static const uint8_t zeros[16];
    const ike2_addr *a = &s->wish->address;
    struct pool *pool = pool_for(s, a);
    struct lease *l;

    if (memcmp(a->ip, zeros, sizeof zeros) == 0 || pool == NULL)
        return NULL;
    l = lease_find(&s->p->leases, a);
    if (l == NULL)
        return take_new(s, pool, a);
    return l->owner == s->owner ? l : NULL;
}

/* The next address of the ranges. */
static bool walk(const struct pool *pool, struct pool_half *half, ike2_addr *a)
{
    for (; half->range < pool->ranges.n; half->range++) {
        const ike2_ts *ts = &pool->ranges.list[half->range];

        if (family_of(ts) != a->family)
            continue;
        if (half->is_inside && memcmp(half->at, ts->last, sizeof half->at) == 0) {
            half->is_inside = false;
            continue;
        }
        if (half->is_inside)
            step(half->at, octets_of(a->family));
        else
            memcpy(half->at, ts->first, sizeof half->at);
        half->is_inside = true;
        memcpy(a->ip, half->at, sizeof a->ip);
        return true;
    }
    return false;
}

/* One that nobody had. What somebody asked for by name is passed over once. */
static bool find_fresh(const struct search *s, struct pool *pool, ike2_addr *a)
{
    struct pool_half *half = half_of(pool, s->family);

    *a = (ike2_addr){ .family = s->family };
    if (half->book.kept.n >= KEPT_MAX)
        return false;
    while (walk(pool, half, a)) {
        if (!is_reserved(pool, a) && lease_find(&s->p->leases, a) == NULL)
            return true;
    }
    return false;
}

/* First without taking anything away from others; then from who has been away for the longest time.
 */
static struct lease *take_other(const struct search *s)
{
    struct lease *l = NULL;
    ike2_addr a;
    size_t i;

    for (i = 0; i < s->n; i++) {
        if (find_fresh(s, s->pools[i], &a))
            return take_new(s, s->pools[i], &a);
    }
    for (i = 0; l == NULL && i < s->n; i++)
        l = half_of(s->pools[i], s->family)->book.kept.first;
    if (l != NULL)
        lease_pass(&s->p->leases, l, s->owner);
    return l;
}

static enum pool_result take(const struct search *s, ike2_addr *out)
{
    struct lease *l = find_held(s);

    if (l == NULL)
        l = find_wanted(s);
    if (l == NULL && s->wish->replaces)
        l = find_own(s, true);
    if (l == NULL)
        l = find_own(s, false);
    if (l == NULL)
        l = take_other(s);
    if (l == NULL)
        return POOL_EXHAUSTED;
    if (!lease_hold(&s->p->leases, l, s->wish->sa))
        return POOL_MEMORY;
    *out = l->address;
    return POOL_OK;
}

static void choose_pools(struct search *s)
{
    size_t i, j;

    for (i = 0; i < s->wish->n_names; i++) {
        for (j = 0; j < s->p->n && s->n < GRANT_POOLS_MAX; j++) {
            struct pool *pool = &s->p->list[j];

            if (strcmp(pool->name, s->wish->names[i]) == 0 && half_of(pool, s->family)->size > 0)
                s->pools[s->n++] = pool;
        }
    }
}

enum pool_result pools_take(struct pools *p, const struct pool_wish *wish, ike2_addr *out)
{
    struct search s = { .p = p, .wish = wish, .family = wish->address.family };
    enum pool_result result;

    choose_pools(&s);
    if (s.n == 0)
        return POOL_NONE;
    s.owner = lease_owner_get(&p->leases, wish->owner);
    if (s.owner == NULL)
        return POOL_MEMORY;
    result = take(&s, out);
    lease_owner_sweep(&p->leases, s.owner);
    return result;
}

/* --- Where leases belong ----------------------------------------------------------------- */

static struct lease_book *book_for(struct pools *p, const ike2_addr *a)
{
    size_t i;

    for (i = 0; i < p->n; i++) {
        if (gives(&p->list[i], a))
            return &half_of(&p->list[i], a->family)->book;
    }
    return NULL;
}

/* Of one that is in no book; who keeps one that belongs nowhere loses it. */
static void settle(struct pools *p, struct lease *l)
{
    struct lease_book *book = book_for(p, &l->address);

    if (book != NULL)
        lease_enlist(book, l);
    else if (l->holders != NULL)
        lease_enlist(&p->strays, l);
    else
        lease_forget(&p->leases, l);
}

bool pools_has(const struct pools *p, ike2_sa_id sa)
{
    return lease_is_holder(&p->leases, sa);
}

void pools_release(struct pools *p, ike2_sa_id sa)
{
    struct lease *l;

    while ((l = lease_drop(&p->leases, sa)) != NULL)
        settle(p, l);
}

static void settle_list(struct pools *p, struct lease *l)
{
    while (l != NULL) {
        struct lease *behind = l->behind;

        settle(p, l);
        l = behind;
    }
}

static void settle_book(struct pools *p, const struct lease_book *book)
{
    settle_list(p, book->held.first);
    settle_list(p, book->kept.first);
}

/* --- What is configured ------------------------------------------------------------------ */

/* How many; what no number of 64 bits counts is UINT64_MAX. */
static uint64_t size_of(const ike2_ts *ts)
{
    size_t octets = octets_of(family_of(ts)), i;
    uint64_t size = 0;
    unsigned borrow = 0;

    for (i = 0; i < octets; i++) {
        unsigned first = ts->first[octets - 1 - i] + borrow, last = ts->last[octets - 1 - i];

        borrow = last < first ? 1 : 0;
        last += 256u * borrow;
        if (i < 8)
            size |= (uint64_t)(last - first) << 8 * i;
        else if (last != first)
            return UINT64_MAX;
    }
    return size == UINT64_MAX ? size : size + 1;
}

static void count(struct pool *pool)
{
    size_t i;

    for (i = 0; i < pool->ranges.n; i++) {
        const ike2_ts *ts = &pool->ranges.list[i];
        uint64_t *size = &half_of(pool, family_of(ts))->size, more = size_of(ts);

        *size = more > UINT64_MAX - *size ? UINT64_MAX : *size + more;
    }
    for (i = 0; i < pool->n_reserved; i++) {
        uint64_t *size = &half_of(pool, pool->reserved[i].family)->size;

        *size -= *size != UINT64_MAX ? 1 : 0;
    }
}

static void reserve(struct pool *pool, const ike2_addr *list, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (gives(pool, &list[i]))
            pool->reserved[pool->n_reserved++] = list[i];
    }
}

static bool make(struct pool *pool, const struct grant_pool *from, const ike2_addr *own,
                 size_t n_own)
{
    (void)snprintf(pool->name, sizeof pool->name, "%s", from->name);
    pool->ranges = from->ranges;
    pool->reserved = calloc(from->n_reserved + n_own + 1, sizeof *pool->reserved);
    if (pool->reserved == NULL)
        return false;
    reserve(pool, from->reserved, from->n_reserved);
    reserve(pool, own, n_own);
    count(pool);
    return true;
}

static void free_list(struct pool *list, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        free(list[i].reserved);
    free(list);
}

bool pools_configure(struct pools *p, const struct grant_pool *list, size_t n, const ike2_addr *own,
                     size_t n_own)
{
    struct pools old = *p;
    struct pool *made = calloc(n + 1, sizeof *made);
    bool ok = made != NULL;
    size_t i;

    for (i = 0; ok && i < n; i++)
        ok = make(&made[i], &list[i], own, n_own);
    if (!ok) {
        free_list(made, made != NULL ? n : 0);
        return false;
    }
    p->list = made;
    p->n = n;
    p->strays = (struct lease_book){ 0 };
    settle_book(p, &old.strays);
    for (i = 0; i < old.n; i++) {
        settle_book(p, &old.list[i].halves[0].book);
        settle_book(p, &old.list[i].halves[1].book);
    }
    free_list(old.list, old.n);
    return true;
}

/* --- Life cycle -------------------------------------------------------------------------- */

bool pools_init(struct pools *p, uint64_t seed)
{
    *p = (struct pools){ 0 };
    return leases_init(&p->leases, seed);
}

void pools_clear(struct pools *p)
{
    leases_clear(&p->leases);
    free_list(p->list, p->n);
    *p = (struct pools){ 0 };
}
