/* wire/nonce.c - Nonce payload, and every other payload whose body is nothing but data.
 * RFC 7296 3.9, 3.12, 3.16. */
#include "base/writer.h"
#include "wire/chain.h"

enum { NONCE_MIN = 16, NONCE_MAX = 256 };

ike2_err ike2_nonce_read(ike2_bytes body, ike2_bytes *out)
{
    /* RFC 7296 3.9: between 16 and 256 octets, inclusive. */
    if (body.len < NONCE_MIN || body.len > NONCE_MAX)
        return IKE2_ERR_MALFORMED;
    *out = body;
    return IKE2_OK;
}

void ike2_data_write(ike2_writer *w, uint8_t type, ike2_bytes data)
{
    payload_begin(w, type, false);
    write_bytes(w, data);
    payload_end(w);
}
