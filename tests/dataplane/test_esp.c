/* examples/dataplane/esp.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "dataplane/esp.h"
#include "golden.h"
#include "support/crypto_wrap.h"
#include "support/octets.h"

enum { ROOM = 512, KEY_ROOM = 64, N_GOLDENS = sizeof goldens / sizeof goldens[0] };

static struct crypto_wrap wrap;

static int setup(void **state)
{
    (void)state;
    crypto_wrap_init(&wrap, 1);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    crypto_wrap_clear(&wrap);
    return 0;
}

/* NULL without octets. */
static ike2_key *import(const char *hex)
{
    uint8_t room[KEY_ROOM];
    ike2_bytes octets = { .ptr = room, .len = octets_from_hex(hex, room, sizeof room) };
    ike2_key *key = NULL;

    if (octets.len != 0)
        assert_int_equal(wrap.table.key_import(&wrap, IKE2_USE_CHILD, octets, &key), IKE2_OK);
    return key;
}

static ike2_suite suite_of(const struct golden *g)
{
    ike2_suite suite = {
        .encr = { .type = IKE2_TRANSFORM_ENCR, .id = g->encr, .key_bits = g->key_bits }
    };

    if (g->integ != 0)
        suite.integ = (ike2_transform){ .type = IKE2_TRANSFORM_INTEG, .id = g->integ };
    return suite;
}

/* The keys' only owner is the result. */
static void make(struct esp *e, const struct golden *g)
{
    const ike2_suite suite = suite_of(g);
    struct esp_config config = {
        .crypto = &wrap.table, .suite = &suite, .spi = GOLDEN_SPI, .esn = g->esn
    };
    struct fault fault;

    config.encr_key = import(g->encr_key);
    config.integ_key = import(g->integ_key);
    assert_true(esp_init(e, &config, &fault));
    wrap.table.key_free(&wrap, config.encr_key);
    wrap.table.key_free(&wrap, config.integ_key);
}

static struct esp_payload inner(uint8_t room[ROOM])
{
    return (struct esp_payload){
        .next_header = ESP_NEXT_IPV4,
        .octets = { .ptr = room, .len = octets_from_hex(golden_inner, room, ROOM) },
    };
}

static void sealed_packets_are_those_of_another_implementation(void **state)
{
    uint8_t plain[ROOM], iv[16], room[ROOM];
    const struct esp_payload payload = inner(plain);
    struct esp e;

    (void)state;
    octets_from_hex(golden_cbc_iv, iv, sizeof iv);
    for (size_t i = 0; i < N_GOLDENS; i++) {
        ike2_buffer out = { .ptr = room, .cap = sizeof room };

        make(&e, &goldens[i]);
        crypto_wrap_script(&wrap, (ike2_bytes){ .ptr = iv, .len = e.iv_random ? 16 : 0 });
        assert_int_equal(esp_seal(&e, goldens[i].sequence, &payload, &out), IKE2_OK);
        octets_expect_hex((ike2_bytes){ .ptr = room, .len = out.len }, goldens[i].packet);
        assert_int_equal(out.len, esp_sealed_len(&e, payload.octets.len));
        esp_clear(&e);
    }
}

/* Opens and unpads; MALFORMED also for what the padding says. */
static ike2_err open_all(const struct esp *e, uint64_t sequence, uint8_t *packet, size_t len,
                         struct esp_payload *out)
{
    ike2_bytes plain;
    ike2_err err = esp_open(e, sequence, packet, len, &plain);

    if (err != IKE2_OK)
        return err;
    return esp_unpad(plain, out) ? IKE2_OK : IKE2_ERR_MALFORMED;
}

static void packets_of_another_implementation_are_opened(void **state)
{
    uint8_t room[ROOM];
    struct esp_payload out;
    struct esp e;

    (void)state;
    for (size_t i = 0; i < N_GOLDENS; i++) {
        size_t len = octets_from_hex(goldens[i].packet, room, sizeof room);

        make(&e, &goldens[i]);
        assert_int_equal(open_all(&e, goldens[i].sequence, room, len, &out), IKE2_OK);
        assert_int_equal(out.next_header, ESP_NEXT_IPV4);
        octets_expect_hex(out.octets, golden_inner);
        esp_clear(&e);
    }
}

/* RFC 7634 Appendix A: its IV is not our counter, which a receiver does not care about. */
static void the_example_of_rfc_7634_is_opened(void **state)
{
    static const struct golden example = {
        "rfc7634", IKE2_ENCR_CHACHA20_POLY1305, 0, 0, 5, false,
        "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3", "",
        "01020304000000051011121314151617240394"
        "28b97f417e3c13753a4f05087b67c352e6a7fab1b982d466ef407ae5c614ee8099d52844eb61aa95dfab4c02f7"
        "2aa71e7c4c4f64c9befe2facc638e8f3cbec163fac469b502773f6fb94e664da9165b82829f641e0"
        "76aaa8266b7fb0f7b11b369907e1ad43",
    };
    uint8_t room[ROOM];
    size_t len = octets_from_hex(example.packet, room, sizeof room);
    uint32_t spi = 0, sequence = 0;
    struct esp_payload out;
    struct esp e;

    (void)state;
    make(&e, &example);
    assert_true(esp_peek((ike2_bytes){ .ptr = room, .len = len }, &spi, &sequence));
    assert_int_equal(spi, GOLDEN_SPI);
    assert_int_equal(sequence, 5);
    assert_int_equal(open_all(&e, 5, room, len, &out), IKE2_OK);
    octets_expect_hex(out.octets, golden_inner);
    esp_clear(&e);
}

