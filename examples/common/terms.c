#include "terms.h"

#include <string.h>

#include "witness.h"

#define ENDPOINT_NUMBERS(X) X(nat_port) X(ask_spi) X(cookie) X(offload) X(ask_ms) X(job_ms)      \
    X(doubt_ms) X(half_open_ms) X(linger_ms) X(switch_ms) X(answer_unknown)
#define LIMIT_NUMBERS(X) X(sas) X(half_open) X(half_open_cookie) X(half_open_per_addr)           \
    X(message_octets) X(reassembly_octets) X(children_per_sa) X(queued_outputs)
#define RETRANSMIT_NUMBERS(X) X(first_ms) X(max_ms) X(tries) X(backoff_percent) X(jitter_percent)
#define PEER_NUMBERS(X) X(tag) X(asks) X(quirks) X(local_auth) X(remote_auth) X(rekey_seconds)   \
    X(expire_seconds) X(liveness_seconds) X(nat_keepalive_seconds) X(fragment_octets_v4)         \
    X(fragment_octets_v6) X(fragmentation) X(force_encap) X(reauth_seconds) X(unique)            \
    X(childless) X(initial_contact) X(window) X(config_required) X(cert_lookup)                  \
    X(full_transcript) X(raw_keys)
#define CHILD_NUMBERS(X) X(tag) X(rekey_octets) X(rekey_seconds) X(expire_seconds) X(transport) \
    X(single_pair)
#define TS_NUMBERS(X) X(type) X(protocol) X(port_first) X(port_last)
#define TRANSFORM_NUMBERS(X) X(type) X(id) X(key_bits)

/* One field of the structure `v`. */
#define NUMBER(member) scroll_number(s, #member, &v->member, sizeof v->member);

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Element `i` of a list that may be of another version's elements. */
static void element_copy(void *out, size_t size, const void *list, size_t stride, size_t i)
{
    const char *first = list;
    size_t own;

    memcpy(&own, first, sizeof own); /* struct_size comes first */
    memcpy(out, first + i * (stride != 0 ? stride : own), smaller(own, size));
}

/* --- Parts ------------------------------------------------------------------------------- */

void terms_address(struct scroll *s, ike2_addr *v)
{
    NUMBER(family)
    NUMBER(port)
    NUMBER(scope)
    scroll_octets(s, "ip", v->ip, sizeof v->ip);
}

void terms_path(struct scroll *s, ike2_path *v)
{
    terms_address(s, &v->local);
    terms_address(s, &v->remote);
    NUMBER(encap)
    NUMBER(tag)
}

static void id_fields(struct scroll *s, ike2_id *v)
{
    NUMBER(type)
    scroll_bytes(s, "id", &v->data);
}

static void bytes_list(struct scroll *s, const char *name, const ike2_bytes **list, size_t *n)
{
    ike2_bytes *all = scroll_array(s, name, n, *list, sizeof *all);

    for (size_t i = 0; i < *n; i++)
        scroll_bytes(s, "octets", &all[i]);
    *list = all;
}

static void scheme_list(struct scroll *s, const char *name, const uint16_t **list, size_t *n)
{
    uint16_t *all = scroll_array(s, name, n, *list, sizeof *all);

    for (size_t i = 0; i < *n; i++)
        scroll_number(s, "scheme", &all[i], sizeof all[i]);
    *list = all;
}

static void lookup_list(struct scroll *s, const ike2_hash_url **list, size_t *n)
{
    ike2_hash_url *all = scroll_array(s, "lookups", n, *list, sizeof *all);

    for (size_t i = 0; i < *n; i++) {
        ike2_hash_url *v = &all[i];

        NUMBER(encoding)
        scroll_bytes(s, "hash", &v->hash);
        scroll_bytes(s, "url", &v->url);
    }
    *list = all;
}

static void selector_fields(struct scroll *s, ike2_ts *v)
{
    TS_NUMBERS(NUMBER)
    scroll_octets(s, "first", v->first, sizeof v->first);
    scroll_octets(s, "last", v->last, sizeof v->last);
    scroll_bytes(s, "label", &v->label);
}

void terms_selectors(struct scroll *s, const char *name, const ike2_ts **list, size_t *n)
{
    ike2_ts *all = scroll_array(s, name, n, *list, sizeof *all);

    for (size_t i = 0; i < *n; i++)
        selector_fields(s, &all[i]);
    *list = all;
}

void terms_packet(struct scroll *s, ike2_packet *packet)
{
    selector_fields(s, &packet->local);
    selector_fields(s, &packet->remote);
}

void terms_attributes(struct scroll *s, const ike2_cfg_attr **list, size_t *n)
{
    ike2_cfg_attr *all = scroll_array(s, "attributes", n, *list, sizeof *all);

    for (size_t i = 0; i < *n; i++) {
        ike2_cfg_attr *v = &all[i];

        NUMBER(type)
        scroll_bytes(s, "value", &v->value);
    }
    *list = all;
}

static void transform_list(struct scroll *s, ike2_proposal *p)
{
    ike2_transform *all =
        scroll_array(s, "transforms", &p->n_transforms, p->transforms, sizeof *all);

    for (size_t i = 0; i < p->n_transforms; i++) {
        ike2_transform *v = &all[i];

        TRANSFORM_NUMBERS(NUMBER)
    }
    p->transforms = all;
}

static void proposal_list(struct scroll *s, const ike2_proposal **list, size_t *n)
{
    ike2_proposal *all = scroll_array(s, "proposals", n, *list, sizeof *all);

    for (size_t i = 0; i < *n; i++) {
        ike2_proposal one = all[i], *v = &one;

        NUMBER(protocol)
        transform_list(s, v);
        if (s->is_reading)
            all[i] = one;
    }
    *list = all;
}

