#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ike2/iana.h>
#include <ike2/x509.h>

#include "common/keypair_urls.h"
#include "common/nearest.h"
#include "common/outcome.h"
#include "common/policy.h"
#include "common/raw_keys.h"
#include "common/token.h"
#include "dataplane/dataplane.h"
#include "further.h"
#include "profile.h"
#include "words.h"

static const char program[] = "ikev2-client";

/* --- One value ----------------------------------------------------------------------- */
/* Each returns NULL, or what is wrong, as the end of a sentence that begins with "it". */

static const char *read_text(const char *text, const char **out)
{
    *out = text;
    return NULL;
}

static const char *read_file_of(const char *text, const char **list, size_t *n)
{
    if (*n == FILES_MAX)
        return "is one file too many";
    list[(*n)++] = text;
    return NULL;
}

/* How the server's certificate is judged. */
static const char *apply_rule(struct trust_rules *rules, enum word_id id, const char *text)
{
    switch (id) {
    case WORD_CA_HASH: return trust_rules_pin(text, &rules->anchors);
    case WORD_PIN: return trust_rules_pin(text, &rules->pins);
    case WORD_EXTENDED_KEY_USAGE: return trust_rules_purpose(text, rules);
    case WORD_CRL: return trust_rules_revocation(text, rules);
    case WORD_CRL_FILE: return trust_rules_crl_file(text, rules);
    case WORD_CRL_FETCH: return value_switch(text, &rules->fetching.is_on);
    case WORD_CRL_CACHE: return trust_rules_cache(text, rules);
    case WORD_CRL_NETWORK: return value_selector(text, &rules->fetching.networks);
    case WORD_HASH_AND_URL: return value_switch(text, &rules->fetching.certificates);
    case WORD_WILDCARDS: return trust_rules_flag(text, IKE2_X509_WILDCARDS, rules);
    default: /* WORD_COMMON_NAME */
        return trust_rules_flag(text, IKE2_X509_COMMON_NAME, rules);
    }
}

static const char *read_address(const char *text, struct options *o)
{
    const char *wrong;

    if (o->n_addresses == ADDRESSES_MAX)
        return "is one address too many";
    wrong = value_address(text, &o->addresses[o->n_addresses]);
    if (wrong == NULL)
        o->n_addresses++;
    return wrong;
}

static const char *read_dataplane(const char *text, const char **out)
{
    if (dataplane_find(text) == NULL)
        return "is no data plane: write none, tun or xfrm";
    *out = text;
    return NULL;
}

static const char *read_retry_max(const char *text, uint32_t *out)
{
    uint32_t seconds = 0;
    const char *wrong = value_seconds(text, 1, &seconds);

    if (wrong == NULL && seconds > 86400)
        return "is too long: a day at most";
    if (wrong == NULL)
        *out = seconds;
    return wrong;
}

/* What is asked for is insisted on: nothing else than an option could take it back. */
static const char *read_childless(const char *text, ike2_want *out)
{
    bool on = false;
    const char *wrong = value_switch(text, &on);

    if (wrong == NULL)
        *out = on ? IKE2_WANT_REQUIRE : IKE2_WANT_DEFAULT;
    return wrong;
}

static const char *apply_flag(struct options *o, enum word_id id, const char *text)
{
    bool *flag = id == WORD_JSON         ? &o->json
                 : id == WORD_TRACE      ? &o->trace
                 : id == WORD_ON_DEMAND  ? &o->on_demand
                 : id == WORD_ALWAYS_ON  ? &o->always_on
                 : id == WORD_VIRTUAL_IP ? &o->virtual_ip
                 : id == WORD_RAW_KEY    ? &o->connection.local.is_raw
                 : id == WORD_ANONYMOUS  ? &o->connection.local.is_anonymous
                                         : &o->connection.force_encap;

    return value_switch(text, flag);
}

