#include "nearest.h"

#include <string.h>

enum { WORD_MAX = 40 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* One cell of the table of distances; `row[i][j]` compares i octets of a with j of b. */
static size_t step(size_t table[][WORD_MAX + 1], const char *a, const char *b, size_t i, size_t j)
{
    size_t d = table[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

    d = least(d, table[i - 1][j] + 1);
    d = least(d, table[i][j - 1] + 1);
    if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d = least(d, table[i - 2][j - 2] + 1);
    return d;
}

/* Optimal string alignment. Words are short: both are at most WORD_MAX. */
static size_t distance(const char *a, size_t len_a, const char *b, size_t len_b)
{
    size_t table[WORD_MAX + 1][WORD_MAX + 1];
    size_t i, j;

    for (i = 0; i <= len_a; i++)
        table[i][0] = i;
    for (j = 0; j <= len_b; j++)
        table[0][j] = j;
    for (i = 1; i <= len_a; i++) {
        for (j = 1; j <= len_b; j++)
            table[i][j] = step(table, a, b, i, j);
    }
    return table[len_a][len_b];
}

const char *nearest_word(const char *word, const char *const *words, size_t n)
{
    size_t len = strlen(word), limit = len < 4 ? 2 : len / 2 + 1, i;
    const char *best = NULL;

    if (len == 0 || len > WORD_MAX)
        return NULL;
    for (i = 0; i < n; i++) {
        size_t d, other = strlen(words[i]);

        if (other > WORD_MAX)
            continue;
        d = distance(word, len, words[i], other);
        if (d < limit) {
            limit = d;
            best = words[i];
        }
    }
    return best;
}
