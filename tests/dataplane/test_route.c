/* examples/dataplane/route.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dataplane/route.h"
#include "memory.h"
#include "packets.h"
#include "pairs.h"
#include "support/crypto_wrap.h"

enum { KERNEL = 512 };

/* What a kernel was told: "+10.2.0.0/16 -10.2.0.0/16 ". */
struct kernel {
    char told[KERNEL];
    size_t n_present;
    size_t refuse_at; /* the n-th new prefix is refused; 0 = none */
};

static struct crypto_wrap wrap;
static struct kernel kernel;
static struct routes routes;
static struct fault fault;

static bool changed(void *user, const struct prefix *prefix, bool present)
{
    struct kernel *k = user;
    char text[PREFIX_TEXT];

    if (present && k->refuse_at != 0 && --k->refuse_at == 0)
        return fault_set(&fault, "the kernel refuses");
    prefix_text(prefix, text);
    k->n_present += present ? 1 : (size_t)-1;
    if (strlen(k->told) + strlen(text) + 3 < sizeof k->told) {
        strcat(k->told, present ? "+" : "-");
        strcat(strcat(k->told, text), " ");
    }
    return true;
}

static int setup(void **state)
{
    const struct routes_config config = { .user = &kernel, .changed = changed, .seed = 12345 };

    (void)state;
    crypto_wrap_init(&wrap, 1);
    kernel = (struct kernel){ 0 };
    assert_true(routes_init(&routes, &config));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    routes_clear(&routes);
    crypto_wrap_clear(&wrap);
    return 0;
}

/* A pair for these selectors. */
static struct pair *make(uint32_t number, ike2_ts local, ike2_ts remote)
{
    struct test_pair from;
    struct pair *p;

    test_pair_make(&from, &wrap.table, TEST_GCM, number, false);
    from.local[0] = local;
    from.remote[0] = remote;
    p = pair_new(&wrap.table, &from.pair, 1500, &fault);
    test_pair_clear(&from);
    assert_non_null(p);
    return p;
}

static struct pair *add(uint32_t number, ike2_ts remote)
{
    struct pair *p = make(number, test_ts("0.0.0.0", "255.255.255.255"), remote);

    assert_true(routes_add(&routes, p, &fault));
    return p;
}

static void drop(struct pair *p)
{
    routes_remove(&routes, p);
    pair_free(p);
}

/* The number of the pair that sends a packet; 0 if there is none. */
static uint32_t found(const struct packet_spec *spec)
{
    struct packet packet;
    struct ip_packet parsed;
    struct flow flow;
    const struct pair *p;

    packet_make(&packet, spec);
    assert_true(ip_parse(packet_view(&packet), &parsed));
    flow = flow_of(&parsed, true);
    p = routes_find(&routes, &flow);
    return p != NULL ? p->spi_in - 0x1000 : 0;
}

static uint32_t found_for(const char *dst)
{
    const struct packet_spec spec = { .src = "10.1.0.1", .dst = dst };

    return found(&spec);
}

static void the_longest_prefix_wins(void **state)
{
    struct pair *all = add(1, test_ts("0.0.0.0", "255.255.255.255"));
    struct pair *net = add(2, test_ts("10.2.0.0", "10.2.255.255"));
    struct pair *host = add(3, test_ts("10.2.0.2", "10.2.0.2"));
    struct pair *odd = add(4, test_ts("10.2.0.100", "10.2.0.200"));

    (void)state;
    assert_int_equal(found_for("10.2.0.2"), 3);
    assert_int_equal(found_for("10.2.0.3"), 2);
    assert_int_equal(found_for("10.2.0.99"), 2);
    assert_int_equal(found_for("10.2.0.100"), 4);
    assert_int_equal(found_for("10.2.0.150"), 4);
    assert_int_equal(found_for("10.2.0.200"), 4);
    assert_int_equal(found_for("10.2.0.201"), 2);
    assert_int_equal(found_for("10.3.0.1"), 1);
    drop(net);
    assert_int_equal(found_for("10.2.0.3"), 1);
    assert_int_equal(found_for("10.2.0.2"), 3);
    drop(all);
    assert_int_equal(found_for("10.2.0.3"), 0);
    drop(host);
    drop(odd);
    assert_int_equal(kernel.n_present, 0);
}

