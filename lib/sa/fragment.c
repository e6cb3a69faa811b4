/* sa/fragment.c - reassembly of fragments. RFC 7383 2.6.
 *
 * Implementation notes. One set per direction is enough, since the window is 1: a fragment of
 * another Message ID than expected has been dropped before it comes here. A sender that lowers its
 * fragment size begins again with a larger total; then the old set is worthless. */
#include "sa/fragment.h"

#include <string.h>

void ike2_assembly_clear(struct host *host, struct assembly *a)
{
    for (size_t i = 0; i < a->total; i++)
        ike2_mem_release(&host->mem, a->pieces[i].ptr, a->pieces[i].len);
    ike2_mem_release(&host->mem, a->pieces, a->total * sizeof *a->pieces);
    host->stats.reassembly_octets -= a->octets;
    *a = (struct assembly){ 0 };
}

/* Does `p` belong to the set, perhaps after emptying it? */
static enum assembly_result assembly_fit(struct host *host, struct assembly *a,
                                         uint32_t message_id, const struct opened *p)
{
    if (p->fragments > FRAGMENTS_MAX)
        return ASSEMBLY_BUDGET;
    if (p->fragment == 0 || p->fragment > p->fragments)
        return ASSEMBLY_IGNORED;
    if (a->total != 0 && a->message_id == message_id) {
        /* RFC 7383 2.6: a smaller total is of an older transmission. */
        if (p->fragments < a->total)
            return ASSEMBLY_IGNORED;
        if (p->fragments == a->total)
            return a->pieces[p->fragment - 1].ptr == NULL ? ASSEMBLY_STORED : ASSEMBLY_IGNORED;
    }
    ike2_assembly_clear(host, a);
    return ASSEMBLY_STORED;
}

static bool assembly_begin(struct host *host, struct assembly *a, uint32_t message_id,
                           uint16_t total)
{
    if (a->total != 0)
        return true;
    a->pieces = ike2_mem_acquire(&host->mem, total * sizeof *a->pieces);
    if (a->pieces == NULL)
        return false;
    a->total = total;
    a->message_id = message_id;
    return true;
}

enum assembly_result ike2_assembly_add(struct host *host, struct assembly *a, uint32_t message_id,
                                       const struct opened *p)
{
    const ike2_limits *limits = &host->settings.limits;
    enum assembly_result fit = assembly_fit(host, a, message_id, p);
    uint8_t *copy;

    if (fit != ASSEMBLY_STORED)
        return fit;
    if (p->inner.len == 0)
        return ASSEMBLY_IGNORED; /* RFC 7383 2.5: a fragment without content says nothing */
    if (a->octets + p->inner.len > limits->message_octets ||
        host->stats.reassembly_octets + p->inner.len > limits->reassembly_octets)
        return ASSEMBLY_BUDGET;
    copy = ike2_mem_acquire(&host->mem, p->inner.len);
    if (copy == NULL || !assembly_begin(host, a, message_id, p->fragments)) {
        ike2_mem_release(&host->mem, copy, p->inner.len);
        return ASSEMBLY_MEMORY;
    }
    memcpy(copy, p->inner.ptr, p->inner.len);
    a->pieces[p->fragment - 1] = (struct piece){ .ptr = copy, .len = p->inner.len };
    a->octets += p->inner.len;
    host->stats.reassembly_octets += p->inner.len;
    if (p->fragment == 1)
        a->first = p->first;
    return ++a->n == a->total ? ASSEMBLY_WHOLE : ASSEMBLY_STORED;
}

struct opened ike2_assembly_take(struct host *host, struct assembly *a, uint8_t *room)
{
    struct opened out = { .first = a->first, .fragments = a->total };
    size_t len = 0;

    for (size_t i = 0; i < a->total; i++) {
        memcpy(room + len, a->pieces[i].ptr, a->pieces[i].len);
        len += a->pieces[i].len;
    }
    out.inner = (ike2_bytes){ .ptr = room, .len = len };
    ike2_assembly_clear(host, a);
    return out;
}
