/* sa/note_peer.c - what an IKE_SA_INIT message looks like: by its shape and its vendor ids an
 * implementation may be recognized. RFC 7296 3.12. */
#include <ike2/iana.h>

#include "base/text.h"
#include "sa/note.h"
#include "wire/message.h"

/* Whoever sends it has proven nothing: a message makes no more records than this. */
enum { VENDORS_MAX = 16, SHAPE_MAX = 512, ENTRY_MAX = 64 };

static void add_entry(struct text *t, const ike2_payload *p)
{
    const char *name = ike2_payload_name(p->type);
    ike2_notify n;

    ike2_text_add(t, t->len == 0 ? "" : " ");
    if (name == NULL)
        ike2_text_uint(t, p->type);
    else
        ike2_text_add(t, name);
    if (p->type != IKE2_PAYLOAD_NOTIFY || ike2_notify_read(p->body, &n) != IKE2_OK)
        return;
    ike2_text_char(t, '(');
    name = ike2_notify_name(n.type);
    if (name == NULL)
        ike2_text_uint(t, n.type);
    else
        ike2_text_add(t, name);
    ike2_text_char(t, ')');
}

/* Cut where a payload ends. */
static void shape_text(const struct message *m, char text[SHAPE_MAX])
{
    struct text t = text_of(text, SHAPE_MAX);
    ike2_walk w;
    ike2_payload p;

    ike2_payload_walk(&w, m->first, m->chain);
    while (ike2_payload_next(&w, &p)) {
        if (t.len + ENTRY_MAX >= t.cap) {
            ike2_text_add(&t, " ...");
            return;
        }
        add_entry(&t, &p);
    }
}

void ike2_note_peer(const struct sa *sa, const struct message *m)
{
    char shape[SHAPE_MAX];
    unsigned n = 0;
    ike2_walk w;
    ike2_payload p;

    if (!ike2_tracer_wants(&sa->host->tracer, IKE2_TRACE_MESSAGE))
        return;
    shape_text(m, shape);
    ike2_note_message(sa, "peer.init", field_text("payloads", shape));
    ike2_payload_walk(&w, m->first, m->chain);
    while (n < VENDORS_MAX && ike2_payload_next(&w, &p)) {
        if (p.type != IKE2_PAYLOAD_VENDOR)
            continue;
        ike2_note_message(sa, "peer.vendor", field_bytes("data", p.body));
        n++;
    }
}
