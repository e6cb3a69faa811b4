/* Nothing but printable ASCII gets out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/log.h"
#include "common/printable.h"

/* Control characters, an escape sequence, DEL, invalid UTF-8, and a mark that turns the direction
 * of writing (U+202E). */
#define HOSTILE "a\r\n\t\x1b[2J\x7f\xc3\x28\xe2\x80\xae"
#define SHOWN   "a\\x0d\\x0a\\x09\\x1b[2J\\x7f\\xc3(\\xe2\\x80\\xae"

static void expect_put(void (*put)(FILE *, const char *), const char *text, const char *shown)
{
    char *got = NULL;
    size_t len;
    FILE *out = open_memstream(&got, &len);

    assert_non_null(out);
    put(out, text);
    (void)fclose(out);
    assert_string_equal(got, shown);
    free(got);
}

static void what_moves_the_cursor_is_escaped(void **state)
{
    char text[80];

    (void)state;
    expect_put(printable_put, HOSTILE, SHOWN);
    assert_string_equal(printable_text(HOSTILE, text, sizeof text), SHOWN);
}

static void every_octet_comes_out_as_printable_ascii(void **state)
{
    char text[8], octet[2] = { 0 };
    int i;

    (void)state;
    for (i = 1; i < 256; i++) {
        octet[0] = (char)i;
        (void)printable_text(octet, text, sizeof text);
        assert_int_equal(strlen(text), i >= ' ' && i <= '~' ? 1 : 4);
        assert_int_equal(strspn(text, "\\x0123456789abcdef") == 4 || text[0] == i, 1);
    }
}

static void what_is_escaped_stays_as_it_is(void **state)
{
    (void)state;
    expect_put(printable_put, SHOWN, SHOWN);
}

static void escape_is_not_cut_in_the_middle(void **state)
{
    char text[7];

    (void)state;
    assert_string_equal(printable_text("ab\x1b\x1b", text, sizeof text), "ab\\x1b");
    assert_string_equal(printable_text("abc\x1b\x1b", text, sizeof text), "abc");
}

static void value_cannot_pretend_to_be_another_field(void **state)
{
    (void)state;
    expect_put(printable_value, "plain", "plain");
    expect_put(printable_value, "", "\"\"");
    expect_put(printable_value, "two words", "\"two words\"");
    expect_put(printable_value, "a=b", "\"a=b\"");
    expect_put(printable_value, "x\" reason=\"local", "\"x\\x22 reason=\\x22local\"");
}

/* What the log makes of a hostile text, without the time. */
static char *logged(bool json, bool as_field)
{
    char *got = NULL;
    size_t len;
    struct log log = { .out = open_memstream(&got, &len), .level = LEVEL_INFO, .json = json };

    assert_non_null(log.out);
    if (as_field)
        log_event(&log, LEVEL_INFO, "event", json_pack("{s:s}", "k", "\n\x1b[2J\xe2\x80\xae\""));
    else
        log_say(&log, LEVEL_INFO, "%s", HOSTILE);
    (void)fclose(log.out);
    return got;
}

/* Of one line that ends with a newline. */
static void expect_printable(char *line)
{
    size_t len = strlen(line), i;

    assert_true(len > 1 && line[len - 1] == '\n');
    for (i = 0; i + 1 < len; i++)
        assert_true(line[i] >= ' ' && line[i] <= '~');
}

static void log_has_one_printable_line_whatever_it_is_told(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < 4; i++) {
        char *line = logged(i % 2 == 1, i / 2 == 1);

        expect_printable(line);
        free(line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_moves_the_cursor_is_escaped),
        cmocka_unit_test(every_octet_comes_out_as_printable_ascii),
        cmocka_unit_test(what_is_escaped_stays_as_it_is),
        cmocka_unit_test(escape_is_not_cut_in_the_middle),
        cmocka_unit_test(value_cannot_pretend_to_be_another_field),
        cmocka_unit_test(log_has_one_printable_line_whatever_it_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
