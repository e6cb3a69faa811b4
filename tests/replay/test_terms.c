/* replay/test_terms.c - lines of fields, and whole definitions as such lines: what is written is
 * read again, what does not fit is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <ike2/iana.h>

#include "common/terms.h"
#include "common/witness.h"

/* --- Lines --------------------------------------------------------------------------------- */

static char *line_of(void (*write)(struct scroll *s, void *what), void *what)
{
    char *text;
    size_t len;
    FILE *file = open_memstream(&text, &len);
    struct scroll s;

    assert_non_null(file);
    scroll_open(&s, file, false);
    scroll_begin(&s, "line");
    write(&s, what);
    scroll_end(&s);
    scroll_close(&s);
    (void)fclose(file);
    return text;
}

/* What is read views the scroll's rooms. */
static void read_line(struct scroll *s, const char *text,
                      void (*read)(struct scroll *s, void *what), void *what)
{
    FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");

    assert_non_null(file);
    scroll_open(s, file, true);
    scroll_begin(s, "line");
    read(s, what);
    scroll_end(s);
    (void)fclose(file);
}

struct some {
    uint8_t small;
    uint64_t large;
    bool flag;
    ike2_bytes octets;
    uint8_t four[4];
};

static void some_fields(struct scroll *s, void *what)
{
    struct some *v = what;

    scroll_number(s, "small", &v->small, sizeof v->small);
    scroll_number(s, "large", &v->large, sizeof v->large);
    scroll_flag(s, "flag", &v->flag);
    scroll_bytes(s, "octets", &v->octets);
    scroll_octets(s, "four", v->four, sizeof v->four);
}

static void fields_read_as_they_were_written(void **state)
{
    static const uint8_t octets[] = { 0, 0x7f, 0xff };
    struct some one = { .small = 255, .large = UINT64_MAX, .flag = true,
                        .octets = { octets, sizeof octets }, .four = { 1, 2, 3, 4 } };
    struct some two = { 0 };
    char *text = line_of(some_fields, &one);
    struct scroll s;

    (void)state;
    assert_string_equal(text, "line small=255 large=18446744073709551615 flag=1 octets=007fff "
                              "four=01020304\n");
    read_line(&s, text, some_fields, &two);
    assert_false(s.failed);
    assert_int_equal(two.small, 255);
    assert_true(two.large == UINT64_MAX && two.flag);
    assert_int_equal(two.octets.len, sizeof octets);
    assert_memory_equal(two.octets.ptr, octets, sizeof octets);
    assert_memory_equal(two.four, one.four, sizeof one.four);
    scroll_close(&s);
    free(text);
}

static void lines_that_do_not_fit_are_refused(void **state)
{
    static const char *const lines[] = {
        "line",
        "other small=1 large=1 flag=0 octets= four=01020304",
        "line small=256 large=1 flag=0 octets= four=01020304",
        "line small= large=1 flag=0 octets= four=01020304",
        "line small=1x large=1 flag=0 octets= four=01020304",
        "line large=1 small=1 flag=0 octets= four=01020304",
        "line small=1 large=1 flag=0 octets=0 four=01020304",
        "line small=1 large=1 flag=0 octets=0g four=01020304",
        "line small=1 large=1 flag=0 octets= four=010203",
        "line small=1 large=1 flag=0 octets= four=0102030405",
        "line small=1 large=1 flag=0 octets= four=01020304 more=1",
        "line small=1 large=1 flag=0 octets=",
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct some v = { 0 };
        struct scroll s;

        read_line(&s, lines[i], some_fields, &v);
        assert_true(s.failed);
        assert_non_null(strstr(s.why.text, "line 1: "));
        scroll_close(&s);
    }
}

static void comments_and_empty_lines_mean_nothing(void **state)
{
    struct some v = { 0 };
    struct scroll s;

    (void)state;
    read_line(&s, "# a remark\n\nline small=7 large=1 flag=0 octets= four=01020304\n", some_fields,
              &v);
    assert_false(s.failed);
    assert_int_equal(v.small, 7);
    assert_int_equal(s.number, 3);
    scroll_close(&s);
}

static void what_differs_is_said(void **state)
{
    static const uint8_t octets[] = { 1, 2, 3 };
    static const char line[] = "line number=5 octets=0102ff";
    FILE *file = fmemopen((void *)(uintptr_t)line, sizeof line - 1, "r");
    struct scroll s;

    (void)state;
    scroll_open(&s, file, true);
    scroll_begin(&s, "line");
    scroll_expect(&s, "number", 5);
    assert_false(s.failed);
    scroll_expect_bytes(&s, "octets", (ike2_bytes){ octets, sizeof octets });
    assert_true(s.failed);
    assert_non_null(strstr(s.why.text, "differ from octet 2 on"));
    scroll_close(&s);
    (void)fclose(file);
}

/* --- Definitions --------------------------------------------------------------------------- */

static void peer_fields(struct scroll *s, void *what)
{
    terms_peer(s, what);
}

static void endpoint_fields(struct scroll *s, void *what)
{
    terms_endpoint(s, what);
}

/* Larger than this version's: as if of a later one. */
struct later_child {
    ike2_child_config config;
    uint64_t more;
};

/* One of each, and two schemes. */
static ike2_credential credential_with(const ike2_bytes *bytes, const uint16_t *schemes,
                                       const ike2_hash_url *lookup)
{
    ike2_credential c = IKE2_INIT(ike2_credential);

    c.chain = c.issuers = bytes;
    c.lookups = lookup;
    c.schemes = schemes;
    c.n_chain = c.n_issuers = c.n_lookups = 1;
    c.n_schemes = 2;
    return c;
}

