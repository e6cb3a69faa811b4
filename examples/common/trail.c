#include "trail.h"

#include <stdio.h>
#include <string.h>

#include "names.h"

static void keep_text(struct trail_record *kept, const char *name, const char *text)
{
    const struct {
        const char *name;
        char *out;
        size_t cap;
    } places[] = {
        { "offered", kept->offered, TRAIL_VALUE },
        { "accepted", kept->accepted, TRAIL_VALUE },
        { "difference", kept->difference, TRAIL_VALUE },
        { "peer_change", kept->peer_change, TRAIL_VALUE },
        { "our_change", kept->our_change, TRAIL_VALUE },
        { "our_lack", kept->our_lack, TRAIL_VALUE },
        { "our_level", kept->our_level, TRAIL_LEVEL },
        { "cause", kept->cause, TRAIL_VALUE },
        { "what", kept->cause, TRAIL_VALUE },
    };
    char safe[SAFE_TEXT];

    for (size_t i = 0; text != NULL && i < sizeof places / sizeof places[0]; i++) {
        if (strcmp(name, places[i].name) == 0)
            (void)snprintf(places[i].out, places[i].cap, "%s", safe_text(text, safe));
    }
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
    if (f->type == IKE2_FIELD_TEXT)
        keep_text(kept, f->name, f->v.text);
}

static enum platform platform_in(const ike2_trace_record *rec)
{
    if (rec->n_fields == 0)
        return PLATFORM_UNKNOWN;
    if (strcmp(rec->name, "peer.vendor") == 0)
        return platform_of_vendor(rec->fields[0].v.bytes);
    if (strcmp(rec->name, "peer.init") == 0)
        return platform_of_shape(rec->fields[0].v.text);
    return PLATFORM_UNKNOWN;
}

/* Messages and key exchanges say what went well; there are many of them. Of a peer's Vendor IDs one
 * that is known is enough. */
static bool explains(const struct trail *t, const ike2_trace_record *rec, enum platform platform)
{
    if ((rec->cls & (IKE2_TRACE_MESSAGE | IKE2_TRACE_CRYPTO)) == 0)
        return true;
    if (platform != PLATFORM_UNKNOWN)
        return trail_platform(t, rec->sa) == PLATFORM_UNKNOWN;
    return strncmp(rec->name, "notify.", 7) == 0;
}

const struct trail_record *trail_add(struct trail *t, const ike2_trace_record *rec)
{
    struct trail_record *kept = &t->kept[t->next];
    enum platform platform = platform_in(rec);
    size_t i;

    if (!explains(t, rec, platform))
        return NULL;
    t->next = (t->next + 1) % TRAIL_KEPT;
    *kept = (struct trail_record){
        .id = rec->id, .cls = rec->cls, .name = rec->name, .section = rec->section, .sa = rec->sa,
        .platform = platform
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

/* What a policy passes over on its way to a choice is none. */
static bool is_refusal(const struct trail_record *r)
{
    return r->cls == IKE2_TRACE_POLICY && strcmp(r->name, "policy.passed_over") != 0;
}

const struct trail_record *trail_refusal(const struct trail *t, ike2_sa_id sa)
{
    size_t i;

    for (i = 0; sa != 0 && i < TRAIL_KEPT; i++) {
        const struct trail_record *r = newest(t, i);

        if (r->id != 0 && r->sa == sa && is_refusal(r))
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

enum platform trail_platform(const struct trail *t, ike2_sa_id sa)
{
    for (size_t i = 0; sa != 0 && i < TRAIL_KEPT; i++) {
        const struct trail_record *r = newest(t, i);

        if (r->id != 0 && r->sa == sa && r->platform != PLATFORM_UNKNOWN)
            return r->platform;
    }
    return PLATFORM_UNKNOWN;
}

bool trail_is_our_proof(const struct trail_record *r)
{
    static const char *const begins[] = { "credential:", "identity: no credential",
                                          "signature: no credential", "signature: ours" };

    for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++) {
        if (strncmp(r->difference, begins[i], strlen(begins[i])) == 0)
            return true;
    }
    return false;
}
