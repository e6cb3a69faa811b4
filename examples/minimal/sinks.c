#include "sinks.h"

/* Leaf functions: they decide from their arguments and never call the endpoint. */

static void on_record(void *user, const ike2_trace_record *rec)
{
    struct sinks *s = user;
    char text[TRAIL_TEXT];

    (void)trail_add(&s->trail, rec);
    if (!s->verbose)
        return;
    (void)ike2_trace_text(rec, text, sizeof text);
    (void)fprintf(stderr, "%s\n", text);
}

static void on_key(void *user, const char *line)
{
    struct sinks *s = user;

    keylog_line(&s->keylog, line);
}

bool sinks_open(struct sinks *s, bool verbose, const char *keylog_file)
{
    struct problem why;

    *s = (struct sinks){ .verbose = verbose };
    s->table = (ike2_trace){
        .struct_size = sizeof s->table,
        .user = s,
        .classes = UINT64_MAX,
        .record = on_record,
    };
    if (keylog_file == NULL)
        return true;
    s->table.keylog = on_key;
    if (keylog_open(&s->keylog, keylog_file, &why))
        return true;
    (void)fprintf(stderr, "%s: check --keylog\n", why.text);
    return false;
}

static const char *text_of(const struct trail_record *r)
{
    return r != NULL ? r->text : "";
}

const char *sinks_find(const struct sinks *s, uint64_t id)
{
    return text_of(trail_find(&s->trail, id));
}

const char *sinks_refusal(const struct sinks *s, ike2_sa_id sa)
{
    return text_of(trail_refusal(&s->trail, sa));
}

void sinks_close(struct sinks *s)
{
    if (!keylog_close(&s->keylog))
        (void)fputs("no keys were logged: no SA got that far, or the library was built without "
                    "IKE2_ENABLE_KEYLOG\n",
                    stderr);
}
