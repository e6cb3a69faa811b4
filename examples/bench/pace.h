/* pace.h - the clock, and how long a round is. The clock is the processor time of this thread, so
 * that what else runs on the machine takes part only by way of the caches. */
#ifndef BENCH_PACE_H
#define BENCH_PACE_H

#include <stdint.h>

struct pace {
    uint32_t rounds;
    uint32_t count;  /* of what a round does; 0 = as often as fits into `seconds` */
    double seconds;  /* of processor time */
};

/* In nanoseconds. */
uint64_t clock_now(void);
/* Its name. */
const char *clock_name(void);
/* What one look at the clock takes, in nanoseconds. */
double clock_cost(void);

/* How often a round does what takes `ns`. */
unsigned long pace_count(const struct pace *p, double ns);

#endif
