/* sa/prove.c - how we prove our identity. RFC 7296 2.15, 3.6 to 3.8; RFC 7427,
 * RFC 7619. */
#include "sa/prove.h"

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/scheme.h"
#include "policy/credential.h"
#include "sa/auth.h"
#include "sa/init.h"
#include "sa/note.h"
#include "sa/verify.h"

enum { SIGNATURE_ROOM = 1024, TEXT_MAX = 256 };

/* --- Which one ------------------------------------------------------------------------ */

static struct credential_choice choose(const struct sa *sa, const struct exchange *x)
{
    const ike2_peer_config *peer = &sa->peer->peer;
    const struct credential_wish wish = {
        .certreqs = &x->in, .local_id = peer->local_id, .wanted = x->auth.wanted,
        .quirks = peer->quirks | sa->init->peer_quirks,
        /* RFC 7427 3: method 14 is allowed if both have announced their hashes. */
        .hashes = ike2_verify_announces_hashes(sa) ? sa->init->peer_hashes : 0,
    };

    return ike2_credential_choose(sa->peer->credentials, peer->n_credentials, &wish);
}

/* "sha256, sha384" from a set of 1 << IKE2_HASH_*. */
static void hashes_text(uint32_t set, char *room, size_t cap)
{
    static const char *const names[] = {
        [IKE2_HASH_SHA1] = "sha1",       [IKE2_HASH_SHA2_256] = "sha256",
        [IKE2_HASH_SHA2_384] = "sha384", [IKE2_HASH_SHA2_512] = "sha512",
        [IKE2_HASH_IDENTITY] = "identity (EdDSA)",
    };
    struct text t = text_of(room, cap);

    if (set == 0)
        ike2_text_add(&t, "no hash algorithms");
    for (size_t i = IKE2_HASH_SHA1; i < sizeof names / sizeof names[0]; i++) {
        if ((set >> i & 1) == 0)
            continue;
        ike2_text_add(&t, t.len == 0 ? "" : ", ");
        ike2_text_add(&t, names[i]);
    }
}

static void schemes_text(const struct sa *sa, char *room, size_t cap)
{
    struct text t = text_of(room, cap);

    for (size_t i = 0; i < sa->peer->peer.n_credentials; i++) {
        const ike2_credential *c = &sa->peer->credentials[i];

        for (size_t j = 0; j < c->n_schemes; j++) {
            ike2_text_add(&t, t.len == 0 ? "" : ", ");
            ike2_text_add(&t, ike2_scheme_name(c->schemes[j]));
        }
    }
}

static enum verdict no_credential(struct sa *sa, struct exchange *x,
                                  const struct credential_choice *none)
{
    char offered[TEXT_MAX], accepted[TEXT_MAX];
    const struct note_refusal why = {
        .name = "policy.auth", .section = none->section, .offered = offered,
        .accepted = accepted, .difference = none->difference,
    };

    hashes_text(sa->init->peer_hashes, offered, sizeof offered);
    schemes_text(sa, accepted, sizeof accepted);
    return ike2_exchange_refuse(x, IKE2_NOTIFY_AUTHENTICATION_FAILED, IKE2_REASON_AUTH,
                                ike2_note_refusal(sa, &why));
}

enum verdict ike2_prove_choose(struct sa *sa, struct exchange *x)
{
    const ike2_peer_config *peer = &sa->peer->peer;
    struct credential_choice c = { .id = peer->local_id };

    if (peer->local_auth == IKE2_AUTH_SIGNATURE) {
        c = choose(sa, x);
        if (c.credential == NULL)
            return no_credential(sa, x, &c);
    }
    x->auth.credential = c.credential;
    x->auth.scheme = c.scheme;
    *(sa->role == INITIATOR ? &x->auth.id_i : &x->auth.id_r) = c.id;
    return VERDICT_NEXT;
}

/* --- What is signed ------------------------------------------------------------------- */

/* The IKE_SA_INIT message of one side: of requests that were made again the last one, which has
 * been answered. */
static ike2_bytes init_message(const struct sa *sa, bool by_us)
{
    const struct init_stage *init = sa->init;

    return by_us ? init->ours->datagrams[0] : bytes_of(init->peers, init->peers_len);
}

static struct auth_input input_of(const struct sa *sa, bool by_initiator, ike2_bytes id_body)
{
    const struct init_stage *init = sa->init;
    bool by_us = by_initiator == (sa->role == INITIATOR);
    const struct nonce *nonce = by_initiator ? &init->ke.nr : &init->ke.ni;
    const struct sa_keys *keys = &sa->protection.keys;

    return (struct auth_input){
        .prf = sa->protection.suite.prf,
        .message = init_message(sa, by_us),
        .received = sa->intent.full_transcript ? init_message(sa, !by_us) : (ike2_bytes){ 0 },
        .nonce = bytes_of(nonce->octets, nonce->len),
        .sk_p = by_initiator ? keys->pi : keys->pr,
        .id_body = id_body,
    };
}

