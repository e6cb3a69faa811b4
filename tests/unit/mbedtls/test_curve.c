/* lib/mbedtls/curve.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "mbedtls/internal.h"
#include "support/octets.h"
#include "support/script.h"

/* RFC 5903 8, RFC 6954 A; p is the field's prime, n the order of the curve (RFC 5639 3). */
static const struct vector {
    uint16_t method;
    size_t len;
    const char *i, *pub_i, *r, *pub_r, *shared, *p, *n;
} vectors[] = {
    { .method = IKE2_KE_ECP_256, .len = 32,
      .i =
          "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433",
      .pub_i =
          "dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c37725811805271a0461cdb8252d61f"
          "1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3",
      .r =
          "c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53",
      .pub_r =
          "d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf6356fbf3ca366cc23e8157"
          "854c13c58d6aac23f046ada30f8353e74f33039872ab",
      .shared =
          "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de",
      .p =
          "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
      .n =
          "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551" },
    { .method = IKE2_KE_ECP_384, .len = 48,
      .i =
          "099f3c7034d4a2c699884d73a375a67f7624ef7c6b3c0f160647b67414dce655e35b538041e649ee3fae"
          "f896783ab194",
      .pub_i =
          "667842d7d180ac2cde6f74f37551f55755c7645c20ef73e31634fe72b4c55ee6de3ac808acb4bdb4c887"
          "32aee95f41aa9482ed1fc0eeb9cafc4984625ccfc23f65032149e0e144ada024181535a0f38eeb9fcff3"
          "c2c947dae69b4c634573a81c",
      .r =
          "41cb0779b4bdb85d47846725fbec3c9430fab46cc8dc5060855cc9bda0aa2942e0308312916b8ed2960e"
          "4bd55a7448fc",
      .pub_r =
          "e558dbef53eecde3d3fccfc1aea08a89a987475d12fd950d83cfa41732bc509d0d1ac43a0336def96fda"
          "41d0774a3571dcfbec7aacf3196472169e838430367f66eebe3c6e70c416dd5f0c68759dd1fff83fa401"
          "42209dff5eaad96db9e6386c",
      .shared =
          "11187331c279962d93d604243fd592cb9d0a926f422e47187521287e7156c5c4d603135569b9e9d09cf5"
          "d4a270f59746",
      .p =
          "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff000000000000"
          "0000ffffffff",
      .n =
          "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec"
          "196accc52973" },
    { .method = IKE2_KE_ECP_521, .len = 66,
      .i =
          "0037ade9319a89f4dabdb3ef411aaccca5123c61acab57b5393dce47608172a095aa85a30fe1c2952c67"
          "71d937ba9777f5957b2639bab072462f68c27a57382d4a52",
      .pub_i =
          "0015417e84dbf28c0ad3c278713349dc7df153c897a1891bd98bab4357c9ecbee1e3bf42e00b8e380aea"
          "e57c2d107564941885942af5a7f4601723c4195d176ced3e017cae20b6641d2eeb695786d8c946146239"
          "d099e18e1d5a514c739d7cb4a10ad8a788015ac405d7799dc75e7b7d5b6cf2261a6a7f1507438bf01beb"
          "6ca3926f9582",
      .r =
          "0145ba99a847af43793fdd0e872e7cdfa16be30fdc780f97bccc3f078380201e9c677d600b343757a3bd"
          "bf2a3163e4c2f869cca7458aa4a4effc311f5cb151685eb9",
      .pub_r =
          "00d0b3975ac4b799f5bea16d5e13e9af971d5e9b984c9f39728b5e5739735a219b97c356436adc6e95bb"
          "0352f6be64a6c2912d4ef2d0433ced2b6171640012d9460f015c68226383956e3bd066e797b623c27ce0"
          "eac2f551a10c2c724d9852077b87220b6536c5c408a1d2aebb8e86d678ae49cb57091f4732296579ab44"
          "fcd17f0fc56a",
      .shared =
          "01144c7d79ae6956bc8edb8e7c787c4521cb086fa64407f97894e5e6b2d79b04d1427e73ca4baa240a34"
          "786859810c06b3c715a3a8cc3151f2bee417996d19f3ddea",
      .p =
          "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
          "ffffffffffffffffffffffffffffffffffffffffffffffff",
      .n =
          "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b"
          "7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409" },
    { .method = IKE2_KE_BRAINPOOL_P256R1, .len = 32,
      .i =
          "81db1ee100150ff2ea338d708271be38300cb54241d79950f77b063039804f1d",
      .pub_i =
          "44106e913f92bc02a1705d9953a8414db95e1aaa49e81d9e85f929a8e3100be58ab4846f11caccb73ce4"
          "9cbdd120f5a900a69fd32c272223f789ef10eb089bdc",
      .r =
          "55e40bc41e37e3e2ad25c3c6654511ffa8474a91a0032087593852d3e7d76bd3",
      .pub_r =
          "8d2d688c6cf93e1160ad04cc4429117dc2c41825e1e9fca0addd34e6f1b39f7b990c57520812be512641"
          "e47034832106bc7d3e8dd0e4c7f1136d7006547cec6a",
      .shared =
          "89afc39d41d3b327814b80940b042590f96556ec91e6ae7939bce31f3a18bf2b",
      .p =
          "a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377",
      .n =
          "a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7" },
    { .method = IKE2_KE_BRAINPOOL_P384R1, .len = 48,
      .i =
          "1e20f5e048a5886f1f157c74e91bde2b98c8b52d58e5003d57053fc4b0bd65d6f15eb5d1ee1610df8707"
          "95143627d042",
      .pub_i =
          "68b665dd91c195800650cdd363c625f4e742e8134667b767b1b476793588f885ab698c852d4a6e77a252"
          "d6380fcaf06855bc91a39c9ec01dee36017b7d673a931236d2f1f5c83942d049e3fa20607493e0d038ff"
          "2fd30c2ab67d15c85f7faa59",
      .r =
          "032640bc6003c59260f7250c3db58ce647f98e1260acce4acda3dd869f74e01f8ba5e0324309db6a9831"
          "497abac96670",
      .pub_r =
          "4d44326f269a597a5b58bba565da5556ed7fd9a8a9eb76c25f46db69d19dc8ce6ad18e404b15738b2086"
          "df37e71d1eb462d692136de56cbe93bf5fa3188ef58bc8a3a0ec6c1e151a21038a42e9185329b5b27590"
          "3d192f8d4e1f32fe9cc78c48",
      .shared =
          "0bd9d3a7ea0b3d519d09d8e48d0785fb744a6b355e6304bc51c229fbbce239bbadf6403715c35d4fb2a5"
          "444f575d4f42",
      .p =
          "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a718747"
          "00133107ec53",
      .n =
          "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b88"
          "3202e9046565" },
    { .method = IKE2_KE_BRAINPOOL_P512R1, .len = 64,
      .i =
          "16302ff0dbbb5a8d733dab7141c1b45acbc8715939677f6a56850a38bd87bd59b09e80279609ff333eb9"
          "d4c061231fb26f92eeb04982a5f1d1764cad57665422",
      .pub_i =
          "0a420517e406aac0acdce90fcd71487718d3b953efd7fbec5f7f27e28c6149999397e91e029e06457db2"
          "d3e640668b392c2a7e737a7f0bf04436d11640fd09fd72e6882e8db28aad36237cd25d580db23783961c"
          "8dc52dfa2ec138ad472a0fcef3887cf62b623b2a87de5c588301ea3e5fc269b373b60724f5e82a6ad147"
          "fde7",
      .r =
          "230e18e1bcc88a362fa54e4ea3902009292f7f8033624fd471b5d8ace49d12cfabbc19963dab8e2f1eba"
          "00bffb29e4d72d13f2224562f405cb80503666b25429",
      .pub_r =
          "9d45f66de5d67e2e6db6e93a59ce0bb48106097ff78a081de781cdb31fce8ccbaaea8dd4320c4119f1e9"
          "cd437a2eab3731fa9668ab268d871deda55a5473199f2fdc313095bcdd5fb3a91636f07a959c8e86b563"
          "6a1e930e8396049cb481961d365cc11453a06c719835475b12cb52fc3c383bce35e27ef194512b718762"
          "85fa",
      .shared =
          "a7927098655f1f9976fa50a9d566865dc530331846381c87256baf3226244b76d36403c024d7bbf0aa08"
          "03eaff405d3d24f11a9b5c0bef679fe1454b21c4cd1f",
      .p =
          "aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca703308717d4d9b009bc66842aecd"
          "a12ae6a380e62881ff2f2d82c68528aa6056583a48f3",
      .n =
          "aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca70330870553e5c414ca926194186"
          "61197fac10471db1d381085ddaddb58796829ca90069" },
};

