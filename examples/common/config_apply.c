#include "config_apply.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ike2/iana.h>
#include <ike2/x509.h>

#include "keypair_urls.h"
#include "policy.h"
#include "raw_keys.h"
#include "token.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

enum { STRINGS_PER_BLOCK = 64, POOLS_SAID = 8 };

/* --- Values ------------------------------------------------------------------------------ */
/* Each returns NULL, or what is wrong: "it ...". */

/* Takes `text`; NULL without memory. */
static const char *keep(struct config_store *store, char *text)
{
    if (text != NULL && store->n == store->cap) {
        char **grown = realloc(store->strings, (store->cap + STRINGS_PER_BLOCK) * sizeof *grown);

        if (grown == NULL) {
            free(text);
            return NULL;
        }
        store->strings = grown;
        store->cap += STRINGS_PER_BLOCK;
    }
    if (text != NULL)
        store->strings[store->n++] = text;
    return text;
}

static const char *take_path(const struct target *t, const char **out)
{
    const char *file = source_place(&t->config->source, t->setting->line).file;
    const char *slash = t->value[0] == '/' ? NULL : strrchr(file, '/');
    char *path = NULL;

    if (t->value[0] == '\0')
        return "is empty: write a path";
    if (asprintf(&path, "%.*s%s", slash != NULL ? (int)(slash + 1 - file) : 0, file, t->value) < 0)
        path = NULL;
    *out = keep(t->config->store, path);
    return *out != NULL ? NULL : "does not fit into memory";
}

static const char *take_file(const struct target *t, const char **out)
{
    static char said[PROBLEM_TEXT];
    const char *wrong = take_path(t, out);

    if (wrong != NULL || access(*out, R_OK) == 0)
        return wrong;
    if (strcmp(*out, t->value) == 0)
        (void)snprintf(said, sizeof said, "cannot be read: %s", strerror(errno));
    else
        (void)snprintf(said, sizeof said, "cannot be read (%s): %s", *out, strerror(errno));
    return said;
}

static const char *add_file(const struct target *t, const char **list, size_t *n)
{
    if (*n == FILES_MAX)
        return "is one file too many: 16 will do";
    return take_file(t, &list[(*n)++]);
}

static const char *add_address(const struct target *t, struct config_listen *listen)
{
    if (listen->n_addresses == TRANSPORT_PAIRS_MAX)
        return "is one address too many: 16 will do";
    return value_address(t->value, &listen->addresses[listen->n_addresses++]);
}

/* "default" is the empty list. */
static const char *add_proposal(const struct target *t, uint8_t protocol, struct proposals *out)
{
    const char *wrong;

    if (strcmp(t->value, "default") != 0) {
        wrong = value_proposal(t->value, protocol, out);
        if (wrong == NULL)
            out->lines[out->n - 1] = t->setting->line;
        return wrong;
    }
    return t->alone ? NULL : "stands alone: the policy's proposals are not mixed with others";
}

static const char *take_name(const struct target *t, size_t most, const char **out)
{
    if (t->value[0] == '\0' || strlen(t->value) > most)
        return "is empty or too long";
    *out = t->setting->value;
    return NULL;
}

static const char *choose(const struct target *t, const char *const *words, size_t n, size_t *out)
{
    return value_word(t->value, words, n, out);
}

/* --- Options, by section ----------------------------------------------------------------- */

static const char *take_control(const struct target *t)
{
    if (strcmp(t->value, "none") != 0)
        return take_path(t, &t->config->control);
    t->config->control = NULL;
    return NULL;
}

static const char *take_dataplane(const struct target *t)
{
    static const char *const words[] = { "none", "tun", "xfrm" };
    size_t index = 0;
    const char *wrong = choose(t, words, COUNT(words), &index);

    if (wrong == NULL)
        t->config->dataplane = words[index];
    return wrong;
}

static const char *take_cookie(const struct target *t)
{
    static const char *const words[] = { "auto", "always", "never" };
    static const ike2_toggle values[] = { IKE2_DEFAULT, IKE2_ON, IKE2_OFF };
    size_t index = 0;
    const char *wrong = choose(t, words, COUNT(words), &index);

    if (wrong == NULL)
        t->config->cookie = values[index];
    return wrong;
}

