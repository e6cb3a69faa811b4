/* bench.c - ikev2-bench: measures libike2 with its mbedTLS provider. doc/benchmarks.md says how,
 * and what the numbers mean. */
#include <stdio.h>
#include <stdlib.h>

#include "common/outcome.h"
#include "document.h"
#include "results.h"
#include "table.h"

/* All measurements of one suite; floods are for the first one. */
static bool measure(const struct suite *suite, const struct recording *rec, struct results *r,
                    struct problem *why)
{
    const struct options *o = r->options;
    struct suite_results *s = &r->suites[r->n_suites];
    bool good = true;

    s->row = suite->row;
    if (o->measures[MEASURE_MEMORY])
        good = memory_measure(suite, o->sas, &s->memory, why);
    if (good && o->measures[MEASURE_HANDSHAKE])
        good = handshake_measure(suite, rec, &o->pace, &s->handshake, why);
    if (good && o->measures[MEASURE_MESSAGE])
        good = message_measure(rec, &o->pace, s->messages, why);
    if (good && o->measures[MEASURE_FLOOD] && r->n_suites == 0)
        good = flood_measure(suite, rec, &o->pace, &r->flood, why);
    r->n_suites++;
    return good;
}

static bool run_suite(const struct suite_row *row, const struct provider *provider,
                      struct results *r, struct problem *why)
{
    struct suite *suite = calloc(1, sizeof *suite);
    struct recording *rec = NULL;
    bool good = suite != NULL;

    if (!good)
        problem_set(why, "no memory");
    good = good && suite_open(suite, row, provider, why);
    if (good)
        rec = recording_make(suite, why);
    good = rec != NULL && measure(suite, rec, r, why);
    recording_free(rec);
    if (suite != NULL)
        suite_close(suite);
    free(suite);
    if (!good)
        problem_prefix(why, "suite %s", row->name);
    return good;
}

static bool run(struct results *r, struct problem *why)
{
    struct provider provider;
    bool good = provider_open(&provider, why);

    machine_look(&r->machine);
    r->clock_cost = clock_cost();
    for (size_t i = 0; i < SUITES && good; i++) {
        if (r->options->suites[i])
            good = run_suite(&suite_rows[i], &provider, r, why);
    }
    provider_close(&provider);
    return good;
}

static bool show(const struct results *r, struct problem *why)
{
    const struct options *o = r->options;

    if (!o->json || o->json_file != NULL)
        table_print(r);
    return !o->json || document_write(r, o->json_file, why);
}

int main(int argc, char **argv)
{
    static struct results results;
    static struct options options;
    struct problem why = { "" };
    int code = options_read(&options, argc, argv, &why);

    results.options = &options;
    if (code < 0)
        code = run(&results, &why) && show(&results, &why) ? EXIT_OK : EXIT_OTHER;
    if (code != EXIT_OK)
        (void)fprintf(stderr, "ikev2-bench: %s\n", why.text);
    return code;
}