static const char *apply(struct options *o, enum word_id id, const char *text)
{
    struct connection *c = &o->connection;
    struct connection_child *child = &c->children[0];

    switch (id) {
    case WORD_HOST: return read_text(text, &o->host);
    case WORD_PSK_FILE: return read_text(text, &c->local.psk_file);
    case WORD_CERT: return read_file_of(text, c->local.cert_files, &c->local.n_cert_files);
    case WORD_CERT_URL: return keypair_url_add(&c->local, text);
    case WORD_KEY: return read_file_of(text, c->local.key_files, &c->local.n_key_files);
    case WORD_KEY_PASSWORD_FILE:
        return read_file_of(text, c->local.password_files, &c->local.n_password_files);
    case WORD_CA: return read_file_of(text, c->remote.ca_files, &c->remote.n_ca_files);
    case WORD_CA_HASH: case WORD_PIN: case WORD_EXTENDED_KEY_USAGE: case WORD_CRL:
    case WORD_CRL_FILE: case WORD_CRL_FETCH: case WORD_CRL_CACHE: case WORD_CRL_NETWORK:
    case WORD_HASH_AND_URL: case WORD_WILDCARDS:
    case WORD_COMMON_NAME: return apply_rule(&c->remote.rules, id, text);
    case WORD_REMOTE_PUBLIC_KEY:
        return read_file_of(text, c->remote.public_keys, &c->remote.n_public_keys);
    case WORD_ID: return value_identity(text, &c->local.id);
    case WORD_REMOTE_ID: return value_identity(text, &c->remote.id);
    case WORD_POLICY: return policy_read(text, &c->policy);
    case WORD_PROPOSAL: return value_proposal(text, IKE2_PROTOCOL_IKE, &c->ike);
    case WORD_ESP_PROPOSAL: return value_proposal(text, IKE2_PROTOCOL_ESP, &c->esp);
    case WORD_SIGNATURE_SCHEME: return value_scheme(text, &c->local.schemes);
    case WORD_ADDRESS: return read_address(text, o);
    case WORD_REQUEST: return request_add(&o->request, text);
    case WORD_SCRIPT: return read_text(text, &o->script);
    case WORD_LOCAL_TS: return value_selector(text, &child->local_ts);
    case WORD_REMOTE_TS: return value_selector(text, &child->remote_ts);
    case WORD_CHILD: return further_add(c, text);
    case WORD_CHILDLESS: return read_childless(text, &c->sa.childless);
    case WORD_MODE: return value_mode(text, &child->transport);
    case WORD_IKE_REKEY_TIME: return value_seconds(text, 1, &c->sa.rekey_seconds);
    case WORD_REAUTH_TIME: return value_seconds(text, 1, &c->sa.reauth_seconds);
    case WORD_REKEY_TIME: return value_seconds(text, 1, &child->rekey_seconds);
    case WORD_REKEY_OCTETS: return value_octets(text, 1, &child->rekey_octets);
    case WORD_DPD: return value_seconds(text, 1, &c->liveness_seconds);
    case WORD_DATAPLANE: return read_dataplane(text, &o->dataplane);
    case WORD_PORT: return value_u16(text, 1, &o->port);
    case WORD_NATT_PORT: return value_u16(text, 1, &o->natt_port);
    case WORD_FRAGMENT_SIZE: return value_u16(text, 576, &c->fragment_octets);
    case WORD_HOLD: return value_seconds(text, 0, &o->hold_seconds);
    case WORD_TIMEOUT: return value_seconds(text, 1, &o->timeout_seconds);
    case WORD_RETRY_MAX: return read_retry_max(text, &o->retry_max_seconds);
    case WORD_CONTROL: return read_text(text, &o->control);
    case WORD_KEYLOG: return read_text(text, &o->keylog_file);
    case WORD_JOURNAL: return read_text(text, &o->journal_file);
    case WORD_RAW_KEY: case WORD_ANONYMOUS: case WORD_FORCE_ENCAP:
    case WORD_VIRTUAL_IP: case WORD_ON_DEMAND: case WORD_ALWAYS_ON: case WORD_TRACE:
    case WORD_JSON: return apply_flag(o, id, text);
    case WORD_ONCE: o->hold_seconds = 0; return NULL;
    case WORD_CONFIG:
    case WORD_HELP:
    case WORDS: break;
    }
    return NULL;
}

/* --- Collecting: the command line beats the file ------------------------------------- */

struct given {
    enum word_id id;
    const char *text;
};

struct collection {
    struct options *o;
    const char *file;                                     /* NULL, or what --config names */
    struct given line[WORDS_MAX + 1], in_file[WORDS_MAX]; /* HOST is one more */
    size_t n_line, n_in_file;
    struct problem *why;
};

static bool is_path(enum word_id id, const char *text)
{
    if (token_is_named(text) || raw_key_is_hash(text))
        return false;
    return id == WORD_PSK_FILE || id == WORD_CERT || id == WORD_KEY || id == WORD_CA ||
           id == WORD_KEY_PASSWORD_FILE || id == WORD_KEYLOG || id == WORD_JOURNAL ||
           id == WORD_CRL_FILE || id == WORD_CRL_CACHE || id == WORD_SCRIPT || id == WORD_CONTROL ||
           id == WORD_REMOTE_PUBLIC_KEY;
}

