/* sim/trial.c - a test while it runs. */
#include "sim/trial.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/ladder.h"
#include "sim/world.h"

enum { NAME = 256, LADDERS_MAX = 3 };

static struct {
    const struct CMUnitTest *test; /* that runs now */
    bool is_done;                  /* it has come to its end */
    struct world *worlds;          /* that are there, the newest first */
} trial;

/* --- Worlds --------------------------------------------------------------------------- */

void trial_enter(struct world *w)
{
    w->older = trial.worlds;
    trial.worlds = w;
}

void trial_leave(struct world *w)
{
    struct world **at = &trial.worlds;

    while (*at != NULL && *at != w)
        at = &(*at)->older;
    if (*at == w)
        *at = w->older;
}

/* The program as it was called. */
static void program(char name[NAME])
{
    FILE *f = fopen("/proc/self/cmdline", "r");
    size_t n = f == NULL ? 0 : fread(name, 1, NAME - 1, f);

    name[n] = '\0';
    if (f != NULL)
        (void)fclose(f);
}

void trial_tell(const struct world *w)
{
    char name[NAME];

    if (w->net.ladder == NULL || w->net.ladder->n == 0)
        return;
    program(name);
    ladder_print(w->net.ladder, w);
    (void)fprintf(stderr, "again: IKE2_SIM_SEED=%" PRIu64 " ", w->seed);
    if (w->note != NULL)
        (void)fprintf(stderr, "IKE2_SIM_NUMBER=%" PRIu64 " ", w->number);
    if (trial.test != NULL)
        (void)fprintf(stderr, "IKE2_SIM_TEST=%s ", trial.test->name);
    (void)fprintf(stderr, "%s\n", name);
}

static void tell_all(void)
{
    const struct world *w = trial.worlds;

    for (size_t i = 0; w != NULL && i < LADDERS_MAX; i++) {
        trial_tell(w);
        w = w->older;
    }
}

/* --- Tests ---------------------------------------------------------------------------- */

static int begin(void **state)
{
    trial.test = *state;
    trial.is_done = false;
    trial.worlds = NULL; /* those of a test that failed stay behind */
    *state = trial.test->initial_state;
    return trial.test->setup_func == NULL ? 0 : trial.test->setup_func(state);
}

static void play(void **state)
{
    trial.test->test_func(state);
    trial.is_done = true;
}

static int end(void **state)
{
    if (!trial.is_done)
        tell_all();
    return trial.test->teardown_func == NULL ? 0 : trial.test->teardown_func(state);
}

int trial_run(const char *name, const struct CMUnitTest *tests, size_t n)
{
    struct CMUnitTest *played = calloc(n, sizeof *played);
    int n_failed;

    if (played == NULL)
        abort();
    for (size_t i = 0; i < n; i++)
        played[i] = (struct CMUnitTest){ .name = tests[i].name, .test_func = play,
                                         .setup_func = begin, .teardown_func = end,
                                         .initial_state = (void *)(uintptr_t)&tests[i] };
    if (getenv("IKE2_SIM_TEST") != NULL)
        cmocka_set_test_filter(getenv("IKE2_SIM_TEST"));
    n_failed = _cmocka_run_group_tests(name, played, n, NULL, NULL);
    free(played);
    return n_failed;
}

uint64_t trial_first_seed(uint64_t first)
{
    const char *only = getenv("IKE2_SIM_SEED");

    return only == NULL ? first : strtoull(only, NULL, 10);
}

uint64_t trial_last_seed(uint64_t last)
{
    return trial_first_seed(last);
}
