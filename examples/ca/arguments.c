#include "arguments.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "common/nearest.h"
#include "common/value.h"
#include "key.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

enum { DAYS_MAX = 36500 };

static const char default_dir[] = "/etc/ikev2/ca";

/* Which command takes which option: one letter each, of the command's in `commands`. */
struct command {
    const char *word;
    char letter;
    const char *operand; /* NULL = none */
};

static const struct command commands[] = {
    { "init", 'i', NULL },
    { "server", 's', "the name or address of the server" },
    { "client", 'c', "the user's or device's name" },
    { "revoke", 'r', "the name or the serial number of a certificate" },
    { "crl", 'l', NULL },
    { "list", 't', NULL },
    { "check", 'k', "a file of certificates" },
};

static const char help[] =
    "usage: ikev2-server ca init|server NAME|client USER|revoke NAME|crl|list|check FILE\n"
    "                       [options]\n"
    "\n"
    "  init           makes a certificate authority\n"
    "  server NAME    makes key and certificate of a server: vpn.example.org, 192.0.2.1\n"
    "  client USER    makes those of a client: alice@example.org, laptop, 'Alice Liddell'\n"
    "  revoke NAME    revokes the certificates of that name, or the one of that serial number,\n"
    "                 and renews the CRL\n"
    "  crl            renews the CRL (certificate revocation list)\n"
    "  list           lists what has been issued\n"
    "  check FILE     says what Windows, Apple or Android will not take in a certificate\n"
    "\n"
    "  --dir DIR             where the CA lives; /etc/ikev2/ca\n"
    "  init:\n"
    "  --name TEXT           its name; one that no other CA has\n"
    "  --organization TEXT   put before all names\n"
    "  --crl-url URL         http://..., where peers find the CRL\n"
    "  --crl-days DAYS       how long a CRL counts; 30\n"
    "  init, server, client:\n"
    "  --key KIND            rsa-2048, rsa-3072, rsa-4096, ecdsa-p256 or ecdsa-p384; rsa-3072\n"
    "  --days DAYS           how long the certificate counts; 3650 for a CA, else 730\n"
    "  server, client:\n"
    "  --also NAME           one more name in it\n"
    "  --renew               a new certificate for the same key, beside one that still counts\n"
    "  server:\n"
    "  --wildcard            allows names such as *.example.org\n"
    "  client:\n"
    "  --server NAME         makes profiles for this server; for the only one there is\n"
    "  --password-file FILE  the password of the .p12 file; a new one is written to USER.password\n"
    "  --modern-p12          encrypts it so that old systems cannot read it\n"
    "  revoke:\n"
    "  --reason WORD         key-compromise, superseded, cessation-of-operation, ...\n"
    "  crl:\n"
    "  --days DAYS           until the next one\n"
    "  check:\n"
    "  --as ROLE             server, client or ca; what it looks like\n"
    "  --name NAME           what clients will type; has to stand in it\n"
    "  list, check:\n"
    "  --json                for scripts\n"
    "\n"
    "exit codes: 0 ok, 1 check has findings, 2 usage, 8 local (file, memory)\n"
    "doc/certificates.md explains it all.\n";

void arguments_help(void)
{
    (void)fputs(help, stdout);
}

enum key {
    KEY_DIR = 'A',
    KEY_NAME,
    KEY_ORGANIZATION,
    KEY_KEY,
    KEY_DAYS,
    KEY_CRL_URL,
    KEY_CRL_DAYS,
    KEY_ALSO,
    KEY_WILDCARD,
    KEY_RENEW,
    KEY_SERVER,
    KEY_PASSWORD_FILE,
    KEY_MODERN,
    KEY_REASON,
    KEY_AS,
    KEY_JSON,
    KEY_HELP
};

