/* trace/trace.c - builds records for the sink. */
#include "trace/trace.h"

#include <string.h>

/* The caller's structure may be shorter or longer than ours: what it lacks stays zero. */
void ike2_tracer_init(struct tracer *t, const ike2_trace *sink)
{
    *t = (struct tracer){ 0 };
    if (sink == NULL)
        return;
    memcpy(&t->sink, sink,
           sink->struct_size < sizeof t->sink ? sink->struct_size : sizeof t->sink);
    if (t->sink.record == NULL)
        t->sink.classes = 0;
}

bool ike2_tracer_wants(const struct tracer *t, uint64_t cls)
{
    return (t->sink.classes & cls) != 0;
}

uint64_t ike2_tracer_emit(struct tracer *t, ike2_trace_record *rec)
{
    rec->id = ++t->serial;
    if (ike2_tracer_wants(t, rec->cls))
        t->sink.record(t->sink.user, rec);
    return rec->id;
}
