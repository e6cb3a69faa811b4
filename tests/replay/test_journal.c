/* replay/test_journal.c - a journal of a program replays to the same octets, without its peers and
 * its keys; what does not is noticed, and where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ike2/mbedtls.h>

#include "minimal/demo.h"
#include "replay/party.h"
#include "replay/player.h"

static int affair_setup(void **state)
{
    static ike2_mbedtls *m;
    struct affair *a = test_malloc(sizeof *a);

    assert_int_equal(ike2_mbedtls_new(NULL, &m), IKE2_OK);
    affair_init(a, ike2_mbedtls_crypto(m));
    a->now = 1000;
    *state = a;
    return 0;
}

static int affair_teardown(void **state)
{
    struct affair *a = *state;
    ike2_mbedtls *m = a->crypto->user;

    affair_clear(a);
    test_free(a);
    ike2_mbedtls_free(m);
    return 0;
}

/* --- What is done with a file ---------------------------------------------------------------- */

static bool replays(const char *path, struct played *sums, struct problem *why)
{
    FILE *file = fopen(path, "r");
    bool ok;

    assert_non_null(file);
    *why = (struct problem){ "" };
    ok = play(file, NULL, sums, why);
    (void)fclose(file);
    return ok;
}

static void expect_replays(const struct affair *a)
{
    for (size_t i = 0; i < PARTIES; i++) {
        struct played sums;
        struct problem why;

        if (!replays(a->parties[i].file, &sums, &why))
            fail_msg("%s", why.text);
        assert_int_equal(sums.sent, a->parties[i].n_sent);
    }
}

static char *contents(const char *path, size_t *len)
{
    FILE *file = fopen(path, "r");
    struct stat st;
    char *text;

    assert_non_null(file);
    assert_int_equal(fstat(fileno(file), &st), 0);
    text = test_malloc((size_t)st.st_size + 1);
    *len = fread(text, 1, (size_t)st.st_size, file);
    text[*len] = '\0';
    (void)fclose(file);
    return text;
}

static bool text_replays(const char *text, size_t len, struct problem *why)
{
    FILE *file = fmemopen((void *)(uintptr_t)text, len, "r");
    struct played sums;
    bool ok;

    assert_non_null(file);
    *why = (struct problem){ "" };
    ok = play(file, NULL, &sums, why);
    (void)fclose(file);
    return ok;
}

/* --- What replays -------------------------------------------------------------------------- */

static void rekey_both(struct affair *a)
{
    for (size_t i = 0; i < PARTIES; i++) {
        struct party *p = &a->parties[i];

        assert_int_equal(journal_child_rekey(p->journal, p->ep, a->now, p->child, 0), IKE2_OK);
        a->lose = (unsigned)i; /* is said again */
        affair_pass(a, 15 * 1000);
        assert_int_equal(journal_sa_rekey(p->journal, p->ep, a->now, p->sa), IKE2_OK);
        affair_pass(a, 15 * 1000);
    }
}

static void a_life_with_losses_and_rekeyings_replays(void **state)
{
    struct affair *a = *state;
    struct party *p = &a->parties[0];
    ike2_report report = IKE2_INIT(ike2_report);
    ike2_child_id other;

    affair_begin(a);
    a->lose = 2;
    affair_connect(a);
    rekey_both(a);
    assert_int_equal(journal_child_create(p->journal, p->ep, a->now, p->sa, 0, &other), IKE2_OK);
    affair_pass(a, 1000);
    assert_int_equal(journal_child_close(p->journal, p->ep, a->now, other), IKE2_OK);
    report.what = IKE2_REPORT_FIRST_IN;
    report.spi_in = 1;
    assert_int_equal(journal_child_report(p->journal, p->ep, a->now, &report), IKE2_ERR_STALE);
    affair_pass(a, 40 * 1000); /* liveness checks */
    assert_int_equal(journal_sa_close(p->journal, p->ep, a->now, p->sa), IKE2_OK);
    affair_pass(a, 1000);
    affair_end(a);
    assert_true(p->n_sent > 15);
    expect_replays(a);
}

