#include "roster.h"

#include <stdlib.h>
#include <string.h>

#include <ike2/iana.h>

#include "common/names.h"

enum {
    HEADER_OCTETS = 28, /* RFC 7296 3.1 */
    TRUSTED_MAX = 1024  /* of ike2_peer_config.trusted */
};

/* --- Generations ------------------------------------------------------------------------- */

static bool load_entry(struct roster_entry *e, const struct provider *provider,
                       struct config *config, size_t i, const struct log *log)
{
    struct problem why = { "" };

    e->connection = &config->connections[i];
    if (!credentials_load(&e->credentials, provider, e->connection, &why)) {
        config_complain(config, config->places[i], "connection '%s': %s", e->connection->name,
                        why.text);
        return false;
    }
    e->stamp = credentials_stamp(e->connection);
    if (why.text[0] != '\0' && log != NULL)
        log_say(log, LEVEL_WARN, "connection '%s': %s", e->connection->name, why.text);
    return true;
}

bool roster_load(const struct provider *provider, struct config *config, const struct log *log,
                 struct generation **out)
{
    struct generation *g = calloc(1, sizeof *g);
    bool ok = true;
    size_t i;

    if (g != NULL)
        g->entries = calloc(config->n_connections + 1, sizeof *g->entries);
    if (g == NULL || g->entries == NULL) {
        free(g);
        config_complain(config, (struct source_place){ .file = "" }, "out of memory");
        return false;
    }
    for (i = 0; i < config->n_connections; i++)
        ok = load_entry(&g->entries[g->n++], provider, config, i, log) && ok;
    if (ok) {
        g->config = config;
        *out = g;
    } else {
        generation_free(g);
    }
    return ok;
}

void generation_free(struct generation *g)
{
    size_t i;

    if (g == NULL)
        return;
    for (i = 0; i < g->n; i++)
        credentials_clear(&g->entries[i].credentials);
    config_free(g->config);
    free(g->entries);
    free(g);
}

static void undefine(struct roster *r, const struct generation *g)
{
    size_t i;

    for (i = 0; g != NULL && i < g->n; i++) {
        if (g->entries[i].peer != 0)
            (void)journal_peer_undefine(r->host->journal, r->host->ep, g->entries[i].peer);
        if (g->entries[i].welcome != 0)
            (void)journal_peer_undefine(r->host->journal, r->host->ep, g->entries[i].welcome);
    }
}

/* --- The roster -------------------------------------------------------------------------- */

/* Before a peer has said who it is, it is told of all CAs and methods of all connections: it could
 * not choose its certificate otherwise. */
struct everybody {
    struct connection_welcome welcome;
    ike2_bytes trusted[TRUSTED_MAX];
};

static bool knows(const struct everybody *all, ike2_bytes hash)
{
    size_t i;

    for (i = 0; i < all->welcome.n_trusted; i++) {
        if (memcmp(all->trusted[i].ptr, hash.ptr, hash.len) == 0)
            return true;
    }
    return false;
}

static void welcome_peers_of(struct everybody *all, const struct roster_entry *e)
{
    size_t i, n;
    const ike2_bytes *hashes = trust_hashes(e->credentials.trust, &n);

    all->welcome.methods |= connection_methods(e->connection);
    all->welcome.raw_keys |= e->connection->remote.n_public_keys > 0;
    all->welcome.looks_up |= e->connection->remote.rules.fetching.certificates;
    for (i = 0; i < n && all->welcome.n_trusted < TRUSTED_MAX; i++) {
        if (!knows(all, hashes[i]))
            all->trusted[all->welcome.n_trusted++] = hashes[i];
    }
}

static bool define_welcomes(struct roster *r, const struct generation *g)
{
    struct everybody *all = calloc(1, sizeof *all);
    bool ok = all != NULL;
    size_t i;

    for (i = 0; ok && i < g->n; i++)
        welcome_peers_of(all, &g->entries[i]);
    for (i = 0; ok && i < g->n; i++) {
        struct roster_entry *e = &g->entries[i];

        all->welcome.trusted = all->trusted;
        ok = connection_define_welcome(e->connection, &e->credentials, &all->welcome, r->host,
                                       &e->welcome) == IKE2_OK;
    }
    free(all);
    return ok;
}

