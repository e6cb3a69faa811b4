/* What an end means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "common/explain.h"
#include "common/outcome.h"
#include "common/remedy.h"

static struct trail trail;
static struct connection connections[2];
static struct explain_ours ours;

static int forget(void **state)
{
    (void)state;
    memset(&trail, 0, sizeof trail);
    ours = (struct explain_ours){ .n = 0 };
    return 0;
}

/* A refusal of ours, as record 5 about SA 3. */
static void refuse(const char *name, const char *difference)
{
    const ike2_trace_field fields[] = {
        { .name = "offered", .type = IKE2_FIELD_TEXT, .v.text = "theirs\n" },
        { .name = "accepted", .type = IKE2_FIELD_TEXT, .v.text = "ours" },
        { .name = "difference", .type = IKE2_FIELD_TEXT, .v.text = difference },
    };
    const ike2_trace_record r = {
        .id = 5, .cls = IKE2_TRACE_POLICY, .name = name, .sa = 3, .fields = fields, .n_fields = 3
    };

    assert_non_null(trail_add(&trail, &r));
}

static void message(const char *name, const ike2_trace_field *field, uint64_t id)
{
    const ike2_trace_record r = { .id = id, .cls = IKE2_TRACE_MESSAGE, .name = name, .sa = 3,
                                  .fields = field, .n_fields = 1 };

    (void)trail_add(&trail, &r);
}

/* A refused proposal that only something weak would mend here. */
static void refuse_proposal(void)
{
    const ike2_trace_field fields[] = {
        { .name = "accepted", .type = IKE2_FIELD_TEXT, .v.text = "ours" },
        { .name = "protocol", .type = IKE2_FIELD_U64, .v.u64 = IKE2_PROTOCOL_IKE },
        { .name = "peer_change", .type = IKE2_FIELD_TEXT, .v.text = "modp2048" },
        { .name = "our_change", .type = IKE2_FIELD_TEXT, .v.text = "modp1024" },
        { .name = "our_level", .type = IKE2_FIELD_TEXT, .v.text = "SHOULD NOT" },
        { .name = "our_lack", .type = IKE2_FIELD_TEXT, .v.text = "modp1024" },
    };
    const ike2_trace_record r = { .id = 5, .cls = IKE2_TRACE_POLICY, .name = "policy.proposal",
                                  .sa = 3, .fields = fields, .n_fields = 6 };

    assert_non_null(trail_add(&trail, &r));
}

static void windows_speaks(void)
{
    static const char id[] = "\x1e\x2b\x51\x69\x05\x99\x1c\x7d\x7c\x96\xfc\xbf\xb5\x87\xe4\x61"
                             "\x00\x00\x00\x09";
    const ike2_trace_field data = { .name = "data", .type = IKE2_FIELD_BYTES,
                                    .v.bytes = { (const uint8_t *)id, sizeof id - 1 } };

    for (uint64_t i = 1; i < 4; i++)
        message("peer.vendor", &data, i);
}

/* One that accepts these proposals besides; NULL: for another child. */
static void also_of(size_t i, const char *ike, const char *esp)
{
    struct connection *c = &connections[i];
    struct connection_child *child = &c->children[ike != NULL ? 0 : c->n_children++];

    assert_true(ike == NULL || value_proposal(ike, IKE2_PROTOCOL_IKE, &c->ike) == NULL);
    assert_null(value_proposal(esp, IKE2_PROTOCOL_ESP, &child->esp));
}

/* The only one, which accepts these alone. */
static void expect_of(size_t i, const char *ike, const char *esp)
{
    connections[i] = (struct connection){ .n_children = 1 };
    also_of(i, ike, esp);
    ours = (struct explain_ours){ .list = { &connections[0], &connections[1] }, .n = 1 };
}

static struct explanation *down(uint8_t reason, uint16_t notify, uint64_t record)
{
    static struct explanation e;
    ike2_output out = { .type = IKE2_EVENT_SA_DOWN, .sa = 3 };

    out.u.sa.reason = reason;
    out.u.sa.notify = notify;
    out.u.sa.trace = record;
    ours.words = EXPLAIN_OPTIONS;
    explain_down(&out, &trail, &ours, &e);
    return &e;
}

static const char *hint(void)
{
    return down(IKE2_REASON_PROPOSAL, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN, 5)->hint;
}

static void assert_hint(const char *part)
{
    if (strstr(hint(), part) == NULL)
        fail_msg("no %s in: %s", part, hint());
}

