/* vectors/run.h - running the records of a file and accounting for every one of them. */
#ifndef VECTORS_RUN_H
#define VECTORS_RUN_H

#include <ike2/mbedtls.h>

#include "support/script.h"
#include "vectors/kv.h"

enum { RUN_REASONS_MAX = 32 };

struct run_reason {
    const char *text;
    size_t n;
};

struct run {
    const ike2_crypto *crypto;
    ike2_mbedtls *provider;
    struct script script;
    const char *directory, *file; /* below that of the vectors */
    struct run_reason reasons[RUN_REASONS_MAX];
    size_t n_reasons, n_run, n_failed;
};

/* Runs one record: ends in one call of run_expect or of run_skip. */
typedef void run_record(struct run *run, const struct kv_record *record);

/* In the directory crypto/. False if there is no provider. */
bool run_init(struct run *run);
void run_clear(struct run *run);
/* All records of the file in `directory`. False if it cannot be read, or if a record failed. */
bool run_file(struct run *run, const char *file, run_record *record);
/* Prints `<file>: N run, M skipped (reason: count; ...)`. */
void run_report(const struct run *run);

/* The record was run; `good` is whether it came out as it says. */
void run_expect(struct run *run, const struct kv_record *record, bool good);
/* The record was not run. `reason` lives until the file is closed. */
void run_skip(struct run *run, const char *reason);

/* Octets of the record; their absence fails the record when `good` is reported. */
ike2_bytes run_octets(const struct kv_record *record, const char *name, bool *good);
/* A handle of the octets; NULL if there is none. */
ike2_key *run_key(const struct run *run, uint16_t use, ike2_bytes octets);
void run_key_free(const struct run *run, ike2_key *key);

#endif
