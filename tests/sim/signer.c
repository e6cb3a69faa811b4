/* sim/signer.c - a side with real keys and the mbedTLS provider. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "sim/signer.h"
#include "sim/voice.h"
#include "support/keys.h"
#include "support/octets.h"

static const struct {
    const char *pem, *spki;
} pairs[PAIRS] = {
    [RSA_2048] = { test_rsa_pem, test_rsa_spki },
    [RSA_3072] = { test_rsa3072_pem, test_rsa3072_spki },
    [RSA_4096] = { test_rsa4096_pem, test_rsa4096_spki },
    [ECDSA_256] = { test_p256_pem, test_p256_spki },
    [ECDSA_384] = { test_p384_pem, test_p384_spki },
    [ECDSA_521] = { test_p521_pem, test_p521_spki },
};

/* --- Jobs ---------------------------------------------------------------------------- */

static void note_proof(struct judged *j, const ike2_proof *proof)
{
    j->n++;
    j->scheme = proof->scheme;
    j->method = proof->method;
    j->n_certs = proof->n_certs;
    j->peer_tag = proof->peer_tag;
    assert_in_range(j->n_certs, 0, JUDGED_CERTS);
    for (size_t i = 0; i < j->n_certs; i++) {
        ike2_bytes data = proof->certs[i].data;

        j->certs[i].encoding = proof->certs[i].encoding;
        j->certs[i].len = data.len;
        j->certs[i].last_octet = data.len == 0 ? 0 : data.ptr[data.len - 1];
    }
    (void)ike2_id_text(&proof->local_id, j->local, sizeof j->local);
    (void)ike2_id_text(&proof->remote_id, j->remote, sizeof j->remote);
}

static ike2_bytes key_of(const struct signer *g, const ike2_cert *cert)
{
    ike2_hash_url unused;

    return ike2_hash_url_read(cert, &unused) == IKE2_OK ? g->fetched : cert->data;
}

static void judge(struct signer *g, ike2_job *job)
{
    const ike2_proof *proof = ike2_job_proof(job);
    ike2_verdict v = g->verdict;

    note_proof(&g->judged, proof);
    g->judged.result =
        proof->n_certs == 0
            ? IKE2_ERR_AUTH
            : ike2_mbedtls_verify(key_of(g, &proof->certs[0]), proof->scheme,
                                  proof->signed_parts, proof->n_signed_parts, proof->signature);
    v.ok = v.ok && g->judged.result == IKE2_OK;
    if (!g->says_nothing)
        ike2_job_set_verdict(job, &v);
}

/* As an HSM would do it. */
static void sign_elsewhere(struct signer *g, ike2_job *job)
{
    const ike2_sign_task *task = ike2_job_sign_task(job);
    const ike2_crypto *c = &g->wrap.table;
    uint8_t room[1024];
    ike2_buffer sig = { .ptr = room, .cap = sizeof room };

    assert_in_range(task->tag, 1, SIGNER_CREDENTIALS);
    assert_int_equal(c->sign(c->user, g->rooms[task->tag - 1].key, task->scheme, task->parts,
                             task->n_parts, &sig), IKE2_OK);
    g->signing = ike2_job_set_signature(job, bytes_of(sig.ptr, sig.len));
}

static void prove(struct side *s, ike2_job *job)
{
    struct signer *g = s->prove_user;

    if (ike2_job_kind(job) == IKE2_JOB_VERIFY)
        judge(g, job);
    else if (!g->says_nothing && ike2_job_run(job) == IKE2_ERR_UNSUPPORTED)
        sign_elsewhere(g, job);
}

/* --- Life ---------------------------------------------------------------------------- */

/* Takes the side over; pre-shared keys are asked for, if any. */
static void signer_init(struct side *s)
{
    struct signer *g = calloc(1, sizeof *g);

    if (g == NULL)
        abort();
    g->side = s;
    g->verdict = (ike2_verdict)IKE2_INIT(ike2_verdict);
    g->verdict.ok = true;
    crypto_wrap_init(&g->wrap, s->world->seed + s->setup.peer.tag);
    s->crypto = &g->wrap.table;
    s->prove = prove;
    s->prove_user = g;
    s->setup.asks_psk = true;
    s->setup.peer.credentials = g->credentials;
}

static void signer_free(struct signer *g)
{
    for (size_t i = 0; i < SIGNER_CREDENTIALS; i++)
        g->wrap.table.key_free(g->wrap.table.user, g->rooms[i].key);
    crypto_wrap_clear(&g->wrap);
    free(g);
}

int signers_setup(void **state)
{
    (void)world_setup(state);
    signer_init(side_a(state));
    signer_init(side_b(state));
    return 0;
}

