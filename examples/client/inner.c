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

bool inner_choose(const struct options *o, const ike2_pair *pair, struct inner *out,
                  struct problem *why)
{
    char text[INET6_ADDRSTRLEN] = "", ours[TS_TEXT];
    size_t i;

    *out = (struct inner){ 0 };
    for (i = 0; i < o->n_addresses; i++) {
        const ike2_addr *a = &o->addresses[i];

        if (!is_within(pair, a)) {
            (void)inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->ip, text, sizeof text);
            selector_list_text(pair->ts_local, pair->n_ts_local, ours, sizeof ours);
            problem_set(why, "the server leaves us %s, which does not hold our address %s", ours,
                        text);
            return false;
        }
        out->list[out->n++] = *a;
    }
    /* In transport mode our addresses are those outside. */
    if (out->n == 0 && !pair->transport)
        take_single(pair, out);
    return true;
}

bool inner_set(const struct inner *inner, struct plane *plane, struct problem *why)
{
    const struct dataplane_ops *ops = plane->dataplane->ops;
    struct fault fault = { "" };
    size_t i;

    for (i = 0; i < inner->n; i++) {
        if (!ops->address(plane->dataplane, &inner->list[i], true, &fault)) {
            problem_set(why, "the data plane '%s' does not take our address: %s", ops->name,
                        fault.text);
            return false;
        }
    }
    return true;
}
