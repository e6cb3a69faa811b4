#include "lint.h"

#include <string.h>

#include <jansson.h>
#include <openssl/pem.h>

#include "common/file.h"
#include "rules.h"

enum { FILE_CERTIFICATES = 16 };

typedef STACK_OF(X509) certificates;

/* --- One certificate --------------------------------------------------------------------- */

static struct look look_at(X509 *x, const char *name)
{
    struct look l = { .x = x, .name = name };
    int key_nid = 0;

    (void)X509_check_purpose(x, -1, 0); /* reads the extensions */
    l.flags = X509_get_extension_flags(x);
    l.usage = X509_get_key_usage(x);
    l.key = X509_get0_pubkey(x);
    l.key_type = l.key != NULL ? EVP_PKEY_get_base_id(l.key) : EVP_PKEY_NONE;
    (void)X509_get_signature_info(x, &l.hash, &key_nid, NULL, NULL);
    l.pss = key_nid == NID_rsassaPss || l.key_type == EVP_PKEY_RSA_PSS;
    l.purposes = X509_get_ext_d2i(x, NID_ext_key_usage, NULL, NULL);
    l.names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
    return l;
}

static void look_free(struct look *l)
{
    sk_ASN1_OBJECT_pop_free(l->purposes, ASN1_OBJECT_free);
    GENERAL_NAMES_free(l->names);
}

static enum lint_role role_of(const struct look *l)
{
    if ((l->flags & EXFLAG_CA) != 0)
        return LINT_CA;
    return rules_has_purpose(l, "1.3.6.1.5.5.7.3.2") && !rules_has_purpose(l, "1.3.6.1.5.5.7.3.1")
               ? LINT_CLIENT
               : LINT_SERVER;
}

/* More than a report holds are left out: it has failed anyway. */
static void add(struct lint_report *r, struct lint_finding f)
{
    if (r->n < LINT_MAX)
        r->list[r->n++] = f;
}

static void judge(X509 *x, enum lint_role role, const char *name, size_t number,
                  struct lint_report *out)
{
    struct look l = look_at(x, name);
    size_t i, n = rules[0].is_broken(&l) ? 1 : n_rules;

    l.role = role != LINT_GUESS ? role : role_of(&l);
    for (i = 0; i < n; i++) {
        const struct rule *r = &rules[i];

        if ((r->roles & 1u << l.role) != 0 && r->is_broken(&l))
            add(out, (struct lint_finding){ .number = number,
                                            .note = r->note,
                                            .rule = r->name,
                                            .who = r->who,
                                            .what = r->what,
                                            .remedy = r->remedy });
    }
    look_free(&l);
}

void lint_certificate(X509 *x, enum lint_role role, const char *name, struct lint_report *out)
{
    out->n = 0;
    judge(x, role, name, 1, out);
}

/* --- A file ------------------------------------------------------------------------------ */

static certificates *read_all(const struct file_text *text)
{
    BIO *bio = BIO_new_mem_buf(text->text, (int)text->len);
    certificates *list = sk_X509_new_null();
    const unsigned char *der = (const unsigned char *)text->text;
    X509 *x = d2i_X509(NULL, &der, (long)text->len);

    if (x == NULL)
        x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    while (x != NULL && sk_X509_num(list) < FILE_CERTIFICATES && sk_X509_push(list, x) > 0)
        x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    X509_free(x);
    BIO_free(bio);
    return list;
}

/* Who is next to whom; RFC 7296 3.6 wants the end entity first only. */
static void judge_order(certificates *list, struct lint_report *out)
{
    int i;

    for (i = 0; i + 1 < sk_X509_num(list); i++) {
        if (X509_check_issued(sk_X509_value(list, i + 1), sk_X509_value(list, i)) == X509_V_OK)
            continue;
        add(out, (struct lint_finding){ .number = (size_t)i + 1,
                                        .note = true,
                                        .rule = "order",
                                        .who = "peers that do not sort",
                                        .what = "the one behind it has not issued it",
                                        .remedy = "the own one first, then each one's issuer" });
        return;
    }
}

bool lint_file(const char *path, enum lint_role role, const char *name, struct lint_report *out,
               struct problem *why)
{
    struct file_text text;
    certificates *list;
    bool found;
    int i;

    out->n = 0;
    if (!file_read(path, &text, why))
        return false;
    list = read_all(&text);
    file_free(&text);
    found = sk_X509_num(list) > 0;
    if (!found)
        problem_set(why, "%s holds no certificate: PEM (BEGIN CERTIFICATE) or DER is expected",
                    path);
    for (i = 0; i < sk_X509_num(list); i++)
        judge(sk_X509_value(list, i), i == 0 ? role : LINT_CA, i == 0 ? name : NULL, (size_t)i + 1,
              out);
    judge_order(list, out);
    sk_X509_pop_free(list, X509_free);
    return found;
}

/* --- The report -------------------------------------------------------------------------- */

bool lint_has_failed(const struct lint_report *r)
{
    size_t i;

    for (i = 0; i < r->n; i++) {
        if (!r->list[i].note)
            return true;
    }
    return false;
}

void lint_line(const struct lint_finding *f, char *text, size_t cap)
{
    (void)snprintf(text, cap, "%s%s: %s: %s [%s]", f->note ? "note: " : "", f->who, f->what,
                   f->remedy, f->rule);
}

void lint_print(const struct lint_report *r, const char *file, FILE *out)
{
    char line[PROBLEM_TEXT / 2];
    size_t i;

    for (i = 0; i < r->n; i++) {
        lint_line(&r->list[i], line, sizeof line);
        (void)fprintf(out, "%s:%zu: %s\n", file, r->list[i].number, line);
    }
}

void lint_print_json(const struct lint_report *r, FILE *out)
{
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < r->n; i++) {
        const struct lint_finding *f = &r->list[i];

        (void)json_array_append_new(list, json_pack("{s:I, s:s, s:s, s:s, s:s, s:b}", "certificate",
                                                    (json_int_t)f->number, "rule", f->rule, "who",
                                                    f->who, "what", f->what, "remedy", f->remedy,
                                                    "note", f->note));
    }
    (void)json_dumpf(list, out, JSON_INDENT(1));
    (void)fputc('\n', out);
    json_decref(list);
}
