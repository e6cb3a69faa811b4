#include "table.h"

#include <stdio.h>

enum { CELL = 40, CALLS_SHOWN = 6 };

/* "812 (805-830)", in the unit of `divisor` nanoseconds. */
static const char *cell(const struct spread *s, double divisor, int digits, char text[CELL])
{
    (void)snprintf(text, CELL, "%.*f (%.*f-%.*f)", digits, s->median / divisor, digits,
                   s->min / divisor, digits, s->max / divisor);
    return text;
}

static void print_head(const struct results *r)
{
    const struct machine *m = &r->machine;
    const struct pace *p = &r->options->pace;

    (void)printf("%s, %s\nmbedTLS %s, %s, build type %s\n", m->processor, m->system, m->mbedtls,
                 m->compiler, m->build);
    (void)printf("%s, one look at it takes %.0f ns; %u rounds", clock_name(), r->clock_cost,
                 (unsigned)p->rounds);
    if (p->count != 0)
        (void)printf(" of %u each", (unsigned)p->count);
    else
        (void)printf(" of %g s each", p->seconds);
    (void)printf("; median (least-most)\n");
}

/* --- Handshakes ---------------------------------------------------------------------- */

static void print_side(const struct suite_results *s, size_t i)
{
    const struct handshake_side *h = &s->handshake.sides[i];
    char handshake[CELL], primitives[CELL], ratio[CELL];

    (void)printf("%-7s%-11s%-24s%-24s%-20s%10.0f%9.0f\n", i == 0 ? s->row->name : "",
                 suite_side_names[i], cell(&h->handshake_ns, 1e3, 1, handshake),
                 cell(&h->primitives_ns, 1e3, 1, primitives), cell(&h->ratio, 1, 3, ratio),
                 h->handshake_ns.median > 0 ? 1e9 / h->handshake_ns.median : 0, h->octets);
}

static void print_rate(const struct suite_results *s)
{
    char rate[CELL];

    (void)printf("%-7s%-11s%s handshakes/s of both sides on one processor\n", "", "both",
                 cell(&s->handshake.per_second, 1, 0, rate));
}

/* The dearest calls; the rest in one line. */
static void print_calls(const struct handshake_side *h)
{
    bool shown[TAPE_CALLS] = { false };
    double rest = 0;
    size_t n = 0;

    for (size_t k = 0; k < CALLS_SHOWN && k < h->n_costs; k++) {
        size_t best = h->n_costs;

        for (size_t i = 0; i < h->n_costs; i++) {
            if (!shown[i] && (best == h->n_costs || h->costs[i].ns > h->costs[best].ns))
                best = i;
        }
        shown[best] = true;
        (void)printf("    %9.1f  %zu x %s (%s)\n", h->costs[best].ns / 1e3, h->costs[best].n,
                     h->costs[best].name, h->costs[best].detail);
    }
    for (size_t i = 0; i < h->n_costs; i++) {
        rest += shown[i] ? 0 : h->costs[i].ns;
        n += shown[i] ? 0 : h->costs[i].n;
    }
    (void)printf("    %9.1f  %zu other calls\n", rest / 1e3, n);
}

static void print_handshakes(const struct results *r)
{
    (void)printf("\nHANDSHAKE: IKE_SA_INIT and IKE_AUTH with one Child SA, processor time in us\n"
                 "%-7s%-11s%-24s%-24s%-20s%10s%9s\n", "suite", "side", "handshake", "primitives",
                 "ratio", "alone, /s", "octets");
    for (size_t k = 0; k < r->n_suites; k++) {
        for (size_t i = 0; i < SUITE_SIDES; i++)
            print_side(&r->suites[k], i);
        print_rate(&r->suites[k]);
    }
    (void)printf("\nPRIMITIVES of one handshake, one by one, in us\n");
    for (size_t k = 0; k < r->n_suites; k++) {
        for (size_t i = 0; i < SUITE_SIDES; i++) {
            (void)printf("  %s, %s\n", r->suites[k].row->name, suite_side_names[i]);
            print_calls(&r->suites[k].handshake.sides[i]);
        }
    }
}

/* --- Memory -------------------------------------------------------------------------- */

static void print_memory_side(const struct suite_results *s, size_t i)
{
    const struct memory_side *m = &s->memory.sides[i];

    (void)printf("%-7s%-11s%10.0f%10.0f%10.0f  ", i == 0 ? s->row->name : "",
                 suite_side_names[i], m->octets, m->peak, m->tables);
    for (size_t k = 0; k < m->n_blocks; k++) {
        const struct account_size *b = &m->blocks[k];

        (void)printf(b->n > 1 ? "%s%zu (%zu x)" : "%s%zu", k > 0 ? " + " : "", b->octets, b->n);
    }
    (void)printf("\n");
}

static void print_memory(const struct results *r)
{
    (void)printf("\nMEMORY: octets of the allocator hook for an IKE SA with one Child SA, of %u\n"
                 "%-7s%-11s%10s%10s%10s  %s\n", (unsigned)r->options->sas, "suite", "side", "idle",
                 "peak", "tables", "blocks of an idle SA");
    for (size_t k = 0; k < r->n_suites; k++) {
        const struct suite_results *s = &r->suites[k];

        for (size_t i = 0; i < SUITE_SIDES; i++)
            print_memory_side(s, i);
        if (s->memory.heap >= 0)
            (void)printf("%-7s%-11s%10.0f  of malloc, with the provider's keys\n", "", "both",
                         s->memory.heap);
    }
}

/* --- Messages, floods ---------------------------------------------------------------- */

static void print_messages(const struct results *r)
{
    char decode[CELL], encode[CELL];

    (void)printf("\nMESSAGE: the codec alone, in ns\n%-7s%-26s%8s%10s  %-24s%s\n", "suite",
                 "message", "octets", "payloads", "read", "written");
    for (size_t k = 0; k < r->n_suites; k++) {
        for (size_t i = 0; i < MESSAGES; i++) {
            const struct message_result *m = &r->suites[k].messages[i];

            (void)printf("%-7s%-26s%8zu%10zu  %-24s%s\n", i == 0 ? r->suites[k].row->name : "",
                         message_names[i], m->octets, m->payloads,
                         cell(&m->decode_ns, 1, 0, decode), cell(&m->encode_ns, 1, 0, encode));
        }
    }
}

static void print_flood(const struct results *r)
{
    char cookie[CELL], half_open[CELL];
    const struct flood_result *f = &r->flood;

    (void)printf("\nFLOOD: IKE_SA_INIT requests of %zu octets (suite %s), processor time in us\n"
                 "%-30s%-24s%s\n%-30s%-24s%.0f\n%-30s%-24s%.0f\n", f->request_octets,
                 r->suites[0].row->name, "answer", "each", "octets held", "a cookie",
                 cell(&f->cookie.ns, 1e3, 2, cookie), f->cookie.octets,
                 "a response, half-open SA", cell(&f->half_open.ns, 1e3, 2, half_open),
                 f->half_open.octets);
}

void table_print(const struct results *r)
{
    const bool *measures = r->options->measures;

    print_head(r);
    if (measures[MEASURE_HANDSHAKE])
        print_handshakes(r);
    if (measures[MEASURE_MEMORY])
        print_memory(r);
    if (measures[MEASURE_MESSAGE])
        print_messages(r);
    if (measures[MEASURE_FLOOD])
        print_flood(r);
}
