/* wire/cert.c - Certificate and Certificate Request payloads. RFC 7296 3.6, 3.7. */
#include "base/writer.h"
#include "wire/chain.h"

ike2_err ike2_cert_read(ike2_bytes body, ike2_cert *out)
{
    struct reader r = reader_of(body);
    ike2_cert cert = { 0 };

    cert.encoding = read_u8(&r);
    cert.data = read_rest(&r);
    if (!reader_end(&r))
        return IKE2_ERR_MALFORMED;

    *out = cert;
    return IKE2_OK;
}

void ike2_cert_write(ike2_writer *w, uint8_t type, const ike2_cert *cert)
{
    payload_begin(w, type, false);
    write_uint(w, cert->encoding, 1);
    write_bytes(w, cert->data);
    payload_end(w);
}
