#include "cfg_reply.h"

#include <string.h>

#include <ike2/iana.h>

/* --- The request ------------------------------------------------------------------------- */

bool cfg_request_has(const struct cfg_request *q, uint16_t type)
{
    size_t i;

    for (i = 0; i < q->n; i++) {
        if (q->attrs[i].type == type)
            return true;
    }
    return false;
}

/* RFC 7296 3.15.1: of IPv6 there is the length of a prefix behind it. The first one counts: a
 * client gets one address of each family. */
bool cfg_request_address(const struct cfg_request *q, uint8_t family, ike2_addr *out)
{
    uint16_t type = family == 4 ? IKE2_CFG_INTERNAL_IP4_ADDRESS : IKE2_CFG_INTERNAL_IP6_ADDRESS;
    size_t octets = family == 4 ? 4 : 16, i;

    *out = (ike2_addr){ .family = family };
    for (i = 0; i < q->n; i++) {
        const ike2_bytes *value = &q->attrs[i].value;

        if (q->attrs[i].type != type)
            continue;
        if (value->len == octets || (family == 6 && value->len == octets + 1))
            memcpy(out->ip, value->ptr, octets);
        return true;
    }
    return false;
}

/* --- The reply --------------------------------------------------------------------------- */

static void add_view(struct cfg_reply *r, uint16_t type, ike2_bytes value)
{
    if (r->n < CFG_REPLY_ATTRIBUTES)
        r->list[r->n++] = (ike2_cfg_attr){ .type = type, .value = value };
}

/* Of octets that do not stay. */
static void add(struct cfg_reply *r, uint16_t type, const void *octets, size_t len)
{
    uint8_t *at = r->room + r->used;

    if (len > sizeof r->room - r->used)
        return;
    memcpy(at, octets, len);
    r->used += len;
    add_view(r, type, (ike2_bytes){ .ptr = at, .len = len });
}

static void add_servers(struct cfg_reply *r, uint16_t type, const struct grant_servers *s,
                        uint8_t family)
{
    size_t i;

    for (i = 0; i < s->n; i++) {
        if (s->list[i].family == family)
            add(r, type, s->list[i].ip, family == 4 ? 4 : 16);
    }
}

static void add_addresses(struct cfg_reply *r, const struct cfg_request *q, const struct grant *g)
{
    uint8_t value[17];

    if (q->ip4.family == 4) {
        add(r, IKE2_CFG_INTERNAL_IP4_ADDRESS, q->ip4.ip, 4);
        if (g->netmask.family == 4 && cfg_request_has(q, IKE2_CFG_INTERNAL_IP4_NETMASK))
            add(r, IKE2_CFG_INTERNAL_IP4_NETMASK, g->netmask.ip, 4);
    }
    if (q->ip6.family == 6) {
        memcpy(value, q->ip6.ip, 16);
        value[16] = 128; /* it is alone: no others are on its link */
        add(r, IKE2_CFG_INTERNAL_IP6_ADDRESS, value, sizeof value);
    }
}

/* RFC 8598 3.2: with domains there is at least one server that knows them, whether asked for or
 * not. */
static void add_names(struct cfg_reply *r, const struct cfg_request *q, const struct grant *g)
{
    bool domains = g->n_domains > 0 && cfg_request_has(q, IKE2_CFG_INTERNAL_DNS_DOMAIN);
    size_t before = r->n, i;

    if (cfg_request_has(q, IKE2_CFG_INTERNAL_IP4_DNS))
        add_servers(r, IKE2_CFG_INTERNAL_IP4_DNS, &g->dns, 4);
    if (cfg_request_has(q, IKE2_CFG_INTERNAL_IP6_DNS))
        add_servers(r, IKE2_CFG_INTERNAL_IP6_DNS, &g->dns, 6);
    if (domains && r->n == before) {
        add_servers(r, IKE2_CFG_INTERNAL_IP4_DNS, &g->dns, 4);
        add_servers(r, IKE2_CFG_INTERNAL_IP6_DNS, &g->dns, 6);
    }
    for (i = 0; domains && i < g->n_domains; i++)
        add_view(
            r, IKE2_CFG_INTERNAL_DNS_DOMAIN,
            (ike2_bytes){ .ptr = (const uint8_t *)g->domains[i], .len = strlen(g->domains[i]) });
    if (cfg_request_has(q, IKE2_CFG_INTERNAL_IP4_NBNS))
        add_servers(r, IKE2_CFG_INTERNAL_IP4_NBNS, &g->nbns, 4);
}

/* RFC 7296 3.15.1: address and netmask, or prefix and its length. */
static void add_subnet(struct cfg_reply *r, const ike2_ts *ts)
{
    size_t octets = ts->type == IKE2_TS_IPV4_ADDR_RANGE ? 4 : 16, i;
    uint8_t value[17];
    unsigned len = 0;

    memcpy(value, ts->first, octets);
    for (i = 0; i < 8 * octets; i++)
        len += ((ts->first[i / 8] ^ ts->last[i / 8]) & 0x80u >> i % 8) == 0 ? 1 : 0;
    if (octets == 4) {
        for (i = 0; i < 4; i++)
            value[4 + i] = (uint8_t) ~(ts->first[i] ^ ts->last[i]);
        add(r, IKE2_CFG_INTERNAL_IP4_SUBNET, value, 8);
    } else {
        value[16] = (uint8_t)len;
        add(r, IKE2_CFG_INTERNAL_IP6_SUBNET, value, 17);
    }
}

/* RFC 7296 3.15.2: what they would mean in a request is unclear, so hardly anybody asks; clients
 * learn their routes from them all the same. */
static void add_subnets(struct cfg_reply *r, const struct cfg_request *q, const struct grant *g)
{
    size_t i;

    for (i = 0; i < g->subnets.n; i++) {
        bool v4 = g->subnets.list[i].type == IKE2_TS_IPV4_ADDR_RANGE;

        if (v4 ? q->ip4.family == 4 : q->ip6.family == 6)
            add_subnet(r, &g->subnets.list[i]);
    }
}

/* What else is asked for is left out: it is not configured (DHCP), tells too much
 * (APPLICATION_VERSION), or is not known, as Microsoft's INTERNAL_IP4_SERVER (23456) and
 * INTERNAL_IP6_SERVER (23457). */
void cfg_reply_make(struct cfg_reply *r, const struct cfg_request *q, const struct grant *g)
{
    r->n = 0;
    r->used = 0;
    add_addresses(r, q, g);
    add_names(r, q, g);
    add_subnets(r, q, g);
}
