/* wire/eap.c - the framing of the EAP message in an EAP payload. RFC 7296 3.16; RFC 3748 4. */
#include <ike2/iana.h>

#include "base/writer.h"
#include "wire/chain.h"

enum { EAP_HEADER_OCTETS = 4 };

static bool has_type(uint8_t code)
{
    return code == IKE2_EAP_REQUEST || code == IKE2_EAP_RESPONSE;
}

ike2_err ike2_eap_read(ike2_bytes body, ike2_eap *out)
{
    struct reader r = reader_of(body);
    ike2_eap eap = { 0 };

    eap.code = read_u8(&r);
    eap.identifier = read_u8(&r);
    eap.data = read_bytes(&r, length_without(read_u16(&r), EAP_HEADER_OCTETS));
    /* RFC 3748 4: a Request or Response has a Type, Success and Failure have no data. */
    if (!reader_end(&r) || has_type(eap.code) != (eap.data.len != 0))
        return IKE2_ERR_MALFORMED;

    *out = eap;
    return IKE2_OK;
}

void ike2_eap_write(ike2_writer *w, const ike2_eap *eap)
{
    payload_begin(w, IKE2_PAYLOAD_EAP, false);
    write_uint(w, eap->code, 1);
    write_uint(w, eap->identifier, 1);
    write_uint(w, eap->data.len + EAP_HEADER_OCTETS, 2);
    write_bytes(w, eap->data);
    payload_end(w);
}