ike2_err ike2_auth_compute(const struct sa *sa, bool by_initiator, ike2_bytes id_body,
                           const ike2_key *psk, struct psk_value *out)
{
    const struct auth_input in = input_of(sa, by_initiator, id_body);

    return ike2_psk_auth(sa->host->crypto, &in, psk, out->octets, &out->len);
}

ike2_err ike2_prove_octets(const struct sa *sa, bool by_initiator, ike2_bytes id_body,
                           struct signed_octets *out)
{
    const struct auth_input in = input_of(sa, by_initiator, id_body);

    return ike2_signed_octets(sa->host->crypto, &in, out);
}

size_t ike2_prove_octets_len(const struct signed_octets *s)
{
    size_t len = 0;

    for (size_t i = 0; i < s->n_parts; i++)
        len += s->parts[i].len;
    return len;
}

uint8_t *ike2_prove_octets_copy(const struct signed_octets *from, uint8_t *at,
                                ike2_bytes parts[SIGNED_PARTS_MAX])
{
    for (size_t i = 0; i < from->n_parts; i++) {
        const ike2_bytes *part = &from->parts[i];

        memcpy(at, part->ptr, part->len);
        parts[i] = bytes_of(at, part->len);
        at += part->len;
    }
    return at;
}

/* Our ID payload without its generic header, in the host's room. */
static ike2_err own_id_body(struct sa *sa, const struct exchange *x, ike2_bytes *out)
{
    enum { GENERIC_HEADER = 4 };
    uint8_t type = sa->role == INITIATOR ? IKE2_PAYLOAD_IDI : IKE2_PAYLOAD_IDR;
    ike2_writer w;
    ike2_bytes payload;

    ike2_writer_init(&w, sa->host->out.ptr, sa->host->out.cap);
    ike2_id_write(&w, type, auth_local_id(sa, x));
    if (ike2_writer_end(&w, &payload) != IKE2_OK)
        return IKE2_ERR_SPACE;
    *out = bytes_of(payload.ptr + GENERIC_HEADER, payload.len - GENERIC_HEADER);
    return IKE2_OK;
}

/* --- AUTH ----------------------------------------------------------------------------- */

static bool value_set(struct exchange *x, ike2_bytes prefix, ike2_bytes value)
{
    struct mem *mem = &x->sa->host->mem;
    uint8_t *at = ike2_mem_acquire(mem, prefix.len + value.len);

    if (at == NULL)
        return false;
    if (prefix.len != 0)
        memcpy(at, prefix.ptr, prefix.len);
    memcpy(at + prefix.len, value.ptr, value.len);
    x->auth.value = at;
    x->auth.value_len = prefix.len + value.len;
    return true;
}

/* With a pre-shared key or, RFC 7619 2.1, our own SK_p. */
static enum verdict sign_with_key(struct sa *sa, struct exchange *x, const ike2_key *key)
{
    struct psk_value v;
    ike2_bytes id_body;

    if (own_id_body(sa, x, &id_body) != IKE2_OK ||
        ike2_auth_compute(sa, sa->role == INITIATOR, id_body, key, &v) != IKE2_OK ||
        !value_set(x, (ike2_bytes){ 0 }, bytes_of(v.octets, v.len)))
        return VERDICT_RETRY;
    return VERDICT_NEXT;
}

static ike2_job *sign_job(struct sa *sa, struct exchange *x)
{
    const ike2_credential *c = x->auth.credential;
    size_t room = c->signature_octets != 0 ? c->signature_octets : SIGNATURE_ROOM;
    struct signed_octets octets;
    struct sign_work *sign;
    ike2_bytes id_body;
    ike2_job *job;

    if (own_id_body(sa, x, &id_body) != IKE2_OK ||
        ike2_prove_octets(sa, sa->role == INITIATOR, id_body, &octets) != IKE2_OK)
        return NULL;
    job = ike2_job_new_proof(x, IKE2_JOB_SIGN, ike2_prove_octets_len(&octets) + room);
    if (job == NULL)
        return NULL;
    sign = &job->u.sign;
    sign->octets = ike2_prove_octets_copy(&octets, (uint8_t *)(job + 1), sign->parts);
    sign->task = (ike2_sign_task){ .tag = c->tag, .scheme = x->auth.scheme,
                                   .room = (uint32_t)room, .parts = sign->parts,
                                   .n_parts = octets.n_parts };
    sign->key = c->key;
    if (c->key != NULL)
        sa->host->crypto->key_ref(sa->host->crypto->user, c->key);
    return job;
}

/* A provider that is short of something gets another try; a key that does not do what the
 * credential says of it would not do it then either. */
