/* trace/trace.h - builds records for the sink. Costs one test when nobody listens. */
#ifndef TRACE_TRACE_H
#define TRACE_TRACE_H

#include <ike2/trace.h>

struct tracer {
    ike2_trace sink;
    uint64_t serial;
};

/* `sink` NULL: silent. */
void ike2_tracer_init(struct tracer *t, const ike2_trace *sink);
bool ike2_tracer_wants(const struct tracer *t, uint64_t cls);
/* Gives `rec` its id (also when nobody listens, so that an event may refer to it) and hands it to
 * the sink. Returns the id. */
uint64_t ike2_tracer_emit(struct tracer *t, ike2_trace_record *rec);

static inline ike2_trace_field field_u64(const char *name, uint64_t v)
{
    return (ike2_trace_field){ .name = name, .type = IKE2_FIELD_U64, .v.u64 = v };
}

static inline ike2_trace_field field_text(const char *name, const char *v)
{
    return (ike2_trace_field){ .name = name, .type = IKE2_FIELD_TEXT, .v.text = v };
}

static inline ike2_trace_field field_bytes(const char *name, ike2_bytes v)
{
    return (ike2_trace_field){ .name = name, .type = IKE2_FIELD_BYTES, .v.bytes = v };
}

static inline ike2_trace_field field_addr(const char *name, const ike2_addr *v)
{
    return (ike2_trace_field){ .name = name, .type = IKE2_FIELD_ADDR, .v.addr = v };
}

#endif