/* A copy of `text`; file names are relative to the directory of the file that they stand in. */
static char *keep(struct options *o, enum word_id id, const char *text, const char *file)
{
    const char *slash = strrchr(file, '/');
    bool is_relative = is_path(id, text) && text[0] != '/';
    size_t prefix = slash != NULL && is_relative ? (size_t)(slash - file) + 1 : 0;
    size_t len = prefix + strlen(text) + 1;
    char *copy = o->n_kept < WORDS_MAX ? malloc(len) : NULL;

    if (copy != NULL) {
        (void)snprintf(copy, len, "%.*s%s", (int)prefix, file, text);
        o->kept[o->n_kept++] = copy;
    }
    return copy;
}

static bool take_from_file(void *user, enum word_id id, const char *text)
{
    struct collection *all = user;
    char *copy = keep(all->o, id, text, all->file);

    if (copy == NULL) {
        problem_set(all->why, "%s: too many values: %d will do", all->file, WORDS_MAX);
        return false;
    }
    all->in_file[all->n_in_file++] = (struct given){ .id = id, .text = copy };
    return true;
}

static bool is_on_line(const struct collection *all, enum word_id id)
{
    size_t i;

    for (i = 0; i < all->n_line; i++) {
        if (all->line[i].id == id || (id == WORD_HOLD && all->line[i].id == WORD_ONCE))
            return true;
    }
    return false;
}

static bool apply_one(struct collection *all, const struct given *g, bool in_file)
{
    const struct word *w = &words[g->id];
    const char *wrong = apply(all->o, g->id, g->text);

    if (wrong == NULL)
        return true;
    if (in_file)
        problem_set(all->why, "%s: %s %s: it %s", all->file, w->name, g->text, wrong);
    else
        problem_set(all->why, "--%s %s: it %s", w->name, g->text, wrong);
    return false;
}

static bool apply_all(struct collection *all)
{
    size_t i;

    for (i = 0; i < all->n_in_file; i++) {
        if (!is_on_line(all, all->in_file[i].id) && !apply_one(all, &all->in_file[i], true))
            return false;
    }
    for (i = 0; i < all->n_line; i++) {
        if (!apply_one(all, &all->line[i], false))
            return false;
    }
    return true;
}

/* --- The command line ---------------------------------------------------------------- */

static void print_help(void)
{
    char name[40];
    size_t i;

    (void)printf("usage: %s [options] HOST\n"
                 "       %s --psk-file FILE --id ID HOST\n"
                 "       %s --cert FILE --key FILE --ca FILE HOST\n\n",
                 program, program, program);
    for (i = 0; i < WORDS; i++) {
        if (words[i].help[0] == '\0')
            continue;
        (void)snprintf(name, sizeof name, "--%s %s", words[i].name,
                       words[i].value != NULL ? words[i].value : "");
        (void)printf("  %-25s %s\n", name, words[i].help);
    }
    (void)printf(
        "\nexit codes: 0 ok, 2 usage, 3 no answer, 4 no common proposal, 5 authentication,\n"
        "6 certificate, 7 selectors or address, 8 local failure, 1 anything else\n");
}

static void make_table(struct option *table)
{
    size_t i, n = 0;

    for (i = 0; i < WORDS; i++) {
        if (words[i].help[0] != '\0')
            table[n++] = (struct option){
                .name = words[i].name,
                .has_arg = words[i].value != NULL ? required_argument : no_argument,
                .val = (int)i + 256,
            };
    }
}

static void say_unknown(const char *option, struct problem *why)
{
    const char *names[WORDS], *nearest;
    size_t i, n = 0;

    for (i = 0; i < WORDS; i++) {
        if (words[i].help[0] != '\0')
            names[n++] = words[i].name;
    }
    nearest = nearest_word(option + strspn(option, "-"), names, n);
    if (nearest != NULL)
        problem_set(why, "%s: no such option; did you mean --%s?", option, nearest);
    else
        problem_set(why, "%s: no such option; --help lists them", option);
}

/* -1 to go on. */
static int read_line(struct collection *all, int argc, char **argv)
{
    struct option table[WORDS + 1] = { { 0 } };
    int key;

    make_table(table);
    opterr = 0;
    while ((key = getopt_long(argc, argv, ":", table, NULL)) != -1) {
        enum word_id id = (enum word_id)(key - 256);

        if (key == ':')
            problem_set(all->why, "%s needs a value", argv[optind - 1]);
        else if (key == '?')
            say_unknown(argv[optind - 1], all->why);
        else if (id == WORD_HELP)
            return EXIT_OK;
        else if (all->n_line == WORDS_MAX)
            problem_set(all->why, "too many options: %d will do", WORDS_MAX);
        if (all->why->text[0] != '\0')
            return EXIT_USAGE;
        if (id == WORD_CONFIG)
            all->file = optarg;
        else
            all->line[all->n_line++] =
                (struct given){ .id = id, .text = optarg != NULL ? optarg : "yes" };
    }
    return -1;
}