static bool define(struct roster *r, const struct generation *g, size_t i)
{
    struct roster_entry *e = &g->entries[i];
    struct connection *c = &g->config->connections[i];
    uint32_t asks;

    c->force_encap = c->force_encap || r->force_encap;
    e->tag = ++r->last_tag;
    asks = IKE2_ASKS_IDENTITY | (c->grant.n_pools > 0 ? IKE2_ASKS_CONFIG | IKE2_ASKS_CHILD : 0);
    return connection_define(c, &e->credentials, e->tag, asks, r->host, &e->peer) == IKE2_OK;
}

bool roster_adopt(struct roster *r, struct generation *g)
{
    bool ok = true;
    size_t i;

    for (i = 0; i < g->n; i++) {
        if (define(r, g, i))
            continue;
        ok = false;
        config_complain(g->config, g->config->places[i],
                        "connection '%s' is refused by the library: an algorithm or a combination "
                        "of options that it does not support",
                        g->entries[i].connection->name);
    }
    if (ok && !define_welcomes(r, g)) {
        ok = false;
        config_complain(g->config, (struct source_place){ .file = g->config->source.files[0] },
                        "the library refuses the connections together");
    }
    if (!ok) {
        undefine(r, g);
        return false;
    }
    undefine(r, r->current);
    g->older = r->current;
    r->current = g;
    roster_sweep(r);
    return true;
}

static bool generation_has(const struct generation *g, uint64_t tag)
{
    return g->n > 0 && tag >= g->entries[0].tag && tag <= g->entries[g->n - 1].tag;
}

static bool is_in_use(const struct roster *r, const struct generation *g)
{
    ike2_sa_info info = IKE2_INIT(ike2_sa_info);
    ike2_sa_id sa;

    for (sa = ike2_sa_next(r->host->ep, 0); sa != 0; sa = ike2_sa_next(r->host->ep, sa)) {
        if (ike2_sa_get(r->host->ep, sa, &info) == IKE2_OK && generation_has(g, info.peer_tag))
            return true;
    }
    return false;
}

void roster_sweep(struct roster *r)
{
    struct generation **at = r->current != NULL ? &r->current->older : NULL, *g;

    while (at != NULL && (g = *at) != NULL) {
        if (is_in_use(r, g)) {
            at = &g->older;
            continue;
        }
        *at = g->older;
        generation_free(g);
    }
}

void roster_clear(struct roster *r)
{
    struct generation *g;

    pools_clear(&r->pools);
    while ((g = r->current) != NULL) {
        r->current = g->older;
        generation_free(g);
    }
}

const struct roster_entry *roster_find(const struct roster *r, uint64_t tag)
{
    const struct generation *g;

    for (g = r->current; g != NULL; g = g->older) {
        if (generation_has(g, tag))
            return &g->entries[tag - g->entries[0].tag];
    }
    return NULL;
}

void roster_suspects(const struct roster *r, uint64_t tag, const ike2_addr *remote,
                     struct explain_ours *out)
{
    const struct roster_entry *e = roster_find(r, tag);
    size_t i;

    if (e != NULL) {
        out->list[out->n++] = e->connection;
        return;
    }
    for (i = 0; remote != NULL && i < r->current->n && out->n < EXPLAIN_CONNECTIONS; i++) {
        if (connection_is_from(r->current->entries[i].connection, remote))
            out->list[out->n++] = r->current->entries[i].connection;
    }
}

/* --- By the first request ---------------------------------------------------------------- */

/* The body of the SA payload; empty if there is none. */
static ike2_bytes sa_body_of(ike2_bytes message)
{
    ike2_payload payload;
    ike2_header header;
    ike2_walk walk;

    if (ike2_header_read(message, &header) != IKE2_OK)
        return (ike2_bytes){ 0 };
    ike2_payload_walk(
        &walk, header.next_payload,
        (ike2_bytes){ .ptr = message.ptr + HEADER_OCTETS, .len = message.len - HEADER_OCTETS });
    while (ike2_payload_next(&walk, &payload)) {
        if (payload.type == IKE2_PAYLOAD_SA)
            return payload.body;
    }
    return (ike2_bytes){ 0 };
}

