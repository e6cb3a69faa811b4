#include "sinks.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Leaf functions: they decide from their arguments and never call the endpoint. */

static void on_record(void *user, const ike2_trace_record *rec)
{
    struct sinks *s = user;
    size_t at = s->next;

    s->next = (s->next + 1) % SINKS_KEPT;
    s->kept[at].id = rec->id;
    s->kept[at].cls = rec->cls;
    s->kept[at].sa = rec->sa;
    (void)ike2_trace_text(rec, s->kept[at].text, sizeof s->kept[at].text);
    if (s->verbose)
        (void)fprintf(stderr, "%s\n", s->kept[at].text);
}

static void on_key(void *user, const char *line)
{
    struct sinks *s = user;

    if (s->keylog == NULL)
        return;
    (void)fprintf(s->keylog, "%s\n", line);
    (void)fflush(s->keylog); /* a capture is read while we still run */
    s->keylog_lines++;
}

bool sinks_open(struct sinks *s, bool verbose, const char *keylog_file)
{
    int fd;

    *s = (struct sinks){ .verbose = verbose };
    s->table = (ike2_trace){
        .struct_size = sizeof s->table,
        .user = s,
        .classes = UINT64_MAX,
        .record = on_record,
    };
    if (keylog_file == NULL)
        return true;
    fd = open(keylog_file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    s->keylog = fd >= 0 ? fdopen(fd, "a") : NULL;
    if (s->keylog != NULL) {
        s->table.keylog = on_key;
        return true;
    }
    (void)fprintf(stderr, "cannot write keys to %s: %s: check --keylog\n", keylog_file,
                  strerror(errno));
    if (fd >= 0)
        (void)close(fd);
    return false;
}

const char *sinks_find(const struct sinks *s, uint64_t id)
{
    size_t i;

    for (i = 0; id != 0 && i < SINKS_KEPT; i++) {
        if (s->kept[i].id == id)
            return s->kept[i].text;
    }
    return "";
}

const char *sinks_refusal(const struct sinks *s, ike2_sa_id sa)
{
    size_t i;

    for (i = 0; i < SINKS_KEPT; i++) {
        if (s->kept[i].sa == sa && s->kept[i].cls == IKE2_TRACE_POLICY)
            return s->kept[i].text;
    }
    return "";
}

void sinks_close(struct sinks *s)
{
    if (s->keylog == NULL)
        return;
    if (s->keylog_lines == 0)
        (void)fputs("no keys were logged: no SA got that far, or the library was built without "
                    "IKE2_ENABLE_KEYLOG\n",
                    stderr);
    (void)fclose(s->keylog);
    s->keylog = NULL;
}
