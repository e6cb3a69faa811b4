/* Transport addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/addr.h"

static const ike2_addr v4 = { .family = 4, .port = 500, .ip = { 192, 0, 2, 1 } };
static const ike2_addr v6 = { .family = 6, .port = 500, .scope = 2, .ip = { 0xfe, 0x80 } };

static void address_has_the_octets_of_its_family(void **state)
{
    const ike2_addr any = { 0 };

    (void)state;
    assert_int_equal(ike2_addr_ip_len(&v4), 4);
    assert_int_equal(ike2_addr_ip_len(&v6), 16);
    assert_int_equal(ike2_addr_ip_len(&any), 0);
    assert_true(ike2_addr_ip(&v4).ptr == v4.ip);
    assert_int_equal(ike2_addr_ip(&v4).len, 4);
}

static void octets_behind_an_ipv4_address_do_not_count(void **state)
{
    ike2_addr other = v4;

    (void)state;
    other.ip[4] = 1;
    assert_true(ike2_addr_equal(&v4, &other));
    other.ip[3] = 2;
    assert_false(ike2_addr_equal(&v4, &other));
    assert_false(ike2_addr_equal_ip(&v4, &other));
}

static void port_and_zone_count_unless_the_ip_is_meant(void **state)
{
    ike2_addr port = v6, zone = v6, last = v6, family = v4;

    (void)state;
    port.port = 4500;
    zone.scope = 3;
    last.ip[15] = 1;
    family.family = 6;
    assert_true(ike2_addr_equal(&v6, &v6));
    assert_false(ike2_addr_equal(&v6, &port));
    assert_true(ike2_addr_equal_ip(&v6, &port));
    assert_false(ike2_addr_equal(&v6, &zone));
    assert_false(ike2_addr_equal_ip(&v6, &last));
    assert_false(ike2_addr_equal_ip(&v4, &family));
}

static void paths_differ_in_any_part(void **state)
{
    const ike2_path path = { .local = v4, .remote = v6, .encap = IKE2_ENCAP_UDP, .tag = 1 };
    ike2_path local = path, remote = path, encap = path, tag = path;

    (void)state;
    local.local.port = 4500;
    remote.remote.port = 4500;
    encap.encap = IKE2_ENCAP_NONE;
    tag.tag = 2;
    assert_true(ike2_path_equal(&path, &path));
    assert_false(ike2_path_equal(&path, &local));
    assert_false(ike2_path_equal(&path, &remote));
    assert_false(ike2_path_equal(&path, &encap));
    assert_false(ike2_path_equal(&path, &tag));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(address_has_the_octets_of_its_family),
        cmocka_unit_test(octets_behind_an_ipv4_address_do_not_count),
        cmocka_unit_test(port_and_zone_count_unless_the_ip_is_meant),
        cmocka_unit_test(paths_differ_in_any_part),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
