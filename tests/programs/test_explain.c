/* What an end means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "common/explain.h"
#include "common/outcome.h"

static struct trail trail;

static int forget(void **state)
{
    (void)state;
    memset(&trail, 0, sizeof trail);
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
static void refuse_proposal(const char *accepted)
{
    const ike2_trace_field fields[] = {
        { .name = "accepted", .type = IKE2_FIELD_TEXT, .v.text = accepted },
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

static struct explanation *down(uint8_t reason, uint16_t notify, uint64_t record)
{
    static struct explanation e;
    ike2_output out = { .type = IKE2_EVENT_SA_DOWN, .sa = 3 };

    out.u.sa.reason = reason;
    out.u.sa.notify = notify;
    out.u.sa.trace = record;
    explain_down(&out, &trail, EXPLAIN_OPTIONS, &e);
    return &e;
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
    refuse("policy.identity", "the peer's identity");
    assert_non_null(strstr(down(IKE2_REASON_AUTH, 24, 5)->hint, "--remote-id"));
    assert_int_equal(down(IKE2_REASON_AUTH, 24, 0)->code, EXIT_AUTH);
}

static void changes_are_shown_and_weak_ones_marked(void **state)
{
    const struct explanation *e;

    (void)state;
    refuse_proposal("aes256gcm16-prfsha384-x25519");
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
    refuse_proposal("aes256gcm16-x25519, aes256-aes128-sha256-ecp256-modp2048");
    e = down(IKE2_REASON_PROPOSAL, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN, 5);
    assert_string_equal(e->evidence[3], "the peer seems to be Windows");
    assert_non_null(strstr(e->hint, "-DHGroup Group14 -EncryptionMethod AES256 "
                                    "-IntegrityCheckMethod SHA256 -PfsGroup PFS2048"));
    (void)forget(NULL);
    windows_speaks();
    refuse_proposal("aes128-sha256-ecp256");
    e = down(IKE2_REASON_PROPOSAL, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN, 5);
    assert_non_null(strstr(e->hint, "-DHGroup ECP256 -EncryptionMethod AES128"));
}

static void windows_is_promised_nothing_that_it_cannot_do(void **state)
{
    (void)state;
    windows_speaks();
    refuse_proposal("aes256gcm16-prfsha384-x25519, aes256-sha256-x25519, aes2560-sha256-modp2048");
    assert_null(strstr(down(IKE2_REASON_PROPOSAL, IKE2_NOTIFY_NO_PROPOSAL_CHOSEN, 5)->hint,
                       "PowerShell"));
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
    refuse_proposal("aes256-sha256-modp2048");
    assert_non_null(strstr(down(IKE2_REASON_PROPOSAL, 14, 5)->hint, "DiffieHellmanGroup 14"));
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
    out.u.sa.reason = IKE2_REASON_TIMEOUT;
    explain_down(&out, &trail, EXPLAIN_CONFIG, &e);
    assert_string_equal(e.what, "the peer does not answer the first message");
    out.u.sa.spi_remote = 1;
    explain_down(&out, &trail, EXPLAIN_CONFIG, &e);
    assert_string_equal(e.what, "the peer answers IKE_SA_INIT, but not IKE_AUTH");
    out.u.sa.remote_id = &proven;
    explain_down(&out, &trail, EXPLAIN_CONFIG, &e);
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
        cmocka_unit_test_setup(windows_is_promised_nothing_that_it_cannot_do, forget),
        cmocka_unit_test_setup(apple_is_known_by_the_shape_of_its_message, forget),
        cmocka_unit_test_setup(what_a_policy_passes_over_is_no_refusal, forget),
        cmocka_unit_test_setup(silence_is_told_apart, forget),
        cmocka_unit_test_setup(every_reason_and_notification_has_words, forget),
        cmocka_unit_test_setup(trail_keeps_the_newest, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
