/* mbedtls/ecdsa_value.c - raw and DER forms of ECDSA signatures. DER has one encoding for a value;
 * mbedTLS reads some others too, so what comes from the peer is decoded here, strictly. */
#include <string.h>

#include "base/bytes.h"
#include "base/reader.h"
#include "mbedtls/ecdsa_value.h"

enum { TAG_INTEGER = 0x02, TAG_SEQUENCE = 0x30, LONG_LENGTH_1 = 0x81 };

static ike2_bytes without_zeros(ike2_bytes b)
{
    while (b.len > 0 && b.ptr[0] == 0) {
        b.ptr++;
        b.len--;
    }
    return b;
}

/* INTEGER of a number that is not negative; returns its length. */
static size_t integer_write(ike2_bytes number, uint8_t *out)
{
    ike2_bytes n = without_zeros(number);
    size_t pad = n.len == 0 || n.ptr[0] >= 0x80 ? 1 : 0; /* else it would be negative, or empty */

    out[0] = TAG_INTEGER;
    out[1] = (uint8_t)(pad + n.len);
    out[2] = 0;
    if (n.len != 0)
        memcpy(out + 2 + pad, n.ptr, n.len);
    return 2 + pad + n.len;
}

size_t ike2_mbed_ecdsa_to_der(ike2_bytes raw, uint8_t der[ECDSA_DER_MAX])
{
    uint8_t body[ECDSA_DER_MAX];
    size_t half = raw.len / 2;
    size_t len = integer_write(bytes_of(raw.ptr, half), body);
    size_t head = 0;

    len += integer_write(bytes_of(raw.ptr + half, half), body + len);
    der[head++] = TAG_SEQUENCE;
    if (len >= 0x80)
        der[head++] = LONG_LENGTH_1;
    der[head++] = (uint8_t)len;
    memcpy(der + head, body, len);
    return head + len;
}

static ike2_bytes element_read(struct reader *r, uint8_t tag)
{
    bool is_tag = read_u8(r) == tag;
    size_t len = read_u8(r);

    if (len == LONG_LENGTH_1)
        len = read_u8(r);
    return read_bytes(r, is_tag ? len : SIZE_MAX);
}

static bool number_put(ike2_bytes integer, size_t len, uint8_t *out)
{
    ike2_bytes n = without_zeros(integer);

    if (n.len > len)
        return false;
    memset(out, 0, len - n.len);
    if (n.len != 0)
        memcpy(out + len - n.len, n.ptr, n.len);
    return true;
}

bool ike2_mbed_ecdsa_to_raw(ike2_bytes der, size_t number_len, uint8_t *raw)
{
    struct reader outer = reader_of(der);
    struct reader inner = reader_of(element_read(&outer, TAG_SEQUENCE));
    ike2_bytes r = element_read(&inner, TAG_INTEGER);
    ike2_bytes s = element_read(&inner, TAG_INTEGER);
    uint8_t again[ECDSA_DER_MAX];
    size_t len;

    if (!reader_end(&outer) || !reader_end(&inner))
        return false;
    if (!number_put(r, number_len, raw) || !number_put(s, number_len, raw + number_len))
        return false;
    /* A padded length, a padded or a negative number would not be written like this. */
    len = ike2_mbed_ecdsa_to_der(bytes_of(raw, 2 * number_len), again);
    return bytes_equal(bytes_of(again, len), der);
}
