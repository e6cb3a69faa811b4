/* lib/mbedtls/cipher.c; right answers are the reference vectors' and the self test's business. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "mbedtls/mac.h"
#include "support/octets.h"

enum { DATA_LEN = 48, AAD_LEN = 32, ROOM = 64 };

/* What the RFCs say of each: the octets of key, salt, IV and ICV; integ 0 with an AEAD. */
static const struct row {
    uint16_t encr, bits, integ;
    uint8_t salt, iv, icv, block;
} rows[] = {
    { IKE2_ENCR_AES_CBC, 128, IKE2_INTEG_AES_CMAC_96, 0, 16, 12, 16 },
    { IKE2_ENCR_AES_CBC, 192, IKE2_INTEG_HMAC_SHA2_256_128, 0, 16, 16, 16 },
    { IKE2_ENCR_AES_CBC, 256, IKE2_INTEG_HMAC_SHA2_384_192, 0, 16, 24, 16 },
    { IKE2_ENCR_AES_CTR, 128, IKE2_INTEG_HMAC_SHA2_512_256, 4, 8, 32, 1 },
    { IKE2_ENCR_AES_CTR, 192, IKE2_INTEG_HMAC_SHA2_256_128, 4, 8, 16, 1 },
    { IKE2_ENCR_AES_CTR, 256, IKE2_INTEG_AES_XCBC_96, 4, 8, 12, 1 },
    { IKE2_ENCR_AES_CCM_8, 128, 0, 3, 8, 8, 1 },
    { IKE2_ENCR_AES_CCM_12, 192, 0, 3, 8, 12, 1 },
    { IKE2_ENCR_AES_CCM_16, 256, 0, 3, 8, 16, 1 },
    { IKE2_ENCR_AES_GCM_8, 128, 0, 4, 8, 8, 1 },
    { IKE2_ENCR_AES_GCM_12, 192, 0, 4, 8, 12, 1 },
    { IKE2_ENCR_AES_GCM_16, 256, 0, 4, 8, 16, 1 },
    { IKE2_ENCR_CHACHA20_POLY1305, 0, 0, 4, 8, 16, 1 },
    { IKE2_ENCR_NULL_AUTH_AES_GMAC, 128, 0, 4, 8, 16, 1 },
    { IKE2_ENCR_NULL_AUTH_AES_GMAC, 192, 0, 4, 8, 16, 1 },
    { IKE2_ENCR_NULL_AUTH_AES_GMAC, 256, 0, 4, 8, 16, 1 },
#ifdef IKE2_ENABLE_LEGACY
    { IKE2_ENCR_3DES, 0, IKE2_INTEG_HMAC_SHA1_96, 0, 8, 12, 8 },
    { IKE2_ENCR_3DES, 0, IKE2_INTEG_HMAC_SHA2_256_128, 0, 8, 16, 8 },
#endif
};

enum { N_ROWS = sizeof rows / sizeof rows[0] };

/* A message of ones sealed by one of the rows; spare octets behind every part, for lengths that
 * are too long. */
struct message {
    ike2_seal_args args;
    ike2_key *encr_key, *integ_key;
    uint8_t iv[17], aad[AAD_LEN], data[DATA_LEN + 1], icv[33];
};

static ike2_key *ramp_key(size_t len)
{
    uint8_t octets[ROOM + 1];
    ike2_key *key = NULL;

    octets_ramp(octets, len, 1);
    assert_int_equal(ike2_mbed_key_import(NULL, IKE2_USE_CIPHER, bytes_of(octets, len), &key),
                     IKE2_OK);
    return key;
}

static size_t encr_key_len(const struct row *r)
{
    size_t fixed = r->encr == IKE2_ENCR_3DES ? 24 : 32;

    return (r->bits == 0 ? fixed : r->bits / 8u) + r->salt;
}

static size_t integ_key_len(const struct row *r)
{
    const ike2_transform t = { .type = IKE2_TRANSFORM_INTEG, .id = r->integ };

    return ike2_mbed_integ_kind(&t)->mac.len;
}

static void message_init(struct message *m, const struct row *r)
{
    *m = (struct message){ .encr_key = ramp_key(encr_key_len(r)) };
    memset(m->data, 1, sizeof m->data);
    octets_ramp(m->iv, sizeof m->iv, 50);
    octets_ramp(m->aad, sizeof m->aad, 90);
    m->args = (ike2_seal_args){
        .encr = { .type = IKE2_TRANSFORM_ENCR, .id = r->encr, .key_bits = r->bits },
        .encr_key = m->encr_key,
        .iv = bytes_of(m->iv, r->iv), .aad = bytes_of(m->aad, sizeof m->aad),
        .data = m->data, .len = DATA_LEN, .icv = m->icv, .icv_len = r->icv,
    };
    if (r->integ != 0) {
        m->integ_key = ramp_key(integ_key_len(r));
        m->args.integ_key = m->integ_key;
        m->args.integ = (ike2_transform){ .type = IKE2_TRANSFORM_INTEG, .id = r->integ };
    }
    assert_int_equal(ike2_mbed_seal(NULL, &m->args), IKE2_OK);
}

