#include "inner.h"

#include <arpa/inet.h>
#include <string.h>

#include <ike2/iana.h>

#include "common/names.h"
#include "common/selector.h"

static uint8_t family_of(const ike2_ts *ts)
{
    if (ts->type == IKE2_TS_IPV4_ADDR_RANGE)
        return 4;
    return ts->type == IKE2_TS_IPV6_ADDR_RANGE ? 6 : 0;
}

static bool holds(const ike2_ts *ts, const ike2_addr *a)
{
    size_t octets = a->family == 4 ? 4 : 16;

    return family_of(ts) == a->family && memcmp(ts->first, a->ip, octets) <= 0 &&
           memcmp(a->ip, ts->last, octets) <= 0;
}

static bool is_within(const ike2_pair *pair, const ike2_addr *a)
{
    size_t i;

    for (i = 0; i < pair->n_ts_local; i++) {
        if (holds(&pair->ts_local[i], a))
            return true;
    }
    return false;
}

/* A selector of one address says which is ours, if nobody asked for another. */
static void take_single(const ike2_pair *pair, struct inner *out)
{
    size_t i;

    for (i = 0; i < pair->n_ts_local && out->n < ADDRESSES_MAX; i++) {
        const ike2_ts *ts = &pair->ts_local[i];
        ike2_addr a = { .family = family_of(ts) };

        memcpy(a.ip, ts->first, sizeof a.ip);
        if (a.family == 0 || memcmp(ts->first, ts->last, a.family == 4 ? 4 : 16) != 0)
            continue;
        out->list[out->n++] = a;
    }
}

static bool say_outside(const ike2_pair *pair, const ike2_addr *a, struct problem *why)
{
    char text[INET6_ADDRSTRLEN] = "", ours[TS_TEXT];

    (void)inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->ip, text, sizeof text);
    selector_list_text(pair->ts_local, pair->n_ts_local, ours, sizeof ours);
    problem_set(why, "the server leaves us %s, which does not hold our address %s", ours, text);
    return false;
}

bool inner_choose(const struct options *o, const ike2_pair *pair, struct inner *out,
                  struct problem *why)
{
    size_t i;

    *out = (struct inner){ 0 };
    for (i = 0; i < o->n_addresses; i++) {
        if (!is_within(pair, &o->addresses[i]))
            return say_outside(pair, &o->addresses[i], why);
        out->list[out->n++] = o->addresses[i];
    }
    /* In transport mode our addresses are those outside. */
    if (out->n == 0 && !pair->transport)
        take_single(pair, out);
    return true;
}

/* A server may give addresses of both families, and a Child SA for one of them. */
bool inner_take(const struct assigned *a, const ike2_pair *pair, struct inner *out,
                struct problem *why)
{
    const ike2_addr *both[] = { &a->ip4, &a->ip6 };
    const ike2_addr *outside = NULL;
    size_t i;

    *out = (struct inner){ 0 };
    for (i = 0; i < sizeof both / sizeof both[0]; i++) {
        if (both[i]->family != 0 && is_within(pair, both[i]))
            out->list[out->n++] = *both[i];
        else if (both[i]->family != 0)
            outside = both[i];
    }
    return out->n > 0 || outside == NULL || say_outside(pair, outside, why);
}

static bool tell(const ike2_addr *a, struct plane *plane, bool present, struct problem *why)
{
    const struct dataplane_ops *ops = plane->dataplane->ops;
    struct fault fault = { "" };

    if (ops->address(plane->dataplane, a, present, &fault))
        return true;
    problem_set(why, "the data plane '%s' does not take our address: %s", ops->name, fault.text);
    return false;
}

static bool has(const struct inner *inner, const ike2_addr *a)
{
    size_t i = 0;

    while (i < inner->n && memcmp(&inner->list[i], a, sizeof *a) != 0)
        i++;
    return i < inner->n;
}

bool inner_set(const struct inner *next, struct inner *now, struct plane *plane,
               struct problem *why)
{
    const struct inner old = *now;
    bool ok = true;
    size_t i;

    for (i = 0; ok && i < next->n; i++)
        ok = has(&old, &next->list[i]) || tell(&next->list[i], plane, true, why);
    if (ok)
        *now = *next;
    for (i = 0; ok && i < old.n; i++)
        ok = has(next, &old.list[i]) || tell(&old.list[i], plane, false, why);
    return ok;
}