static const struct option table[] = {
    { "dir", required_argument, NULL, KEY_DIR },
    { "name", required_argument, NULL, KEY_NAME },
    { "organization", required_argument, NULL, KEY_ORGANIZATION },
    { "key", required_argument, NULL, KEY_KEY },
    { "days", required_argument, NULL, KEY_DAYS },
    { "crl-url", required_argument, NULL, KEY_CRL_URL },
    { "crl-days", required_argument, NULL, KEY_CRL_DAYS },
    { "also", required_argument, NULL, KEY_ALSO },
    { "wildcard", no_argument, NULL, KEY_WILDCARD },
    { "renew", no_argument, NULL, KEY_RENEW },
    { "server", required_argument, NULL, KEY_SERVER },
    { "password-file", required_argument, NULL, KEY_PASSWORD_FILE },
    { "modern-p12", no_argument, NULL, KEY_MODERN },
    { "reason", required_argument, NULL, KEY_REASON },
    { "as", required_argument, NULL, KEY_AS },
    { "json", no_argument, NULL, KEY_JSON },
    { "help", no_argument, NULL, KEY_HELP },
    { 0 },
};

/* The letters of the commands that take the option of this key. */
static const char *takers(int key)
{
    static const char *const letters[] = {
        [KEY_DIR - KEY_DIR] = "iscrlt",     [KEY_NAME - KEY_DIR] = "ik",
        [KEY_ORGANIZATION - KEY_DIR] = "i", [KEY_KEY - KEY_DIR] = "isc",
        [KEY_DAYS - KEY_DIR] = "iscl",      [KEY_CRL_URL - KEY_DIR] = "i",
        [KEY_CRL_DAYS - KEY_DIR] = "i",     [KEY_ALSO - KEY_DIR] = "sc",
        [KEY_WILDCARD - KEY_DIR] = "s",     [KEY_RENEW - KEY_DIR] = "sc",
        [KEY_SERVER - KEY_DIR] = "c",       [KEY_PASSWORD_FILE - KEY_DIR] = "c",
        [KEY_MODERN - KEY_DIR] = "c",       [KEY_REASON - KEY_DIR] = "r",
        [KEY_AS - KEY_DIR] = "k",           [KEY_JSON - KEY_DIR] = "tk",
        [KEY_HELP - KEY_DIR] = "iscrltk",
    };
    return letters[key - KEY_DIR];
}

/* --- Values ------------------------------------------------------------------------------ */

static bool one_of(const char *word, const char *const *words, size_t n, const char *option,
                   struct problem *why)
{
    const char *near;
    char list[PROBLEM_TEXT / 2] = "";
    size_t i, len = 0;

    for (i = 0; i < n; i++) {
        if (strcmp(words[i], word) == 0)
            return true;
        len +=
            (size_t)snprintf(list + len, sizeof list - len, "%s%s", i == 0 ? "" : ", ", words[i]);
    }
    near = nearest_word(word, words, n);
    problem_set(why, "%s: '%s' is none of %s%s%s%s", option, word, list,
                near != NULL ? "; did you mean '" : "", near != NULL ? near : "",
                near != NULL ? "'?" : "");
    return false;
}

static bool days(const char *text, const char *option, uint32_t *out, struct problem *why)
{
    const char *wrong = value_number(text, 1, DAYS_MAX, out);

    if (wrong != NULL)
        problem_set(why, "%s '%s': %s", option, text, wrong);
    return wrong == NULL;
}

/* RFC 5280 4.2.1.13: what has to be fetched over TLS needs certificates to be checked first. */
static bool crl_url(const char *text, struct problem *why)
{
    const char *c = text;

    while (*c > ' ' && *c <= '~')
        c++;
    if (*c == '\0' && strncmp(text, "http://", 7) == 0 && text[7] != '\0' && text[7] != '/')
        return true;
    problem_set(why,
                "--crl-url '%s': a URL such as http://pki.example.org/ca.crl is expected; not "
                "https, whose certificates would have to be checked first",
                text);
    return false;
}

