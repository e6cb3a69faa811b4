#include "netlink.h"
#include "talk.h"

#include <errno.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

/* What is made must not be there yet; what is removed, must. */
static void begin(struct talk_message *m, uint16_t type, bool present)
{
    talk_begin(m, type, present ? NLM_F_CREATE | NLM_F_EXCL : 0);
}

static const char *remedy(int error)
{
    if (error == EPERM)
        return ": run as root, or with CAP_NET_ADMIN";
    if (error == EAFNOSUPPORT || error == EOPNOTSUPP || error == EACCES)
        return ": is IPv6 switched off here?";
    return "";
}

bool netlink_open(struct netlink *n, const char *interface_name, struct fault *fault)
{
    *n = (struct netlink){ .index = if_nametoindex(interface_name) };
    if (n->index == 0)
        return fault_set(fault, "there is no interface %s: %s", interface_name, strerror(errno));
    n->talk = talk_open(NETLINK_ROUTE);
    if (n->talk != NULL)
        return true;
    (void)fault_set(fault, "cannot talk to the kernel about interfaces: %s", strerror(errno));
    netlink_close(n);
    return false;
}

void netlink_close(struct netlink *n)
{
    talk_close(n->talk);
    *n = (struct netlink){ 0 };
}

/* --- The interface ---------------------------------------------------------------------- */

static void put_link(struct talk_message *m, unsigned index)
{
    struct ifinfomsg *info = mnl_nlmsg_put_extra_header(m->header, sizeof *info);

    info->ifi_family = AF_UNSPEC;
    info->ifi_index = (int)index;
}

/* Without a link-local address the kernel does not ask for routers on the interface, which would
 * only be counted as packets that have no Child SA. Of no consequence where it fails. */
