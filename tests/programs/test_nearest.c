/* What was probably meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/nearest.h"

static const char *const words[] = { "local", "remote", "proposals", "esp-proposals", "dpd" };
enum { N_WORDS = sizeof words / sizeof words[0] };

static void one_mistake_is_near(void **state)
{
    (void)state;
    assert_string_equal(nearest_word("locla", words, N_WORDS), "local");
    assert_string_equal(nearest_word("remot", words, N_WORDS), "remote");
    assert_string_equal(nearest_word("propposals", words, N_WORDS), "proposals");
    assert_string_equal(nearest_word("dbd", words, N_WORDS), "dpd");
}

static void best_of_several_is_taken(void **state)
{
    (void)state;
    assert_string_equal(nearest_word("esp-proposal", words, N_WORDS), "esp-proposals");
    assert_string_equal(nearest_word("proposal", words, N_WORDS), "proposals");
}

static void another_word_is_near_to_nothing(void **state)
{
    (void)state;
    assert_null(nearest_word("quality", words, N_WORDS));
    assert_null(nearest_word("xyz", words, N_WORDS));
    assert_null(nearest_word("", words, N_WORDS));
    assert_null(nearest_word("local", words, 0));
}

static void long_words_are_left_alone(void **state)
{
    static const char long_word[] = "a-word-that-is-much-longer-than-any-option-of-ours-could-be";
    static const char *const one[] = { long_word };

    (void)state;
    assert_null(nearest_word(long_word, words, N_WORDS));
    assert_null(nearest_word("a-word", one, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_mistake_is_near),
        cmocka_unit_test(best_of_several_is_taken),
        cmocka_unit_test(another_word_is_near_to_nothing),
        cmocka_unit_test(long_words_are_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
