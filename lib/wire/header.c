/* wire/header.c - the IKE header and the non-ESP marker. RFC 7296 2.23, 3.1; RFC 3948 2.2, 2.3;
 * RFC 9329 3. */
#include "base/bytes.h"
#include "base/writer.h"
#include "wire/chain.h"

enum { LENGTH_AT = 24 };
enum { MARKER_OCTETS = 4, ESP_HEADER_OCTETS = 8, KEEPALIVE_OCTET = 0xff };

static ike2_header read_fields(struct reader *r)
{
    ike2_header h = { 0 };

    h.spi_i = read_u64(r);
    h.spi_r = read_u64(r);
    h.next_payload = read_u8(r);
    h.version = read_u8(r);
    h.exchange = read_u8(r);
    h.flags = read_u8(r);
    h.message_id = read_u32(r);
    h.length = read_u32(r);
    return h;
}

ike2_err ike2_header_read(ike2_bytes message, ike2_header *out)
{
    struct reader r = reader_of(message);
    ike2_header h = read_fields(&r);

    (void)read_rest(&r);
    if (!reader_end(&r) || h.length != message.len)
        return IKE2_ERR_MALFORMED;

    *out = h;
    return IKE2_OK;
}

/* Is there an IKE header at all? Whether its length is right is the reader's concern. */
static void peek_ike(ike2_bytes message, ike2_peeked *out)
{
    struct reader r = reader_of(message);
    ike2_header h = read_fields(&r);

    (void)read_rest(&r);
    if (reader_end(&r))
        *out = (ike2_peeked){ .kind = IKE2_KIND_IKE, .header = h, .message = message };
}

void ike2_peek(ike2_bytes payload, uint8_t encap, ike2_peeked *out)
{
    struct reader r = reader_of(payload);
    uint32_t marker = read_u32(&r);
    ike2_bytes behind = read_rest(&r);

    *out = (ike2_peeked){ .kind = IKE2_KIND_GARBAGE };
    /* RFC 3948 2.3: a single octet 0xff keeps a NAT's mapping alive. */
    if (payload.len == 1 && payload.ptr[0] == KEEPALIVE_OCTET)
        out->kind = IKE2_KIND_KEEPALIVE;
    else if (encap == IKE2_ENCAP_NONE)
        peek_ike(payload, out);
    else if (reader_end(&r) && marker == 0)
        peek_ike(behind, out);
    else if (payload.len >= ESP_HEADER_OCTETS)
        *out = (ike2_peeked){ .kind = IKE2_KIND_ESP, .esp_spi = marker };
}

void ike2_message_begin(ike2_writer *w, const ike2_header *h)
{
    if (w->len != 0)
        w->failed = true;
    write_uint(w, h->spi_i, 8);
    write_uint(w, h->spi_r, 8);
    write_uint(w, 0, 1);
    write_uint(w, h->version, 1);
    write_uint(w, h->exchange, 1);
    write_uint(w, h->flags, 1);
    write_uint(w, h->message_id, 4);
    write_uint(w, 0, 4);
    w->next_at = NEXT_PAYLOAD_AT;
}

ike2_err ike2_message_end(ike2_writer *w, ike2_bytes *out)
{
    if (w->len < IKE_HEADER_OCTETS || w->open_at != WRITER_NOWHERE)
        w->failed = true;
    write_length(w, LENGTH_AT, 4, 0);
    return ike2_writer_end(w, out);
}
