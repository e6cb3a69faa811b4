/* wire/delete.c - Delete payload. RFC 7296 3.11. */
#include <ike2/iana.h>

#include "base/writer.h"
#include "wire/chain.h"

ike2_err ike2_delete_read(ike2_bytes body, ike2_delete *out)
{
    struct reader r = reader_of(body);
    ike2_delete d = { 0 };

    d.protocol = read_u8(&r);
    d.spi_size = read_u8(&r);
    d.count = read_u16(&r);
    d.spis = read_bytes(&r, (size_t)d.spi_size * d.count);
    if (!reader_end(&r))
        return IKE2_ERR_MALFORMED;

    *out = d;
    return IKE2_OK;
}

void ike2_delete_write(ike2_writer *w, const ike2_delete *d)
{
    if (d->spis.len != (size_t)d->spi_size * d->count)
        w->failed = true;
    payload_begin(w, IKE2_PAYLOAD_DELETE, false);
    write_uint(w, d->protocol, 1);
    write_uint(w, d->spi_size, 1);
    write_uint(w, d->count, 2);
    write_bytes(w, d->spis);
    payload_end(w);
}
