#include "issue.h"

#include <stdio.h>
#include <string.h>

#include "key.h"
#include "pem.h"

/* "STEM.key" */
static void file_of(const char *stem, const char *end, char name[STORE_PATH])
{
    (void)snprintf(name, STORE_PATH, "%s.%s", stem, end);
}

/* --- A key of a certificate that counts no more ------------------------------------------ */

static bool last_of(const struct ledger *l, const char *stem, struct ledger_entry *out)
{
    size_t i;

    for (i = ledger_count(l); i > 0; i--) {
        if (ledger_get(l, i - 1, out) && strcmp(out->stem, stem) == 0)
            return true;
    }
    return false;
}

static bool retire_one(struct authority *a, const char *stem, const char *end, const char *serial,
                       struct problem *why)
{
    char from[STORE_PATH], to[STORE_PATH];

    file_of(stem, end, from);
    (void)snprintf(to, sizeof to, "retired/%s.%s", serial, end);
    /* Where there is one already, an interrupted call has put the new one in its place. */
    return !store_has(&a->store, from) || store_has(&a->store, to) ||
           store_move(&a->store, from, to, why);
}

/* The key of a certificate that was revoked may be known to others: the next one gets a new one.
 * Nothing is deleted. */
static bool retire(struct authority *a, const char *stem, struct problem *why)
{
    struct ledger_entry last;

    return !last_of(&a->ledger, stem, &last) || (retire_one(a, stem, "key", last.serial, why) &&
                                                 retire_one(a, stem, "password", last.serial, why));
}

/* --- Issuing ----------------------------------------------------------------------------- */

static void issued_name(const char *serial, char name[STORE_PATH])
{
    (void)snprintf(name, STORE_PATH, "issued/%s.pem", serial);
}

static bool sign(struct issue *i, struct authority *a, const struct issue_wish *wish,
                 struct problem *why)
{
    struct certificate_dates dates = certificate_dates_of(a->now, wish->days);
    int64_t end = authority_until(a);

    if (end <= a->now) {
        problem_set(why, "the CA's own certificate is over: make a new CA in another directory");
        return false;
    }
    i->cut = dates.until > end;
    if (i->cut)
        dates.until = end;
    i->entry.from = dates.from;
    i->entry.until = dates.until;
    i->certificate = certificate_issue(&a->issuer, i->key, &wish->subject, &dates, why);
    return i->certificate != NULL;
}

/* In the ledger before it is where a user finds it. */
static bool record(struct issue *i, struct authority *a, const struct subject *subject,
                   struct problem *why)
{
    char serial[CERTIFICATE_SERIAL_TEXT], name[STORE_PATH];
    struct ledger_entry *e = &i->entry;

    certificate_serial(i->certificate, serial);
    e->serial = serial;
    e->kind = subject_word(subject->kind);
    e->name = subject->names[0];
    e->stem = i->stem;
    issued_name(serial, name);
    if (!pem_write_certificate(&a->store, name, i->certificate, why))
        return false;
    if (!ledger_add(&a->ledger, e)) {
        problem_set(why, "out of memory");
        return false;
    }
    return ledger_save(&a->ledger, &a->store, why) &&
           ledger_get(&a->ledger, ledger_count(&a->ledger) - 1, e);
}

static bool publish(struct issue *i, struct authority *a, struct problem *why)
{
    char name[STORE_PATH];

    file_of(i->stem, "pem", name);
    return pem_write_certificate(&a->store, name, i->certificate, why);
}

/* One counts, and its file is not there: the call that made it was interrupted. */
static bool finish(struct issue *i, struct authority *a, struct problem *why)
{
    char name[STORE_PATH];

    i->finished = true;
    issued_name(i->entry.serial, name);
    i->certificate = pem_load_certificate(&a->store, name, why);
    file_of(i->stem, "key", name);
    i->key = i->certificate != NULL ? key_load(&a->store, name, why) : NULL;
    return i->key != NULL && publish(i, a, why);
}

bool issue_make(struct issue *i, struct authority *a, const struct issue_wish *wish,
                struct problem *why)
{
    char name[STORE_PATH], day[CERTIFICATE_DAY_TEXT];
    bool is_there;

    *i = (struct issue){ .stem = "" };
    if (!subject_check(&wish->subject, why))
        return false;
    subject_stem(&wish->subject, i->stem);
    is_there = ledger_find_good(&a->ledger, i->stem, a->now, &i->entry);
    file_of(i->stem, "pem", name);
    if (is_there && !store_has(&a->store, name))
        return finish(i, a, why);
    if (is_there && !wish->renew) {
        certificate_day(i->entry.until, day);
        problem_set(why,
                    "%s/%s counts until %s: nothing was changed. --renew makes another one for the "
                    "same key; 'ca revoke' comes first if the key is lost",
                    a->store.dir, name, day);
        return false;
    }
    if (!is_there && !retire(a, i->stem, why))
        return false;
    file_of(i->stem, "key", name);
    i->key = key_take(&a->store, name, wish->key, why);
    return i->key != NULL && sign(i, a, wish, why) && record(i, a, &wish->subject, why) &&
           publish(i, a, why);
}

void issue_free(struct issue *i)
{
    EVP_PKEY_free(i->key);
    X509_free(i->certificate);
}
