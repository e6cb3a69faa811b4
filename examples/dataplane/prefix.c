#include "prefix.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <ike2/iana.h>

size_t prefix_octets(const ike2_ts *ts)
{
    if (ts->type == IKE2_TS_IPV4_ADDR_RANGE)
        return 4;
    return ts->type == IKE2_TS_IPV6_ADDR_RANGE ? 16 : 0;
}

static bool bit_of(const uint8_t *ip, size_t bit)
{
    return (ip[bit / 8] & 0x80u >> bit % 8) != 0;
}

/* Sets the bits from `from` on. */
static void fill(uint8_t *ip, size_t octets, size_t from)
{
    ip[from / 8] |= (uint8_t)(0xffu >> from % 8);
    memset(ip + from / 8 + 1, 0xff, octets - from / 8 - 1);
}

/* Adds one; false if there is no address behind. */
static bool step(uint8_t *ip, size_t octets)
{
    while (octets > 0) {
        if (++ip[--octets] != 0)
            return true;
    }
    return false;
}

void prefix_walk(struct prefix_walk *w, const ike2_ts *ts)
{
    *w = (struct prefix_walk){ .octets = prefix_octets(ts) };
    memcpy(w->at, ts->first, w->octets);
    memcpy(w->last, ts->last, w->octets);
    if (memcmp(w->at, w->last, w->octets) > 0)
        w->octets = 0;
}

bool prefix_next(struct prefix_walk *w, struct prefix *out)
{
    size_t bits = w->octets * 8;
    uint8_t end[16];

    if (w->octets == 0)
        return false;
    *out = prefix_around(w->octets == 4 ? 4 : 6, w->at, (unsigned)bits);
    memcpy(end, w->at, sizeof end);
    /* One bit shorter as long as it still begins here and ends within the range. */
    while (out->len > 0 && !bit_of(w->at, out->len - 1u)) {
        uint8_t wider[16];

        memcpy(wider, w->at, sizeof wider);
        fill(wider, w->octets, out->len - 1u);
        if (memcmp(wider, w->last, w->octets) > 0)
            break;
        memcpy(end, wider, sizeof end);
        out->len--;
    }
    memcpy(w->at, end, sizeof end);
    if (memcmp(end, w->last, w->octets) == 0 || !step(w->at, w->octets))
        w->octets = 0;
    return true;
}

struct prefix prefix_around(uint8_t family, const uint8_t *ip, unsigned len)
{
    struct prefix p = { .family = family, .len = (uint8_t)len };

    memcpy(p.ip, ip, (len + 7) / 8);
    if (len % 8 != 0)
        p.ip[len / 8] &= (uint8_t)(0xff00u >> len % 8);
    return p;
}

bool prefix_equal(const struct prefix *a, const struct prefix *b)
{
    return a->family == b->family && a->len == b->len && memcmp(a->ip, b->ip, sizeof a->ip) == 0;
}

void prefix_text(const struct prefix *p, char text[PREFIX_TEXT])
{
    char ip[INET6_ADDRSTRLEN] = "?";

    (void)inet_ntop(p->family == 4 ? AF_INET : AF_INET6, p->ip, ip, sizeof ip);
    (void)snprintf(text, PREFIX_TEXT, "%s/%u", ip, p->len);
}
