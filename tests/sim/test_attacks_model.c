/* sim/test_attacks_model.c - what either role does, learned from its answers alone, is what RFC
 * 7296 says and no more: no way of messages, in whatever order, leads anywhere else. After Guo et
 * al., "Model learning and model checking of IPSec implementations for Internet of Things", 2019.
 *
 * doc/automata.md shows the two machines; IKE2_UPDATE=1 writes it anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/model.h"

enum { N_TESTS = 700, TEXT_MAX = 32768 };

/* A row of a specification. What has none is answered by silence and changes nothing. */
struct row {
    size_t from, symbol;
    const char *out;
    size_t to;
    const char *rule; /* section of RFC 7296 */
};

struct specification {
    const char *role;
    const char *const *states, *const *symbols, *const *seen; /* what is seen in each state */
    size_t n_states, n_symbols;
    const struct row *rows;
    size_t n_rows;
    const struct subject *subject;
};

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* --- A responder ---------------------------------------------------------------------- */

enum {
    R_START, R_INIT, R_OVER, R_OTHER, R_UP0, R_UP1, R_UP2, R_NEW0, R_NEW1, R_NEW2, R_STATES
};

static const char *const r_states[R_STATES] = {
    [R_START] = "no SA", [R_INIT] = "half-open", [R_OVER] = "over",
    [R_OTHER] = "over, another half-open", /* whose keys nobody has */
    [R_UP0] = "up, no child", [R_UP1] = "up, 1 child", [R_UP2] = "up, 2 children",
    /* of which nothing has been asked yet */
    [R_NEW0] = "rekeyed, no child", [R_NEW1] = "rekeyed, 1 child",
    [R_NEW2] = "rekeyed, 2 children",
};

static const char *const r_seen[R_STATES] = { "0", "0", "0", "0", "0", "1", "2", "0", "1", "2" };

