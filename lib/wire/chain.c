/* wire/chain.c - the chain of generic payloads. RFC 7296 3.2; RFC 7383 2.5. */
#include <ike2/iana.h>

#include "wire/chain.h"

enum { CRITICAL_BIT = 0x80 };

ike2_err ike2_walk_end(const ike2_walk *w)
{
    return !w->failed && w->rest.len == 0 && w->next == 0 ? IKE2_OK : IKE2_ERR_MALFORMED;
}

void ike2_payload_walk(ike2_walk *w, uint8_t first, ike2_bytes chain)
{
    *w = walk_of(chain);
    w->next = first;
}

bool ike2_payload_next(ike2_walk *w, ike2_payload *out)
{
    struct reader r = reader_of(w->rest);
    ike2_payload p = { .type = (uint8_t)w->next };
    uint8_t next, flags;

    if (w->failed || w->next == IKE2_PAYLOAD_NONE)
        return false;
    next = read_u8(&r);
    flags = read_u8(&r);
    p.body = read_bytes(&r, length_without(read_u16(&r), PAYLOAD_HEADER_OCTETS));
    w->rest = read_rest(&r);
    if (!reader_end(&r))
        return walk_fail(w);

    /* RFC 7296 3.14: it is the last payload; its Next Payload is the first one within. */
    if (p.type == IKE2_PAYLOAD_SK || p.type == IKE2_PAYLOAD_SKF)
        next = IKE2_PAYLOAD_NONE;
    w->next = next;
    p.critical = (flags & CRITICAL_BIT) != 0;
    *out = p;
    return true;
}
