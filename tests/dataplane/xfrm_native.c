/* examples/dataplane/xfrm.c with a kernel, as far as one goes that has no ESP: SPIs, policies,
 * traps, and what it says of SAs. For root only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "dataplane/xfrm_policies.h"
#include "dataplane/xfrm_selector.h"
#include "links.h"

enum { SPIS = 100 };

static struct links links;
static struct fault fault;

static int setup(void **state)
{
    (void)state;
    fault.text[0] = '\0';
    links_open(&links);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    links_close(&links);
    return 0;
}

static ike2_path path_of(const struct link_end *e)
{
    return (ike2_path){ .local = test_addr(e->is_right ? "192.0.2.2" : "192.0.2.1", 500),
                        .remote = test_addr(e->is_right ? "192.0.2.1" : "192.0.2.2", 500) };
}

/* --- SPIs ------------------------------------------------------------------------------- */

static uint32_t reserve(const ike2_path *path)
{
    uint32_t spi = 0;

    if (!dataplane_xfrm.ask_spi(links.left.plane, path, IKE2_PROTOCOL_ESP, &spi, &fault))
        fail_msg("%s", fault.text);
    assert_true(spi >= 256);
    return spi;
}

static void reserved_spis_are_unique_and_the_kernels(void **state)
{
    const ike2_path path = path_of(&links.left);
    uint32_t spis[SPIS];
    char text[32], *list;

    (void)state;
    for (size_t i = 0; i < SPIS; i++) {
        spis[i] = reserve(&path);
        for (size_t k = 0; k < i; k++)
            assert_int_not_equal(spis[i], spis[k]);
    }
    list = link_read(&links.left, "ip xfrm state");
    for (size_t i = 0; i < SPIS; i++) {
        (void)snprintf(text, sizeof text, "spi 0x%08x", spis[i]);
        assert_non_null(strstr(list, text));
    }
    free(list);
}

static void a_released_spi_is_given_back(void **state)
{
    const ike2_path path = path_of(&links.left);
    ike2_pair pair = { .path = path, .protocol = IKE2_PROTOCOL_ESP };
    char *list;

    (void)state;
    pair.spi_in = reserve(&path);
    assert_true(dataplane_xfrm.release(links.left.plane, &pair, &fault));
    list = link_read(&links.left, "ip xfrm state");
    assert_string_equal(list, "");
    free(list);
    assert_false(dataplane_xfrm.release(links.left.plane, &pair, &fault));
    assert_non_null(strstr(fault.text, "never reserved"));
}

static void an_spi_of_ipv6_is_reserved_too(void **state)
{
    const ike2_path path = { .local = test_addr("2001:db8::1", 500),
                             .remote = test_addr("2001:db8::2", 500) };
    char *list;

    (void)state;
    (void)reserve(&path);
    list = link_read(&links.left, "ip xfrm state");
    assert_non_null(strstr(list, "src 2001:db8::2 dst 2001:db8::1"));
    free(list);
}

/* --- SAs -------------------------------------------------------------------------------- */

static bool has_esp(void)
{
    struct test_pair pair;
    bool ok;

    link_pair(&links, &links.left, TEST_GCM, 1, IKE2_ENCAP_UDP, &pair);
    ok = link_install(&links.left, &pair, false, &fault);
    test_pair_clear(&pair);
    return ok;
}

/* Where it has, other tests say what it does. */
static void a_kernel_without_esp_is_said_to_be_one(void **state)
{
    static const enum test_cipher ciphers[] = { TEST_GCM, TEST_CBC };
    struct test_pair pair;

    (void)state;
    if (has_esp())
        skip();
    for (size_t i = 0; i < 2; i++) {
        link_pair(&links, &links.left, ciphers[i], 2, IKE2_ENCAP_UDP, &pair);
        assert_false(link_install(&links.left, &pair, false, &fault));
        test_pair_clear(&pair);
        assert_non_null(strstr(fault.text, "no ESP with"));
        assert_non_null(strstr(fault.text, "dataplane tun"));
        assert_true(strlen(fault.text) < sizeof((ike2_verdict *)NULL)->text);
    }
    assert_int_equal(links.wrap.keys_alive, 0);
}

