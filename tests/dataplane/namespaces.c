/* examples/dataplane/tun.c, tun_device.c and netlink.c, with a kernel: two network namespaces, each
 * with a data plane `tun`. For root only. */
#include <errno.h>
#include <netinet/in.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "dataplane/ip.h"
#include "dataplane/netlink.h"
#include "dataplane/octets.h"
#include "stacks.h"
#include "support/octets.h"

enum { ROOM = 2048, ECHO = 100, MARK = 42 };

static struct stacks stacks;

static int setup(void **state)
{
    (void)state;
    stacks_open(&stacks);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    stacks_close(&stacks);
    return 0;
}

static struct dataplane_counts counts(const struct stack *s)
{
    struct dataplane_counts c;

    assert_true(s->plane->ops->stats(s->plane, s->is_right ? 0x2001 : 0x1001, &c));
    return c;
}

/* Sends `len` octets to the other end's socket; 0 or an errno. */
static int send_to(const struct stack *to, int fd, bool v6, size_t len)
{
    struct sockaddr_storage address;
    socklen_t address_len = stack_address(to, v6, &address);
    uint8_t octets[ROOM];

    octets_ramp(octets, len, 5);
    if (sendto(fd, octets, len, 0, (const struct sockaddr *)&address, address_len) < 0)
        return errno;
    return 0;
}

static void pass(const struct stack *from, const struct stack *to, bool v6, size_t len)
{
    uint8_t expected[ROOM], octets[ROOM];
    int fd = v6 ? to->udp6 : to->udp4;

    assert_int_equal(send_to(to, v6 ? from->udp6 : from->udp4, v6, len), 0);
    stacks_wait(&stacks, fd);
    octets_ramp(expected, len, 5);
    assert_int_equal(recv(fd, octets, sizeof octets, 0), len);
    assert_memory_equal(octets, expected, len);
}

static void udp_passes_in_both_directions(void **state)
{
    (void)state;
    for (int v6 = 0; v6 < 2; v6++) {
        pass(&stacks.left, &stacks.right, v6 == 1, 5);
        pass(&stacks.right, &stacks.left, v6 == 1, 1200);
    }
    assert_true(stacks.left.n_sent >= 2);
}

static void octets_are_counted_as_the_kernel_sent_them(void **state)
{
    struct dataplane_counts left, right;

    (void)state;
    pass(&stacks.left, &stacks.right, false, 5);
    pass(&stacks.left, &stacks.right, false, 1000);
    left = counts(&stacks.left);
    right = counts(&stacks.right);
    assert_int_equal(left.packets_out, 2);
    assert_int_equal(left.octets_out, 20 + 8 + 5 + 20 + 8 + 1000);
    assert_int_equal(left.sequence_out, 2);
    assert_int_equal(right.packets_in, 2);
    assert_int_equal(right.octets_in, left.octets_out);
    assert_int_equal(right.octets_out, 0);
}

/* The other kernel answers, behind its own tunnel. */
static void a_ping_is_answered(void **state)
{
    struct sockaddr_storage address;
    socklen_t len = stack_address(&stacks.right, false, &address);
    uint8_t echo[ECHO], answer[ROOM];

    (void)state;
    octets_ramp(echo, sizeof echo, 1);
    memset(echo, 0, 4);
    echo[0] = 8;
    put_u16(echo + 2, ip_sum_end(ip_sum(0, echo, sizeof echo)));
    assert_int_equal(sendto(stacks.left.ping, echo, sizeof echo, 0,
                            (const struct sockaddr *)&address, len),
                     sizeof echo);
    stacks_wait(&stacks, stacks.left.ping);
    assert_int_equal(recv(stacks.left.ping, answer, sizeof answer, 0), 20 + sizeof echo);
    assert_int_equal(answer[20], 0);
    assert_memory_equal(answer + 24, echo + 4, sizeof echo - 4);
    assert_int_equal(counts(&stacks.left).packets_in, 1);
    assert_int_equal(counts(&stacks.right).octets_out, 20 + sizeof echo);
}

/* --- MTU -------------------------------------------------------------------------------- */

