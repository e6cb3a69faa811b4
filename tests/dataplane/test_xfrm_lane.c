/* examples/dataplane/xfrm_lane.c, with xfrm_pair.c, xfrm_policies.c, xfrm_sad.c and xfrm_trap.c:
 * what a kernel is told for the jobs of a lane, and what is left when it refuses. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "dataplane/xfrm_lane.h"
#include "dataplane/xfrm_trap.h"
#include "kernel.h"
#include "memory.h"
#include "pairs.h"
#include "support/crypto_wrap.h"

enum { OUT_IN_FWD = 3, SA_HEAD = sizeof(struct xfrm_usersa_info) };

static struct crypto_wrap wrap;
static struct xfrm_lane lane;
static struct fault fault;

static int setup(void **state)
{
    (void)state;
    crypto_wrap_init(&wrap, 1);
    kernel_start();
    fault.text[0] = '\0';
    assert_true(xfrm_lane_init(&lane, &wrap.table, NULL, &fault));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    memory_fail_at(0);
    xfrm_lane_clear(&lane);
    assert_int_equal(kernel_sas(), 0);
    assert_int_equal(kernel_policies(), 0);
    assert_int_equal(wrap.keys_alive, 0);
    crypto_wrap_clear(&wrap);
    return 0;
}

static bool install(uint32_t number, bool switched)
{
    struct test_pair p;
    bool ok;

    test_pair_make(&p, &wrap.table, TEST_CBC, number, false);
    ok = xfrm_lane_install(&lane, &p.pair, &fault) &&
         (!switched || xfrm_lane_switch(&lane, &p.pair, &fault));
    test_pair_clear(&p);
    return ok;
}

static ike2_pair named(uint32_t number)
{
    return (ike2_pair){ .child = 7, .spi_in = 0x1000 + number };
}

static bool remove_pair(uint32_t number, uint8_t halves)
{
    const ike2_pair pair = named(number);

    return xfrm_lane_remove(&lane, &pair, halves, &fault);
}

/* The SPI that the last outbound policy wants. */
static uint32_t spi_wanted(uint16_t type)
{
    size_t len = 0;
    const struct xfrm_user_tmpl *tmpl =
        kernel_attribute(type, sizeof(struct xfrm_userpolicy_info), XFRMA_TMPL, &len);

    assert_int_equal(len, sizeof *tmpl);
    return __builtin_bswap32(tmpl->id.spi);
}

/* --- Install, switch, remove ------------------------------------------------------------ */

static void an_installed_pair_receives_and_does_not_send(void **state)
{
    (void)state;
    assert_true(install(1, false));
    assert_int_equal(kernel_sas(), 2);
    assert_int_equal(kernel_policies(), OUT_IN_FWD - 1);
    assert_int_equal(spi_wanted(XFRM_MSG_NEWPOLICY), 0);
    assert_false(install(1, false));
    assert_non_null(strstr(fault.text, "installed already"));
}

static void switch_names_the_spi_that_sends(void **state)
{
    (void)state;
    assert_true(install(1, true));
    assert_int_equal(kernel_policies(), OUT_IN_FWD);
    assert_int_equal(spi_wanted(XFRM_MSG_NEWPOLICY), 0x2001);
}

/* RFC 7296 2.8: at no moment is there no policy, or no SA that it names. */
static void a_rekeying_replaces_the_policy_in_place(void **state)
{
    ike2_pair pair = named(2);

    (void)state;
    assert_true(install(1, true));
    assert_true(install(2, false));
    assert_int_equal(kernel_told(XFRM_MSG_UPDPOLICY), 0);
    assert_true(xfrm_lane_switch(&lane, &pair, &fault));
    assert_int_equal(spi_wanted(XFRM_MSG_UPDPOLICY), 0x2002);
    assert_true(remove_pair(1, IKE2_HALF_OUT));
    assert_int_equal(kernel_sas(), 3);
    assert_true(remove_pair(1, IKE2_HALF_IN));
    assert_int_equal(kernel_sas(), 2);
    assert_int_equal(kernel_told(XFRM_MSG_DELPOLICY), 0);
    assert_int_equal(kernel_told(XFRM_MSG_UPDPOLICY), 1);
    assert_false(xfrm_lane_switch(&lane, &(ike2_pair){ .spi_in = 0x1001 }, &fault));
}

