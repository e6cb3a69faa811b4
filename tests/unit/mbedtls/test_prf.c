/* lib/mbedtls/prf.c; values by Python's hmac, and of the AES PRFs over the AES of its package
 * `cryptography`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "mbedtls/internal.h"
#include "support/octets.h"

static const ike2_transform sha256 = { .type = IKE2_TRANSFORM_PRF, .id = IKE2_PRF_HMAC_SHA2_256 };
static const ike2_transform xcbc = { .type = IKE2_TRANSFORM_PRF, .id = IKE2_PRF_AES128_XCBC };
static const ike2_transform cmac = { .type = IKE2_TRANSFORM_PRF, .id = IKE2_PRF_AES128_CMAC };
static const ike2_transform sha512 = { .type = IKE2_TRANSFORM_PRF, .id = IKE2_PRF_HMAC_SHA2_512 };

static void unknown_prfs_are_unsupported(void **state)
{
    const ike2_transform unknown[] = {
        { .type = IKE2_TRANSFORM_PRF, .id = IKE2_PRF_HMAC_MD5 },
        { .type = IKE2_TRANSFORM_PRF, .id = IKE2_PRF_HMAC_TIGER },
        { .type = IKE2_TRANSFORM_PRF, .id = IKE2_PRF_AES128_CMAC, .key_bits = 128 },
        { .type = IKE2_TRANSFORM_INTEG, .id = IKE2_PRF_HMAC_SHA2_256 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        const ike2_prf_args args = { .prf = unknown[i] };
        ike2_key_slice slice = { .len = 1, .use = IKE2_USE_PRF };
        uint8_t room[HASH_OCTETS_MAX];
        ike2_buffer out = { .ptr = room, .cap = sizeof room };
        ike2_key *key = NULL;

        assert_int_equal(ike2_mbed_prf(NULL, &args, &out), IKE2_ERR_UNSUPPORTED);
        assert_int_equal(ike2_mbed_prf_key(NULL, &args, &key), IKE2_ERR_UNSUPPORTED);
        assert_int_equal(ike2_mbed_prf_plus(NULL, &args, &slice, 1), IKE2_ERR_UNSUPPORTED);
        assert_null(key);
        assert_null(slice.key);
        assert_int_equal(out.len, 0);
    }
}

static void too_little_room_tells_the_need(void **state)
{
    const ike2_prf_args args = { .prf = sha256 };
    uint8_t room[32] = { 7 };
    ike2_buffer out = { .ptr = room, .cap = 31 };

    (void)state;
    assert_int_equal(ike2_mbed_prf(NULL, &args, &out), IKE2_ERR_SPACE);
    assert_int_equal(out.len, 32);
    assert_int_equal(room[0], 7);
}

static void expect_prf(const ike2_transform *prf, const ike2_input *key, size_t n_key,
                       const char *hex)
{
    const ike2_input data[] = { { .octets = bytes_of("da", 2) }, { .octets = bytes_of("ta", 2) } };
    const ike2_prf_args args = { .prf = *prf, .key = key, .n_key = n_key, .data = data,
                                 .n_data = 2 };
    uint8_t room[HASH_OCTETS_MAX];
    ike2_buffer out = { .ptr = room, .cap = sizeof room };
    ike2_key *secret = NULL;

    assert_int_equal(ike2_mbed_prf(NULL, &args, &out), IKE2_OK);
    octets_expect_hex(bytes_of(room, out.len), hex);
    assert_int_equal(ike2_mbed_prf_key(NULL, &args, &secret), IKE2_OK);
    octets_expect_hex(bytes_of(secret->octets, secret->len), hex);
    assert_int_equal(secret->use, IKE2_USE_PRF);
    ike2_mbed_key_free(NULL, secret);
}

static void empty_key_is_as_good_as_any(void **state)
{
    const ike2_input nothing = { 0 };

    (void)state;
    expect_prf(&sha256, NULL, 0,
          "e528c4d99e6177f5841f712a143b90843299a4aa181a06501422d9ca862bd2a5");
    expect_prf(&sha512, &nothing, 1,
          "768c8b8791fd5a59d1cd1edb860054d746b181926b0551bcff4bd4e135f4bbc89e395f9f250f"
          "8b582ebe92d3ff63dd401d3ab2af85790b24ecd92dce7466c16d");
}

/* Key octets 0, 1, 2, ... around the length of a block, or of an AES key, in two parts cut
 * everywhere. */
