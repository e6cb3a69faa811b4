/* sim/test_quirks.c - what a peer is known not to understand is not used with it, whatever its
 * SIGNATURE_HASH_ALGORITHMS allow: with real RSA keys, and, as no provider here has EdDSA, with the
 * toy one that signs by whatever scheme it is told. RFC 7296 3.12, RFC 7427 4, 5.
 *
 * The library itself sends no Vendor ID: a side that is Windows here has one put into its
 * IKE_SA_INIT message on the way, and signs that message as it arrives. */
#include "sim/middle.h"
#include "sim/signer.h"

#include <string.h>

#include "base/bytes.h"

#define CASE(f) cmocka_unit_test_setup_teardown(f, signers_setup, signers_teardown)
#define TOY(f)  cmocka_unit_test_setup_teardown(f, toys_setup, world_teardown)

enum { PARTS_MAX = 8, SA_INIT = IKE2_EXCHANGE_IKE_SA_INIT };

static const uint16_t pss_or_pkcs1[] = { IKE2_SIG_RSA_PSS_SHA256, IKE2_SIG_RSA_PKCS1_SHA256, 0 };
static const uint16_t pss[] = { IKE2_SIG_RSA_PSS_SHA256, 0 };
static const uint16_t p256[] = { IKE2_SIG_ECDSA_SHA256_DER, 0 };
static const uint16_t eddsa_or_ecdsa[] = { IKE2_SIG_ED25519, IKE2_SIG_ECDSA_SHA256_DER };

/* --- Windows -------------------------------------------------------------------------- */

/* Its IKE_SA_INIT message, as its peer has heard it. */
static struct overheard said;

/* It knows nothing of downgrade.md, so that its own message is the first part that it signs. */
static void be_windows(struct side *s)
{
    s->setup.peer.full_transcript = IKE2_WANT_OFF;
}

static bool is_windows(const struct side *s)
{
    return s->setup.peer.full_transcript == IKE2_WANT_OFF;
}

/* What a SIGN job asks this side to sign. */
static size_t parts_of(const struct side *s, const ike2_sign_task *task,
                       ike2_bytes parts[PARTS_MAX])
{
    assert_in_range(task->n_parts, 1, PARTS_MAX);
    for (size_t i = 0; i < task->n_parts; i++)
        parts[i] = task->parts[i];
    if (is_windows(s))
        parts[0] = bytes_of(said.octets, said.len);
    return task->n_parts;
}

/* "MS NT5 ISAKMPOAKLEY", hashed, and a version. */
static bool with_windows_id(ike2_writer *w, const ike2_payload *p, uint16_t what)
{
    static const uint8_t id[] = { 0x1e, 0x2b, 0x51, 0x69, 0x05, 0x99, 0x1c, 0x7d, 0x7c, 0x96,
                                  0xfc, 0xbf, 0xb5, 0x87, 0xe4, 0x61, 0,    0,    0,    9 };

    (void)what;
    if (p->type != IKE2_PAYLOAD_NONCE)
        return false;
    ike2_data_write(w, p->type, p->body);
    ike2_data_write(w, IKE2_PAYLOAD_VENDOR, bytes_of(id, sizeof id));
    return true;
}

/* The two come up; one of them is Windows. */
static void meet_windows(struct side *a, struct side *b)
{
    a->world->net.is_held = true;
    initiate(a, b);
    if (is_windows(a))
        middle_pass(a, b, with_windows_id, 0, &said);
    else
        passes(a, b, SA_INIT, REQUEST);
    if (is_windows(b))
        middle_pass(b, a, with_windows_id, 0, &said);
    else
        passes(b, a, SA_INIT, RESPONSE);
    a->world->net.is_held = false;
    world_run(a->world, 5000);
    expect_up(a, b);
}

/* --- RSA, with real keys -------------------------------------------------------------- */

static void (*signer_proves)(struct side *s, ike2_job *job);

