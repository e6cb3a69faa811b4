/* x509/der.c - DER on the bounded cursor. X.690 8 to 11. */
#include "x509/der.h"

#include "base/bytes.h"

static void fail(struct reader *r)
{
    *r = (struct reader){ .failed = true };
}

/* X.690 8.1.3, 10.1: definite, in as few octets as possible. */
static size_t read_length(struct reader *r)
{
    enum { LONG_FORM = 0x80, MAX_OCTETS = 4 };
    uint8_t first = read_u8(r);
    size_t n = first & (LONG_FORM - 1u);
    uint64_t len;

    if ((first & LONG_FORM) == 0)
        return first;
    len = n == 0 || n > MAX_OCTETS ? 0 : read_uint(r, n);
    if (len < LONG_FORM || len >> (8 * (n - 1)) == 0)
        fail(r);
    return (size_t)len;
}

struct der ike2_der_next(struct reader *r)
{
    enum { TAG_NUMBER = 0x1f };
    struct der out = { .whole = { .ptr = r->at } };
    size_t before = r->left;

    out.tag = read_u8(r);
    out.value = read_bytes(r, read_length(r));
    if ((out.tag & TAG_NUMBER) == TAG_NUMBER || out.tag == DER_NO_TAG)
        fail(r);
    if (r->failed)
        return (struct der){ 0 };
    out.whole.len = before - r->left;
    return out;
}

ike2_bytes ike2_der_read(struct reader *r, uint8_t tag)
{
    struct der d = ike2_der_next(r);

    if (d.tag == tag)
        return d.value;
    fail(r);
    return (ike2_bytes){ 0 };
}

struct reader ike2_der_enter(struct reader *r, uint8_t tag)
{
    struct reader inner = reader_of(ike2_der_read(r, tag));

    inner.failed = r->failed;
    return inner;
}

struct reader ike2_der_only(ike2_bytes octets, uint8_t tag)
{
    struct reader r = reader_of(octets);
    struct reader inner = ike2_der_enter(&r, tag);

    if (!reader_end(&r))
        fail(&inner);
    return inner;
}

uint8_t ike2_der_peek(const struct reader *r)
{
    return r->failed || r->left == 0 ? (uint8_t)DER_NO_TAG : *r->at;
}

bool ike2_der_bool(struct reader *r, uint8_t tag)
{
    ike2_bytes b = ike2_der_read(r, tag);

    if (b.len != 1 || (b.ptr[0] != 0 && b.ptr[0] != 0xff)) {
        fail(r);
        return false;
    }
    return b.ptr[0] != 0;
}

ike2_bytes ike2_der_integer(struct reader *r, uint8_t tag)
{
    ike2_bytes b = ike2_der_read(r, tag);
    bool is_padded =
        b.len > 1 && ((b.ptr[0] == 0 && b.ptr[1] < 0x80) || (b.ptr[0] == 0xff && b.ptr[1] >= 0x80));

    if (b.len != 0 && !is_padded)
        return b;
    fail(r);
    return (ike2_bytes){ 0 };
}

uint32_t ike2_der_uint(struct reader *r, uint8_t tag)
{
    ike2_bytes b = ike2_der_integer(r, tag);
    struct reader number = reader_of(b);

    if (b.len == 0 || b.ptr[0] >= 0x80) {
        fail(r);
        return 0;
    }
    return b.len > 4 ? INT32_MAX : (uint32_t)read_uint(&number, b.len);
}

ike2_bytes ike2_der_oid(struct reader *r, uint8_t tag)
{
    ike2_bytes b = ike2_der_read(r, tag);
    bool begins = true;

    for (size_t i = 0; i < b.len; i++) {
        if (begins && b.ptr[i] == 0x80)
            fail(r);
        begins = b.ptr[i] < 0x80;
    }
    if (b.len == 0 || !begins)
        fail(r);
    return r->failed ? (ike2_bytes){ 0 } : b;
}

ike2_bytes ike2_der_octet_bits(struct reader *r, uint8_t tag)
{
    struct reader bits = ike2_der_enter(r, tag);
    uint8_t unused = read_u8(&bits);

    if (bits.failed || unused != 0)
        fail(r);
    return r->failed ? (ike2_bytes){ 0 } : read_rest(&bits);
}

uint32_t ike2_der_named_bits(struct reader *r, uint8_t tag)
{
    struct reader in = ike2_der_enter(r, tag);
    uint8_t unused = read_u8(&in);
    ike2_bytes b = read_rest(&in);
    uint32_t out = 0;

    /* The last bit that is there is one; and if there is none, nothing is unused. */
    if (in.failed || unused > 7 || (b.len == 0 && unused != 0) ||
        (b.len != 0 && (b.ptr[b.len - 1] & ((2u << unused) - 1)) != 1u << unused)) {
        fail(r);
        return 0;
    }
    for (size_t i = 0; i < 32 && i / 8 < b.len; i++) {
        if ((b.ptr[i / 8] & (0x80u >> i % 8)) != 0)
            out |= (uint32_t)1 << i;
    }
    return out;
}