/* The program goes on with another proposal, or gives the SPI back. */
static void a_failed_install_leaves_the_spi_reserved(void **state)
{
    struct test_pair pair;
    char *list;

    (void)state;
    if (has_esp())
        skip();
    link_pair(&links, &links.left, TEST_GCM, 2, IKE2_ENCAP_UDP, &pair);
    pair.pair.spi_in = reserve(&pair.pair.path);
    assert_false(link_install(&links.left, &pair, false, &fault));
    assert_true(dataplane_xfrm.release(links.left.plane, &pair.pair, &fault));
    test_pair_clear(&pair);
    list =
        link_read(&links.left, "ip xfrm state; ip xfrm policy | grep -v socket | grep dir; true");
    assert_string_equal(list, "");
    free(list);
}

/* --- Policies --------------------------------------------------------------------------- */

static const struct xfrm_policy_name *name_of(const ike2_ts *local, const ike2_ts *remote)
{
    static struct xfrm_policy_name name;
    const struct xfrm_traffic traffic = {
        .local = local, .remote = remote, .n_local = 1, .n_remote = 1
    };
    struct xfrm_selectors s;

    assert_true(xfrm_selectors_make(&s, &traffic, &fault));
    name = (struct xfrm_policy_name){ .selector = s.list[0], .dir = XFRM_POLICY_OUT };
    xfrm_selectors_clear(&s);
    return &name;
}

static bool list_has(const char *expected)
{
    char *list = link_read(&links.left, "ip xfrm policy | tr -s '\\n\\t ' '   '");
    bool has = strstr(list, expected) != NULL;

    free(list);
    return has;
}

static struct xfrm_use use_of(const void *owner, uint32_t spi, bool is_trap)
{
    return (struct xfrm_use){
        .owner = owner,
        .wish = { .from = test_addr("192.0.2.1", 0),
                  .to = test_addr("192.0.2.2", 0),
                  .spi = spi,
                  .reqid = XFRM_REQID_CHILD | 7 },
        .is_trap = is_trap,
    };
}

/* As `ip xfrm policy` reads them. */
static void the_kernel_has_what_was_wanted_last(void **state)
{
    const ike2_ts local = test_ts("10.1.0.0", "10.1.255.255");
    ike2_ts remote = test_ts("10.2.0.0", "10.2.255.255");
    const struct xfrm_policy_name *name;
    const struct xfrm_use old = use_of(&local, 0x1001, false), new = use_of(&remote, 0x1002, false);
    struct xfrm_policies policies;

    (void)state;
    remote.protocol = 17;
    remote.port_first = remote.port_last = 53;
    name = name_of(&local, &remote);
    link_enter(&links.left);
    assert_true(xfrm_policies_init(&policies, talk_open(NETLINK_XFRM), 1));
    assert_true(xfrm_policies_put(&policies, name, &old, &fault));
    assert_true(list_has("src 10.1.0.0/16 dst 10.2.0.0/16 proto udp dport 53 dir out"));
    assert_true(list_has("tmpl src 192.0.2.1 dst 192.0.2.2 proto esp spi 0x00001001 "
                         "reqid 1744830471 mode tunnel"));
    assert_true(xfrm_policies_put(&policies, name, &new, &fault));
    assert_true(list_has("spi 0x00001002"));
    assert_false(list_has("spi 0x00001001"));
    xfrm_policies_drop(&policies, name, new.owner);
    assert_true(list_has("spi 0x00001001"));
    xfrm_policies_drop(&policies, name, old.owner);
    assert_false(list_has("10.1.0.0/16"));
    talk_close(policies.talk);
    xfrm_policies_clear(&policies);
}

