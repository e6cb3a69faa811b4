#include "ca.h"

#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "authority.h"
#include "bundle.h"
#include "common/nearest.h"
#include "common/outcome.h"
#include "issue.h"
#include "key.h"
#include "lint.h"
#include "profile.h"
#include "roll.h"

enum { CA_DAYS = 3650, LEAF_DAYS = 730, CRL_DAYS = 30 };

static int complain(const struct problem *why, int code)
{
    (void)fprintf(stderr, "ikev2-server: %s%s\n", why->text,
                  code == EXIT_USAGE ? "; ca --help tells more" : "");
    return code;
}

static void say_file(const struct store *s, const char *what, const char *stem, const char *end)
{
    (void)printf("  %-12s %s/%s%s\n", what, s->dir, stem, end);
}

/* --- init -------------------------------------------------------------------------------- */

static bool names_fit(const struct arguments *args, struct problem *why)
{
    enum { ATTRIBUTE_MAX = 64 }; /* RFC 5280, ub-common-name, ub-organization-name */
    const char *const texts[] = { args->name, args->organization };
    size_t i;

    for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i] != NULL && !subject_is_text(texts[i], ATTRIBUTE_MAX)) {
            problem_set(why, "%s: 1 to 64 characters of UTF-8 are expected",
                        i == 0 ? "--name" : "--organization");
            return false;
        }
    }
    return true;
}

static int init(const struct arguments *args)
{
    const struct authority_plan plan = {
        .name = args->name,
        .organization = args->organization,
        .key = args->key != NULL ? args->key : KEY_DEFAULT,
        .days = args->days != 0 ? args->days : CA_DAYS,
        .setup = { .crl_url = args->crl_url != NULL ? args->crl_url : "",
                   .crl_days = args->crl_days != 0 ? args->crl_days : CRL_DAYS },
    };
    char day[CERTIFICATE_DAY_TEXT];
    struct authority a;
    struct problem why;
    bool ok;

    if (!names_fit(args, &why))
        return complain(&why, EXIT_USAGE);
    ok = authority_init(&a, args->dir, &plan, &why);
    if (ok) {
        certificate_day(authority_until(&a), day);
        (void)printf("a certificate authority, until %s\n", day);
        say_file(&a.store, "certificate", "ca", ".pem");
        say_file(&a.store, "private key", "ca", ".key");
        say_file(&a.store, "CRL", "crl", ".pem");
        (void)printf("next: ikev2-server ca server NAME, with the name that clients will type\n");
    }
    authority_close(&a);
    return ok ? EXIT_OK : complain(&why, EXIT_LOCAL);
}

/* --- server, client ---------------------------------------------------------------------- */

static struct issue_wish wish_of(const struct arguments *args, enum subject_kind kind)
{
    struct issue_wish wish = {
        .subject = { .kind = kind,
                     .names = { args->operand },
                     .n_names = 1 + args->n_also,
                     .wildcard = args->wildcard },
        .key = args->key != NULL ? args->key : KEY_DEFAULT,
        .days = args->days != 0 ? args->days : LEAF_DAYS,
        .renew = args->renew,
    };

    memcpy(&wish.subject.names[1], args->also, args->n_also * sizeof args->also[0]);
    return wish;
}

static void say_issued(const struct authority *a, const struct issue *i)
{
    char day[CERTIFICATE_DAY_TEXT];

    certificate_day(i->entry.until, day);
    (void)printf("%s %s, until %s%s%s\n", i->entry.kind, i->entry.name, day,
                 i->cut ? ", like the CA itself" : "",
                 i->finished ? "; it had been interrupted" : "");
    say_file(&a->store, "certificate", i->stem, ".pem");
    say_file(&a->store, "private key", i->stem, ".key");
}

/* What our own rules say of it: too many days, for one. */
static void lint_issued(const struct authority *a, const struct issue *i, enum lint_role role)
{
    struct lint_report report;
    char name[STORE_PATH], path[STORE_PATH];

    (void)snprintf(name, sizeof name, "%s.pem", i->stem);
    store_path(&a->store, name, path);
    lint_certificate(i->certificate, role, NULL, &report);
    lint_print(&report, path, stderr);
}

/* Do certificates say where the CRL is to be fetched? */
static bool has_url(const struct authority *a)
{
    return a->issuer.crl_url[0] != '\0';
}

static bool issue_server(struct authority *a, const struct arguments *args, struct problem *why)
{
    const struct issue_wish wish = wish_of(args, SUBJECT_SERVER);
    const char *dir = a->store.dir;
    struct issue i;
    bool ok = issue_make(&i, a, &wish, why);

    if (ok) {
        say_issued(a, &i);
        (void)printf("in the connection of the server's configuration:\n"
                     "  local  { id = \"%s\" cert = \"%s/%s.pem\" key = \"%s/%s.key\" }\n"
                     "  remote { ca = { \"%s/ca.pem\" } crl = soft\n"
                     "           crl-file = { \"%s/crl.pem\" }%s }\n"
                     "next: ikev2-server ca client USER\n",
                     args->operand, dir, i.stem, dir, i.stem, dir, dir,
                     has_url(a) ? " crl-fetch = yes" : "");
        lint_issued(a, &i, LINT_SERVER);
    }
    issue_free(&i);
    return ok;
}

static bool bundle_of(struct authority *a, const struct arguments *args, const struct issue *i,
                      struct problem *why)
{
    const struct bundle bundle = {
        .key = i->key,
        .certificate = i->certificate,
        .ca = a->issuer.certificate,
        .label = args->operand,
        .modern = args->modern,
    };

