/* sim/test_explore.c - every pair of operations, begun by the two sides or by one of them at any
 * two moments, over a network that loses, doubles and delays: everything that can happen. RFC 7296
 * 2.1 to 2.3, 2.8.1, 2.8.2, 2.25.
 *
 *     IKE2_SIM_EXPLORE=all,losses=2,copies=1,early=1   all of them, with other bounds
 *     IKE2_SIM_EXPLORE=a=rekey_child,b=rekey_sa,...    one story
 *     ... ,choices=0.1.2                               one way through it, with its ladder */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/explore.h"
#include "sim/trial.h"

/* What is found in all stories. */
static struct {
    uint64_t states, ends, moves, violations, samples, stories;
} sum;

/* --- Telling ---------------------------------------------------------------------------- */

static void print_findings(const struct exploration *e)
{
    static char text[STORY_TEXT];

    for (size_t i = 0; i < e->n_findings; i++) {
        const struct finding *f = &e->findings[i];

        (void)fprintf(stderr, "\n%s%s%s, %" PRIu64 " times\n", f->side,
                      *f->side == '\0' ? "" : ": ", f->rule, f->n);
        (void)explore_replay(&e->story, &f->way, true);
        story_write(&e->story, &f->way, text);
        (void)fprintf(stderr, "again: IKE2_SIM_EXPLORE=\"%s\" test_sim_explore\n", text);
    }
}

static void print_head(void)
{
    (void)printf("%-44s %9s %7s %10s %5s %11s\n", "story", "states", "ends", "moves", "deep",
                 "violations");
}

static uint64_t tell(const struct story *story)
{
    static struct exploration e;
    char name[64] = "";

    explore(story, &e);
    for (size_t i = 0; i < story->n_starts; i++) {
        size_t len = strlen(name);

        (void)snprintf(name + len, sizeof name - len, "%c: %s ",
                       story->starts[i].side == 0 ? 'a' : 'b',
                       operation_name(story->starts[i].operation));
    }
    (void)printf("%-37s low %s %8" PRIu64 " %7" PRIu64 " %10" PRIu64 " %5zu %11" PRIu64 "\n", name,
                 lowest_name(story->lowest), e.states, e.ends, e.moves, e.deepest, e.violations);
    (void)fflush(stdout);
    sum.states += e.states;
    sum.ends += e.ends;
    sum.moves += e.moves;
    sum.violations += e.violations;
    sum.samples += e.samples;
    sum.stories++;
    print_findings(&e);
    return e.violations;
}

static void print_sum(void)
{
    (void)printf("%" PRIu64 " stories, %" PRIu64 " states, %" PRIu64 " ends, %" PRIu64
                 " moves, %" PRIu64 " states compared, ",
                 sum.stories, sum.states, sum.ends, sum.moves, sum.samples);
    if (sum.violations == 0)
        (void)printf("zero violations\n");
    else
        (void)printf("%" PRIu64 " violations\n", sum.violations);
}

/* --- All stories ------------------------------------------------------------------------ */

/* Only where both rekey the same do nonces matter. */
static bool nonces_matter(enum operation a, enum operation b)
{
    return a == b && (a == OP_REKEY_CHILD || a == OP_REKEY_SA);
}

/* RFC 7296 2.4: who ends an IKE SA while IKE_AUTH of another one is under way, which is to take
 * its place, says nothing of that; the peer finds out by a liveness check, which there is none
 * of here. */
static bool ends_in_silence(enum operation a, enum operation b)
{
    return a == OP_DELETE_SA && b == OP_REAUTH;
}

static struct story story_of(size_t side, enum operation first, size_t other,
                             enum operation second, const struct story *like)
{
    struct story s = *like;

    if (first != OP_NOTHING)
        s.starts[s.n_starts++] = (struct start){ .side = side, .operation = first };
    if (second != OP_NOTHING)
        s.starts[s.n_starts++] = (struct start){ .side = other, .operation = second };
    return s;
}

static void tell_of_two(const struct story *like)
{
    for (enum operation a = 0; a < OPERATIONS; a++) {
        for (enum operation b = 0; b < OPERATIONS; b++) {
            struct story s = story_of(0, a, 1, b, like);

            do
                (void)tell(&s);
            while (nonces_matter(a, b) && ++s.lowest < LOWESTS);
        }
    }
}

