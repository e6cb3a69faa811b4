/* vectors/test_x509.c - chains of certificates, good and bad, and malformed ones. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "vectors/x509.h"

enum { PATH_ROOM = 512, FILES_MAX = 16 };

/* Anchor first, end entity last; in files. */
static void pkits(struct run *run, const struct kv_record *r)
{
    struct text files[FILES_MAX];
    struct chain c = { .utc_seconds = chain_time("2011-04-15 00:00:00", 4) };
    size_t n = 0;

    while (n < FILES_MAX && kv_nth(r, "cert", n) != NULL) {
        char path[PATH_ROOM];

        (void)snprintf(path, sizeof path, "x509/pkits/certs/%s", kv_nth(r, "cert", n));
        if (!text_open(&files[n], path))
            break;
        n++;
    }
    if (n == 0 || kv_nth(r, "cert", n) != NULL) {
        (void)printf("%s: files are missing\n", kv_get(r, "name"));
        run_expect(run, r, false);
    } else {
        chain_trust(&c, bytes_of(files[0].chars, files[0].len));
        for (size_t i = n - 1; i > 0; i--)
            chain_send(&c, bytes_of(files[i].chars, files[i].len));
        (void)chain_claim_subject(&c);
        chain_report(run, r, x509_pkits_exceptions, &c);
    }
    while (n > 0)
        text_close(&files[--n]);
}

static ike2_bytes octets_of(const struct kv_record *r, const char *hex)
{
    ike2_bytes out = { 0 };

    if (!text_hex(&r->file->text, hex, &out))
        (void)printf("%s: no hex\n", kv_get(r, "name"));
    return out;
}

static void send_all(struct chain *c, const struct kv_record *r, const char *field, size_t n)
{
    for (size_t i = 0; i < n && kv_nth(r, field, i) != NULL; i++)
        chain_send(c, octets_of(r, kv_nth(r, field, i)));
}

/* End entity first, anchor last. */
static void boringssl(struct run *run, const struct kv_record *r)
{
    bool is_now = kv_is(r, "utc_time", "DEFAULT");
    struct chain c = { .utc_seconds = is_now ? chain_time("2021-10-05T12:00:00", 4)
                                             : chain_time(kv_get(r, "utc_time"), 2) };
    size_t n = 0;

    while (kv_nth(r, "cert", n) != NULL)
        n++;
    /* A chain of one is a pinned certificate. */
    send_all(&c, r, "cert", n > 1 ? n - 1 : 1);
    chain_trust(&c, octets_of(r, kv_nth(r, "cert", n - 1)));
    (void)chain_claim_subject(&c);
    chain_report(run, r, x509_boringssl_exceptions, &c);
}

/* "DNS:example.com" */
static void claim_peer(struct chain *c, const char *name)
{
    if (strncmp(name, "DNS:", 4) == 0)
        c->id = (ike2_id){ .type = IKE2_ID_FQDN, .data = bytes_of(name + 4, strlen(name + 4)) };
    else
        (void)chain_claim_subject(c);
}

static void limbo(struct run *run, const struct kv_record *r)
{
    const char *time = kv_get(r, "validation_time");
    bool is_now = time == NULL || *time == '\0';
    struct chain c = { .utc_seconds = chain_time(is_now ? "2023-12-02T00:00:00" : time, 4) };

    send_all(&c, r, "peer", 1);
    send_all(&c, r, "intermediate", X509_CERTS_MAX - 1);
    for (size_t i = 0; kv_nth(r, "trusted", i) != NULL; i++)
        chain_trust(&c, octets_of(r, kv_nth(r, "trusted", i)));
    claim_peer(&c, kv_get(r, "expected_peer_name"));
    chain_report(run, r, x509_limbo_exceptions, &c);
}

int main(void)
{
    struct run run;
    bool good;

    if (vectors_directory() == NULL) {
        (void)printf("skipped: there are no reference vectors; see IKE2_VECTORS\n");
        return VECTORS_SKIPPED;
    }
    if (!run_init(&run)) {
        (void)printf("there is no provider\n");
        return 1;
    }
    run.directory = "x509";
    good = run_file(&run, "pkits/pkits.kv", pkits);
    good = run_file(&run, "chain/boringssl_chain.kv", boringssl) && good;
    good = run_file(&run, "chain/limbo_2023.kv", limbo) && good;
    good = x509_malformed(&run) && good;
    run_clear(&run);
    return good ? 0 : 1;
}
