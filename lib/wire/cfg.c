/* wire/cfg.c - Configuration payload. RFC 7296 3.15. */
#include <ike2/iana.h>

#include "base/writer.h"
#include "wire/chain.h"

/* RFC 7296 3.15.1: the top bit of the attribute type is reserved and ignored. */
enum { TYPE_MASK = 0x7fff };

void ike2_cfg_walk(ike2_walk *w, ike2_bytes cp_body, uint8_t *cp_type)
{
    struct reader r = reader_of(cp_body);

    *cp_type = read_u8(&r);
    (void)read_bytes(&r, 3);
    *w = walk_of(read_rest(&r));
    w->failed = !reader_end(&r);
}

bool ike2_cfg_next(ike2_walk *w, ike2_cfg_attr *out)
{
    struct reader r = reader_of(w->rest);
    ike2_cfg_attr attr = { 0 };

    if (w->failed || w->rest.len == 0)
        return false;
    attr.type = read_u16(&r) & TYPE_MASK;
    attr.value = read_bytes(&r, read_u16(&r));
    w->rest = read_rest(&r);
    if (!reader_end(&r))
        return walk_fail(w);

    *out = attr;
    return true;
}

void ike2_cfg_write(ike2_writer *w, uint8_t cp_type, const ike2_cfg_attr *a, size_t n)
{
    payload_begin(w, IKE2_PAYLOAD_CP, false);
    write_uint(w, cp_type, 1);
    write_uint(w, 0, 3);
    for (size_t i = 0; i < n && !w->failed; i++) {
        if (a[i].type > TYPE_MASK)
            w->failed = true;
        write_uint(w, a[i].type, 2);
        write_uint(w, a[i].value.len, 2);
        write_bytes(w, a[i].value);
    }
    payload_end(w);
}
