/* hsm_signer.c - an endpoint whose private key stays in a PKCS#11 token. Two endpoints, both of
 * this thread, make an IKE SA for each signature scheme of the key; the responder proves itself by
 * the token, the initiator checks that with the CA's certificate:
 *
 *     hsm_signer URI CERTIFICATES CA IDENTITY
 *     hsm_signer 'pkcs11:token=vpn;object=server?pin-source=file:pin' \
 *         server.pem ca.pem vpn.example.org
 *
 * Read `own_who`, the credential without a key; `work`, what the worker does with the job that
 * comes of it; `on_job` and `finish_jobs`, how the job gets there and back. A token may be slow, so
 * it has a thread of its own, and nobody else waits for it. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/certificates.h"
#include "common/provider.h"
#include "common/token.h"
#include "common/value.h"
#include "demo.h"
#include "duo.h"
#include "host.h"
#include "pool.h"

enum { CHAIN_MAX = 16, KEY_HASH = 20, TOKEN_TAG = 1 };

/* What is said of one IKE SA. */
struct outcome {
    bool is_over, is_up;
    ike2_time token_ms;
    struct problem why; /* the first that went wrong */
};

struct run {
    struct provider provider;
    struct demo demo; /* the initiator */
    struct token *token;
    struct identity id; /* the responder: who it is, */
    ike2_bytes chain[CHAIN_MAX], anchors[CHAIN_MAX]; /* its certificates, and their CAs' */
    size_t n_chain, n_anchors;
    uint8_t *chain_octets, *anchor_octets, hash_octets[CHAIN_MAX][KEY_HASH];
    ike2_bytes hashes[CHAIN_MAX];
    ike2_x509_policy policies[DUO_SIDES]; /* what each side trusts */
    struct duo duo;
    struct pool *pool;
    struct outcome outcome;
};

/* --- On the token's thread ----------------------------------------------------------- */

/* One at a time, so the token needs no lock; and `outcome` is read when the job has come back. A
 * failure is a job without signature. */
static void work(void *user, ike2_job *job)
{
    const ike2_sign_task *task = ike2_job_sign_task(job);
    struct run *r = user;
    ike2_time began = host_now();
    uint8_t room[TOKEN_SIGNATURE_MAX];
    ike2_buffer out = { .ptr = room, .cap = sizeof room };

    if (token_sign(r->token, task, &out, &r->outcome.why) &&
        ike2_job_set_signature(job, (ike2_bytes){ room, out.len }) != IKE2_OK)
        problem_set(&r->outcome.why, "the signature has more than %u octets", task->room);
    r->outcome.token_ms = host_now() - began;
}

/* --- On the endpoints' thread -------------------------------------------------------- */

static void verify(struct run *r, struct duo_side *s, ike2_time now, ike2_job *job)
{
    const ike2_x509_policy *policy = &r->policies[s - r->duo.sides];
    ike2_verdict verdict = IKE2_INIT(ike2_verdict);

    (void)ike2_x509_verify(ike2_job_proof(job), policy, (int64_t)time(NULL), &verdict);
    if (!verdict.ok && r->outcome.why.text[0] == '\0')
        problem_set(&r->outcome.why, "the certificate or the signature is refused: %s",
                    verdict.text);
    ike2_job_set_verdict(job, &verdict);
    (void)duo_finish(s, now, job);
}

/* SIGN jobs come from the credential without a key; the other one has its key in the definition. */
static void on_job(struct run *r, struct duo_side *s, ike2_time now, ike2_job *job)
{
    if (ike2_job_kind(job) != IKE2_JOB_SIGN)
        verify(r, s, now, job);
    else if (!pool_put(r->pool, job, s))
        ike2_job_free(job); /* its SA learns that at `answer_by` */
}

static void on_output(struct run *r, struct duo_side *s, ike2_time now, const ike2_output *out)
{
    bool is_initiator = s == &r->duo.sides[0];

    if (out->type == IKE2_JOB)
        on_job(r, s, now, out->u.job);
    else if (out->type == IKE2_EVENT_JOB_CANCEL)
        pool_cancel(r->pool, out->u.job); /* too late: unless the token has begun */
    else if (out->type == IKE2_EVENT_CHILD_UP && is_initiator)
        r->outcome.is_over = r->outcome.is_up = true;
    else if (out->type == IKE2_EVENT_SA_DOWN && is_initiator)
        r->outcome.is_over = true;
}

/* The job goes back to its endpoint, on the endpoint's thread. */
static void finish_jobs(struct run *r, ike2_time now)
{
    ike2_job *job;
    void *owner;

    while ((job = pool_take(r->pool, &owner)) != NULL)
        (void)duo_finish(owner, now, job); /* IKE2_ERR_STALE: nobody waits for it any more */
}

static void await(struct run *r, int ms)
{
    struct pollfd done = { .fd = pool_fd(r->pool), .events = POLLIN };

    (void)poll(&done, 1, ms);
}

static void loop(struct run *r)
{
    while (!r->outcome.is_over) {
        ike2_time now = host_now();
        struct duo_side *s;
        const ike2_output *out;

        finish_jobs(r, now);
        duo_expire(&r->duo, now);
        while ((out = duo_next(&r->duo, now, &s)) != NULL)
            on_output(r, s, now, out);
        if (!r->outcome.is_over)
            await(r, host_wait_ms(now, duo_deadline(&r->duo)));
    }
}