static void wanted_end_needs_no_words(void **state)
{
    (void)state;
    assert_int_equal(down(IKE2_REASON_LOCAL, 0, 0)->code, EXIT_OK);
    assert_int_equal(down(IKE2_REASON_PEER, 0, 0)->code, EXIT_OK);
}

static void refusal_of_ours_shows_both_sides(void **state)
{
    const struct explanation *e;

    (void)state;
    refuse("policy.proposal", "key exchange");
    e = down(IKE2_REASON_PROPOSAL, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN, 5);
    assert_int_equal(e->code, EXIT_PROPOSAL);
    assert_string_equal(e->evidence[0], "the peer offers theirs\\x0a");
    assert_string_equal(e->evidence[1], "we accept ours");
    assert_string_equal(e->evidence[2], "difference: key exchange");
    assert_non_null(strstr(e->hint, "--proposal"));
}

static void refusal_of_the_peers_is_told_from_ours(void **state)
{
    const struct explanation *e;

    (void)state;
    e = down(IKE2_REASON_PROPOSAL, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN, 0);
    assert_int_equal(e->code, EXIT_PROPOSAL);
    assert_non_null(strstr(e->what, "the peer accepts no proposal of ours"));
    assert_string_equal(e->evidence[0], "notification NO_PROPOSAL_CHOSEN");
}

static void authentication_failures_have_different_remedies(void **state)
{
    (void)state;
    refuse("policy.auth", "AUTH value: the two sides do not have the same pre-shared key");
    assert_non_null(strstr(down(IKE2_REASON_AUTH, 24, 5)->cause, "pre-shared keys"));
    (void)forget(NULL);
    refuse("policy.auth", "certificate CN=x: expired");
    assert_int_equal(down(IKE2_REASON_AUTH, 24, 5)->code, EXIT_CERTIFICATE);
    (void)forget(NULL);
    refuse("policy.auth", "signature: AUTH is not by the key of CN=x");
    assert_int_equal(down(IKE2_REASON_AUTH, 24, 5)->code, EXIT_CERTIFICATE);
    (void)forget(NULL);
    refuse("policy.auth", "signature: no credential can sign with a hash that the peer has");
    assert_non_null(strstr(down(IKE2_REASON_AUTH, 24, 5)->what, "nothing to prove ourselves"));
    (void)forget(NULL);
    refuse("policy.auth", "signature: ours could not be made");
    assert_non_null(strstr(down(IKE2_REASON_AUTH, 24, 5)->what, "our own signature"));
    (void)forget(NULL);
    refuse("policy.identity", "the peer's identity");
    assert_non_null(strstr(down(IKE2_REASON_AUTH, 24, 5)->hint, "--remote-id"));
    assert_int_equal(down(IKE2_REASON_AUTH, 24, 0)->code, EXIT_AUTH);
}

static void changes_are_shown_and_weak_ones_marked(void **state)
{
    const struct explanation *e;

    (void)state;
    refuse_proposal();
    e = down(IKE2_REASON_PROPOSAL, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN, 5);
    assert_string_equal(e->evidence[1], "it would do on the peer's side: modp2048");
    assert_string_equal(e->evidence[2], "or on our side: modp1024, which RFC 8247 and RFC 8221 "
                                        "call SHOULD NOT; not available here: modp1024");
}

static void windows_gets_its_powershell_line(void **state)
{
    const struct explanation *e;

    (void)state;
    windows_speaks();
    assert_int_equal(trail.next, 1); /* once is enough */
    refuse_proposal();
    expect_of(0, "aes256gcm16-prfsha384-x25519", "aes256gcm16");
    also_of(0, "aes256-aes128-sha256-ecp256-modp2048", "aes256-sha256-modp2048");
    e = down(IKE2_REASON_PROPOSAL, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN, 5);
    assert_string_equal(e->evidence[3], "the peer seems to be Windows");
    assert_hint("-ConnectionName NAME -DHGroup Group14 -EncryptionMethod AES256 "
                "-IntegrityCheckMethod SHA256 -AuthenticationTransformConstants SHA256128 "
                "-CipherTransformConstants AES256 -PfsGroup PFS2048 -PassThru");
}

