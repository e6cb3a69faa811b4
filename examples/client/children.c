#include "children.h"

#include "common/outcome.h"
#include "step.h"

/* RFC 6023: the library asks for none by itself. */
bool children_begin(struct session *s, struct problem *why)
{
    const struct connection *c = &s->means.options->connection;
    bool is_childless = c->sa.childless == IKE2_WANT_REQUIRE;
    ike2_err err = IKE2_OK;
    ike2_child_id ignored;
    uint32_t i;

    for (i = 0; is_childless && i < c->n_children && err == IKE2_OK; i++)
        err = journal_child_create(s->host.journal, s->host.ep, host_now(), s->attempt.sa, i,
                                   &ignored);
    if (err != IKE2_OK)
        problem_set(why, "no Child SA can be asked for: %s", ike2_strerror(err));
    return err == IKE2_OK;
}

/* The tag is one more than the index: see common/connection.c. */
static const char *name_of(const struct session *s, uint64_t tag)
{
    const struct connection *c = &s->means.options->connection;

    return tag > 1 && tag <= c->n_children ? c->children[tag - 1].name : "the first one";
}

static void warn(const struct session *s, uint64_t tag, const char *what)
{
    struct problem why;

    problem_set(&why, "Child SA %s: %s", name_of(s, tag), what);
    progress_warn(s->means.progress, &why);
}

void children_up(struct session *s, const ike2_output *out)
{
    step_child(s, out->u.child.pair);
}

/* Besides the one that has ended; the last one ends the connection, which is told then. */
static bool has_other(const struct session *s, ike2_child_id ended)
{
    ike2_child_id child = ike2_child_next(s->host.ep, s->attempt.sa, 0);

    return child != 0 && (child != ended || ike2_child_next(s->host.ep, s->attempt.sa, child) != 0);
}

void children_down(struct session *s, const ike2_output *out)
{
    struct failure f;

    if (!has_other(s, out->child))
        return;
    failure_of_down(out, &s->facts, &f);
    warn(s, out->child_tag, f.code == EXIT_OK ? "it has ended" : f.what);
}

bool children_any(const struct session *s)
{
    return ike2_child_next(s->host.ep, s->attempt.sa, 0) != 0;
}
