#include "connection.h"

#include <string.h>

#include <ike2/iana.h>

#include "policy.h"

/* --- Definition -------------------------------------------------------------------------- */

/* Without selectors: everything; or, if `is_given`, none, which are the assigned addresses, and in
 * transport mode the ends themselves. */
static const struct selectors *selectors_or(const struct connection_child *child,
                                            const struct selectors *given, bool is_given)
{
    static struct selectors everything;
    bool is_transport = child->transport >= IKE2_WANT_PREFER;

    value_default_selectors(&everything);
    return given->n > 0 || is_transport || is_given ? given : &everything;
}

static void define_child(const struct connection *c, const struct connection_child *from,
                         const ike2_named_policy *policy, ike2_child_config *out)
{
    const struct proposals *esp = from->esp.n > 0 ? &from->esp : &c->esp;
    const struct selectors *local = selectors_or(from, &from->local_ts, c->n_request > 0);
    const struct selectors *remote =
        selectors_or(from, &from->remote_ts, c->grant.n_pools > 0);

    *out = (ike2_child_config){
        .struct_size = sizeof *out,
        .name = from->name,
        .tag = (uint64_t)(from - c->children) + 1,
        .proposals = esp->list,
        .n_proposals = esp->n,
        .ts_local = local->list,
        .n_ts_local = local->n,
        .ts_remote = remote->list,
        .n_ts_remote = remote->n,
        .rekey_octets = from->rekey_octets,
        .rekey_seconds = from->rekey_seconds,
        .expire_seconds = from->expire_seconds,
        .transport = from->transport,
    };
    ike2_named_policy_fill_child(policy, out);
}

static ike2_toggle toggle(bool on)
{
    return on ? IKE2_ON : IKE2_DEFAULT;
}

static void define_auth(const struct connection *c, const struct credentials *own,
                        ike2_peer_config *peer)
{
    bool signs = own->pairs.n > 0;

    peer->local_auth = c->local.is_anonymous ? IKE2_AUTH_NULL
                       : signs               ? IKE2_AUTH_SIGNATURE
                                             : IKE2_AUTH_PSK;
    peer->remote_auth = connection_methods(c);
    peer->credentials = signs ? &own->pairs.list[0].own : NULL;
    peer->n_credentials = own->pairs.n;
    peer->credential_stride = sizeof *own->pairs.list;
    peer->trusted = trust_hashes(own->trust, &peer->n_trusted);
    peer->raw_keys = toggle(c->remote.n_public_keys > 0);
    peer->cert_lookup = toggle(c->remote.rules.fetching.certificates);
    peer->psk_local = own->psk_local;
    peer->psk_remote = own->psk_remote;
}

/* SHA-1 counts only where it is named, and then the others must be named, too. */
static void choose_schemes(const struct connection *c, struct schemes *out)
{
    *out = c->remote.schemes;
    if (!c->sha1_signatures)
        return;
    if (out->n == 0)
        value_all_schemes(out);
    else
        (void)value_scheme("rsa-sha1", out);
}

static void define_peer(const struct connection *c, ike2_peer_config *peer)
{
    peer->name = c->name;
    peer->local_id = c->local.id.id;
    peer->remote_id = c->remote.id.id;
    peer->quirks = c->remote.quirks;
    peer->proposals = c->ike.list;
    peer->n_proposals = c->ike.n;
    peer->rekey_seconds = c->sa.rekey_seconds;
    peer->reauth_seconds = c->sa.reauth_seconds;
    peer->unique = c->sa.unique;
    peer->window = c->sa.window;
    peer->childless = c->sa.childless;
    peer->liveness_seconds = c->liveness_seconds;
    peer->nat_keepalive_seconds = c->keepalive_seconds;
    peer->fragment_octets_v4 = c->fragment_octets;
    /* IPv6 guarantees 1280: less is not a size it has. */
    peer->fragment_octets_v6 = c->fragment_octets >= 1280 ? c->fragment_octets : 0;
    peer->fragmentation = c->fragmentation;
    peer->full_transcript = c->full_transcript;
    peer->config = c->request;
    peer->n_config = c->n_request;
    peer->force_encap = toggle(c->force_encap);
}

/* One definition under way, and what it views. */
struct definition {
    ike2_peer_config peer;
    ike2_child_config children[CHILDREN_MAX];
    struct schemes schemes;
};

static void define(const struct connection *c, const struct credentials *own, struct definition *d)
{
    ike2_named_policy policy = policy_of(c);
    size_t i;

    d->peer = (ike2_peer_config)IKE2_INIT(ike2_peer_config);
    for (i = 0; i < c->n_children; i++)
        define_child(c, &c->children[i], &policy, &d->children[i]);
    choose_schemes(c, &d->schemes);
    define_peer(c, &d->peer);
    define_auth(c, own, &d->peer);
    d->peer.children = d->children;
    d->peer.n_children = c->n_children;
    d->peer.remote_schemes = d->schemes.n > 0 ? d->schemes.list : NULL;
    d->peer.n_remote_schemes = d->schemes.n;
    ike2_named_policy_fill_peer(&policy, &d->peer);
}

ike2_err connection_define(const struct connection *c, const struct credentials *own, uint64_t tag,
                           uint32_t asks, const struct host *host, ike2_peer_id *out)
{
    struct definition d;

    define(c, own, &d);
    d.peer.tag = tag;
    d.peer.asks = asks;
    return journal_peer_define(host->journal, host->ep, &d.peer, out);
}

