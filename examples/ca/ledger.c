#include "ledger.h"

#include <stdlib.h>
#include <string.h>

enum { FORMAT = 1 };

static const char file_name[] = "ledger.json";

const struct ledger_reason ledger_reasons[] = {
    { "unspecified", 0 },         { "key-compromise", 1 }, { "ca-compromise", 2 },
    { "affiliation-changed", 3 }, { "superseded", 4 },     { "cessation-of-operation", 5 },
    { "privilege-withdrawn", 9 },
};
const size_t ledger_n_reasons = sizeof ledger_reasons / sizeof ledger_reasons[0];

const char *ledger_reason_word(int code)
{
    size_t i;

    for (i = 0; i < ledger_n_reasons; i++) {
        if (ledger_reasons[i].code == code)
            return ledger_reasons[i].word;
    }
    return "unknown";
}

/* --- The file ---------------------------------------------------------------------------- */

bool ledger_new(struct ledger *l, const struct ledger_setup *setup, struct problem *why)
{
    l->root = json_pack("{s:i, s:s, s:I, s:I, s:[]}", "format", FORMAT, "crl_url", setup->crl_url,
                        "crl_days", (json_int_t)setup->crl_days, "crl_number", (json_int_t)0,
                        "certificates");
    if (l->root == NULL)
        problem_set(why, "the URL of the CRL is no UTF-8, or memory is short");
    return l->root != NULL;
}

static bool is_ledger(const json_t *root)
{
    return json_integer_value(json_object_get(root, "format")) == FORMAT &&
           json_is_string(json_object_get(root, "crl_url")) &&
           json_is_integer(json_object_get(root, "crl_days")) &&
           json_is_integer(json_object_get(root, "crl_number")) &&
           json_is_array(json_object_get(root, "certificates"));
}

bool ledger_load(struct ledger *l, const struct store *s, struct problem *why)
{
    char path[STORE_PATH];
    struct file_text text;
    struct ledger_entry entry;
    json_error_t error;
    bool ok;
    size_t i;

    l->root = NULL;
    if (!store_read(s, file_name, &text, why))
        return false;
    store_path(s, file_name, path);
    l->root = json_loadb(text.text, text.len, 0, &error);
    file_free(&text);
    if (l->root == NULL) {
        problem_set(why, "%s:%d: %s", path, error.line, error.text);
        return false;
    }
    ok = is_ledger(l->root);
    for (i = 0; ok && i < ledger_count(l); i++)
        ok = ledger_get(l, i, &entry);
    if (!ok) {
        problem_set(why, "%s is not the ledger of a CA of this version", path);
        ledger_free(l);
    }
    return ok;
}

bool ledger_save(const struct ledger *l, const struct store *s, struct problem *why)
{
    char *text = json_dumps(l->root, JSON_INDENT(1));
    size_t len = text != NULL ? strlen(text) : 0;
    bool ok = false;

    if (text == NULL)
        problem_set(why, "out of memory");
    else if (len > FILE_MAX)
        problem_set(why, "the ledger is full: begin a new CA beside this one");
    else
        ok = store_write(s, file_name, (ike2_bytes){ .ptr = (const uint8_t *)text, .len = len },
                         STORE_PUBLIC, why);
    free(text);
    return ok;
}

void ledger_free(struct ledger *l)
{
    json_decref(l->root);
    l->root = NULL;
}

/* --- What is in it ----------------------------------------------------------------------- */

void ledger_setup_of(const struct ledger *l, struct ledger_setup *out)
{
    out->crl_url = json_string_value(json_object_get(l->root, "crl_url"));
    out->crl_days = (uint32_t)json_integer_value(json_object_get(l->root, "crl_days"));
}

int64_t ledger_next_crl(struct ledger *l)
{
    json_t *number = json_object_get(l->root, "crl_number");
    json_int_t next = json_integer_value(number) + 1;

    (void)json_integer_set(number, next);
    return next;
}

static json_t *certificates(const struct ledger *l)
{
    return json_object_get(l->root, "certificates");
}

size_t ledger_count(const struct ledger *l)
{
    return json_array_size(certificates(l));
}

bool ledger_get(const struct ledger *l, size_t i, struct ledger_entry *out)
{
    json_int_t from = 0, until = 0, revoked = 0;

    *out = (struct ledger_entry){ 0 };
    if (json_unpack(json_array_get(certificates(l), i), "{s:s, s:s, s:s, s:s, s:I, s:I, s?I, s?i}",
                    "serial", &out->serial, "kind", &out->kind, "name", &out->name, "files",
                    &out->stem, "from", &from, "until", &until, "revoked", &revoked, "reason",
                    &out->reason) != 0)
        return false;
    out->from = from;
    out->until = until;
    out->revoked = revoked;
    return true;
}

bool ledger_add(struct ledger *l, const struct ledger_entry *e)
{
    return json_array_append_new(certificates(l),
                                 json_pack("{s:s, s:s, s:s, s:s, s:I, s:I}", "serial", e->serial,
                                           "kind", e->kind, "name", e->name, "files", e->stem,
                                           "from", (json_int_t)e->from, "until",
                                           (json_int_t)e->until)) == 0;
}

bool ledger_revoke(struct ledger *l, size_t i, int64_t when, int reason)
{
    json_t *entry = json_array_get(certificates(l), i);

    return json_object_set_new(entry, "revoked", json_integer(when)) == 0 &&
           json_object_set_new(entry, "reason", json_integer(reason)) == 0;
}

bool ledger_is_good(const struct ledger_entry *e, int64_t now)
{
    return e->revoked == 0 && e->until >= now;
}

bool ledger_find_good(const struct ledger *l, const char *stem, int64_t now,
                      struct ledger_entry *out)
{
    size_t i;

    for (i = ledger_count(l); i > 0; i--) {
        if (ledger_get(l, i - 1, out) && strcmp(out->stem, stem) == 0 && ledger_is_good(out, now))
            return true;
    }
    return false;
}