static const char *take_log_level(const struct target *t)
{
    size_t index = 0;
    const char *wrong = choose(t, log_levels, LEVELS, &index);

    if (wrong == NULL)
        t->config->log.level = (enum log_level)index;
    return wrong;
}

static const char *take_log_format(const struct target *t)
{
    static const char *const words[] = { "text", "json" };
    size_t index = 0;
    const char *wrong = choose(t, words, COUNT(words), &index);

    if (wrong == NULL)
        t->config->log.json = index == 1;
    return wrong;
}

static const char *apply_top(const struct target *t)
{
    struct config *c = t->config;

    switch (t->setting->row->id) {
    case OPTION_LISTEN: return add_address(t, &c->listen);
    case OPTION_PORT: return value_u16(t->value, 0, &c->listen.port);
    case OPTION_NATT_PORT: return value_u16(t->value, 0, &c->listen.natt_port);
    case OPTION_CONTROL: return take_control(t);
    case OPTION_DATAPLANE: return take_dataplane(t);
    case OPTION_COOKIE: return take_cookie(t);
    case OPTION_ANSWER_UNKNOWN: return value_switch(t->value, &c->answer_unknown);
    case OPTION_LOG_LEVEL: return take_log_level(t);
    case OPTION_LOG_FORMAT: return take_log_format(t);
    default: /* OPTION_KEYLOG */ return take_path(t, &c->keylog_file);
    }
}

static const char *take_limit(const struct target *t, uint32_t *out)
{
    return value_number(t->value, 1, 1000000, out);
}

static const char *take_half_open_time(const struct target *t)
{
    uint32_t seconds = 0;
    const char *wrong = value_seconds(t->value, 1, &seconds);

    if (wrong == NULL && seconds > 3600)
        return "is too long: an hour at most";
    if (wrong == NULL)
        t->config->half_open_ms = seconds * 1000u;
    return wrong;
}

static const char *apply_limits(const struct target *t)
{
    ike2_limits *limits = &t->config->limits;

    switch (t->setting->row->id) {
    case OPTION_SAS: return take_limit(t, &limits->sas);
    case OPTION_HALF_OPEN: return take_limit(t, &limits->half_open);
    case OPTION_HALF_OPEN_COOKIE: return take_limit(t, &limits->half_open_cookie);
    case OPTION_HALF_OPEN_PER_ADDRESS: return take_limit(t, &limits->half_open_per_addr);
    default: /* OPTION_HALF_OPEN_TIME */ return take_half_open_time(t);
    }
}

static const char *take_mtu(const struct target *t)
{
    uint32_t mtu = 0;
    const char *wrong = value_number(t->value, 576, 9000, &mtu);

    if (wrong == NULL)
        t->config->tun.mtu = (uint16_t)mtu;
    return wrong;
}

static const char *take_not(const struct target *t, bool *out)
{
    bool yes = false;
    const char *wrong = value_switch(t->value, &yes);

    if (wrong == NULL)
        *out = !yes;
    return wrong;
}

static const char *apply_tun(const struct target *t)
{
    struct config_tun *tun = &t->config->tun;

    switch (t->setting->row->id) {
    case OPTION_INTERFACE: return take_name(t, 15, &tun->interface_name);
    case OPTION_MTU: return take_mtu(t);
    case OPTION_ROUTES: return take_not(t, &tun->no_routes);
    default: /* OPTION_ROUTE_TABLE */
        return value_number(t->value, 1, UINT32_MAX, &tun->route_table);
    }
}

static const char *apply_pool(const struct target *t)
{
    if (t->setting->row->id == OPTION_RANGE)
        return grant_add_range(t->pool, t->value);
    return grant_add_reserved(t->pool, t->value); /* OPTION_RESERVE */
}

