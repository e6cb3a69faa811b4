/* sim/roll.c - the Child SAs that a side has heard of. */
#include "sim/roll.h"

#include <stdlib.h>

static void require(struct roll *r, bool ok, const char *rule)
{
    if (!ok && r->fault == NULL)
        r->fault = rule;
}

/* The last ones are asked for most. */
static struct roll_entry *find(const struct roll *r, ike2_child_id id)
{
    for (size_t i = r->n; i-- > 0;) {
        if (r->entries[i].id == id)
            return &r->entries[i];
    }
    return NULL;
}

static struct roll_entry *add(struct roll *r, const ike2_output *out)
{
    if (r->n == r->cap) {
        r->cap = r->cap == 0 ? 16 : 2 * r->cap;
        r->entries = realloc(r->entries, r->cap * sizeof *r->entries);
        if (r->entries == NULL)
            abort();
    }
    r->entries[r->n] = (struct roll_entry){ .id = out->child, .sa = out->sa };
    return &r->entries[r->n++];
}

static bool is_event_of_child(uint32_t type)
{
    return type == IKE2_EVENT_CHILD_UP || type == IKE2_EVENT_CHILD_REKEYED ||
           type == IKE2_EVENT_CHILD_DOWN;
}

/* A question may be about a child that never comes to be: nothing more is heard of that one. */
static void hear_child(struct roll *r, const ike2_output *out)
{
    struct roll_entry *c;

    require(r, out->child != 0, "an event of a child names it");
    require(r, out->sa != 0, "what is about a child names its IKE SA");
    c = find(r, out->child);
    if (c == NULL)
        c = add(r, out);
    require(r, c->sa == out->sa, "a child belongs to one IKE SA");
    require(r, !c->is_down, "CHILD_DOWN is the last output with the id of the child");
    c->is_down = out->type == IKE2_EVENT_CHILD_DOWN;
}

static void hear_sa_down(struct roll *r, ike2_sa_id sa)
{
    for (size_t i = 0; i < r->n; i++)
        require(r, r->entries[i].sa != sa || r->entries[i].is_down,
                "SA_DOWN after each CHILD_DOWN");
}

void roll_output(struct roll *r, const ike2_output *out)
{
    if (is_event_of_child(out->type) || (out->type == IKE2_JOB && out->child != 0))
        hear_child(r, out);
    else if (out->type == IKE2_EVENT_SA_DOWN)
        hear_sa_down(r, out->sa);
}

void roll_clear(struct roll *r)
{
    free(r->entries);
    r->entries = NULL;
    r->n = r->cap = 0;
}
