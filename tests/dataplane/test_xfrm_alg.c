/* examples/dataplane/xfrm_alg.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>
#include <ike2/message.h>

#include "dataplane/xfrm_alg.h"

static struct fault fault;

static bool find(uint16_t encr, uint16_t integ, struct xfrm_alg *out)
{
    const ike2_suite suite = { .encr = { .type = IKE2_TRANSFORM_ENCR, .id = encr },
                               .integ = { .type = IKE2_TRANSFORM_INTEG, .id = integ } };

    return xfrm_alg_find(&suite, out, &fault);
}

/* RFC 4106 8.2, RFC 4309 7.2, RFC 7634 2, RFC 4543: key and salt as one; the ICV is in the number.
 */
static void ciphers_with_a_checksum_say_how_long_it_is(void **state)
{
    static const struct {
        uint16_t encr, icv_bits;
        const char *name;
    } rows[] = {
        { IKE2_ENCR_AES_GCM_8, 64, "rfc4106(gcm(aes))" },
        { IKE2_ENCR_AES_GCM_12, 96, "rfc4106(gcm(aes))" },
        { IKE2_ENCR_AES_GCM_16, 128, "rfc4106(gcm(aes))" },
        { IKE2_ENCR_AES_CCM_8, 64, "rfc4309(ccm(aes))" },
        { IKE2_ENCR_AES_CCM_12, 96, "rfc4309(ccm(aes))" },
        { IKE2_ENCR_AES_CCM_16, 128, "rfc4309(ccm(aes))" },
        { IKE2_ENCR_NULL_AUTH_AES_GMAC, 128, "rfc4543(gcm(aes))" },
        { IKE2_ENCR_CHACHA20_POLY1305, 128, "rfc7539esp(chacha20,poly1305)" },
    };
    struct xfrm_alg alg;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_true(find(rows[i].encr, IKE2_INTEG_NONE, &alg));
        assert_string_equal(alg.encr, rows[i].name);
        assert_null(alg.integ);
        assert_int_equal(alg.icv_bits, rows[i].icv_bits);
    }
}

/* RFC 4868 2.6: half of the hash, where the kernel by itself would cut SHA-256 to 96 bits. */
static void checksums_are_cut_as_their_rfc_says(void **state)
{
    static const struct {
        uint16_t integ, icv_bits;
        const char *name;
    } rows[] = {
        { IKE2_INTEG_HMAC_MD5_96, 96, "hmac(md5)" },
        { IKE2_INTEG_HMAC_MD5_128, 128, "hmac(md5)" },
        { IKE2_INTEG_HMAC_SHA1_96, 96, "hmac(sha1)" },
        { IKE2_INTEG_HMAC_SHA1_160, 160, "hmac(sha1)" },
        { IKE2_INTEG_HMAC_SHA2_256_128, 128, "hmac(sha256)" },
        { IKE2_INTEG_HMAC_SHA2_384_192, 192, "hmac(sha384)" },
        { IKE2_INTEG_HMAC_SHA2_512_256, 256, "hmac(sha512)" },
        { IKE2_INTEG_AES_XCBC_96, 96, "xcbc(aes)" },
        { IKE2_INTEG_AES_CMAC_96, 96, "cmac(aes)" },
    };
    struct xfrm_alg alg;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_true(find(IKE2_ENCR_AES_CBC, rows[i].integ, &alg));
        assert_string_equal(alg.encr, "cbc(aes)");
        assert_string_equal(alg.integ, rows[i].name);
        assert_int_equal(alg.icv_bits, rows[i].icv_bits);
    }
    assert_true(find(IKE2_ENCR_AES_CTR, IKE2_INTEG_HMAC_SHA1_96, &alg));
    assert_string_equal(alg.encr, "rfc3686(ctr(aes))");
}

/* What the library has words for, and Linux the algorithm. */
static void everything_that_can_be_proposed_is_known(void **state)
{
    static const char *const words[] = {
        "aes128gcm16",   "aes192gcm16",      "aes256gcm16",      "aes128ccm16",
        "aes256ccm16",   "chacha20poly1305", "aes128-sha256",    "aes192-sha384",
        "aes256-sha512", "aes128-sha1",      "aes128ctr-sha256", "aes256ctr-sha512",
    };
    ike2_transform room[8];
    ike2_proposal p;
    struct xfrm_alg alg;

    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        uint16_t encr = 0, integ = 0;

        assert_int_equal(ike2_proposal_parse(words[i], IKE2_PROTOCOL_ESP, room, 8, &p), IKE2_OK);
        for (size_t k = 0; k < p.n_transforms; k++) {
            if (p.transforms[k].type == IKE2_TRANSFORM_ENCR)
                encr = p.transforms[k].id;
            else if (p.transforms[k].type == IKE2_TRANSFORM_INTEG)
                integ = p.transforms[k].id;
        }
        if (!find(encr, integ, &alg))
            fail_msg("%s: %s", words[i], fault.text);
    }
}

static void what_linux_has_not_is_refused_with_its_number(void **state)
{
    struct xfrm_alg alg = { .encr = "untouched" };

    (void)state;
    assert_false(find(IKE2_ENCR_AES_GCM_16_IIV, 0, &alg));
    assert_non_null(strstr(fault.text, "encryption 30"));
    assert_false(find(IKE2_ENCR_AES_CBC, IKE2_INTEG_DES_MAC, &alg));
    assert_non_null(strstr(fault.text, "integrity 3"));
    /* Encryption alone protects nothing. */
    assert_false(find(IKE2_ENCR_AES_CBC, IKE2_INTEG_NONE, &alg));
    assert_false(find(IKE2_ENCR_NULL, IKE2_INTEG_NONE, &alg));
    assert_false(find(0, 0, &alg));
    assert_string_equal(alg.encr, "untouched");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ciphers_with_a_checksum_say_how_long_it_is),
        cmocka_unit_test(checksums_are_cut_as_their_rfc_says),
        cmocka_unit_test(everything_that_can_be_proposed_is_known),
        cmocka_unit_test(what_linux_has_not_is_refused_with_its_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
