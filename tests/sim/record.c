/* sim/record.c - events and trace records seen. */
#include "sim/record.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* --- Trace ---------------------------------------------------------------------------- */

struct row {
    uint64_t cls;
    const char *name, *fields;
};

#define ROW(cls, name, fields) { IKE2_TRACE_##cls, name, fields },
static const struct row rows[] = { IKE2_TRACE_LIST(ROW) };

static const struct row *row_of(const ike2_trace_record *rec)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].name, rec->name) == 0)
            return &rows[i];
    }
    return NULL;
}

/* The names are those of the list, in its order; trailing ones may be left out. */
static bool fields_fit(const struct row *row, const ike2_trace_record *rec)
{
    const char *at = row->fields;

    for (size_t i = 0; i < rec->n_fields; i++) {
        size_t len = strcspn(at, " ");

        if (strlen(rec->fields[i].name) != len || strncmp(rec->fields[i].name, at, len) != 0)
            return false;
        at += len;
        at += strspn(at, " ");
    }
    return true;
}

static void text_copy(char *to, size_t cap, const char *from)
{
    (void)snprintf(to, cap, "%s", from == NULL ? "" : from);
}

/* Where a field of this name is kept. */
struct place {
    const char *name;
    size_t at, cap; /* `cap` 0: a number */
};

#define TEXT_AS(name, member)                                                                    \
    {                                                                                            \
        name, offsetof(struct explained, member), sizeof((struct explained *)NULL)->member       \
    }
#define TEXT(member) TEXT_AS(#member, member)
#define NUMBER_AS(name, member) { name, offsetof(struct explained, member), 0 }
#define NUMBER(member) NUMBER_AS(#member, member)
static const struct place places[] = {
    TEXT(offered), TEXT(accepted), TEXT(difference), TEXT(peer_change), TEXT(our_change),
    TEXT(our_level), TEXT(our_lack), TEXT(side),
    NUMBER(protocol), NUMBER(n_offered), NUMBER(n_accepted),
    NUMBER_AS("nearest_offered", nearest.offered), NUMBER_AS("nearest_accepted", nearest.accepted),
    NUMBER(transform), NUMBER_AS("offered_type", types.offered),
    NUMBER_AS("accepted_type", types.accepted), NUMBER(method), NUMBER(scheme),
    /* Of "policy.passed_over" and "sa.legacy". */
    NUMBER_AS("proposal", nearest.offered), TEXT_AS("candidate", offered),
    TEXT_AS("reason", difference), TEXT_AS("algorithms", offered),
    TEXT_AS("suite", accepted),
};

/* False for a field that is kept nowhere, or has another type than the others of its name. */
static bool keep(struct explained *e, const ike2_trace_field *f)
{
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        const struct place *p = &places[i];

        if (strcmp(f->name, p->name) != 0)
            continue;
        if (f->type != (p->cap == 0 ? IKE2_FIELD_U64 : IKE2_FIELD_TEXT))
            return false;
        if (p->cap == 0)
            memcpy((char *)e + p->at, &f->v.u64, sizeof f->v.u64);
        else
            text_copy((char *)e + p->at, p->cap, f->v.text);
        return true;
    }
    return false;
}

static void explain(struct record *r, const ike2_trace_record *rec)
{
    struct explained *e = &r->explained[r->n_explained++ % RECORD_REFUSALS];

    *e = (struct explained){ .id = rec->id };
    text_copy(e->name, sizeof e->name, rec->name);
    text_copy(e->section, sizeof e->section, rec->section);
    for (size_t i = 0; i < rec->n_fields; i++) {
        if (!keep(e, &rec->fields[i]))
            r->fault = "a field of a refusal that has no place, or another type";
    }
}

static void keep_vendor(struct record *r, ike2_bytes data)
{
    r->n_vendors++;
    r->vendor_len = data.len < sizeof r->vendor ? data.len : sizeof r->vendor;
    if (r->vendor_len != 0)
        memcpy(r->vendor, data.ptr, r->vendor_len);
}