/* What a kernel has learned about the way to the other end. */
static int path_mtu(const struct stack *to, bool v6)
{
    struct sockaddr_storage address;
    socklen_t len = stack_address(to, v6, &address);
    int fd = socket(address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int mtu = 0;
    socklen_t mtu_len = sizeof mtu;

    assert_int_equal(connect(fd, (const struct sockaddr *)&address, len), 0);
    assert_int_equal(getsockopt(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_MTU : IP_MTU, &mtu,
                                &mtu_len),
                     0);
    (void)close(fd);
    return mtu;
}

static void set_discovery(int fd, bool v6, int how)
{
    assert_int_equal(setsockopt(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP,
                                v6 ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER, &how, sizeof how),
                     0);
}

static void report_errors(int fd, bool v6)
{
    int on = 1;

    assert_int_equal(setsockopt(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP,
                                v6 ? IPV6_RECVERR : IP_RECVERR, &on, sizeof on),
                     0);
}

/* 1500 is what the interface takes, 1438 what fits into ESP. */
static void a_kernel_learns_that_its_packets_are_too_big(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        bool v6 = i == 1;
        int fd = v6 ? stacks.left.udp6 : stacks.left.udp4;
        size_t headers = v6 ? 48 : 28;
        int error = 0;
        socklen_t len = sizeof error;

        stack_enter(&stacks.left);
        assert_int_equal(path_mtu(&stacks.right, v6), 1500);
        set_discovery(fd, v6, IP_PMTUDISC_DO);
        report_errors(fd, v6);
        assert_int_equal(send_to(&stacks.right, fd, v6, 1500 - headers), 0);
        stacks_wait(&stacks, fd);
        assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len), 0);
        assert_int_equal(error, EMSGSIZE);
        assert_int_equal(path_mtu(&stacks.right, v6), 1438);
        assert_int_equal(send_to(&stacks.right, fd, v6, 1439 - headers), EMSGSIZE);
        pass(&stacks.left, &stacks.right, v6, 1438 - headers);
    }
}

static void without_df_large_packets_pass(void **state)
{
    (void)state;
    set_discovery(stacks.left.udp4, false, IP_PMTUDISC_DONT);
    pass(&stacks.left, &stacks.right, false, 1472);
    /* Fragments, made by the kernel, and put together by the other one. */
    pass(&stacks.left, &stacks.right, false, 1900);
    assert_int_equal(counts(&stacks.left).packets_out, 3);
}

/* --- Routes ----------------------------------------------------------------------------- */

static void routes_come_with_the_switch_and_go_with_the_pair(void **state)
{
    struct dataplane *d = stacks.left.plane;
    const ike2_pair first = { .child = 7, .spi_in = 0x1001 };
    const ike2_pair second = { .child = 7, .spi_in = 0x1002 };
    struct fault fault;

    (void)state;
    stack_install(&stacks, &stacks.left, 2);
    stack_install(&stacks, &stacks.right, 2);
    assert_true(d->ops->remove(d, &first, IKE2_HALF_BOTH, &fault));
    pass(&stacks.left, &stacks.right, false, 5);
    pass(&stacks.left, &stacks.right, true, 5);
    assert_true(d->ops->remove(d, &second, IKE2_HALF_BOTH, &fault));
    assert_int_equal(send_to(&stacks.right, stacks.left.udp4, false, 5), ENETUNREACH);
    assert_int_equal(send_to(&stacks.right, stacks.left.udp6, true, 5), ENETUNREACH);
}

/* Opens another plane in the left namespace. */
static struct dataplane *open_other(const struct dataplane_config *config)
{
    struct dataplane_host host;
    struct dataplane *d = NULL;
    struct fault fault = { .text = "" };

    stack_enter(&stacks.left);
    stack_host(&stacks, &stacks.left, &host);
    (void)dataplane_tun.open(config, &host, &d, &fault);
    assert_string_equal(fault.text, "");
    return d;
}

static void another_route_in_the_way_is_told(void **state)
{
    const struct dataplane_config config = { 0 }, apart = { .route_table = 100 };
    const struct dataplane_config hands_off = { .no_routes = true };
    const struct dataplane_config *others[] = { &apart, &hands_off };
    struct dataplane *d = open_other(&config);
    struct fault fault = { .text = "" };
    struct test_pair pair;

    (void)state;
    stack_pair(&stacks, &stacks.left, 2, &pair);
    assert_true(d->ops->install(d, &pair.pair, &fault));
    assert_false(d->ops->switch_out(d, &pair.pair, &fault));
    assert_non_null(strstr(fault.text, "10.2.0.0/16"));
    assert_non_null(strstr(fault.text, "in the way"));
    d->ops->close(d);
    for (int i = 0; i < 2; i++) {
        d = open_other(others[i]);
        assert_true(d->ops->install(d, &pair.pair, &fault));
        assert_true(d->ops->switch_out(d, &pair.pair, &fault));
        d->ops->close(d);
    }
    test_pair_clear(&pair);
    pass(&stacks.left, &stacks.right, false, 5);
}

/* Is there a way to a host on the Internet, with this mark or without one? */
static int reach(uint32_t mark)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(4500), .sin_addr.s_addr = htonl(0xc0000202)
    };
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int error;

    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof mark), 0);
    error = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 ? 0 : errno;
    (void)close(fd);
    return error;
}

