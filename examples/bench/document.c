#include "document.h"

#include <errno.h>
#include <string.h>

#include <jansson.h>

#define COUNT(n) ((json_int_t)(n))

static json_t *spread(const struct spread *s)
{
    return json_pack("{s:f, s:f, s:f}", "median", s->median, "min", s->min, "max", s->max);
}

/* --- Head ---------------------------------------------------------------------------- */

static json_t *head(const struct results *r)
{
    const struct options *o = r->options;
    json_t *out = json_pack("{s:s, s:i}", "schema", "ikev2-bench", "version", DOCUMENT_VERSION);

    (void)json_object_set_new(
        out, "machine",
        json_pack("{s:s, s:s, s:s, s:s, s:s}", "processor", r->machine.processor, "system",
                  r->machine.system, "mbedtls", r->machine.mbedtls, "compiler",
                  r->machine.compiler, "build", r->machine.build));
    (void)json_object_set_new(out, "clock", json_pack("{s:s, s:f}", "name", clock_name(), "cost_ns",
                                                      r->clock_cost));
    (void)json_object_set_new(out, "options",
                              json_pack("{s:I, s:I, s:f, s:I}", "rounds", COUNT(o->pace.rounds),
                                        "count", COUNT(o->pace.count), "seconds",
                                        o->pace.seconds, "sas", COUNT(o->sas)));
    return out;
}

/* --- Handshakes ---------------------------------------------------------------------- */

static json_t *calls(const struct handshake_side *h)
{
    json_t *out = json_array();

    for (size_t i = 0; i < h->n_costs; i++) {
        const struct call_cost *c = &h->costs[i];

        (void)json_array_append_new(out, json_pack("{s:s, s:s, s:I, s:f}", "call", c->name,
                                                   "parameters", c->detail, "count", COUNT(c->n),
                                                   "ns", c->ns));
    }
    return out;
}

static json_t *handshake_side(const struct handshake_side *h)
{
    return json_pack("{s:o, s:o, s:o, s:f, s:f, s:I, s:o}", "handshake_ns",
                     spread(&h->handshake_ns), "primitives_ns", spread(&h->primitives_ns), "ratio",
                     spread(&h->ratio), "datagrams", h->datagrams, "octets", h->octets,
                     "n_calls", COUNT(h->n_calls), "calls", calls(h));
}

static json_t *handshake(const struct suite_results *s)
{
    const struct handshake_result *h = &s->handshake;

    return json_pack("{s:s, s:s, s:s, s:s, s:I, s:o, s:o, s:o}", "suite", s->row->name, "text",
                     s->row->text, "ike", s->row->ike, "esp", s->row->esp, "count",
                     COUNT(h->count), "per_second", spread(&h->per_second), "initiator",
                     handshake_side(&h->sides[SUITE_INITIATOR]), "responder",
                     handshake_side(&h->sides[SUITE_RESPONDER]));
}

/* --- Memory -------------------------------------------------------------------------- */

static json_t *memory_side(const struct memory_side *m)
{
    json_t *blocks = json_array();

    for (size_t i = 0; i < m->n_blocks; i++) {
        const struct account_size *b = &m->blocks[i];

        (void)json_array_append_new(blocks, json_pack("{s:I, s:I}", "octets", COUNT(b->octets),
                                                      "count", COUNT(b->n)));
    }
    return json_pack("{s:f, s:f, s:f, s:o}", "octets", m->octets, "peak_octets", m->peak,
                     "table_octets", m->tables, "blocks", blocks);
}

static json_t *memory(const struct suite_results *s)
{
    const struct memory_result *m = &s->memory;
    json_t *heap = m->heap >= 0 ? json_real(m->heap) : json_null();

    return json_pack("{s:s, s:I, s:o, s:o, s:o}", "suite", s->row->name, "sas", COUNT(m->sas),
                     "initiator", memory_side(&m->sides[SUITE_INITIATOR]), "responder",
                     memory_side(&m->sides[SUITE_RESPONDER]), "heap_octets", heap);
}

/* --- Messages, floods ---------------------------------------------------------------- */

static void add_messages(json_t *list, const struct suite_results *s)
{
    for (size_t i = 0; i < MESSAGES; i++) {
        const struct message_result *m = &s->messages[i];

        (void)json_array_append_new(
            list, json_pack("{s:s, s:s, s:I, s:I, s:I, s:o, s:o}", "suite", s->row->name, "message",
                            message_names[i], "octets", COUNT(m->octets), "payloads",
                            COUNT(m->payloads), "count", COUNT(m->count), "decode_ns",
                            spread(&m->decode_ns), "encode_ns", spread(&m->encode_ns)));
    }
}

static json_t *flood_side(const struct flood_side *f)
{
    return json_pack("{s:I, s:o, s:f}", "count", COUNT(f->count), "ns", spread(&f->ns), "octets",
                     f->octets);
}

static json_t *flood(const struct results *r)
{
    return json_pack("{s:s, s:I, s:o, s:o}", "suite", r->suites[0].row->name, "request_octets",
                     COUNT(r->flood.request_octets), "cookie", flood_side(&r->flood.cookie),
                     "half_open", flood_side(&r->flood.half_open));
}

/* --- All together -------------------------------------------------------------------- */

static json_t *document(const struct results *r)
{
    const bool *measures = r->options->measures;
    json_t *out = head(r), *handshakes = json_array(), *memories = json_array();
    json_t *messages = json_array();

    for (size_t i = 0; i < r->n_suites; i++) {
        (void)json_array_append_new(handshakes, handshake(&r->suites[i]));
        (void)json_array_append_new(memories, memory(&r->suites[i]));
        add_messages(messages, &r->suites[i]);
    }
    if (measures[MEASURE_HANDSHAKE])
        (void)json_object_set(out, "handshake", handshakes);
    if (measures[MEASURE_MEMORY])
        (void)json_object_set(out, "memory", memories);
    if (measures[MEASURE_MESSAGE])
        (void)json_object_set(out, "message", messages);
    if (measures[MEASURE_FLOOD])
        (void)json_object_set_new(out, "flood", flood(r));
    json_decref(handshakes);
    json_decref(memories);
    json_decref(messages);
    return out;
}

bool document_write(const struct results *r, const char *file, struct problem *why)
{
    enum { FLAGS = JSON_INDENT(1) | JSON_REAL_PRECISION(9) };
    json_t *all = document(r);
    FILE *out = file != NULL ? fopen(file, "w") : stdout;
    bool good = out != NULL && json_dumpf(all, out, FLAGS) == 0 && fputc('\n', out) != EOF;

    if (out != NULL && out != stdout)
        good = fclose(out) == 0 && good;
    if (!good)
        problem_set(why, "%s cannot be written: %s", file != NULL ? file : "standard output",
                    strerror(errno));
    json_decref(all);
    return good;
}
