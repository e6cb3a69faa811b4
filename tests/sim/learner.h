/* sim/learner.h - learns what a protocol machine does from its answers alone, as a Mealy machine:
 * Angluin's L* with the counterexamples of Rivest and Schapire. Words are sequences of symbols;
 * each query begins with a new subject. */
#ifndef SIM_LEARNER_H
#define SIM_LEARNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LEARNER_STATES = 32, LEARNER_SYMBOLS = 24, LEARNER_WORD = 24, LEARNER_OUTPUT = 24 };

/* What is asked. */
struct subject {
    size_t n_symbols;
    void *(*begin)(void);
    /* What it answers to the symbol, as a word without spaces. */
    void (*step)(void *run, size_t symbol, char out[LEARNER_OUTPUT]);
    void (*end)(void *run);
    /* Words for the search of differences: one in so many begins at the start, the others behind
     * this one, which leads to where most can happen. */
    const uint8_t *prefix;
    size_t n_prefix;
};

struct edge {
    size_t to;
    char out[LEARNER_OUTPUT];
};

/* State 0 is where it begins. */
struct machine {
    size_t n_states, n_symbols;
    struct edge edges[LEARNER_STATES][LEARNER_SYMBOLS];
};

struct word {
    uint8_t symbols[LEARNER_WORD];
    size_t len;
};

/* How much was asked. */
struct effort {
    size_t n_words, n_symbols, n_rounds;
};

/* Learns until `n_tests` words in a row find no difference. False: there are more states than
 * LEARNER_STATES, or words become too long. */
bool learn(const struct subject *s, size_t n_tests, struct machine *out, struct effort *effort);
/* The shortest word to which the two give different answers, its last symbol being where; false:
 * there is none. */
bool machines_differ(const struct machine *a, const struct machine *b, struct word *out);

#endif
