#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/outcome.h"
#include "common/value.h"
#include "spread.h"

enum { SAS_MAX = 100000, COUNT_MAX = 10000000, SECONDS_MAX = 3600 };

const char *const measure_words[MEASURES] = { "handshake", "memory", "message", "flood" };

static const char help[] =
    "usage: ikev2-bench [OPTION]...\n"
    "\n"
    "Measures libike2 with its mbedTLS provider: two endpoints in one process, no sockets.\n"
    "\n"
    "  --suite NAME     psk, ecdsa or rsa; again for another one (all three)\n"
    "  --measure WHAT   handshake, memory, message or flood; again for another one (all)\n"
    "  --rounds N       rounds of each measurement, 1 to 99 (7)\n"
    "  --seconds S      processor time of a round (0.5)\n"
    "  --count N        instead: what a round does is done N times\n"
    "  --sas N          idle IKE SAs for `memory` (1000)\n"
    "  --json[=FILE]    JSON on standard output instead of the table, or in FILE besides it\n"
    "  --help           this text\n";

static const struct option words[] = {
    { "suite", required_argument, NULL, 's' },   { "measure", required_argument, NULL, 'm' },
    { "rounds", required_argument, NULL, 'r' },  { "seconds", required_argument, NULL, 't' },
    { "count", required_argument, NULL, 'n' },   { "sas", required_argument, NULL, 'k' },
    { "json", optional_argument, NULL, 'j' },    { "help", no_argument, NULL, 'h' },
    { NULL, 0, NULL, 0 },
};

/* Each returns NULL, or what is wrong, as the end of a sentence that begins with "it". */

static const char *read_seconds(const char *text, double *out)
{
    char *end = NULL;
    double value = strtod(text, &end);

    if (end == text || *end != '\0' || !(value > 0) || value > (double)SECONDS_MAX)
        return "is no number of seconds: write one above 0 and up to 3600, like 0.5";
    *out = value;
    return NULL;
}

static const char *read_suite(const char *text, bool *suites)
{
    const char *names[SUITES];
    const char *wrong;
    size_t i;

    for (i = 0; i < SUITES; i++)
        names[i] = suite_rows[i].name;
    wrong = value_word(text, names, SUITES, &i);
    if (wrong == NULL)
        suites[i] = true;
    return wrong;
}

static const char *read_measure(const char *text, bool *measures)
{
    size_t i;
    const char *wrong = value_word(text, measure_words, MEASURES, &i);

    if (wrong == NULL)
        measures[i] = true;
    return wrong;
}

/* `--json FILE` is meant where the next argument is no option. */
static const char *read_json(struct options *o, int argc, char **argv)
{
    o->json = true;
    o->json_file = optarg;
    if (optarg == NULL && optind < argc && argv[optind][0] != '-')
        o->json_file = argv[optind++];
    return NULL;
}

static const char *apply(struct options *o, int which, int argc, char **argv)
{
    switch (which) {
    case 's': return read_suite(optarg, o->suites);
    case 'm': return read_measure(optarg, o->measures);
    case 'r': return value_number(optarg, 1, ROUNDS_MAX, &o->pace.rounds);
    case 't': return read_seconds(optarg, &o->pace.seconds);
    case 'n': return value_number(optarg, 1, COUNT_MAX, &o->pace.count);
    case 'k': return value_number(optarg, 1, SAS_MAX, &o->sas);
    default: return read_json(o, argc, argv);
    }
}

static bool read_one(struct options *o, int which, int argc, char **argv, struct problem *why)
{
    const char *said = argv[optind - 1], *wrong;
    int index = 0;

    if (which == '?') {
        problem_set(why, "%.60s: no such option; --help lists them", said);
        return false;
    }
    if (which == ':') {
        problem_set(why, "%.60s needs a value", said);
        return false;
    }
    while (words[index].val != which)
        index++;
    wrong = apply(o, which, argc, argv);
    if (wrong != NULL)
        problem_set(why, "--%s %.60s: it %s", words[index].name, optarg, wrong);
    return wrong == NULL;
}

/* Nothing chosen is everything. */
static void fill_up(bool *set, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (set[i])
            return;
    }
    for (size_t i = 0; i < n; i++)
        set[i] = true;
}

int options_read(struct options *o, int argc, char **argv, struct problem *why)
{
    int which;

    *o = (struct options){ .pace = { .rounds = 7, .seconds = 0.5 }, .sas = 1000 };
    opterr = 0;
    while ((which = getopt_long(argc, argv, ":", words, NULL)) != -1) {
        if (which == 'h') {
            (void)fputs(help, stdout);
            return EXIT_OK;
        }
        if (!read_one(o, which, argc, argv, why))
            return EXIT_USAGE;
    }
    if (optind < argc) {
        problem_set(why, "%.60s: no such option; --help lists them", argv[optind]);
        return EXIT_USAGE;
    }
    fill_up(o->suites, SUITES);
    fill_up(o->measures, MEASURES);
    return -1;
}
