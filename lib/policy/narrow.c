/* policy/narrow.c - intersection of traffic selectors. RFC 7296 2.9, 3.13.1. */
#include "policy/narrow.h"

#include <ike2/iana.h>

#include "base/bytes.h"

enum { PORT_MAX = 65535 };

/* 4 or 16; 0 for a type that is not an address range. */
static size_t address_len(const ike2_ts *ts)
{
    if (ts->type == IKE2_TS_IPV4_ADDR_RANGE)
        return 4;
    return ts->type == IKE2_TS_IPV6_ADDR_RANGE ? 16 : 0;
}

/* RFC 7296 3.13.1: OPAQUE stands for ports that cannot be seen; it is no range. */
static bool ports_are_opaque(const ike2_ts *ts)
{
    return ts->port_first == PORT_MAX && ts->port_last == 0;
}

static bool ports_are_any(const ike2_ts *ts)
{
    return ts->port_first == 0 && ts->port_last == PORT_MAX;
}

static bool ports_intersect(const ike2_ts *a, const ike2_ts *b, ike2_ts *out)
{
    if (ports_are_opaque(a) || ports_are_opaque(b)) {
        /* RFC 4301 4.4.1.1: ANY includes OPAQUE; a range of ports does not. */
        if (!(ports_are_opaque(a) || ports_are_any(a)) ||
            !(ports_are_opaque(b) || ports_are_any(b)))
            return false;
        out->port_first = PORT_MAX;
        out->port_last = 0;
        return true;
    }
    out->port_first = a->port_first > b->port_first ? a->port_first : b->port_first;
    out->port_last = a->port_last < b->port_last ? a->port_last : b->port_last;
    return out->port_first <= out->port_last;
}

static bool protocols_intersect(const ike2_ts *a, const ike2_ts *b, ike2_ts *out)
{
    if (a->protocol != 0 && b->protocol != 0 && a->protocol != b->protocol)
        return false;
    out->protocol = a->protocol != 0 ? a->protocol : b->protocol;
    return true;
}

static bool addresses_intersect(const ike2_ts *a, const ike2_ts *b, ike2_ts *out)
{
    size_t len = address_len(a);
    const uint8_t *first = memcmp(a->first, b->first, len) > 0 ? a->first : b->first;
    const uint8_t *last = memcmp(a->last, b->last, len) < 0 ? a->last : b->last;

    memcpy(out->first, first, len);
    memcpy(out->last, last, len);
    return memcmp(first, last, len) <= 0;
}

static bool intersect(const ike2_ts *a, const ike2_ts *b, ike2_ts *out)
{
    *out = (ike2_ts){ .type = a->type };
    return a->type == b->type && address_len(a) != 0 && protocols_intersect(a, b, out) &&
           ports_intersect(a, b, out) && addresses_intersect(a, b, out);
}

/* What is the same when cut down to `outer` lies within it. */
static bool is_within(const ike2_ts *inner, const ike2_ts *outer)
{
    size_t len = address_len(inner);
    ike2_ts cut;

    return intersect(inner, outer, &cut) && cut.protocol == inner->protocol &&
           cut.port_first == inner->port_first && cut.port_last == inner->port_last &&
           memcmp(cut.first, inner->first, len) == 0 && memcmp(cut.last, inner->last, len) == 0;
}

static bool is_within_any(const ike2_ts *inner, const ike2_ts *outer, size_t n_outer)
{
    for (size_t i = 0; i < n_outer; i++)
        if (is_within(inner, &outer[i]))
            return true;
    return false;
}

/* A full list takes no more: the result is narrower then, which is allowed. */
static void selectors_add(struct selectors *s, const ike2_ts *ts)
{
    size_t kept = 0;

    if (is_within_any(ts, s->ts, s->n))
        return;
    for (size_t i = 0; i < s->n; i++)
        if (!is_within(&s->ts[i], ts))
            s->ts[kept++] = s->ts[i];
    s->n = kept;
    if (s->n < NARROW_MAX)
        s->ts[s->n++] = *ts;
}

/* RFC 7296 2.9: the initiator's first choices come first, so that they are never what is cut off.
 * A selector of unknown type has no intersection with anything. */
void ike2_narrow(const struct selectors *asked, const struct selectors *ours,
                 struct selectors *out)
{
    ike2_ts common;

    out->n = 0;
    for (size_t i = 0; i < asked->n; i++)
        for (size_t j = 0; j < ours->n; j++)
            if (intersect(&asked->ts[i], &ours->ts[j], &common))
                selectors_add(out, &common);
}

ike2_err ike2_selectors_read(ike2_bytes ts_body, struct selectors *out)
{
    struct selectors found = { 0 };
    size_t n = 0;
    ike2_walk walk;
    ike2_ts ts;

    ike2_ts_walk(&walk, ts_body);
    for (; ike2_ts_next(&walk, &ts); n++)
        if (n < NARROW_MAX)
            found.ts[n] = ts;
    if (ike2_walk_end(&walk) != IKE2_OK)
        return IKE2_ERR_MALFORMED;
    if (n > NARROW_MAX)
        return IKE2_ERR_LIMIT;

    found.n = n;
    *out = found;
    return IKE2_OK;
}

bool ike2_selectors_within(const struct selectors *inner, const ike2_ts *outer, size_t n_outer)
{
    for (size_t i = 0; i < inner->n; i++)
        if (!is_within_any(&inner->ts[i], outer, n_outer))
            return false;
    return true;
}

bool ike2_selector_is_one_address(const ike2_ts *ts)
{
    size_t len = address_len(ts);

    return len != 0 && memcmp(ts->first, ts->last, len) == 0;
}

bool ike2_selectors_hold(const struct selectors *s, const ike2_ts *one)
{
    return is_within_any(one, s->ts, s->n);
}
