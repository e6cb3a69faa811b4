/* sa/verify.c - how the peer proves its identity. RFC 7296 2.15, 3.7, 3.8; RFC 7427,
 * RFC 7619. */
#include "sa/verify.h"

#include "base/bytes.h"
#include "base/text.h"
#include "crypto/scheme.h"
#include "sa/auth.h"
#include "sa/note.h"
#include "sa/prove.h"
#include "wire/hash_url.h"

enum { CERTS_MAX = 64 };

/* RFC 7427 4: what can be verified; RFC 8420 2: IDENTITY stands for EdDSA. */
static const uint16_t our_hashes[] = { IKE2_HASH_SHA2_256, IKE2_HASH_SHA2_384,
                                       IKE2_HASH_SHA2_512, IKE2_HASH_IDENTITY };
enum { OUR_HASHES = sizeof our_hashes / sizeof our_hashes[0] };

/* --- Refusals ------------------------------------------------------------------------- */

/* Of a definition: IKE2_AUTH_NULL stands alone there. */
static const char *methods_text(uint32_t methods)
{
    if (methods == IKE2_AUTH_NULL)
        return "NULL authentication";
    if (methods == IKE2_AUTH_SIGNATURE)
        return "signature";
    return methods == IKE2_AUTH_PSK ? "pre-shared key" : "signature or pre-shared key";
}

/* `why` as far as it is known; the rest is the same for all. */
static enum verdict refuse_because(struct sa *sa, struct exchange *x, struct note_refusal why)
{
    const ike2_trace_field more[] = {
        field_u64("method", x->auth.peer_method), field_u64("scheme", x->auth.peer_scheme),
    };

    why.name = "policy.auth";
    why.section = "RFC 7296 2.15";
    if (why.accepted == NULL)
        why.accepted = methods_text(sa->peer->peer.remote_auth);
    why.more = more;
    why.n_more = sizeof more / sizeof more[0];
    sa->host->stats.auth_failures++;
    return ike2_exchange_refuse(x, IKE2_NOTIFY_AUTHENTICATION_FAILED, IKE2_REASON_AUTH,
                                ike2_note_refusal(sa, &why));
}

/* What was proven is wrong: another method would not help. */
static enum verdict refuse(struct sa *sa, struct exchange *x, const char *offered,
                           const char *difference)
{
    return refuse_because(sa, x, (struct note_refusal){ .offered = offered,
                                                        .difference = difference });
}

static enum verdict refuse_method(struct sa *sa, struct exchange *x, const char *offered,
                                  const char *difference)
{
    return refuse_because(sa, x, (struct note_refusal){
        .offered = offered, .difference = difference,
        .peer_change = methods_text(sa->peer->peer.remote_auth), .our_change = offered,
    });
}

/* RFC 8247 3.2: nobody is told to accept SHA-1. */
static enum verdict refuse_scheme(struct sa *sa, struct exchange *x)
{
    const ike2_peer_config *peer = &sa->peer->peer;
    const char *offered = ike2_scheme_name(x->auth.peer_scheme);
    bool is_sha1 = ike2_scheme_hash(x->auth.peer_scheme) == IKE2_HASH_SHA1;
    char accepted[256];
    struct text t = text_of(accepted, sizeof accepted);

    for (size_t i = 0; i < peer->n_remote_schemes; i++) {
        ike2_text_add(&t, i == 0 ? "" : ", ");
        ike2_text_add(&t, ike2_scheme_name(peer->remote_schemes[i]));
    }
    if (peer->n_remote_schemes == 0)
        ike2_text_add(&t, "signature, but for SHA-1");
    return refuse_because(sa, x, (struct note_refusal){
        .offered = offered, .accepted = accepted,
        .difference = "signature algorithm: not one that the policy names",
        .peer_change = accepted,
        .our_change = is_sha1 ? NULL : offered,
    });
}

/* --- What may be used ----------------------------------------------------------------- */

/* SHA-1 and EdDSA only where they are named. */
static bool scheme_is_accepted(const ike2_peer_config *peer, uint16_t scheme)
{
    for (size_t i = 0; i < peer->n_remote_schemes; i++) {
        if (peer->remote_schemes[i] == scheme)
            return true;
    }
    return peer->n_remote_schemes == 0 && ike2_scheme_is_default(scheme);
}

