#include "xfrm_inner.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct xfrm_way {
    struct xfrm_way *next;
    struct prefix to;
    unsigned index;
    ike2_addr source;
    bool is_wanted;
};

/* --- Routes ----------------------------------------------------------------------------- */

static bool same_way(const struct xfrm_way *w, const struct prefix *to, unsigned index,
                     const ike2_addr *source)
{
    return prefix_equal(&w->to, to) && w->index == index &&
           memcmp(&w->source, source, sizeof *source) == 0;
}

static bool set_way(struct xfrm_inner *s, const struct xfrm_way *w, bool present,
                    struct fault *fault)
{
    const struct netlink_way way = {
        .to = &w->to, .index = w->index, .source = &w->source, .table = s->table
    };

    return netlink_route_by(&s->netlink, &way, present, fault);
}

static bool want(struct xfrm_inner *s, const struct prefix *to, unsigned index,
                 const ike2_addr *source, struct fault *fault)
{
    const struct xfrm_way made = {
        .next = s->ways, .to = *to, .index = index, .source = *source, .is_wanted = true
    };
    struct xfrm_way *w = s->ways;

    while (w != NULL && !same_way(w, to, index, source))
        w = w->next;
    if (w != NULL) {
        w->is_wanted = true;
        return true;
    }
    w = calloc(1, sizeof *w);
    if (w == NULL)
        return fault_set(fault, "out of memory");
    if (!set_way(s, &made, true, fault)) {
        free(w);
        return false;
    }
    *w = made;
    s->ways = w;
    return true;
}

static void sweep(struct xfrm_inner *s)
{
    struct xfrm_way **at = &s->ways;
    struct fault ignored;

    while (*at != NULL) {
        struct xfrm_way *w = *at;

        if (w->is_wanted) {
            w->is_wanted = false;
            at = &w->next;
            continue;
        }
        (void)set_way(s, w, false, &ignored);
        *at = w->next;
        free(w);
    }
}

static uint8_t family_of(const struct xfrm_selector *selector)
{
    return selector->family == AF_INET ? 4 : 6;
}

static bool holds(const struct xfrm_selector *selector, const ike2_addr *a)
{
    struct prefix ours = { .family = family_of(selector), .len = selector->prefixlen_s };
    struct prefix around;

    if (a->family != ours.family)
        return false;
    memcpy(ours.ip, &selector->saddr, sizeof ours.ip);
    around = prefix_around(a->family, a->ip, ours.len);
    return prefix_equal(&ours, &around);
}

/* The first of our addresses that the selector holds is the one that packets come from. */
static bool want_selector(struct xfrm_inner *s, const struct xfrm_selector *selector,
                          unsigned index, struct fault *fault)
{
    struct prefix to = { .family = family_of(selector), .len = selector->prefixlen_d };

    memcpy(to.ip, &selector->daddr, sizeof to.ip);
    for (size_t i = 0; i < s->n; i++) {
        if (holds(selector, &s->list[i].address))
            return want(s, &to, index, &s->list[i].address, fault);
    }
    return true;
}

static bool want_pair(struct xfrm_inner *s, const struct xfrm_pair *p, struct fault *fault)
{
    unsigned index;
    bool ok = true;

    if (!p->is_sending || p->pair.transport || (p->halves & IKE2_HALF_OUT) == 0)
        return true;
    index = netlink_way_to(&s->netlink, &p->pair.path.remote, s->mark);
    if (index == 0)
        return fault_set(fault, "there is no route to the peer");
    for (size_t i = 0; ok && i < p->selectors.n; i++)
        ok = want_selector(s, &p->selectors.list[i], index, fault);
    return ok;
}

bool xfrm_inner_refresh(struct xfrm_inner *s, const struct xfrm_pairs *pairs, struct fault *fault)
{
    bool ok = true;

    if (s->no_routes || (s->n == 0 && s->ways == NULL))
        return true;
    for (const struct xfrm_pair *p = pairs->first; ok && p != NULL; p = p->next)
        ok = want_pair(s, p, fault);
    sweep(s);
    return ok;
}

/* --- Addresses -------------------------------------------------------------------------- */

/* Does this machine have it already? */
static bool is_local(const ike2_addr *a)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
    bool is_v4 = a->family == 4, ok;
    int fd = socket(is_v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    memcpy(&v4.sin_addr, a->ip, 4);
    memcpy(&v6.sin6_addr, a->ip, 16);
    ok = fd >= 0 && bind(fd, is_v4 ? (const struct sockaddr *)&v4 : (const struct sockaddr *)&v6,
                         is_v4 ? sizeof v4 : sizeof v6) == 0;
    if (fd >= 0)
        (void)close(fd);
    return ok;
}

static bool remove_at(struct xfrm_inner *s, size_t i, struct fault *fault)
{
    const struct xfrm_inner_address gone = s->list[i];

    s->list[i] = s->list[--s->n];
    return !gone.is_ours || netlink_address(&s->netlink, &gone.address, false, fault);
}

static bool add(struct xfrm_inner *s, const ike2_addr *address, struct fault *fault)
{
    bool is_ours = !is_local(address);

    if (s->n == XFRM_INNER_MAX)
        return fault_set(fault, "too many addresses: %d will do", XFRM_INNER_MAX);
    if (is_ours && !netlink_address(&s->netlink, address, true, fault))
        return false;
    s->list[s->n++] = (struct xfrm_inner_address){ .address = *address, .is_ours = is_ours };
    return true;
}

bool xfrm_inner_set(struct xfrm_inner *s, const ike2_addr *address, bool present,
                    const struct xfrm_pairs *pairs, struct fault *fault)
{
    size_t i = 0;
    bool ok = true;

    while (i < s->n && memcmp(&s->list[i].address, address, sizeof *address) != 0)
        i++;
    if (present && i == s->n)
        ok = add(s, address, fault);
    else if (!present && i < s->n)
        ok = remove_at(s, i, fault);
    return ok && xfrm_inner_refresh(s, pairs, fault);
}

/* --- Opening and closing ---------------------------------------------------------------- */

static void set_rules(struct xfrm_inner *s, bool present)
{
    struct fault ignored;

    for (int i = 0; i < 2; i++) {
        if (present || s->has_rule[i])
            s->has_rule[i] =
                netlink_rule(&s->netlink, i == 0 ? 4 : 6, s->mark, s->table, present, &ignored) &&
                present;
    }
}

bool xfrm_inner_init(struct xfrm_inner *s, const struct dataplane_config *config,
                     struct fault *fault)
{
    *s = (struct xfrm_inner){ .table = config->route_table,
                              .mark = config->mark,
                              .no_routes = config->no_routes };
    if (s->mark != 0 && s->table == 0)
        s->table = s->mark;
    if (!netlink_open(&s->netlink, "lo", fault))
        return false;
    /* A family without rules has no traffic here, either. */
    if (s->mark != 0 && !s->no_routes)
        set_rules(s, true);
    return true;
}

void xfrm_inner_clear(struct xfrm_inner *s)
{
    struct fault ignored;

    if (s->netlink.talk == NULL)
        return;
    sweep(s);
    while (s->n > 0)
        (void)remove_at(s, 0, &ignored);
    set_rules(s, false);
    netlink_close(&s->netlink);
}