static const char *take_want(const struct target *t, ike2_want *out)
{
    static const char *const words[] = { "yes", "no", "required" };
    static const ike2_want values[] = { IKE2_WANT_PREFER, IKE2_WANT_OFF, IKE2_WANT_REQUIRE };
    size_t index = 0;
    const char *wrong = choose(t, words, COUNT(words), &index);

    if (wrong == NULL)
        *out = values[index];
    return wrong;
}

/* One that there is. */
static const char *take_pool(const struct target *t)
{
    const struct config *c = t->config;
    const char *names[POOLS_SAID];
    size_t i, n = 0;

    for (i = 0; i < c->pools.n; i++) {
        if (strcmp(c->pools.list[i].name, t->value) == 0)
            return grant_add_pool(&t->connection->grant, t->setting->value);
        if (n < POOLS_SAID)
            names[n++] = c->pools.list[i].name;
    }
    if (n == 0)
        return "is no pool: write pool NAME { range = ... } outside of connections";
    return value_word(t->value, names, n, &i);
}

static const char *take_unique(const struct target *t)
{
    static const char *const words[] = { "contact", "replace", "keep", "refuse" };
    static const uint8_t values[] = { IKE2_UNIQUE_CONTACT, IKE2_UNIQUE_REPLACE, IKE2_UNIQUE_KEEP,
                                      IKE2_UNIQUE_REFUSE };
    size_t index = 0;
    const char *wrong = choose(t, words, COUNT(words), &index);

    if (wrong == NULL)
        t->connection->sa.unique = values[index];
    return wrong;
}

static const char *take_childless(const struct target *t)
{
    bool yes = false;
    const char *wrong = value_switch(t->value, &yes);

    if (wrong == NULL)
        t->connection->sa.childless = yes ? IKE2_WANT_ALLOW : IKE2_WANT_OFF;
    return wrong;
}

static const char *take_window(const struct target *t)
{
    uint32_t n = 0;
    const char *wrong = value_number(t->value, 1, 16, &n);

    if (wrong == NULL)
        t->connection->sa.window = (uint8_t)n;
    return wrong;
}

static const char *take_policy(const struct target *t)
{
    t->connection->policy_line = t->setting->line;
    return policy_read(t->value, &t->connection->policy);
}

static const char *apply_connection(const struct target *t)
{
    struct connection *c = t->connection;

    switch (t->setting->row->id) {
    case OPTION_POLICY: return take_policy(t);
    case OPTION_PROPOSALS: return add_proposal(t, IKE2_PROTOCOL_IKE, &c->ike);
    case OPTION_ESP_PROPOSALS: return add_proposal(t, IKE2_PROTOCOL_ESP, &c->esp);
    case OPTION_REKEY_TIME: return value_seconds(t->value, 1, &c->sa.rekey_seconds);
    case OPTION_REAUTH_TIME: return value_seconds(t->value, 1, &c->sa.reauth_seconds);
    case OPTION_UNIQUE: return take_unique(t);
    case OPTION_CHILDLESS: return take_childless(t);
    case OPTION_WINDOW: return take_window(t);
    case OPTION_DPD: return value_seconds(t->value, 1, &c->liveness_seconds);
    case OPTION_KEEPALIVE: return value_seconds(t->value, 1, &c->keepalive_seconds);
    case OPTION_FRAGMENTATION: return take_want(t, &t->connection->fragmentation);
    case OPTION_FULL_TRANSCRIPT: return take_want(t, &t->connection->full_transcript);
    case OPTION_FRAGMENT_SIZE: return value_u16(t->value, 576, &c->fragment_octets);
    case OPTION_FORCE_ENCAP: return value_switch(t->value, &c->force_encap);
    case OPTION_SHA1_SIGNATURES: return value_switch(t->value, &c->sha1_signatures);
    case OPTION_POOLS: return take_pool(t);
    default: return grant_apply(&t->connection->grant, t->setting->row->id, t->setting->value);
    }
}