static void message_clear(struct message *m)
{
    ike2_mbed_key_free(NULL, m->encr_key);
    ike2_mbed_key_free(NULL, m->integ_key);
}

static bool is_all(const uint8_t *octets, size_t len, uint8_t value)
{
    uint8_t all = 0;

    for (size_t i = 0; i < len; i++)
        all |= octets[i] ^ value;
    return all == 0;
}

static bool is_zero(const uint8_t *octets, size_t len)
{
    return is_all(octets, len, 0);
}

static void describe_says_what_the_rfcs_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ROWS; i++) {
        const ike2_transform t = { .type = IKE2_TRANSFORM_ENCR, .id = rows[i].encr,
                                   .key_bits = rows[i].bits };
        ike2_transform_info info = IKE2_INIT(ike2_transform_info);

        assert_int_equal(ike2_mbed_encr_describe(&t, &info), IKE2_OK);
        assert_int_equal(info.key_len + info.salt_len, encr_key_len(&rows[i]));
        assert_int_equal(info.salt_len, rows[i].salt);
        assert_int_equal(info.iv_len, rows[i].iv);
        assert_int_equal(info.icv_len, rows[i].integ == 0 ? rows[i].icv : 0);
        assert_int_equal(info.block_len, rows[i].block);
        assert_int_equal(info.aead, rows[i].integ == 0);
        assert_int_equal(info.iv_random,
                         rows[i].encr == IKE2_ENCR_AES_CBC || rows[i].encr == IKE2_ENCR_3DES);
    }
}

static void key_length_is_said_exactly_where_it_varies(void **state)
{
    static const ike2_transform wrong[] = {
        { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_AES_CBC },
        { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_AES_GCM_16, .key_bits = 64 },
        { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_AES_GCM_16, .key_bits = 512 },
        { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_CHACHA20_POLY1305, .key_bits = 256 },
        { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_3DES, .key_bits = 192 },
        { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_NULL_AUTH_AES_GMAC },
        { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_NULL },
        { .type = IKE2_TRANSFORM_PRF, .id = IKE2_ENCR_AES_CBC, .key_bits = 128 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const ike2_seal_args args = { .encr = wrong[i] };
        ike2_transform_info info = IKE2_INIT(ike2_transform_info);

        assert_int_equal(ike2_mbed_encr_describe(&wrong[i], &info), IKE2_ERR_UNSUPPORTED);
        assert_int_equal(ike2_mbed_seal(NULL, &args), IKE2_ERR_UNSUPPORTED);
        assert_int_equal(ike2_mbed_open(NULL, &args), IKE2_ERR_UNSUPPORTED);
    }
}

static void what_is_sealed_opens(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ROWS; i++) {
        struct message m;

        message_init(&m, &rows[i]);
        /* RFC 4543 3: GMAC hides nothing. */
        assert_int_equal(is_all(m.data, DATA_LEN, 1),
                         rows[i].encr == IKE2_ENCR_NULL_AUTH_AES_GMAC);
        assert_int_equal(ike2_mbed_open(NULL, &m.args), IKE2_OK);
        assert_true(is_all(m.data, DATA_LEN, 1));
        message_clear(&m);
    }
}

static void messages_of_any_number_of_blocks_can_be_sealed(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ROWS; i++) {
        struct message m;

        message_init(&m, &rows[i]);
        for (size_t len = 0; len <= DATA_LEN; len += rows[i].block) {
            memset(m.data, 1, sizeof m.data);
            m.args.len = len;
            assert_int_equal(ike2_mbed_seal(NULL, &m.args), IKE2_OK);
            assert_int_equal(ike2_mbed_open(NULL, &m.args), IKE2_OK);
            assert_true(is_all(m.data, sizeof m.data, 1));
        }
        message_clear(&m);
    }
}

static void nothing_at_all_can_be_sealed(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ROWS; i++) {
        struct message m;

        message_init(&m, &rows[i]);
        m.args.data = NULL;
        m.args.len = 0;
        m.args.aad = (ike2_bytes){ 0 };
        assert_int_equal(ike2_mbed_seal(NULL, &m.args), IKE2_OK);
        assert_int_equal(ike2_mbed_open(NULL, &m.args), IKE2_OK);
        m.icv[0] ^= 1;
        assert_int_equal(ike2_mbed_open(NULL, &m.args), IKE2_ERR_AUTH);
        message_clear(&m);
    }
}

