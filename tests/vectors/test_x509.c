/* vectors/test_x509.c - octets that are no certificates and no CRLs, in every place where one is
 * expected. Paths are for tools/check_paths.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ike2/error.h>
#include <ike2/iana.h>

#include "base/bytes.h"
#include "vectors/tsv.h"
#include "vectors/x509.h"

enum { CERTS_MAX = 4, NOW = 1302825600 /* 2011-04-15, for PKITS */ };

/* A chain that is good but for its signature. */
static const char *const good_files[] = {
    "x509/pkits/certs/TrustAnchorRootCertificate.crt",
    "x509/pkits/certs/GoodCACert.crt",
    "x509/pkits/certs/ValidCertificatePathTest1EE.crt",
    "x509/pkits/crls/TrustAnchorRootCRL.crl",
    "x509/pkits/crls/GoodCACRL.crl",
};

enum { N_GOOD = sizeof good_files / sizeof good_files[0] };

struct good {
    struct text files[N_GOOD];
    struct chain chain;
};

static bool good_open(struct good *g)
{
    *g = (struct good){ .chain = { .utc_seconds = NOW } };
    for (size_t i = 0; i < N_GOOD; i++) {
        if (!text_open(&g->files[i], good_files[i]))
            return false;
    }
    chain_trust(&g->chain, bytes_of(g->files[0].chars, g->files[0].len));
    chain_send(&g->chain, bytes_of(g->files[2].chars, g->files[2].len));
    chain_send(&g->chain, bytes_of(g->files[1].chars, g->files[1].len));
    g->chain.revocation = IKE2_X509_REVOCATION_HARD;
    chain_give_crl(&g->chain, bytes_of(g->files[3].chars, g->files[3].len));
    chain_give_crl(&g->chain, bytes_of(g->files[4].chars, g->files[4].len));
    return chain_claim_subject(&g->chain) && chain_is_good(&g->chain);
}

static void good_close(struct good *g)
{
    for (size_t i = 0; i < N_GOOD; i++)
        text_close(&g->files[i]);
}

/* Alone it leads nowhere; beside what is good, or as one more anchor, it does no harm. */
static bool is_harmless(const struct good *g, ike2_bytes octets)
{
    struct chain alone = { .utc_seconds = g->chain.utc_seconds, .id = g->chain.id };
    struct chain beside = g->chain, trusted = g->chain;
    uint32_t reason;

    chain_send(&alone, octets);
    chain_trust(&alone, g->chain.anchors[0]);
    chain_send(&beside, octets);
    chain_trust(&trusted, octets);
    reason = chain_verdict(&alone, NULL);
    return reason != IKE2_X509_SIGNATURE && reason != IKE2_X509_IDENTITY &&
           chain_is_good(&beside) && chain_is_good(&trusted);
}

/* It says nothing about anybody, and does no harm beside what does. */
static bool is_no_crl(const struct good *g, ike2_bytes octets)
{
    struct chain alone = g->chain, beside = g->chain;

    alone.n_crls = 0;
    chain_send_crl(&alone, octets);
    chain_give_crl(&alone, octets);
    chain_send_crl(&beside, octets);
    chain_give_crl(&beside, octets);
    return chain_verdict(&alone, NULL) == IKE2_X509_NO_CRL && chain_is_good(&beside);
}

/* What reads configurations. */
static bool is_readable(ike2_bytes octets)
{
    uint8_t *room = malloc(octets.len + 1), hash[20];
    ike2_buffer buffer = { .ptr = room, .cap = octets.len };
    ike2_bytes certificates[CERTS_MAX];
    size_t n = CERTS_MAX;
    ike2_err cut, hashed;

    if (room == NULL)
        abort();
    cut = ike2_mbedtls_certificates(octets, &buffer, certificates, &n);
    hashed = ike2_mbedtls_key_hash(octets, hash);
    free(room);
    return (cut == IKE2_OK || cut == IKE2_ERR_MALFORMED) &&
           (hashed == IKE2_OK || hashed == IKE2_ERR_MALFORMED) &&
           (cut == IKE2_OK || hashed == IKE2_ERR_MALFORMED);
}

