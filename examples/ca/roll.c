#include "roll.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/nearest.h"

static const char *state_of(const struct ledger_entry *e, int64_t now)
{
    if (e->revoked != 0)
        return "revoked";
    return e->until < now ? "over" : "good";
}

/* --- The list ---------------------------------------------------------------------------- */

static void print_text(const struct authority *a)
{
    char until[CERTIFICATE_DAY_TEXT];
    struct ledger_entry e;
    size_t i, n = ledger_count(&a->ledger);

    if (n == 0)
        (void)printf("nothing has been issued\n");
    for (i = 0; i < n; i++) {
        if (!ledger_get(&a->ledger, i, &e))
            continue;
        certificate_day(e.until, until);
        (void)printf("%s  %s  until %s  %-32s  %s%s%s\n", e.kind, e.serial, until, e.name,
                     state_of(&e, a->now), e.revoked != 0 ? ": " : "",
                     e.revoked != 0 ? ledger_reason_word(e.reason) : "");
    }
}

static void print_json(const struct authority *a)
{
    json_t *list = json_array();
    struct ledger_entry e;
    size_t i;

    for (i = 0; i < ledger_count(&a->ledger); i++) {
        json_t *one;

        if (!ledger_get(&a->ledger, i, &e))
            continue;
        one = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:s}", "kind", e.kind, "serial", e.serial,
                        "name", e.name, "files", e.stem, "from", (json_int_t)e.from, "until",
                        (json_int_t)e.until, "state", state_of(&e, a->now));
        if (e.revoked != 0) {
            (void)json_object_set_new(one, "revoked", json_integer(e.revoked));
            (void)json_object_set_new(one, "reason", json_string(ledger_reason_word(e.reason)));
        }
        (void)json_array_append_new(list, one);
    }
    (void)json_dumpf(list, stdout, JSON_INDENT(1));
    (void)putchar('\n');
    json_decref(list);
}

void roll_print(const struct authority *a, bool json)
{
    if (json)
        print_json(a);
    else
        print_text(a);
}

/* --- Revocation -------------------------------------------------------------------------- */

/* Also as other programs print it: lower case, with colons. */
static bool is_serial(const char *serial, const char *text)
{
    while (*text == '0' || *text == ':')
        text++;
    for (; *text != '\0'; text++) {
        if (*text == ':')
            continue;
        if (toupper((unsigned char)*text) != *serial)
            return false;
        serial++;
    }
    return *serial == '\0';
}

static bool fits(const struct ledger_entry *e, const char *which)
{
    return strcmp(e->name, which) == 0 || is_serial(e->serial, which);
}

static void suggest(const struct authority *a, const char *which, struct problem *why)
{
    size_t i, n = 0, count = ledger_count(&a->ledger);
    const char **names = calloc(count + 1, sizeof *names), *near;
    struct ledger_entry e;

    for (i = 0; names != NULL && i < count; i++) {
        if (ledger_get(&a->ledger, i, &e))
            names[n++] = e.name;
    }
    near = names != NULL ? nearest_word(which, names, n) : NULL;
    problem_set(why, "no certificate of that name or serial number has been issued: '%s'%s%s%s",
                which, near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
                near != NULL ? "'?" : "; 'ca list' shows all");
    free(names);
}

/* How many there are to revoke; 0 after a problem. */
static size_t count_of(const struct authority *a, const char *which, struct problem *why)
{
    const char *kind = NULL;
    struct ledger_entry e;
    size_t i, n = 0, revoked = 0;

    for (i = 0; i < ledger_count(&a->ledger); i++) {
        if (!ledger_get(&a->ledger, i, &e) || !fits(&e, which))
            continue;
        revoked += e.revoked != 0;
        if (e.revoked != 0)
            continue;
        if (kind != NULL && strcmp(kind, e.kind) != 0) {
            problem_set(why,
                        "both a server and a client are called '%s': name the serial number, "
                        "which 'ca list' shows",
                        which);
            return 0;
        }
        kind = e.kind;
        n++;
    }
    if (n == 0 && revoked > 0)
        problem_set(why, "'%s' has been revoked already: nothing was changed", which);
    else if (n == 0)
        suggest(a, which, why);
    return n;
}

bool roll_revoke(struct authority *a, const char *which, int reason, struct problem *why)
{
    struct ledger_entry e;
    size_t i;

    if (count_of(a, which, why) == 0)
        return false;
    for (i = 0; i < ledger_count(&a->ledger); i++) {
        if (!ledger_get(&a->ledger, i, &e) || !fits(&e, which) || e.revoked != 0)
            continue;
        if (!ledger_revoke(&a->ledger, i, a->now, reason)) {
            problem_set(why, "out of memory");
            return false;
        }
        (void)printf("revoked: %s %s, serial number %s\n", e.kind, e.name, e.serial);
    }
    /* What is revoked stays so, even if the CRL cannot be written now. */
    return ledger_save(&a->ledger, &a->store, why) && authority_renew_crl(a, 0, why);
}