/* What names no file stays as it is: the URI of a key in a token, a hash. */
static const char *add_name(const struct target *t, const char **list, size_t *n)
{
    if (*n == FILES_MAX)
        return "is one key too many: 16 will do";
    list[*n] = keep(t->config->store, strdup(t->value));
    return list[(*n)++] != NULL ? NULL : "does not fit into memory";
}

static const char *add_key(const struct target *t, struct connection_local *local)
{
    return (token_is_named(t->value) ? add_name : add_file)(t, local->key_files,
                                                            &local->n_key_files);
}

/* RFC 7619 2.2: who proves nothing need not say who it is. */
static const char *take_local_method(const struct target *t, struct connection_local *local)
{
    static const char *const words[] = { "auto", "raw-key", "none" };
    size_t index = 0;
    const char *wrong = choose(t, words, COUNT(words), &index);

    local->is_raw = wrong == NULL && index == 1;
    local->is_anonymous = wrong == NULL && index == 2;
    if (local->is_anonymous && local->id.id.type == 0)
        local->id.id.type = IKE2_ID_NULL;
    return wrong;
}

static const char *add_identity(const struct target *t, struct connection_local *local)
{
    if (local->id.id.type == 0 || local->id.id.type == IKE2_ID_NULL)
        return value_identity(t->value, &local->id);
    if (local->n_other_ids == IDS_MAX - 1)
        return "is one identity too many: 16 will do";
    return value_identity(t->value, &local->other_ids[local->n_other_ids++]);
}

static const char *apply_local(const struct target *t)
{
    struct connection_local *local = &t->connection->local;

    switch (t->setting->row->id) {
    case OPTION_LOCAL_ID: return add_identity(t, local);
    case OPTION_LOCAL_METHOD: return take_local_method(t, local);
    case OPTION_LOCAL_CERT: return add_file(t, local->cert_files, &local->n_cert_files);
    case OPTION_LOCAL_CERT_URL: return keypair_url_add(local, t->value);
    case OPTION_LOCAL_KEY: return add_key(t, local);
    case OPTION_LOCAL_KEY_PASSWORD_FILE:
        return add_file(t, local->password_files, &local->n_password_files);
    case OPTION_LOCAL_PSK_FILE: return take_file(t, &local->psk_file);
    default: /* OPTION_LOCAL_SCHEMES */ return value_scheme(t->value, &local->schemes);
    }
}

static const char *take_method(const struct target *t)
{
    static const char *const words[] = { "psk", "certificate", "raw-key", "none" };
    static const uint32_t values[] = { IKE2_AUTH_PSK, IKE2_AUTH_SIGNATURE, IKE2_AUTH_SIGNATURE,
                                       IKE2_AUTH_NULL };
    struct connection_remote *remote = &t->connection->remote;
    size_t index = 0;
    const char *wrong;

    if (strncmp(t->value, "eap", 3) == 0)
        return "is not supported by this version: write psk or certificate";
    wrong = choose(t, words, COUNT(words), &index);
    if (wrong != NULL)
        return wrong;
    remote->methods |= values[index];
    remote->by_certificate |= index == 1;
    remote->by_raw_key |= index == 2;
    return NULL;
}

static const char *add_public_key(const struct target *t, struct connection_remote *remote)
{
    return (raw_key_is_hash(t->value) ? add_name : add_file)(t, remote->public_keys,
                                                             &remote->n_public_keys);
}

static const char *take_system(const struct target *t)
{
    static const char *const words[] = { "any", "android", "apple", "windows" };
    static const uint32_t values[] = { 0, IKE2_QUIRK_NO_PSS | IKE2_QUIRK_NO_EDDSA,
                                       IKE2_QUIRK_NO_EDDSA,
                                       IKE2_QUIRK_NO_PSS | IKE2_QUIRK_NO_EDDSA };
    size_t index = 0;
    const char *wrong = choose(t, words, COUNT(words), &index);

    if (wrong == NULL)
        t->connection->remote.quirks = values[index];
    return wrong;
}

static const char *add_crl_file(const struct target *t, struct trust_rules *rules)
{
    const char *path = NULL, *wrong = take_file(t, &path);

    return wrong != NULL ? wrong : trust_rules_crl_file(path, rules);
}

