/* examples/dataplane/prefix.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "dataplane/prefix.h"
#include "pairs.h"

enum { TEXT = 1024 };

/* All prefixes, separated by blanks. */
static const char *walk(const ike2_ts *ts)
{
    static char text[TEXT];
    struct prefix_walk w;
    struct prefix p;

    text[0] = '\0';
    prefix_walk(&w, ts);
    while (prefix_next(&w, &p)) {
        char one[PREFIX_TEXT];

        prefix_text(&p, one);
        if (text[0] != '\0')
            strcat(text, " ");
        assert_true(strlen(text) + strlen(one) + 2 < sizeof text);
        strcat(text, one);
    }
    return text;
}

static const char *range(const char *first, const char *last)
{
    const ike2_ts ts = test_ts(first, last);

    return walk(&ts);
}

static void a_range_that_is_a_prefix_is_one(void **state)
{
    (void)state;
    assert_string_equal(range("10.1.0.0", "10.1.255.255"), "10.1.0.0/16");
    assert_string_equal(range("10.1.0.7", "10.1.0.7"), "10.1.0.7/32");
    assert_string_equal(range("0.0.0.0", "255.255.255.255"), "0.0.0.0/0");
    assert_string_equal(range("128.0.0.0", "255.255.255.255"), "128.0.0.0/1");
    assert_string_equal(range("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), "::/0");
    assert_string_equal(range("2001:db8::", "2001:db8::ffff:ffff"), "2001:db8::/96");
    assert_string_equal(range("2001:db8::1", "2001:db8::1"), "2001:db8::1/128");
}

static void other_ranges_are_several(void **state)
{
    (void)state;
    assert_string_equal(range("10.0.0.1", "10.0.0.6"),
                        "10.0.0.1/32 10.0.0.2/31 10.0.0.4/31 10.0.0.6/32");
    assert_string_equal(range("10.0.0.0", "10.0.2.255"), "10.0.0.0/23 10.0.2.0/24");
    assert_string_equal(range("255.255.255.254", "255.255.255.255"), "255.255.255.254/31");
    assert_string_equal(range("2001:db8::ffff", "2001:db8::1:0"),
                        "2001:db8::ffff/128 2001:db8::1:0/128");
}

static void the_worst_ranges_have_62_and_254(void **state)
{
    const char *worst[2][2] = {
        { "0.0.0.1", "255.255.255.254" },
        { "::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe" },
    };
    const int counts[2] = { 62, 254 };

    (void)state;
    for (int i = 0; i < 2; i++) {
        const ike2_ts ts = test_ts(worst[i][0], worst[i][1]);
        struct prefix_walk w;
        struct prefix p;
        int n = 0;

        prefix_walk(&w, &ts);
        while (prefix_next(&w, &p))
            n++;
        assert_int_equal(n, counts[i]);
    }
}

static void what_is_no_range_has_no_prefixes(void **state)
{
    ike2_ts ts = test_ts("10.0.0.2", "10.0.0.1");

    (void)state;
    assert_string_equal(walk(&ts), "");
    ts = test_ts("10.0.0.1", "10.0.0.2");
    ts.type = 10;
    assert_string_equal(walk(&ts), "");
    assert_int_equal(prefix_octets(&ts), 0);
}

static void prefixes_are_compared_by_all_that_they_are(void **state)
{
    const uint8_t ip[16] = { 10, 1, 2, 3 };
    struct prefix a = prefix_around(4, ip, 24), b = prefix_around(4, ip, 23);
    struct prefix c = prefix_around(6, ip, 24), d = prefix_around(4, ip, 24);

    (void)state;
    assert_true(prefix_equal(&a, &d));
    assert_false(prefix_equal(&a, &b));
    assert_false(prefix_equal(&a, &c));
    assert_int_equal(a.ip[3], 0);
    a = prefix_around(4, ip, 31);
    assert_int_equal(a.ip[3], 2);
    a = prefix_around(4, ip, 0);
    assert_int_equal(a.ip[0], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_range_that_is_a_prefix_is_one),
        cmocka_unit_test(other_ranges_are_several),
        cmocka_unit_test(the_worst_ranges_have_62_and_254),
        cmocka_unit_test(what_is_no_range_has_no_prefixes),
        cmocka_unit_test(prefixes_are_compared_by_all_that_they_are),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
