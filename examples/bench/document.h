/* document.h - the results as JSON. doc/benchmarks.md lists the fields; a test compares. */
#ifndef BENCH_DOCUMENT_H
#define BENCH_DOCUMENT_H

#include "results.h"

/* Counted up when a field goes or changes its meaning; fields may be added. */
enum { DOCUMENT_VERSION = 1 };

/* `file` NULL: standard output. */
bool document_write(const struct results *r, const char *file, struct problem *why);

#endif