static bool take_text(struct arguments *a, int key, const char *value, struct problem *why)
{
    static const char *const roles[] = { "server", "client", "ca" };

    switch (key) {
    case KEY_DIR: a->dir = value; return true;
    case KEY_NAME: a->name = value; return true;
    case KEY_ORGANIZATION: a->organization = value; return true;
    case KEY_KEY: a->key = value; return one_of(value, key_kinds, key_n_kinds, "--key", why);
    case KEY_DAYS: return days(value, "--days", &a->days, why);
    case KEY_CRL_URL: a->crl_url = value; return crl_url(value, why);
    case KEY_CRL_DAYS: return days(value, "--crl-days", &a->crl_days, why);
    case KEY_SERVER: a->server = value; return true;
    case KEY_PASSWORD_FILE: a->password_file = value; return true;
    case KEY_REASON: a->reason = value; return true;
    default: a->as = value; return one_of(value, roles, COUNT(roles), "--as", why);
    }
}

static bool take(struct arguments *a, int key, const char *value, struct problem *why)
{
    switch (key) {
    case KEY_ALSO:
        if (a->n_also == COUNT(a->also)) {
            problem_set(why, "at most %zu names with --also", COUNT(a->also));
            return false;
        }
        a->also[a->n_also++] = value;
        return true;
    case KEY_WILDCARD: a->wildcard = true; return true;
    case KEY_RENEW: a->renew = true; return true;
    case KEY_MODERN: a->modern = true; return true;
    case KEY_JSON: a->json = true; return true;
    case KEY_HELP: a->help = true; return true;
    default: return take_text(a, key, value, why);
    }
}

/* --- The line ---------------------------------------------------------------------------- */

static const struct command *command_of(const char *word, struct problem *why)
{
    const char *words[COUNT(commands)];
    size_t i;

    for (i = 0; i < COUNT(commands); i++) {
        words[i] = commands[i].word;
        if (strcmp(words[i], word) == 0)
            return &commands[i];
    }
    (void)one_of(word, words, COUNT(commands), "ca", why);
    return NULL;
}

static bool operands(struct arguments *a, int n, char **words, struct problem *why)
{
    const struct command *c;
    int wanted;

    if (a->help)
        return true;
    if (n == 0) {
        problem_set(why, "ca: name a command: init, server, client, revoke, crl, list or check");
        return false;
    }
    c = command_of(words[0], why);
    if (c == NULL)
        return false;
    wanted = c->operand != NULL ? 2 : 1;
    a->command = c->word;
    a->operand = c->operand != NULL && n > 1 ? words[1] : NULL;
    if (n < wanted && c->operand != NULL)
        problem_set(why, "ca %s: name %s", c->word, c->operand);
    else if (n > wanted)
        problem_set(why, "ca %s: '%s' is one word too many", c->word, words[wanted]);
    return n == wanted;
}

static bool options_fit(const struct arguments *a, const bool given[], struct problem *why)
{
    const struct command *c;
    size_t i;

    if (a->command == NULL)
        return true;
    c = command_of(a->command, why);
    for (i = 0; c != NULL && table[i].name != NULL; i++) {
        if (given[i] && strchr(takers(table[i].val), c->letter) == NULL) {
            problem_set(why, "ca %s does not take --%s", c->word, table[i].name);
            return false;
        }
    }
    return true;
}

bool arguments_read(struct arguments *a, int argc, char **argv, struct problem *why)
{
    bool given[COUNT(table)] = { false };
    int key, at = 0;

    *a = (struct arguments){ .dir = default_dir };
    optind = 1;
    while ((key = getopt_long(argc, argv, "", table, &at)) != -1) {
        if (key == '?') {
            problem_set(why, "see the line above");
            return false;
        }
        given[at] = true;
        if (!take(a, key, optarg, why))
            return false;
    }
    return operands(a, argc - optind, argv + optind, why) && options_fit(a, given, why);
}
