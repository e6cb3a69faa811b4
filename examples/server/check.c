#include "check.h"

#include <stdio.h>
#include <string.h>

#include <ike2/iana.h>

#include "ca/lint.h"
#include "common/algorithm.h"
#include "common/host.h"
#include "common/key_strength.h"
#include "common/outcome.h"
#include "notice.h"
#include "roster.h"

/* --- What the RFCs advise against -------------------------------------------------------- */

/* Once for each line of the configuration. */
static void advise_once(struct config *c, struct source_place place, const char *name,
                        const char *advice)
{
    struct problem why;
    size_t i;

    problem_set(&why, "connection '%s': %s", name, advice);
    for (i = 0; i < c->n_problems; i++) {
        const struct config_problem *p = &c->problems[i];

        if (p->place.file == place.file && p->place.line == place.line &&
            strcmp(p->why.text, why.text) == 0)
            return;
    }
    config_complain(c, place, "%s", why.text);
}

static void advise_on_one(struct config *c, const ike2_proposal *p, int line, const char *name)
{
    char text[ALGORITHM_TEXT];
    size_t i;

    for (i = 0; i < p->n_transforms; i++) {
        if (algorithm_is_discouraged(&p->transforms[i], p->protocol, text))
            advise_once(c, source_place(&c->source, line), name, text);
    }
}

static void advise(struct config *c, const struct proposals *list, const char *name)
{
    size_t i;

    for (i = 0; i < list->n; i++)
        advise_on_one(c, &list->list[i], list->lines[i], name);
}

/* Where the connection leaves it to the policy that it names. */
static void advise_on_policy(struct config *c, const struct connection *connection)
{
    const ike2_named_policy *p = &connection->policy;
    size_t i;

    for (i = 0; i < p->n_ike && connection->ike.n == 0; i++)
        advise_on_one(c, &p->ike[i], connection->policy_line, connection->name);
    for (i = 0; i < p->n_esp && connection->esp.n == 0; i++)
        advise_on_one(c, &p->esp[i], connection->policy_line, connection->name);
}

static void advise_on_signatures(struct config *c, const struct connection *connection,
                                 struct source_place place)
{
    const struct schemes *both[] = { &connection->local.schemes, &connection->remote.schemes };
    bool has_sha1 = connection->sha1_signatures;
    size_t i, k;

    for (i = 0; i < 2; i++)
        for (k = 0; k < both[i]->n; k++)
            has_sha1 = has_sha1 || both[i]->list[k] == IKE2_SIG_RSA_PKCS1_SHA1;
    if (has_sha1)
        advise_once(c, place, connection->name,
                    "signatures with SHA-1: RFC 8247 3.2 says MUST NOT: sha1WithRSAEncryption");
}

/* What clients would not take in a certificate of ours; notes are for `ca check`. */
static void advise_on_certificate(struct config *c, const char *file, const char *name)
{
    const struct source_place nowhere = { .file = file };
    struct lint_report report;
    struct problem why;
    size_t i;

    if (!lint_file(file, LINT_SERVER, NULL, &report, &why))
        return; /* PKCS #12 */
    for (i = 0; i < report.n; i++) {
        char text[PROBLEM_TEXT / 2];

        if (report.list[i].note || strcmp(report.list[i].rule, "key-length") == 0)
            continue; /* keys have their line of RFC 8247 */
        lint_line(&report.list[i], text, sizeof text);
        config_complain(c, nowhere, "connection '%s': certificate %zu: %s", name,
                        report.list[i].number, text);
    }
}

/* A path to one of them ends in a refusal. */
static void advise_on_cas(struct config *c, const struct connection *connection,
                          const struct credentials *own, struct source_place place)
{
    char text[KEY_STRENGTH_TEXT];
    size_t i, n;
    const ike2_bytes *anchors = trust_anchors(own->trust, &n);

    for (i = 0; i < n; i++) {
        if (key_strength_is_discouraged(anchors[i], text))
            advise_once(c, place, connection->name, text);
        else if (!key_strength_is_kept(anchors[i], &connection->policy, text))
            advise_once(c, place, connection->name, text);
    }
}

/* Of the certificates behind our own: a shorter key of ours is not loaded. */
static void advise_on_chains(struct config *c, const struct connection *connection,
                             const struct credentials *own, struct source_place place)
{
    char text[KEY_STRENGTH_TEXT];
    size_t i, k;

    for (i = 0; i < own->pairs.n; i++) {
        const struct keypair *p = &own->pairs.list[i];

        for (k = 0; k < p->own.n_chain; k++)
            if (key_strength_is_discouraged(p->chain[k], text))
                advise_once(c, place, connection->name, text);
    }
}

static void advise_on_connection(struct config *c, const struct roster_entry *e,
                                 struct source_place place)
{
    const struct connection *connection = e->connection;
    size_t i;

    advise_on_policy(c, connection);
    advise_on_signatures(c, connection, place);
    advise_on_chains(c, connection, &e->credentials, place);
    advise_on_cas(c, connection, &e->credentials, place);
    for (i = 0; i < connection->local.n_cert_files; i++)
        advise_on_certificate(c, connection->local.cert_files[i], connection->name);
    advise(c, &connection->ike, connection->name);
    advise(c, &connection->esp, connection->name);
    for (i = 0; i < connection->n_children; i++)
        advise(c, &connection->children[i].esp, connection->name);
}

static void advise_on_all(const struct generation *g)
{
    size_t i;

    for (i = 0; i < g->n; i++)
        advise_on_connection(g->config, &g->entries[i], g->config->places[i]);
}

/* --- The check --------------------------------------------------------------------------- */

/* Takes `g`. */
static int check_definitions(const struct provider *provider, struct generation *g, bool json)
{
    ike2_endpoint_config config = IKE2_INIT(ike2_endpoint_config);
    struct host host = { .ep = NULL }; /* that nothing drives */
    struct roster roster = { .provider = provider, .host = &host };
    int code = EXIT_USAGE;

    config.crypto = provider->crypto;
    config.limits = &g->config->limits;
    if (ike2_endpoint_new(&config, host_now(), &host.ep) != IKE2_OK) {
        config_complain(g->config, (struct source_place){ .file = g->config->source.files[0] },
                        "the library refuses the limits");
        notice_config(g->config, json);
        generation_free(g);
    } else if (!roster_adopt(&roster, g)) {
        notice_config(g->config, json);
        generation_free(g);
    } else {
        advise_on_all(g);
        notice_checked(g->config, json);
        code = EXIT_OK;
    }
    ike2_endpoint_free(host.ep);
    roster_clear(&roster);
    return code;
}

int check_config(struct config *config, bool json)
{
    const struct log log = { .out = stderr, .level = LEVEL_WARN };
    struct generation *g = NULL;
    struct provider provider;
    struct problem why;
    int code = EXIT_USAGE;

    if (!provider_open(&provider, &why)) {
        notice_problem(json, &why);
        code = EXIT_LOCAL;
        config_free(config);
    } else if (!roster_load(&provider, config, json ? NULL : &log, &g)) {
        notice_config(config, json);
        config_free(config);
    } else {
        code = check_definitions(&provider, g, json);
    }
    provider_close(&provider);
    return code;
}