static enum verdict accept_signature(struct sa *sa, struct exchange *x,
                                     const ike2_auth_payload *auth)
{
    const ike2_peer_config *peer = &sa->peer->peer;
    ike2_err err = ike2_scheme_read(auth, &x->auth.peer_scheme, &x->auth.signature);

    if (err == IKE2_ERR_MALFORMED)
        return ike2_exchange_refuse(x, IKE2_NOTIFY_INVALID_SYNTAX, IKE2_REASON_PROTOCOL, 0);
    if (err != IKE2_OK)
        return refuse_because(sa, x, (struct note_refusal){
            .offered = "an unknown method or signature algorithm",
            .difference = "method: not one that this library can check",
            .peer_change = methods_text(peer->remote_auth),
        });
    if ((peer->remote_auth & IKE2_AUTH_SIGNATURE) == 0)
        return refuse_method(sa, x, ike2_scheme_name(x->auth.peer_scheme),
                             peer->remote_auth == IKE2_AUTH_NULL
                                 ? "method: the peer signs, and only anonymous ones are expected"
                                 : "method: the peer signs, and has to use the pre-shared key");
    if (!scheme_is_accepted(peer, x->auth.peer_scheme))
        return refuse_scheme(sa, x);
    return VERDICT_NEXT;
}

static enum verdict accept_psk(struct sa *sa, struct exchange *x)
{
    uint32_t accepted = sa->peer->peer.remote_auth;

    if ((accepted & IKE2_AUTH_PSK) != 0)
        return VERDICT_NEXT;
    return refuse_method(sa, x, "pre-shared key",
                         accepted == IKE2_AUTH_NULL
                             ? "method: the peer uses a pre-shared key, and only anonymous ones "
                               "are expected"
                             : "method: the peer uses a pre-shared key, and has to sign");
}

/* RFC 7619 2: AUTHENTICATION_FAILED where the policy wants to know who it is. */
static enum verdict accept_null(struct sa *sa, struct exchange *x)
{
    if (sa->peer->peer.remote_auth == IKE2_AUTH_NULL)
        return VERDICT_NEXT;
    return refuse_because(sa, x, (struct note_refusal){
        .offered = "NULL authentication",
        .difference = "method: the peer stays anonymous, and has to prove who it is",
        .peer_change = methods_text(sa->peer->peer.remote_auth),
    });
}

/* IKE_SA_INIT was negotiated with another definition than the identity has led to. */
static bool lacks_transcript(const struct sa *sa)
{
    return sa->peer->peer.full_transcript == IKE2_WANT_REQUIRE && !sa->intent.full_transcript;
}

enum verdict ike2_verify_method(struct sa *sa, struct exchange *x)
{
    ike2_auth_payload auth;

    if (lacks_transcript(sa))
        return refuse(sa, x, "AUTH over one message of IKE_SA_INIT",
                      "full transcript: the definition requires it, IKE_SA_INIT went without it");
    if (ike2_auth_read(ike2_message_body(&x->in, IKE2_PAYLOAD_AUTH), &auth) != IKE2_OK)
        return ike2_exchange_refuse(x, IKE2_NOTIFY_INVALID_SYNTAX, IKE2_REASON_PROTOCOL, 0);
    x->auth.peer_method = auth.method;
    x->auth.signature = auth.data;
    if (auth.method == IKE2_AUTH_METHOD_SHARED_KEY)
        return accept_psk(sa, x);
    return auth.method == IKE2_AUTH_METHOD_NULL ? accept_null(sa, x)
                                                : accept_signature(sa, x, &auth);
}

/* --- Pre-shared key, or none ---------------------------------------------------------- */

static const char *psk_difference(const struct sa *sa)
{
    return sa->intent.full_transcript
               ? "AUTH value: the two sides do not have the same pre-shared key, or IKE_SA_INIT "
                 "was changed on the way"
               : "AUTH value: the two sides do not have the same pre-shared key";
}

static enum verdict verify_with_key(struct sa *sa, struct exchange *x, const ike2_key *key)
{
    bool is_null = x->auth.peer_method == IKE2_AUTH_METHOD_NULL;
    struct psk_value expected;

    if (ike2_auth_compute(sa, sa->role == RESPONDER, x->auth.id_body, key, &expected) != IKE2_OK)
        return VERDICT_RETRY;
    if (!bytes_equal_ct(x->auth.signature, bytes_of(expected.octets, expected.len)))
        return refuse(sa, x, is_null ? "NULL authentication" : "pre-shared key",
                      is_null ? "AUTH value: it does not fit IKE_SA_INIT and the peer's identity"
                              : psk_difference(sa));
    return VERDICT_NEXT;
}

/* --- Signature ------------------------------------------------------------------------ */

static size_t count_certs(const struct message *m)
{
    size_t n = ike2_message_count(m, IKE2_PAYLOAD_CERT);

    return n < CERTS_MAX ? n : CERTS_MAX;
}

static bool looks_up(const struct sa *sa)
{
    return sa->peer->peer.cert_lookup == IKE2_ON;
}

