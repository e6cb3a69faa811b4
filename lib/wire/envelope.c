/* wire/envelope.c - framing of the SK and SKF payloads: where the IV, the ciphertext, the padding
 * and the ICV are. RFC 7296 3.14; RFC 7383 2.5. */
#include <ike2/iana.h>

#include "base/bytes.h"
#include "base/writer.h"
#include "wire/chain.h"

enum { FRAGMENT_OCTETS = 4, PAD_LENGTH_OCTETS = 1 };

/* The protected payload, which is the last one; RFC 7296 3.14. */
static bool find_protected(ike2_bytes message, ike2_payload *out)
{
    ike2_payload p = { 0 };
    ike2_header h;
    ike2_walk w;

    if (ike2_header_read(message, &h) != IKE2_OK)
        return false;
    ike2_payload_walk(&w, h.next_payload,
                      bytes_of(message.ptr + IKE_HEADER_OCTETS, message.len - IKE_HEADER_OCTETS));
    while (ike2_payload_next(&w, &p))
        ;
    if (ike2_walk_end(&w) != IKE2_OK)
        return false;
    *out = p;
    return p.type == IKE2_PAYLOAD_SK || p.type == IKE2_PAYLOAD_SKF;
}

/* RFC 7383 2.5: both count from one. */
static bool fragment_is_valid(const ike2_sk_parts *p)
{
    return p->fragment != 0 && p->fragment <= p->fragments;
}

static bool is_whole_blocks(size_t len, const ike2_sk_sizes *sizes)
{
    return len >= PAD_LENGTH_OCTETS && (sizes->block_len < 2 || len % sizes->block_len == 0);
}

ike2_err ike2_sk_read(ike2_bytes message, const ike2_sk_sizes *sizes, ike2_sk_parts *out)
{
    struct reader r = reader_of(message);
    ike2_sk_parts parts = { 0 };
    bool is_fragment;
    ike2_payload p;

    if (!find_protected(message, &p))
        return IKE2_ERR_MALFORMED;
    is_fragment = p.type == IKE2_PAYLOAD_SKF;
    (void)read_bytes(&r, (size_t)(p.body.ptr - message.ptr) - PAYLOAD_HEADER_OCTETS);
    parts.first = read_u8(&r);
    (void)read_bytes(&r, PAYLOAD_HEADER_OCTETS - 1);
    if (is_fragment) {
        parts.fragment = read_u16(&r);
        parts.fragments = read_u16(&r);
    }
    /* RFC 5282 5.1: everything up to the IV is associated data. */
    parts.aad = bytes_of(message.ptr, message.len - r.left);
    parts.iv = read_bytes(&r, sizes->iv_len);
    parts.sealed = read_bytes(&r, length_without(r.left, sizes->icv_len));
    parts.icv = read_rest(&r);
    if (!reader_end(&r) || !is_whole_blocks(parts.sealed.len, sizes))
        return IKE2_ERR_MALFORMED;
    if (is_fragment && !fragment_is_valid(&parts))
        return IKE2_ERR_MALFORMED;

    *out = parts;
    return IKE2_OK;
}

ike2_err ike2_sk_unpad(ike2_bytes plain, ike2_bytes *inner)
{
    struct reader r = reader_of(plain);
    size_t content = length_without(plain.len, PAD_LENGTH_OCTETS);
    uint8_t pad_len;

    (void)read_bytes(&r, content);
    pad_len = read_u8(&r);
    if (!reader_end(&r) || pad_len > content)
        return IKE2_ERR_MALFORMED;

    *inner = bytes_of(plain.ptr, content - pad_len);
    return IKE2_OK;
}

void ike2_sk_begin(ike2_writer *w, const ike2_sk_sizes *sizes, uint8_t first, uint16_t fragment,
                   uint16_t fragments)
{
    static const uint8_t iv[UINT8_MAX];
    bool is_fragment = fragments != 0;

    if (w->next_at == WRITER_NOWHERE)
        w->failed = true;
    payload_header(w, is_fragment ? IKE2_PAYLOAD_SKF : IKE2_PAYLOAD_SK, false);
    if (!w->failed)
        w->base[w->next_at] = first;
    if (is_fragment) {
        write_uint(w, fragment, 2);
        write_uint(w, fragments, 2);
    }
    write_bytes(w, bytes_of(iv, sizes->iv_len));
}

/* Where the open SK or SKF payload starts, and which it is; its length is not yet set. Payloads
 * before it are few or, as a rule, none. */
static bool find_open(const ike2_writer *w, size_t *at, uint8_t *type)
{
    struct reader r = reader_of(bytes_of(w->base, w->len));
    uint8_t here;

    (void)read_bytes(&r, NEXT_PAYLOAD_AT);
    here = read_u8(&r);
    (void)read_bytes(&r, IKE_HEADER_OCTETS - NEXT_PAYLOAD_AT - 1);
    while (!r.failed && here != IKE2_PAYLOAD_SK && here != IKE2_PAYLOAD_SKF) {
        here = read_u8(&r);
        (void)read_u8(&r);
        (void)read_bytes(&r, length_without(read_u16(&r), PAYLOAD_HEADER_OCTETS));
    }
    *at = w->len - r.left;
    *type = here;
    return !r.failed;
}

/* RFC 7296 3.14: zeros and their number, such that data and both are whole blocks. */
static void pad(ike2_writer *w, size_t data_len, size_t block_len)
{
    size_t over = block_len < 2 ? 0 : (data_len + PAD_LENGTH_OCTETS) % block_len;
    size_t pad_len = over == 0 ? 0 : block_len - over;
    uint8_t *at = write_room(w, pad_len);

    if (at != NULL)
        memset(at, 0, pad_len);
    write_uint(w, pad_len, PAD_LENGTH_OCTETS);
}

ike2_err ike2_sk_end(ike2_writer *w, const ike2_sk_sizes *sizes, ike2_sk_room *room,
                     ike2_bytes *message)
{
    size_t start, iv_at, data_at, icv_at;
    uint8_t type;
    ike2_err err;

    if (w->failed || w->open_at != WRITER_NOWHERE || !find_open(w, &start, &type))
        return IKE2_ERR_SPACE;
    iv_at = start + PAYLOAD_HEADER_OCTETS + (type == IKE2_PAYLOAD_SKF ? FRAGMENT_OCTETS : 0);
    data_at = iv_at + sizes->iv_len;
    if (data_at > w->len)
        return IKE2_ERR_SPACE;
    pad(w, w->len - data_at, sizes->block_len);
    icv_at = w->len;
    (void)write_room(w, sizes->icv_len);
    write_length(w, start + 2, 2, start);
    err = ike2_message_end(w, message);
    if (err != IKE2_OK)
        return err;

    *room = (ike2_sk_room){
        .aad = bytes_of(w->base, iv_at),
        .iv = w->base + iv_at,
        .data = w->base + data_at,
        .data_len = icv_at - data_at,
        .icv = w->base + icv_at,
    };
    return IKE2_OK;
}
