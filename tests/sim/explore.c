/* sim/explore.c - all that can happen in a story, depth first. */
#include "sim/explore.h"

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/agreement.h"
#include "sim/arena.h"
#include "sim/known.h"
#include "sim/ladder.h"
#include "sim/likeness.h"
#include "sim/trial.h"

/* Of the states, one in so many is a sample: its way is kept, and compared with others. */
enum { SAMPLE_EVERY = 61, SAMPLES_MAX = 4096, COMPARISONS_MAX = 300 };

/* One state on the way: what can be done, and what has been done. */
struct frame {
    struct snapshot snapshot; /* taken if there is more than one move */
    uint64_t likeness;
    unsigned rank;            /* of the bounds that are left */
    size_t n_moves, next;
};

struct sample {
    uint64_t likeness;
    unsigned rank;
    size_t n_choices;
    uint8_t *choices;
};

static struct {
    struct exploration *out;
    struct scene *scene;
    struct known known;
    struct frame frames[WAY_MAX];
    struct way way;           /* the move that was made last in each frame */
    size_t depth;             /* frames in use */
    struct snapshot first;
    struct sample samples[SAMPLES_MAX];
    size_t n_samples;
    jmp_buf on_violation;
    const char *rule, *side;
} x;

/* --- Violations ------------------------------------------------------------------------- */

static void on_fail(const struct world *w, const struct side *s, const char *rule)
{
    (void)w;
    x.rule = rule;
    x.side = s == NULL ? "" : s->name;
    longjmp(x.on_violation, 1);
}

/* An assertion of the library, or a sanitizer: the way is told before the program dies. */
static void on_abort(int number)
{
    static char text[STORY_TEXT];
    struct way way = x.way;

    (void)number;
    way.n = x.depth;
    story_write(&x.out->story, &way, text);
    (void)fprintf(stderr, "aborted: IKE2_SIM_EXPLORE=\"%s\"\n", text);
}

static struct finding *finding_of(const char *rule, const char *side)
{
    struct exploration *out = x.out;
    struct finding *f;

    for (size_t i = 0; i < out->n_findings; i++) {
        f = &out->findings[i];
        if (strcmp(f->rule, rule) == 0 && strcmp(f->side, side) == 0)
            return f;
    }
    if (out->n_findings == EXPLORE_FINDINGS)
        return &out->findings[EXPLORE_FINDINGS - 1];
    f = &out->findings[out->n_findings++];
    *f = (struct finding){ .rule = rule, .side = side };
    return f;
}

/* A move out of the ordinary makes a way longer than some ordinary ones do. */
static size_t length_of(const struct way *way)
{
    size_t sum = way->n;

    for (size_t i = 0; i < way->n; i++)
        sum += way->choices[i] != 0 ? 4 : 0;
    return sum;
}

static void violated(const char *rule, const char *side)
{
    struct finding *f = finding_of(rule, side);
    struct way way = x.way;

    x.out->violations++;
    way.n = x.depth;
    while (way.n > 0 && way.choices[way.n - 1] == 0)
        way.n--;
    if (f->n++ == 0 || length_of(&way) < length_of(&f->way))
        f->way = way;
}

/* --- One state ---------------------------------------------------------------------------- */

static bool make(size_t choice)
{
    struct move moves[MOVES_MAX];
    size_t n;
    bool ok = setjmp(x.on_violation) == 0;

    if (!ok) {
        arena_leave();
        violated(x.rule, x.side);
        return false;
    }
    arena_enter();
    n = scene_moves(x.scene, moves);
    if (choice < n)
        scene_make(x.scene, &moves[choice]);
    arena_leave();
    return true;
}

static void check_end(void)
{
    x.out->ends++;
    if (setjmp(x.on_violation) == 0)
        agreement_at_end(x.scene);
    else
        violated(x.rule, x.side);
}

static unsigned rank_of(const struct scene *s)
{
    const struct bounds *all = &s->story.bounds, *left = &s->left;

    return (left->losses * (all->copies + 1) + left->copies) * (all->early + 1) + left->early;
}

/* The ranks of bounds that leave no more than these: what can happen with them can happen here. */
static uint32_t ranks_within(const struct scene *s)
{
    struct scene less = { .story = s->story };
    uint32_t set = 0;

    for (less.left.losses = 0; less.left.losses <= s->left.losses; less.left.losses++)
        for (less.left.copies = 0; less.left.copies <= s->left.copies; less.left.copies++)
            for (less.left.early = 0; less.left.early <= s->left.early; less.left.early++)
                set |= UINT32_C(1) << rank_of(&less);
    return set;
}

/* --- Samples ------------------------------------------------------------------------------ */

static void sample_keep(const struct frame *f)
{
    struct sample *s = &x.samples[x.n_samples];

    if (f->likeness % SAMPLE_EVERY != 0 || x.n_samples == SAMPLES_MAX)
        return;
    *s = (struct sample){ .likeness = f->likeness, .rank = f->rank, .n_choices = x.depth };
    s->choices = malloc(x.depth + 1);
    if (s->choices == NULL)
        abort();
    memcpy(s->choices, x.way.choices, x.depth);
    x.n_samples++;
}

static int by_value(const void *a, const void *b)
{
    const uint64_t *left = a, *right = b;

    return *left < *right ? -1 : *left > *right ? 1 : 0;
}

