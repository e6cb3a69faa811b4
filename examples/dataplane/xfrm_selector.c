#include "xfrm_selector.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <ike2/iana.h>

#include "prefix.h"

/* --- Ports ------------------------------------------------------------------------------ */

/* The blocks that a range of ports consists of: those that have the bits of `mask` in common. */
struct block {
    uint16_t value, mask;
};

struct block_walk {
    uint32_t at, last; /* at > last: at the end */
};

static struct block_walk blocks_of(const ike2_ts *ts)
{
    return (struct block_walk){ .at = ts->port_first, .last = ts->port_last };
}

static bool next_block(struct block_walk *w, struct block *out)
{
    uint32_t size = 1;

    if (w->at > w->last)
        return false;
    while (w->at % (size * 2) == 0 && w->at + size * 2 - 1 <= w->last)
        size *= 2;
    *out = (struct block){ .value = (uint16_t)w->at, .mask = (uint16_t) ~(size - 1) };
    w->at += size;
    return true;
}

static bool is_icmp(uint8_t protocol)
{
    return protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6;
}

/* RFC 4301 4.4.1.3: type and code of ICMP are one number, and the kernel's two ports. */
static void set_icmp(struct xfrm_selector *s, const struct block *b)
{
    unsigned type = b->mask >> 8, code = b->mask & 0xffu;

    s->sport = htons(b->value >> 8);
    s->dport = htons(b->value & 0xffu);
    s->sport_mask = htons((uint16_t)(type != 0 ? 0xff00u | type : 0));
    s->dport_mask = htons((uint16_t)(code != 0 ? 0xff00u | code : 0));
}

/* --- One by one ------------------------------------------------------------------------- */

/* What is being made, or only counted while there is no list. */
struct making {
    struct xfrm_selector *list;
    size_t n;
    struct xfrm_selector s; /* with all but ports */
};

static void add(struct making *m)
{
    if (m->list != NULL && m->n < XFRM_SELECTORS_MAX)
        m->list[m->n] = m->s;
    m->n++;
}

/* Type and code are the sender's (RFC 4301 4.4.1.3), and here we are. */
static void add_icmp(struct making *m, const ike2_ts *local)
{
    struct block_walk w = blocks_of(local);
    struct block b;

    while (next_block(&w, &b)) {
        set_icmp(&m->s, &b);
        add(m);
    }
}

static void add_ports(struct making *m, const ike2_ts *local, const ike2_ts *remote)
{
    struct block_walk ours = blocks_of(local), theirs;
    struct block a, b;

    while (next_block(&ours, &a)) {
        m->s.sport = htons(a.value);
        m->s.sport_mask = htons(a.mask);
        theirs = blocks_of(remote);
        while (next_block(&theirs, &b)) {
            m->s.dport = htons(b.value);
            m->s.dport_mask = htons(b.mask);
            add(m);
        }
    }
}

/* Two selectors go together if one packet can fit both. */
static bool set_protocol(struct xfrm_selector *s, const ike2_ts *local, const ike2_ts *remote)
{
    s->proto = local->protocol != 0 ? local->protocol : remote->protocol;
    return remote->protocol == 0 || remote->protocol == s->proto;
}

static void add_protocol(struct making *m, const ike2_ts *local, const ike2_ts *remote)
{
    if (!set_protocol(&m->s, local, remote))
        return;
    if (is_icmp(m->s.proto))
        add_icmp(m, local);
    else
        add_ports(m, local, remote);
}

static void set_addresses(struct xfrm_selector *s, const struct prefix *local,
                          const struct prefix *remote)
{
    memset(s, 0, sizeof *s); /* octets between members go to the kernel, too */
    s->family = local->family == 4 ? AF_INET : AF_INET6;
    s->prefixlen_s = local->len;
    s->prefixlen_d = remote->len;
    memcpy(&s->saddr, local->ip, sizeof s->saddr);
    memcpy(&s->daddr, remote->ip, sizeof s->daddr);
}

