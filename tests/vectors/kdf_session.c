/* vectors/kdf_session.c - keys, AUTH and messages of real sessions. What is opened is sealed again
 * with the same IV, and must be the same message. */
#include <string.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "base/reader.h"
#include "crypto/auth_octets.h"
#include "crypto/keys.h"
#include "crypto/protect.h"
#include "support/suites.h"
#include "vectors/kdf.h"

enum { MESSAGE_OCTETS_MAX = 1024, IV_AT = 32, CBC_IV_OCTETS = 16 };

/* Expects that `key` is a field's octets, and frees it. */
static void expect_field(struct kdf_case *k, ike2_key *key, const char *name)
{
    kdf_expect_key(k, key, kdf_octets(k, name), name);
}

static void expect_sa_keys(struct kdf_case *k, const struct sa_keys *keys)
{
    expect_field(k, keys->d, "IKE_SK_D_HEX_STRING");
    expect_field(k, keys->ai, "IKE_SK_AUTH_INIT_HEX_STRING");
    expect_field(k, keys->ar, "IKE_SK_AUTH_RESP_HEX_STRING");
    expect_field(k, keys->ei, "IKE_SK_ENCR_INIT_HEX_STRING");
    expect_field(k, keys->er, "IKE_SK_ENCR_RESP_HEX_STRING");
    expect_field(k, keys->pi, "IKE_SK_PRF_INIT_HEX_STRING");
    expect_field(k, keys->pr, "IKE_SK_PRF_RESP_HEX_STRING");
}

static void expect_child_keys(struct kdf_case *k, const struct child_keys *keys)
{
    expect_field(k, keys->encr_i, "FIRST_CHILD_ENCR_INIT_HEX_STRING");
    expect_field(k, keys->integ_i, "FIRST_CHILD_AUTH_INIT_HEX_STRING");
    expect_field(k, keys->encr_r, "FIRST_CHILD_ENCR_RESP_HEX_STRING");
    expect_field(k, keys->integ_r, "FIRST_CHILD_AUTH_RESP_HEX_STRING");
}

/* Keys of the IKE SA, and of its first Child SA. */
void kdf_aosp_keys(struct run *run, const struct kv_record *record)
{
    const ike2_suite *suite = test_suite_named("aes128cbc-sha1");
    struct kdf_case k = kdf_begin(run, record);
    const struct key_seeds seeds = {
        .ni = kdf_octets(&k, "IKE_NONCE_INIT_HEX_STRING"),
        .nr = kdf_octets(&k, "IKE_NONCE_RESP_HEX_STRING"),
        .spi_i = kdf_spi(&k, "IKE_INIT_SPI"),
        .spi_r = kdf_spi(&k, "IKE_RESP_SPI"),
    };
    ike2_key *shared = kdf_key(&k, IKE2_USE_SHARED, "IKE_SHARED_DH_KEY_HEX_STRING");
    ike2_key *sk_d = kdf_key(&k, IKE2_USE_PRF, "IKE_SK_D_HEX_STRING");
    const struct keymat_args args = {
        .prf = suite->prf, .sk_d = sk_d, .ni = seeds.ni, .nr = seeds.nr
    };
    struct child_keys child = { 0 };
    struct sa_keys keys = { 0 };

    kdf_expect(&k, ike2_sa_keys_derive(k.crypto, suite, shared, &seeds, &keys) == IKE2_OK,
               "keys of the IKE SA");
    expect_sa_keys(&k, &keys);
    kdf_expect(&k, ike2_child_keys_derive(k.crypto, suite, &args, &child) == IKE2_OK,
               "keys of the Child SA");
    expect_child_keys(&k, &child);
    run_key_free(run, shared);
    run_key_free(run, sk_d);
    kdf_end(&k);
}

void kdf_aosp_auth(struct run *run, const struct kv_record *record)
{
    struct kdf_case k = kdf_begin(run, record);
    ike2_key *psk = kdf_key(&k, IKE2_USE_PRF, "PSK_HEX_STRING");
    ike2_key *sk_p = kdf_key(&k, IKE2_USE_PRF, "PSK_SKP_HEX_STRING");
    const struct auth_input input = {
        .prf = { .type = IKE2_TRANSFORM_PRF, .id = IKE2_PRF_HMAC_SHA1 },
        .message = kdf_octets(&k, "PSK_IKE_INIT_REQUEST_HEX_STRING"),
        .nonce = kdf_octets(&k, "PSK_NONCE_RESP_HEX_STRING"),
        .sk_p = sk_p,
        .id_body = kdf_octets(&k, "PSK_ID_INITIATOR_PAYLOAD_HEX_STRING"),
    };
    ike2_bytes signature = kdf_octets(&k, "PSK_AUTH_PAYLOAD_SIGNATURE_HEX_STRING");
    ike2_bytes body = kdf_octets(&k, "PSK_AUTH_PAYLOAD_BODY_HEX_STRING");
    ike2_auth_payload payload = { 0 };
    uint8_t auth[AUTH_OCTETS_MAX];
    size_t len = 0;

    kdf_expect(&k, ike2_psk_auth(k.crypto, &input, psk, auth, &len) == IKE2_OK, "AUTH");
    kdf_expect(&k, bytes_equal(bytes_of(auth, len), signature), "AUTH octets");
    kdf_expect(&k, ike2_auth_read(body, &payload) == IKE2_OK, "AUTH payload");
    kdf_expect(&k, payload.method == IKE2_AUTH_METHOD_SHARED_KEY, "AUTH method");
    kdf_expect(&k, bytes_equal(payload.data, signature), "AUTH payload's data");
    run_key_free(run, psk);
    run_key_free(run, sk_p);
    kdf_end(&k);
}