static bool read_host(struct collection *all, int argc, char **argv)
{
    if (argc - optind > 1) {
        problem_set(all->why, "name one HOST to connect to, not %d", argc - optind);
        return false;
    }
    if (argc - optind == 1)
        all->line[all->n_line++] = (struct given){ .id = WORD_HOST, .text = argv[optind] };
    return true;
}

/* --- All of it ----------------------------------------------------------------------- */

static const char nobody_vouches[] =
    "who may vouch for the server? --ca FILE, the certificate of its CA; or --remote-public-key";

static bool trusts_any(const struct options *o)
{
    return connection_believes_cas(&o->connection) || o->connection.remote.n_public_keys > 0;
}

/* An anonymous client has to know at least whom it talks to. */
static const char *missing_trust(const struct options *o)
{
    const struct connection_local *local = &o->connection.local;

    if (local->psk_file != NULL || local->n_cert_files > 0 || local->is_raw)
        return "we prove who we are, or stay anonymous: --anonymous stands for --psk-file, --cert "
               "and --raw-key";
    return trusts_any(o) ? NULL : nobody_vouches;
}

static const char *missing_for_raw_key(const struct options *o)
{
    const struct connection_local *local = &o->connection.local;

    if (local->n_cert_files > 0 || local->psk_file != NULL)
        return "we prove who we are in one way: --raw-key stands for --cert and --psk-file";
    if (local->n_key_files == 0)
        return "--raw-key needs the private key: --key FILE";
    if (local->id.id.type == 0)
        return "--id is required with --raw-key, as no name is in a key: what we claim to be, as "
               "alice@example.org";
    return trusts_any(o) ? NULL : nobody_vouches;
}

static const char *missing_cert(const struct connection_local *local)
{
    if (local->n_key_files > 0)
        return "--key needs its certificate: --cert FILE; or --raw-key";
    if (local->n_cert_urls > 0)
        return "--cert-url is where a --cert is: give that, too";
    if (local->n_password_files > 0)
        return "--key-password-file is for a --key, or for a --cert with its key";
    return NULL;
}

static const char *missing_credentials(const struct options *o)
{
    const struct connection_local *local = &o->connection.local;

    if (local->is_anonymous)
        return missing_trust(o);
    if (local->is_raw)
        return missing_for_raw_key(o);
    if (local->psk_file == NULL && local->n_cert_files == 0)
        return "how do we prove who we are? --psk-file FILE, or --cert FILE with --key FILE";
    if (local->psk_file != NULL && local->n_cert_files > 0)
        return "we prove who we are in one way: --psk-file or --cert";
    if (local->n_cert_files == 0 && missing_cert(local) != NULL)
        return missing_cert(local);
    if (local->n_cert_files > 0 && !trusts_any(o))
        return nobody_vouches;
    if (local->psk_file != NULL && local->id.id.type == 0)
        return "--id is required with a pre-shared key: what we claim to be, as alice@example.org";
    return NULL;
}

static const char *contradiction(const struct options *o)
{
    if (o->always_on && o->hold_seconds != IKE2_NEVER)
        return "--always-on stays until a signal: leave --once and --hold out";
    if (o->always_on && o->on_demand)
        return "--on-demand waits for traffic, --always-on does not: choose one";
    if (o->script != NULL && o->connection.n_children > 1)
        return "--script is told of one Child SA: leave --child out";
    if (o->connection.remote.rules.fetching.certificates &&
        !connection_believes_cas(&o->connection))
        return "--hash-and-url is for a server with a certificate: --ca says whose is believed";
    return trust_rules_conflict(&o->connection.remote.rules);
}

static const char *missing_trap(const struct options *o)
{
    if (o->on_demand && dataplane_find(o->dataplane)->trap == NULL)
        return "--on-demand needs a data plane that waits for traffic: --dataplane xfrm";
    return NULL;
}

/* Where it is, wherever we are; the loop's thread is not held up by it later. */
static bool find_script(struct options *o, struct problem *why)
{
    char *path = o->script != NULL ? realpath(o->script, NULL) : NULL;

    if (o->script == NULL)
        return true;
    if (path == NULL || access(path, X_OK) != 0 || o->n_kept == WORDS_MAX) {
        problem_set(why, "--script %s: it cannot be run: %s", o->script, strerror(errno));
        free(path);
        return false;
    }
    o->kept[o->n_kept++] = path;
    o->script = path;
    return true;
}

