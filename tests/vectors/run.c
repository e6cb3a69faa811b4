/* vectors/run.c - running the records of a file. */
#include "vectors/run.h"

#include <stdio.h>
#include <string.h>

bool run_init(struct run *run)
{
    *run = (struct run){ .script = { .state = 1 }, .directory = "crypto" };
    run->provider = script_provider(&run->script);
    if (run->provider == NULL)
        return false;
    run->crypto = ike2_mbedtls_crypto(run->provider);
    return true;
}

void run_clear(struct run *run)
{
    ike2_mbedtls_free(run->provider);
}

bool run_file(struct run *run, const char *file, run_record *record)
{
    char name[512];
    struct kv_file kv;
    struct kv_record r;

    run->file = file;
    run->n_reasons = run->n_run = run->n_failed = 0;
    if (snprintf(name, sizeof name, "%s/%s", run->directory, file) >= (int)sizeof name ||
        !kv_open(&kv, name)) {
        (void)printf("%s: cannot be read\n", file);
        return false;
    }
    while (kv_next(&kv, &r))
        record(run, &r);
    run_report(run);
    kv_close(&kv);
    return run->n_failed == 0;
}

void run_report(const struct run *run)
{
    size_t n_skipped = 0;

    for (size_t i = 0; i < run->n_reasons; i++)
        n_skipped += run->reasons[i].n;
    (void)printf("%s: %zu run, %zu skipped", run->file, run->n_run, n_skipped);
    for (size_t i = 0; i < run->n_reasons; i++)
        (void)printf("%s%s: %zu", i == 0 ? " (" : "; ", run->reasons[i].text, run->reasons[i].n);
    (void)printf("%s", run->n_reasons != 0 ? ")" : "");
    if (run->n_failed != 0)
        (void)printf(", %zu FAILED", run->n_failed);
    (void)printf("\n");
}

void run_expect(struct run *run, const struct kv_record *record, bool good)
{
    const char *id = kv_get(record, "tcId");
    const char *comment = kv_get(record, "comment");

    run->n_run++;
    if (good)
        return;
    run->n_failed++;
    if (id == NULL)
        id = kv_get(record, "name");
    (void)printf("%s: record %s FAILED (%s)\n", run->file, id != NULL ? id : "?",
                 comment != NULL ? comment : "");
}

void run_skip(struct run *run, const char *reason)
{
    size_t i = 0;

    while (i < run->n_reasons && strcmp(run->reasons[i].text, reason) != 0)
        i++;
    if (i == RUN_REASONS_MAX)
        i = RUN_REASONS_MAX - 1;
    else if (i == run->n_reasons)
        run->reasons[run->n_reasons++] = (struct run_reason){ .text = reason };
    run->reasons[i].n++;
}

ike2_bytes run_octets(const struct kv_record *record, const char *name, bool *good)
{
    ike2_bytes octets = { 0 };

    if (!kv_octets(record, name, &octets))
        *good = false;
    return octets;
}

ike2_key *run_key(const struct run *run, uint16_t use, ike2_bytes octets)
{
    ike2_key *key = NULL;

    return run->crypto->key_import(run->crypto->user, use, octets, &key) == IKE2_OK ? key : NULL;
}

void run_key_free(const struct run *run, ike2_key *key)
{
    run->crypto->key_free(run->crypto->user, key);
}