static void windows_proves(struct side *s, ike2_job *job)
{
    const struct signer *g = signer_of(s);
    const ike2_sign_task *task = ike2_job_sign_task(job);
    uint8_t room[1024];
    ike2_buffer signature = { .ptr = room, .cap = sizeof room };
    ike2_bytes parts[PARTS_MAX];

    if (task == NULL) {
        signer_proves(s, job);
        return;
    }
    assert_int_equal(g->wrap.table.sign(g->wrap.table.user, g->rooms[task->tag - 1].key,
                                        task->scheme, parts, parts_of(s, task, parts), &signature),
                     IKE2_OK);
    assert_int_equal(ike2_job_set_signature(job, bytes_of(room, signature.len)), IKE2_OK);
}

static void be_windows_with_a_key(struct side *s)
{
    be_windows(s);
    signer_proves = s->prove;
    s->prove = windows_proves;
    signer_add(signer_of(s), ECDSA_256, p256, NULL, "")->key = NULL; /* SIGN jobs */
}

/* The side has heard a signature by this scheme, and has found it right. */
static void expect_signed(const struct side *s, uint16_t scheme)
{
    assert_int_equal(signer_of(s)->judged.n, 1);
    assert_int_equal(signer_of(s)->judged.result, IKE2_OK);
    assert_int_equal(signer_of(s)->judged.scheme, scheme);
}

static void windows_as_initiator_is_not_shown_pss(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    be_windows_with_a_key(a);
    signer_add(signer_of(b), RSA_2048, pss_or_pkcs1, NULL, "");
    meet_windows(a, b);
    expect_signed(a, IKE2_SIG_RSA_PKCS1_SHA256);
    expect_signed(b, IKE2_SIG_ECDSA_SHA256_DER);
}

static void windows_as_responder_is_not_shown_pss(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    be_windows_with_a_key(b);
    signer_add(signer_of(a), RSA_2048, pss_or_pkcs1, NULL, "");
    meet_windows(a, b);
    expect_signed(a, IKE2_SIG_ECDSA_SHA256_DER);
    expect_signed(b, IKE2_SIG_RSA_PKCS1_SHA256);
}

static void who_is_not_known_is_shown_pss_by_either_role(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    signer_add(signer_of(a), RSA_2048, pss_or_pkcs1, NULL, "");
    signer_add(signer_of(b), RSA_3072, pss_or_pkcs1, NULL, "");
    bring_up(a, b);
    expect_signed(a, IKE2_SIG_RSA_PSS_SHA256);
    expect_signed(b, IKE2_SIG_RSA_PSS_SHA256);
}

/* Android sends no Vendor ID: the definition says what is known of it. */
static void who_is_said_to_be_android_is_not_shown_pss_by_either_role(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    a->setup.peer.quirks = b->setup.peer.quirks = IKE2_QUIRK_NO_PSS;
    signer_add(signer_of(a), RSA_2048, pss_or_pkcs1, NULL, "");
    signer_add(signer_of(b), RSA_3072, pss_or_pkcs1, NULL, "");
    bring_up(a, b);
    expect_signed(a, IKE2_SIG_RSA_PKCS1_SHA256);
    expect_signed(b, IKE2_SIG_RSA_PKCS1_SHA256);
}

/* Peers learn: who has nothing else tries. */
static void windows_is_shown_pss_if_there_is_nothing_else(void **state)
{
    struct side *a = side_a(state), *b = side_b(state);

    be_windows_with_a_key(a);
    signer_add(signer_of(b), RSA_2048, pss, NULL, "");
    meet_windows(a, b);
    expect_signed(a, IKE2_SIG_RSA_PSS_SHA256);
}

/* --- EdDSA, with the toy provider ----------------------------------------------------- */

static struct toy {
    ike2_credential own;
    ike2_bytes chain;
    uint16_t heard; /* by which scheme the peer has signed */
} toys[2];

static struct toy *toy_of(const struct side *s)
{
    return &toys[s->number - 1];
}