/* --- One IKE SA ---------------------------------------------------------------------- */

/* The responder. No key, so each signature is a job; the tag says which key it would be. */
static struct duo_who own_who(const struct run *r, const uint16_t *scheme)
{
    struct duo_who who = { .id = r->id.id, .own = IKE2_INIT(ike2_credential) };

    who.own.tag = TOKEN_TAG;
    who.own.chain = r->chain;
    who.own.n_chain = r->n_chain;
    who.own.issuers = r->hashes;
    who.own.n_issuers = r->n_anchors;
    who.own.schemes = scheme;
    who.own.n_schemes = 1;
    return who;
}

static ike2_err begin(struct run *r, const uint16_t *scheme)
{
    const struct duo_who who[DUO_SIDES] = {
        { r->demo.ids[0], demo_credential(&r->demo, 0) },
        own_who(r, scheme),
    };
    ike2_endpoint_config like = IKE2_INIT(ike2_endpoint_config);
    ike2_time now = host_now();
    ike2_sa_id sa;
    ike2_err err;

    like.crypto = r->provider.crypto;
    err = duo_open(&r->duo, who, &like, now);
    return err == IKE2_OK ? duo_connect(&r->duo, now, &sa) : err;
}

static bool try_scheme(struct run *r, uint16_t scheme)
{
    ike2_err err;

    r->outcome = (struct outcome){ .is_over = false };
    err = begin(r, &scheme);
    if (err == IKE2_OK)
        loop(r);
    else
        problem_set(&r->outcome.why, "%s", ike2_strerror(err));
    duo_close(&r->duo);
    while (pool_count(r->pool) != 0) { /* a token is not interrupted */
        await(r, -1);
        finish_jobs(r, 0);
    }
    if (r->outcome.is_up)
        (void)printf("%-18s up, the token took %llu ms\n", value_scheme_word(scheme),
                     (unsigned long long)r->outcome.token_ms);
    else
        (void)printf("%-18s failed: %s\n", value_scheme_word(scheme), r->outcome.why.text);
    return r->outcome.is_up;
}

static bool try_all(struct run *r)
{
    size_t n, up = 0;
    const uint16_t *schemes = token_schemes(r->token, &n);

    for (size_t i = 0; i < n; i++)
        up += try_scheme(r, schemes[i]);
    return up == n;
}

/* --- The program --------------------------------------------------------------------- */

static bool load_certificates(struct run *r, char **argv, struct problem *why)
{
    if (!certificates_load(argv[2], r->chain, CHAIN_MAX, &r->n_chain, &r->chain_octets, why) ||
        !certificates_load(argv[3], r->anchors, CHAIN_MAX, &r->n_anchors, &r->anchor_octets, why))
        return false;
    for (size_t i = 0; i < r->n_anchors; i++) {
        if (ike2_mbedtls_key_hash(r->anchors[i], r->hash_octets[i]) != IKE2_OK) {
            problem_set(why, "%s holds a malformed certificate", argv[3]);
            return false;
        }
        r->hashes[i] = (ike2_bytes){ .ptr = r->hash_octets[i], .len = KEY_HASH };
    }
    r->policies[0] = (ike2_x509_policy){ .struct_size = sizeof r->policies[0],
                                         .anchors = r->anchors,
                                         .n_anchors = r->n_anchors };
    r->policies[1] = demo_policy(&r->demo);
    return true;
}

static bool run_open(struct run *r, char **argv, struct problem *why)
{
    const char *wrong = value_identity(argv[4], &r->id);

    if (wrong != NULL) {
        problem_set(why, "%s: it %s", argv[4], wrong);
        return false;
    }
    if (!provider_open(&r->provider, why))
        return false;
    if (demo_load(&r->demo, r->provider.mbedtls) != IKE2_OK) {
        problem_set(why, "the initiator's certificate cannot be loaded");
        return false;
    }
    if (!load_certificates(r, argv, why) ||
        !token_open(argv[1], NULL, r->provider.crypto, &r->token, why))
        return false;
    r->pool = pool_new(1, work, r);
    return r->pool != NULL;
}

static void run_close(struct run *r)
{
    if (r->pool != NULL) {
        pool_stop(r->pool);
        pool_free(r->pool);
    }
    token_close(r->token);
    free(r->chain_octets);
    free(r->anchor_octets);
    demo_clear(&r->demo);
    provider_close(&r->provider);
}

int main(int argc, char **argv)
{
    static struct run r;
    struct problem why = { "" };
    bool ok = false;

    if (argc != 5) {
        (void)fprintf(stderr, "usage: hsm_signer URI CERTIFICATES CA IDENTITY\n");
        return EXIT_FAILURE;
    }
    if (run_open(&r, argv, &why)) {
        if (why.text[0] != '\0') /* only a warning */
            (void)fprintf(stderr, "%s\n", why.text);
        ok = try_all(&r);
    } else {
        (void)fprintf(stderr, "hsm_signer: %s\n",
                      why.text[0] != '\0' ? why.text : "no thread for the token");
    }
    run_close(&r);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