static const struct {
    const ike2_transform *prf;
    size_t len;
    const char *hex;
} lengths[] = {
    { &xcbc, 0, "99d64c940eeee00732d727a4ff28d250" },
    { &xcbc, 1, "99d64c940eeee00732d727a4ff28d250" },
    { &xcbc, 15, "2a5711f0507fad58f46935a74b7926a3" },
    { &xcbc, 16, "2da693fc17c3724d38f5b3e2b535db23" },
    { &xcbc, 17, "0d6855a5ce6648d847849cb688a904fc" },
    { &xcbc, 31, "5abea6d5a0462382456a654a1a006608" },
    { &xcbc, 32, "3b5d5cb1356d108fbe61d168990bf6a7" },
    { &xcbc, 33, "74442bbdae4023764ac3d677bdad86d4" },
    { &xcbc, 200, "dbd5ae16525b49a39d53a8ca841dd186" },
    { &cmac, 0, "a6efb962008b3021b19510b18c3927c1" },
    { &cmac, 1, "7b814d94ccf070d6cb41b470bb55f7f0" },
    { &cmac, 15, "15008aa16615a71503ab012e84b90968" },
    { &cmac, 16, "ffe820ab59cb8d61198b972d1ae731b5" },
    { &cmac, 17, "e04371d99749a4594eb898b0e0675770" },
    { &cmac, 31, "b894cc7a8e8d624337b0ec19e6f59e1a" },
    { &cmac, 32, "dfbba2d6d40c318f14d7a00bdeb85da1" },
    { &cmac, 33, "6428ceef489b5ee1374d845bdf523181" },
    { &cmac, 200, "56209b6379c1f438491cd83e60c8437d" },
    { &sha256, 63,
          "26fef905e2f7866b25de68d4520a2acf5f045ea5d156023aba766d5a605c3541" },
    { &sha256, 64,
          "d042969c6684ddec29a78c05155503a21efcad1d70b07e22febe55216365c67c" },
    { &sha256, 65,
          "14dd50148c94635aabf78c8bfb31be462fecf178c0b0e6152c0ef5575f21bf16" },
    { &sha256, 200,
          "dcb3103fb5130f84baabe0a042c6f45c1be31f8cb3890cac0fdabf721c873592" },
    { &sha512, 127,
          "ee3716fa7aef93879c7179531e984d388cab0a755f5175a36227a1ecd4ad713c5409f942f408"
          "724115005f1295ea5b5543a5c281ac5440f0a18c45be0e9fba07" },
    { &sha512, 128,
          "5559b9663f79320d3122b995a3c8ef31c31309e37253bf8cf39ab532798528fa1d1da93bd2d9"
          "22f87d6c954c8db8ce5578a036a3139fac6cb6eb6315a182b205" },
    { &sha512, 129,
          "2551888c197231b5c6eea9ee34eefc4ecb4df5ddeaa78a9f6a4f363e1971126f5aa8a0dd6243"
          "ac3952154197ea814ef057b06ff0d4cd7483caa71d8248b98f6d" },
};

static void key_of_any_length_in_any_parts_is_one_key(void **state)
{
    uint8_t octets[200];

    (void)state;
    octets_ramp(octets, sizeof octets, 0);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        for (size_t cut = 0; cut <= lengths[i].len; cut++) {
            ike2_input key[] = { { .octets = bytes_of(octets, cut) }, { 0 } };
            ike2_key *rest = NULL;

            assert_int_equal(ike2_mbed_key_import(NULL, IKE2_USE_SHARED,
                                                  bytes_of(octets + cut, lengths[i].len - cut),
                                                  &rest), IKE2_OK);
            key[1].key = rest;
            expect_prf(lengths[i].prf, key, 2, lengths[i].hex);
            ike2_mbed_key_free(NULL, rest);
        }
    }
}

/* prf+ with a key of 20 octets 0, 1, 2, ... and the seed "seed". */
static uint8_t ramp_20[20];
static const ike2_input plus_key = { .octets = { .ptr = ramp_20, .len = sizeof ramp_20 } };
static const ike2_input plus_seed[] = {
    { .octets = { .ptr = (const uint8_t *)"se", .len = 2 } },
    { .octets = { .ptr = (const uint8_t *)"ed", .len = 2 } },
};