static const char *make_request(struct options *o)
{
    const char *missing;

    if (o->virtual_ip && o->request.what == 0)
        o->request.what = REQUEST_USUAL;
    missing = request_make(&o->request, o->addresses, o->n_addresses);
    o->connection.request = o->request.n > 0 ? o->request.list : NULL;
    o->connection.n_request = o->request.n;
    if (missing == NULL && o->request.n > 0 && o->on_demand)
        missing = "--on-demand waits for traffic of an address that we have: give --address "
                  "instead of --virtual-ip and --request";
    return missing;
}

static bool default_remote_id(struct options *o, struct problem *why)
{
    struct connection_remote *remote = &o->connection.remote;
    char bare[ID_ROOM];
    size_t len = strlen(o->host);
    bool bracketed = len > 2 && o->host[0] == '[' && o->host[len - 1] == ']';

    (void)snprintf(bare, sizeof bare, "%.*s", bracketed ? (int)len - 2 : (int)len,
                   bracketed ? o->host + 1 : o->host);
    if (value_identity(bare, &remote->id) == NULL)
        return true;
    problem_set(why, "%s is no identity of a server: say what it must prove to be by --remote-id",
                o->host);
    return false;
}

/* What the server sends to us alone, without a question for it: our address. With one, the
 * addresses are wishes. */
static void default_local_ts(struct options *o)
{
    struct selectors *ts = &o->connection.children[0].local_ts;
    size_t i;

    if (o->request.n > 0)
        return;
    for (i = 0; ts->n == 0 && i < o->n_addresses; i++) {
        const ike2_addr *a = &o->addresses[i];
        ike2_ts one = { .port_last = UINT16_MAX };

        one.type = a->family == 4 ? IKE2_TS_IPV4_ADDR_RANGE : IKE2_TS_IPV6_ADDR_RANGE;
        memcpy(one.first, a->ip, sizeof one.first);
        memcpy(one.last, a->ip, sizeof one.last);
        ts->list[i] = one;
    }
    if (ts->n == 0)
        ts->n = o->n_addresses;
}

static bool complete(struct options *o, bool any_remote, struct problem *why)
{
    struct connection *c = &o->connection;
    const char *missing = o->host == NULL ? "name the HOST to connect to" : missing_credentials(o);
    int line;

    if (missing == NULL)
        missing = missing_trap(o);
    if (missing == NULL)
        missing = contradiction(o);
    if (missing == NULL)
        missing = make_request(o);
    if (missing != NULL) {
        problem_set(why, "%s", missing);
        return false;
    }
    if (!find_script(o, why) || (!any_remote && !default_remote_id(o, why)))
        return false;
    c->name = o->host;
    if (c->local.is_anonymous && c->local.id.id.type == 0)
        c->local.id.id.type = IKE2_ID_NULL;
    c->remote.methods = trusts_any(o) ? IKE2_AUTH_SIGNATURE : IKE2_AUTH_PSK;
    default_local_ts(o);
    further_complete(c);
    policy_settle(c);
    return policy_is_kept(c, &line, why);
}

static bool read_file(struct collection *all)
{
    return all->file == NULL || profile_read(all->file, take_from_file, all, all->why);
}

static bool is_given(const struct collection *all, enum word_id id)
{
    size_t i;

    for (i = 0; i < all->n_in_file; i++) {
        if (all->in_file[i].id == id)
            return true;
    }
    return is_on_line(all, id);
}

int options_read(struct options *o, int argc, char **argv, struct problem *why)
{
    struct collection all = { .o = o, .why = why };
    int code;

    *o = (struct options){ .port = 500,
                           .natt_port = 4500,
                           .dataplane = "none",
                           .hold_seconds = IKE2_NEVER,
                           .retry_max_seconds = 120,
                           .connection = { .n_children = 1 } };
    o->connection.children[0].name = "net";
    why->text[0] = '\0';
    code = read_line(&all, argc, argv);
    if (code == EXIT_OK)
        print_help();
    if (code >= 0)
        return code;
    if (!read_host(&all, argc, argv) || !read_file(&all) || !apply_all(&all) ||
        !complete(o, is_given(&all, WORD_REMOTE_ID), why))
        return EXIT_USAGE;
    return -1;
}

void options_clear(struct options *o)
{
    size_t i;

    for (i = 0; i < o->n_kept; i++)
        free(o->kept[i]);
    o->n_kept = 0;
}