/* Does the peer leave it to us to fetch its own certificate, which comes first? RFC 7296 3.6. */
static bool is_behind_url(const struct exchange *x)
{
    ike2_bytes first = ike2_message_body(&x->in, IKE2_PAYLOAD_CERT);
    ike2_cert cert;

    return ike2_cert_read(first, &cert) == IKE2_OK && ike2_is_hash_url(cert.encoding);
}

/* Nobody is to fetch what we have not asked for. */
static bool is_wanted(const struct sa *sa, const ike2_cert *cert)
{
    return looks_up(sa) || !ike2_is_hash_url(cert->encoding);
}

/* CERT payloads as views into `chain`, a copy of the message's; returns how many there are. */
static size_t read_certs(const struct sa *sa, uint8_t first, ike2_bytes chain, ike2_cert *out,
                         size_t cap)
{
    size_t n = 0;
    ike2_walk w;
    ike2_payload p;

    ike2_payload_walk(&w, first, chain);
    while (n < cap && ike2_payload_next(&w, &p)) {
        if (p.type == IKE2_PAYLOAD_CERT && ike2_cert_read(p.body, &out[n]) == IKE2_OK &&
            is_wanted(sa, &out[n]))
            n++;
    }
    return n;
}

/* A view into the message becomes one into its copy. */
static ike2_bytes moved(ike2_bytes view, ike2_bytes from, const uint8_t *to)
{
    return view.len == 0 ? (ike2_bytes){ 0 } : bytes_of(to + (view.ptr - from.ptr), view.len);
}

/* The job owns all it needs: the signed octets, and the whole message with certificates, identity
 * and signature; our identity is the definition's, which outlives no job, so it is copied too. */
static void verify_fill(const struct sa *sa, const struct exchange *x, ike2_job *job,
                        const struct signed_octets *octets)
{
    struct verify_work *v = &job->u.verify;
    size_t n = count_certs(&x->in);
    ike2_cert *certs = (ike2_cert *)(void *)(job + 1);
    ike2_bytes chain = x->in.chain;
    const ike2_id *local = auth_local_id(sa, x), *remote = auth_remote_id(sa, x);
    uint8_t *at = ike2_prove_octets_copy(octets, (uint8_t *)(certs + n), v->parts);
    uint8_t *id = at + chain.len;

    memcpy(at, chain.ptr, chain.len);
    if (local->data.len != 0)
        memcpy(id, local->data.ptr, local->data.len);
    n = read_certs(sa, x->in.first, bytes_of(at, chain.len), certs, n);
    v->proof = (ike2_proof){
        .local_id = { .type = local->type, .data = bytes_of(id, local->data.len) },
        .remote_id = { .type = remote->type, .data = moved(remote->data, chain, at) },
        .peer_tag = sa_peer_tag(sa), .certs = certs, .n_certs = n, .signed_parts = v->parts,
        .n_signed_parts = octets->n_parts, .signature = moved(x->auth.signature, chain, at),
        .scheme = x->auth.peer_scheme, .method = x->auth.peer_method,
    };
}

static ike2_job *verify_job(struct sa *sa, struct exchange *x)
{
    struct signed_octets octets;
    ike2_job *job;

    if (ike2_prove_octets(sa, sa->role == RESPONDER, x->auth.id_body, &octets) != IKE2_OK)
        return NULL;
    job = ike2_job_new_proof(x, IKE2_JOB_VERIFY,
                             count_certs(&x->in) * sizeof(ike2_cert) +
                                 ike2_prove_octets_len(&octets) + x->in.chain.len +
                                 auth_local_id(sa, x)->data.len);
    if (job != NULL)
        verify_fill(sa, x, job, &octets);
    return job;
}

static enum verdict verify_take(struct sa *sa, struct exchange *x)
{
    ike2_job *job = x->work.job;
    ike2_verdict verdict;
    enum verdict v;

    if (job == NULL)
        return ike2_exchange_refuse(x, IKE2_NOTIFY_AUTHENTICATION_FAILED, IKE2_REASON_UNANSWERED,
                                    0);
    verdict = job->u.verify.verdict;
    x->work.job = NULL;
    ike2_job_release(job);
    if (verdict.ok)
        return VERDICT_NEXT;
    v = refuse(sa, x, ike2_scheme_name(x->auth.peer_scheme),
               verdict.text[0] != '\0' ? verdict.text : "proof: refused without a reason");
    if (verdict.notify != 0)
        x->refusal.notify = verdict.notify;
    return v;
}

static enum verdict verify_signature(struct sa *sa, struct exchange *x)
{
    ike2_job *job;

    if (x->work.is_out)
        return VERDICT_WAIT;
    if (x->work.is_back)
        return verify_take(sa, x);
    if (!looks_up(sa) && is_behind_url(x))
        return refuse(sa, x, "certificate behind a URL",
                      "certificate: the peer sends a URL, and certificates are not looked up");
    job = verify_job(sa, x);
    return job == NULL ? VERDICT_RETRY : ike2_exchange_work(x, job, false);
}

