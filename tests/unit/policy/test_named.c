/* lib/policy/named.c, once more with IKE2_ENABLE_LEGACY as test_policy_named_legacy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>
#include <ike2/policy.h>

#include "support/negotiation.h"

#ifdef IKE2_ENABLE_LEGACY
static const bool has_legacy = true;
#else
static const bool has_legacy = false;
#endif

enum { TEXT = 512 };

static struct negotiation n;

static ike2_named_policy policy_of(const char *name)
{
    ike2_named_policy p = IKE2_INIT(ike2_named_policy);

    if (ike2_named_policy_find(name, &p) != IKE2_OK)
        fail_msg("there is no policy '%s'", name);
    assert_string_equal(p.name, name);
    return p;
}

/* "aes128-sha256, aes256gcm16" */
static void expect_proposals(const ike2_proposal *list, size_t count, const char *expected)
{
    char said[TEXT];
    size_t len = 0;

    for (size_t i = 0; i < count; i++) {
        len += (size_t)snprintf(said + len, sizeof said - len, "%s", i == 0 ? "" : ", ");
        len += ike2_proposal_text(&list[i], said + len, sizeof said - len);
        assert_true(len < sizeof said);
    }
    assert_string_equal(said, expected);
}

static void expect_policy(const char *name, const char *ike, const char *esp)
{
    ike2_named_policy p = policy_of(name);

    expect_proposals(p.ike, p.n_ike, ike);
    expect_proposals(p.esp, p.n_esp, esp);
}

/* What an endpoint with this policy says to a peer's offer. */
static void negotiate(const char *name, uint8_t protocol)
{
    ike2_named_policy p = policy_of(name);

    negotiation_begin(&n, protocol, "");
    if (protocol == IKE2_PROTOCOL_IKE)
        n.args.ours = (struct proposals){ .list = p.ike, .n = p.n_ike };
    else
        n.args.ours = (struct proposals){ .list = p.esp, .n = p.n_esp };
}

static bool allows(const char *name, uint8_t protocol, const char *words)
{
    ike2_named_policy p = policy_of(name);
    ike2_transform room[32];
    ike2_proposal proposal;

    assert_int_equal(ike2_proposal_parse(words, protocol, room, 32, &proposal), IKE2_OK);
    return ike2_named_policy_allows(&p, &proposal);
}

/* --- What is in them ---------------------------------------------------------------------- */

static void policies_have_the_proposals_of_their_sources(void **state)
{
    (void)state;
    expect_policy("cnsa", "aes256gcm16-prfsha512-prfsha384-ecp384-modp3072-modp4096",
                  "aes256gcm16-noesn-esn");
    expect_policy("windows-recommended", "aes128-sha256-prfsha256-modp2048",
                  "aes128-sha256-modp2048-noesn");
}

static void policies_have_the_lifetimes_and_keys_of_their_sources(void **state)
{
    ike2_named_policy windows = policy_of("windows-recommended"), cnsa = policy_of("cnsa");

    (void)state;
    assert_int_equal(windows.child_rekey_seconds, 28800);
    assert_int_equal(windows.ike_rekey_seconds, 86400);
    assert_int_equal(windows.child_rekey_octets, UINT64_C(1024000) * 1024);
    assert_true(cnsa.certificates_only);
    assert_int_equal(cnsa.min_rsa_bits, 3072);
    assert_int_equal(cnsa.min_ec_bits, 384);
    assert_int_equal(cnsa.max_ec_bits, 384);
    assert_int_equal(cnsa.n_schemes, 4);
}

/* RFC 8247 2, RFC 8221 5 and 6: nothing that they advise against, or are about to. */
static void expect_modern(const ike2_proposal *p, const char *name)
{
    for (size_t i = 0; i < p->n_transforms; i++) {
        ike2_algorithm a = IKE2_INIT(ike2_algorithm);
        uint8_t level;

        assert_true(ike2_algorithm_find(&p->transforms[i], &a));
        level = p->protocol == IKE2_PROTOCOL_ESP ? a.esp_level : a.ike_level;
        if (a.legacy || a.deprecated || level == IKE2_LEVEL_MUST_MINUS ||
            level == IKE2_LEVEL_SHOULD_NOT || level == IKE2_LEVEL_MUST_NOT)
            fail_msg("%s has %s", name, a.word);
    }
}

