/* nearest.h - the word that was probably meant. */
#ifndef COMMON_NEAREST_H
#define COMMON_NEAREST_H

#include <stddef.h>

/* Of `n` words, the one with the fewest insertions, deletions, substitutions and swaps of
 * neighbours away from `word`; NULL if none is near enough to be worth a suggestion. */
const char *nearest_word(const char *word, const char *const *words, size_t n);

#endif
