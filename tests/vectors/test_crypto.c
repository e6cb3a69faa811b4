/* vectors/test_crypto.c - every file below crypto/ of the reference vectors: run, or not provided
 * for a reason. A file without a row fails, and so does one of which no record was run. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "vectors/crypto.h"

struct row {
    const char *file;
    run_record *record; /* NULL: see `reason` */
    const char *reason; /* why nothing, or possibly nothing, of it is run */
};

/* What is run only where the provider was built with it. */
#ifdef IKE2_ENABLE_LEGACY
#define LEGACY(record) record, NULL
#else
#define LEGACY(record) NULL, "needs a build with IKE2_ENABLE_LEGACY"
#endif

static const char ml_kem[] = "mbedTLS has no ML-KEM";
static const char eddsa[] = "mbedTLS has no EdDSA";
static const char curve448[] = "mbedTLS 2.28 has no X448";

static const struct row rows[] = {
    { "acvp_ACVP-AES-GCM-1.0.kv", crypto_acvp_gcm, NULL },
    { "acvp_KAS-ECC-CDH-Component-Sp800-56Ar3.kv", crypto_acvp_ecc_cdh,
      "records of other curves than P-256, P-384 and P-521" },
    { "acvp_KAS-FFC-SSC-Sp800-56Ar3.kv", crypto_acvp_ffc_ssc,
      "records of other groups than RFC 3526's" },
    { "acvp_ML-KEM-encapDecap-FIPS203.kv", NULL, ml_kem },
    { "acvp_ML-KEM-keyGen-FIPS203.kv", NULL, ml_kem },
    { "acvp_safePrimes-keyVer-1.0.kv", crypto_acvp_safe_primes, NULL },
    { "strongswan_3des_cbc.kv", LEGACY(crypto_strongswan_crypter) },
    { "strongswan_aes_cbc.kv", crypto_strongswan_crypter, NULL },
    { "strongswan_aes_ccm.kv", crypto_strongswan_aead, NULL },
    { "strongswan_aes_cmac.kv", crypto_strongswan_mac, NULL },
    { "strongswan_aes_ctr.kv", crypto_strongswan_crypter, NULL },
    { "strongswan_aes_gcm.kv", crypto_strongswan_aead, NULL },
    { "strongswan_aes_xcbc.kv", crypto_strongswan_mac, NULL },
    { "strongswan_chacha20poly1305.kv", crypto_strongswan_aead, NULL },
    { "strongswan_curve25519.kv", crypto_strongswan_ke, NULL },
    { "strongswan_curve448.kv", NULL, curve448 },
    { "strongswan_ecp.kv", crypto_strongswan_ke, NULL },
    { "strongswan_ecpbp.kv", crypto_strongswan_ke, NULL },
    { "strongswan_ml_kem.kv", NULL, ml_kem },
    { "strongswan_modp.kv", crypto_strongswan_ke, NULL },
    { "strongswan_modpsub.kv", NULL, "the groups of RFC 5114 are not provided" },
    { "strongswan_sha1_hmac.kv", LEGACY(crypto_strongswan_mac) },
    { "strongswan_sha2_hmac.kv", crypto_strongswan_mac, NULL },
    { "wycheproof_aes_ccm.kv", crypto_wycheproof_ccm, NULL },
    { "wycheproof_aes_cmac.kv", crypto_wycheproof_cmac, NULL },
    { "wycheproof_aes_gcm.kv", crypto_wycheproof_gcm, NULL },
    { "wycheproof_chacha20_poly1305.kv", crypto_wycheproof_chacha, NULL },
    { "wycheproof_ecdh_secp256r1_ecpoint.kv", crypto_wycheproof_ecdh, NULL },
    { "wycheproof_ecdh_secp384r1_ecpoint.kv", crypto_wycheproof_ecdh, NULL },
    { "wycheproof_ecdh_secp521r1_ecpoint.kv", crypto_wycheproof_ecdh, NULL },
    { "wycheproof_ecdsa_secp256r1_sha256.kv", crypto_wycheproof_ecdsa, NULL },
    { "wycheproof_ecdsa_secp384r1_sha384.kv", crypto_wycheproof_ecdsa, NULL },
    { "wycheproof_ecdsa_secp521r1_sha512.kv", crypto_wycheproof_ecdsa, NULL },
    { "wycheproof_ed25519.kv", NULL, eddsa },
    { "wycheproof_ed448.kv", NULL, eddsa },
    { "wycheproof_hmac_sha1.kv", LEGACY(crypto_wycheproof_hmac) },
    { "wycheproof_hmac_sha256.kv", crypto_wycheproof_hmac, NULL },
    { "wycheproof_hmac_sha384.kv", crypto_wycheproof_hmac, NULL },
    { "wycheproof_hmac_sha512.kv", crypto_wycheproof_hmac, NULL },
    { "wycheproof_mlkem_1024.kv", NULL, ml_kem },
    { "wycheproof_mlkem_1024_encaps.kv", NULL, ml_kem },
    { "wycheproof_mlkem_1024_keygen_seed.kv", NULL, ml_kem },
    { "wycheproof_mlkem_512.kv", NULL, ml_kem },
    { "wycheproof_mlkem_512_encaps.kv", NULL, ml_kem },
    { "wycheproof_mlkem_512_keygen_seed.kv", NULL, ml_kem },
    { "wycheproof_mlkem_768.kv", NULL, ml_kem },
    { "wycheproof_mlkem_768_encaps.kv", NULL, ml_kem },
    { "wycheproof_mlkem_768_keygen_seed.kv", NULL, ml_kem },
    { "wycheproof_rsa_pss_2048_sha256_mgf1_32.kv", crypto_wycheproof_rsa_pss, NULL },
    { "wycheproof_rsa_pss_4096_sha512_mgf1_64.kv", crypto_wycheproof_rsa_pss, NULL },
    { "wycheproof_rsa_pss_misc.kv", crypto_wycheproof_rsa_pss, NULL },
    { "wycheproof_rsa_signature_2048_sha256.kv", crypto_wycheproof_rsa_pkcs1, NULL },
    { "wycheproof_rsa_signature_3072_sha384.kv", crypto_wycheproof_rsa_pkcs1, NULL },
    { "wycheproof_x25519.kv", crypto_wycheproof_x25519, NULL },
    { "wycheproof_x448.kv", NULL, curve448 },
};