static void only_the_legacy_policy_has_what_is_too_old(void **state)
{
    ike2_named_policy p = IKE2_INIT(ike2_named_policy);
    size_t i, n_legacy = 0;

    (void)state;
    for (i = 0; ike2_named_policy_at(i, &p); i++) {
        n_legacy += p.legacy ? 1 : 0;
        assert_int_equal(p.legacy, strcmp(p.name, "legacy-windows") == 0);
        for (size_t k = 0; k < p.n_ike && !p.legacy; k++)
            expect_modern(&p.ike[k], p.name);
        for (size_t k = 0; k < p.n_esp && !p.legacy; k++)
            expect_modern(&p.esp[k], p.name);
    }
    assert_int_equal(i, has_legacy ? 4 : 3);
    assert_int_equal(n_legacy, has_legacy ? 1 : 0);
}

/* RFC 8247 3.1.1: without a number, the validator's holds, which is that of the table. */
static void no_policy_takes_rsa_keys_that_the_rfc_advises_against(void **state)
{
    ike2_named_policy p = IKE2_INIT(ike2_named_policy);

    (void)state;
    for (size_t i = 0; ike2_named_policy_at(i, &p); i++)
        assert_true(p.min_rsa_bits == 0 || p.min_rsa_bits >= 2048);
}

static void the_first_policy_is_what_is_used_without_one(void **state)
{
    ike2_named_policy p = IKE2_INIT(ike2_named_policy);
    struct proposals ike = ike2_default_proposals(IKE2_PROTOCOL_IKE);
    struct proposals esp = ike2_default_proposals(IKE2_PROTOCOL_ESP);

    (void)state;
    assert_true(ike2_named_policy_at(0, &p));
    assert_string_equal(p.name, "default");
    assert_ptr_equal(p.ike, ike.list);
    assert_int_equal(p.n_ike, ike.n);
    assert_ptr_equal(p.esp, esp.list);
    assert_int_equal(p.n_esp, esp.n);
}

/* --- Whom they meet ----------------------------------------------------------------------- */

static void default_meets_apple_without_a_profile(void **state)
{
    (void)state;
    negotiate("default", IKE2_PROTOCOL_IKE);
    negotiation_expect(&n, "aes256-sha256-prfsha256-modp2048, aes256-sha256-prfsha256-ecp256, "
                           "aes256-sha256-prfsha256-modp1536, aes128-sha1-prfsha1-modp1024, "
                           "3des-sha1-prfsha1-modp1024",
                       "1:aes256-sha256-prfsha256-modp2048");
    negotiate("default", IKE2_PROTOCOL_ESP);
    negotiation_expect(&n, "aes256-sha256-noesn, aes128-sha1-noesn, 3des-sha1-noesn",
                       "1:aes256-sha256-noesn");
}

static void default_and_windows_recommended_meet_windows_as_recommended(void **state)
{
    static const char *const names[] = { "default", "windows-recommended" };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        negotiate(names[i], IKE2_PROTOCOL_IKE);
        negotiation_expect(&n, "aes128-sha256-prfsha256-modp2048",
                           "1:aes128-sha256-prfsha256-modp2048");
        negotiate(names[i], IKE2_PROTOCOL_ESP);
        negotiation_expect(&n, "aes128-sha256-modp2048-noesn", "1:aes128-sha256-modp2048-noesn");
        n.args.without_ke = true; /* RFC 7296 1.2: in IKE_AUTH */
        negotiation_expect(&n, "aes128-sha256-noesn", "1:aes128-sha256-noesn");
    }
}

static const char windows_as_it_is[] =
    "3des-sha1-prfsha1-modp1024, 3des-sha256-prfsha256-modp1024, 3des-sha384-prfsha384-modp1024, "
    "aes128-sha1-prfsha1-modp1024, aes256-sha1-prfsha1-modp1024, "
    "aes256-sha256-prfsha256-modp1024, aes256-sha384-prfsha384-modp1024";

