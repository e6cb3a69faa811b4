/* links.c - two hosts on one machine with a wire between them. */
#include "links.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { WAIT_MS = 20000, SKIPPED = 77, COMMAND = 512, DATAGRAM = 100, TEXT = 65536, PORT = 7000 };

static void cannot_run(const char *what)
{
    (void)printf("SKIP: %s: %s\n", what, strerror(errno));
    exit(SKIPPED);
}

/* --- Namespaces ------------------------------------------------------------------------- */

void link_enter(const struct link_end *e)
{
    assert_int_equal(setns(e->netns, CLONE_NEWNET), 0);
}

void link_run(const struct link_end *e, const char *format, ...)
{
    char command[COMMAND];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(command, sizeof command, format, args);
    va_end(args);
    link_enter(e);
    if (system(command) != 0)
        fail_msg("fails: %s", command);
}

char *link_read(const struct link_end *e, const char *command)
{
    char *text = calloc(1, TEXT);
    FILE *f;

    link_enter(e);
    f = popen(command, "r");
    assert_non_null(f);
    assert_non_null(text);
    (void)fread(text, 1, TEXT - 1, f);
    assert_int_equal(pclose(f), 0);
    return text;
}

static void open_namespace(struct link_end *e)
{
    if (unshare(CLONE_NEWNET) != 0)
        cannot_run("cannot make a network namespace");
    e->netns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    assert_true(e->netns >= 0);
}

static void set_up(const struct link_end *e)
{
    int ours = e->is_right ? 2 : 1, theirs = e->is_right ? 1 : 2;

    link_run(e, "ip link set lo up && ip link set wire up");
    link_run(e,
             "ip address add 192.0.2.%d/24 dev wire && ip address add 192.0.2.1%d/24 dev wire "
             "&& ip address add 2001:db8::%d/64 dev wire nodad",
             ours, ours, ours);
    link_run(e, "ip address add 10.%d.0.1/32 dev lo && ip address add 2001:db8:%d::1/128 dev lo",
             ours, ours);
    link_run(e,
             "ip route add 10.%d.0.0/16 via 192.0.2.%d && "
             "ip -6 route add 2001:db8:%d::/64 via 2001:db8::%d",
             theirs, theirs, theirs, theirs);
}

/* --- What a host brings ----------------------------------------------------------------- */

static void on_send(void *user, const ike2_path *path, uint8_t tos, ike2_bytes payload)
{
    (void)user;
    (void)path;
    (void)tos;
    (void)payload;
    fail_msg("the kernel sends, not we");
}

static void on_report(void *user, const struct dataplane_report *report)
{
    struct link_end *e = user;

    if (e->n_reports < LINK_REPORTS)
        e->reports[e->n_reports++] = *report;
}

static void share(struct link_end *e, const char *ip, struct udp_socket pair[2])
{
    const ike2_addr any = test_addr(ip, 0);
    struct problem why = { .text = "" };

    if (!udp_open_pair(&any, 500, 4500, pair, &why) || !udp_share(&pair[0], &why) ||
        !udp_share(&pair[1], &why))
        fail_msg("%s", why.text);
    (void)e;
}

static void open_plane(struct links *l, struct link_end *e)
{
    const struct dataplane_config config = { 0 };
    const struct dataplane_host host = {
        .user = e, .crypto = &l->wrap.table, .send = on_send, .report = on_report
    };
    struct fault fault = { .text = "" };

    link_enter(e);
    if (!dataplane_xfrm.open(&config, &host, &e->plane, &fault)) {
        (void)printf("SKIP: %s\n", fault.text);
        exit(SKIPPED);
    }
    share(e, "0.0.0.0", e->natt);
    share(e, "::", e->natt + 2);
}

void links_open(struct links *l)
{
    if (geteuid() != 0) {
        errno = EPERM;
        cannot_run("needs root");
    }
    memset(l, 0, sizeof *l);
    l->right.is_right = true;
    crypto_wrap_init(&l->wrap, 1);
    open_namespace(&l->left);
    open_namespace(&l->right);
    link_run(&l->left, "ip link add wire type veth peer name wire netns /proc/%d/fd/%d", getpid(),
             l->right.netns);
    set_up(&l->left);
    set_up(&l->right);
    open_plane(l, &l->left);
    open_plane(l, &l->right);
}

static void close_end(struct link_end *e)
{
    char *left;

    e->plane->ops->close(e->plane);
    /* Sockets have policies of their own, and acquired SAs go by themselves. */
    left =
        link_read(e, "ip xfrm policy | grep -v socket | grep dir; ip xfrm state | grep 'proto esp' "
                     "| grep -v 'spi 0x00000000'; true");
    assert_string_equal(left, "");
    free(left);
    for (size_t i = 0; i < 4; i++)
        udp_close(&e->natt[i]);
    (void)close(e->netns);
}

