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
        cmocka_unit_test_setup(silence_is_told_apart, forget),
        cmocka_unit_test_setup(every_reason_and_notification_has_words, forget),
        cmocka_unit_test_setup(trail_keeps_the_newest, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