/* One message and what is in it. */
struct sealed_case {
    ike2_bytes iv, message, inner;
    uint8_t first;
};

static void expect_opened(struct kdf_case *k, const struct protector *p,
                          const struct sealed_case *s)
{
    uint8_t room[MESSAGE_OCTETS_MAX];
    struct opened opened = { 0 };

    if (s->message.len > sizeof room) {
        kdf_expect(k, false, "length of the message");
        return;
    }
    memcpy(room, s->message.ptr, s->message.len);
    kdf_expect(k, ike2_protect_open(p, room, s->message.len, &opened) == IKE2_OK, "message");
    kdf_expect(k, opened.first == s->first && opened.fragments == 0, "protected payload");
    kdf_expect(k, bytes_equal(opened.inner, s->inner), "plaintext");
}

static void expect_sealed(struct kdf_case *k, struct protector *p, const struct sealed_case *s)
{
    struct seal_task task = { .first = s->first, .inner = s->inner };
    struct reader iv = reader_of(s->iv);
    uint8_t room[MESSAGE_OCTETS_MAX];
    ike2_bytes message = { 0 };
    ike2_writer w;

    if (p->iv_random)
        k->run->script.head = s->iv;
    else
        p->counter = read_u64(&iv);
    ike2_writer_init(&w, room, sizeof room);
    kdf_expect(k, ike2_header_read(s->message, &task.header) == IKE2_OK, "header");
    kdf_expect(k, ike2_protect_seal(p, &task, &w, &message) == IKE2_OK, "sealing");
    kdf_expect(k, bytes_equal(message, s->message), "sealed message");
}

/* `integ_key` is the name of a field, or NULL. */
static void check_sealed(struct kdf_case *k, const char *suite_name, const char *encr_key,
                         const char *integ_key, const struct sealed_case *s)
{
    const ike2_suite *suite = test_suite_named(suite_name);
    ike2_key *sk_e = kdf_key(k, IKE2_USE_CIPHER, encr_key);
    ike2_key *sk_a = integ_key != NULL ? kdf_key(k, IKE2_USE_MAC, integ_key) : NULL;
    struct suite_sizes sizes = { 0 };
    struct protector p = {
        .crypto = k->crypto,
        .encr = suite->encr,
        .integ = suite->integ,
        .encr_key = sk_e,
        .integ_key = sk_a,
    };

    kdf_expect(k, ike2_suite_sizes(k->crypto, suite, false, &sizes) == IKE2_OK, "suite");
    p.sizes = sizes.sk;
    p.iv_random = sizes.iv_random;
    expect_opened(k, &p, s);
    expect_sealed(k, &p, s);
    run_key_free(k->run, sk_e);
    run_key_free(k->run, sk_a);
    kdf_end(k);
}

void kdf_aosp_message(struct run *run, const struct kv_record *record)
{
    struct kdf_case k = kdf_begin(run, record);
    ike2_bytes message = kdf_octets(&k, "IKE_AUTH_INIT_REQUEST_HEX_STRING");
    struct reader r = reader_of(message);
    struct sealed_case s = {
        .message = message,
        .inner = kdf_octets(&k, "IKE_AUTH_INIT_REQUEST_DECRYPTED_BODY_HEX_STRING"),
        .first = IKE2_PAYLOAD_IDI,
    };

    (void)read_bytes(&r, IV_AT);
    s.iv = read_bytes(&r, CBC_IV_OCTETS);
    check_sealed(&k, "aes128cbc-sha1", "ENCR_KEY_FROM_INIT_TO_RESP", "INTE_KEY_FROM_INIT_TO_RESP",
                 &s);
}

/* The same message in pieces. */
void kdf_aosp_pieces(struct run *run, const struct kv_record *record)
{
    static const char *const pieces[] = {
        "IKE_AUTH_INIT_REQUEST_HEADER", "IKE_AUTH_INIT_REQUEST_SK_HEADER",
        "IKE_AUTH_INIT_REQUEST_IV", "IKE_AUTH_INIT_REQUEST_ENCRYPT_PADDED_DATA",
        "IKE_AUTH_INIT_REQUEST_CHECKSUM",
    };
    struct kdf_case k = kdf_begin(run, record);
    uint8_t octets[MESSAGE_OCTETS_MAX];
    struct sealed_case s = {
        .iv = kdf_octets(&k, "IKE_AUTH_INIT_REQUEST_IV"),
        .inner = kdf_octets(&k, "IKE_AUTH_INIT_REQUEST_UNENCRYPTED_DATA"),
        .first = IKE2_PAYLOAD_IDI,
    };
    ike2_writer w;

    ike2_writer_init(&w, octets, sizeof octets);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++)
        ike2_octets_write(&w, kdf_octets(&k, pieces[i]));
    kdf_expect(&k, ike2_writer_end(&w, &s.message) == IKE2_OK, "length of the pieces");
    check_sealed(&k, "aes128cbc-sha1", "ENCR_KEY_FROM_INIT_TO_RESP", "INTE_KEY_FROM_INIT_TO_RESP",
                 &s);
}

/* RFC 7634 Appendix B */
void kdf_rfc7634(struct run *run, const struct kv_record *record)
{
    struct kdf_case k = kdf_begin(run, record);
    struct sealed_case s = {
        .iv = kdf_octets(&k, "iv"),
        .message = kdf_octets(&k, "message"),
        .first = (uint8_t)kv_number(record, "first_inner_np"),
    };

    kdf_expect(&k, ike2_sk_unpad(kdf_octets(&k, "plaintext"), &s.inner) == IKE2_OK, "plaintext");
    check_sealed(&k, "chacha20poly1305", "sk_e", NULL, &s);
}
