/* results.h - all that one run has measured, for the table (table.h) and as JSON (document.h). */
#ifndef BENCH_RESULTS_H
#define BENCH_RESULTS_H

#include "flood.h"
#include "handshake.h"
#include "machine.h"
#include "memory.h"
#include "message.h"
#include "options.h"

struct suite_results {
    const struct suite_row *row;
    struct handshake_result handshake;
    struct memory_result memory;
    struct message_result messages[MESSAGES];
};

/* What was not asked for is zero. Large. */
struct results {
    const struct options *options;
    struct machine machine;
    double clock_cost; /* of one look at the clock, in nanoseconds */
    size_t n_suites;
    struct suite_results suites[SUITES];
    struct flood_result flood; /* of the first suite */
};

#endif
