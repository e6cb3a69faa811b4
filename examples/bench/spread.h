/* spread.h - one thing measured in several rounds: the median, the least and the most of them. */
#ifndef BENCH_SPREAD_H
#define BENCH_SPREAD_H

#include <stddef.h>

enum { ROUNDS_MAX = 99 };

struct series {
    size_t n;
    double values[ROUNDS_MAX];
};

struct spread {
    double median, min, max;
};

/* Of at most ROUNDS_MAX values. */
void series_add(struct series *s, double value);
/* Zeros if there are no values. */
struct spread series_spread(const struct series *s);

#endif