static void windows_as_it_is_meets_the_legacy_policy_alone(void **state)
{
    ike2_named_policy p = IKE2_INIT(ike2_named_policy);

    (void)state;
    for (size_t i = 0; ike2_named_policy_at(i, &p); i++) {
        negotiate(p.name, IKE2_PROTOCOL_IKE);
        if (!p.legacy)
            negotiation_expect_none(&n, windows_as_it_is);
        else
            negotiation_expect(&n, windows_as_it_is, "6:aes256-sha256-prfsha256-modp1024");
    }
    if (!has_legacy)
        return;
    negotiation_expect(&n, "3des-sha1-prfsha1-modp1024, aes256-sha1-prfsha1-modp1024",
                       "2:aes256-sha1-prfsha1-modp1024");
    negotiation_expect(&n, "3des-sha1-prfsha1-modp1024", "1:3des-sha1-prfsha1-modp1024");
    negotiate("legacy-windows", IKE2_PROTOCOL_ESP);
    negotiation_expect(&n, "3des-sha1-noesn", "1:3des-sha1-noesn");
    negotiation_expect_none(&n, "des-sha1-noesn, null-sha1-noesn");
}

/* --- Looking up ------------------------------------------------------------------------- */

static void a_policy_that_is_not_in_this_build_is_told_from_none(void **state)
{
    ike2_named_policy p = IKE2_INIT(ike2_named_policy);

    (void)state;
    assert_int_equal(ike2_named_policy_find("legacy-windows", &p),
                     has_legacy ? IKE2_OK : IKE2_ERR_UNSUPPORTED);
    assert_int_equal(ike2_named_policy_find("legacy", &p), IKE2_ERR_ARGUMENT);
    assert_int_equal(ike2_named_policy_find("", &p), IKE2_ERR_ARGUMENT);
    assert_int_equal(ike2_named_policy_find("Default", &p), IKE2_ERR_ARGUMENT);
}

static void a_shorter_structure_is_filled_as_far_as_it_goes(void **state)
{
    ike2_named_policy p;

    (void)state;
    memset(&p, 0x5a, sizeof p);
    p.struct_size = offsetof(ike2_named_policy, summary);
    assert_int_equal(ike2_named_policy_find("cnsa", &p), IKE2_OK);
    assert_int_equal(p.struct_size, offsetof(ike2_named_policy, summary));
    assert_string_equal(p.name, "cnsa");
    assert_int_equal(((const uint8_t *)&p)[offsetof(ike2_named_policy, summary)], 0x5a);
    p.struct_size = 0;
    assert_int_equal(ike2_named_policy_find("cnsa", &p), IKE2_ERR_ARGUMENT);
    assert_false(ike2_named_policy_at(0, &p));
}

/* --- Filling in, narrowing -------------------------------------------------------------- */

static void a_definition_is_given_what_it_does_not_say(void **state)
{
    ike2_named_policy windows = policy_of("windows-recommended"), cnsa = policy_of("cnsa");
    ike2_peer_config peer = IKE2_INIT(ike2_peer_config);
    ike2_child_config child = IKE2_INIT(ike2_child_config);

    (void)state;
    ike2_named_policy_fill_peer(&windows, &peer);
    assert_ptr_equal(peer.proposals, windows.ike);
    assert_int_equal(peer.n_proposals, 1);
    assert_int_equal(peer.rekey_seconds, 86400);
    assert_int_equal(peer.n_remote_schemes, 0);
    assert_int_equal(peer.remote_auth, 0);
    ike2_named_policy_fill_child(&windows, &child);
    assert_ptr_equal(child.proposals, windows.esp);
    assert_int_equal(child.rekey_seconds, 28800);
    assert_int_equal(child.rekey_octets, UINT64_C(1024000) * 1024);
    peer = (ike2_peer_config)IKE2_INIT(ike2_peer_config);
    ike2_named_policy_fill_peer(&cnsa, &peer);
    assert_int_equal(peer.remote_auth, IKE2_AUTH_SIGNATURE);
    assert_ptr_equal(peer.remote_schemes, cnsa.schemes);
    assert_int_equal(peer.n_remote_schemes, 4);
}