int signers_teardown(void **state)
{
    struct signer *a = signer_of(side_a(state)), *b = signer_of(side_b(state));

    (void)world_teardown(state);
    signer_free(a);
    signer_free(b);
    return 0;
}

/* --- Credentials --------------------------------------------------------------------- */

static ike2_bytes ca_hash(uint8_t *room, char ca)
{
    memset(room, ca, KEY_HASH);
    return bytes_of(room, KEY_HASH);
}

ike2_credential *signer_add(struct signer *g, enum pair pair, const uint16_t *schemes,
                            const char *id, const char *cas)
{
    size_t n = g->side->setup.peer.n_credentials++;
    struct signer_room *r = &g->rooms[n];
    ike2_credential *c = &g->credentials[n];
    ike2_buffer id_room = { .ptr = r->id, .cap = sizeof r->id };

    assert_in_range(n, 0, SIGNER_CREDENTIALS - 1);
    *c = (ike2_credential)IKE2_INIT(ike2_credential);
    c->tag = n + 1;
    r->pair = pair;
    r->chain[0] = bytes_of(r->spki, octets_from_hex(pairs[pair].spki, r->spki, sizeof r->spki));
    assert_int_equal(ike2_mbedtls_private_key(g->wrap.provider,
                                              bytes_of(pairs[pair].pem, strlen(pairs[pair].pem)),
                                              (ike2_bytes){ 0 }, &r->key), IKE2_OK);
    g->wrap.keys_alive++; /* it was not made through the table */
    c->key = r->key;
    c->chain = r->chain;
    c->n_chain = 1;
    c->schemes = r->schemes;
    for (; schemes[c->n_schemes] != 0; c->n_schemes++)
        r->schemes[c->n_schemes] = schemes[c->n_schemes];
    c->issuers = r->issuers;
    for (; cas[c->n_issuers] != '\0'; c->n_issuers++)
        r->issuers[c->n_issuers] = ca_hash(r->hashes[c->n_issuers], cas[c->n_issuers]);
    if (id != NULL)
        assert_int_equal(ike2_id_parse(id, &id_room, &c->id), IKE2_OK);
    return c;
}

void signer_trust(struct signer *g, size_t n, const char *cas)
{
    ike2_peer_config *peer = &g->side->setup.peer;

    for (size_t i = 0; i < n; i++) {
        uint8_t *hash = g->trusted_room[i];

        memset(hash, 0xee, KEY_HASH);
        hash[0] = (uint8_t)(i >> 8);
        hash[1] = (uint8_t)i;
        g->trusted[i] = bytes_of(hash, KEY_HASH);
    }
    for (; *cas != '\0'; cas++, n++)
        g->trusted[n] = ca_hash(g->trusted_room[n], *cas);
    peer->trusted = g->trusted;
    peer->n_trusted = n;
}

/* --- What no side would say ---------------------------------------------------------- */

static void write_child(ike2_writer *w)
{
    const ike2_ts ts = setup_net4(0x0a000000, 8);
    ike2_transform transforms[4];
    ike2_proposal p;

    assert_int_equal(ike2_proposal_parse("aes128gcm16-noesn", IKE2_PROTOCOL_ESP, transforms, 4, &p),
                     IKE2_OK);
    p.number = 1;
    p.spi = bytes_of("spi1", 4);
    ike2_sa_write(w, &p, 1);
    ike2_ts_write(w, IKE2_PAYLOAD_TSI, &ts, 1);
    ike2_ts_write(w, IKE2_PAYLOAD_TSR, &ts, 1);
}

void signer_speak(struct side *from, struct side *to, const ike2_auth_payload *auth,
                  const ike2_cert *certs, size_t n_certs)
{
    static const uint8_t nothing[] = { 0x30, 0x00 };
    const ike2_cert cert = { .encoding = IKE2_CERT_X509_SIGNATURE,
                             .data = bytes_of(nothing, sizeof nothing) };
    const struct utterance u = { .exchange = IKE2_EXCHANGE_IKE_AUTH, .message_id = 1 };
    uint8_t room[2048];
    ike2_writer w;

    from->world->net.is_held = true;
    initiate(from, to);
    passes(from, to, IKE2_EXCHANGE_IKE_SA_INIT, REQUEST);
    passes(to, from, IKE2_EXCHANGE_IKE_SA_INIT, RESPONSE);
    loses(from, to, IKE2_EXCHANGE_IKE_AUTH, REQUEST);
    voice_begin(&w, room);
    w.cap = sizeof room;
    ike2_id_write(&w, IKE2_PAYLOAD_IDI, &from->setup.peer.local_id);
    for (size_t i = 0; i < n_certs; i++)
        ike2_cert_write(&w, IKE2_PAYLOAD_CERT, certs != NULL ? &certs[i] : &cert);
    ike2_auth_write(&w, auth);
    write_child(&w);
    speak_written(from, to, u, &w);
}
