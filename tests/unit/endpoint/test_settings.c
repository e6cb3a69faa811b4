/* lib/endpoint/settings.c: the configuration of an endpoint. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>


#include "endpoint/endpoint.h"

static const ike2_crypto crypto = { .struct_size = sizeof(ike2_crypto) };

static ike2_endpoint_config config(void)
{
    ike2_endpoint_config cfg = IKE2_INIT(ike2_endpoint_config);

    cfg.crypto = &crypto;
    return cfg;
}

static struct settings read_settings(const ike2_endpoint_config *cfg)
{
    struct settings s = { 0 };

    assert_int_equal(ike2_settings_read(cfg, &s), IKE2_OK);
    return s;
}

static void zero_is_the_documented_default(void **state)
{
    const ike2_endpoint_config cfg = config();
    struct settings s = read_settings(&cfg);

    (void)state;
    assert_int_equal(s.nat_port, 4500);
    assert_int_equal(s.ask_ms, 60000);
    assert_int_equal(s.job_ms, 20000);
    assert_int_equal(s.doubt_ms, 5000);
    assert_int_equal(s.half_open_ms, 30000);
    assert_int_equal(s.cookie, IKE2_DEFAULT);
    assert_false(s.ask_spi);
    assert_false(s.answer_unknown);
    assert_int_equal(s.offload, 0);
    assert_null(s.policy);
    assert_int_equal(s.limits.sas, 16384);
    assert_int_equal(s.limits.half_open, 2048);
    assert_int_equal(s.limits.half_open_cookie, 128);
    assert_int_equal(s.limits.half_open_per_addr, 16);
    assert_int_equal(s.limits.message_octets, 65535);
    assert_int_equal(s.limits.reassembly_octets, 4 * 1024 * 1024);
    assert_int_equal(s.limits.queued_outputs, 4096);
    assert_int_equal(s.retransmit.first_ms, 500);
    assert_int_equal(s.retransmit.max_ms, 0);
    assert_int_equal(s.retransmit.tries, 8);
    assert_int_equal(s.retransmit.backoff_percent, 180);
    assert_int_equal(s.retransmit.jitter_percent, 10);
}

static void what_is_given_stays(void **state)
{
    ike2_limits limits = IKE2_INIT(ike2_limits);
    ike2_retransmit retransmit = IKE2_INIT(ike2_retransmit);
    ike2_endpoint_config cfg = config();
    struct settings s;

    (void)state;
    limits.sas = 1;
    limits.message_octets = 1280;
    retransmit.tries = 2;
    retransmit.max_ms = 3;
    retransmit.jitter_percent = 50;
    retransmit.backoff_percent = 100;
    cfg.limits = &limits;
    cfg.retransmit = &retransmit;
    cfg.nat_port = 4501;
    cfg.ask_spi = IKE2_ON;
    cfg.cookie = IKE2_OFF;
    cfg.answer_unknown = IKE2_ON;
    cfg.offload = IKE2_OFFLOAD_KE;
    cfg.ask_ms = IKE2_NEVER;
    s = read_settings(&cfg);
    assert_int_equal(s.limits.sas, 1);
    assert_int_equal(s.limits.half_open, 2048);
    assert_int_equal(s.limits.message_octets, 1280);
    assert_int_equal(s.retransmit.tries, 2);
    assert_int_equal(s.retransmit.max_ms, 3);
    assert_int_equal(s.retransmit.first_ms, 500);
    assert_int_equal(s.nat_port, 4501);
    assert_true(s.ask_spi);
    assert_true(s.answer_unknown);
    assert_int_equal(s.cookie, IKE2_OFF);
    assert_int_equal(s.offload, IKE2_OFFLOAD_KE);
    assert_int_equal(s.ask_ms, IKE2_NEVER);
}

static void what_config_h_forbids_is_refused(void **state)
{
    ike2_limits limits = IKE2_INIT(ike2_limits);
    ike2_retransmit retransmit = IKE2_INIT(ike2_retransmit);
    ike2_endpoint_config cfg = config();
    struct settings s = { 0 };

    (void)state;
    cfg.crypto = NULL;
    assert_int_equal(ike2_settings_read(&cfg, &s), IKE2_ERR_ARGUMENT);
    cfg.crypto = &crypto;
    cfg.limits = &limits;
    limits.message_octets = 1279;
    assert_int_equal(ike2_settings_read(&cfg, &s), IKE2_ERR_ARGUMENT);
    limits.message_octets = 65536;
    assert_int_equal(ike2_settings_read(&cfg, &s), IKE2_ERR_ARGUMENT);
    limits.message_octets = 0;
    cfg.retransmit = &retransmit;
    retransmit.backoff_percent = 99;
    assert_int_equal(ike2_settings_read(&cfg, &s), IKE2_ERR_ARGUMENT);
    retransmit.backoff_percent = 0;
    retransmit.jitter_percent = 51;
    assert_int_equal(ike2_settings_read(&cfg, &s), IKE2_ERR_ARGUMENT);
    retransmit.jitter_percent = 0;
    assert_int_equal(ike2_settings_read(&cfg, &s), IKE2_OK);
}

/* A program that was built with an older or a newer library. */
static void structures_may_be_shorter_or_longer(void **state)
{
    struct {
        ike2_endpoint_config cfg;
        uint64_t of_the_future;
    } longer = { .cfg = config(), .of_the_future = UINT64_MAX };
    ike2_limits limits = { .struct_size = offsetof(ike2_limits, half_open), .sas = 5,
                           .half_open = 1 };
    struct settings s;

    (void)state;
    longer.cfg.struct_size = sizeof longer;
    longer.cfg.limits = &limits;
    s = read_settings(&longer.cfg);
    assert_int_equal(s.limits.sas, 5);
    assert_int_equal(s.limits.half_open, 2048);
    longer.cfg.half_open_ms = 1;
    longer.cfg.struct_size = offsetof(ike2_endpoint_config, half_open_ms);
    assert_int_equal(read_settings(&longer.cfg).half_open_ms, 30000);
}

static const char *refuse(void *user, const ike2_policy_query *query)
{
    (void)user;
    (void)query;
    return "no";
}

static void a_policy_is_copied(void **state)
{
    ike2_policy policy = IKE2_INIT(ike2_policy);
    ike2_endpoint_config cfg = config();
    struct settings s = { 0 };

    (void)state;
    policy.refuse = refuse;
    cfg.policy = &policy;
    assert_int_equal(ike2_settings_read(&cfg, &s), IKE2_OK);
    policy.refuse = NULL;
    assert_ptr_equal(s.policy, &s.policy_copy);
    assert_ptr_equal(s.policy->refuse, refuse);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(zero_is_the_documented_default),
        cmocka_unit_test(what_is_given_stays),
        cmocka_unit_test(what_config_h_forbids_is_refused),
        cmocka_unit_test(structures_may_be_shorter_or_longer),
        cmocka_unit_test(a_policy_is_copied),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
