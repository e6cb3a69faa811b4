/* lib/trace/trace.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "trace/trace.h"

struct seen {
    unsigned n;
    uint64_t id;
    const char *name;
};

static void on_record(void *user, const ike2_trace_record *rec)
{
    struct seen *seen = user;

    seen->n++;
    seen->id = rec->id;
    seen->name = rec->name;
}

static ike2_trace sink_of(struct seen *seen, uint64_t classes)
{
    ike2_trace sink = IKE2_INIT(ike2_trace);

    sink.user = seen;
    sink.classes = classes;
    sink.record = on_record;
    return sink;
}

static void wanted_class_reaches_the_sink(void **state)
{
    struct seen seen = { 0 };
    const ike2_trace sink = sink_of(&seen, IKE2_TRACE_SA | IKE2_TRACE_POLICY);
    ike2_trace_record rec = { .cls = IKE2_TRACE_POLICY, .name = "policy.proposal" };
    struct tracer t;

    (void)state;
    ike2_tracer_init(&t, &sink);
    assert_true(ike2_tracer_wants(&t, IKE2_TRACE_POLICY));
    assert_int_equal(ike2_tracer_emit(&t, &rec), 1);
    assert_int_equal(seen.n, 1);
    assert_int_equal(seen.id, 1);
    assert_string_equal(seen.name, "policy.proposal");
}

static void other_class_does_not(void **state)
{
    struct seen seen = { 0 };
    const ike2_trace sink = sink_of(&seen, IKE2_TRACE_SA);
    ike2_trace_record rec = { .cls = IKE2_TRACE_POLICY, .name = "policy.proposal" };
    struct tracer t;

    (void)state;
    ike2_tracer_init(&t, &sink);
    assert_false(ike2_tracer_wants(&t, IKE2_TRACE_POLICY));
    (void)ike2_tracer_emit(&t, &rec);
    assert_int_equal(seen.n, 0);
}

static void every_record_has_an_id_of_its_own(void **state)
{
    struct seen seen = { 0 };
    const ike2_trace sink = sink_of(&seen, IKE2_TRACE_SA);
    ike2_trace_record heard = { .cls = IKE2_TRACE_SA, .name = "sa.state" };
    ike2_trace_record unheard = { .cls = IKE2_TRACE_DROP, .name = "drop.datagram" };
    struct tracer t;

    (void)state;
    ike2_tracer_init(&t, &sink);
    assert_int_equal(ike2_tracer_emit(&t, &unheard), 1);
    assert_int_equal(unheard.id, 1);
    assert_int_equal(ike2_tracer_emit(&t, &heard), 2);
    assert_int_equal(seen.id, 2);
    ike2_tracer_init(&t, NULL);
    assert_int_equal(ike2_tracer_emit(&t, &unheard), 1);
}

static void no_sink_is_silent(void **state)
{
    struct seen seen = { 0 };
    ike2_trace sink = sink_of(&seen, UINT64_MAX);
    ike2_trace_record rec = { .cls = IKE2_TRACE_SA, .name = "sa.state" };
    struct tracer t;

    (void)state;
    ike2_tracer_init(&t, NULL);
    assert_false(ike2_tracer_wants(&t, UINT64_MAX));
    sink.record = NULL;
    ike2_tracer_init(&t, &sink);
    assert_false(ike2_tracer_wants(&t, UINT64_MAX));
    (void)ike2_tracer_emit(&t, &rec);
    assert_int_equal(seen.n, 0);
}

static void shorter_sink_of_an_older_program_has_no_keylog(void **state)
{
    struct seen seen = { 0 };
    ike2_trace sink = sink_of(&seen, IKE2_TRACE_SA);
    struct tracer t;

    (void)state;
    memset(&sink.keylog, 0xa5, sizeof sink.keylog);
    sink.struct_size = offsetof(ike2_trace, keylog);
    ike2_tracer_init(&t, &sink);
    assert_true(ike2_tracer_wants(&t, IKE2_TRACE_SA));
    assert_true(t.sink.keylog == NULL);
    sink.struct_size = 0;
    ike2_tracer_init(&t, &sink);
    assert_false(ike2_tracer_wants(&t, IKE2_TRACE_SA));
}

static void longer_sink_of_a_newer_program_is_read_as_far_as_known(void **state)
{
    struct seen seen = { 0 };
    struct {
        ike2_trace known;
        uint64_t more;
    } sink = { .known = sink_of(&seen, IKE2_TRACE_SA), .more = UINT64_MAX };
    struct tracer t;

    (void)state;
    sink.known.struct_size = sizeof sink;
    ike2_tracer_init(&t, &sink.known);
    assert_true(ike2_tracer_wants(&t, IKE2_TRACE_SA));
    assert_int_equal(t.serial, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wanted_class_reaches_the_sink),
        cmocka_unit_test(other_class_does_not),
        cmocka_unit_test(every_record_has_an_id_of_its_own),
        cmocka_unit_test(no_sink_is_silent),
        cmocka_unit_test(shorter_sink_of_an_older_program_has_no_keylog),
        cmocka_unit_test(longer_sink_of_a_newer_program_is_read_as_far_as_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
