#include "trail.h"

#include <stdio.h>
#include <string.h>

#include "names.h"

static void keep_text(char out[TRAIL_VALUE], const char *text)
{
    char safe[SAFE_TEXT];

    if (text != NULL)
        (void)snprintf(out, TRAIL_VALUE, "%s", safe_text(text, safe));
}

static void keep_field(struct trail_record *kept, const ike2_trace_field *f)
{
    if (f->type == IKE2_FIELD_U64) {
        if (strcmp(f->name, "protocol") == 0)
            kept->protocol = f->v.u64;
        else if (strcmp(f->name, "cause") == 0)
            kept->because = f->v.u64;
        return;
    }
    if (f->type != IKE2_FIELD_TEXT)
        return;
    if (strcmp(f->name, "offered") == 0)
        keep_text(kept->offered, f->v.text);
    else if (strcmp(f->name, "accepted") == 0)
        keep_text(kept->accepted, f->v.text);
    else if (strcmp(f->name, "difference") == 0)
        keep_text(kept->difference, f->v.text);
    else if (strcmp(f->name, "cause") == 0 || strcmp(f->name, "what") == 0)
        keep_text(kept->cause, f->v.text);
}

/* Messages and key exchanges say what went well; there are many of them. */
static bool explains(const ike2_trace_record *rec)
{
    if ((rec->cls & (IKE2_TRACE_MESSAGE | IKE2_TRACE_CRYPTO)) == 0)
        return true;
    return strncmp(rec->name, "notify.", 7) == 0;
}

const struct trail_record *trail_add(struct trail *t, const ike2_trace_record *rec)
{
    struct trail_record *kept = &t->kept[t->next];
    size_t i;

    if (!explains(rec))
        return NULL;
    t->next = (t->next + 1) % TRAIL_KEPT;
    *kept = (struct trail_record){
        .id = rec->id, .cls = rec->cls, .name = rec->name, .section = rec->section, .sa = rec->sa
    };
    (void)ike2_trace_text(rec, kept->text, sizeof kept->text);
    for (i = 0; i < rec->n_fields; i++)
        keep_field(kept, &rec->fields[i]);
    return kept;
}

const struct trail_record *trail_find(const struct trail *t, uint64_t id)
{
    size_t i;

    for (i = 0; id != 0 && i < TRAIL_KEPT; i++) {
        if (t->kept[i].id == id)
            return &t->kept[i];
    }
    return NULL;
}

/* The i-th record, newest first. */
static const struct trail_record *newest(const struct trail *t, size_t i)
{
    return &t->kept[(t->next + 2 * TRAIL_KEPT - 1 - i) % TRAIL_KEPT];
}

const struct trail_record *trail_refusal(const struct trail *t, ike2_sa_id sa)
{
    size_t i;

    for (i = 0; sa != 0 && i < TRAIL_KEPT; i++) {
        const struct trail_record *r = newest(t, i);

        if (r->id != 0 && r->sa == sa && r->cls == IKE2_TRACE_POLICY)
            return r;
    }
    return NULL;
}

const struct trail_record *trail_last(const struct trail *t, ike2_sa_id sa, const char *name)
{
    size_t i;

    for (i = 0; sa != 0 && i < TRAIL_KEPT; i++) {
        const struct trail_record *r = newest(t, i);

        if (r->id != 0 && r->sa == sa && strcmp(r->name, name) == 0)
            return r;
    }
    return NULL;
}

bool trail_is_our_proof(const struct trail_record *r)
{
    static const char *const begins[] = { "credential:", "identity: no credential", "signature:" };

    for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++) {
        if (strncmp(r->difference, begins[i], strlen(begins[i])) == 0)
            return true;
    }
    return false;
}