static const char *take_cache(const struct target *t, struct trust_rules *rules)
{
    const char *path = NULL, *wrong = take_path(t, &path);

    return wrong != NULL ? wrong : trust_rules_cache(path, rules);
}

static const char *apply_remote(const struct target *t)
{
    struct connection_remote *remote = &t->connection->remote;

    switch (t->setting->row->id) {
    case OPTION_REMOTE_ID: return value_identity(t->value, &remote->id);
    case OPTION_REMOTE_METHOD: return take_method(t);
    case OPTION_REMOTE_CA: return add_file(t, remote->ca_files, &remote->n_ca_files);
    case OPTION_REMOTE_CA_HASH: return trust_rules_pin(t->value, &remote->rules.anchors);
    case OPTION_REMOTE_PIN: return trust_rules_pin(t->value, &remote->rules.pins);
    case OPTION_REMOTE_PURPOSE: return trust_rules_purpose(t->value, &remote->rules);
    case OPTION_REMOTE_CRL: return trust_rules_revocation(t->value, &remote->rules);
    case OPTION_REMOTE_CRL_FILE: return add_crl_file(t, &remote->rules);
    case OPTION_REMOTE_CRL_FETCH: return value_switch(t->value, &remote->rules.fetching.is_on);
    case OPTION_REMOTE_CRL_CACHE: return take_cache(t, &remote->rules);
    case OPTION_REMOTE_CRL_NETWORKS:
        return value_selector(t->value, &remote->rules.fetching.networks);
    case OPTION_REMOTE_HASH_AND_URL:
        return value_switch(t->value, &remote->rules.fetching.certificates);
    case OPTION_REMOTE_WILDCARDS:
        return trust_rules_flag(t->value, IKE2_X509_WILDCARDS, &remote->rules);
    case OPTION_REMOTE_COMMON_NAME:
        return trust_rules_flag(t->value, IKE2_X509_COMMON_NAME, &remote->rules);
    case OPTION_REMOTE_PUBLIC_KEY: return add_public_key(t, remote);
    case OPTION_REMOTE_PSK_FILE: return take_file(t, &remote->psk_file);
    case OPTION_REMOTE_PSK_TABLE: return take_file(t, &remote->psk_table_file);
    case OPTION_REMOTE_SYSTEM: return take_system(t);
    case OPTION_REMOTE_ADDRESS: return value_selector(t->value, &remote->networks);
    default: /* OPTION_REMOTE_SCHEMES */ return value_scheme(t->value, &remote->schemes);
    }
}

static const char *apply_child(const struct target *t)
{
    struct connection_child *child = t->child;

    switch (t->setting->row->id) {
    case OPTION_LOCAL_TS: return value_selector(t->value, &child->local_ts);
    case OPTION_REMOTE_TS: return value_selector(t->value, &child->remote_ts);
    case OPTION_CHILD_MODE: return value_mode(t->value, &child->transport);
    case OPTION_CHILD_REKEY_TIME: return value_seconds(t->value, 1, &child->rekey_seconds);
    case OPTION_CHILD_EXPIRE_TIME: return value_seconds(t->value, 1, &child->expire_seconds);
    case OPTION_CHILD_REKEY_OCTETS: return value_octets(t->value, 1, &child->rekey_octets);
    default: /* OPTION_CHILD_ESP_PROPOSALS */
        return add_proposal(t, IKE2_PROTOCOL_ESP, &child->esp);
    }
}

const char *config_apply(const struct target *t)
{
    switch (t->setting->row->section) {
    case SECTION_TOP: return apply_top(t);
    case SECTION_LIMITS: return apply_limits(t);
    case SECTION_TUN: return apply_tun(t);
    case SECTION_POOL: return apply_pool(t);
    case SECTION_CONNECTION: return apply_connection(t);
    case SECTION_LOCAL: return apply_local(t);
    case SECTION_REMOTE: return apply_remote(t);
    case SECTION_CHILD: return apply_child(t);
    case SECTIONS: break;
    }
    return NULL;
}