static void toy_signs(struct side *s, ike2_job *job, const ike2_sign_task *task)
{
    const ike2_crypto *c = s->crypto;
    const ike2_bytes cert = toy_of(s)->chain;
    uint8_t room[64];
    ike2_buffer signature = { .ptr = room, .cap = sizeof room };
    ike2_bytes parts[PARTS_MAX];
    ike2_key *key;

    assert_int_equal(fake_key_of(&s->fake, IKE2_USE_SIGN, cert.ptr, cert.len, &key), IKE2_OK);
    assert_int_equal(
        fake_sign(&s->fake, key, task->scheme, parts, parts_of(s, task, parts), &signature),
        IKE2_OK);
    c->key_free(c->user, key);
    assert_int_equal(ike2_job_set_signature(job, bytes_of(room, signature.len)), IKE2_OK);
}

static void toy_proves(struct side *s, ike2_job *job)
{
    const ike2_proof *proof = ike2_job_proof(job);
    ike2_verdict v = IKE2_INIT(ike2_verdict);

    if (proof == NULL) {
        toy_signs(s, job, ike2_job_sign_task(job));
        return;
    }
    toy_of(s)->heard = proof->scheme;
    v.ok =
        proof->n_certs == 1 && fake_verify(proof->certs[0].data, proof->scheme, proof->signed_parts,
                                           proof->n_signed_parts, proof->signature);
    ike2_job_set_verdict(job, &v);
}

/* Both accept EdDSA and ECDSA, and say so; both can sign by either. */
static int toys_setup(void **state)
{
    static const char *const names[] = { "first", "second" };

    (void)world_setup(state);
    for (size_t i = 0; i < 2; i++) {
        struct side *s = ((struct world *)*state)->sides[i];
        struct toy *t = toy_of(s);

        *t = (struct toy){ .own = IKE2_INIT(ike2_credential),
                           .chain = bytes_of(names[i], strlen(names[i])) };
        t->own.chain = &t->chain;
        t->own.n_chain = 1;
        t->own.schemes = eddsa_or_ecdsa;
        t->own.n_schemes = 2;
        s->prove = toy_proves;
        s->setup.asks_psk = true; /* there is none */
        s->setup.peer.credentials = &t->own;
        s->setup.peer.n_credentials = 1;
        s->setup.peer.remote_auth = IKE2_AUTH_SIGNATURE;
        s->setup.peer.remote_schemes = eddsa_or_ecdsa;
        s->setup.peer.n_remote_schemes = 2;
    }
    return 0;
}

static void who_is_not_known_is_shown_eddsa_by_either_role(void **state)
{
    bring_up(side_a(state), side_b(state));
    assert_int_equal(toys[0].heard, IKE2_SIG_ED25519);
    assert_int_equal(toys[1].heard, IKE2_SIG_ED25519);
}

static void windows_as_initiator_is_not_shown_eddsa(void **state)
{
    be_windows(side_a(state));
    meet_windows(side_a(state), side_b(state));
    assert_int_equal(toys[0].heard, IKE2_SIG_ECDSA_SHA256_DER);
    assert_int_equal(toys[1].heard, IKE2_SIG_ED25519);
}

static void windows_as_responder_is_not_shown_eddsa(void **state)
{
    be_windows(side_b(state));
    meet_windows(side_a(state), side_b(state));
    assert_int_equal(toys[0].heard, IKE2_SIG_ED25519);
    assert_int_equal(toys[1].heard, IKE2_SIG_ECDSA_SHA256_DER);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        CASE(windows_as_initiator_is_not_shown_pss),
        CASE(windows_as_responder_is_not_shown_pss),
        CASE(who_is_not_known_is_shown_pss_by_either_role),
        CASE(who_is_said_to_be_android_is_not_shown_pss_by_either_role),
        CASE(windows_is_shown_pss_if_there_is_nothing_else),
        TOY(who_is_not_known_is_shown_eddsa_by_either_role),
        TOY(windows_as_initiator_is_not_shown_eddsa),
        TOY(windows_as_responder_is_not_shown_eddsa),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
