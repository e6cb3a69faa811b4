#include "udp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/errqueue.h>
#include <linux/udp.h>
#include <linux/xfrm.h>

/* Room for the one control message we read or write: the local address of a datagram. */
union control {
    struct cmsghdr align;
    uint8_t octets[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

/* Room for those of an ICMP error: what went wrong, who says so, and the local address. */
union errors {
    struct cmsghdr align;
    uint8_t octets[512];
};

/* --- ike2_addr and struct sockaddr ------------------------------------------------------- */

static socklen_t to_sockaddr(const ike2_addr *addr, struct sockaddr_storage *out)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(addr->port) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(addr->port) };

    memset(out, 0, sizeof *out);
    if (addr->family == 4) {
        memcpy(&v4.sin_addr, addr->ip, 4);
        memcpy(out, &v4, sizeof v4);
        return sizeof v4;
    }
    memcpy(&v6.sin6_addr, addr->ip, 16);
    v6.sin6_scope_id = addr->scope;
    memcpy(out, &v6, sizeof v6);
    return sizeof v6;
}

static ike2_addr from_sockaddr(const struct sockaddr_storage *in)
{
    ike2_addr addr = { 0 };
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (in->ss_family == AF_INET) {
        memcpy(&v4, in, sizeof v4);
        addr.family = 4;
        addr.port = ntohs(v4.sin_port);
        memcpy(addr.ip, &v4.sin_addr, 4);
    } else if (in->ss_family == AF_INET6) {
        memcpy(&v6, in, sizeof v6);
        addr.family = 6;
        addr.port = ntohs(v6.sin6_port);
        addr.scope = v6.sin6_scope_id;
        memcpy(addr.ip, &v6.sin6_addr, 16);
    }
    return addr;
}

void udp_addr_text(const ike2_addr *addr, char *text, size_t cap)
{
    char ip[INET6_ADDRSTRLEN] = "any";

    if (addr->family != 0)
        (void)inet_ntop(addr->family == 4 ? AF_INET : AF_INET6, addr->ip, ip, sizeof ip);
    (void)snprintf(text, cap, addr->family == 6 ? "[%s]:%u" : "%s:%u", ip, addr->port);
}

size_t udp_resolve_all(const char *host, uint8_t family, ike2_addr *out, size_t cap,
                       struct problem *why)
{
    struct addrinfo hints = { .ai_socktype = SOCK_DGRAM, .ai_family = AF_UNSPEC };
    struct sockaddr_storage address;
    struct addrinfo *found = NULL, *a;
    size_t n = 0;
    int err;

    if (family != 0)
        hints.ai_family = family == 4 ? AF_INET : AF_INET6;
    err = getaddrinfo(host, NULL, &hints, &found);
    if (err != 0) {
        problem_set(why, "cannot resolve %s: %s", host, gai_strerror(err));
        return 0;
    }
    for (a = found; a != NULL && n < cap; a = a->ai_next) {
        memset(&address, 0, sizeof address);
        memcpy(&address, a->ai_addr, a->ai_addrlen);
        out[n++] = from_sockaddr(&address);
    }
    freeaddrinfo(found);
    return n;
}

bool udp_resolve(const char *host, uint8_t family, uint16_t port, ike2_addr *out,
                 struct problem *why)
{
    if (udp_resolve_all(host, family, out, 1, why) == 0)
        return false;
    out->port = port;
    return true;
}

bool udp_source(const ike2_addr *remote, ike2_addr *out, struct problem *why)
{
    struct sockaddr_storage address;
    socklen_t len = to_sockaddr(remote, &address);
    int fd = socket(address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    /* To connect a UDP socket sends nothing; it only asks the routing table. */
    bool ok = fd >= 0 && connect(fd, (const struct sockaddr *)&address, len) == 0;

    len = sizeof address;
    ok = ok && getsockname(fd, (struct sockaddr *)&address, &len) == 0;
    if (!ok)
        problem_set(why, "no route to the peer: %s", strerror(errno));
    if (fd >= 0)
        (void)close(fd);
    if (!ok)
        return false;
    *out = from_sockaddr(&address);
    out->port = 0;
    return true;
}

/* --- Sockets ----------------------------------------------------------------------------- */

bool udp_has_ipv6(void)
{
    int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd >= 0)
        (void)close(fd);
    return fd >= 0;
}

static bool set_option(int fd, int level, int name)
{
    int on = 1;

    return setsockopt(fd, level, name, &on, sizeof on) == 0;
}

/* Datagrams shall come with the address they were sent to. */
static bool want_local_address(int fd, uint8_t family)
{
    if (family == 4)
        return set_option(fd, IPPROTO_IP, IP_PKTINFO);
    return set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY) &&
           set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO);
}