static void a_definition_reads_as_it_was_written(void **state)
{
    static const uint8_t octets[] = { 0xaa, 0xbb };
    static const uint16_t schemes[] = { IKE2_SIG_ECDSA_SHA256_DER, IKE2_SIG_RSA_PSS_SHA256 };
    const ike2_bytes bytes = { octets, sizeof octets };
    const ike2_transform transform = { .type = IKE2_TRANSFORM_ENCR, .id = 20, .key_bits = 256 };
    const ike2_proposal proposal = { .protocol = IKE2_PROTOCOL_ESP, .transforms = &transform,
                                     .n_transforms = 1 };
    const ike2_ts ts = { .type = IKE2_TS_IPV4_ADDR_RANGE, .port_last = 9, .last = { 10 } };
    const ike2_cfg_attr attr = { .type = 1, .value = { octets, sizeof octets } };
    const ike2_hash_url lookup = { .encoding = IKE2_CERT_HASH_AND_URL, .hash = bytes,
                                   .url = { (const uint8_t *)"http://a", 8 } };
    ike2_credential credential = credential_with(&bytes, schemes, &lookup);
    struct later_child children[2] = { { .config = { .struct_size = sizeof children[0] } },
                                       { .config = { .struct_size = sizeof children[0] } } };
    ike2_peer_config peer = IKE2_INIT(ike2_peer_config), again = IKE2_INIT(ike2_peer_config);
    struct witness puppet;
    struct scroll s;
    char *first, *second;

    (void)state;
    peer.remote_schemes = schemes;
    peer.n_remote_schemes = 2;
    children[1].config.tag = 77;
    children[1].config.proposals = &proposal;
    children[1].config.ts_local = &ts;
    children[1].config.n_proposals = children[1].config.n_ts_local = 1;
    peer.children = &children[0].config;
    peer.n_children = 2;
    peer.credentials = &credential;
    peer.trusted = &bytes;
    peer.config = &attr;
    peer.n_credentials = peer.n_trusted = peer.n_config = 1;
    peer.local_id = (ike2_id){ .type = IKE2_ID_KEY_ID, .data = bytes };
    peer.psk_remote = witness_key();
    peer.window = 3;
    peer.cert_lookup = IKE2_ON;
    peer.full_transcript = IKE2_WANT_REQUIRE;
    first = line_of(peer_fields, &peer);
    read_line(&s, first, peer_fields, &again);
    assert_false(s.failed);
    second = line_of(peer_fields, &again);
    assert_string_equal(first, second);
    assert_int_equal(again.children[1].tag, 77);
    assert_int_equal(again.children[1].ts_local[0].last[0], 10);
    assert_int_equal(again.children[1].proposals[0].transforms[0].key_bits, 256);
    assert_int_equal(again.credentials[0].schemes[1], IKE2_SIG_RSA_PSS_SHA256);
    assert_memory_equal(again.credentials[0].lookups[0].url.ptr, "http://a", 8);
    assert_int_equal(again.window, 3);
    assert_int_equal(again.cert_lookup, IKE2_ON);
    assert_int_equal(again.full_transcript, IKE2_WANT_REQUIRE);
    assert_true(again.psk_local == NULL && again.psk_remote != NULL);
    witness_init(&puppet, NULL, &s);
    terms_peer_clear(&puppet.table, &again);
    puppet.table.key_free(puppet.table.user, peer.psk_remote);
    scroll_close(&s);
    free(first);
    free(second);
}

static void an_endpoint_reads_as_it_was_written(void **state)
{
    ike2_endpoint_config cfg = IKE2_INIT(ike2_endpoint_config);
    ike2_retransmit retransmit = IKE2_INIT(ike2_retransmit);
    struct endpoint_terms one, two;
    struct scroll s;
    char *text;

    (void)state;
    cfg.ask_spi = IKE2_ON;
    cfg.switch_ms = 7;
    cfg.answer_unknown = IKE2_ON;
    retransmit.tries = 3;
    cfg.retransmit = &retransmit;
    terms_take(&one, &cfg);
    text = line_of(endpoint_fields, &one);
    read_line(&s, text, endpoint_fields, &two);
    assert_false(s.failed);
    assert_int_equal(two.config.ask_spi, IKE2_ON);
    assert_int_equal(two.config.switch_ms, 7);
    assert_int_equal(two.config.answer_unknown, IKE2_ON);
    assert_int_equal(two.config.retransmit->tries, 3);
    assert_int_equal(two.config.limits->sas, 0);
    scroll_close(&s);
    free(text);
}

/* A structure that has grown has members that terms.c may not know: it takes one line there. */
static void terms_know_all_members(void **state)
{
    static const struct {
        const char *name;
        size_t size, known;
    } all[] = {
        { "ike2_endpoint_config", sizeof(ike2_endpoint_config), 96 },
        { "ike2_limits", sizeof(ike2_limits), 40 },
        { "ike2_retransmit", sizeof(ike2_retransmit), 24 },
        { "ike2_peer_config", sizeof(ike2_peer_config), 264 },
        { "ike2_child_config", sizeof(ike2_child_config), 96 },
        { "ike2_credential", sizeof(ike2_credential), 120 },
    };

    (void)state;
    if (sizeof(void *) != 8)
        skip();
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (all[i].size != all[i].known)
            fail_msg("%s has %zu octets, not %zu: examples/common/terms.c has to know its new "
                     "members, then this test its size",
                     all[i].name, all[i].size, all[i].known);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_read_as_they_were_written),
        cmocka_unit_test(lines_that_do_not_fit_are_refused),
        cmocka_unit_test(comments_and_empty_lines_mean_nothing),
        cmocka_unit_test(what_differs_is_said),
        cmocka_unit_test(a_definition_reads_as_it_was_written),
        cmocka_unit_test(an_endpoint_reads_as_it_was_written),
        cmocka_unit_test(terms_know_all_members),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