enum { N_ROWS = sizeof rows / sizeof rows[0] };

static void skip_all(struct run *run, const struct kv_record *record)
{
    for (size_t i = 0; i < N_ROWS; i++) {
        if (strcmp(rows[i].file, run->file) == 0)
            run_skip(run, rows[i].reason);
    }
    (void)record;
}

/* Another collection of vectors may lack files. */
static bool is_there(const char *file)
{
    char name[512];
    struct text text;
    bool there;

    (void)snprintf(name, sizeof name, "crypto/%s", file);
    there = text_open(&text, name);
    text_close(&text);
    return there;
}

static bool row_holds(struct run *run, const struct row *row)
{
    if (!is_there(row->file)) {
        (void)printf("%s: is not there\n", row->file);
        return true;
    }
    if (!run_file(run, row->file, row->record != NULL ? row->record : skip_all))
        return false;
    if (row->record == NULL || run->n_run != 0)
        return true;
    if (row->reason != NULL) {
        (void)printf("%s: nothing to run: %s\n", row->file, row->reason);
        return true;
    }
    (void)printf("%s: no record was run\n", row->file);
    return false;
}

static bool has_row(const char *file)
{
    for (size_t i = 0; i < N_ROWS; i++) {
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
    char path[4096];
    DIR *directory;
    struct run run;
    size_t n_run = 0;
    bool good;

    (void)snprintf(path, sizeof path, "%s/crypto", vectors != NULL ? vectors : ".");
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
    for (size_t i = 0; i < N_ROWS; i++) {
        good = row_holds(&run, &rows[i]) && good;
        n_run += run.n_run;
        run.n_run = 0;
    }
    run_clear(&run);
    (void)printf("%zu records run\n", n_run);
    return good && n_run != 0 ? 0 : 1;
}