/* Each bit of `at`, one at a time. */
static void expect_every_flip_refused(struct message *m, uint8_t *at, size_t len)
{
    uint8_t sealed[DATA_LEN];

    memcpy(sealed, m->data, sizeof sealed);
    for (size_t bit = 0; bit < 8 * len; bit++) {
        at[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(ike2_mbed_open(NULL, &m->args), IKE2_ERR_AUTH);
        assert_true(is_zero(m->data, DATA_LEN));
        memcpy(m->data, sealed, sizeof sealed);
        if (at < m->data || at >= m->data + DATA_LEN)
            at[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_int_equal(ike2_mbed_open(NULL, &m->args), IKE2_OK);
    memcpy(m->data, sealed, sizeof sealed);
}

static void one_wrong_bit_is_refused_and_leaves_zeros(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ROWS; i++) {
        struct message m;

        message_init(&m, &rows[i]);
        expect_every_flip_refused(&m, m.icv, rows[i].icv);
        expect_every_flip_refused(&m, m.iv, rows[i].iv);
        expect_every_flip_refused(&m, m.aad, AAD_LEN);
        expect_every_flip_refused(&m, m.data, DATA_LEN);
        message_clear(&m);
    }
}

static void expect_argument(struct message *m)
{
    uint8_t before[DATA_LEN + 1];

    memcpy(before, m->data, sizeof before);
    assert_int_equal(ike2_mbed_open(NULL, &m->args), IKE2_ERR_ARGUMENT);
    assert_int_equal(ike2_mbed_seal(NULL, &m->args), IKE2_ERR_ARGUMENT);
    assert_memory_equal(m->data, before, sizeof before);
}

static void expect_length_exact(struct message *m, size_t *len)
{
    (*len)--;
    expect_argument(m);
    *len += 2;
    expect_argument(m);
    (*len)--;
}

static void expect_key_exact(struct message *m, const ike2_key **key)
{
    const ike2_key *right = *key;
    ike2_key *shorter = ramp_key(right->len - 1), *longer = ramp_key(right->len + 1);

    *key = shorter;
    expect_argument(m);
    *key = longer;
    expect_argument(m);
    *key = NULL;
    expect_argument(m);
    *key = right;
    ike2_mbed_key_free(NULL, shorter);
    ike2_mbed_key_free(NULL, longer);
}

static void lengths_are_exact(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_ROWS; i++) {
        struct message m;

        message_init(&m, &rows[i]);
        expect_length_exact(&m, &m.args.iv.len);
        expect_length_exact(&m, &m.args.icv_len);
        expect_key_exact(&m, &m.args.encr_key);
        if (rows[i].integ != 0)
            expect_key_exact(&m, &m.args.integ_key);
        if (rows[i].block != 1)
            expect_length_exact(&m, &m.args.len);
        message_clear(&m);
    }
}

static void aead_takes_no_integrity_key(void **state)
{
    struct message m;

    (void)state;
    message_init(&m, &rows[11]);
    m.args.integ_key = m.encr_key;
    expect_argument(&m);
    message_clear(&m);
}

static void cipher_without_integrity_is_unsupported(void **state)
{
    struct message m;

    (void)state;
    message_init(&m, &rows[0]);
    m.args.integ.id = IKE2_INTEG_NONE;
    assert_int_equal(ike2_mbed_seal(NULL, &m.args), IKE2_ERR_UNSUPPORTED);
    assert_int_equal(ike2_mbed_open(NULL, &m.args), IKE2_ERR_UNSUPPORTED);
    m.args.integ = (ike2_transform){ .type = IKE2_TRANSFORM_INTEG, .id = IKE2_INTEG_HMAC_MD5_96 };
    assert_int_equal(ike2_mbed_seal(NULL, &m.args), IKE2_ERR_UNSUPPORTED);
    message_clear(&m);
}

/* RFC 3686 6, test vector 1: the counter begins with one. */
static void ctr_is_that_of_rfc_3686(void **state)
{
    const struct row r = { IKE2_ENCR_AES_CTR, 128, IKE2_INTEG_AES_CMAC_96, 4, 8, 12, 1 };
    uint8_t octets[20], iv[8] = { 0 }, data[] = "Single block msg";
    ike2_key *key = NULL;
    struct message m;

    (void)state;
    message_init(&m, &r);
    octets_from_hex("ae6852f8121067cc4bf7a5765577f39e00000030", octets, sizeof octets);
    assert_int_equal(ike2_mbed_key_import(NULL, IKE2_USE_CIPHER, bytes_of(octets, 20), &key),
                     IKE2_OK);
    m.args.encr_key = key;
    m.args.iv = bytes_of(iv, sizeof iv);
    m.args.data = data;
    m.args.len = 16;
    assert_int_equal(ike2_mbed_seal(NULL, &m.args), IKE2_OK);
    octets_expect_hex(bytes_of(data, 16), "e4095d4fb7a7b3792d6175a3261311b8");
    ike2_mbed_key_free(NULL, key);
    message_clear(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(describe_says_what_the_rfcs_say),
        cmocka_unit_test(key_length_is_said_exactly_where_it_varies),
        cmocka_unit_test(what_is_sealed_opens),
        cmocka_unit_test(messages_of_any_number_of_blocks_can_be_sealed),
        cmocka_unit_test(nothing_at_all_can_be_sealed),
        cmocka_unit_test(one_wrong_bit_is_refused_and_leaves_zeros),
        cmocka_unit_test(lengths_are_exact),
        cmocka_unit_test(aead_takes_no_integrity_key),
        cmocka_unit_test(cipher_without_integrity_is_unsupported),
        cmocka_unit_test(ctr_is_that_of_rfc_3686),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