static void tell_of_one(size_t side, const struct story *like)
{
    for (enum operation a = 1; a < OPERATIONS; a++) {
        for (enum operation b = a; b < OPERATIONS; b++) {
            const struct story s = story_of(side, a, side, b, like);

            if (!ends_in_silence(a, b))
                (void)tell(&s);
        }
    }
}

/* All pairs; manners and bounds as those of `like`. */
static int tell_of_all(const struct story *like)
{
    memset(&sum, 0, sizeof sum);
    print_head();
    tell_of_two(like);
    tell_of_one(0, like);
    tell_of_one(1, like);
    print_sum();
    return sum.violations == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* --- By the environment ----------------------------------------------------------------- */

static int tell_as_asked(const char *text)
{
    static const char all[] = "all";
    bool is_all = strncmp(text, all, sizeof all - 1) == 0;
    struct story s = { .bounds = { .losses = 1 } };
    struct way way = { 0 };

    if (is_all)
        text += sizeof all - 1 + (text[sizeof all - 1] == ',' ? 1 : 0);
    if (!story_read(text, &s, &way)) {
        (void)fprintf(stderr, "IKE2_SIM_EXPLORE: what is \"%s\"? See tests/sim/test_explore.c.\n",
                      text);
        return EXIT_FAILURE;
    }
    if (is_all)
        return tell_of_all(&s);
    if (strstr(text, "choices=") != NULL)
        return explore_replay(&s, &way, true) == NULL ? EXIT_SUCCESS : EXIT_FAILURE;
    print_head();
    return tell(&s) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* --- Tests ------------------------------------------------------------------------------ */

static void every_two_operations_end_well(void **state)
{
    const struct story like = { .bounds = { .losses = 1, .copies = 1 } };

    (void)state;
    assert_int_equal(tell_of_all(&like), EXIT_SUCCESS);
}

static void every_two_operations_end_well_with_delays(void **state)
{
    const struct story like = { .manners = { .traffic = 1 }, .bounds = { .early = 1 } };

    (void)state;
    assert_int_equal(tell_of_all(&like), EXIT_SUCCESS);
}

static void every_two_operations_end_well_with_slow_data_planes(void **state)
{
    const struct story like = { .manners = { .slow = 1 } };

    (void)state;
    assert_int_equal(tell_of_all(&like), EXIT_SUCCESS);
}

/* A request that is lost as often as it is sent: nobody can repair that, and it has to be seen. */
static void what_cannot_be_repaired_is_found(void **state)
{
    static struct exploration e;
    struct story story = { .bounds = { .losses = SCENE_TRIES } }, again = { .n_starts = 0 };
    static char text[STORY_TEXT];
    static struct way way;

    (void)state;
    story.starts[story.n_starts++] = (struct start){ .operation = OP_PROBE };
    explore(&story, &e);
    assert_true(e.violations != 0);
    assert_true(e.n_findings != 0);
    story_write(&story, &e.findings[0].way, text);
    assert_true(story_read(text, &again, &way));
    assert_memory_equal(&again, &story, sizeof story);
    assert_string_equal(explore_replay(&again, &way, false), e.findings[0].rule);
    story.bounds.losses--;
    explore(&story, &e);
    assert_int_equal(e.violations, 0);
}

static void what_is_no_story_is_refused(void **state)
{
    static const char *const texts[] = {
        "a", "a=", "a=nothing,c=probe", "a=walk", "low=c.ni", "losses=", "losses=x", "losses=99",
        "choices=0..1", "choices=300", "choices=x",
        "a=probe,a=probe,a=probe,a=probe,a=probe",
    };
    struct story story;
    static struct way way;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        story = (struct story){ .n_starts = 0 };
        assert_false(story_read(texts[i], &story, &way));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_story_is_refused),
        cmocka_unit_test(what_cannot_be_repaired_is_found),
        cmocka_unit_test(every_two_operations_end_well),
        cmocka_unit_test(every_two_operations_end_well_with_delays),
        cmocka_unit_test(every_two_operations_end_well_with_slow_data_planes),
    };
    const char *asked = getenv("IKE2_SIM_EXPLORE");

    if (asked != NULL)
        return tell_as_asked(asked);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