/* What the state that is there can become, next; the state is put back. */
static size_t successors(uint64_t list[MOVES_MAX])
{
    struct snapshot here = { 0 };
    struct move moves[MOVES_MAX];
    size_t n = scene_moves(x.scene, moves);

    arena_save(&here);
    for (size_t i = 0; i < n; i++) {
        list[i] = 0;
        if (setjmp(x.on_violation) == 0) {
            arena_enter();
            (void)scene_moves(x.scene, moves);
            scene_make(x.scene, &moves[i]);
            list[i] = likeness_of(x.scene) + rank_of(x.scene);
        }
        arena_leave();
        arena_restore(&here);
    }
    snapshot_clear(&here);
    qsort(list, n, sizeof *list, by_value);
    return n;
}

static const struct sample *sample_of(uint64_t likeness, unsigned rank)
{
    for (size_t i = 0; i < x.n_samples; i++) {
        if (x.samples[i].likeness == likeness && x.samples[i].rank == rank)
            return &x.samples[i];
    }
    return NULL;
}

/* Two ways have led to states that are said to be alike: the same has to happen next. */
static void compare(uint64_t likeness, unsigned rank)
{
    const struct sample *s = sample_of(likeness, rank);
    uint64_t here[MOVES_MAX], there[MOVES_MAX];
    struct snapshot back = { 0 };
    size_t n;

    if (s == NULL || x.out->samples >= COMPARISONS_MAX)
        return;
    n = successors(here);
    arena_save(&back);
    arena_restore(&x.first);
    for (size_t i = 0; i < s->n_choices; i++)
        (void)make(s->choices[i]);
    if (successors(there) != n || memcmp(here, there, n * sizeof *here) != 0)
        violated("states that are alike have the same future", "");
    arena_restore(&back);
    snapshot_clear(&back);
    x.out->samples++;
}

/* --- The way ------------------------------------------------------------------------------ */

static void push(uint64_t likeness)
{
    struct frame *f = &x.frames[x.depth];
    struct move moves[MOVES_MAX];

    f->likeness = likeness;
    f->rank = rank_of(x.scene);
    f->n_moves = scene_moves(x.scene, moves);
    f->next = 0;
    if (f->n_moves > 1)
        arena_save(&f->snapshot);
    known_enter(&x.known, likeness, f->rank);
    sample_keep(f);
    if (f->n_moves == 0)
        check_end();
    x.depth++;
    x.out->states++;
    x.out->deepest = x.depth > x.out->deepest ? x.depth : x.out->deepest;
}

/* The state that is there now: a new one, or one that is known. */
static void arrive(void)
{
    uint64_t likeness = likeness_of(x.scene);
    unsigned rank = rank_of(x.scene);

    if (known_is_on_the_way(&x.known, likeness, rank)) {
        violated("it comes to an end", "");
    } else if (known_add(&x.known, likeness, rank, ranks_within(x.scene))) {
        if (x.depth == WAY_MAX)
            violated("it comes to an end soon", "");
        else
            push(likeness);
    } else {
        x.out->alike++;
        compare(likeness, rank);
    }
}

static void go_on(void)
{
    struct frame *f = &x.frames[x.depth - 1];

    if (f->next == f->n_moves) {
        known_leave(&x.known, f->likeness, f->rank);
        x.depth--;
        return;
    }
    if (f->next > 0)
        arena_restore(&f->snapshot);
    x.way.choices[x.depth - 1] = (uint8_t)f->next++;
    x.out->moves++;
    if (make(x.way.choices[x.depth - 1]))
        arrive();
}

static void clear(void)
{
    for (size_t i = 0; i < WAY_MAX; i++)
        snapshot_clear(&x.frames[i].snapshot);
    for (size_t i = 0; i < x.n_samples; i++)
        free(x.samples[i].choices);
    x.n_samples = 0;
    snapshot_clear(&x.first);
    known_clear(&x.known);
}

/* The world is freed as it was at first: in the end nothing is left. */
void explore(const struct story *story, struct exploration *out)
{
    void (*before)(int) = signal(SIGABRT, on_abort);

    *out = (struct exploration){ .story = *story };
    x.out = out;
    x.depth = 0;
    arena_open();
    arena_enter();
    x.scene = scene_new(story, false);
    x.scene->w->on_fail = on_fail;
    arena_leave();
    arena_settle();
    arena_save(&x.first);
    arrive();
    while (x.depth > 0)
        go_on();
    out->copy_octets = arena_octets();
    arena_restore(&x.first);
    x.scene->w->on_fail = NULL;
    scene_free(x.scene);
    arena_close();
    clear();
    (void)signal(SIGABRT, before);
}

/* --- One way again ------------------------------------------------------------------------ */

static void replay_moves(struct scene *s, const struct way *way)
{
    struct move moves[MOVES_MAX];
    size_t n = scene_moves(s, moves);

    for (size_t i = 0; n != 0 && i < WAY_MAX; i++) {
        size_t choice = i < way->n ? way->choices[i] : 0;

        scene_make(s, &moves[choice < n ? choice : 0]);
        n = scene_moves(s, moves);
    }
    if (n != 0)
        world_fail(s->w, NULL, "it comes to an end");
    agreement_at_end(s);
}

const char *explore_replay(const struct story *story, const struct way *way, bool tells)
{
    struct scene *s = scene_new(story, tells);
    const char *rule;

    x.rule = NULL;
    x.side = "";
    s->w->on_fail = on_fail;
    if (setjmp(x.on_violation) == 0)
        replay_moves(s, way);
    ladder_print(s->w->net.ladder, s->w);
    if (tells && x.rule != NULL)
        (void)fprintf(stderr, "%s%s%s\n", x.side, *x.side == '\0' ? "" : ": ", x.rule);
    rule = x.rule;
    trial_leave(s->w);
    if (setjmp(x.on_violation) == 0)
        scene_free(s); /* what was violated may be left */
    return rule;
}