static void key_flag(struct scroll *s, const char *name, ike2_key **key)
{
    bool is_there = *key != NULL;

    scroll_flag(s, name, &is_there);
    if (s->is_reading)
        *key = is_there ? witness_key() : NULL;
}

/* --- Endpoint ---------------------------------------------------------------------------- */

void terms_take(struct endpoint_terms *t, const ike2_endpoint_config *given)
{
    *t = (struct endpoint_terms){ .limits = IKE2_INIT(ike2_limits),
                                  .retransmit = IKE2_INIT(ike2_retransmit) };
    element_copy(&t->config, sizeof t->config, given, 0, 0);
    if (t->config.limits != NULL)
        element_copy(&t->limits, sizeof t->limits, t->config.limits, 0, 0);
    if (t->config.retransmit != NULL)
        element_copy(&t->retransmit, sizeof t->retransmit, t->config.retransmit, 0, 0);
}

static void endpoint_numbers(struct scroll *s, ike2_endpoint_config *v)
{
    ENDPOINT_NUMBERS(NUMBER)
}

static void limit_numbers(struct scroll *s, ike2_limits *v)
{
    LIMIT_NUMBERS(NUMBER)
}

static void retransmit_numbers(struct scroll *s, ike2_retransmit *v)
{
    RETRANSMIT_NUMBERS(NUMBER)
}

void terms_endpoint(struct scroll *s, struct endpoint_terms *t)
{
    if (s->is_reading)
        *t = (struct endpoint_terms){ .config = IKE2_INIT(ike2_endpoint_config),
                                      .limits = IKE2_INIT(ike2_limits),
                                      .retransmit = IKE2_INIT(ike2_retransmit) };
    endpoint_numbers(s, &t->config);
    limit_numbers(s, &t->limits);
    retransmit_numbers(s, &t->retransmit);
    t->config.limits = &t->limits;
    t->config.retransmit = &t->retransmit;
}

/* --- Peer -------------------------------------------------------------------------------- */

static void credential_fields(struct scroll *s, ike2_credential *v)
{
    NUMBER(tag)
    id_fields(s, &v->id);
    bytes_list(s, "chain", &v->chain, &v->n_chain);
    bytes_list(s, "issuers", &v->issuers, &v->n_issuers);
    key_flag(s, "key", &v->key);
    scheme_list(s, "schemes", &v->schemes, &v->n_schemes);
    NUMBER(signature_octets)
    NUMBER(encoding)
    lookup_list(s, &v->lookups, &v->n_lookups);
}

static void credential_list(struct scroll *s, ike2_peer_config *c)
{
    ike2_credential *all =
        scroll_array(s, "credentials", &c->n_credentials, c->credentials, sizeof *all);

    for (size_t i = 0; i < c->n_credentials; i++) {
        ike2_credential one = IKE2_INIT(ike2_credential);

        if (!s->is_reading)
            element_copy(&one, sizeof one, c->credentials, c->credential_stride, i);
        credential_fields(s, &one);
        if (s->is_reading)
            all[i] = one;
    }
    if (s->is_reading)
        c->credentials = all;
}

static void child_fields(struct scroll *s, ike2_child_config *v)
{
    CHILD_NUMBERS(NUMBER)
    proposal_list(s, &v->proposals, &v->n_proposals);
    terms_selectors(s, "local", &v->ts_local, &v->n_ts_local);
    terms_selectors(s, "remote", &v->ts_remote, &v->n_ts_remote);
}

static void child_list(struct scroll *s, ike2_peer_config *c)
{
    ike2_child_config *all =
        scroll_array(s, "children", &c->n_children, c->children, sizeof *all);

    for (size_t i = 0; i < c->n_children; i++) {
        ike2_child_config one = IKE2_INIT(ike2_child_config);

        if (!s->is_reading)
            element_copy(&one, sizeof one, c->children, c->child_stride, i);
        child_fields(s, &one);
        if (s->is_reading)
            all[i] = one;
    }
    if (s->is_reading)
        c->children = all;
}

static void peer_fields(struct scroll *s, ike2_peer_config *v)
{
    PEER_NUMBERS(NUMBER)
    id_fields(s, &v->local_id);
    id_fields(s, &v->remote_id);
    credential_list(s, v);
    scheme_list(s, "remote_schemes", &v->remote_schemes, &v->n_remote_schemes);
    bytes_list(s, "trusted", &v->trusted, &v->n_trusted);
    key_flag(s, "psk_local", &v->psk_local);
    key_flag(s, "psk_remote", &v->psk_remote);
    proposal_list(s, &v->proposals, &v->n_proposals);
    child_list(s, v);
    terms_attributes(s, &v->config, &v->n_config);
}

void terms_peer_take(ike2_peer_config *out, const ike2_peer_config *given)
{
    *out = (ike2_peer_config)IKE2_INIT(ike2_peer_config);
    element_copy(out, sizeof *out, given, 0, 0);
}

void terms_peer(struct scroll *s, ike2_peer_config *c)
{
    if (s->is_reading)
        *c = (ike2_peer_config)IKE2_INIT(ike2_peer_config);
    peer_fields(s, c);
}

void terms_peer_clear(const ike2_crypto *puppet, const ike2_peer_config *c)
{
    puppet->key_free(puppet->user, c->psk_local);
    puppet->key_free(puppet->user, c->psk_remote);
    for (size_t i = 0; i < c->n_credentials; i++)
        puppet->key_free(puppet->user, c->credentials[i].key);
}
