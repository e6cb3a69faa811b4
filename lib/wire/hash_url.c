/* wire/hash_url.c - Certificate payloads that say where a certificate is, instead of holding it.
 * RFC 7296 3.6. */
#include "wire/hash_url.h"

#include <ike2/iana.h>

#include "base/writer.h"
#include "wire/chain.h"

bool ike2_is_hash_url(uint8_t encoding)
{
    return encoding == IKE2_CERT_HASH_AND_URL || encoding == IKE2_CERT_HASH_AND_URL_BUNDLE;
}

/* RFC 3986 2: of ASCII, without spaces and control characters. */
static bool is_url(ike2_bytes url)
{
    if (url.len == 0 || url.len > HASH_URL_MAX)
        return false;
    for (size_t i = 0; i < url.len; i++) {
        if (url.ptr[i] <= 0x20 || url.ptr[i] >= 0x7f)
            return false;
    }
    return true;
}

bool ike2_hash_url_is_valid(const ike2_hash_url *h)
{
    return ike2_is_hash_url(h->encoding) && h->hash.ptr != NULL &&
           h->hash.len == HASH_URL_HASH_OCTETS && h->url.ptr != NULL && is_url(h->url);
}

ike2_err ike2_hash_url_read(const ike2_cert *cert, ike2_hash_url *out)
{
    struct reader r = reader_of(cert->data);
    ike2_hash_url h = { .encoding = cert->encoding };

    h.hash = read_bytes(&r, HASH_URL_HASH_OCTETS);
    h.url = read_rest(&r);
    if (!reader_end(&r) || !ike2_hash_url_is_valid(&h))
        return IKE2_ERR_MALFORMED;

    *out = h;
    return IKE2_OK;
}

void ike2_hash_url_write(ike2_writer *w, const ike2_hash_url *h)
{
    payload_begin(w, IKE2_PAYLOAD_CERT, false);
    write_uint(w, h->encoding, 1);
    write_bytes(w, h->hash);
    write_bytes(w, h->url);
    payload_end(w);
}