static void the_one_before_sends_again_when_the_newest_goes(void **state)
{
    (void)state;
    assert_true(install(1, true));
    assert_true(install(2, true));
    assert_true(remove_pair(2, IKE2_HALF_BOTH));
    assert_int_equal(spi_wanted(XFRM_MSG_UPDPOLICY), 0x2001);
    assert_int_equal(kernel_policies(), OUT_IN_FWD);
}

static void an_outbound_half_that_is_gone_does_not_send(void **state)
{
    const ike2_pair pair = named(1);

    (void)state;
    assert_true(install(1, false));
    assert_true(remove_pair(1, IKE2_HALF_OUT));
    assert_int_equal(wrap.keys_alive, 4);
    assert_false(xfrm_lane_switch(&lane, &pair, &fault));
    assert_non_null(strstr(fault.text, "outbound half"));
    assert_true(remove_pair(1, IKE2_HALF_BOTH));
    assert_false(remove_pair(1, IKE2_HALF_BOTH));
}

/* One whose limit was reached: the kernel has removed it. */
static void what_the_kernel_has_removed_is_no_fault(void **state)
{
    (void)state;
    assert_true(install(1, true));
    kernel_refuse(XFRM_MSG_DELSA, ESRCH);
    assert_true(remove_pair(1, IKE2_HALF_BOTH));
    kernel_start();
}

/* --- SPIs of the kernel ----------------------------------------------------------------- */

static void a_reserved_spi_becomes_an_sa(void **state)
{
    struct test_pair p;

    (void)state;
    test_pair_make(&p, &wrap.table, TEST_GCM, 1, false);
    assert_true(xfrm_lane_reserve(&lane, &p.pair.path, IKE2_PROTOCOL_ESP, &p.pair.spi_in, &fault));
    assert_int_equal(p.pair.spi_in, 0xc0000001);
    assert_false(xfrm_lane_switch(&lane, &p.pair, &fault));
    assert_true(xfrm_lane_install(&lane, &p.pair, &fault));
    assert_int_equal(kernel_told(XFRM_MSG_UPDSA), 1);
    assert_int_equal(kernel_told(XFRM_MSG_NEWSA), 1);
    assert_int_equal(kernel_sas(), 2);
    assert_false(xfrm_lane_release(&lane, &p.pair, &fault));
    test_pair_clear(&p);
}

/* The kernel holds it for a while only; and its address has to be that of the SA. */
static void a_reservation_that_is_lost_is_made_good(void **state)
{
    struct test_pair p;
    ike2_path elsewhere = { .local = test_addr("192.0.2.99", 500),
                            .remote = test_addr("192.0.2.2", 500) };

    (void)state;
    test_pair_make(&p, &wrap.table, TEST_GCM, 1, false);
    assert_true(xfrm_lane_reserve(&lane, &elsewhere, IKE2_PROTOCOL_ESP, &p.pair.spi_in, &fault));
    assert_true(xfrm_lane_install(&lane, &p.pair, &fault));
    assert_int_equal(kernel_sas(), 2);
    test_pair_clear(&p);
}

static void a_refused_install_leaves_only_the_reservation(void **state)
{
    struct test_pair p;

    (void)state;
    test_pair_make(&p, &wrap.table, TEST_GCM, 1, false);
    assert_true(xfrm_lane_reserve(&lane, &p.pair.path, IKE2_PROTOCOL_ESP, &p.pair.spi_in, &fault));
    kernel_refuse(XFRM_MSG_UPDSA, ENOSYS);
    assert_false(xfrm_lane_install(&lane, &p.pair, &fault));
    assert_string_equal(fault.text, "no ESP with rfc4106(gcm(aes)) in this kernel: modprobe esp4, "
                                    "or dataplane tun");
    assert_int_equal(kernel_sas(), 1);
    assert_true(xfrm_lane_release(&lane, &p.pair, &fault));
    assert_int_equal(kernel_sas(), 0);
    assert_false(xfrm_lane_release(&lane, &p.pair, &fault));
    test_pair_clear(&p);
}