/* Datagrams go without DF: a data plane, whose datagrams may be large, counts on IP fragments. */
static void allow_fragments(int fd, uint8_t family)
{
    int v4 = IP_PMTUDISC_DONT, v6 = IPV6_PMTUDISC_DONT;

    if (family == 4)
        (void)setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &v4, sizeof v4);
    else
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &v6, sizeof v6);
}

static void explain_bind(const ike2_addr *local, int error, struct problem *why)
{
    char text[UDP_ADDR_TEXT];
    const char *remedy = "";

    udp_addr_text(local, text, sizeof text);
    if (error == EACCES)
        remedy = ": ports below 1024 need root or CAP_NET_BIND_SERVICE; or choose other "
                 "ports";
    else if (error == EADDRINUSE)
        remedy = ": another IKE daemon runs here; stop it, or choose other ports";
    else if (error == EADDRNOTAVAIL)
        remedy = ": this machine does not have the address";
    problem_set(why, "cannot bind %s: %s%s", text, strerror(error), remedy);
}

static bool open_one(const ike2_addr *local, uint8_t encap, struct udp_socket *out,
                     struct problem *why)
{
    struct sockaddr_storage address;
    socklen_t len = to_sockaddr(local, &address);
    int fd = socket(address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool ok = fd >= 0 && want_local_address(fd, local->family) &&
              bind(fd, (const struct sockaddr *)&address, len) == 0;

    len = sizeof address;
    ok = ok && getsockname(fd, (struct sockaddr *)&address, &len) == 0;
    if (!ok) {
        explain_bind(local, errno, why);
        if (fd >= 0)
            (void)close(fd);
        return false;
    }
    allow_fragments(fd, local->family);
    *out = (struct udp_socket){ .fd = fd, .encap = encap, .local = from_sockaddr(&address) };
    return true;
}

bool udp_open_pair(const ike2_addr *local, uint16_t port, uint16_t natt_port,
                   struct udp_socket pair[2], struct problem *why)
{
    ike2_addr at = *local;

    at.port = port;
    if (!open_one(&at, IKE2_ENCAP_NONE, &pair[0], why))
        return false;
    at.port = natt_port;
    if (open_one(&at, IKE2_ENCAP_UDP, &pair[1], why))
        return true;
    udp_close(&pair[0]);
    return false;
}

/* RFC 4301 4.4.1: BYPASS. Both directions have a policy of their own. */
static bool bypass(int fd, uint8_t family)
{
    struct xfrm_userpolicy_info policy = { .action = XFRM_POLICY_ALLOW };
    bool v4 = family == 4, ok = true;
    uint8_t dir;

    policy.sel.family = v4 ? AF_INET : AF_INET6;
    for (dir = XFRM_POLICY_IN; dir <= XFRM_POLICY_OUT; dir++) {
        policy.dir = dir;
        ok = ok && setsockopt(fd, v4 ? IPPROTO_IP : IPPROTO_IPV6,
                              v4 ? IP_XFRM_POLICY : IPV6_XFRM_POLICY, &policy, sizeof policy) == 0;
    }
    return ok;
}

bool udp_share(const struct udp_socket *s, struct problem *why)
{
    static const int encap = UDP_ENCAP_ESPINUDP;

    if (!bypass(s->fd, s->local.family)) {
        problem_set(why, "cannot keep IKE out of its own tunnels: %s%s", strerror(errno),
                    errno == EPERM ? ": root or CAP_NET_ADMIN is needed" : "");
        return false;
    }
    if (s->encap != IKE2_ENCAP_UDP ||
        setsockopt(s->fd, IPPROTO_UDP, UDP_ENCAP, &encap, sizeof encap) == 0)
        return true;
    problem_set(why, "the kernel does not take ESP off the port for NAT traversal: %s",
                strerror(errno));
    return false;
}

void udp_close(const struct udp_socket *s)
{
    (void)close(s->fd);
}

/* --- Datagrams --------------------------------------------------------------------------- */

/* A zone means something to link-local addresses only. */
static bool link_local(const uint8_t *ip)
{
    return ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80;
}

/* Where the datagram was sent to, if the kernel says so. */
static void read_local_address(struct msghdr *msg, ike2_addr *local)
{
    struct in_pktinfo v4;
    struct in6_pktinfo v6;
    struct cmsghdr *c;

    for (c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            memcpy(&v4, CMSG_DATA(c), sizeof v4);
            memcpy(local->ip, &v4.ipi_addr, 4);
        } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
            memcpy(&v6, CMSG_DATA(c), sizeof v6);
            memcpy(local->ip, &v6.ipi6_addr, 16);
            local->scope = link_local(local->ip) ? v6.ipi6_ifindex : 0;
        }
    }
}

