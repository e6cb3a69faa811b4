/* What the client asks for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "client/request.h"
#include "common/value.h"

/* "1 8 3:4": types, and how long their values are if they are not empty. */
static const char *made(const char *what, const char *wanted)
{
    static char text[128];
    struct request r = { 0 };
    ike2_addr a = { 0 };
    size_t i, len = 0;

    text[0] = '\0';
    assert_null(request_add(&r, what));
    if (wanted != NULL)
        assert_null(value_address(wanted, &a));
    assert_null(request_make(&r, &a, wanted != NULL ? 1 : 0));
    for (i = 0; i < r.n; i++) {
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%u", i > 0 ? " " : "",
                                r.list[i].type);
        if (r.list[i].value.len > 0)
            len += (size_t)snprintf(text + len, sizeof text - len, ":%zu:%u", r.list[i].value.len,
                                    r.list[i].value.ptr[r.list[i].value.len - 1]);
    }
    return text;
}

static void attributes_are_those_asked_for(void **state)
{
    (void)state;
    assert_string_equal(made("ip4", NULL), "1");
    assert_string_equal(made("ip6,dns", NULL), "8 10");
    assert_string_equal(made("ip4,ip6,dns,domains,nbns", NULL), "1 8 3 10 25 4");
}

/* RFC 8598 3.1 */
static void domains_are_asked_for_with_name_servers(void **state)
{
    (void)state;
    assert_string_equal(made("ip4,domains", NULL), "1 3 25");
}

static void address_that_we_had_is_asked_for(void **state)
{
    (void)state;
    assert_string_equal(made("ip4,ip6", "10.9.0.7"), "1:4:7 8");
    assert_string_equal(made("ip4,ip6", "2001:db8::7"), "1 8:17:128");
}

static void without_an_address_there_is_nothing_to_ask(void **state)
{
    struct request r = { 0 };

    (void)state;
    assert_null(request_make(&r, NULL, 0));
    assert_int_equal(r.n, 0);
    assert_null(request_add(&r, "dns"));
    assert_non_null(request_make(&r, NULL, 0));
}

static void other_words_are_refused(void **state)
{
    struct request r = { 0 };

    (void)state;
    assert_non_null(request_add(&r, ""));
    assert_non_null(request_add(&r, "ip4,"));
    assert_non_null(request_add(&r, ",ip4"));
    assert_non_null(strstr(request_add(&r, "ip4,dsn"), "did you mean 'dns'?"));
    assert_non_null(request_add(&r, "ip4 ip6"));
    assert_non_null(request_add(&r, "ip4ip4ip4ip4ip4ip4ip4ip4ip4ip4ip4ip4ip4ip4ip4"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attributes_are_those_asked_for),
        cmocka_unit_test(domains_are_asked_for_with_name_servers),
        cmocka_unit_test(address_that_we_had_is_asked_for),
        cmocka_unit_test(without_an_address_there_is_nothing_to_ask),
        cmocka_unit_test(other_words_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
