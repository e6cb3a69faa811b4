/* sim/trial.h - a test while it runs. When it fails, each of its worlds tells what has happened,
 * and how to see it again. Included by sim/scenario.h: a program's tests are run from here. */
#ifndef SIM_TRIAL_H
#define SIM_TRIAL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct world;

/* IKE2_SIM_TEST=name runs that one only. */
int trial_run(const char *name, const struct CMUnitTest *tests, size_t n);
#undef cmocka_run_group_tests
#define cmocka_run_group_tests(tests, setup, teardown)                                     \
    trial_run(#tests, tests, sizeof(tests) / sizeof((tests)[0]))

/* The seeds of a sweep from 1 to `last`: IKE2_SIM_SEED=n runs that one only. */
uint64_t trial_first_seed(uint64_t first);
uint64_t trial_last_seed(uint64_t last);

/* A world begins, and ends. */
void trial_enter(struct world *w);
void trial_leave(struct world *w);
/* Prints the ladder, and the command that replays it. */
void trial_tell(const struct world *w);

#endif