enum { N_VECTORS = sizeof vectors / sizeof vectors[0] };

static struct script script;
static ike2_mbedtls *provider;

static int setup(void **state)
{
    (void)state;
    script = (struct script){ .state = 1 };
    provider = script_provider(&script);
    return provider != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    ike2_mbedtls_free(provider);
    return 0;
}

struct octets {
    uint8_t at[4 * CURVE_PUBLIC_MAX];
    size_t len;
};

static struct octets hex(const char *text)
{
    struct octets o;

    o.len = octets_from_hex(text, o.at, sizeof o.at);
    return o;
}

static ike2_bytes view(const struct octets *o)
{
    return bytes_of(o->at, o->len);
}

/* One side that draws `scalar`; its public value. */
static ike2_err make(uint16_t method, ike2_bytes scalar, uint8_t *drawn, struct octets *pub)
{
    struct rng rng = { .m = provider };
    struct curve_sizes sizes;
    ike2_err err;

    assert_true(ike2_mbed_curve_sizes(method, &sizes));
    script.head = scalar;
    err = ike2_mbed_curve_make(method, &rng, drawn, pub->at);
    script.head = (ike2_bytes){ 0 };
    pub->len = sizes.pub;
    return err;
}

static ike2_err shared(uint16_t method, const uint8_t *scalar, ike2_bytes peer, uint8_t *out)
{
    struct rng rng = { .m = provider };

    return ike2_mbed_curve_shared(method, &rng, scalar, peer, out);
}

