/* sa/window.c - a window of more than one for the peer's requests. RFC 7296 2.3. */
#include "sa/window.h"

#include <ike2/iana.h>
#include <ike2/message.h>

#include "base/bytes.h"

enum { SIZE_OCTETS = 4 };

ike2_err ike2_window_open(struct sa *sa)
{
    uint8_t size = sa->peer->peer.window;

    if (size <= 1 || sa->window.backlog != NULL)
        return IKE2_OK;
    sa->window.backlog = ike2_mem_acquire(&sa->host->mem, sizeof *sa->window.backlog);
    if (sa->window.backlog == NULL)
        return IKE2_ERR_MEMORY;
    sa->window.backlog->size = size;
    return IKE2_OK;
}

void ike2_window_close(struct sa *sa)
{
    struct backlog *b = sa->window.backlog;
    struct host *host = sa->host;

    ike2_parcel_unref(host, sa->window.last_response);
    sa->window.last_response = NULL;
    if (b == NULL)
        return;
    for (size_t i = 0; i < WINDOW_MAX; i++)
        ike2_parcel_unref(host, b->answers[i]);
    ike2_park_clear(host, &b->early);
    ike2_mem_release(&host->mem, b, sizeof *b);
    sa->window.backlog = NULL;
}

void ike2_window_write(ike2_writer *w, const struct sa *sa)
{
    uint8_t octets[SIZE_OCTETS] = { 0 };
    const ike2_notify n = { .type = IKE2_NOTIFY_SET_WINDOW_SIZE,
                            .data = bytes_of(octets, sizeof octets) };

    if (sa->window.backlog == NULL)
        return;
    octets[SIZE_OCTETS - 1] = sa->window.backlog->size;
    ike2_notify_write(w, &n);
}

/* --- Answers ------------------------------------------------------------------------- */

static struct parcel **slot(struct backlog *b, uint32_t message_id)
{
    return &b->answers[message_id % WINDOW_MAX];
}

void ike2_window_answer(struct sa *sa, struct parcel *p)
{
    struct parcel *before = sa->window.last_response;
    struct parcel **at;

    sa->window.last_response = p;
    sa->window.repeats = 0;
    sa->window.next_in = p->message_id + 1;
    if (before == NULL || sa->window.backlog == NULL) {
        ike2_parcel_unref(sa->host, before);
        return;
    }
    at = slot(sa->window.backlog, before->message_id);
    ike2_parcel_unref(sa->host, *at);
    *at = before;
}

struct parcel *ike2_window_find(const struct sa *sa, uint32_t message_id)
{
    const struct window *w = &sa->window;
    struct parcel *p = w->last_response;

    if (p != NULL && p->message_id == message_id)
        return p;
    if (w->backlog == NULL || message_id >= w->next_in ||
        w->next_in - message_id > w->backlog->size)
        return NULL;
    p = *slot(w->backlog, message_id);
    return p != NULL && p->message_id == message_id ? p : NULL;
}

/* --- Requests ------------------------------------------------------------------------ */

bool ike2_window_is_early(const struct sa *sa, uint32_t message_id)
{
    const struct window *w = &sa->window;

    return w->backlog != NULL && message_id > w->next_in && message_id != UINT32_MAX &&
           message_id - w->next_in < w->backlog->size;
}

struct parked *ike2_window_take(struct sa *sa)
{
    struct backlog *b = sa->window.backlog;
    struct list_node *n = b == NULL || b->early.n == 0 ? NULL : list_first(&b->early.list);
    ike2_header h;

    for (; n != NULL; n = list_next(&b->early.list, n)) {
        struct parked *p = LIST_ENTRY(n, struct parked, node);

        if (ike2_header_read(bytes_of(p->octets, p->len), &h) != IKE2_OK ||
            h.message_id > sa->window.next_in)
            continue;
        list_remove(&p->node);
        b->early.n--;
        return p;
    }
    return NULL;
}