/* One line sets both, whichever was refused. */
static void windows_line_is_right_for_ike_and_for_esp(void **state)
{
    static const struct {
        const char *ike, *esp, *dh, *cipher, *pfs;
    } rows[] = {
        { "aes128-sha256-modp2048", "aes128-sha256-modp2048", "Group14 -EncryptionMethod AES128",
          "SHA256128 -CipherTransformConstants AES128", "PFS2048 " },
        { "aes256-sha256-modp2048", "aes128-sha256", "Group14 -EncryptionMethod AES256",
          "SHA256128 -CipherTransformConstants AES128", "None " },
        { "aes128-sha256-ecp256", "aes256-sha256-ecp256-modp3072-modpnone",
          "ECP256 -EncryptionMethod AES128", "SHA256128 -CipherTransformConstants AES256",
          "ECP256 " },
        { "aes256-sha384-ecp384", "aes256gcm16-noesn-esn", "ECP384 -EncryptionMethod AES256",
          "GCMAES256 -CipherTransformConstants GCMAES256", "None " },
    };
    char text[64];

    (void)state;
    windows_speaks();
    refuse_proposal();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        expect_of(0, rows[i].ike, rows[i].esp);
        (void)snprintf(text, sizeof text, "-DHGroup %s", rows[i].dh);
        assert_hint(text);
        (void)snprintf(text, sizeof text, "Constants %s", rows[i].cipher);
        assert_hint(text);
        (void)snprintf(text, sizeof text, "-PfsGroup %s", rows[i].pfs);
        assert_hint(text);
    }
}

static void windows_is_promised_nothing_that_it_cannot_do(void **state)
{
    static const struct {
        const char *ike, *esp;
    } rows[] = {
        { "aes256gcm16-prfsha384-x25519", "aes256-sha256" },
        { "aes256-sha256-x25519", "aes256-sha256" },
        { "aes256-sha256-modp2048", "chacha20poly1305" },
        { "aes256-sha256-modp2048", "aes256-sha256-x25519" },
        { "aes256-sha256-modp2048", "aes256-sha256-modp2048-esn" },
    };

    (void)state;
    windows_speaks();
    refuse_proposal();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        expect_of(0, rows[i].ike, rows[i].esp);
        assert_null(strstr(hint(), "PowerShell"));
    }
    expect_of(0, "aes256-sha256-modp2048", "aes256-sha256");
    also_of(0, NULL, "aes128-sha256"); /* of one child this, of the other one that */
    assert_null(strstr(hint(), "PowerShell"));
    ours.n = 0;
    assert_null(strstr(hint(), "PowerShell"));
}

static void a_connection_that_can_be_met_is_what_a_remedy_is_for(void **state)
{
    (void)state;
    windows_speaks();
    refuse_proposal();
    expect_of(0, "aes256gcm16-prfsha384-x25519", "aes256gcm16");
    expect_of(1, "aes128-sha256-modp2048", "aes128-sha256-modp2048");
    ours.n = 2;
    assert_hint("-DHGroup Group14 -EncryptionMethod AES128");
}

static void every_platform_is_told_both_halves(void **state)
{
    static const struct {
        enum platform platform;
        const char *text;
    } rows[] = {
        { PLATFORM_WINDOWS, "-DHGroup Group14 -EncryptionMethod AES256 "
                            "-IntegrityCheckMethod SHA256 "
                            "-AuthenticationTransformConstants SHA256128 "
                            "-CipherTransformConstants AES256 -PfsGroup PFS2048" },
        { PLATFORM_APPLE, "IKESecurityAssociationParameters have EncryptionAlgorithm AES-256, "
                          "IntegrityAlgorithm SHA2-256, DiffieHellmanGroup 14, and whose "
                          "ChildSecurityAssociationParameters have EncryptionAlgorithm AES-256, "
                          "IntegrityAlgorithm SHA2-256, DiffieHellmanGroup 14, EnablePFS 1" },
        { PLATFORM_STRONGSWAN, "proposals = aes256-sha256-modp2048 and, in its children, "
                               "esp_proposals = aes256-sha256-modp2048" },
        { PLATFORM_CISCO, "crypto ikev2 proposal NAME, encryption aes-cbc-256, integrity sha256, "
                          "group 14; and for ESP: transform set esp-aes 256 esp-sha256-hmac, set "
                          "pfs group14" },
    };
    char out[REMEDY_TEXT];

    (void)state;
    expect_of(0, "aes256-sha256-modp2048", "aes256-sha256-modp2048");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_true(remedy_find(rows[i].platform, &connections[0], out));
        assert_non_null(strstr(out, rows[i].text));
    }
    assert_false(remedy_find(PLATFORM_UNKNOWN, &connections[0], out));
}

