/* fuzz/tally.c - what the inputs have reached. */
#include "tally.h"

#include <inttypes.h>
#include <stdio.h>

void tally_report(const struct tally *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (rows[i].n == 0)
            (void)printf("never reached: %s\n", rows[i].name);
        else
            (void)printf("%12" PRIu64 " %s\n", rows[i].n, rows[i].name);
    }
}