void links_close(struct links *l)
{
    close_end(&l->left);
    close_end(&l->right);
    crypto_wrap_clear(&l->wrap);
}

/* --- Pairs ------------------------------------------------------------------------------ */

void link_pair(struct links *l, const struct link_end *e, enum test_cipher cipher, uint32_t number,
               uint8_t encap, struct test_pair *out)
{
    const ike2_ts left = test_ts("2001:db8:1::", "2001:db8:1::ffff:ffff:ffff:ffff");
    const ike2_ts right = test_ts("2001:db8:2::", "2001:db8:2::ffff:ffff:ffff:ffff");

    test_pair_make(out, &l->wrap.table, cipher, number, e->is_right);
    test_pair_add_local(out, e->is_right ? right : left);
    test_pair_add_remote(out, e->is_right ? left : right);
    out->pair.encap = encap;
}

bool link_install(const struct link_end *e, const struct test_pair *p, bool switched,
                  struct fault *fault)
{
    const struct dataplane_ops *ops = e->plane->ops;

    fault->text[0] = '\0';
    return ops->install(e->plane, &p->pair, fault) &&
           (!switched || ops->switch_out(e->plane, &p->pair, fault));
}

/* --- Packets ---------------------------------------------------------------------------- */

void link_poll(struct link_end *e)
{
    e->plane->ops->readable(e->plane, e->plane->ops->fd(e->plane, 0));
}

static const struct dataplane_report *find(const struct link_end *e, uint8_t kind)
{
    for (size_t i = 0; i < e->n_reports; i++) {
        if (e->reports[i].kind == kind)
            return &e->reports[i];
    }
    return NULL;
}

const struct dataplane_report *links_wait(struct links *l, struct link_end *e, uint8_t kind)
{
    struct link_end *const ends[] = { &l->left, &l->right };
    struct pollfd polled[2];

    for (int i = 0; i < 2; i++)
        polled[i] =
            (struct pollfd){ .fd = ends[i]->plane->ops->fd(ends[i]->plane, 0), .events = POLLIN };
    while (find(e, kind) == NULL) {
        /* Only if nothing ever happens again. */
        if (poll(polled, 2, WAIT_MS) <= 0)
            fail_msg("no report of kind %u", kind);
        for (int i = 0; i < 2; i++) {
            if (polled[i].revents != 0)
                link_poll(ends[i]);
        }
    }
    return find(e, kind);
}

static socklen_t address_of(const char *ip, uint16_t port, struct sockaddr_storage *out)
{
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };
    struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };

    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, ip, &in.sin_addr) == 1) {
        memcpy(out, &in, sizeof in);
        return sizeof in;
    }
    assert_int_equal(inet_pton(AF_INET6, ip, &in6.sin6_addr), 1);
    memcpy(out, &in6, sizeof in6);
    return sizeof in6;
}

static int bound(const struct link_end *e, const char *ip, uint16_t port)
{
    struct sockaddr_storage address;
    socklen_t len = address_of(ip, port, &address);
    int fd, on = 1;

    link_enter(e);
    fd = socket(address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, len), 0);
    return fd;
}

static void transmit(int fd, const char *to, uint16_t port)
{
    static const uint8_t octets[DATAGRAM];
    struct sockaddr_storage address;
    socklen_t len = address_of(to, port, &address);

    if (sendto(fd, octets, sizeof octets, 0, (const struct sockaddr *)&address, len) !=
            sizeof octets &&
        errno != EAGAIN)
        fail_msg("cannot send to %s: %s", to, strerror(errno));
}

void link_send(const struct link_end *from, const char *source, const char *to, uint16_t port)
{
    int fd = bound(from, source, 0);

    transmit(fd, to, port);
    (void)close(fd);
}

void links_pass(const struct link_end *from, const struct link_end *to, bool v6, unsigned n)
{
    static const char *const ips[2][2] = { { "10.1.0.1", "2001:db8:1::1" },
                                           { "10.2.0.1", "2001:db8:2::1" } };
    const char *target = ips[to->is_right][v6];
    int in = bound(to, target, PORT), out = bound(from, ips[from->is_right][v6], 0);
    struct pollfd polled = { .fd = in, .events = POLLIN };
    uint8_t octets[2 * DATAGRAM];

    for (unsigned i = 0; i < n; i++) {
        transmit(out, target, PORT);
        if (poll(&polled, 1, WAIT_MS) != 1)
            fail_msg("datagram %u of %u does not arrive", i + 1, n);
        assert_int_equal(recv(in, octets, sizeof octets, 0), DATAGRAM);
    }
    (void)close(in);
    (void)close(out);
}
