/* table.h - the results as a table for people, on standard output. */
#ifndef BENCH_TABLE_H
#define BENCH_TABLE_H

#include "results.h"

void table_print(const struct results *r);

#endif