static void a_policy_of_somebody_else_stays(void **state)
{
    const ike2_ts local = test_ts("10.1.0.0", "10.1.255.255");
    const ike2_ts remote = test_ts("10.2.0.0", "10.2.255.255");
    const struct dataplane_trap trap = { .tag = 1,
                                         .path = path_of(&links.left),
                                         .ts_local = &local,
                                         .ts_remote = &remote,
                                         .n_ts_local = 1,
                                         .n_ts_remote = 1 };

    (void)state;
    link_run(&links.left, "ip xfrm policy add src 10.1.0.0/16 dst 10.2.0.0/16 dir out priority 7");
    assert_false(dataplane_xfrm.trap(links.left.plane, &trap, true, &fault));
    assert_non_null(strstr(fault.text, "another program's"));
    assert_true(list_has("src 10.1.0.0/16 dst 10.2.0.0/16 dir out priority 7"));
    link_run(&links.left, "ip xfrm policy delete src 10.1.0.0/16 dst 10.2.0.0/16 dir out");
    /* What a program of ours has left behind is taken over. */
    link_run(&links.left,
             "ip xfrm policy add src 10.1.0.0/16 dst 10.2.0.0/16 dir out priority 7 "
             "tmpl src 192.0.2.1 dst 192.0.2.2 proto esp reqid 0x68000001 mode tunnel");
    assert_true(dataplane_xfrm.trap(links.left.plane, &trap, true, &fault));
    assert_false(list_has("priority 7"));
}

/* Two programs on one machine: what one has, the other one leaves alone. */
static void another_program_that_runs_is_another_program(void **state)
{
    const ike2_ts local = test_ts("10.1.0.0", "10.1.255.255");
    const ike2_ts remote = test_ts("10.2.0.0", "10.2.255.255");
    const struct dataplane_trap trap = { .tag = 1,
                                         .path = path_of(&links.left),
                                         .ts_local = &local,
                                         .ts_remote = &remote,
                                         .n_ts_local = 1,
                                         .n_ts_remote = 1 };
    const struct dataplane_config config = { 0 };
    const struct dataplane_host host = { .crypto = &links.wrap.table };
    struct dataplane *second = NULL;

    (void)state;
    link_enter(&links.left);
    assert_true(dataplane_xfrm.open(&config, &host, &second, &fault));
    assert_true(dataplane_xfrm.trap(links.left.plane, &trap, true, &fault));
    assert_false(dataplane_xfrm.trap(second, &trap, true, &fault));
    assert_non_null(strstr(fault.text, "another program's"));
    dataplane_xfrm.close(second);
    assert_true(list_has("src 10.1.0.0/16 dst 10.2.0.0/16 dir out"));
}

/* Inner addresses of ours come and go; those that were there stay. */
static void addresses_that_were_there_stay(void **state)
{
    const ike2_addr old = test_addr("10.1.0.1", 0), new = test_addr("10.1.0.77", 0);
    const struct dataplane_config config = { .mark = 42 };
    const struct dataplane_host host = { .crypto = &links.wrap.table };
    struct dataplane *second = NULL;

    (void)state;
    link_enter(&links.left);
    assert_true(dataplane_xfrm.open(&config, &host, &second, &fault));
    assert_true(dataplane_xfrm.address(second, &old, true, &fault));
    assert_true(dataplane_xfrm.address(second, &new, true, &fault));
    link_run(&links.left, "ip address show dev lo | grep -q 10.1.0.77/32");
    link_run(&links.left, "ip rule | grep -q 'not from all fwmark 0x2a lookup 42'");
    dataplane_xfrm.close(second);
    link_run(&links.left, "! ip address show dev lo | grep -q 10.1.0.77");
    link_run(&links.left, "ip address show dev lo | grep -q 10.1.0.1/32");
    link_run(&links.left, "! ip rule | grep -q fwmark");
}

/* --- Traps ------------------------------------------------------------------------------ */