static void marked_sockets_stay_out_of_a_tunnel_for_everything(void **state)
{
    const struct dataplane_config config = { .mark = MARK };
    struct dataplane *d = open_other(&config);
    struct fault fault = { .text = "" };
    struct test_pair pair;
    struct netlink n;

    (void)state;
    test_pair_make(&pair, &stacks.wrap.table, TEST_GCM, 2, false);
    pair.remote[0] = test_ts("0.0.0.0", "255.255.255.255");
    assert_int_equal(reach(0), ENETUNREACH);
    assert_true(d->ops->install(d, &pair.pair, &fault));
    assert_true(d->ops->switch_out(d, &pair.pair, &fault));
    test_pair_clear(&pair);
    assert_int_equal(reach(0), 0);
    assert_int_equal(reach(MARK), ENETUNREACH);
    d->ops->close(d);
    assert_int_equal(reach(0), ENETUNREACH);
    /* The rules are gone. */
    assert_true(netlink_open(&n, "lo", &fault));
    assert_false(netlink_rule(&n, 4, MARK, MARK, false, &fault));
    assert_false(netlink_rule(&n, 6, MARK, MARK, false, &fault));
    netlink_close(&n);
}

static void addresses_can_be_taken_away(void **state)
{
    struct dataplane *d = stacks.left.plane;
    const ike2_addr address = test_addr("10.1.0.1", 0);
    struct fault fault = { .text = "" };

    (void)state;
    assert_true(d->ops->address(d, &address, true, &fault));
    assert_true(d->ops->address(d, &address, false, &fault));
    assert_false(d->ops->address(d, &address, false, &fault));
    assert_non_null(strstr(fault.text, "10.1.0.1/32"));
}

/* --- What cannot be ------------------------------------------------------------------------ */

static void expect_no_plane(const struct dataplane_config *config, const char *word)
{
    struct dataplane_host host;
    struct dataplane *d = NULL;
    struct fault fault = { .text = "" };

    stack_host(&stacks, &stacks.left, &host);
    assert_false(dataplane_tun.open(config, &host, &d, &fault));
    assert_null(d);
    assert_non_null(strstr(fault.text, word));
}

static void names_and_sizes_of_no_use_are_refused(void **state)
{
    const struct dataplane_config long_name = { .interface_name = "a-name-of-16-cha" };
    const struct dataplane_config taken = { .interface_name = "ike2-0" };
    const struct dataplane_config bad = { .interface_name = "a/b" };
    const struct dataplane_config small = { .interface_mtu = 575 };
    const struct dataplane_config narrow = { .path_mtu = 575 };

    (void)state;
    stack_enter(&stacks.left);
    expect_no_plane(&long_name, "too long");
    expect_no_plane(&taken, "another program");
    expect_no_plane(&bad, "choose another name");
    expect_no_plane(&small, "MTU");
    expect_no_plane(&narrow, "MTU");
}

static void without_rights_the_remedy_is_told(void **state)
{
    const struct dataplane_config config = { 0 };

    (void)state;
    assert_int_equal(seteuid(65534), 0);
    expect_no_plane(&config, "CAP_NET_ADMIN");
    assert_int_equal(seteuid(0), 0);
}

/* In a process of its own, where the device is hidden. */
static void without_a_device_the_remedy_is_told(void **state)
{
    const struct dataplane_config config = { 0 };
    struct dataplane_host host;
    struct dataplane *d = NULL;
    struct fault fault = { .text = "" };
    int status = 0;
    pid_t pid = fork();

    (void)state;
    if (pid == 0) {
        stack_host(&stacks, &stacks.left, &host);
        if (unshare(CLONE_NEWNS) != 0 ||
            mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
            mount("none", "/dev/net", "tmpfs", 0, NULL) != 0)
            _exit(2);
        if (dataplane_tun.open(&config, &host, &d, &fault))
            _exit(3);
        _exit(strstr(fault.text, "modprobe tun") != NULL ? 0 : 4);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(udp_passes_in_both_directions),
        TEST(octets_are_counted_as_the_kernel_sent_them),
        TEST(a_ping_is_answered),
        TEST(a_kernel_learns_that_its_packets_are_too_big),
        TEST(without_df_large_packets_pass),
        TEST(routes_come_with_the_switch_and_go_with_the_pair),
        TEST(another_route_in_the_way_is_told),
        TEST(marked_sockets_stay_out_of_a_tunnel_for_everything),
        TEST(addresses_can_be_taken_away),
        TEST(names_and_sizes_of_no_use_are_refused),
        TEST(without_rights_the_remedy_is_told),
        TEST(without_a_device_the_remedy_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