const struct roster_entry *roster_by_request(const struct roster *r, const ike2_output *out,
                                             struct problem *why)
{
    const ike2_path *path = &out->u.ask_peer.path;
    ike2_bytes sa_body = sa_body_of(out->u.ask_peer.message);
    const struct roster_entry *found = NULL;
    size_t i;

    for (i = 0; i < r->current->n; i++) {
        const struct roster_entry *e = &r->current->entries[i];

        if (!connection_is_from(e->connection, &path->remote))
            continue;
        if (connection_meets(e->connection, sa_body))
            return e;
        if (found == NULL)
            found = e; /* the library will refuse it, and say what is different */
    }
    if (found == NULL)
        problem_set(why, "no connection is for this address: see remote { address }");
    return found;
}

/* --- By identity ------------------------------------------------------------------------- */

/* How well does an identity fit the configured one? 0: not at all, 1: anybody, 2: exactly. */
static unsigned fit(const ike2_id *configured, const ike2_id *claimed)
{
    if (configured->type == 0)
        return 1;
    if (configured->type == claimed->type && configured->data.len == claimed->data.len &&
        (claimed->data.len == 0 ||
         memcmp(configured->data.ptr, claimed->data.ptr, claimed->data.len) == 0))
        return 2;
    return 0;
}

static unsigned fit_local(const struct connection_local *local, const ike2_id *wanted)
{
    unsigned best = fit(&local->id.id, wanted);
    size_t i;

    for (i = 0; best == 0 && i < local->n_other_ids; i++)
        best = fit(&local->other_ids[i].id, wanted);
    return best;
}

/* RFC 7619: a connection for anonymous peers is for them alone, and they get no other. */
static bool fits_method(const struct connection *c, uint8_t method)
{
    return connection_is_for_anonymous(c) == (method == IKE2_AUTH_METHOD_NULL);
}

/* 0: not this one. The peer's own identity says more than whom it wants to talk to. */
static unsigned score(const struct roster_entry *e, const ike2_output *out, const ike2_sa_info *sa)
{
    const struct connection *c = e->connection;
    const ike2_id *wanted = &out->u.ask_identity.local;
    unsigned remote = fit(&c->remote.id.id, &out->u.ask_identity.remote);
    unsigned local = wanted->type == 0 ? 1 : fit_local(&c->local, wanted);

    if (remote == 0 || local == 0 || !connection_is_from(c, &sa->path.remote) ||
        !connection_allows_suite(c, &sa->suite) ||
        !fits_method(c, out->u.ask_identity.method))
        return 0;
    return 4 * remote + local;
}

static void explain_unknown(const ike2_output *out, struct problem *why)
{
    char remote[ID_TEXT], local[ID_TEXT];

    id_text(&out->u.ask_identity.remote, remote);
    id_text(&out->u.ask_identity.local, local);
    if (out->u.ask_identity.local.type == 0)
        problem_set(why, "the peer says it is %s", remote);
    else
        problem_set(why, "the peer says it is %s and wants to talk to %s", remote, local);
}

const struct roster_entry *roster_by_identity(const struct roster *r, const ike2_output *out,
                                              struct problem *why)
{
    ike2_sa_info sa = IKE2_INIT(ike2_sa_info);
    const struct roster_entry *best = NULL;
    unsigned most = 0, s;
    size_t i;

    if (ike2_sa_get(r->host->ep, out->sa, &sa) != IKE2_OK)
        return NULL;
    for (i = 0; i < r->current->n; i++) {
        s = score(&r->current->entries[i], out, &sa);
        if (s > most) {
            most = s;
            best = &r->current->entries[i];
        }
    }
    if (best == NULL)
        explain_unknown(out, why);
    return best;
}