static void a_prefix_whose_selector_does_not_fit_is_passed_over(void **state)
{
    ike2_ts web = test_ts("10.2.0.2", "10.2.0.2");
    struct packet_spec spec = { .src = "10.1.0.1", .dst = "10.2.0.2", .protocol = 6 };
    struct pair *host, *net;

    (void)state;
    web.protocol = 6;
    web.port_first = web.port_last = 80;
    host = add(1, web);
    net = add(2, test_ts("10.2.0.0", "10.2.0.255"));
    spec.dst_port = 80;
    assert_int_equal(found(&spec), 1);
    spec.dst_port = 81;
    assert_int_equal(found(&spec), 2);
    drop(host);
    drop(net);
}

static void of_one_prefix_the_closest_selector_wins(void **state)
{
    ike2_ts tcp = test_ts("10.2.0.0", "10.2.255.255"), web = tcp;
    struct packet_spec spec = { .src = "10.1.0.1", .dst = "10.2.0.2" };
    struct pair *p[3];

    (void)state;
    tcp.protocol = web.protocol = 6;
    web.port_first = web.port_last = 80;
    p[0] = add(1, web);
    p[1] = add(2, tcp);
    p[2] = add(3, test_ts("10.2.0.0", "10.2.255.255"));
    assert_int_equal(found(&spec), 3);
    spec.protocol = 6;
    assert_int_equal(found(&spec), 2);
    spec.dst_port = 80;
    assert_int_equal(found(&spec), 1);
    for (int i = 0; i < 3; i++)
        drop(p[i]);
}

static void of_one_remote_selector_the_closest_local_one_wins(void **state)
{
    const ike2_ts remote = test_ts("10.2.0.0", "10.2.255.255");
    struct pair *host = make(1, test_ts("10.1.0.1", "10.1.0.1"), remote);
    struct pair *net = make(2, test_ts("10.1.0.0", "10.1.255.255"), remote);
    struct packet_spec spec = { .src = "10.1.0.1", .dst = "10.2.0.2" };

    (void)state;
    assert_true(routes_add(&routes, host, &fault));
    assert_true(routes_add(&routes, net, &fault));
    assert_int_equal(found(&spec), 1);
    spec.src = "10.1.0.2";
    assert_int_equal(found(&spec), 2);
    spec.src = "10.9.0.2";
    assert_int_equal(found(&spec), 0);
    drop(host);
    drop(net);
}

static void of_equals_the_newest_wins_until_it_goes(void **state)
{
    const ike2_ts remote = test_ts("10.2.0.0", "10.2.255.255");
    struct pair *first = add(1, remote), *second = add(2, remote);

    (void)state;
    assert_int_equal(found_for("10.2.0.2"), 2);
    drop(second);
    assert_int_equal(found_for("10.2.0.2"), 1);
    drop(first);
    assert_string_equal(kernel.told, "+10.2.0.0/16 -10.2.0.0/16 ");
}

static void ipv6_has_routes_of_its_own(void **state)
{
    struct pair *v6 = make(1, test_ts("2001:db8:1::", "2001:db8:1::ffff"),
                           test_ts("2001:db8:2::", "2001:db8:2::ffff"));
    struct packet_spec spec = { .src = "2001:db8:1::1", .dst = "2001:db8:2::9" };

    (void)state;
    assert_int_equal(found(&spec), 0);
    assert_true(routes_add(&routes, v6, &fault));
    assert_int_equal(found(&spec), 1);
    assert_int_equal(found_for("10.2.0.1"), 0);
    assert_string_equal(kernel.told, "+2001:db8:2::/112 ");
    drop(v6);
}

static void a_pair_with_one_selector_twice_has_one_route(void **state)
{
    struct test_pair from;
    struct pair *p;

    (void)state;
    test_pair_make(&from, &wrap.table, TEST_GCM, 1, false);
    test_pair_add_remote(&from, test_ts("10.2.0.0", "10.2.255.255"));
    p = pair_new(&wrap.table, &from.pair, 1500, &fault);
    test_pair_clear(&from);
    assert_true(routes_add(&routes, p, &fault));
    drop(p);
    assert_string_equal(kernel.told, "+10.2.0.0/16 -10.2.0.0/16 ");
}

