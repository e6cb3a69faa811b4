#include "authority.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <openssl/rand.h>

#include "crl.h"
#include "key.h"
#include "pem.h"

enum { NAME_OCTETS = 4, NAME_TEXT = 32, DAY = 24 * 3600 };

/* Two CAs of one name are told apart by their keys alone, which not every peer does. */
static bool name_it(char name[NAME_TEXT])
{
    unsigned char r[NAME_OCTETS];

    if (RAND_bytes(r, sizeof r) != 1)
        return false;
    (void)snprintf(name, NAME_TEXT, "VPN CA %02X%02X%02X%02X", r[0], r[1], r[2], r[3]);
    return true;
}

static void begin(struct authority *a)
{
    *a = (struct authority){ .store = { .fd = -1 }, .issuer = { .crl_url = "" } };
    a->now = (int64_t)time(NULL);
}

static bool write_der(const struct store *s, X509 *x, struct problem *why)
{
    unsigned char *der = NULL;
    int len = i2d_X509(x, &der);
    bool ok = len > 0;

    if (ok)
        ok = store_write(s, "ca.cer", (ike2_bytes){ .ptr = der, .len = (size_t)len }, STORE_PUBLIC,
                         why);
    else
        problem_set(why, "out of memory");
    OPENSSL_free(der);
    return ok;
}

/* ca.pem comes last: what is there without it belongs to a call that was interrupted. */
static bool make(struct authority *a, const struct authority_plan *plan, struct problem *why)
{
    struct certificate_dates dates = certificate_dates_of(a->now, plan->days);
    char own_name[NAME_TEXT] = "";
    const char *name = plan->name != NULL ? plan->name : own_name;

    a->issuer.key = key_take(&a->store, "ca.key", plan->key, why);
    if (a->issuer.key == NULL)
        return false;
    if (plan->name == NULL && !name_it(own_name)) {
        problem_set(why, "libcrypto has no random octets");
        return false;
    }
    a->issuer.certificate = certificate_of_ca(a->issuer.key, name, plan->organization, &dates, why);
    return a->issuer.certificate != NULL && ledger_new(&a->ledger, &plan->setup, why) &&
           ledger_save(&a->ledger, &a->store, why) && authority_renew_crl(a, 0, why) &&
           write_der(&a->store, a->issuer.certificate, why) &&
           pem_write_certificate(&a->store, "ca.pem", a->issuer.certificate, why);
}

bool authority_init(struct authority *a, const char *dir, const struct authority_plan *plan,
                    struct problem *why)
{
    begin(a);
    if (!store_make(&a->store, dir, why))
        return false;
    if (store_has(&a->store, "ca.pem")) {
        problem_set(why,
                    "there is a CA in %s: nothing was changed. For a second one name another "
                    "directory with --dir",
                    dir);
        return false;
    }
    return make(a, plan, why);
}

static bool load(struct authority *a, struct problem *why)
{
    struct ledger_setup setup;

    a->issuer.certificate = pem_load_certificate(&a->store, "ca.pem", why);
    if (a->issuer.certificate == NULL)
        return false;
    a->issuer.key = key_load(&a->store, "ca.key", why);
    if (a->issuer.key == NULL || !ledger_load(&a->ledger, &a->store, why))
        return false;
    ledger_setup_of(&a->ledger, &setup);
    a->issuer.crl_url = setup.crl_url;
    if (X509_check_private_key(a->issuer.certificate, a->issuer.key) == 1)
        return true;
    problem_set(why, "%s/ca.key is not the private key of %s/ca.pem", a->store.dir, a->store.dir);
    return false;
}

bool authority_open(struct authority *a, const char *dir, struct problem *why)
{
    begin(a);
    if (!store_open(&a->store, dir, why))
        return false;
    if (!store_has(&a->store, "ca.pem")) {
        problem_set(why,
                    "there is no CA in %s: make one with 'ikev2-server ca init', or name its "
                    "directory with --dir",
                    dir);
        return false;
    }
    return load(a, why);
}

void authority_close(struct authority *a)
{
    X509_free(a->issuer.certificate);
    EVP_PKEY_free(a->issuer.key);
    ledger_free(&a->ledger);
    store_close(&a->store);
}

int64_t authority_until(const struct authority *a)
{
    struct tm tm = { 0 };

    return ASN1_TIME_to_tm(X509_get0_notAfter(a->issuer.certificate), &tm) == 1
               ? (int64_t)timegm(&tm)
               : 0;
}

bool authority_renew_crl(struct authority *a, uint32_t days, struct problem *why)
{
    struct certificate_dates dates = { .from = a->now };
    struct ledger_setup setup;

    ledger_setup_of(&a->ledger, &setup);
    dates.until = a->now + (int64_t)(days != 0 ? days : setup.crl_days) * DAY;
    return crl_write(&a->store, &a->ledger, &a->issuer, &dates, why);
}
