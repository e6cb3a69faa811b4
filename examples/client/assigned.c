#include "assigned.h"

#include <string.h>

#include <ike2/iana.h>

/* --- Addresses --------------------------------------------------------------------------- */

static bool is_zero(const uint8_t *ip, size_t len)
{
    size_t i;

    for (i = 0; i < len && ip[i] == 0; i++)
        ;
    return i == len;
}

/* Of one host that is not this one: not 0.0.0.0/8, 127.0.0.0/8, 224.0.0.0/3. */
static bool is_host4(const uint8_t *ip)
{
    return ip[0] != 0 && ip[0] != 127 && ip[0] < 224;
}

/* Likewise: not ::, ::1, ff00::/8, fe80::/10, which means nothing without an interface. */
static bool is_host6(const uint8_t *ip)
{
    return !(is_zero(ip, 15) && ip[15] <= 1) && ip[0] != 0xff &&
           !(ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80);
}

static bool read_host(ike2_bytes value, uint8_t family, ike2_addr *out)
{
    if (value.len < (family == 4 ? 4u : 16u) ||
        !(family == 4 ? is_host4(value.ptr) : is_host6(value.ptr)))
        return false;
    *out = (ike2_addr){ .family = family };
    memcpy(out->ip, value.ptr, family == 4 ? 4 : 16);
    return true;
}

/* The number of ones in front of the zeros, or -1 if it is no mask. */
static int mask_length(const uint8_t *ip)
{
    uint32_t mask = (uint32_t)ip[0] << 24 | (uint32_t)ip[1] << 16 | (uint32_t)ip[2] << 8 | ip[3];
    int len = 0;

    while (len < 32 && (mask & 0x80000000u >> len) != 0)
        len++;
    return len == 32 || mask << len == 0 ? len : -1;
}

/* --- Attributes -------------------------------------------------------------------------- */
/* Each: false if the value is not one that its type has. */

static bool take_ip4(struct assigned *a, ike2_bytes value)
{
    return value.len == 4 && a->ip4.family == 0 && read_host(value, 4, &a->ip4);
}

/* Some leave the length of the prefix out. */
static bool take_ip6(struct assigned *a, ike2_bytes value)
{
    uint8_t prefix = value.len == 17 ? value.ptr[16] : 128;

    if ((value.len != 17 && value.len != 16) || prefix > 128 || a->ip6.family != 0 ||
        !read_host(value, 6, &a->ip6))
        return false;
    a->prefix6 = prefix != 0 ? prefix : 128;
    return true;
}

static bool take_netmask(struct assigned *a, ike2_bytes value)
{
    if (value.len != 4 || mask_length(value.ptr) <= 0)
        return false;
    memcpy(a->netmask, value.ptr, sizeof a->netmask);
    return true;
}

static bool take_server(struct assigned_servers *s, ike2_bytes value, uint8_t family)
{
    if (value.len != (family == 4 ? 4u : 16u) || s->n == ASSIGNED_SERVERS ||
        !read_host(value, family, &s->list[s->n]))
        return false;
    s->n++;
    return true;
}

/* RFC 8598 4.1: presentation format, not terminated. */
static bool take_domain(struct assigned *a, ike2_bytes value)
{
    char *text = a->domains[a->n_domains];

    if (a->n_domains == ASSIGNED_DOMAINS || value.len >= DOMAIN_TEXT ||
        !domain_is_plain((const char *)value.ptr, value.len))
        return false;
    memcpy(text, value.ptr, value.len);
    text[value.len] = '\0';
    a->n_domains++;
    return true;
}

static bool take_subnet(struct assigned *a, ike2_bytes value, uint8_t family)
{
    size_t octets = family == 4 ? 4 : 16, i;
    int len = -1;
    ike2_ts *ts = &a->subnets[a->n_subnets];

    if (value.len == 8 && family == 4)
        len = mask_length(value.ptr + 4);
    if (value.len == 17 && family == 6 && value.ptr[16] <= 128)
        len = value.ptr[16];
    if (len < 0 || a->n_subnets == ASSIGNED_SUBNETS)
        return false;
    *ts = (ike2_ts){ .type = family == 4 ? IKE2_TS_IPV4_ADDR_RANGE : IKE2_TS_IPV6_ADDR_RANGE,
                     .port_last = UINT16_MAX };
    for (i = 0; i < octets; i++) {
        int fixed = len - (int)(8 * i);
        uint8_t host = (uint8_t)(fixed >= 8 ? 0 : fixed <= 0 ? 0xff : 0xff >> fixed);

        ts->first[i] = (uint8_t)(value.ptr[i] & ~host);
        ts->last[i] = (uint8_t)(value.ptr[i] | host);
    }
    a->n_subnets++;
    return true;
}

static bool take(struct assigned *a, const ike2_cfg_attr *attr)
{
    switch (attr->type) {
    case IKE2_CFG_INTERNAL_IP4_ADDRESS: return take_ip4(a, attr->value);
    case IKE2_CFG_INTERNAL_IP6_ADDRESS: return take_ip6(a, attr->value);
    case IKE2_CFG_INTERNAL_IP4_NETMASK: return take_netmask(a, attr->value);
    case IKE2_CFG_INTERNAL_IP4_DNS: return take_server(&a->dns, attr->value, 4);
    case IKE2_CFG_INTERNAL_IP6_DNS: return take_server(&a->dns, attr->value, 6);
    case IKE2_CFG_INTERNAL_IP4_NBNS: return take_server(&a->nbns, attr->value, 4);
    case IKE2_CFG_INTERNAL_DNS_DOMAIN: return take_domain(a, attr->value);
    case IKE2_CFG_INTERNAL_IP4_SUBNET: return take_subnet(a, attr->value, 4);
    case IKE2_CFG_INTERNAL_IP6_SUBNET: return take_subnet(a, attr->value, 6);
    default: return true; /* RFC 7296 3.15: what is not known is passed over */
    }
}

void assigned_read(struct assigned *a, const ike2_cfg_attr *list, size_t n)
{
    size_t i;

    *a = (struct assigned){ 0 };
    for (i = 0; i < n; i++)
        a->ignored += take(a, &list[i]) ? 0 : 1;
}

bool assigned_has_address(const struct assigned *a)
{
    return a->ip4.family != 0 || a->ip6.family != 0;
}