static void groups_are_those_of_rfc_5903_and_rfc_6954(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_VECTORS; i++) {
        const struct vector *v = &vectors[i];
        struct octets d = hex(v->i), peer = hex(v->pub_r), pub;
        uint8_t drawn[CURVE_SCALAR_MAX], secret[CURVE_SCALAR_MAX];

        assert_int_equal(make(v->method, view(&d), drawn, &pub), IKE2_OK);
        octets_expect_hex(view(&pub), v->pub_i);
        assert_int_equal(shared(v->method, drawn, view(&peer), secret), IKE2_OK);
        octets_expect_hex(bytes_of(secret, v->len), v->shared);
        d = hex(v->r);
        assert_int_equal(make(v->method, view(&d), drawn, &pub), IKE2_OK);
        octets_expect_hex(view(&pub), v->pub_r);
    }
}

/* RFC 7748 6.1. */
static void curve25519_is_that_of_rfc_7748(void **state)
{
    struct octets d = hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
    struct octets peer = hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
    static const char k[] = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
    struct octets pub;
    uint8_t drawn[CURVE_SCALAR_MAX], secret[CURVE_SCALAR_MAX];

    (void)state;
    assert_int_equal(make(IKE2_KE_CURVE25519, view(&d), drawn, &pub), IKE2_OK);
    octets_expect_hex(view(&pub),
                      "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
    assert_int_equal(shared(IKE2_KE_CURVE25519, drawn, view(&peer), secret), IKE2_OK);
    octets_expect_hex(bytes_of(secret, 32), k);
    /* RFC 8031 3.2: the topmost bit is masked. */
    peer.at[31] |= 0x80;
    assert_int_equal(shared(IKE2_KE_CURVE25519, drawn, view(&peer), secret), IKE2_OK);
    octets_expect_hex(bytes_of(secret, 32), k);
}

static void expect_refused(uint16_t method, const uint8_t *scalar, ike2_bytes peer)
{
    uint8_t secret[CURVE_SCALAR_MAX], before[CURVE_SCALAR_MAX];

    octets_ramp(secret, sizeof secret, 3);
    memcpy(before, secret, sizeof secret);
    assert_int_equal(shared(method, scalar, peer, secret), IKE2_ERR_MALFORMED);
    assert_memory_equal(secret, before, sizeof secret);
}

/* All values of small order: in the field's range, beyond it, and with the topmost bit. */
static void values_of_small_order_are_refused(void **state)
{
    static const char *const low[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };
    uint8_t scalar[CURVE_SCALAR_MAX];

    (void)state;
    octets_ramp(scalar, sizeof scalar, 17);
    for (size_t i = 0; i < sizeof low / sizeof low[0]; i++) {
        struct octets u = hex(low[i]);

        expect_refused(IKE2_KE_CURVE25519, scalar, view(&u));
        u.at[31] |= 0x80;
        expect_refused(IKE2_KE_CURVE25519, scalar, view(&u));
    }
}

static void points_off_the_curve_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_VECTORS; i++) {
        const struct vector *v = &vectors[i];
        struct octets scalar = hex(v->i), pub = hex(v->pub_r);

        for (size_t at = 0; at < pub.len; at += 7) {
            pub.at[at] ^= 1;
            expect_refused(v->method, scalar.at, view(&pub));
            pub.at[at] ^= 1;
        }
        /* The point at infinity has no x and y; two zeros are no point. */
        memset(pub.at, 0, pub.len);
        expect_refused(v->method, scalar.at, view(&pub));
        memset(pub.at, 0xff, pub.len);
        expect_refused(v->method, scalar.at, view(&pub));
    }
}