    if (!bundle_write(&a->store, i->stem, args->password_file, &bundle, why))
        return false;
    say_file(&a->store, "both", i->stem, ".p12");
    if (args->password_file == NULL)
        say_file(&a->store, "its password", i->stem, ".password");
    return true;
}

/* The only server there is, if none was named. */
static const char *server_of(const struct authority *a, const struct arguments *args)
{
    const char *found = args->server;
    struct ledger_entry e;
    size_t i;

    for (i = 0; args->server == NULL && i < ledger_count(&a->ledger); i++) {
        if (!ledger_get(&a->ledger, i, &e) || strcmp(e.kind, "server") != 0 ||
            !ledger_is_good(&e, a->now))
            continue;
        if (found != NULL && strcmp(found, e.name) != 0)
            return NULL;
        found = e.name;
    }
    return found;
}

static bool issue_client(struct authority *a, const struct arguments *args, struct problem *why)
{
    const struct issue_wish wish = wish_of(args, SUBJECT_CLIENT);
    const char *server = server_of(a, args), *dir = a->store.dir;
    struct issue i;
    bool ok = issue_make(&i, a, &wish, why);

    if (ok) {
        say_issued(a, &i);
        ok = bundle_of(a, args, &i, why) && (server == NULL || profile_write(a, &i, server, why));
    }
    if (ok && server != NULL)
        (void)printf("ikev2-client --cert %s/%s.pem --key %s/%s.key --ca %s/ca.pem --crl soft "
                     "--crl-file %s/crl.pem%s %s\n",
                     dir, i.stem, dir, i.stem, dir, dir, has_url(a) ? " --crl-fetch" : "",
                     server);
    else if (ok)
        (void)printf("with --server NAME there are profiles for Windows, Apple and Android, too\n");
    if (ok)
        lint_issued(a, &i, LINT_CLIENT);
    issue_free(&i);
    return ok;
}

/* --- revoke, crl, list ------------------------------------------------------------------- */

static bool say_crl(const struct authority *a)
{
    say_file(&a->store, "CRL", "crl", ".pem");
    say_file(&a->store, "the same", "ca", ".crl");
    (void)printf("a running server reads it again on SIGHUP, or with ikev2ctl reload\n");
    return true;
}

/* -1 if there is no such word. */
static int reason_of(const char *word, struct problem *why)
{
    const char *words[16], *near;
    size_t i;

    for (i = 0; i < ledger_n_reasons; i++) {
        words[i] = ledger_reasons[i].word;
        if (word == NULL || strcmp(words[i], word) == 0)
            return ledger_reasons[i].code;
    }
    near = nearest_word(word, words, ledger_n_reasons);
    problem_set(why, "--reason '%s' is unknown: %s%s%s", word,
                near != NULL ? "did you mean '"
                             : "key-compromise, superseded or "
                               "cessation-of-operation, for example",
                near != NULL ? near : "", near != NULL ? "'?" : "");
    return -1;
}

static bool revoke(struct authority *a, const struct arguments *args, struct problem *why)
{
    return roll_revoke(a, args->operand, reason_of(args->reason, why), why) && say_crl(a);
}

static bool crl(struct authority *a, const struct arguments *args, struct problem *why)
{
    return authority_renew_crl(a, args->days, why) && say_crl(a);
}

static bool list(struct authority *a, const struct arguments *args, struct problem *why)
{
    (void)why;
    roll_print(a, args->json);
    return true;
}

/* --- check ------------------------------------------------------------------------------- */

static enum lint_role role_of(const char *word)
{
    if (word == NULL)
        return LINT_GUESS;
    if (strcmp(word, "server") == 0)
        return LINT_SERVER;
    return strcmp(word, "client") == 0 ? LINT_CLIENT : LINT_CA;
}

static int check(const struct arguments *args)
{
    struct lint_report report;
    struct problem why;

    if (!lint_file(args->operand, role_of(args->as), args->name, &report, &why))
        return complain(&why, EXIT_LOCAL);
    if (args->json)
        lint_print_json(&report, stdout);
    else if (report.n == 0)
        (void)printf("%s: nothing to complain of\n", args->operand);
    else
        lint_print(&report, args->operand, stdout);
    return lint_has_failed(&report) ? EXIT_OTHER : EXIT_OK;
}

/* --- Which one --------------------------------------------------------------------------- */

typedef bool (*command_fn)(struct authority *a, const struct arguments *args, struct problem *why);

static command_fn function_of(const char *command)
{
    static const struct {
        const char *word;
        command_fn run;
    } table[] = {
        { "server", issue_server }, { "client", issue_client },
        { "revoke", revoke },       { "crl", crl },
        { "list", list },
    };
    size_t i = 0;

    while (strcmp(table[i].word, command) != 0)
        i++;
    return table[i].run;
}

static int run(const struct arguments *args)
{
    struct authority a;
    struct problem why;
    bool ok;

    if (args->reason != NULL && reason_of(args->reason, &why) < 0)
        return complain(&why, EXIT_USAGE);
    if (args->renew && args->key != NULL) {
        problem_set(&why, "--renew keeps the key: leave out --key");
        return complain(&why, EXIT_USAGE);
    }
    ok = authority_open(&a, args->dir, &why) && function_of(args->command)(&a, args, &why);
    authority_close(&a);
    return ok ? EXIT_OK : complain(&why, EXIT_LOCAL);
}

int ca_main(int argc, char **argv)
{
    struct arguments args;
    struct problem why;

    if (!arguments_read(&args, argc, argv, &why))
        return complain(&why, EXIT_USAGE);
    if (args.help) {
        arguments_help();
        return EXIT_OK;
    }
    if (strcmp(args.command, "init") == 0)
        return init(&args);
    if (strcmp(args.command, "check") == 0)
        return check(&args);
    return run(&args);
}