static ike2_err plus(const ike2_transform *prf, ike2_key_slice *slices, size_t n)
{
    const ike2_prf_args args = { .prf = *prf, .key = &plus_key, .n_key = 1, .data = plus_seed,
                                 .n_data = 2 };

    octets_ramp(ramp_20, sizeof ramp_20, 0);
    return ike2_mbed_prf_plus(NULL, &args, slices, n);
}

/* The first 100 octets with HMAC-SHA-256. */
static const char stream_256[] =
          "23b0b5a61bdbe9536fb2994f827fd6dd249c5659f6df0fb13987f794e6fd0eed5d53244705f4"
          "c110c73ba5eb3eeeff2e4fd211929f94b23bdaaa85e2d7a0d433b227bf8283cbba32b36caf0c"
          "c3d59ec184e2ee7b08458098a662749f4718f054b5152684";

static void slices_are_cut_from_one_stream(void **state)
{
    static const size_t lens[] = { 5, 0, 27, 32, 1, 35 };
    ike2_key_slice slices[6] = { { 0 } };
    uint8_t stream[100];
    size_t at = 0;

    (void)state;
    for (size_t i = 0; i < 6; i++)
        slices[i] = (ike2_key_slice){ .len = lens[i], .use = IKE2_USE_CHILD };
    assert_int_equal(octets_from_hex(stream_256, stream, sizeof stream), sizeof stream);
    assert_int_equal(plus(&sha256, slices, 6), IKE2_OK);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(slices[i].key != NULL, lens[i] != 0);
        if (lens[i] == 0)
            continue;
        assert_int_equal(slices[i].key->len, lens[i]);
        assert_int_equal(slices[i].key->use, IKE2_USE_CHILD);
        assert_memory_equal(slices[i].key->octets, stream + at, lens[i]);
        at += lens[i];
        ike2_mbed_key_free(NULL, slices[i].key);
    }
    assert_int_equal(at, sizeof stream);
}

static const struct {
    const ike2_transform *prf;
    size_t block;
    const char *last;
} streams[] = {
    { &sha256, 32, "224fb7a20f452440583e2a5df7dd3d6c4384df37ec6903c0ae561b131434f28a" },
    { &xcbc, 16, "2f3cdbc71b029bd3bd199bd4ca17b2f6" },
    { &cmac, 16, "806bfeab84f3389f3c0bda3b16f0cf4f" },
};

static void stream_reaches_255_blocks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++) {
        size_t block = streams[i].block;
        ike2_key_slice slices[] = { { .len = 254 * block, .use = IKE2_USE_PRF },
                                    { .len = block, .use = IKE2_USE_PRF } };

        assert_int_equal(plus(streams[i].prf, slices, 2), IKE2_OK);
        octets_expect_hex(bytes_of(slices[1].key->octets, block), streams[i].last);
        ike2_mbed_key_free(NULL, slices[0].key);
        ike2_mbed_key_free(NULL, slices[1].key);
    }
}

static void stream_ends_after_255_blocks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++) {
        ike2_key_slice slices[] = { { .len = 255 * streams[i].block, .use = IKE2_USE_PRF },
                                    { .len = 1, .use = IKE2_USE_PRF } };
        ike2_key_slice overflow[] = { { .len = SIZE_MAX, .use = IKE2_USE_PRF },
                                      { .len = 2, .use = IKE2_USE_PRF } };

        assert_int_equal(plus(streams[i].prf, slices, 2), IKE2_ERR_ARGUMENT);
        assert_null(slices[0].key);
        assert_null(slices[1].key);
        assert_int_equal(plus(streams[i].prf, overflow, 2), IKE2_ERR_ARGUMENT);
        assert_null(overflow[1].key);
    }
}

static void no_slices_are_no_work(void **state)
{
    ike2_key_slice slice = { 0 };

    (void)state;
    assert_int_equal(plus(&sha256, NULL, 0), IKE2_OK);
    assert_int_equal(plus(&sha256, &slice, 1), IKE2_OK);
    assert_null(slice.key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_prfs_are_unsupported),
        cmocka_unit_test(too_little_room_tells_the_need),
        cmocka_unit_test(empty_key_is_as_good_as_any),
        cmocka_unit_test(key_of_any_length_in_any_parts_is_one_key),
        cmocka_unit_test(slices_are_cut_from_one_stream),
        cmocka_unit_test(stream_reaches_255_blocks),
        cmocka_unit_test(stream_ends_after_255_blocks),
        cmocka_unit_test(no_slices_are_no_work),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
