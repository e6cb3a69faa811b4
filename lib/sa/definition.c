/* sa/definition.c - copy a peer's definition. One pass measures, the same pass copies, so that the
 * two cannot disagree. */
#include "sa/definition.h"

#include <string.h>

#include "policy/narrow.h"
#include "sa/assignment.h"
#include "wire/hash_url.h"

enum { KEY_HASH_OCTETS = 20 };

/* A block that is filled from the front; without `base` it only measures. */
struct block {
    uint8_t *base;
    size_t len;
};

static const void *block_copy(struct block *b, const void *from, size_t size)
{
    uint8_t *at = b->base == NULL ? NULL : b->base + b->len;

    if (from == NULL || size == 0)
        return NULL;
    if (at != NULL)
        memcpy(at, from, size);
    b->len += (size + 7) / 8 * 8; /* what follows may need the alignment of a pointer */
    return at;
}

static ike2_bytes block_bytes(struct block *b, ike2_bytes from)
{
    return (ike2_bytes){ .ptr = block_copy(b, from.ptr, from.len), .len = from.len };
}

static const char *block_text(struct block *b, const char *from)
{
    return from == NULL ? NULL : block_copy(b, from, strlen(from) + 1);
}

static const ike2_proposal *block_proposals(struct block *b, const ike2_proposal *from, size_t n)
{
    size_t at = b->len;
    const ike2_proposal *copy = block_copy(b, from, n * sizeof *from);

    for (size_t i = 0; i < n; i++) {
        const ike2_transform *t = block_copy(b, from[i].transforms,
                                             from[i].n_transforms * sizeof *t);

        if (copy != NULL) {
            ike2_proposal *p = (ike2_proposal *)(void *)(b->base + at) + i;

            p->transforms = t;
            p->spi = (ike2_bytes){ 0 };
        }
    }
    return copy;
}

static const ike2_ts *block_ts(struct block *b, const ike2_ts *from, size_t n)
{
    size_t at = b->len;
    const ike2_ts *copy = block_copy(b, from, n * sizeof *from);

    for (size_t i = 0; i < n; i++) {
        ike2_bytes label = block_bytes(b, from[i].label);

        if (copy != NULL)
            ((ike2_ts *)(void *)(b->base + at) + i)->label = label;
    }
    return copy;
}

static const ike2_bytes *block_bytes_list(struct block *b, const ike2_bytes *from, size_t n)
{
    size_t at = b->len;
    const ike2_bytes *copy = block_copy(b, from, n * sizeof *from);

    for (size_t i = 0; i < n; i++) {
        ike2_bytes octets = block_bytes(b, from[i]);

        if (copy != NULL)
            ((ike2_bytes *)(void *)(b->base + at))[i] = octets;
    }
    return copy;
}

static const ike2_hash_url *block_lookups(struct block *b, const ike2_hash_url *from, size_t n)
{
    size_t at = b->len;
    const ike2_hash_url *copy = block_copy(b, from, n * sizeof *from);

    for (size_t i = 0; i < n; i++) {
        ike2_bytes hash = block_bytes(b, from[i].hash), url = block_bytes(b, from[i].url);

        if (copy != NULL) {
            ike2_hash_url *h = (ike2_hash_url *)(void *)(b->base + at) + i;

            h->hash = hash;
            h->url = url;
        }
    }
    return copy;
}

/* The i-th element of a caller's array, whose elements may be larger or smaller than ours: each
 * begins with its size. */
static void element_at(const void *list, size_t stride, size_t i, void *out, size_t out_size)
{
    const uint8_t *at = list;
    size_t size;

    memcpy(&size, at, sizeof size);
    at += i * (stride != 0 ? stride : size);
    memcpy(&size, at, sizeof size);
    memcpy(out, at, size < out_size ? size : out_size);
    memcpy(out, &out_size, sizeof out_size);
}

static ike2_child_config child_at(const ike2_peer_config *cfg, size_t i)
{
    ike2_child_config out = { 0 };

    element_at(cfg->children, cfg->child_stride, i, &out, sizeof out);
    return out;
}

static ike2_credential credential_at(const ike2_peer_config *cfg, size_t i)
{
    ike2_credential out = { 0 };

    element_at(cfg->credentials, cfg->credential_stride, i, &out, sizeof out);
    return out;
}