/* --- Faults ----------------------------------------------------------------------------- */

static void every_text_of_a_kernel_without_esp_names_the_way_out(void **state)
{
    static const int errors[] = { ENOSYS, EPROTONOSUPPORT };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        kernel_refuse(XFRM_MSG_NEWSA, errors[i]);
        assert_false(install(1, false));
        assert_non_null(strstr(fault.text, "no ESP with cbc(aes)"));
        assert_non_null(strstr(fault.text, "dataplane tun"));
    }
    kernel_refuse(XFRM_MSG_NEWSA, EPERM);
    assert_false(install(1, false));
    assert_non_null(strstr(fault.text, "CAP_NET_ADMIN"));
}

/* Whatever the kernel refuses, nothing is left there of what did not come about. */
static void a_refusal_at_any_step_undoes_the_others(void **state)
{
    uint64_t n = 0;
    bool ok = false;

    (void)state;
    assert_true(install(1, true));
    while (!ok) {
        kernel_fail_at(++n, ENOMEM);
        ok = install(2, true);
        kernel_fail_at(0, 0);
        if (ok || xfrm_pairs_find(&lane.pairs, 0x1002) != NULL)
            assert_true(remove_pair(2, IKE2_HALF_BOTH));
        assert_int_equal(kernel_sas(), 2);
        assert_int_equal(kernel_policies(), OUT_IN_FWD);
        assert_int_equal(wrap.keys_alive, 4);
    }
    /* Two SAs; the inbound policies are there; the outbound one. */
    assert_int_equal(n, 2 + 1 + 1);
}

static void memory_that_fails_at_any_step_leaves_nothing(void **state)
{
    struct test_pair p;
    uint64_t n = 0;
    bool ok = false;

    (void)state;
    test_pair_make(&p, &wrap.table, TEST_CBC, 1, false);
    while (!ok) {
        memory_fail_at(++n);
        ok = xfrm_lane_install(&lane, &p.pair, &fault) && xfrm_lane_switch(&lane, &p.pair, &fault);
        memory_fail_at(0);
        if (ok || xfrm_pairs_find(&lane.pairs, 0x1001) != NULL)
            assert_true(remove_pair(1, IKE2_HALF_BOTH));
        else
            assert_string_equal(fault.text, "out of memory");
        assert_int_equal(kernel_sas(), 0);
        assert_int_equal(kernel_policies(), 0);
    }
    assert_true(n > 5);
    test_pair_clear(&p);
}

static void what_the_kernel_cannot_carry_is_refused(void **state)
{
    struct test_pair p;

    (void)state;
    test_pair_make(&p, &wrap.table, TEST_GCM, 1, false);
    p.pair.encap = IKE2_ENCAP_TCP;
    assert_false(xfrm_lane_install(&lane, &p.pair, &fault));
    assert_non_null(strstr(fault.text, "TCP"));
    p.pair.encap = IKE2_ENCAP_UDP;
    p.pair.protocol = IKE2_PROTOCOL_AH;
    assert_false(xfrm_lane_install(&lane, &p.pair, &fault));
    assert_non_null(strstr(fault.text, "only ESP"));
    assert_int_equal(kernel_told(XFRM_MSG_NEWSA), 0);
    test_pair_clear(&p);
}

/* --- Policies of others ----------------------------------------------------------------- */

