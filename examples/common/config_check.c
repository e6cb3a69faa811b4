#include "config_check.h"

#include <string.h>

#include "policy.h"

static void check_policy(struct config *c, const struct connection *n, struct source_place place)
{
    struct problem why;
    int line;

    if (!policy_is_kept(n, &line, &why))
        config_complain(c, line != 0 ? source_place(&c->source, line) : place,
                        "connection '%s': %s", n->name, why.text);
}

/* What is for certificates, without one. */
static void check_keys(struct config *c, const struct connection *n, struct source_place place)
{
    if (n->local.n_cert_files > 0)
        return;
    if (n->local.n_cert_urls > 0)
        config_complain(c, place,
                        "connection '%s': cert-url is of no use without cert: name the "
                        "certificates that are there",
                        n->name);
    if (n->local.n_key_files > 0 && !n->local.is_raw)
        config_complain(c, place,
                        "connection '%s': key is of no use without cert: name its certificate, or "
                        "write method = raw-key",
                        n->name);
    if (n->local.n_other_ids > 0)
        config_complain(c, place,
                        "connection '%s' has several identities, which is for certificates that "
                        "they stand in: write local { cert = { ... } }",
                        n->name);
}

static void check_psks(struct config *c, const struct connection *n, struct source_place place)
{
    const struct connection_remote *remote = &n->remote;
    bool has_any = n->local.psk_file != NULL || remote->psk_file != NULL;

    if (remote->psk_file != NULL && remote->psk_table_file != NULL)
        config_complain(c, place,
                        "connection '%s': psk-table has the peer's key, or psk-file has it: not "
                        "both",
                        n->name);
    if ((connection_methods(n) & IKE2_AUTH_PSK) != 0 && !has_any &&
        remote->psk_table_file == NULL)
        config_complain(c, place,
                        "connection '%s' has no pre-shared key of the peer's: write "
                        "remote { psk-file = ... }",
                        n->name);
}

static void check_own_raw_key(struct config *c, const struct connection *n,
                              struct source_place place)
{
    const struct connection_local *local = &n->local;

    if (local->is_raw && local->n_key_files == 0)
        config_complain(c, place,
                        "connection '%s': method = raw-key has no key: write local { key = ... }",
                        n->name);
    if (local->is_raw && local->n_cert_files > 0)
        config_complain(c, place,
                        "connection '%s': method = raw-key is for keys without certificates: leave "
                        "cert out, or the method",
                        n->name);
}

/* RFC 7670 5: whose it is, nobody but this configuration says. */
static void check_raw_keys(struct config *c, const struct connection *n, struct source_place place)
{
    const struct connection_remote *remote = &n->remote;
    bool is_said = remote->by_certificate || remote->by_raw_key;

    check_own_raw_key(c, n, place);
    if (remote->by_raw_key && remote->n_public_keys == 0)
        config_complain(c, place,
                        "connection '%s' knows no raw key of the peer's: write remote { public-key "
                        "= ... }",
                        n->name);
    if (remote->n_public_keys == 0)
        return;
    if (remote->id.id.type == 0)
        config_complain(c, place,
                        "connection '%s': no name is in a public-key: write remote { id = ... }, "
                        "whose it is",
                        n->name);
    if ((connection_methods(n) & IKE2_AUTH_SIGNATURE) == 0 || (is_said && !remote->by_raw_key))
        config_complain(c, place,
                        "connection '%s': public-key is of no use with this method: write remote { "
                        "method = raw-key }",
                        n->name);
    if (remote->by_raw_key && !remote->by_certificate && connection_believes_cas(n))
        config_complain(c, place,
                        "connection '%s': ca is of no use with method = raw-key alone: leave it "
                        "out, or add certificate",
                        n->name);
}

/* RFC 7619 2.5: who may be anybody would take the addresses of anybody else for its own. */
static void check_anonymous_networks(struct config *c, const struct connection *n,
                                     struct source_place place)
{
    size_t i;

    for (i = 0; i < n->n_children && n->grant.n_pools == 0; i++) {
        const struct connection_child *child = &n->children[i];

        if (child->remote_ts.n == 0 && child->transport < IKE2_WANT_PREFER)
            config_complain(c, place,
                            "connection '%s' is for anonymous peers, and lets them take any "
                            "address for theirs: give them some by pools = ..., or write "
                            "remote-ts in child '%s'",
                            n->name, child->name);
    }
}

/* RFC 7619 2.4: nobody gets in because of a name that nobody has proven. */
static void check_anonymous(struct config *c, const struct connection *n,
                            struct source_place place)
{
    const struct connection_remote *remote = &n->remote;