static const ike2_child_config *block_children(struct block *b, const ike2_peer_config *cfg)
{
    ike2_child_config *list = b->base == NULL ? NULL : (void *)(b->base + b->len);

    b->len += cfg->n_children * sizeof *list;
    for (size_t i = 0; i < cfg->n_children; i++) {
        ike2_child_config c = child_at(cfg, i);

        c.name = block_text(b, c.name);
        c.proposals = block_proposals(b, c.proposals, c.n_proposals);
        c.ts_local = block_ts(b, c.ts_local, c.n_ts_local);
        c.ts_remote = block_ts(b, c.ts_remote, c.n_ts_remote);
        if (list != NULL)
            list[i] = c;
    }
    return list;
}

static const ike2_credential *block_credentials(struct block *b, const ike2_peer_config *cfg)
{
    ike2_credential *list = b->base == NULL ? NULL : (void *)(b->base + b->len);

    b->len += cfg->n_credentials * sizeof *list;
    for (size_t i = 0; i < cfg->n_credentials; i++) {
        ike2_credential c = credential_at(cfg, i);

        c.id.data = block_bytes(b, c.id.data);
        c.chain = block_bytes_list(b, c.chain, c.n_chain);
        c.issuers = block_bytes_list(b, c.issuers, c.n_issuers);
        c.schemes = block_copy(b, c.schemes, c.n_schemes * sizeof *c.schemes);
        c.lookups = block_lookups(b, c.lookups, c.n_lookups);
        if (list != NULL)
            list[i] = c;
    }
    return list;
}

static const ike2_cfg_attr *block_config(struct block *b, const ike2_cfg_attr *from, size_t n)
{
    size_t at = b->len;
    const ike2_cfg_attr *copy = block_copy(b, from, n * sizeof *from);

    for (size_t i = 0; i < n; i++) {
        ike2_bytes value = block_bytes(b, from[i].value);

        if (copy != NULL)
            ((ike2_cfg_attr *)(void *)(b->base + at))[i].value = value;
    }
    return copy;
}

/* `d` is the front of the block, or scratch while measuring. */
static void definition_fill(struct block *b, const ike2_peer_config *cfg, struct definition *d)
{
    ike2_peer_config *p = &d->peer;

    *p = *cfg;
    p->name = block_text(b, p->name);
    p->local_id.data = block_bytes(b, p->local_id.data);
    p->remote_id.data = block_bytes(b, p->remote_id.data);
    p->proposals = block_proposals(b, p->proposals, p->n_proposals);
    d->children = p->children = block_children(b, cfg);
    p->child_stride = sizeof *d->children;
    d->credentials = p->credentials = block_credentials(b, cfg);
    p->credential_stride = sizeof *d->credentials;
    p->remote_schemes = block_copy(b, p->remote_schemes,
                                   p->n_remote_schemes * sizeof *p->remote_schemes);
    p->trusted = block_bytes_list(b, p->trusted, p->n_trusted);
    p->config = block_config(b, p->config, p->n_config);
    if (p->policy != NULL) {
        size_t size = p->policy->struct_size;

        memcpy(&d->policy_copy, p->policy,
               size < sizeof d->policy_copy ? size : sizeof d->policy_copy);
        p->policy = &d->policy_copy;
    }
}

static bool proposals_are_valid(const ike2_proposal *list, size_t n)
{
    if (n > DEFINITION_PROPOSALS_MAX || (n != 0 && list == NULL))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (list[i].n_transforms == 0 || list[i].n_transforms > DEFINITION_TRANSFORMS_MAX ||
            list[i].transforms == NULL)
            return false;
    }
    return true;
}

static bool selectors_are_valid(const ike2_ts *list, size_t n)
{
    return (list != NULL || n == 0) && n <= NARROW_MAX;
}

static bool children_are_valid(const ike2_peer_config *cfg)
{
    if (cfg->children == NULL || cfg->n_children == 0 ||
        cfg->n_children > DEFINITION_CHILDREN_MAX)
        return false;
    for (size_t i = 0; i < cfg->n_children; i++) {
        ike2_child_config c = child_at(cfg, i);

        if (!proposals_are_valid(c.proposals, c.n_proposals) ||
            !selectors_are_valid(c.ts_local, c.n_ts_local) ||
            !selectors_are_valid(c.ts_remote, c.n_ts_remote))
            return false;
    }
    return true;
}

