/* Names of the DNS that may go on to logs, scripts and files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/domain.h"

static bool is_plain(const char *text)
{
    return domain_is_plain(text, strlen(text));
}

static void names_of_hosts_and_services_are_plain(void **state)
{
    (void)state;
    assert_true(is_plain("example.org"));
    assert_true(is_plain("Corp-2.EXAMPLE.org."));
    assert_true(is_plain("_ldap._tcp.dc"));
    assert_true(is_plain("xn--bcher-kva.example"));
    assert_true(is_plain("a"));
}

static void nothing_else_is(void **state)
{
    static const char *const texts[] = {
        "",
        ".",
        "..",
        "a..b",
        ".a",
        "a..",
        "-a.org",
        "a-.org",
        "a b",
        "a;reboot",
        "$(reboot)",
        "`a`",
        "a\nb",
        "a/../b",
        "b\xc3\xbc.org",
        "a'b",
        "a\"b",
        "*.example.org",
        "a\\000.b",
        "example.org\t",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (is_plain(texts[i]))
            fail_msg("'%s' is not plain", texts[i]);
    }
    assert_false(domain_is_plain("a\0b", 3));
}

static void labels_and_names_have_a_longest_length(void **state)
{
    char text[300];

    (void)state;
    memset(text, 'a', sizeof text);
    assert_true(domain_is_plain(text, 63));
    assert_false(domain_is_plain(text, 64));
    text[63] = text[127] = text[191] = '.';
    assert_true(domain_is_plain(text, 253));
    assert_false(domain_is_plain(text, 254));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_hosts_and_services_are_plain),
        cmocka_unit_test(nothing_else_is),
        cmocka_unit_test(labels_and_names_have_a_longest_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