static void apple_is_known_by_the_shape_of_its_message(void **state)
{
    const ike2_trace_field shape = {
        .name = "payloads", .type = IKE2_FIELD_TEXT,
        .v.text = "SA KE Nonce N(REDIRECT_SUPPORTED) N(NAT_DETECTION_SOURCE_IP) "
                  "N(NAT_DETECTION_DESTINATION_IP) N(IKEV2_FRAGMENTATION_SUPPORTED)",
    };

    (void)state;
    message("peer.init", &shape, 1);
    refuse_proposal();
    expect_of(0, "aes256-sha256-modp2048", "aes256-sha256");
    assert_hint("DiffieHellmanGroup 14");
    assert_int_equal(trail_platform(&trail, 4), PLATFORM_UNKNOWN);
}

static void what_a_policy_passes_over_is_no_refusal(void **state)
{
    (void)state;
    refuse("policy.passed_over", "");
    assert_null(trail_refusal(&trail, 3));
    refuse("policy.selectors", "");
    assert_non_null(trail_refusal(&trail, 3));
    refuse("policy.passed_over", "");
    assert_string_equal(trail_refusal(&trail, 3)->name, "policy.selectors");
}

static void silence_is_told_apart(void **state)
{
    static const ike2_id proven = { .type = IKE2_ID_FQDN };
    ike2_output out = { .type = IKE2_EVENT_SA_DOWN };
    struct explanation e;

    (void)state;
    ours.words = EXPLAIN_CONFIG;
    out.u.sa.reason = IKE2_REASON_TIMEOUT;
    explain_down(&out, &trail, &ours, &e);
    assert_string_equal(e.what, "the peer does not answer the first message");
    out.u.sa.spi_remote = 1;
    explain_down(&out, &trail, &ours, &e);
    assert_string_equal(e.what, "the peer answers IKE_SA_INIT, but not IKE_AUTH");
    out.u.sa.remote_id = &proven;
    explain_down(&out, &trail, &ours, &e);
    assert_string_equal(e.what, "the peer does not answer any more");
}

static void every_reason_and_notification_has_words(void **state)
{
    uint16_t notify;
    uint8_t reason;

    (void)state;
    for (reason = 0; reason < 20; reason++) {
        for (notify = 0; notify < 50; notify++) {
            const struct explanation *e = down(reason, notify, 0);

            assert_non_null(e->what);
            assert_non_null(e->cause);
            assert_true(e->code == EXIT_OK || *e->hint != '\0');
        }
    }
}

static void trail_keeps_the_newest(void **state)
{
    ike2_trace_record r = { .cls = IKE2_TRACE_POLICY, .name = "policy.identity", .sa = 3 };

    (void)state;
    for (r.id = 1; r.id <= TRAIL_KEPT + 1; r.id++)
        assert_non_null(trail_add(&trail, &r));
    assert_null(trail_find(&trail, 1));
    assert_non_null(trail_find(&trail, 2));
    assert_int_equal(trail_refusal(&trail, 3)->id, TRAIL_KEPT + 1);
    assert_null(trail_refusal(&trail, 4));
    r.cls = IKE2_TRACE_MESSAGE;
    r.name = "message.in";
    assert_null(trail_add(&trail, &r)); /* explains nothing, and pushes nothing out */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(wanted_end_needs_no_words, forget),
        cmocka_unit_test_setup(refusal_of_ours_shows_both_sides, forget),
        cmocka_unit_test_setup(refusal_of_the_peers_is_told_from_ours, forget),
        cmocka_unit_test_setup(authentication_failures_have_different_remedies, forget),
        cmocka_unit_test_setup(changes_are_shown_and_weak_ones_marked, forget),
        cmocka_unit_test_setup(windows_gets_its_powershell_line, forget),
        cmocka_unit_test_setup(windows_line_is_right_for_ike_and_for_esp, forget),
        cmocka_unit_test_setup(a_connection_that_can_be_met_is_what_a_remedy_is_for, forget),
        cmocka_unit_test_setup(every_platform_is_told_both_halves, forget),
        cmocka_unit_test_setup(windows_is_promised_nothing_that_it_cannot_do, forget),
        cmocka_unit_test_setup(apple_is_known_by_the_shape_of_its_message, forget),
        cmocka_unit_test_setup(what_a_policy_passes_over_is_no_refusal, forget),
        cmocka_unit_test_setup(silence_is_told_apart, forget),
        cmocka_unit_test_setup(every_reason_and_notification_has_words, forget),
        cmocka_unit_test_setup(trail_keeps_the_newest, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