static void questions_and_their_answers_replay(void **state)
{
    const ike2_cfg_attr wish = { .type = IKE2_CFG_INTERNAL_IP4_ADDRESS };
    struct affair *a = *state;

    a->asks_secret = a->answers_child = true;
    a->endpoint.ask_spi = IKE2_ON;
    a->endpoint.cookie = IKE2_ON;
    a->peer.asks = IKE2_ASKS_IDENTITY | IKE2_ASKS_CHILD | IKE2_ASKS_CONFIG;
    a->peer.config = &wish;
    a->peer.n_config = 1;
    affair_begin(a);
    affair_connect(a);
    assert_int_not_equal(a->parties[1].child, 0);
    rekey_both(a);
    affair_end(a);
    expect_replays(a);
}

/* With the certificates of a demonstration; the key of b is elsewhere. */
static void sign_in(struct affair *a, struct demo *demo, ike2_credential credentials[PARTIES])
{
    assert_int_equal(demo_load(demo, a->crypto->user), IKE2_OK);
    for (size_t i = 0; i < PARTIES; i++) {
        credentials[i] = demo_credential(demo, i);
        a->credentials[i] = &credentials[i];
    }
    a->keys[1] = credentials[1].key;
    credentials[1].key = NULL;
    a->peer.trusted = &demo->trusted;
    a->peer.n_trusted = 1;
    affair_begin(a);
}

static void signatures_replay_without_their_keys(void **state)
{
    struct affair *a = *state;
    ike2_credential credentials[PARTIES];
    struct party *p = &a->parties[1];
    struct demo demo;

    sign_in(a, &demo, credentials);
    affair_connect(a);
    assert_int_equal(journal_sa_probe(p->journal, p->ep, a->now, p->sa), IKE2_OK);
    affair_pass(a, 1000);
    p = &a->parties[0];
    assert_int_equal(journal_sa_reauth(p->journal, p->ep, a->now, p->sa), IKE2_OK);
    affair_pass(a, 10 * 1000);
    assert_int_equal(journal_peer_undefine(p->journal, p->ep, p->peer), IKE2_OK);
    assert_int_equal(journal_sa_drop(p->journal, p->ep, a->now, p->sa), IKE2_OK);
    affair_end(a);
    demo_clear(&demo);
    expect_replays(a);
}

static void verdicts_and_abandoned_jobs_replay(void **state)
{
    struct affair *a = *state;
    struct party *p = &a->parties[0];
    ike2_path path = { 0 };
    ike2_connect connect = IKE2_INIT(ike2_connect);
    ike2_credential credentials[PARTIES];
    struct demo demo;

    sign_in(a, &demo, credentials);
    path = (ike2_path){ .local = p->addr, .remote = a->parties[1].addr };
    connect.path = &path;
    connect.peer = p->peer;
    a->disbelieves = true;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(journal_sa_connect(p->journal, p->ep, a->now, &connect, &p->sa), IKE2_OK);
        affair_pass(a, 30 * 1000);
        a->abandons = true;
    }
    affair_end(a);
    assert_int_equal(p->n_up, 0);
    demo_clear(&demo);
    expect_replays(a);
}

static void what_is_still_under_way_at_the_end_replays(void **state)
{
    struct affair *a = *state;
    struct party *p = &a->parties[0];

    affair_begin(a);
    affair_connect(a);
    a->lose = 1000;
    assert_int_equal(journal_child_rekey(p->journal, p->ep, a->now, p->child, 0), IKE2_OK);
    affair_pass(a, 3000);
    affair_end(a);
    expect_replays(a);
}