/* a + b; both are `len` octets long. Does the sum fit? */
static bool add(uint8_t *a, const uint8_t *b, size_t len)
{
    unsigned carry = 0;

    while (len-- > 0) {
        carry += (unsigned)a[len] + b[len];
        a[len] = (uint8_t)carry;
        carry >>= 8;
    }
    return carry == 0;
}

/* x + p stands for the same point, but is not how it is written. Not every group has the room. */
static void coordinates_of_p_or_more_are_refused(void **state)
{
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < N_VECTORS; i++) {
        const struct vector *v = &vectors[i];
        struct octets scalar = hex(v->i), pub = hex(v->pub_r), p = hex(v->p);

        if (!add(pub.at, p.at, v->len))
            continue;
        expect_refused(v->method, scalar.at, view(&pub));
        n++;
    }
    assert_true(n != 0);
}

static void values_of_other_length_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i <= N_VECTORS; i++) {
        uint16_t method = i < N_VECTORS ? vectors[i].method : IKE2_KE_CURVE25519;
        struct octets scalar = hex(vectors[N_VECTORS - 1].i), pub;
        uint8_t drawn[CURVE_SCALAR_MAX];

        assert_int_equal(make(method, view(&scalar), drawn, &pub), IKE2_OK);
        pub.at[pub.len] = 0;
        for (size_t len = 0; len <= pub.len + 1; len++) {
            if (len != pub.len)
                expect_refused(method, drawn, bytes_of(pub.at, len));
        }
    }
}

/* 0, n and n + 1 are drawn again; what comes after them counts. */
static void scalars_out_of_range_are_drawn_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_VECTORS; i++) {
        const struct vector *v = &vectors[i];
        struct octets n = hex(v->n), d = hex(v->i), pub;
        uint8_t draws[4 * CURVE_SCALAR_MAX] = { 0 }, drawn[CURVE_SCALAR_MAX];

        memcpy(draws + v->len, n.at, v->len);
        memcpy(draws + 2 * v->len, n.at, v->len);
        draws[3 * v->len - 1]++;
        memcpy(draws + 3 * v->len, d.at, v->len);
        assert_int_equal(make(v->method, bytes_of(draws, 4 * v->len), drawn, &pub), IKE2_OK);
        octets_expect_hex(view(&pub), v->pub_i);
    }
}

static void source_of_zeros_is_given_up(void **state)
{
    static const uint8_t zeros[64 * CURVE_SCALAR_MAX];
    uint8_t drawn[CURVE_SCALAR_MAX];
    struct octets pub;

    (void)state;
    for (size_t i = 0; i < N_VECTORS; i++)
        assert_int_equal(make(vectors[i].method, bytes_of(zeros, sizeof zeros), drawn, &pub),
                         IKE2_ERR_CRYPTO);
}

static void other_methods_are_no_curves(void **state)
{
    static const uint16_t methods[] = { IKE2_KE_NONE, IKE2_KE_MODP_2048, IKE2_KE_CURVE448,
                                        IKE2_KE_BRAINPOOL_P224R1, IKE2_KE_ML_KEM_768 };
    struct rng rng = { .m = provider };
    struct curve_sizes sizes;
    uint8_t scalar[CURVE_SCALAR_MAX] = { 1 }, out[CURVE_PUBLIC_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        assert_false(ike2_mbed_curve_sizes(methods[i], &sizes));
        assert_int_equal(ike2_mbed_curve_make(methods[i], &rng, scalar, out),
                         IKE2_ERR_UNSUPPORTED);
        assert_int_equal(ike2_mbed_curve_shared(methods[i], &rng, scalar, bytes_of(out, 1), out),
                         IKE2_ERR_UNSUPPORTED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_are_those_of_rfc_5903_and_rfc_6954),
        cmocka_unit_test(curve25519_is_that_of_rfc_7748),
        cmocka_unit_test(values_of_small_order_are_refused),
        cmocka_unit_test(points_off_the_curve_are_refused),
        cmocka_unit_test(coordinates_of_p_or_more_are_refused),
        cmocka_unit_test(values_of_other_length_are_refused),
        cmocka_unit_test(scalars_out_of_range_are_drawn_again),
        cmocka_unit_test(source_of_zeros_is_given_up),
        cmocka_unit_test(other_methods_are_no_curves),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