static void every_bit_flip_is_refused(void **state)
{
    uint8_t good[ROOM], room[ROOM];
    struct esp_payload out;
    struct esp e;

    (void)state;
    for (size_t i = 0; i < N_GOLDENS; i++) {
        size_t len = octets_from_hex(goldens[i].packet, good, sizeof good);

        make(&e, &goldens[i]);
        /* The SPI and the number are the receiver's own; their octets are not looked at here. */
        for (size_t bit = ESP_HEADER * 8; bit < len * 8; bit++) {
            memcpy(room, good, len);
            room[bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_int_equal(open_all(&e, goldens[i].sequence, room, len, &out), IKE2_ERR_AUTH);
        }
        for (int bit = 0; bit < (goldens[i].esn ? 64 : 32); bit++) {
            memcpy(room, good, len);
            assert_int_equal(open_all(&e, goldens[i].sequence ^ (uint64_t)1 << bit, room, len,
                                      &out),
                             IKE2_ERR_AUTH);
        }
        e.spi ^= 1;
        memcpy(room, good, len);
        assert_int_equal(open_all(&e, goldens[i].sequence, room, len, &out), IKE2_ERR_AUTH);
        esp_clear(&e);
    }
}

static void every_truncation_is_refused(void **state)
{
    uint8_t room[ROOM];
    struct esp_payload out;
    struct esp e;

    (void)state;
    for (size_t i = 0; i < N_GOLDENS; i++) {
        size_t full = strlen(goldens[i].packet) / 2;

        make(&e, &goldens[i]);
        for (size_t len = 0; len < full; len++) {
            octets_from_hex(goldens[i].packet, room, sizeof room);
            assert_int_not_equal(open_all(&e, goldens[i].sequence, room, len, &out), IKE2_OK);
        }
        esp_clear(&e);
    }
}

static void every_length_comes_back(void **state)
{
    uint8_t plain[ROOM], room[2 * ROOM];
    struct esp_payload payload = { .next_header = ESP_NEXT_IPV6, .octets = { .ptr = plain } };
    struct esp_payload out;
    struct esp e;

    (void)state;
    octets_ramp(plain, sizeof plain, 9);
    for (size_t i = 0; i < N_GOLDENS; i++) {
        make(&e, &goldens[i]);
        for (size_t len = 0; len < 70; len++) {
            ike2_buffer sealed = { .ptr = room, .cap = sizeof room };

            payload.octets.len = len;
            assert_int_equal(esp_seal(&e, len + 1, &payload, &sealed), IKE2_OK);
            assert_int_equal(sealed.len % 4, 0);
            assert_int_equal(open_all(&e, len + 1, room, sealed.len, &out), IKE2_OK);
            assert_int_equal(out.next_header, ESP_NEXT_IPV6);
            assert_int_equal(out.octets.len, len);
            assert_true(len == 0 || memcmp(out.octets.ptr, plain, len) == 0);
        }
        esp_clear(&e);
    }
}

static void payload_max_is_the_largest_that_fits(void **state)
{
    struct esp e;

    (void)state;
    for (size_t i = 0; i < N_GOLDENS; i++) {
        make(&e, &goldens[i]);
        for (size_t room = 0; room < 200; room++) {
            size_t most = esp_payload_max(&e, room);

            if (most != 0)
                assert_true(esp_sealed_len(&e, most) <= room);
            assert_true(esp_sealed_len(&e, most + 1) > room);
        }
        esp_clear(&e);
    }
}

static void no_room_is_an_error_that_says_how_much(void **state)
{
    uint8_t plain[ROOM], room[ROOM] = { 0 };
    const struct esp_payload payload = inner(plain);
    struct esp e;
    ike2_buffer out = { .ptr = room };

    (void)state;
    make(&e, &goldens[0]);
    out.cap = esp_sealed_len(&e, payload.octets.len) - 1;
    assert_int_equal(esp_seal(&e, 1, &payload, &out), IKE2_ERR_SPACE);
    assert_int_equal(out.len, out.cap + 1);
    assert_int_equal(room[0], 0);
    esp_clear(&e);
}

static void a_failing_provider_fails_sealing_and_opening(void **state)
{
    uint8_t plain[ROOM], room[ROOM];
    const struct esp_payload payload = inner(plain);
    ike2_buffer out = { .ptr = room, .cap = sizeof room };
    ike2_bytes opened = { 0 };
    struct esp e;

    (void)state;
    for (size_t i = 0; i < N_GOLDENS; i++) {
        make(&e, &goldens[i]);
        for (uint64_t n = 1; n <= (e.iv_random ? 2 : 1); n++) {
            out.len = 0;
            crypto_wrap_fail_at(&wrap, n, IKE2_ERR_CRYPTO);
            assert_int_equal(esp_seal(&e, 1, &payload, &out), IKE2_ERR_CRYPTO);
            assert_int_equal(out.len, 0);
        }
        crypto_wrap_fail_at(&wrap, 1, IKE2_ERR_MEMORY);
        assert_int_equal(esp_open(&e, 1, room, strlen(goldens[i].packet) / 2, &opened),
                         IKE2_ERR_MEMORY);
        assert_null(opened.ptr);
        crypto_wrap_fail_at(&wrap, 0, IKE2_OK);
        esp_clear(&e);
    }
}

static void padding_that_does_not_count_is_refused(void **state)
{
    struct esp_payload out;
    const uint8_t good[] = { 7, 1, 2, 2, 4 }, counted_wrong[] = { 7, 1, 1, 2, 4 };
    const uint8_t too_long[] = { 1, 2, 3, 4, 4 }, only[] = { 1, 2, 2, 59 }, none[] = { 0, 59 };

    (void)state;
    assert_true(esp_unpad((ike2_bytes){ good, sizeof good }, &out));
    assert_int_equal(out.octets.len, 1);
    assert_false(esp_unpad((ike2_bytes){ counted_wrong, sizeof counted_wrong }, &out));
    assert_false(esp_unpad((ike2_bytes){ too_long, sizeof too_long }, &out));
    assert_true(esp_unpad((ike2_bytes){ only, sizeof only }, &out));
    assert_int_equal(out.octets.len, 0);
    assert_true(esp_unpad((ike2_bytes){ none, sizeof none }, &out));
    assert_false(esp_unpad((ike2_bytes){ none, 1 }, &out));
    assert_false(esp_unpad((ike2_bytes){ 0 }, &out));
}

/* --- Suites --------------------------------------------------------------------------- */

static void expect_refused(const ike2_suite *suite, bool esn, const char *word)
{
    struct esp_config config = {
        .crypto = &wrap.table, .suite = suite, .spi = GOLDEN_SPI, .esn = esn
    };
    struct fault fault = { .text = "" };
    struct esp e;

    config.encr_key = import(goldens[0].encr_key);
    config.integ_key = suite->integ.type != 0 ? import(goldens[0].encr_key) : NULL;
    assert_false(esp_init(&e, &config, &fault));
    assert_non_null(strstr(fault.text, word));
    wrap.table.key_free(&wrap, config.encr_key);
    wrap.table.key_free(&wrap, config.integ_key);
}

static void esn_needs_an_aead(void **state)
{
    const ike2_suite suite = {
        .encr = { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_AES_CBC, .key_bits = 128 },
        .integ = { .type = IKE2_TRANSFORM_INTEG, .id = IKE2_INTEG_HMAC_SHA2_256_128 },
    };

    (void)state;
    expect_refused(&suite, true, "AEAD");
}

static void encryption_without_integrity_is_refused(void **state)
{
    ike2_suite suite = {
        .encr = { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_AES_CBC, .key_bits = 128 },
    };

    (void)state;
    expect_refused(&suite, false, "integrity");
    suite.integ = (ike2_transform){ .type = IKE2_TRANSFORM_INTEG, .id = IKE2_INTEG_NONE };
    expect_refused(&suite, false, "integrity");
}

static void unknown_ciphers_and_strange_keys_are_refused(void **state)
{
    ike2_suite suite = { .encr = { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_NULL } };

    (void)state;
    expect_refused(&suite, false, "transform");
    /* A key for integrity beside an AEAD. */
    suite.encr = (ike2_transform){
        .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_AES_GCM_16, .key_bits = 128
    };
    suite.integ = (ike2_transform){ .type = IKE2_TRANSFORM_INTEG,
                                    .id = IKE2_INTEG_HMAC_SHA2_256_128 };
    expect_refused(&suite, false, "keys");
}

static void clearing_gives_up_the_keys(void **state)
{
    struct esp e;

    (void)state;
    make(&e, &goldens[N_GOLDENS - 1]);
    assert_int_equal(wrap.keys_alive, 2);
    esp_clear(&e);
    esp_clear(&e);
    assert_int_equal(wrap.keys_alive, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sealed_packets_are_those_of_another_implementation, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(packets_of_another_implementation_are_opened, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_example_of_rfc_7634_is_opened, setup, teardown),
        cmocka_unit_test_setup_teardown(every_bit_flip_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(every_truncation_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(every_length_comes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(payload_max_is_the_largest_that_fits, setup, teardown),
        cmocka_unit_test_setup_teardown(no_room_is_an_error_that_says_how_much, setup, teardown),
        cmocka_unit_test_setup_teardown(a_failing_provider_fails_sealing_and_opening, setup,
                                        teardown),
        cmocka_unit_test(padding_that_does_not_count_is_refused),
        cmocka_unit_test_setup_teardown(esn_needs_an_aead, setup, teardown),
        cmocka_unit_test_setup_teardown(encryption_without_integrity_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(unknown_ciphers_and_strange_keys_are_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(clearing_gives_up_the_keys, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
