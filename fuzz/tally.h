/* fuzz/tally.h - what the inputs have reached, so that a corpus that has gone blind is noticed: the
 * report of a replay says "never reached" for each row that is zero, and ctest fails on that. */
#ifndef FUZZ_TALLY_H
#define FUZZ_TALLY_H

#include <stddef.h>
#include <stdint.h>

struct tally {
    const char *name;
    uint64_t n;
};

/* One line for each row. */
void tally_report(const struct tally *rows, size_t n);
/* Of the fuzzer; called once, at the end of a replay. */
void fuzz_report(void);

#endif
