/* stacks.c - two hosts on one machine. */
#include "stacks.h"

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

#include <linux/rtnetlink.h>

#include <cmocka.h>

enum { PORT = 7000, WAIT_MS = 20000, NEWS = 8192, SKIPPED = 77 };

static void cannot_run(const char *what)
{
    (void)printf("SKIP: %s: %s\n", what, strerror(errno));
    exit(SKIPPED);
}

/* --- What a host brings ----------------------------------------------------------------- */

static void on_send(void *user, const ike2_path *path, uint8_t tos, ike2_bytes payload)
{
    struct stack *s = user;
    struct dataplane *other = s->other->plane;
    const ike2_path back = {
        .local = path->remote, .remote = path->local, .encap = IKE2_ENCAP_UDP
    };

    s->n_sent++;
    other->ops->datagram_in(other, &back, tos, payload);
}

void stack_host(struct stacks *s, struct stack *stack, struct dataplane_host *out)
{
    *out = (struct dataplane_host){ .user = stack, .crypto = &s->wrap.table, .send = on_send };
}

void stack_pair(struct stacks *s, const struct stack *stack, uint32_t number,
                struct test_pair *out)
{
    const ike2_ts left = test_ts("2001:db8:1::", "2001:db8:1::ffff:ffff:ffff:ffff");
    const ike2_ts right = test_ts("2001:db8:2::", "2001:db8:2::ffff:ffff:ffff:ffff");

    test_pair_make(out, &s->wrap.table, TEST_GCM, number, stack->is_right);
    test_pair_add_local(out, stack->is_right ? right : left);
    test_pair_add_remote(out, stack->is_right ? left : right);
}

void stack_install(struct stacks *s, struct stack *stack, uint32_t number)
{
    struct dataplane *d = stack->plane;
    struct test_pair pair;
    struct fault fault = { .text = "" };
    bool ok;

    stack_pair(s, stack, number, &pair);
    ok = d->ops->install(d, &pair.pair, &fault) && d->ops->switch_out(d, &pair.pair, &fault);
    test_pair_clear(&pair);
    assert_string_equal(fault.text, "");
    assert_true(ok);
}

/* --- Sockets ---------------------------------------------------------------------------- */

unsigned stack_address(const struct stack *s, bool v6, struct sockaddr_storage *out)
{
    struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(PORT) };
    struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(PORT) };

    memset(out, 0, sizeof *out);
    if (v6) {
        assert_int_equal(inet_pton(AF_INET6, s->is_right ? "2001:db8:2::1" : "2001:db8:1::1",
                                   &in6.sin6_addr),
                         1);
        memcpy(out, &in6, sizeof in6);
        return sizeof in6;
    }
    assert_int_equal(inet_pton(AF_INET, s->is_right ? "10.2.0.1" : "10.1.0.1", &in.sin_addr), 1);
    memcpy(out, &in, sizeof in);
    return sizeof in;
}

static int bound_socket(const struct stack *s, bool v6, int type, int protocol)
{
    struct sockaddr_storage address;
    socklen_t len = stack_address(s, v6, &address);
    int fd = socket(address.ss_family, type | SOCK_CLOEXEC, protocol);

    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, len), 0);
    return fd;
}

void stacks_wait(struct stacks *s, int fd)
{
    struct dataplane *planes[] = { s->left.plane, s->right.plane };
    struct pollfd polled[] = {
        { .fd = planes[0]->ops->fd(planes[0], 0), .events = POLLIN },
        { .fd = planes[1]->ops->fd(planes[1], 0), .events = POLLIN },
        { .fd = fd, .events = POLLIN },
    };

    while (polled[2].revents == 0) {
        /* Only if nothing ever happens again. */
        if (poll(polled, 3, WAIT_MS) <= 0)
            fail_msg("nothing comes");
        for (int i = 0; i < 2; i++) {
            if (polled[i].revents != 0)
                planes[i]->ops->readable(planes[i], polled[i].fd);
        }
    }
}

/* --- Namespaces --------------------------------------------------------------------------- */

void stack_enter(const struct stack *s)
{
    assert_int_equal(setns(s->netns, CLONE_NEWNET), 0);
}

/* Does the namespace deliver to the address of this end? */
static bool is_local(const struct stack *s, bool v6)
{
    struct sockaddr_storage address;
    socklen_t len = stack_address(s, v6, &address);
    int fd = socket(address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool ok = connect(fd, (const struct sockaddr *)&address, len) == 0;

    (void)close(fd);
    return ok;
}

/* A kernel that has said yes to an address of IPv6 makes its local route a moment later, and tells
 * who listens. */
static void set_address(struct stack *s, bool v6)
{
    static const char *const ips[2][2] = {
        { "10.1.0.1", "2001:db8:1::1" }, { "10.2.0.1", "2001:db8:2::1" }
    };
    const struct sockaddr_nl groups = { .nl_family = AF_NETLINK, .nl_groups = RTMGRP_IPV6_ROUTE };
    struct pollfd told = { .events = POLLIN };
    const ike2_addr address = test_addr(ips[s->is_right][v6], 0);
    struct fault fault = { .text = "" };
    uint8_t news[NEWS];

    told.fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    assert_int_equal(bind(told.fd, (const struct sockaddr *)&groups, sizeof groups), 0);
    (void)s->plane->ops->address(s->plane, &address, true, &fault);
    assert_string_equal(fault.text, "");
    while (!is_local(s, v6)) {
        assert_int_equal(poll(&told, 1, WAIT_MS), 1);
        assert_true(recv(told.fd, news, sizeof news, 0) > 0);
    }
    (void)close(told.fd);
}

static void stack_open(struct stacks *s, struct stack *stack)
{
    const struct dataplane_config config = { .interface_mtu = 1500 };
    struct dataplane_host host;
    struct fault fault = { .text = "" };

    if (unshare(CLONE_NEWNET) != 0)
        cannot_run("cannot make a network namespace");
    stack->netns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    assert_true(stack->netns >= 0);
    stack_host(s, stack, &host);
    (void)dataplane_tun.open(&config, &host, &stack->plane, &fault);
    assert_string_equal(fault.text, "");
    set_address(stack, false);
    set_address(stack, true);
    stack->udp4 = bound_socket(stack, false, SOCK_DGRAM, 0);
    stack->udp6 = bound_socket(stack, true, SOCK_DGRAM, 0);
    stack->ping = bound_socket(stack, false, SOCK_RAW, IPPROTO_ICMP);
    stack_install(s, stack, 1);
}

void stacks_open(struct stacks *s)
{
    if (geteuid() != 0) {
        errno = EPERM;
        cannot_run("needs root");
    }
    if (access("/dev/net/tun", R_OK | W_OK) != 0)
        cannot_run("/dev/net/tun");
    if (access("/proc/net/if_inet6", F_OK) != 0)
        cannot_run("IPv6");
    memset(s, 0, sizeof *s);
    crypto_wrap_init(&s->wrap, 1);
    s->left.other = &s->right;
    s->right.other = &s->left;
    s->right.is_right = true;
    stack_open(s, &s->left);
    stack_open(s, &s->right);
}

static void stack_close(struct stack *s)
{
    s->plane->ops->close(s->plane);
    (void)close(s->udp4);
    (void)close(s->udp6);
    (void)close(s->ping);
    (void)close(s->netns);
}

void stacks_close(struct stacks *s)
{
    stack_close(&s->left);
    stack_close(&s->right);
    crypto_wrap_clear(&s->wrap);
}
