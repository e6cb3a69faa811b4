#include "spread.h"

#include <stdlib.h>
#include <string.h>

void series_add(struct series *s, double value)
{
    if (s->n < ROUNDS_MAX)
        s->values[s->n++] = value;
}

static int compare(const void *a, const void *b)
{
    double x, y;

    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

struct spread series_spread(const struct series *s)
{
    struct series sorted = *s;
    size_t middle = s->n / 2;
    struct spread out;

    if (s->n == 0)
        return (struct spread){ 0 };
    qsort(sorted.values, sorted.n, sizeof sorted.values[0], compare);
    out = (struct spread){ .median = sorted.values[middle],
                           .min = sorted.values[0],
                           .max = sorted.values[s->n - 1] };
    if (s->n % 2 == 0)
        out.median = (out.median + sorted.values[middle - 1]) / 2;
    return out;
}
