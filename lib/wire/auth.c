/* wire/auth.c - Authentication payload. RFC 7296 3.8. */
#include <ike2/iana.h>

#include "base/writer.h"
#include "wire/chain.h"

ike2_err ike2_auth_read(ike2_bytes body, ike2_auth_payload *out)
{
    struct reader r = reader_of(body);
    ike2_auth_payload auth = { 0 };

    auth.method = read_u8(&r);
    (void)read_bytes(&r, 3);
    auth.data = read_rest(&r);
    if (!reader_end(&r))
        return IKE2_ERR_MALFORMED;

    *out = auth;
    return IKE2_OK;
}

void ike2_auth_write(ike2_writer *w, const ike2_auth_payload *auth)
{
    payload_begin(w, IKE2_PAYLOAD_AUTH, false);
    write_uint(w, auth->method, 1);
    write_uint(w, 0, 3);
    write_bytes(w, auth->data);
    payload_end(w);
}