static void the_ladder_tells_the_messages(void **state)
{
    static const char *const lines[] = {
        " ms      connect ", " ms  -->  IKE_SA_INIT request 0, ",
        " ms  <--  IKE_SA_INIT response 0, ", " ms  -->  IKE_AUTH request 1, ",
        " ms      job 4\n", " ms      event 256\n",
    };
    struct affair *a = *state;
    struct played sums;
    struct problem why;
    char *text, *at;
    size_t len;
    FILE *file, *ladder = open_memstream(&text, &len);

    affair_begin(a);
    affair_connect(a);
    affair_end(a);
    file = fopen(a->parties[0].file, "r");
    assert_non_null(file);
    assert_true(play(file, ladder, &sums, &why));
    (void)fclose(file);
    (void)fclose(ladder);
    at = text;
    for (size_t i = 0; i < 4; i++) {
        at = strstr(at, lines[i]);
        assert_non_null(at);
    }
    assert_non_null(strstr(at, lines[4]));
    assert_non_null(strstr(at, lines[5]));
    free(text);
}

/* --- What is noticed ----------------------------------------------------------------------- */

/* The first place of `what` behind the first `behind`. */
static char *place(char *text, const char *behind, const char *what)
{
    char *at = strstr(text, behind);

    assert_non_null(at);
    at = strstr(at, what);
    assert_non_null(at);
    return at + strlen(what);
}

static void expect_parts(struct affair *a, const char *behind, const char *what, const char *says)
{
    struct problem why;
    size_t len;
    char *text = contents(a->parties[0].file, &len);
    char *at = place(text, behind, what);

    *at = *at == '0' ? '1' : '0';
    assert_false(text_replays(text, len, &why));
    if (strstr(why.text, says) == NULL)
        fail_msg("%s", why.text);
    test_free(text);
}

static void every_change_is_noticed_where_it_is(void **state)
{
    struct affair *a = *state;

    affair_begin(a);
    affair_connect(a);
    affair_end(a);
    /* Another nonce: the message is another one. */
    expect_parts(a, "\nconnect", ".random len=32 err=0 octets=", "they differ from octet");
    /* Another message was sent. */
    expect_parts(a, "! type=1 ", " octets=", "octets were recorded");
    /* The peer's message is another one. */
    expect_parts(a, "\ninput", " octets=", "line ");
    expect_parts(a, ".seal", " plain=", "plain:");
    expect_parts(a, "\nconnect", "= err=", "err was");
    expect_parts(a, "journal", "format=", "format was");
}

static void a_journal_may_end_anywhere(void **state)
{
    struct affair *a = *state;
    struct problem why;
    size_t len;
    char *text;

    affair_begin(a);
    affair_connect(a);
    affair_end(a);
    text = contents(a->parties[1].file, &len);
    for (size_t cut = 1; cut < len; cut += 97)
        (void)text_replays(text, cut, &why); /* the sanitizers have a say */
    assert_true(text_replays(text, len, &why));
    for (size_t at = 60; at < len; at += 397) {
        char was = text[at];

        text[at] = '=';
        (void)text_replays(text, len, &why);
        text[at] = was;
    }
    test_free(text);
}

/* --- The file ------------------------------------------------------------------------------ */

static void keys_are_not_in_it_and_nobody_else_reads_it(void **state)
{
    struct affair *a = *state;
    struct problem why = { "" };
    struct stat st;
    size_t len;
    char *text;

    a->asks_secret = true;
    affair_begin(a);
    affair_connect(a);
    affair_end(a);
    text = contents(a->parties[0].file, &len);
    assert_null(strstr(text, "717569746520612073656372657420")); /* "quite a secret " */
    assert_non_null(strstr(text, "answer_secret"));
    assert_int_equal(stat(a->parties[0].file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_null(journal_open(a->parties[0].file, a->crypto, &why)); /* nothing is overwritten */
    assert_non_null(strstr(why.text, "remove it first"));
    test_free(text);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, affair_setup, affair_teardown)
    static const struct CMUnitTest tests[] = {
        CASE(a_life_with_losses_and_rekeyings_replays),
        CASE(questions_and_their_answers_replay),
        CASE(signatures_replay_without_their_keys),
        CASE(verdicts_and_abandoned_jobs_replay),
        CASE(what_is_still_under_way_at_the_end_replays),
        CASE(the_ladder_tells_the_messages),
        CASE(every_change_is_noticed_where_it_is),
        CASE(a_journal_may_end_anywhere),
        CASE(keys_are_not_in_it_and_nobody_else_reads_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