enum verdict ike2_verify_proof(struct sa *sa, struct exchange *x)
{
    const struct sa_keys *keys = &sa->protection.keys;
    enum verdict v;

    if (x->auth.peer_method == IKE2_AUTH_METHOD_NULL) /* RFC 7619 2.1: the peer's SK_p */
        return verify_with_key(sa, x, sa->role == INITIATOR ? keys->pr : keys->pi);
    if (x->auth.peer_method != IKE2_AUTH_METHOD_SHARED_KEY)
        return verify_signature(sa, x);
    v = ike2_auth_take_psk(sa, x, IKE2_SECRET_PEERS);
    return v == VERDICT_NEXT ? verify_with_key(sa, x, x->auth.psk_peers) : v;
}

/* --- Payloads ------------------------------------------------------------------------- */

void ike2_verify_write_lookup(ike2_writer *w, const struct sa *sa)
{
    const ike2_notify n = { .type = IKE2_NOTIFY_HTTP_CERT_LOOKUP_SUPPORTED };

    if (looks_up(sa) && (sa->peer->peer.remote_auth & IKE2_AUTH_SIGNATURE) != 0)
        ike2_notify_write(w, &n);
}

bool ike2_verify_reads_lookup(const struct message *m)
{
    ike2_notify n;

    return ike2_message_notify(m, IKE2_NOTIFY_HTTP_CERT_LOOKUP_SUPPORTED, &n);
}

void ike2_verify_write_certreq(ike2_writer *w, const struct sa *sa)
{
    const ike2_peer_config *peer = &sa->peer->peer;

    if ((peer->remote_auth & IKE2_AUTH_SIGNATURE) == 0)
        return;
    if (peer->raw_keys == IKE2_ON) { /* RFC 7670 3: without CAs */
        ike2_payload_begin(w, IKE2_PAYLOAD_CERTREQ, false);
        ike2_uint_write(w, IKE2_CERT_RAW_PUBLIC_KEY, 1);
        ike2_payload_end(w);
    }
    if (peer->n_trusted == 0)
        return;
    ike2_payload_begin(w, IKE2_PAYLOAD_CERTREQ, false);
    ike2_uint_write(w, IKE2_CERT_X509_SIGNATURE, 1);
    for (size_t i = 0; i < peer->n_trusted; i++)
        ike2_octets_write(w, peer->trusted[i]);
    ike2_payload_end(w);
}

/* A peer that is not to sign still learns from the list that we know method 14. */
static bool hash_is_accepted(const ike2_peer_config *peer, uint16_t hash)
{
    if ((peer->remote_auth & IKE2_AUTH_SIGNATURE) == 0 || peer->n_remote_schemes == 0)
        return hash != IKE2_HASH_IDENTITY; /* RFC 8420 3: only where EdDSA is configured */
    for (size_t i = 0; i < peer->n_remote_schemes; i++) {
        if (ike2_scheme_hash(peer->remote_schemes[i]) == hash)
            return true;
    }
    return false;
}

static size_t accepted_hashes(const ike2_peer_config *peer, uint16_t out[OUR_HASHES])
{
    size_t n = 0;

    if (((peer->local_auth | peer->remote_auth) & IKE2_AUTH_SIGNATURE) == 0)
        return 0;
    for (size_t i = 0; i < OUR_HASHES; i++) {
        if (hash_is_accepted(peer, our_hashes[i]))
            out[n++] = our_hashes[i];
    }
    return n;
}

void ike2_verify_write_hashes(ike2_writer *w, const struct sa *sa)
{
    uint16_t hashes[OUR_HASHES];
    size_t n = accepted_hashes(&sa->peer->peer, hashes);

    if (n != 0)
        ike2_notify_list_write(w, IKE2_NOTIFY_SIGNATURE_HASH_ALGORITHMS, hashes, n);
}

bool ike2_verify_announces_hashes(const struct sa *sa)
{
    uint16_t hashes[OUR_HASHES];

    return accepted_hashes(&sa->peer->peer, hashes) != 0;
}

uint32_t ike2_verify_read_hashes(const struct message *m)
{
    uint32_t set = 0;
    uint16_t hash;
    ike2_walk w;
    ike2_notify n;

    if (!ike2_message_notify(m, IKE2_NOTIFY_SIGNATURE_HASH_ALGORITHMS, &n))
        return 0;
    ike2_notify_list_walk(&w, n.data);
    while (ike2_notify_list_next(&w, &hash)) {
        if (hash < 32)
            set |= UINT32_C(1) << hash;
    }
    return set;
}
