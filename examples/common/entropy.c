#include "entropy.h"

#include <ctype.h>
#include <string.h>

enum {
    RUN_TENTHS = 10,   /* a character that goes on as those before: aaa, abc, 321 */
    WORD_TENTHS = 129, /* one of a list of 7776 words, as for dice */
    WORD_MAX = 12
};

/* --- Characters -------------------------------------------------------------------------- */

static bool all_of(ike2_bytes s, const char *set)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\0' || strchr(set, s.ptr[i]) == NULL)
            return false;
    }
    return true;
}

static bool is_printable(ike2_bytes s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < ' ' || s.ptr[i] > '~')
            return false;
    }
    return true;
}

/* Tenths of a bit for each character: the logarithm of the smallest alphabet that has them all. */
static unsigned tenths_of(ike2_bytes s)
{
    static const struct {
        const char *set;
        unsigned tenths;
    } alphabets[] = {
        { "0123456789", 33 },
        { "0123456789abcdef", 40 },
        { "0123456789ABCDEF", 40 },
        { "abcdefghijklmnopqrstuvwxyz", 47 },
        { "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 47 },
        { "abcdefghijklmnopqrstuvwxyz0123456789", 51 },
        { "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 51 },
        { "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", 57 },
        { "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=", 60 },
    };

    for (size_t i = 0; i < sizeof alphabets / sizeof alphabets[0]; i++) {
        if (all_of(s, alphabets[i].set))
            return alphabets[i].tenths;
    }
    return is_printable(s) ? 65 : 80;
}

/* The length after which the text is over, or begins anew. */
static size_t period(ike2_bytes s)
{
    for (size_t p = 1; p < s.len; p++) {
        if (memcmp(s.ptr, s.ptr + p, s.len - p) == 0)
            return p;
    }
    return s.len;
}

static unsigned long by_characters(ike2_bytes s)
{
    unsigned tenths = tenths_of(s);
    unsigned long sum = 0;
    int before = 0, step = 0;

    s.len = period(s);
    for (size_t i = 0; i < s.len; i++, before = step) {
        step = i == 0 ? 0 : (int)s.ptr[i] - (int)s.ptr[i - 1];
        sum += i >= 2 && step == before && step >= -1 && step <= 1 ? RUN_TENTHS : tenths;
    }
    return sum;
}

/* --- Words ------------------------------------------------------------------------------- */

static bool is_between_words(uint8_t c)
{
    return c != '\0' && strchr(" -_.,:;", c) != NULL;
}

/* The same if it is several words; else as many tenths as it may have. */
static unsigned long by_words(ike2_bytes s)
{
    size_t letters = 0, words = 0;

    for (size_t i = 0; i <= s.len; i++) {
        if (i < s.len && isalpha(s.ptr[i]) != 0) {
            letters++;
            continue;
        }
        if (letters > WORD_MAX || (i < s.len && !is_between_words(s.ptr[i])))
            return (unsigned long)-1;
        words += letters > 0 ? 1 : 0;
        letters = 0;
    }
    return words > 1 ? words * WORD_TENTHS : (unsigned long)-1;
}

unsigned entropy_bits(ike2_bytes secret)
{
    unsigned long characters = by_characters(secret), words = by_words(secret);

    return (unsigned)((characters < words ? characters : words) / 10);
}