    if (n->local.is_anonymous && remote->methods == 0)
        config_complain(c, place,
                        "connection '%s': we prove nothing, and it is not said what the peer has "
                        "to: write remote { method = certificate }, psk or none",
                        n->name);
    if ((remote->methods & IKE2_AUTH_NULL) == 0)
        return;
    if (remote->methods != IKE2_AUTH_NULL)
        config_complain(c, place,
                        "connection '%s': method = none stands alone: write another connection for "
                        "peers that prove who they are",
                        n->name);
    if (remote->id.id.type != 0)
        config_complain(c, place,
                        "connection '%s' is for anonymous peers, and an id of theirs would prove "
                        "nothing: leave it out",
                        n->name);
    check_anonymous_networks(c, n, place);
}

/* Or proves nothing on purpose. */
static bool proves_something(const struct connection *n)
{
    return n->local.n_cert_files > 0 || n->local.psk_file != NULL ||
           n->remote.psk_table_file != NULL || n->local.is_anonymous || n->local.is_raw;
}

static void check_ca(struct config *c, const struct connection *n, struct source_place place)
{
    const struct connection_remote *remote = &n->remote;
    bool has_others = remote->by_raw_key || remote->n_public_keys > 0;

    if ((connection_methods(n) & IKE2_AUTH_SIGNATURE) == 0 || connection_believes_cas(n))
        return;
    if (remote->by_certificate || !has_others)
        config_complain(c, place,
                        "connection '%s' believes nobody's certificate: write remote { "
                        "ca = ... }",
                        n->name);
}

static void check_rules(struct config *c, const struct connection *n, struct source_place place)
{
    const char *conflict = trust_rules_conflict(&n->remote.rules);

    if (conflict != NULL)
        config_complain(c, place, "connection '%s': %s", n->name, conflict);
    if (n->remote.rules.fetching.certificates &&
        ((connection_methods(n) & IKE2_AUTH_SIGNATURE) == 0 || !connection_believes_cas(n)))
        config_complain(c, place,
                        "connection '%s': hash-and-url is of no use for peers without "
                        "certificates: leave it out, or write remote { ca = ... }",
                        n->name);
}

void config_check_connection(struct config *c, const struct connection *n,
                             struct source_place place)
{
    const struct connection_local *local = &n->local;

    check_policy(c, n, place);
    if (local->id.id.type == 0)
        config_complain(c, place,
                        "connection '%s' does not say who we are: write local { id = "
                        "... }",
                        n->name);
    if (n->sa.unique == IKE2_UNIQUE_REFUSE && n->sa.reauth_seconds != 0 &&
        n->sa.reauth_seconds != IKE2_NEVER)
        config_complain(c, place,
                        "connection '%s': with unique = refuse nobody can do what reauth-time asks "
                        "for, as the new IKE SA comes up while the old one is there",
                        n->name);
    if (n->n_children == 0)
        config_complain(c, place, "connection '%s' carries nothing: write child NAME { }", n->name);
    check_anonymous(c, n, place);
    if (!proves_something(n))
        config_complain(c, place,
                        "connection '%s' has nothing to prove us with: write local { "
                        "psk-file = ... }, or cert and key",
                        n->name);
    check_keys(c, n, place);
    check_raw_keys(c, n, place);
    check_ca(c, n, place);
    check_rules(c, n, place);
    check_psks(c, n, place);
}

/* --- Pools ------------------------------------------------------------------------------- */

static void check_pool(struct config *c, size_t i)
{
    const struct grant_pool *pool = &c->pools.list[i];
    size_t j;

    if (pool->ranges.n == 0)
        config_complain(c, c->pools.places[i],
                        "pool '%s' has no addresses: write range = 10.9.0.0/24", pool->name);
    if (grant_pools_overlap(pool, pool))
        config_complain(c, c->pools.places[i], "pool '%s' has the same addresses twice",
                        pool->name);
    for (j = 0; j < i; j++) {
        if (grant_pools_overlap(pool, &c->pools.list[j]))
            config_complain(c, c->pools.places[i],
                            "pool '%s' has addresses of pool '%s': an address is in one pool only",
                            pool->name, c->pools.list[j].name);
    }
}

static void check_grant(struct config *c, size_t i)
{
    const struct connection *n = &c->connections[i];
    const struct grant *g = &n->grant;
    bool gives = g->dns.n > 0 || g->nbns.n > 0 || g->subnets.n > 0 || g->n_domains > 0 ||
                 g->netmask.family != 0;

    if (gives && g->n_pools == 0)
        config_complain(c, c->places[i],
                        "connection '%s' has no addresses for clients, who would get the rest "
                        "with them: write pools = NAME",
                        n->name);
    if (g->n_domains > 0 && g->dns.n == 0)
        config_complain(c, c->places[i],
                        "connection '%s' has domains and nobody who knows them: write dns = "
                        "ADDRESS",
                        n->name);
}

void config_check_pools(struct config *c)
{
    size_t i;

    for (i = 0; i < c->pools.n; i++)
        check_pool(c, i);
    for (i = 0; i < c->n_connections; i++)
        check_grant(c, i);
}