static void many_pairs_are_told_apart(void **state)
{
    enum { MANY = 600 };
    struct pair *p[MANY];

    (void)state;
    for (uint32_t i = 0; i < MANY; i++) {
        ike2_ts ts = test_ts("10.2.0.0", "10.2.0.0");

        ts.first[2] = ts.last[2] = (uint8_t)(i >> 8);
        ts.first[3] = ts.last[3] = (uint8_t)i;
        p[i] = add(i + 1, ts);
    }
    assert_int_equal(found_for("10.2.0.0"), 1);
    assert_int_equal(found_for("10.2.1.1"), 258);
    assert_int_equal(found_for("10.2.2.87"), 600);
    assert_int_equal(found_for("10.2.2.88"), 0);
    for (uint32_t i = 0; i < MANY; i++)
        drop(p[i]);
    assert_int_equal(kernel.n_present, 0);
}

/* --- Failures --------------------------------------------------------------------------- */

static void a_refused_prefix_takes_the_others_along(void **state)
{
    struct pair *p = make(1, test_ts("0.0.0.0", "255.255.255.255"),
                          test_ts("10.0.0.1", "10.0.0.6"));

    (void)state;
    for (size_t n = 1; n <= 4; n++) {
        kernel.refuse_at = n;
        assert_false(routes_add(&routes, p, &fault));
        assert_string_equal(fault.text, "the kernel refuses");
        assert_int_equal(kernel.n_present, 0);
        assert_int_equal(found_for("10.0.0.1"), 0);
    }
    assert_true(routes_add(&routes, p, &fault));
    assert_int_equal(kernel.n_present, 4);
    drop(p);
}

static void without_memory_there_are_no_routes(void **state)
{
    struct pair *p = make(1, test_ts("0.0.0.0", "255.255.255.255"),
                          test_ts("10.0.0.1", "10.0.0.6"));

    (void)state;
    for (uint64_t n = 1; n <= 8; n++) {
        memory_fail_at(n);
        assert_false(routes_add(&routes, p, &fault));
        assert_string_equal(fault.text, "out of memory");
        assert_int_equal(kernel.n_present, 0);
    }
    memory_fail_at(9);
    assert_true(routes_add(&routes, p, &fault));
    memory_fail_at(0);
    drop(p);
}

/* Each of these ranges is 254 prefixes: four of them are allowed. */
static void too_many_prefixes_are_refused(void **state)
{
    const ike2_ts odd = test_ts("::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe");
    struct test_pair from;
    struct pair *p;

    (void)state;
    test_pair_make(&from, &wrap.table, TEST_GCM, 1, false);
    from.remote[0] = odd;
    for (int i = 1; i < 5; i++)
        test_pair_add_remote(&from, odd);
    p = pair_new(&wrap.table, &from.pair, 1500, &fault);
    assert_false(routes_add(&routes, p, &fault));
    assert_non_null(strstr(fault.text, "prefixes"));
    assert_int_equal(kernel.n_present, 0);
    pair_free(p);

    from.pair.n_ts_remote = 4;
    p = pair_new(&wrap.table, &from.pair, 1500, &fault);
    assert_true(routes_add(&routes, p, &fault));
    assert_int_equal(kernel.n_present, 254);
    drop(p);
    assert_int_equal(kernel.n_present, 0);
    test_pair_clear(&from);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_longest_prefix_wins, setup, teardown),
        cmocka_unit_test_setup_teardown(a_prefix_whose_selector_does_not_fit_is_passed_over,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(of_one_prefix_the_closest_selector_wins, setup, teardown),
        cmocka_unit_test_setup_teardown(of_one_remote_selector_the_closest_local_one_wins, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(of_equals_the_newest_wins_until_it_goes, setup, teardown),
        cmocka_unit_test_setup_teardown(ipv6_has_routes_of_its_own, setup, teardown),
        cmocka_unit_test_setup_teardown(a_pair_with_one_selector_twice_has_one_route, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(many_pairs_are_told_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(a_refused_prefix_takes_the_others_along, setup, teardown),
        cmocka_unit_test_setup_teardown(without_memory_there_are_no_routes, setup, teardown),
        cmocka_unit_test_setup_teardown(too_many_prefixes_are_refused, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