static bool hashes_are_valid(const ike2_bytes *list, size_t n)
{
    if (n != 0 && list == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (list[i].ptr == NULL || list[i].len != KEY_HASH_OCTETS)
            return false;
    }
    return true;
}

static bool chain_is_valid(const ike2_credential *c)
{
    if (c->chain == NULL || c->n_chain == 0 || c->n_chain > DEFINITION_CHAIN_MAX)
        return false;
    for (size_t i = 0; i < c->n_chain; i++) {
        if (c->chain[i].ptr == NULL || c->chain[i].len == 0)
            return false;
    }
    return true;
}

/* RFC 7670 3: a raw public key stands alone, as nobody vouches for it. */
static bool encoding_is_valid(const ike2_credential *c)
{
    if (c->encoding == IKE2_CERT_RAW_PUBLIC_KEY)
        return c->n_chain == 1 && c->n_issuers == 0 && c->n_lookups == 0;
    return c->encoding == 0 || c->encoding == IKE2_CERT_X509_SIGNATURE;
}

static bool lookups_are_valid(const ike2_credential *c)
{
    if (c->n_lookups > DEFINITION_CHAIN_MAX || (c->n_lookups != 0 && c->lookups == NULL))
        return false;
    for (size_t i = 0; i < c->n_lookups; i++) {
        if (!ike2_hash_url_is_valid(&c->lookups[i]))
            return false;
    }
    return true;
}

static bool credentials_are_valid(const ike2_peer_config *cfg)
{
    if (cfg->n_credentials > DEFINITION_CREDENTIALS_MAX ||
        (cfg->n_credentials != 0 && cfg->credentials == NULL))
        return false;
    for (size_t i = 0; i < cfg->n_credentials; i++) {
        ike2_credential c = credential_at(cfg, i);

        if (!chain_is_valid(&c) || !encoding_is_valid(&c) || !lookups_are_valid(&c) ||
            !hashes_are_valid(c.issuers, c.n_issuers) ||
            c.schemes == NULL || c.n_schemes == 0 || c.n_schemes > DEFINITION_KEY_SCHEMES_MAX)
            return false;
    }
    return true;
}

/* RFC 7619 2.4: an anonymous peer proves no identity, so that no rule for one may be for it. */
static bool remote_auth_is_valid(const ike2_peer_config *cfg)
{
    const uint32_t known = IKE2_AUTH_SIGNATURE | IKE2_AUTH_PSK;

    if ((cfg->remote_auth & IKE2_AUTH_NULL) != 0)
        return cfg->remote_auth == IKE2_AUTH_NULL &&
               (cfg->remote_id.type == 0 || cfg->remote_id.type == IKE2_ID_NULL);
    return (cfg->remote_auth & ~known) == 0;
}

/* A way to authenticate needs what it is done with. */
static bool local_auth_is_valid(const ike2_peer_config *cfg)
{
    return cfg->local_auth == 0 || cfg->local_auth == IKE2_AUTH_PSK ||
           (cfg->local_auth == IKE2_AUTH_SIGNATURE && cfg->n_credentials != 0) ||
           (cfg->local_auth == IKE2_AUTH_NULL && cfg->remote_auth != 0);
}

static bool methods_are_valid(const ike2_peer_config *cfg)
{
    return local_auth_is_valid(cfg) && remote_auth_is_valid(cfg) &&
           cfg->n_remote_schemes <= DEFINITION_SCHEMES_MAX &&
           (cfg->n_remote_schemes == 0 || cfg->remote_schemes != NULL) &&
           cfg->n_trusted <= DEFINITION_TRUSTED_MAX &&
           hashes_are_valid(cfg->trusted, cfg->n_trusted);
}

/* Sizes of fragments: RFC 7383 2.5.1 names 576 and 1280 as what always passes. */
static bool fragment_octets_are_valid(const ike2_peer_config *cfg)
{
    return (cfg->fragment_octets_v4 == 0 || cfg->fragment_octets_v4 >= 576) &&
           (cfg->fragment_octets_v6 == 0 || cfg->fragment_octets_v6 >= 1280);
}

static bool attributes_are_valid(const ike2_peer_config *cfg)
{
    if (cfg->n_config > ASSIGNMENT_MAX || (cfg->n_config != 0 && cfg->config == NULL))
        return false;
    for (size_t i = 0; i < cfg->n_config; i++) {
        if (!ike2_assignment_fits(&cfg->config[i]))
            return false;
    }
    return true;
}

