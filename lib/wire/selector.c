/* wire/selector.c - Traffic Selector payloads. RFC 7296 3.13; other types as labels, RFC 9478. */
#include <ike2/iana.h>

#include "base/bytes.h"
#include "base/writer.h"
#include "wire/chain.h"

enum { SELECTOR_HEADER_OCTETS = 4 };

/* Octets of one address, or 0 for a type that is not an address range. */
static size_t address_len(uint8_t type)
{
    if (type == IKE2_TS_IPV4_ADDR_RANGE)
        return 4;
    return type == IKE2_TS_IPV6_ADDR_RANGE ? 16 : 0;
}

void ike2_ts_walk(ike2_walk *w, ike2_bytes ts_body)
{
    struct reader r = reader_of(ts_body);
    uint8_t n = read_u8(&r);

    (void)read_bytes(&r, 3);
    *w = walk_of(read_rest(&r));
    w->next = n;
    /* RFC 7296 3.13: one or more selectors. */
    w->failed = !reader_end(&r) || n == 0;
}

/* RFC 7296 3.13.1: the length is exactly that of the address type. That a range may be empty or
 * reversed (OPAQUE is: ports 65535 to 0) is for whoever uses it. */
static bool range_read(ike2_bytes body, ike2_ts *ts)
{
    struct reader r = reader_of(body);
    size_t len = address_len(ts->type);
    ike2_bytes first, last;

    ts->port_first = read_u16(&r);
    ts->port_last = read_u16(&r);
    first = read_bytes(&r, len);
    last = read_bytes(&r, len);
    if (!reader_end(&r))
        return false;
    memcpy(ts->first, first.ptr, first.len);
    memcpy(ts->last, last.ptr, last.len);
    return true;
}

bool ike2_ts_next(ike2_walk *w, ike2_ts *out)
{
    struct reader r = reader_of(w->rest);
    ike2_ts ts = { 0 };
    ike2_bytes body;

    if (w->failed || w->next == 0)
        return false;
    ts.type = read_u8(&r);
    ts.protocol = read_u8(&r);
    body = read_bytes(&r, length_without(read_u16(&r), SELECTOR_HEADER_OCTETS));
    w->rest = read_rest(&r);
    if (!reader_end(&r))
        return walk_fail(w);
    if (address_len(ts.type) == 0)
        ts.label = body;
    else if (!range_read(body, &ts))
        return walk_fail(w);

    w->next--;
    *out = ts;
    return true;
}

static void selector_write(ike2_writer *w, const ike2_ts *ts)
{
    size_t at = w->len, len = address_len(ts->type);

    write_uint(w, ts->type, 1);
    write_uint(w, ts->protocol, 1);
    write_uint(w, 0, 2);
    if (len == 0) {
        write_bytes(w, ts->label);
    } else {
        write_uint(w, ts->port_first, 2);
        write_uint(w, ts->port_last, 2);
        write_bytes(w, bytes_of(ts->first, len));
        write_bytes(w, bytes_of(ts->last, len));
    }
    write_length(w, at + 2, 2, at);
}

void ike2_ts_write(ike2_writer *w, uint8_t type, const ike2_ts *ts, size_t n)
{
    if (n == 0)
        w->failed = true;
    payload_begin(w, type, false);
    write_uint(w, n, 1);
    write_uint(w, 0, 3);
    for (size_t i = 0; i < n && !w->failed; i++)
        selector_write(w, &ts[i]);
    payload_end(w);
}
