#include "suite.h"

#include <string.h>

const struct suite_row suite_rows[SUITES] = {
    { .name = "psk", .text = "pre-shared key, x25519", .ike = "aes256gcm16-prfsha256-x25519",
      .esp = "aes256gcm16-noesn" },
    { .name = "ecdsa", .text = "ECDSA P-256 certificates, ecp256",
      .ike = "aes256gcm16-prfsha256-ecp256", .esp = "aes256gcm16-noesn", .is_signed = true,
      .kind = PKI_ECDSA },
    { .name = "rsa", .text = "RSA-2048 certificates, x25519",
      .ike = "aes256gcm16-prfsha256-x25519", .esp = "aes256gcm16-noesn", .is_signed = true,
      .kind = PKI_RSA },
};

const char *const suite_side_names[SUITE_SIDES] = { "initiator", "responder" };

static const uint8_t psk_octets[] = "this key is as long as the PRF's";

static ike2_bytes der_of(const struct pki_der *d)
{
    return (ike2_bytes){ .ptr = d->octets, .len = d->len };
}

static ike2_err load_keys(struct suite *s)
{
    ike2_err err = ike2_mbedtls_key_hash(der_of(&s->pki.ca.certificate), s->ca_hash);

    for (size_t i = 0; i < SUITE_SIDES && err == IKE2_OK; i++)
        err = ike2_mbedtls_private_key(s->provider->mbedtls, der_of(&s->pki.sides[i].key),
                                       (ike2_bytes){ 0 }, &s->keys[i]);
    s->trusted = (ike2_bytes){ .ptr = s->ca_hash, .len = sizeof s->ca_hash };
    s->anchor = der_of(&s->pki.ca.certificate);
    s->n_schemes = SUITE_SCHEMES;
    return err != IKE2_OK ? err
                          : ike2_mbedtls_key_schemes(s->keys[0], s->schemes, &s->n_schemes);
}

static bool open_proof(struct suite *s, struct problem *why)
{
    const ike2_crypto *c = s->provider->crypto;
    ike2_err err;

    if (s->row->is_signed) {
        if (!pki_make(&s->pki, s->row->kind, c, why))
            return false;
        err = load_keys(s);
    } else {
        err = c->key_import(c->user, IKE2_USE_PRF,
                            (ike2_bytes){ .ptr = psk_octets, .len = sizeof psk_octets }, &s->psk);
    }
    if (err != IKE2_OK)
        problem_set(why, "keys cannot be loaded: %s", ike2_strerror(err));
    return err == IKE2_OK;
}

static bool open_proposals(struct suite *s, struct problem *why)
{
    const char *wrong = value_proposal(s->row->ike, IKE2_PROTOCOL_IKE, &s->ike);

    if (wrong == NULL)
        wrong = value_proposal(s->row->esp, IKE2_PROTOCOL_ESP, &s->esp);
    if (wrong != NULL)
        problem_set(why, "a proposal cannot be used: it %s", wrong);
    return wrong == NULL;
}

bool suite_open(struct suite *s, const struct suite_row *row, const struct provider *provider,
                struct problem *why)
{
    *s = (struct suite){ .row = row, .provider = provider };
    if (open_proposals(s, why) && open_proof(s, why))
        return true;
    suite_close(s);
    return false;
}

void suite_close(struct suite *s)
{
    if (s->provider != NULL) {
        const ike2_crypto *c = s->provider->crypto;

        c->key_free(c->user, s->psk);
        for (size_t i = 0; i < SUITE_SIDES; i++)
            c->key_free(c->user, s->keys[i]);
    }
    *s = (struct suite){ 0 };
}

static ike2_id id_of(size_t i)
{
    const char *name = pki_names[i];

    return (ike2_id){ .type = IKE2_ID_FQDN,
                      .data = { .ptr = (const uint8_t *)name, .len = strlen(name) } };
}

/* 10.`n`.0.0/16 */
static ike2_ts net_of(size_t n)
{
    ike2_ts ts = { .type = IKE2_TS_IPV4_ADDR_RANGE, .port_last = UINT16_MAX };

    ts.first[0] = ts.last[0] = 10;
    ts.first[1] = ts.last[1] = (uint8_t)n;
    ts.last[2] = ts.last[3] = UINT8_MAX;
    return ts;
}

ike2_err suite_define(const struct suite *s, size_t i, ike2_endpoint *ep, ike2_peer_id *out)
{
    const ike2_ts local = net_of(i), remote = net_of(1 - i);
    const ike2_bytes chain = der_of(&s->pki.sides[i].certificate);
    ike2_credential credential = IKE2_INIT(ike2_credential);
    ike2_child_config child = IKE2_INIT(ike2_child_config);
    ike2_peer_config peer = IKE2_INIT(ike2_peer_config);

    credential.chain = &chain;
    credential.n_chain = 1;
    credential.issuers = &s->trusted;
    credential.n_issuers = 1;
    credential.key = s->keys[i];
    credential.schemes = s->schemes;
    credential.n_schemes = s->n_schemes;
    child.proposals = s->esp.list;
    child.n_proposals = s->esp.n;
    child.ts_local = &local;
    child.ts_remote = &remote;
    child.n_ts_local = child.n_ts_remote = 1;
    peer.unique = IKE2_UNIQUE_KEEP; /* many SAs between two names */
    peer.local_id = id_of(i);
    peer.remote_id = id_of(1 - i);
    peer.proposals = s->ike.list;
    peer.n_proposals = s->ike.n;
    peer.children = &child;
    peer.n_children = 1;
    if (s->row->is_signed) {
        peer.credentials = &credential;
        peer.n_credentials = 1;
        peer.trusted = &s->trusted;
        peer.n_trusted = 1;
    } else {
        peer.psk_local = peer.psk_remote = s->psk;
    }
    return ike2_peer_define(ep, &peer, out);
}

ike2_x509_policy suite_policy(const struct suite *s)
{
    ike2_x509_policy policy = IKE2_INIT(ike2_x509_policy);

    policy.anchors = &s->anchor;
    policy.n_anchors = 1;
    return policy;
}