static void calm_ipv6(struct netlink *n)
{
    struct talk_message m;
    struct nlattr *families, *family;

    begin(&m, RTM_NEWLINK, false);
    put_link(&m, n->index);
    families = mnl_attr_nest_start(m.header, IFLA_AF_SPEC);
    family = mnl_attr_nest_start(m.header, AF_INET6);
    mnl_attr_put_u8(m.header, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
    mnl_attr_nest_end(m.header, family);
    mnl_attr_nest_end(m.header, families);
    (void)talk_tell(n->talk, &m);
}

bool netlink_up(struct netlink *n, uint16_t mtu, struct fault *fault)
{
    struct talk_message m;
    struct ifinfomsg *info;
    int error;

    calm_ipv6(n);
    begin(&m, RTM_NEWLINK, false);
    put_link(&m, n->index);
    info = mnl_nlmsg_get_payload(m.header);
    info->ifi_flags = IFF_UP;
    info->ifi_change = IFF_UP;
    mnl_attr_put_u32(m.header, IFLA_MTU, mtu);
    error = talk_tell(n->talk, &m);
    if (error == 0)
        return true;
    return fault_set(fault, "cannot bring the interface up with an MTU of %u: %s%s", mtu,
                     strerror(error), remedy(error));
}

bool netlink_address(struct netlink *n, const ike2_addr *address, bool present, struct fault *fault)
{
    bool v4 = address->family == 4;
    size_t octets = v4 ? 4 : 16;
    struct prefix prefix = prefix_around(address->family, address->ip, v4 ? 32 : 128);
    char text[PREFIX_TEXT];
    struct talk_message m;
    struct ifaddrmsg *info;
    int error;

    begin(&m, present ? RTM_NEWADDR : RTM_DELADDR, present);
    info = mnl_nlmsg_put_extra_header(m.header, sizeof *info);
    info->ifa_family = v4 ? AF_INET : AF_INET6;
    info->ifa_prefixlen = prefix.len;
    info->ifa_index = n->index;
    mnl_attr_put(m.header, IFA_LOCAL, octets, address->ip);
    mnl_attr_put(m.header, IFA_ADDRESS, octets, address->ip);
    mnl_attr_put_u32(m.header, IFA_FLAGS, IFA_F_NODAD | IFA_F_NOPREFIXROUTE);
    error = talk_tell(n->talk, &m);
    if (error == 0 || (present && error == EEXIST))
        return true;
    prefix_text(&prefix, text);
    return fault_set(fault, "cannot %s the address %s: %s%s", present ? "set" : "remove", text,
                     strerror(error), remedy(error));
}

/* --- Routes ----------------------------------------------------------------------------- */

static void put_route(struct talk_message *m, uint8_t family, uint32_t table)
{
    struct rtmsg *info = mnl_nlmsg_put_extra_header(m->header, sizeof *info);

    info->rtm_family = family == 4 ? AF_INET : AF_INET6;
    info->rtm_table = RT_TABLE_UNSPEC; /* it has a number of 32 bits, too */
    info->rtm_protocol = RTPROT_STATIC;
    info->rtm_scope = family == 4 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
    info->rtm_type = RTN_UNICAST;
    mnl_attr_put_u32(m->header, RTA_TABLE, table != 0 ? table : RT_TABLE_MAIN);
}

bool netlink_route_by(struct netlink *n, const struct netlink_way *way, bool present,
                      struct fault *fault)
{
    size_t octets = way->to->family == 4 ? 4 : 16;
    char text[PREFIX_TEXT];
    struct talk_message m;
    struct rtmsg *info;
    int error;

    begin(&m, present ? RTM_NEWROUTE : RTM_DELROUTE, present);
    put_route(&m, way->to->family, way->table);
    info = mnl_nlmsg_get_payload(m.header);
    info->rtm_dst_len = way->to->len;
    mnl_attr_put(m.header, RTA_DST, octets, way->to->ip);
    mnl_attr_put_u32(m.header, RTA_OIF, way->index);
    if (way->source != NULL)
        mnl_attr_put(m.header, RTA_PREFSRC, octets, way->source->ip);
    error = talk_tell(n->talk, &m);
    if (error == 0)
        return true;
    prefix_text(way->to, text);
    return fault_set(fault, "cannot %s the route to %s: %s%s", present ? "make" : "remove", text,
                     strerror(error),
                     error == EEXIST ? ": another one is in the way; remove it, or choose a "
                                       "routing table of its own"
                                     : remedy(error));
}

bool netlink_route(struct netlink *n, const struct prefix *to, uint32_t table, bool present,
                   struct fault *fault)
{
    const struct netlink_way way = { .to = to, .index = n->index, .table = table };

    return netlink_route_by(n, &way, present, fault);
}

static int read_way(const struct nlattr *attr, void *data)
{
    uint32_t *index = data;

    if (mnl_attr_get_type(attr) == RTA_OIF && mnl_attr_get_payload_len(attr) == sizeof *index)
        *index = mnl_attr_get_u32(attr);
    return MNL_CB_OK;
}

unsigned netlink_way_to(struct netlink *n, const ike2_addr *to, uint32_t mark)
{
    bool v4 = to->family == 4;
    uint32_t index = 0;
    struct talk_answer answer;
    struct talk_message m;
    struct rtmsg *info;

    talk_begin(&m, RTM_GETROUTE, 0);
    info = mnl_nlmsg_put_extra_header(m.header, sizeof *info);
    info->rtm_family = v4 ? AF_INET : AF_INET6;
    info->rtm_dst_len = v4 ? 32 : 128;
    mnl_attr_put(m.header, RTA_DST, v4 ? 4 : 16, to->ip);
    if (mark != 0)
        mnl_attr_put_u32(m.header, RTA_MARK, mark);
    if (talk_ask(n->talk, &m, &answer) == 0 && answer.len >= NLMSG_HDRLEN + sizeof *info)
        talk_attributes(&answer.room.header, sizeof *info, read_way, &index);
    return index;
}

bool netlink_rule(struct netlink *n, uint8_t family, uint32_t mark, uint32_t table, bool present,
                  struct fault *fault)
{
    struct talk_message m;
    struct fib_rule_hdr *rule;
    int error;

    begin(&m, present ? RTM_NEWRULE : RTM_DELRULE, present);
    rule = mnl_nlmsg_put_extra_header(m.header, sizeof *rule);
    rule->family = family == 4 ? AF_INET : AF_INET6;
    rule->action = FR_ACT_TO_TBL;
    rule->flags = FIB_RULE_INVERT;
    mnl_attr_put_u32(m.header, FRA_FWMARK, mark);
    mnl_attr_put_u32(m.header, FRA_TABLE, table);
    error = talk_tell(n->talk, &m);
    /* A program that was killed leaves its rule behind. */
    if (error == 0 || (present && error == EEXIST))
        return true;
    return fault_set(fault, "cannot %s the routing rule for mark %u: %s%s",
                     present ? "make" : "remove", mark, strerror(error), remedy(error));
}
