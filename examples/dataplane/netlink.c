#include "netlink.h"

#include <errno.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

/* More than any of our messages, and than the kernel's answer, which repeats ours. */
enum { MESSAGE_ROOM = 1024, ANSWER_ROOM = 8192 };

/* The message that is being written. */
struct message {
    union {
        struct nlmsghdr align;
        uint8_t octets[MESSAGE_ROOM];
    } room;
    struct nlmsghdr *header;
};

static void begin(struct message *m, uint16_t type, bool present)
{
    memset(m, 0, sizeof *m);
    m->header = mnl_nlmsg_put_header(m->room.octets);
    m->header->nlmsg_type = type;
    m->header->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
    if (present)
        m->header->nlmsg_flags |= NLM_F_CREATE | NLM_F_EXCL;
}

/* Sends the message; 0, or the kernel's error. */
static int talk(struct netlink *n, struct message *m)
{
    unsigned port = mnl_socket_get_portid(n->socket);
    uint8_t answer[ANSWER_ROOM];
    int state = MNL_CB_OK;

    m->header->nlmsg_seq = ++n->sequence;
    if (mnl_socket_sendto(n->socket, m->header, m->header->nlmsg_len) < 0)
        return errno;
    while (state == MNL_CB_OK) {
        ssize_t len = mnl_socket_recvfrom(n->socket, answer, sizeof answer);

        if (len < 0)
            return errno;
        state = mnl_cb_run(answer, (size_t)len, n->sequence, port, NULL, NULL);
    }
    return state == MNL_CB_ERROR ? errno : 0;
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
    n->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
    if (n->socket != NULL && mnl_socket_bind(n->socket, 0, MNL_SOCKET_AUTOPID) == 0)
        return true;
    (void)fault_set(fault, "cannot talk to the kernel about interfaces: %s", strerror(errno));
    netlink_close(n);
    return false;
}

void netlink_close(struct netlink *n)
{
    if (n->socket != NULL)
        (void)mnl_socket_close(n->socket);
    *n = (struct netlink){ 0 };
}

/* --- The interface ---------------------------------------------------------------------- */

static void put_link(struct message *m, unsigned index)
{
    struct ifinfomsg *info = mnl_nlmsg_put_extra_header(m->header, sizeof *info);

    info->ifi_family = AF_UNSPEC;
    info->ifi_index = (int)index;
}

/* Without a link-local address the kernel does not ask for routers on the interface, which would
 * only be counted as packets that have no Child SA. Of no consequence where it fails. */
static void calm_ipv6(struct netlink *n)
{
    struct message m;
    struct nlattr *families, *family;

    begin(&m, RTM_NEWLINK, false);
    put_link(&m, n->index);
    families = mnl_attr_nest_start(m.header, IFLA_AF_SPEC);
    family = mnl_attr_nest_start(m.header, AF_INET6);
    mnl_attr_put_u8(m.header, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
    mnl_attr_nest_end(m.header, family);
    mnl_attr_nest_end(m.header, families);
    (void)talk(n, &m);
}

bool netlink_up(struct netlink *n, uint16_t mtu, struct fault *fault)
{
    struct message m;
    struct ifinfomsg *info;
    int error;

    calm_ipv6(n);
    begin(&m, RTM_NEWLINK, false);
    put_link(&m, n->index);
    info = mnl_nlmsg_get_payload(m.header);
    info->ifi_flags = IFF_UP;
    info->ifi_change = IFF_UP;
    mnl_attr_put_u32(m.header, IFLA_MTU, mtu);
    error = talk(n, &m);
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
    struct message m;
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
    error = talk(n, &m);
    if (error == 0 || (present && error == EEXIST))
        return true;
    prefix_text(&prefix, text);
    return fault_set(fault, "cannot %s the address %s: %s%s", present ? "set" : "remove", text,
                     strerror(error), remedy(error));
}

/* --- Routes ----------------------------------------------------------------------------- */

static void put_route(struct message *m, uint8_t family, uint32_t table)
{
    struct rtmsg *info = mnl_nlmsg_put_extra_header(m->header, sizeof *info);

    info->rtm_family = family == 4 ? AF_INET : AF_INET6;
    info->rtm_table = RT_TABLE_UNSPEC; /* it has a number of 32 bits, too */
    info->rtm_protocol = RTPROT_STATIC;
    info->rtm_scope = family == 4 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
    info->rtm_type = RTN_UNICAST;
    mnl_attr_put_u32(m->header, RTA_TABLE, table != 0 ? table : RT_TABLE_MAIN);
}

bool netlink_route(struct netlink *n, const struct prefix *to, uint32_t table, bool present,
                   struct fault *fault)
{
    char text[PREFIX_TEXT];
    struct message m;
    struct rtmsg *info;
    int error;

    begin(&m, present ? RTM_NEWROUTE : RTM_DELROUTE, present);
    put_route(&m, to->family, table);
    info = mnl_nlmsg_get_payload(m.header);
    info->rtm_dst_len = to->len;
    mnl_attr_put(m.header, RTA_DST, to->family == 4 ? 4 : 16, to->ip);
    mnl_attr_put_u32(m.header, RTA_OIF, n->index);
    error = talk(n, &m);
    if (error == 0)
        return true;
    prefix_text(to, text);
    return fault_set(fault, "cannot %s the route to %s: %s%s", present ? "make" : "remove", text,
                     strerror(error),
                     error == EEXIST ? ": another one is in the way; remove it, or choose a "
                                       "routing table of its own"
                                     : remedy(error));
}

bool netlink_rule(struct netlink *n, uint8_t family, uint32_t mark, uint32_t table, bool present,
                  struct fault *fault)
{
    struct message m;
    struct fib_rule_hdr *rule;
    int error;

    begin(&m, present ? RTM_NEWRULE : RTM_DELRULE, present);
    rule = mnl_nlmsg_put_extra_header(m.header, sizeof *rule);
    rule->family = family == 4 ? AF_INET : AF_INET6;
    rule->action = FR_ACT_TO_TBL;
    rule->flags = FIB_RULE_INVERT;
    mnl_attr_put_u32(m.header, FRA_FWMARK, mark);
    mnl_attr_put_u32(m.header, FRA_TABLE, table);
    error = talk(n, &m);
    /* A program that was killed leaves its rule behind. */
    if (error == 0 || (present && error == EEXIST))
        return true;
    return fault_set(fault, "cannot %s the routing rule for mark %u: %s%s",
                     present ? "make" : "remove", mark, strerror(error), remedy(error));
}
