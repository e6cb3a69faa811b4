/* base/writer.c - the public face of base/writer.h. */
#include <ike2/message.h>

#include "base/bytes.h"
#include "base/writer.h"

void ike2_writer_init(ike2_writer *w, uint8_t *room, size_t cap)
{
    *w = writer_of(room, cap);
}

ike2_err ike2_writer_end(const ike2_writer *w, ike2_bytes *out)
{
    if (w->failed || w->open_at != WRITER_NOWHERE)
        return IKE2_ERR_SPACE;
    *out = bytes_of(w->base, w->len);
    return IKE2_OK;
}

void ike2_octets_write(ike2_writer *w, ike2_bytes octets)
{
    write_bytes(w, octets);
}

void ike2_uint_write(ike2_writer *w, uint64_t value, size_t width)
{
    write_uint(w, value, width);
}

void ike2_payload_begin(ike2_writer *w, uint8_t type, bool critical)
{
    payload_begin(w, type, critical);
}

void ike2_payload_end(ike2_writer *w)
{
    payload_end(w);
}