static void a_policy_of_another_program_is_not_touched(void **state)
{
    (void)state;
    assert_true(install(1, true));
    assert_true(remove_pair(1, IKE2_HALF_BOTH));
    kernel_give_policy(7);
    assert_true(install(1, false));
    assert_false(xfrm_lane_switch(&lane, &(ike2_pair){ .spi_in = 0x1001 }, &fault));
    assert_non_null(strstr(fault.text, "another program's"));
    assert_true(remove_pair(1, IKE2_HALF_BOTH));
    assert_int_equal(kernel_policies(), 1);
    kernel_start();
}

static void a_policy_that_was_left_behind_is_taken_over(void **state)
{
    (void)state;
    assert_true(install(1, true));
    assert_true(remove_pair(1, IKE2_HALF_BOTH));
    kernel_give_policy(XFRM_REQID_CHILD | 99);
    assert_true(install(1, true));
    assert_int_equal(kernel_policies(), OUT_IN_FWD);
}

/* --- Move ------------------------------------------------------------------------------- */

static bool move(uint8_t encap, const char *remote, uint16_t port)
{
    struct test_pair p;
    bool ok;

    test_pair_make(&p, &wrap.table, TEST_CBC, 1, false);
    p.pair.encap = encap;
    p.pair.path.remote = test_addr(remote, port);
    ok = xfrm_lane_move(&lane, &p.pair, &fault);
    test_pair_clear(&p);
    return ok;
}

static void another_port_is_changed_in_place(void **state)
{
    (void)state;
    assert_true(install(1, true));
    assert_true(move(IKE2_ENCAP_UDP, "192.0.2.2", 61000));
    assert_int_equal(kernel_told(XFRM_MSG_UPDSA), 2);
    assert_int_equal(kernel_told(XFRM_MSG_DELSA), 0);
    assert_int_equal(kernel_told(XFRM_MSG_UPDPOLICY), 0);
    assert_int_equal(kernel_sas(), 2);
}

static void another_address_takes_numbers_and_counts_along(void **state)
{
    const struct xfrm_replay_state *replay;
    const struct xfrm_lifetime_cur *lifetime;
    size_t len = 0;

    (void)state;
    assert_true(install(1, true));
    kernel_count(500, 400);
    assert_true(move(IKE2_ENCAP_UDP, "192.0.2.77", 4500));
    /* The outbound half comes last. */
    replay = kernel_attribute(XFRM_MSG_NEWSA, SA_HEAD, XFRMA_REPLAY_VAL, &len);
    assert_non_null(replay);
    assert_int_equal(replay->oseq, 400 + 4096);
    lifetime = kernel_attribute(XFRM_MSG_NEWSA, SA_HEAD, XFRMA_LTIME_VAL, &len);
    assert_non_null(lifetime);
    assert_int_equal(lifetime->packets, 500);
    assert_int_equal(kernel_sas(), 2);
    assert_int_equal(kernel_policies(), OUT_IN_FWD);
    assert_int_equal(kernel_told(XFRM_MSG_UPDPOLICY), OUT_IN_FWD);
    assert_int_equal(spi_wanted(XFRM_MSG_UPDPOLICY), 0x2001);
}

static void a_move_that_cannot_be_says_so(void **state)
{
    (void)state;
    assert_false(move(IKE2_ENCAP_UDP, "192.0.2.77", 4500));
    assert_true(install(1, true));
    assert_false(move(IKE2_ENCAP_TCP, "192.0.2.77", 4500));
    kernel_refuse(XFRM_MSG_GETSA, ESRCH);
    assert_false(move(IKE2_ENCAP_NONE, "192.0.2.77", 4500));
    assert_non_null(strstr(fault.text, "gone from the kernel"));
}

/* --- Counts ----------------------------------------------------------------------------- */

