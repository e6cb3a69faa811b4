/* mbedtls/x509/pem.c - certificates and CRLs out of PEM text. RFC 7468. */
#include <mbedtls/base64.h>

#include <ike2/mbedtls.h>

#include "base/bytes.h"
#include "mbedtls/x509/der.h"

/* What stands around a block. */
struct label {
    const char *begin, *end;
};

/* RFC 7468 5.1, 6 */
static const struct label certificate = { "-----BEGIN CERTIFICATE-----",
                                          "-----END CERTIFICATE-----" };
static const struct label crl = { "-----BEGIN X509 CRL-----", "-----END X509 CRL-----" };

/* Where `words` begin in the text, or its length. */
static size_t find(ike2_bytes text, const char *words)
{
    size_t len = strlen(words);

    for (size_t i = 0; len <= text.len && i <= text.len - len; i++) {
        if (memcmp(text.ptr + i, words, len) == 0)
            return i;
    }
    return text.len;
}

static ike2_bytes from(ike2_bytes text, size_t at)
{
    return bytes_of(text.ptr + at, text.len - at);
}

/* The base64 of the next block, which is taken off the text. False at the end, and `*is_whole` is
 * false if the block has none. */
static bool block_next(const struct label *label, ike2_bytes *text, ike2_bytes *out,
                       bool *is_whole)
{
    size_t begin = find(*text, label->begin), end;

    if (begin == text->len)
        return false;
    *text = from(*text, begin + strlen(label->begin));
    end = find(*text, label->end);
    *is_whole = end != text->len;
    *out = bytes_of(text->ptr, end);
    *text = from(*text, *is_whole ? end + strlen(label->end) : end);
    return *is_whole;
}

/* The outermost element of a certificate or a CRL, and nothing behind it. */
static bool is_whole_der(ike2_bytes der)
{
    struct reader r = reader_of(der);

    (void)der_read(&r, DER_SEQUENCE);
    return reader_end(&r);
}

/* Octets and blocks of a text that need room. */
struct need {
    size_t octets, n;
};

static ike2_err measure(const struct label *label, ike2_bytes text, struct need *out)
{
    struct need need = { 0 };
    ike2_bytes block;
    bool is_whole = true;

    while (block_next(label, &text, &block, &is_whole)) {
        size_t len = 0;

        if (mbedtls_base64_decode(NULL, 0, &len, block.ptr, block.len) !=
            MBEDTLS_ERR_BASE64_BUFFER_TOO_SMALL)
            return IKE2_ERR_MALFORMED;
        need.octets += len;
        need.n++;
    }
    *out = need;
    return is_whole && need.n != 0 ? IKE2_OK : IKE2_ERR_MALFORMED;
}

/* Into room that is large enough. `out` may be NULL, for a trial. */
static ike2_err decode(const struct label *label, ike2_bytes text, ike2_buffer *room,
                       ike2_bytes *out)
{
    ike2_bytes block;
    bool is_whole;
    size_t at = 0;

    for (size_t i = 0; block_next(label, &text, &block, &is_whole); i++) {
        uint8_t *der = room->ptr + at;
        size_t len = 0;

        if (mbedtls_base64_decode(der, room->cap - at, &len, block.ptr, block.len) != 0 ||
            !is_whole_der(bytes_of(der, len)))
            return IKE2_ERR_MALFORMED;
        if (out != NULL)
            out[i] = bytes_of(der, len);
        at += len;
    }
    if (out != NULL)
        room->len = at;
    return IKE2_OK;
}

static ike2_err cut(const struct label *label, ike2_bytes text, ike2_buffer *room, ike2_bytes *out,
                    size_t *n)
{
    struct need need = { .octets = text.len, .n = 1 };
    bool is_der = is_whole_der(text);
    ike2_err err = is_der ? IKE2_OK : measure(label, text, &need);

    if (err != IKE2_OK)
        return err;
    if (need.octets > room->cap || need.n > *n) {
        room->len = need.octets;
        *n = need.n;
        return IKE2_ERR_SPACE;
    }
    if (!is_der) {
        err = decode(label, text, room, NULL);
        if (err == IKE2_OK)
            err = decode(label, text, room, out);
    } else {
        memcpy(room->ptr, text.ptr, text.len);
        room->len = text.len;
        out[0] = bytes_of(room->ptr, text.len);
    }
    if (err == IKE2_OK)
        *n = need.n;
    return err;
}

ike2_err ike2_mbedtls_certificates(ike2_bytes text, ike2_buffer *room, ike2_bytes *out, size_t *n)
{
    return cut(&certificate, text, room, out, n);
}

ike2_err ike2_mbedtls_crls(ike2_bytes text, ike2_buffer *room, ike2_bytes *out, size_t *n)
{
    return cut(&crl, text, room, out, n);
}
