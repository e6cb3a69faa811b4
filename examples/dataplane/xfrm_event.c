#include "xfrm_event.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include <ike2/iana.h>
#include <linux/xfrm.h>

#include "talk.h"
#include "xfrm_policy.h"

const int xfrm_event_groups[] = { XFRMNLGRP_ACQUIRE, XFRMNLGRP_EXPIRE, XFRMNLGRP_MAPPING, 0 };

/* --- Acquire ---------------------------------------------------------------------------- */

/* One end of the packet, as the kernel has it in a selector. */
static ike2_ts end_of(const struct xfrm_selector *s, const xfrm_address_t *ip)
{
    bool v4 = s->family == AF_INET;
    ike2_ts ts = { .type = v4 ? IKE2_TS_IPV4_ADDR_RANGE : IKE2_TS_IPV6_ADDR_RANGE,
                   .protocol = s->proto,
                   .port_last = UINT16_MAX };

    memcpy(ts.first, ip, v4 ? 4 : 16);
    memcpy(ts.last, ip, v4 ? 4 : 16);
    return ts;
}

static void set_port(ike2_ts *ts, uint16_t port, uint16_t mask)
{
    if (mask == UINT16_MAX)
        ts->port_first = ts->port_last = port;
}

/* Type and code are the sender's, RFC 4301 4.4.1.3. */
static void set_ports(struct xfrm_event *out, const struct xfrm_selector *s)
{
    unsigned sport = ntohs(s->sport), dport = ntohs(s->dport);

    if (s->proto == IPPROTO_ICMP || s->proto == IPPROTO_ICMPV6) {
        set_port(&out->local, (uint16_t)((sport & 0xffu) << 8 | (dport & 0xffu)), s->sport_mask);
        return;
    }
    set_port(&out->local, (uint16_t)sport, s->sport_mask);
    set_port(&out->remote, (uint16_t)dport, s->dport_mask);
}

static bool read_acquire(const struct nlmsghdr *header, size_t len, struct xfrm_event *out)
{
    struct xfrm_user_acquire a;

    if (!talk_body(header, len, XFRM_MSG_ACQUIRE, &a, sizeof a) ||
        (a.sel.family != AF_INET && a.sel.family != AF_INET6))
        return false;
    out->kind = XFRM_EVENT_ACQUIRE;
    out->local = end_of(&a.sel, &a.sel.saddr);
    out->remote = end_of(&a.sel, &a.sel.daddr);
    set_ports(out, &a.sel);
    out->reqid = xfrm_policy_reqid(header, sizeof a);
    return true;
}

/* --- The others ------------------------------------------------------------------------- */

static bool read_expire(const struct nlmsghdr *header, size_t len, struct xfrm_event *out)
{
    struct xfrm_user_expire e;

    if (!talk_body(header, len, XFRM_MSG_EXPIRE, &e, sizeof e))
        return false;
    out->kind = XFRM_EVENT_EXPIRE;
    out->is_hard = e.hard != 0;
    out->spi = ntohl(e.state.id.spi);
    out->reqid = e.state.reqid;
    out->packets = e.state.curlft.packets;
    return true;
}

static bool read_mapping(const struct nlmsghdr *header, size_t len, struct xfrm_event *out)
{
    struct xfrm_user_mapping m;
    bool v4;

    if (!talk_body(header, len, XFRM_MSG_MAPPING, &m, sizeof m) ||
        (m.id.family != AF_INET && m.id.family != AF_INET6))
        return false;
    v4 = m.id.family == AF_INET;
    out->kind = XFRM_EVENT_MAPPING;
    out->spi = ntohl(m.id.spi);
    out->reqid = m.reqid;
    out->source = (ike2_addr){ .family = v4 ? 4 : 6, .port = ntohs(m.new_sport) };
    memcpy(out->source.ip, &m.new_saddr, v4 ? 4 : 16);
    return true;
}

bool xfrm_event_read(const struct nlmsghdr *header, size_t len, struct xfrm_event *out)
{
    *out = (struct xfrm_event){ .kind = 0 };
    return read_acquire(header, len, out) || read_expire(header, len, out) ||
           read_mapping(header, len, out);
}