static void counts_are_the_kernels_and_outlive_the_pair(void **state)
{
    struct dataplane_counts c;

    (void)state;
    assert_true(install(1, true));
    kernel_count(5, 4);
    assert_true(xfrm_lane_stats(&lane, 0x1001, &c));
    assert_int_equal(c.packets_in, 5);
    assert_int_equal(c.octets_out, 500);
    assert_int_equal(c.sequence_out, 4);
    assert_false(xfrm_lane_stats(&lane, 0x1002, &c));
    assert_true(remove_pair(1, IKE2_HALF_BOTH));
    assert_true(xfrm_lane_stats(&lane, 0, &c));
    assert_int_equal(c.packets_out, 5);
    assert_false(xfrm_lane_stats(&lane, 0x1001, &c));
}

/* --- Traps ------------------------------------------------------------------------------ */

static void a_trap_gives_way_to_its_child_and_comes_back(void **state)
{
    const ike2_ts local = test_ts("10.1.0.0", "10.1.255.255");
    const ike2_ts remote = test_ts("10.2.0.0", "10.2.255.255");
    const struct dataplane_trap trap = { .tag = 5,
                                         .path.remote = test_addr("192.0.2.2", 500),
                                         .ts_local = &local,
                                         .ts_remote = &remote,
                                         .n_ts_local = 1,
                                         .n_ts_remote = 1 };
    struct dataplane_trap transport = trap;
    struct xfrm_traps traps;

    (void)state;
    xfrm_traps_init(&traps, &lane.policies, 1);
    assert_true(xfrm_traps_set(&traps, &trap, &fault));
    assert_int_equal(xfrm_traps_find(&traps, XFRM_REQID_TRAP | 2), 5);
    assert_int_equal(xfrm_traps_find(&traps, XFRM_REQID_CHILD | 2), 0);
    assert_true(install(1, true));
    assert_int_equal(spi_wanted(XFRM_MSG_UPDPOLICY), 0x2001);
    assert_true(remove_pair(1, IKE2_HALF_BOTH));
    assert_int_equal(spi_wanted(XFRM_MSG_UPDPOLICY), 0);
    assert_int_equal(kernel_policies(), 1);
    /* Set beside a pair, it comes behind it. */
    assert_true(install(2, true));
    assert_true(xfrm_traps_remove(&traps, 5, &fault));
    assert_true(xfrm_traps_set(&traps, &trap, &fault));
    assert_int_equal(spi_wanted(XFRM_MSG_UPDPOLICY), 0x2002);
    assert_false(xfrm_traps_remove(&traps, 6, &fault));
    transport.transport = true;
    assert_false(xfrm_traps_set(&traps, &transport, &fault));
    xfrm_traps_clear(&traps);
    assert_int_equal(kernel_policies(), OUT_IN_FWD);
}

#define LANE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LANE_TEST(an_installed_pair_receives_and_does_not_send),
        LANE_TEST(switch_names_the_spi_that_sends),
        LANE_TEST(a_rekeying_replaces_the_policy_in_place),
        LANE_TEST(the_one_before_sends_again_when_the_newest_goes),
        LANE_TEST(an_outbound_half_that_is_gone_does_not_send),
        LANE_TEST(what_the_kernel_has_removed_is_no_fault),
        LANE_TEST(a_reserved_spi_becomes_an_sa),
        LANE_TEST(a_reservation_that_is_lost_is_made_good),
        LANE_TEST(a_refused_install_leaves_only_the_reservation),
        LANE_TEST(every_text_of_a_kernel_without_esp_names_the_way_out),
        LANE_TEST(a_refusal_at_any_step_undoes_the_others),
        LANE_TEST(memory_that_fails_at_any_step_leaves_nothing),
        LANE_TEST(what_the_kernel_cannot_carry_is_refused),
        LANE_TEST(a_policy_of_another_program_is_not_touched),
        LANE_TEST(a_policy_that_was_left_behind_is_taken_over),
        LANE_TEST(another_port_is_changed_in_place),
        LANE_TEST(another_address_takes_numbers_and_counts_along),
        LANE_TEST(a_move_that_cannot_be_says_so),
        LANE_TEST(counts_are_the_kernels_and_outlive_the_pair),
        LANE_TEST(a_trap_gives_way_to_its_child_and_comes_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
