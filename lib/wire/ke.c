/* wire/ke.c - Key Exchange payload. RFC 7296 3.4. */
#include <ike2/iana.h>

#include "base/writer.h"
#include "wire/chain.h"

ike2_err ike2_ke_read(ike2_bytes body, ike2_ke_payload *out)
{
    struct reader r = reader_of(body);
    ike2_ke_payload ke = { 0 };

    ke.method = read_u16(&r);
    (void)read_u16(&r);
    ke.data = read_rest(&r);
    if (!reader_end(&r))
        return IKE2_ERR_MALFORMED;

    *out = ke;
    return IKE2_OK;
}

void ike2_ke_write(ike2_writer *w, const ike2_ke_payload *ke)
{
    payload_begin(w, IKE2_PAYLOAD_KE, false);
    write_uint(w, ke->method, 2);
    write_uint(w, 0, 2);
    write_bytes(w, ke->data);
    payload_end(w);
}