/* As an identity of any type it is not that of the certificate. */
static bool is_nobody(const struct good *g, ike2_bytes octets)
{
    bool good = true;

    for (unsigned type = 0; type <= IKE2_ID_NULL + 1; type++) {
        struct chain c = g->chain;

        c.id = (ike2_id){ .type = (uint8_t)type, .data = octets };
        good = chain_verdict(&c, NULL) == IKE2_X509_IDENTITY && good;
    }
    return good;
}

typedef bool row_holds(const struct good *g, const struct tsv_row *row, ike2_bytes octets);

static bool corpus_row(const struct good *g, const struct tsv_row *row, ike2_bytes octets)
{
    (void)row;
    return is_harmless(g, octets) && is_no_crl(g, octets) && is_readable(octets) &&
           is_nobody(g, octets);
}

/* mbedTLS takes them, and an OBJECT IDENTIFIER without octets in their subjects, X.690 8.19.2. */
static bool has_empty_oid(const char *name)
{
    static const char *const names[] = {
        "# signature = empty bit string in DER encoding",
        "X509 CRT ASN1 (well-formed)",
        "X509 CRT ASN1 (UTCTime in notBefore, GeneralizedTime in notAfter)",
        "X509 CRT ASN1 (Name with X520 C)",
        "X509 CRT ASN1 (Name with X520 ST)",
        "X509 CRT ASN1 (Name with X520 OU)",
        "X509 CRT ASN1 (Name with unknown PKCS9 part)",
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

/* mbedTLS's own tests of its parser tell which certificates parse. */
static bool parser_row(const struct good *g, const struct tsv_row *row, ike2_bytes octets)
{
    bool is_accepted = strcmp(row->cells[2], "accept") == 0 && !has_empty_oid(row->cells[1]);
    struct chain c = { .utc_seconds = g->chain.utc_seconds, .id = g->chain.id };
    bool is_malformed;

    if (!corpus_row(g, row, octets))
        return false;
    if (strcmp(row->cells[0], "crt") != 0)
        return true;
    chain_send(&c, octets);
    chain_trust(&c, g->chain.anchors[0]);
    is_malformed = chain_verdict(&c, NULL) == IKE2_X509_MALFORMED;
    return is_malformed != is_accepted;
}

static bool run_table(struct run *run, const struct good *g, const char *name, row_holds *holds)
{
    struct tsv_file file;
    struct tsv_row row;
    ike2_bytes octets;

    run->file = name;
    run->n_reasons = run->n_run = run->n_failed = 0;
    if (!tsv_open(&file, name)) {
        (void)printf("%s: cannot be read\n", name);
        return false;
    }
    while (tsv_next(&file, &row)) {
        run->n_run++;
        if (tsv_octets(&row, row.n - 1, &octets) && holds(g, &row, octets))
            continue;
        run->n_failed++;
        (void)printf("%s: %s FAILED\n", name, row.cells[row.n > 2 ? 1 : 0]);
    }
    run_report(run);
    tsv_close(&file);
    return run->n_failed == 0 && run->n_run != 0;
}

int main(void)
{
    static const char *const corpora[] = {
        "malformed/strongswan_certs.tsv",       "malformed/strongswan_certs-crash.tsv",
        "malformed/strongswan_crls.tsv",        "malformed/strongswan_ids.tsv",
        "malformed/strongswan_ocsp_req.tsv",    "malformed/strongswan_ocsp_rsp.tsv",
    };
    struct run run = { 0 };
    struct good g;
    bool good;

    if (vectors_directory() == NULL) {
        (void)printf("skipped: there are no reference vectors; see IKE2_VECTORS\n");
        return VECTORS_SKIPPED;
    }
    good = good_open(&g);
    if (!good)
        (void)printf("malformed/: there is no good chain to compare with\n");
    for (size_t i = 0; good && i < sizeof corpora / sizeof corpora[0]; i++)
        good = run_table(&run, &g, corpora[i], corpus_row);
    good = good && run_table(&run, &g, "malformed/mbedtls_x509parse.tsv", parser_row);
    good_close(&g);
    return good ? 0 : 1;
}