static void on_record(void *user, const ike2_trace_record *rec)
{
    struct record *r = user;
    const struct row *row = row_of(rec);
    char text[1024];

    if (row == NULL || row->cls != rec->cls || !fields_fit(row, rec))
        r->fault = "a trace record that is not in IKE2_TRACE_LIST";
    if (rec->id <= r->last_id)
        r->fault = "a trace record whose id is not new";
    (void)ike2_trace_text(rec, text, sizeof text);
    r->last_id = rec->id;
    r->n_records++;
    if (strcmp(rec->name, "timer.retransmit") == 0)
        r->n_retransmits++;
    if (strcmp(rec->name, "peer.init") == 0)
        text_copy(r->shape, sizeof r->shape, rec->fields[0].v.text);
    if (strcmp(rec->name, "peer.vendor") == 0)
        keep_vendor(r, rec->fields[0].v.bytes);
    if (rec->cls == IKE2_TRACE_POLICY || strcmp(rec->name, "sa.legacy") == 0)
        explain(r, rec);
}

void record_init(struct record *r)
{
    *r = (struct record){ .trace = IKE2_INIT(ike2_trace) };
    r->trace.user = r;
    r->trace.classes = UINT64_MAX;
    r->trace.record = on_record;
}

const struct explained *record_explained(const struct record *r, uint64_t id)
{
    for (size_t i = 0; i < RECORD_REFUSALS && id != 0; i++) {
        if (r->explained[i].id == id)
            return &r->explained[i];
    }
    return NULL;
}

/* --- Events --------------------------------------------------------------------------- */

static void record_config(struct record *r, const ike2_output *out)
{
    r->n_config = out->u.config.n;
    for (size_t i = 0; i < r->n_config && i < RECORD_CONFIG; i++) {
        const ike2_cfg_attr *a = &out->u.config.attrs[i];
        struct assigned *to = &r->config[i];

        *to = (struct assigned){ .type = a->type, .len = a->value.len };
        if (a->value.len != 0 && a->value.len <= sizeof to->octets)
            memcpy(to->octets, a->value.ptr, a->value.len);
    }
}

void record_config_ask(struct record *r, const ike2_output *out)
{
    const ike2_id *id = &out->u.config.remote;

    record_config(r, out);
    r->replaces = out->u.config.replaces;
    r->asker = (ike2_id){ .type = id->type, .data = { r->asker_octets, id->data.len } };
    if (id->data.len <= sizeof r->asker_octets)
        memcpy(r->asker_octets, id->data.ptr, id->data.len);
}

void record_event(struct record *r, ike2_time now, const ike2_output *out)
{
    struct event *e = &r->events[r->n_events % RECORD_EVENTS];

    *e = (struct event){ .type = out->type, .at = now, .sa = out->sa, .child = out->child };
    if (out->type == IKE2_EVENT_SA_DOWN) {
        e->trace = out->u.sa.trace;
        e->notify = out->u.sa.notify;
        e->reason = out->u.sa.reason;
    } else if (out->type == IKE2_EVENT_SA_REKEYED) {
        e->old_spi = out->u.sa.old_spi_local;
        e->new_spi = out->u.sa.spi_local;
    } else if (out->type == IKE2_EVENT_CHILD_DOWN) {
        e->trace = out->u.child.trace;
        e->notify = out->u.child.notify;
        e->reason = out->u.child.reason;
    } else if (out->type == IKE2_EVENT_CONFIG) {
        record_config(r, out);
    }
    if (e->trace > r->last_id)
        r->fault = "an event that names a trace record of the future";
    r->n_events++;
}

static size_t kept(const struct record *r)
{
    return r->n_events < RECORD_EVENTS ? r->n_events : RECORD_EVENTS;
}

size_t record_count(const struct record *r, uint32_t type)
{
    size_t n = 0;

    for (size_t i = 0; i < kept(r); i++)
        n += r->events[i].type == type ? 1 : 0;
    return n;
}

const struct event *record_last(const struct record *r, uint32_t type)
{
    size_t n = kept(r);

    for (size_t i = 0; i < n; i++) {
        const struct event *e = &r->events[(r->n_events - 1 - i) % RECORD_EVENTS];

        if (e->type == type)
            return e;
    }
    return NULL;
}