ike2_err connection_define_welcome(const struct connection *c, const struct credentials *own,
                                   const struct connection_welcome *welcome,
                                   const struct host *host, ike2_peer_id *out)
{
    struct definition d;

    define(c, own, &d);
    d.peer.asks = IKE2_ASKS_IDENTITY;
    /* RFC 7619: who may stay anonymous is a question of the connection that is found then. */
    d.peer.remote_auth = welcome->methods & ~(uint32_t)IKE2_AUTH_NULL;
    if (d.peer.remote_auth == 0)
        d.peer.remote_auth = IKE2_AUTH_NULL;
    else if (c->remote.id.id.type == IKE2_ID_NULL)
        d.peer.remote_id = (ike2_id){ 0 };
    d.peer.trusted = welcome->trusted;
    d.peer.n_trusted = welcome->n_trusted;
    d.peer.raw_keys = toggle(welcome->raw_keys);
    d.peer.cert_lookup = toggle(welcome->looks_up);
    return journal_peer_define(host->journal, host->ep, &d.peer, out);
}

uint32_t connection_methods(const struct connection *c)
{
    if (c->remote.methods != 0)
        return c->remote.methods;
    if (c->remote.n_public_keys > 0)
        return IKE2_AUTH_SIGNATURE;
    return c->local.n_cert_files > 0 || c->local.is_raw ? IKE2_AUTH_SIGNATURE : IKE2_AUTH_PSK;
}

bool connection_is_for_anonymous(const struct connection *c)
{
    return connection_methods(c) == IKE2_AUTH_NULL;
}

bool connection_believes_cas(const struct connection *c)
{
    return c->remote.n_ca_files > 0 || c->remote.rules.anchors.n > 0;
}

/* --- Choice ------------------------------------------------------------------------------ */

bool connection_is_from(const struct connection *c, const ike2_addr *remote)
{
    size_t i, octets = remote->family == 4 ? 4 : 16;
    uint8_t type = remote->family == 4 ? IKE2_TS_IPV4_ADDR_RANGE : IKE2_TS_IPV6_ADDR_RANGE;

    for (i = 0; i < c->remote.networks.n; i++) {
        const ike2_ts *ts = &c->remote.networks.list[i];

        if (ts->type == type && memcmp(ts->first, remote->ip, octets) <= 0 &&
            memcmp(remote->ip, ts->last, octets) <= 0)
            return true;
    }
    return c->remote.networks.n == 0;
}

static bool same(const ike2_transform *a, const ike2_transform *b)
{
    return a->type == b->type && a->id == b->id && a->key_bits == b->key_bits;
}

static bool lists(const ike2_proposal *p, const ike2_transform *t)
{
    size_t i;

    for (i = 0; i < p->n_transforms; i++) {
        if (same(&p->transforms[i], t))
            return true;
    }
    return false;
}

/* A part that was not negotiated fits everything. */
static bool has_part(const ike2_proposal *p, const ike2_transform *t)
{
    return t->type == 0 || (t->type == IKE2_TRANSFORM_INTEG && t->id == IKE2_INTEG_NONE) ||
           lists(p, t);
}

/* Those of the IKE SA: the connection's own, or its policy's. */
struct candidates {
    const ike2_proposal *list;
    size_t n;
};

static struct candidates candidates_of(const struct connection *c)
{
    ike2_named_policy policy = policy_of(c);

    if (c->ike.n > 0)
        return (struct candidates){ .list = c->ike.list, .n = c->ike.n };
    return (struct candidates){ .list = policy.ike, .n = policy.n_ike };
}

bool connection_allows_suite(const struct connection *c, const ike2_suite *suite)
{
    struct candidates all = candidates_of(c);
    size_t i;

    for (i = 0; i < all.n; i++) {
        const ike2_proposal *p = &all.list[i];

        if (has_part(p, &suite->encr) && has_part(p, &suite->integ) && has_part(p, &suite->prf) &&
            has_part(p, &suite->ke))
            return true;
    }
    return false;
}

/* Bit n: `p` has a transform of type n. */
static uint32_t types_of(const ike2_proposal *p)
{
    uint32_t types = 0;
    size_t i;

    for (i = 0; i < p->n_transforms; i++)
        types |= 1u << (p->transforms[i].type & 31u);
    return types;
}

/* Of each type that `ours` has, one of its transforms is among the offered ones. */
static bool meets(const ike2_proposal *ours, ike2_bytes offered)
{
    ike2_transform t;
    uint32_t met = 0;
    ike2_walk walk;

    ike2_transform_walk(&walk, offered);
    while (ike2_transform_next(&walk, &t, NULL)) {
        if (lists(ours, &t))
            met |= 1u << (t.type & 31u);
    }
    return met == types_of(ours);
}

bool connection_meets(const struct connection *c, ike2_bytes sa_body)
{
    struct candidates all = candidates_of(c);
    ike2_bytes transforms;
    ike2_proposal p;
    ike2_walk walk;
    size_t i;

    ike2_proposal_walk(&walk, sa_body);
    while (ike2_proposal_next(&walk, &p, &transforms)) {
        for (i = 0; i < all.n; i++) {
            if (meets(&all.list[i], transforms))
                return true;
        }
    }
    return false;
}