static void set_trap(bool present, bool transport)
{
    const ike2_ts local = test_ts("10.1.0.0", "10.1.255.255");
    const ike2_ts remote = test_ts("10.2.0.0", "10.2.255.255");
    const ike2_ts any = test_ts("0.0.0.0", "255.255.255.255");
    struct dataplane_trap trap = { .tag = 42,
                                   .path = path_of(&links.left),
                                   .transport = transport,
                                   .ts_local = transport ? &any : &local,
                                   .ts_remote = transport ? &any : &remote,
                                   .n_ts_local = 1,
                                   .n_ts_remote = 1 };

    if (!transport)
        trap.path.local = (ike2_addr){ 0 };
    if (!dataplane_xfrm.trap(links.left.plane, &trap, present, &fault))
        fail_msg("%s", fault.text);
}

static void traffic_springs_a_trap(void **state)
{
    const struct dataplane_report *r;

    (void)state;
    set_trap(true, false);
    link_send(&links.left, "10.1.0.1", "10.2.0.1", 53);
    r = links_wait(&links, &links.left, DATAPLANE_ACQUIRE);
    assert_int_equal(r->trap, 42);
    assert_int_equal(r->spi_in, 0);
    assert_int_equal(r->local.type, IKE2_TS_IPV4_ADDR_RANGE);
    assert_memory_equal(r->local.first, "\x0a\x01\x00\x01", 4);
    assert_memory_equal(r->remote.last, "\x0a\x02\x00\x01", 4);
    assert_int_equal(r->remote.protocol, 17);
    assert_int_equal(r->remote.port_first, 53);
    assert_int_equal(r->remote.port_last, 53);
}

static void a_trap_for_the_hosts_themselves_lets_ike_pass(void **state)
{
    const struct dataplane_report *r;
    ike2_send send = { .path = path_of(&links.left) };
    const ike2_bytes payload = { .ptr = (const uint8_t *)"ike", .len = 3 };
    struct problem why = { .text = "" };
    ike2_path from;
    uint8_t octets[16];
    ike2_bytes got;

    (void)state;
    set_trap(true, true);
    send.payloads = &payload;
    send.n_payloads = 1;
    link_enter(&links.left);
    if (!udp_send(links.left.natt, 4, &send, &why))
        fail_msg("%s", why.text);
    assert_true(udp_receive(&links.right.natt[0], octets, sizeof octets, &from, &got));
    assert_int_equal(got.len, 3);
    link_poll(&links.left);
    assert_int_equal(links.left.n_reports, 0);
    link_send(&links.left, "192.0.2.1", "192.0.2.2", 500);
    r = links_wait(&links, &links.left, DATAPLANE_ACQUIRE);
    assert_int_equal(r->trap, 42);
}

static void a_removed_trap_lets_traffic_pass(void **state)
{
    (void)state;
    set_trap(true, false);
    set_trap(false, false);
    links_pass(&links.left, &links.right, false, 1);
    link_poll(&links.left);
    assert_int_equal(links.left.n_reports, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reserved_spis_are_unique_and_the_kernels, setup, teardown),
        cmocka_unit_test_setup_teardown(a_released_spi_is_given_back, setup, teardown),
        cmocka_unit_test_setup_teardown(an_spi_of_ipv6_is_reserved_too, setup, teardown),
        cmocka_unit_test_setup_teardown(a_kernel_without_esp_is_said_to_be_one, setup, teardown),
        cmocka_unit_test_setup_teardown(a_failed_install_leaves_the_spi_reserved, setup, teardown),
        cmocka_unit_test_setup_teardown(the_kernel_has_what_was_wanted_last, setup, teardown),
        cmocka_unit_test_setup_teardown(a_policy_of_somebody_else_stays, setup, teardown),
        cmocka_unit_test_setup_teardown(another_program_that_runs_is_another_program, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(addresses_that_were_there_stay, setup, teardown),
        cmocka_unit_test_setup_teardown(traffic_springs_a_trap, setup, teardown),
        cmocka_unit_test_setup_teardown(a_trap_for_the_hosts_themselves_lets_ike_pass, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_removed_trap_lets_traffic_pass, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