bool udp_receive(const struct udp_socket *s, uint8_t *room, size_t cap, ike2_path *path,
                 ike2_bytes *payload)
{
    struct sockaddr_storage from = { 0 };
    union control control = { .octets = { 0 } };
    struct iovec io = { .iov_base = room, .iov_len = cap };
    struct msghdr msg = {
        .msg_name = &from,
        .msg_namelen = sizeof from,
        .msg_iov = &io,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control,
    };
    ssize_t len = recvmsg(s->fd, &msg, 0);

    if (len < 0)
        return false;
    *path = (ike2_path){ .local = s->local, .remote = from_sockaddr(&from), .encap = s->encap };
    read_local_address(&msg, &path->local);
    *payload = (ike2_bytes){ .ptr = room, .len = (size_t)len };
    return true;
}

/* --- ICMP errors ------------------------------------------------------------------------- */

void udp_want_errors(const struct udp_socket *s)
{
    if (s->local.family == 4)
        (void)set_option(s->fd, IPPROTO_IP, IP_RECVERR);
    else
        (void)set_option(s->fd, IPPROTO_IPV6, IPV6_RECVERR);
}

/* The error that came with a message of the error queue, or 0. */
static int error_of(struct msghdr *msg)
{
    struct sock_extended_err e;
    struct cmsghdr *c;

    for (c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
        if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
            (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR)) {
            memcpy(&e, CMSG_DATA(c), sizeof e);
            return (int)e.ee_errno;
        }
    }
    return 0;
}

bool udp_take_error(const struct udp_socket *s, ike2_addr *remote, int *error)
{
    struct sockaddr_storage to = { 0 };
    union errors control;
    uint8_t octet;
    struct iovec io = { .iov_base = &octet, .iov_len = 1 };
    struct msghdr msg = {
        .msg_name = &to,
        .msg_namelen = sizeof to,
        .msg_iov = &io,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control,
    };

    if (recvmsg(s->fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
        return false;
    *remote = from_sockaddr(&to);
    *error = error_of(&msg);
    return true;
}

/* Sends come from the address the peer knows, also on a socket that is bound to "any". */
static void write_local_address(struct msghdr *msg, const ike2_addr *local)
{
    struct in_pktinfo v4 = { .ipi_ifindex = 0 };
    struct in6_pktinfo v6 = { .ipi6_ifindex = local->scope };
    bool is_v4 = local->family == 4;
    size_t len = is_v4 ? sizeof v4 : sizeof v6;
    struct cmsghdr *c = CMSG_FIRSTHDR(msg);

    memcpy(&v4.ipi_spec_dst, local->ip, 4);
    memcpy(&v6.ipi6_addr, local->ip, 16);
    c->cmsg_level = is_v4 ? IPPROTO_IP : IPPROTO_IPV6;
    c->cmsg_type = is_v4 ? IP_PKTINFO : IPV6_PKTINFO;
    c->cmsg_len = CMSG_LEN(len);
    memcpy(CMSG_DATA(c), is_v4 ? (const void *)&v4 : (const void *)&v6, len);
    msg->msg_controllen = CMSG_SPACE(len);
}

static bool send_one(int fd, const ike2_path *path, ike2_bytes payload, struct problem *why)
{
    struct sockaddr_storage to;
    union control control = { .octets = { 0 } };
    /* sendmsg does not write to the octets; struct iovec cannot say so. */
    struct iovec io = { .iov_base = (void *)(uintptr_t)payload.ptr, .iov_len = payload.len };
    struct msghdr msg = {
        .msg_name = &to,
        .msg_namelen = to_sockaddr(&path->remote, &to),
        .msg_iov = &io,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control,
    };
    char text[UDP_ADDR_TEXT];

    write_local_address(&msg, &path->local);
    /* An ICMP error for a datagram before this one is told here, and this one is then not sent. */
    if (sendmsg(fd, &msg, 0) >= 0 || (errno == ECONNREFUSED && sendmsg(fd, &msg, 0) >= 0))
        return true;
    udp_addr_text(&path->remote, text, sizeof text);
    problem_set(why, "cannot send to %s: %s", text, strerror(errno));
    return false;
}

/* Does the path's local end lie on this socket? */
static bool carries(const struct udp_socket *s, const ike2_path *path)
{
    static const uint8_t any[16];

    return s->encap == path->encap && s->local.family == path->remote.family &&
           (memcmp(s->local.ip, any, sizeof any) == 0 ||
            memcmp(s->local.ip, path->local.ip, sizeof any) == 0);
}

bool udp_send(const struct udp_socket *sockets, size_t n, const ike2_send *send,
              struct problem *why)
{
    bool ok = true;
    size_t i, k;

    for (i = 0; i < n && !carries(&sockets[i], &send->path); i++)
        ;
    if (i == n) {
        problem_set(why, "cannot send: no socket has the local address of the path");
        return false;
    }
    for (k = 0; k < send->n_payloads; k++)
        ok = send_one(sockets[i].fd, &send->path, send->payloads[k], why) && ok;
    return ok;
}