static void what_a_definition_says_is_left_alone(void **state)
{
    static const ike2_proposal own = { .protocol = IKE2_PROTOCOL_IKE };
    static const uint16_t scheme = IKE2_SIG_ECDSA_SHA384_DER;
    ike2_named_policy windows = policy_of("windows-recommended"), cnsa = policy_of("cnsa");
    ike2_peer_config peer = IKE2_INIT(ike2_peer_config);
    ike2_child_config child = IKE2_INIT(ike2_child_config);

    (void)state;
    peer.proposals = &own;
    peer.n_proposals = 1;
    peer.rekey_seconds = IKE2_NEVER;
    peer.remote_schemes = &scheme;
    peer.n_remote_schemes = 1;
    peer.remote_auth = IKE2_AUTH_PSK;
    ike2_named_policy_fill_peer(&cnsa, &peer);
    ike2_named_policy_fill_peer(&windows, &peer);
    assert_ptr_equal(peer.proposals, &own);
    assert_int_equal(peer.rekey_seconds, IKE2_NEVER);
    assert_ptr_equal(peer.remote_schemes, &scheme);
    assert_int_equal(peer.remote_auth, IKE2_AUTH_PSK);
    child.proposals = &own;
    child.n_proposals = 1;
    child.rekey_seconds = 1;
    child.rekey_octets = 2;
    ike2_named_policy_fill_child(&windows, &child);
    assert_ptr_equal(child.proposals, &own);
    assert_int_equal(child.rekey_seconds, 1);
    assert_int_equal(child.rekey_octets, 2);
}

static void a_policy_allows_what_narrows_it(void **state)
{
    ike2_named_policy p = IKE2_INIT(ike2_named_policy);

    (void)state;
    for (size_t i = 0; ike2_named_policy_at(i, &p); i++) {
        for (size_t k = 0; k < p.n_ike; k++)
            assert_true(ike2_named_policy_allows(&p, &p.ike[k]));
        for (size_t k = 0; k < p.n_esp; k++)
            assert_true(ike2_named_policy_allows(&p, &p.esp[k]));
    }
    assert_true(allows("cnsa", IKE2_PROTOCOL_IKE, "aes256gcm16-prfsha384-ecp384"));
    assert_true(allows("cnsa", IKE2_PROTOCOL_ESP, "aes256gcm16"));
    assert_true(allows("default", IKE2_PROTOCOL_ESP, "aes128-sha256"));
    assert_true(allows("windows-recommended", IKE2_PROTOCOL_ESP, "aes128-sha256-modp2048"));
}

static void a_policy_does_not_allow_what_widens_it(void **state)
{
    (void)state;
    assert_false(allows("cnsa", IKE2_PROTOCOL_IKE, "aes256gcm16-prfsha384-ecp384-ecp256"));
    assert_false(allows("cnsa", IKE2_PROTOCOL_IKE, "aes128gcm16-prfsha384-ecp384"));
    assert_false(allows("cnsa", IKE2_PROTOCOL_ESP, "aes256gcm16-ecp384"));
    assert_false(allows("default", IKE2_PROTOCOL_IKE, "3des-sha1-modp1024"));
    assert_false(allows("default", IKE2_PROTOCOL_IKE, "aes256-sha256-modp1024"));
    assert_false(allows("windows-recommended", IKE2_PROTOCOL_ESP, "aes128-sha256-modp2048-esn"));
    /* RFC 7296 3.3.3: without a key exchange is a choice, too. */
    assert_false(allows("windows-recommended", IKE2_PROTOCOL_ESP, "aes128-sha256"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policies_have_the_proposals_of_their_sources),
        cmocka_unit_test(policies_have_the_lifetimes_and_keys_of_their_sources),
        cmocka_unit_test(only_the_legacy_policy_has_what_is_too_old),
        cmocka_unit_test(no_policy_takes_rsa_keys_that_the_rfc_advises_against),
        cmocka_unit_test(the_first_policy_is_what_is_used_without_one),
        cmocka_unit_test(default_meets_apple_without_a_profile),
        cmocka_unit_test(default_and_windows_recommended_meet_windows_as_recommended),
        cmocka_unit_test(windows_as_it_is_meets_the_legacy_policy_alone),
        cmocka_unit_test(a_policy_that_is_not_in_this_build_is_told_from_none),
        cmocka_unit_test(a_shorter_structure_is_filled_as_far_as_it_goes),
        cmocka_unit_test(a_definition_is_given_what_it_does_not_say),
        cmocka_unit_test(what_a_definition_says_is_left_alone),
        cmocka_unit_test(a_policy_allows_what_narrows_it),
        cmocka_unit_test(a_policy_does_not_allow_what_widens_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