static void definition_defaults(ike2_peer_config *p)
{
    if (p->local_auth == 0)
        p->local_auth = p->n_credentials != 0 ? IKE2_AUTH_SIGNATURE : IKE2_AUTH_PSK;
    if (p->remote_auth == 0)
        p->remote_auth = p->local_auth;
    if (p->liveness_seconds == 0)
        p->liveness_seconds = 30;
    if (p->nat_keepalive_seconds == 0)
        p->nat_keepalive_seconds = 20;
    if (p->fragment_octets_v4 == 0)
        p->fragment_octets_v4 = 1280;
    if (p->fragment_octets_v6 == 0)
        p->fragment_octets_v6 = 1280;
    if (p->fragmentation == IKE2_WANT_DEFAULT)
        p->fragmentation = IKE2_WANT_PREFER;
    if (p->full_transcript == IKE2_WANT_DEFAULT)
        p->full_transcript = IKE2_WANT_PREFER;
    if (p->childless == IKE2_WANT_DEFAULT)
        p->childless = IKE2_WANT_ALLOW;
    if (p->unique == IKE2_UNIQUE_DEFAULT)
        p->unique = IKE2_UNIQUE_CONTACT;
    if (p->window == 0)
        p->window = 1;
}

static void key_take(const ike2_crypto *c, ike2_key *key)
{
    if (key != NULL)
        c->key_ref(c->user, key);
}

static void definition_take_keys(const ike2_crypto *c, const struct definition *d)
{
    key_take(c, d->peer.psk_local);
    key_take(c, d->peer.psk_remote);
    for (size_t i = 0; i < d->peer.n_credentials; i++)
        key_take(c, d->credentials[i].key);
}

/* A caller may have been built with a shorter or a longer structure than ours. */
static ike2_peer_config config_of(const ike2_peer_config *cfg)
{
    ike2_peer_config p = { 0 };

    memcpy(&p, cfg, cfg->struct_size < sizeof p ? cfg->struct_size : sizeof p);
    p.struct_size = sizeof p;
    return p;
}

/* RFC 7619 2.2: ID_NULL has no data. */
static bool id_is_valid(const ike2_id *id)
{
    return id->type != IKE2_ID_NULL || id->data.len == 0;
}

static bool config_is_valid(const ike2_peer_config *cfg)
{
    return cfg->local_id.type != 0 && id_is_valid(&cfg->local_id) &&
           id_is_valid(&cfg->remote_id) && children_are_valid(cfg) && credentials_are_valid(cfg) &&
           methods_are_valid(cfg) &&
           proposals_are_valid(cfg->proposals, cfg->n_proposals) &&
           fragment_octets_are_valid(cfg) && attributes_are_valid(cfg) &&
           cfg->unique <= IKE2_UNIQUE_REFUSE && cfg->window <= WINDOW_MAX;
}

ike2_err ike2_definition_new(struct host *host, const ike2_peer_config *given,
                             struct definition **out)
{
    const ike2_peer_config cfg = config_of(given);
    struct definition probe = { 0 };
    struct block measure = { .len = sizeof probe }, copy;
    struct definition *d;

    if (!config_is_valid(&cfg))
        return IKE2_ERR_ARGUMENT;
    definition_fill(&measure, &cfg, &probe);

    d = ike2_mem_acquire(&host->mem, measure.len);
    if (d == NULL)
        return IKE2_ERR_MEMORY;
    copy = (struct block){ .base = (uint8_t *)d, .len = sizeof *d };
    definition_fill(&copy, &cfg, d);
    definition_defaults(&d->peer);
    definition_take_keys(host->crypto, d);
    d->size = measure.len;
    d->refs = 1;
    *out = d;
    return IKE2_OK;
}

struct definition *ike2_definition_ref(struct definition *d)
{
    d->refs++;
    return d;
}

void ike2_definition_unref(struct host *host, struct definition *d)
{
    const ike2_crypto *c = host->crypto;

    if (d == NULL || --d->refs != 0)
        return;
    c->key_free(c->user, d->peer.psk_local);
    c->key_free(c->user, d->peer.psk_remote);
    for (size_t i = 0; i < d->peer.n_credentials; i++)
        c->key_free(c->user, d->credentials[i].key);
    ike2_output_bury(host, &d->grave, d->size);
}
