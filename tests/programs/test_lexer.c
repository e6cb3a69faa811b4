/* Where braces, strings and comments begin and end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/lexer.h"

/* The lines between '\n's. What is wrong, or "", with its line; the text is left without comments.
 */
static const char *scan(char *text, unsigned *at)
{
    static struct problem why;
    struct lexer l = { .state = LEXER_PLAIN };
    unsigned line = 0;
    char *next;

    why.text[0] = '\0';
    for (; text != NULL; text = next) {
        next = strchr(text, '\n');
        if (next != NULL)
            *next++ = '\0';
        *at = ++line;
        if (!lexer_line(&l, text, line, &why))
            return why.text;
    }
    (void)lexer_end(&l, at, &why);
    return why.text;
}

static void expect(const char *source, const char *said, unsigned line)
{
    char text[256];
    unsigned at = 0;

    (void)strcpy(text, source);
    assert_string_equal(scan(text, &at), said);
    if (*said != '\0')
        assert_int_equal(at, line);
}

static void balanced_braces_are_fine(void **state)
{
    (void)state;
    expect("a { b = { 1, 2 } }\nc = d", "", 0);
    expect("a = \"}\" # {\nb = '{' // }\n/* { \" ' */", "", 0);
    expect("path = /etc/x/*.conf", "", 0); /* in a word, it begins no comment */
}

static void open_ends_are_found_where_they_begin(void **state)
{
    (void)state;
    expect("a {\n b {\n }\n", "the '{' in this line is never closed: a '}' is missing", 1);
    expect("x\n}\n", "this '}' closes nothing: there is no '{' before it", 2);
    expect("x\ny = \"abc\nz\n",
           "the string that begins here never ends: its closing quote is missing", 2);
    expect("y = \"ab\\\"c", "the string that begins here never ends: its closing quote is missing",
           1);
    expect("x\n/* y\nz", "the comment that begins here never ends: its closing '*/' is missing", 2);
}

static void depth_is_bounded(void **state)
{
    (void)state;
    expect("{{{{{{{{{{{{{{{{{", "braces are nested too deeply", 1);
}

static void environment_is_refused(void **state)
{
    const char *said = "variables of the environment are not supported: write the value";

    (void)state;
    expect("a = ${HOME}", said, 1);
    expect("a = \"x${HOME}\"", said, 1);
    expect("a = '${HOME}' # ${HOME}", "", 0);
}

static void comments_are_blanked(void **state)
{
    char text[] = "a = /* x */ b # y";
    unsigned at;

    (void)state;
    assert_string_equal(scan(text, &at), "");
    assert_string_equal(text, "a =         b ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(balanced_braces_are_fine),
        cmocka_unit_test(open_ends_are_found_where_they_begin),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(environment_is_refused),
        cmocka_unit_test(comments_are_blanked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
