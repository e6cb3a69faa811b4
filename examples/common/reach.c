#include "reach.h"

#include <netinet/in.h>
#include <string.h>

#include <ike2/iana.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* An address as the selectors have it. */
struct place {
    uint8_t type; /* IKE2_TS_IPV4_ADDR_RANGE or IKE2_TS_IPV6_ADDR_RANGE; 0 = another family */
    uint8_t octets[16];
};

struct network {
    uint8_t type, bits, octets[2];
};

static const struct network private[] = {
    { IKE2_TS_IPV4_ADDR_RANGE, 8, { 10 } },
    { IKE2_TS_IPV4_ADDR_RANGE, 12, { 172, 16 } },
    { IKE2_TS_IPV4_ADDR_RANGE, 16, { 192, 168 } },
    { IKE2_TS_IPV4_ADDR_RANGE, 10, { 100, 64 } },   /* between a provider and its customers */
    { IKE2_TS_IPV6_ADDR_RANGE, 7, { 0xfc } },
    { IKE2_TS_IPV6_ADDR_RANGE, 10, { 0xfe, 0xc0 } }, /* site-local, RFC 3879 */
    { IKE2_TS_IPV6_ADDR_RANGE, 16, { 0x00, 0x64 } }, /* NAT64: may lead to any of IPv4's */
    { IKE2_TS_IPV6_ADDR_RANGE, 16, { 0x20, 0x02 } }, /* 6to4: likewise */
};

static const struct network closed[] = {
    { IKE2_TS_IPV4_ADDR_RANGE, 8, { 0 } },          /* "this network" */
    { IKE2_TS_IPV4_ADDR_RANGE, 8, { 127 } },        /* loopback */
    { IKE2_TS_IPV4_ADDR_RANGE, 16, { 169, 254 } },  /* link-local */
    { IKE2_TS_IPV4_ADDR_RANGE, 3, { 224 } },        /* multicast, reserved, broadcast */
    { IKE2_TS_IPV6_ADDR_RANGE, 16, { 0, 0 } },      /* loopback, unspecified, IPv4 in disguise */
    { IKE2_TS_IPV6_ADDR_RANGE, 10, { 0xfe, 0x80 } }, /* link-local */
    { IKE2_TS_IPV6_ADDR_RANGE, 8, { 0xff } },       /* multicast */
};

static struct place place_of(const struct sockaddr *address)
{
    static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
    struct place p = { .type = 0 };
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof v4);
        p.type = IKE2_TS_IPV4_ADDR_RANGE;
        memcpy(p.octets, &v4.sin_addr, 4);
    } else if (address->sa_family == AF_INET6) {
        memcpy(&v6, address, sizeof v6);
        p.type = IKE2_TS_IPV6_ADDR_RANGE;
        memcpy(p.octets, &v6.sin6_addr, 16);
    }
    if (p.type == IKE2_TS_IPV6_ADDR_RANGE && memcmp(p.octets, mapped, sizeof mapped) == 0) {
        p.type = IKE2_TS_IPV4_ADDR_RANGE;
        memmove(p.octets, p.octets + sizeof mapped, 4);
    }
    return p;
}

static bool is_in(const struct place *p, const struct network *n)
{
    unsigned mask = (0xffff0000u >> n->bits) & 0xffff;
    unsigned first = (unsigned)p->octets[0] << 8 | p->octets[1];
    unsigned own = (unsigned)n->octets[0] << 8 | n->octets[1];

    return p->type == n->type && (first & mask) == own;
}

static bool is_in_any(const struct place *p, const struct network *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (is_in(p, &list[i]))
            return true;
    }
    return false;
}

static bool is_among(const struct place *p, const struct selectors *networks)
{
    size_t i, octets = p->type == IKE2_TS_IPV4_ADDR_RANGE ? 4 : 16;

    for (i = 0; i < networks->n; i++) {
        const ike2_ts *ts = &networks->list[i];

        if (ts->type == p->type && memcmp(ts->first, p->octets, octets) <= 0 &&
            memcmp(p->octets, ts->last, octets) <= 0)
            return true;
    }
    return false;
}

bool reach_is_allowed(const struct sockaddr *address, enum reach reach,
                      const struct selectors *networks)
{
    const struct place p = place_of(address);

    if (is_among(&p, networks))
        return true;
    if (reach == REACH_STRANGER && is_in_any(&p, private, COUNT(private)))
        return false;
    return p.type != 0 && !is_in_any(&p, closed, COUNT(closed));
}
