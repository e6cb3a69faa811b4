#include "grant.h"

#include <string.h>

#include "domain.h"

/* --- Pools ------------------------------------------------------------------------------- */

const char *grant_add_range(struct grant_pool *p, const char *text)
{
    return value_range(text, &p->ranges);
}

const char *grant_add_reserved(struct grant_pool *p, const char *text)
{
    const char *wrong;

    if (p->n_reserved == GRANT_RESERVED_MAX)
        return "is one address too many: choose the ranges so that they leave them out";
    wrong = value_address(text, &p->reserved[p->n_reserved]);
    p->n_reserved += wrong == NULL ? 1 : 0;
    return wrong;
}

static bool meet(const ike2_ts *a, const ike2_ts *b)
{
    return a->type == b->type && memcmp(a->first, b->last, sizeof a->first) <= 0 &&
           memcmp(b->first, a->last, sizeof a->first) <= 0;
}

bool grant_pools_overlap(const struct grant_pool *a, const struct grant_pool *b)
{
    size_t i, j;

    for (i = 0; i < a->ranges.n; i++) {
        for (j = a == b ? i + 1 : 0; j < b->ranges.n; j++) {
            if (meet(&a->ranges.list[i], &b->ranges.list[j]))
                return true;
        }
    }
    return false;
}

/* --- What clients get -------------------------------------------------------------------- */

const char *grant_add_pool(struct grant *g, const char *text)
{
    if (g->n_pools == GRANT_POOLS_MAX)
        return "is one pool too many: 8 will do, each with 16 ranges";
    g->pools[g->n_pools++] = text;
    return NULL;
}

static const char *add_server(struct grant_servers *s, const char *text, bool v4_only)
{
    const char *wrong;

    if (s->n == GRANT_SERVERS_MAX)
        return "is one server too many: 8 will do";
    wrong = value_address(text, &s->list[s->n]);
    if (wrong == NULL && v4_only && s->list[s->n].family != 4)
        wrong = "is no address of IPv4: there is no NetBIOS over IPv6";
    s->n += wrong == NULL ? 1 : 0;
    return wrong;
}

static const char *add_domain(struct grant *g, const char *text)
{
    if (!domain_is_plain(text, strlen(text)))
        return "is no domain: write corp.example.org, letters of other scripts as xn--...";
    if (g->n_domains == GRANT_DOMAINS_MAX)
        return "is one domain too many: 16 will do";
    g->domains[g->n_domains++] = text;
    return NULL;
}

/* Ones, and then zeros. */
static bool is_mask(const uint8_t *ip)
{
    uint32_t mask = (uint32_t)ip[0] << 24 | (uint32_t)ip[1] << 16 | (uint32_t)ip[2] << 8 | ip[3];

    return (~mask & (~mask + 1)) == 0;
}

static const char *set_netmask(struct grant *g, const char *text)
{
    ike2_addr mask;

    if (value_address(text, &mask) != NULL || mask.family != 4 || !is_mask(mask.ip))
        return "is no netmask: write 255.255.255.0";
    g->netmask = mask;
    return NULL;
}

const char *grant_apply(struct grant *g, enum option_id id, const char *text)
{
    switch (id) {
    case OPTION_DNS: return add_server(&g->dns, text, false);
    case OPTION_NBNS: return add_server(&g->nbns, text, true);
    case OPTION_SUBNETS: return value_selector(text, &g->subnets);
    case OPTION_DOMAINS: return add_domain(g, text);
    default: /* OPTION_NETMASK */ return set_netmask(g, text);
    }
}