/* An SA that is up, whether it has answered something (`R_UP`) or not (`R_NEW`). */
#define R_ROWS(here, n, up, fresh)                                                       \
    { here##n, SAY_INFO, "empty", up##n, "1.4" },                                        \
    { here##n, SAY_DEL_IKE, "empty", R_OVER, "1.4.1" },                                  \
    { here##n, SAY_REKEY_IKE, "SA+KE,empty", fresh##n, "1.3.2" },                        \
    { here##n, SAY_CRITICAL, "N1", up##n, "2.5" },                                       \
    { here##n, SAY_MALFORMED, "N7", R_OVER, "2.21.3" },                                  \
    { here##n, SAY_AUTH, "N7", R_OVER, "2.21.3" },                                       \
    { here##n, SAY_AUTH_BAD, "N7", R_OVER, "2.21.3" }
#define R_ROWS_OF_CHILDREN(here)                                                         \
    { here##0, SAY_CREATE, "SA", R_UP1, "1.3.1" },                                       \
    { here##1, SAY_CREATE, "SA", R_UP2, "1.3.1" },                                       \
    { here##2, SAY_CREATE, "N35", R_UP2, "1.3" },                                        \
    { here##0, SAY_REKEY_CHILD, "N44", R_UP0, "2.25.1" },                                \
    { here##1, SAY_REKEY_CHILD, "SA,D", R_UP1, "1.3.3" },                                \
    { here##2, SAY_REKEY_CHILD, "SA,D", R_UP2, "1.3.3" },                                \
    { here##0, SAY_DEL_CHILD, "empty", R_UP0, "1.4.1" },                                 \
    { here##1, SAY_DEL_CHILD, "D", R_UP0, "1.4.1" },                                     \
    { here##2, SAY_DEL_CHILD, "D", R_UP1, "1.4.1" },                                     \
    R_ROWS(here, 0, R_UP, R_NEW), R_ROWS(here, 1, R_UP, R_NEW), R_ROWS(here, 2, R_UP, R_NEW)

static const struct row r_rows[] = {
    { R_START, SAY_INIT, "SA+KE", R_INIT, "1.2" },
    { R_INIT, SAY_INIT, "same", R_INIT, "2.1" },
    { R_INIT, SAY_AUTH, "AUTH+SA", R_UP1, "1.2" },
    { R_INIT, SAY_AUTH_BAD, "N24", R_OVER, "2.21.2" },
    { R_INIT, SAY_CRITICAL, "N1", R_OVER, "2.5" },
    { R_INIT, SAY_MALFORMED, "N7", R_OVER, "2.21.3" },
    { R_OVER, SAY_INIT, "SA+KE", R_OTHER, "1.2" },
    { R_OTHER, SAY_INIT, "same", R_OTHER, "2.1" },
    { R_OVER, SAY_AGAIN, "same", R_OVER, "2.1" }, /* the answer that ended it may be lost */
    { R_OTHER, SAY_AGAIN, "same", R_OTHER, "2.1" },
    { R_UP0, SAY_AGAIN, "same", R_UP0, "2.1" },
    { R_UP1, SAY_AGAIN, "same", R_UP1, "2.1" },
    { R_UP2, SAY_AGAIN, "same", R_UP2, "2.1" },
    R_ROWS_OF_CHILDREN(R_UP),
    R_ROWS_OF_CHILDREN(R_NEW),
};

static const struct specification responder = {
    .role = "Responder", .states = r_states, .symbols = model_to_responder, .seen = r_seen,
    .n_states = R_STATES, .n_symbols = TO_RESPONDER, .rows = r_rows, .n_rows = COUNT(r_rows),
    .subject = &model_responder,
};

/* --- An initiator --------------------------------------------------------------------- */

enum {
    I_START, I_INIT, I_AUTH, I_UP0, I_UP1, I_NEW0, I_NEW1, I_CLOSING, I_LEAVING, I_OVER, I_STATES
};

static const char *const i_states[I_STATES] = {
    [I_START] = "no SA", [I_INIT] = "IKE_SA_INIT sent", [I_AUTH] = "IKE_AUTH sent",
    [I_UP0] = "up, no child", [I_UP1] = "up, 1 child",
    /* and the responder has asked nothing yet */
    [I_NEW0] = "new, no child", [I_NEW1] = "new, 1 child",
    [I_CLOSING] = "closing", [I_LEAVING] = "new, closing",
    [I_OVER] = "ended by the responder",
};

static const char *const i_seen[I_STATES] = { "00", "10", "10", "10", "11", "10", "11", "10",
                                              "10", "00" };

#define I_ROWS(here, closing)                                                            \
    { here##0, DO_CLOSE, "D", closing, "1.4.1" },                                        \
    { here##1, DO_CLOSE, "D", closing, "1.4.1" },                                        \
    { here##0, HEAR_INFO, "empty", I_UP0, "1.4" },                                       \
    { here##1, HEAR_INFO, "empty", I_UP1, "1.4" },                                       \
    { here##0, HEAR_CREATE, "SA", I_UP1, "1.3.1" },                                      \
    { here##1, HEAR_CREATE, "N35", I_UP1, "1.3" },                                       \
    { here##0, HEAR_DEL_CHILD, "empty", I_UP0, "1.4.1" },                                \
    { here##1, HEAR_DEL_CHILD, "D", I_UP0, "1.4.1" },                                    \
    { here##0, HEAR_DEL_IKE, "empty", I_OVER, "1.4.1" },                                \
    { here##1, HEAR_DEL_IKE, "empty", I_OVER, "1.4.1" },                                \
    { here##0, HEAR_AUTH_REQUEST, "N7", I_OVER, "2.21.3" },                             \
    { here##1, HEAR_AUTH_REQUEST, "N7", I_OVER, "2.21.3" }
#define I_ROWS_OF_CLOSING(here)                                                          \
    { here, HEAR_ANSWER, "-", I_START, "1.4.1, 2.21.2" },                                \
    { here, HEAR_INFO, "empty", I_CLOSING, "1.4" },                                      \
    { here, HEAR_CREATE, "N43", I_CLOSING, "2.25" },                                     \
    { here, HEAR_DEL_CHILD, "empty", I_CLOSING, "1.4.1" },                               \
    { here, HEAR_DEL_IKE, "empty", I_OVER, "1.4.1" }

static const struct row i_rows[] = {
    { I_START, DO_CONNECT, "SA+KE", I_INIT, "1.2" },
    { I_OVER, DO_CONNECT, "SA+KE", I_INIT, "1.2" },
    { I_OVER, HEAR_AGAIN, "same", I_OVER, "2.1" },
    { I_INIT, DO_CLOSE, "-", I_START, "1.2" },
    { I_INIT, HEAR_INIT, "AUTH+SA", I_AUTH, "1.2" },
    { I_AUTH, DO_CLOSE, "-", I_START, "1.2" },
    { I_AUTH, HEAR_AUTH, "-", I_NEW1, "1.2" },
    { I_AUTH, HEAR_AUTH_NO_CHILD, "-", I_NEW0, "1.2" },
    { I_AUTH, HEAR_AUTH_BAD, "N24", I_LEAVING, "2.21.2" },
    { I_AUTH, HEAR_AUTH_REFUSED, "-", I_START, "2.21.2" },
    { I_AUTH, HEAR_AUTH_EMPTY, "-", I_START, "2.21.3" },
    { I_UP0, HEAR_AGAIN, "same", I_UP0, "2.1" },
    { I_UP1, HEAR_AGAIN, "same", I_UP1, "2.1" },
    { I_CLOSING, HEAR_AGAIN, "same", I_CLOSING, "2.1" },
    I_ROWS(I_UP, I_CLOSING),
    I_ROWS(I_NEW, I_LEAVING),
    I_ROWS_OF_CLOSING(I_CLOSING),
    I_ROWS_OF_CLOSING(I_LEAVING),
};

static const struct specification initiator = {
    .role = "Initiator", .states = i_states, .symbols = model_to_initiator, .seen = i_seen,
    .n_states = I_STATES, .n_symbols = TO_INITIATOR, .rows = i_rows, .n_rows = COUNT(i_rows),
    .subject = &model_initiator,
};

/* --- Learned and specified ------------------------------------------------------------ */

static void set_edge(const struct specification *s, struct edge *e, const char *out, size_t to)
{
    e->to = to;
    (void)snprintf(e->out, sizeof e->out, "%s:%s", out, s->seen[to]);
}

static void machine_of(const struct specification *s, struct machine *m)
{
    *m = (struct machine){ .n_states = s->n_states, .n_symbols = s->n_symbols };
    for (size_t i = 0; i < s->n_states; i++) {
        for (size_t a = 0; a < s->n_symbols; a++)
            set_edge(s, &m->edges[i][a], "-", i);
    }
    for (size_t i = 0; i < s->n_rows; i++)
        set_edge(s, &m->edges[s->rows[i].from][s->rows[i].symbol], s->rows[i].out, s->rows[i].to);
}

static const char *last_answer(const struct machine *m, const struct word *w)
{
    size_t at = 0;

    for (size_t i = 0; i + 1 < w->len; i++)
        at = m->edges[at][w->symbols[i]].to;
    return m->edges[at][w->symbols[w->len - 1]].out;
}

static void expect_as_specified(const struct specification *s)
{
    static struct machine learned, specified;
    struct effort effort;
    struct word w;

    machine_of(s, &specified);
    assert_true(learn(s->subject, N_TESTS, &learned, &effort));
    print_message("%s: %zu states, %zu words, %zu messages, %zu rounds\n", s->role,
                  learned.n_states, effort.n_words, effort.n_symbols, effort.n_rounds);
    if (machines_differ(&learned, &specified, &w)) {
        for (size_t i = 0; i < w.len; i++)
            print_error("%s%s", s->symbols[w.symbols[i]], i + 1 == w.len ? "" : ", ");
        print_error(": learned \"%s\", specified \"%s\"\n", last_answer(&learned, &w),
                    last_answer(&specified, &w));
        fail();
    }
    assert_int_equal(learned.n_states, s->n_states);
    assert_in_range(effort.n_words, 1000, 8000);
}

static void a_responder_is_the_machine_of_rfc_7296(void **state)
{
    (void)state;
    expect_as_specified(&responder);
}

static void an_initiator_is_the_machine_of_rfc_7296(void **state)
{
    (void)state;
    expect_as_specified(&initiator);
}

/* --- As a document -------------------------------------------------------------------- */

static const char path[] = "doc/automata.md";

static const char introduction[] =
    "# Two automata\n"
    "\n"
    "What a responder and an initiator do, as `tests/sim/test_attacks_model.c` specifies it from\n"
    "RFC 7296 and learns it from the library; that test also writes this file (`IKE2_UPDATE=1`).\n"
    "Each row is one step. Whatever has no row is answered by silence and changes nothing: so\n"
    "CREATE_CHILD_SA in a half-open SA, a Message ID that is too high, a response that nobody\n"
    "waits for, a message that nothing protects. What the symbols mean stands in\n"
    "`tests/sim/model.h`.\n"
    "\n"
    "Answers: the payloads that matter, `N` and the type of an error notify, `empty` without any,\n"
    "`same` for the same octets as before, `-` for none; behind a comma, the answer to the Delete\n"
    "of what was replaced.\n";

struct text {
    char octets[TEXT_MAX];
    size_t len;
};

static void add(struct text *t, const char *a, const char *b, const char *c)
{
    int n = snprintf(t->octets + t->len, sizeof t->octets - t->len, "%s%s%s", a, b, c);

    assert_true(n >= 0 && (size_t)n < sizeof t->octets - t->len);
    t->len += (size_t)n;
}

static void add_rows(struct text *t, const struct specification *s, size_t from)
{
    for (size_t i = 0; i < s->n_rows; i++) {
        const struct row *r = &s->rows[i];

        if (r->from != from)
            continue;
        add(t, "| ", s->states[r->from], " | ");
        add(t, s->symbols[r->symbol], " | ", r->out);
        add(t, " | ", s->states[r->to], " | ");
        add(t, r->rule, " |\n", "");
    }
}

static void write_document(struct text *t)
{
    static const struct specification *const all[] = { &responder, &initiator };

    add(t, introduction, "", "");
    for (size_t i = 0; i < COUNT(all); i++) {
        add(t, "\n## ", all[i]->role, "\n\n| In | Message | Answer | Then | RFC 7296 |\n");
        add(t, "|---|---|---|---|---|\n", "", "");
        for (size_t from = 0; from < all[i]->n_states; from++)
            add_rows(t, all[i], from);
    }
}

static void the_document_shows_these_machines(void **state)
{
    static struct text wanted, found;
    FILE *f;

    (void)state;
    write_document(&wanted);
    if (getenv("IKE2_UPDATE") != NULL) {
        f = fopen(path, "w");
        assert_non_null(f);
        assert_int_equal(fwrite(wanted.octets, 1, wanted.len, f), wanted.len);
        assert_int_equal(fclose(f), 0);
    }
    f = fopen(path, "r");
    if (f == NULL)
        fail_msg("no %s; IKE2_UPDATE=1 writes it", path);
    found.len = fread(found.octets, 1, sizeof found.octets, f);
    (void)fclose(f);
    if (found.len != wanted.len || memcmp(found.octets, wanted.octets, found.len) != 0)
        fail_msg("%s is not up to date; IKE2_UPDATE=1 writes it anew", path);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_responder_is_the_machine_of_rfc_7296),
        cmocka_unit_test(an_initiator_is_the_machine_of_rfc_7296),
        cmocka_unit_test(the_document_shows_these_machines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
