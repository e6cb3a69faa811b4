/* Which named policy a word is, and whether a connection keeps to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "common/policy.h"

static struct connection *make(const char *policy)
{
    static struct connection c;

    memset(&c, 0, sizeof c);
    c.remote.methods = IKE2_AUTH_SIGNATURE;
    c.n_children = 1;
    if (policy != NULL)
        assert_null(policy_read(policy, &c.policy));
    return &c;
}

static void add(struct proposals *list, const char *text, uint8_t protocol, int line)
{
    assert_null(value_proposal(text, protocol, list));
    list->lines[list->n - 1] = line;
}

static void expect_kept(const struct connection *c)
{
    struct problem why = { "" };
    int line;

    if (!policy_is_kept(c, &line, &why))
        fail_msg("%s", why.text);
}

static void expect_beyond(const struct connection *c, int line, const char *words)
{
    struct problem why = { "" };
    int said = -1;

    assert_false(policy_is_kept(c, &said, &why));
    assert_int_equal(said, line);
    if (strstr(why.text, words) == NULL)
        fail_msg("%s", why.text);
}

static void without_a_policy_nothing_goes_beyond_it(void **state)
{
    struct connection *c = make(NULL);

    (void)state;
    add(&c->ike, "aes128-aesxcbc-ecp521", IKE2_PROTOCOL_IKE, 1);
    c->sha1_signatures = true;
    c->remote.methods = IKE2_AUTH_PSK;
    expect_kept(c);
    assert_string_equal(policy_of(c).name, "default");
}

static void a_proposal_that_goes_beyond_is_told_with_its_line(void **state)
{
    struct connection *c = make("cnsa");

    (void)state;
    add(&c->ike, "aes256gcm16-prfsha384-ecp384", IKE2_PROTOCOL_IKE, 7);
    expect_kept(c);
    add(&c->ike, "aes256gcm16-prfsha256-ecp384", IKE2_PROTOCOL_IKE, 8);
    expect_beyond(c, 8, "aes256gcm16-prfsha256-ecp384 goes beyond the policy cnsa");
    c = make("cnsa");
    add(&c->esp, "aes128gcm16", IKE2_PROTOCOL_ESP, 9);
    expect_beyond(c, 9, "aes128gcm16-noesn");
    c = make("cnsa");
    add(&c->children[0].esp, "aes256gcm16-ecp384", IKE2_PROTOCOL_ESP, 10);
    expect_beyond(c, 10, "aes256gcm16-ecp384-noesn");
}

static void only_certificates_are_certificates(void **state)
{
    struct connection *c = make("cnsa");

    (void)state;
    expect_kept(c);
    c->remote.methods = IKE2_AUTH_SIGNATURE | IKE2_AUTH_NULL;
    expect_beyond(c, 0, "takes certificates only");
    c->remote.methods = IKE2_AUTH_SIGNATURE;
    c->local.psk_file = "psk";
    expect_beyond(c, 0, "takes certificates only");
    c->policy.certificates_only = false;
    expect_kept(c);
}

static void signatures_that_go_beyond_are_told(void **state)
{
    struct connection *c = make("cnsa");

    (void)state;
    assert_null(value_scheme("ecdsa-sha384", &c->remote.schemes));
    expect_kept(c);
    assert_null(value_scheme("rsa-pss-sha256", &c->remote.schemes));
    expect_beyond(c, 0, "signatures with rsa-pss-sha256 go beyond");
    c = make("cnsa");
    assert_null(value_scheme("ecdsa-p256", &c->local.schemes));
    expect_beyond(c, 0, "signatures with ecdsa-p256 go beyond");
    c = make("cnsa");
    c->sha1_signatures = true;
    expect_beyond(c, 0, "signatures with SHA-1");
    c = make("windows-recommended"); /* which has none of its own: a decision beside it */
    c->sha1_signatures = true;
    expect_kept(c);
}

static void how_we_sign_is_the_policys_unless_it_is_said(void **state)
{
    struct connection *c = make("cnsa");

    (void)state;
    policy_settle(c);
    assert_int_equal(c->local.schemes.n, c->policy.n_schemes);
    assert_int_equal(c->local.schemes.list[0], c->policy.schemes[0]);
    c = make("cnsa");
    assert_null(value_scheme("rsa-sha384", &c->local.schemes));
    policy_settle(c);
    assert_int_equal(c->local.schemes.n, 1);
    c = make("default");
    policy_settle(c);
    assert_int_equal(c->local.schemes.n, 0);
}

static void what_is_too_old_in_a_suite_has_its_words(void **state)
{
    ike2_suite suite = {
        .encr = { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_3DES },
        .integ = { .type = IKE2_TRANSFORM_INTEG, .id = IKE2_INTEG_HMAC_SHA2_256_128 },
        .prf = { .type = IKE2_TRANSFORM_PRF, .id = IKE2_PRF_HMAC_SHA1 },
        .ke = { .type = IKE2_TRANSFORM_KE, .id = IKE2_KE_MODP_1024 },
    };
    char text[POLICY_LEGACY_TEXT];

    (void)state;
    assert_true(policy_legacy(&suite, text));
    assert_string_equal(text, "3des-prfsha1-modp1024");
    suite.encr = (ike2_transform){ .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_AES_GCM_16,
                                   .key_bits = 128 };
    suite.prf.id = IKE2_PRF_HMAC_SHA2_256;
    suite.ke.id = IKE2_KE_MODP_2048;
    assert_false(policy_legacy(&suite, text));
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_policy_nothing_goes_beyond_it),
        cmocka_unit_test(a_proposal_that_goes_beyond_is_told_with_its_line),
        cmocka_unit_test(only_certificates_are_certificates),
        cmocka_unit_test(signatures_that_go_beyond_are_told),
        cmocka_unit_test(how_we_sign_is_the_policys_unless_it_is_said),
        cmocka_unit_test(what_is_too_old_in_a_suite_has_its_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
