/* vectors/test_kdf.c - every file below kdf/ of the reference vectors. A file without a row fails,
 * and so does one of which no record was run. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "vectors/kdf.h"

enum { PATH_OCTETS_MAX = 4096 };

/* What is run only where the provider was built with it: HMAC-SHA1. */
#ifdef IKE2_ENABLE_LEGACY
#define LEGACY(record) record
#else
#define LEGACY(record) NULL
#endif

static const struct row {
    const char *file;
    run_record *record; /* NULL: needs a build with IKE2_ENABLE_LEGACY */
} rows[] = {
    { "acvp_ikev2_kdf.kv", kdf_nist },
    { "aosp_IkeAuthPskPayloadTest.kv", LEGACY(kdf_aosp_auth) },
    { "aosp_IkeEncryptedPayloadBodyTest.kv", LEGACY(kdf_aosp_pieces) },
    { "aosp_IkeSkPayloadTest.kv", LEGACY(kdf_aosp_message) },
    { "aosp_SaRecordTest.kv", LEGACY(kdf_aosp_keys) },
    { "cavs_ikev2_sample.kv", LEGACY(kdf_nist) },
    { "rfc7634_appendix_b_ike.kv", kdf_rfc7634 },
    { "strongswan_kdf_prf.kv", kdf_strongswan_prf },
    { "strongswan_kdf_prf_plus.kv", kdf_strongswan_prf_plus },
};

static bool row_holds(struct run *run, const struct row *row)
{
    char name[PATH_OCTETS_MAX];
    struct kv_record record;
    struct kv_file kv;

    if (row->record == NULL) {
        (void)printf("%s: not run: needs a build with IKE2_ENABLE_LEGACY\n", row->file);
        return true;
    }
    run->file = row->file;
    run->n_reasons = run->n_run = run->n_failed = 0;
    (void)snprintf(name, sizeof name, "kdf/%s", row->file);
    if (!kv_open(&kv, name)) {
        (void)printf("%s: cannot be read\n", row->file);
        return false;
    }
    while (kv_next(&kv, &record))
        row->record(run, &record);
    run_report(run);
    kv_close(&kv);
    return run->n_run != 0 && run->n_failed == 0;
}

static bool has_row(const char *file)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].file, file) == 0)
            return true;
    }
    return false;
}

/* Every file of the directory has a row. */
static bool rows_are_complete(DIR *directory)
{
    const struct dirent *entry;
    bool complete = true;

    while ((entry = readdir(directory)) != NULL) {
        if (entry->d_name[0] != '.' && !has_row(entry->d_name)) {
            (void)printf("%s: has no row\n", entry->d_name);
            complete = false;
        }
    }
    return complete;
}

int main(void)
{
    const char *vectors = vectors_directory();
    char path[PATH_OCTETS_MAX];
    DIR *directory;
    struct run run;
    bool good;

    (void)snprintf(path, sizeof path, "%s/kdf", vectors != NULL ? vectors : ".");
    directory = vectors != NULL ? opendir(path) : NULL;
    if (directory == NULL) {
        (void)printf("skipped: there are no reference vectors; see IKE2_VECTORS\n");
        return VECTORS_SKIPPED;
    }
    good = rows_are_complete(directory);
    (void)closedir(directory);
    if (!run_init(&run)) {
        (void)printf("there is no provider\n");
        return 1;
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        good = row_holds(&run, &rows[i]) && good;
    run_clear(&run);
    return good ? 0 : 1;
}