static enum verdict sign_failed(struct exchange *x, ike2_err err)
{
    const struct note_refusal why = {
        .name = "policy.auth", .section = "RFC 7296 2.15",
        .offered = ike2_scheme_name(x->auth.scheme), .accepted = "our credentials",
        .difference = "signature: ours could not be made",
    };

    if (err == IKE2_ERR_MEMORY || err == IKE2_ERR_CRYPTO) {
        x->work.is_back = false;
        return VERDICT_RETRY;
    }
    return ike2_exchange_refuse(x, IKE2_NOTIFY_AUTHENTICATION_FAILED, IKE2_REASON_AUTH,
                                ike2_note_refusal(x->sa, &why));
}

static enum verdict sign_take(struct exchange *x)
{
    ike2_job *job = x->work.job;
    uint8_t prefix[SCHEME_ALGORITHM_MAX];
    size_t prefix_len = ike2_scheme_prefix(x->auth.scheme, prefix);
    ike2_err err;
    bool ok;

    if (job == NULL)
        return ike2_exchange_refuse(x, IKE2_NOTIFY_AUTHENTICATION_FAILED, IKE2_REASON_UNANSWERED,
                                    0);
    if (job->u.sign.len == 0) {
        err = job->u.sign.err;
        x->work.job = NULL;
        ike2_job_release(job);
        return sign_failed(x, err);
    }
    ok = value_set(x, bytes_of(prefix, prefix_len),
                   bytes_of(job->u.sign.octets, job->u.sign.len));
    if (!ok)
        return VERDICT_RETRY;
    x->work.job = NULL;
    ike2_job_release(job);
    return VERDICT_NEXT;
}

static enum verdict sign_with_credential(struct sa *sa, struct exchange *x)
{
    bool here = x->auth.credential->key != NULL &&
                (sa->host->settings.offload & IKE2_OFFLOAD_SIGN) == 0;
    enum verdict v = VERDICT_NEXT;
    ike2_job *job;

    if (x->work.is_out)
        return VERDICT_WAIT;
    if (!x->work.is_back) {
        job = sign_job(sa, x);
        if (job == NULL)
            return VERDICT_RETRY;
        v = ike2_exchange_work(x, job, here);
    }
    return v == VERDICT_NEXT ? sign_take(x) : v;
}

enum verdict ike2_prove_sign(struct sa *sa, struct exchange *x)
{
    const struct sa_keys *keys = &sa->protection.keys;
    enum verdict v;

    if (x->auth.value != NULL)
        return VERDICT_NEXT;
    if (x->auth.credential != NULL)
        return sign_with_credential(sa, x);
    if (sa->peer->peer.local_auth == IKE2_AUTH_NULL)
        return sign_with_key(sa, x, sa->role == INITIATOR ? keys->pi : keys->pr);
    v = ike2_auth_take_psk(sa, x, IKE2_SECRET_OURS);
    return v == VERDICT_NEXT ? sign_with_key(sa, x, x->auth.psk_ours) : v;
}

/* --- Payloads ------------------------------------------------------------------------- */

uint8_t ike2_prove_method(const struct exchange *x)
{
    if (x->auth.credential != NULL)
        return ike2_scheme_method(x->auth.scheme);
    return x->sa->peer->peer.local_auth == IKE2_AUTH_NULL ? IKE2_AUTH_METHOD_NULL
                                                          : IKE2_AUTH_METHOD_SHARED_KEY;
}

/* RFC 7296 3.6, 3.7: the announcement stands beside CERTREQ. */
static bool peer_looks_up(const struct exchange *x)
{
    const struct sa *sa = x->sa;

    return sa->role == INITIATOR ? sa->init->peer_looks_up : ike2_verify_reads_lookup(&x->in);
}

static void write_lookups(ike2_writer *w, const ike2_credential *c)
{
    for (size_t i = 0; i < c->n_lookups; i++)
        ike2_hash_url_write(w, &c->lookups[i]);
}

static void write_chain(ike2_writer *w, const ike2_credential *c)
{
    for (size_t i = 0; i < c->n_chain; i++) {
        const ike2_cert cert = {
            .encoding = c->encoding != 0 ? c->encoding : IKE2_CERT_X509_SIGNATURE,
            .data = c->chain[i],
        };

        ike2_cert_write(w, IKE2_PAYLOAD_CERT, &cert);
    }
}

void ike2_prove_write_certs(ike2_writer *w, const struct exchange *x)
{
    const ike2_credential *c = x->auth.credential;

    if (c != NULL && c->n_lookups != 0 && peer_looks_up(x))
        write_lookups(w, c);
    else if (c != NULL)
        write_chain(w, c);
}

void ike2_prove_write_auth(ike2_writer *w, const struct exchange *x)
{
    const ike2_auth_payload auth = {
        .method = ike2_prove_method(x),
        .data = bytes_of(x->auth.value, x->auth.value_len),
    };

    ike2_auth_write(w, &auth);
}