static void add_tunnel(struct making *m, const ike2_ts *local, const ike2_ts *remote)
{
    struct prefix_walk ours, theirs;
    struct prefix a, b;

    prefix_walk(&ours, local);
    while (prefix_octets(local) == prefix_octets(remote) && prefix_next(&ours, &a)) {
        prefix_walk(&theirs, remote);
        while (prefix_next(&theirs, &b)) {
            set_addresses(&m->s, &a, &b);
            add_protocol(m, local, remote);
        }
    }
}

static void add_transport(struct making *m, const ike2_path *ends, const ike2_ts *local,
                          const ike2_ts *remote)
{
    unsigned bits = ends->local.family == 4 ? 32 : 128;
    struct prefix a = prefix_around(ends->local.family, ends->local.ip, bits);
    struct prefix b = prefix_around(ends->remote.family, ends->remote.ip, bits);

    if (prefix_octets(local) != bits / 8 || prefix_octets(remote) != bits / 8)
        return;
    set_addresses(&m->s, &a, &b);
    add_protocol(m, local, remote);
}

static size_t add_all(struct making *m, const struct xfrm_traffic *t)
{
    for (size_t i = 0; i < t->n_local; i++) {
        for (size_t k = 0; k < t->n_remote; k++) {
            if (t->ends != NULL)
                add_transport(m, t->ends, &t->local[i], &t->remote[k]);
            else
                add_tunnel(m, &t->local[i], &t->remote[k]);
        }
    }
    return m->n;
}

/* --- All of them ------------------------------------------------------------------------ */

bool xfrm_selectors_make(struct xfrm_selectors *s, const struct xfrm_traffic *traffic,
                         struct fault *fault)
{
    struct making counting = { .list = NULL };
    size_t n = add_all(&counting, traffic);
    struct making filling = { .list = NULL };

    if (n == 0)
        return fault_set(fault, "the kernel cannot express the traffic selectors (OPAQUE ports?)");
    if (n > XFRM_SELECTORS_MAX)
        return fault_set(fault, "the selectors are %zu of the kernel's, more than %d: use prefixes",
                         n, XFRM_SELECTORS_MAX);
    filling.list = calloc(n, sizeof *filling.list);
    if (filling.list == NULL)
        return fault_set(fault, "out of memory");
    (void)add_all(&filling, traffic);
    *s = (struct xfrm_selectors){ .list = filling.list, .n = n };
    return true;
}

void xfrm_selectors_clear(struct xfrm_selectors *s)
{
    free(s->list);
    *s = (struct xfrm_selectors){ .list = NULL };
}

struct xfrm_selector xfrm_selector_turn(const struct xfrm_selector *out)
{
    struct xfrm_selector in = *out;

    in.saddr = out->daddr;
    in.daddr = out->saddr;
    in.prefixlen_s = out->prefixlen_d;
    in.prefixlen_d = out->prefixlen_s;
    if (is_icmp(out->proto))
        return in;
    in.sport = out->dport;
    in.dport = out->sport;
    in.sport_mask = out->dport_mask;
    in.dport_mask = out->sport_mask;
    return in;
}

static uint32_t bits_of(uint16_t mask)
{
    return (uint32_t)__builtin_popcount(mask);
}

uint32_t xfrm_selector_priority(const struct xfrm_selector *s)
{
    /* Leaves room on both sides for policies that others make. */
    static const uint32_t base = 100000;
    uint32_t addresses = 256u - s->prefixlen_s - s->prefixlen_d;
    uint32_t ports = 32u - bits_of(s->sport_mask) - bits_of(s->dport_mask);

    return base + addresses * 128 + ports * 2 + (s->proto == 0);
}

void xfrm_selector_text(const struct xfrm_selector *s, char text[XFRM_SELECTOR_TEXT])
{
    uint8_t family = s->family == AF_INET ? 4 : 6;
    struct prefix from = { .family = family, .len = s->prefixlen_s };
    struct prefix to = { .family = family, .len = s->prefixlen_d };
    char a[PREFIX_TEXT], b[PREFIX_TEXT];

    memcpy(from.ip, &s->saddr, sizeof from.ip);
    memcpy(to.ip, &s->daddr, sizeof to.ip);
    prefix_text(&from, a);
    prefix_text(&to, b);
    (void)snprintf(text, XFRM_SELECTOR_TEXT, "%s -> %s", a, b);
}
