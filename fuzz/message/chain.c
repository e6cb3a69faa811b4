/* message/chain.c - chains of payloads and whole messages: walked, written anew payload by payload,
 * and walked again side by side; then the index and the rules. */
#include "message/parts.h"

#include <string.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "wire/rules.h"

enum { HEADER_OCTETS = 28, PAYLOAD_HEADER_OCTETS = 4, KEEPALIVE_OCTET = 0xff };
enum { PAYLOADS_MAX = ROOM_OCTETS / PAYLOAD_HEADER_OCTETS + 1 };

/* What became of each payload of the chain at hand: its value was written, or its octets. */
static bool by_value[PAYLOADS_MAX];

static void payload_copy(ike2_writer *w, const ike2_payload *p)
{
    ike2_payload_begin(w, p->type, p->critical);
    ike2_octets_write(w, p->body);
    ike2_payload_end(w);
}

static bool is_protected_payload(uint8_t type)
{
    return type == IKE2_PAYLOAD_SK || type == IKE2_PAYLOAD_SKF;
}

/* False if the chain does not parse; what comes before the fault has been written all the same. */
static bool chain_rewrite(ike2_writer *w, uint8_t first, ike2_bytes chain)
{
    ike2_payload p;
    size_t n = 0;
    ike2_walk walk;

    ike2_payload_walk(&walk, first, chain);
    while (ike2_payload_next(&walk, &p)) {
        check_within(p.body, chain);
        check(n < PAYLOADS_MAX);
        by_value[n] = payload_rewrite(w, p.type, p.body);
        if (!by_value[n])
            payload_copy(w, &p);
        n++;
        if (!is_protected_payload(p.type))
            continue;
        message_tally[REACHED_BODY + IKE2_PAYLOAD_SK - IKE2_PAYLOAD_SA].n++;
        check(!ike2_payload_next(&walk, &p)); /* RFC 7296 3.14: the last one */
    }
    return ike2_walk_end(&walk) == IKE2_OK;
}

static void payload_compare(const ike2_payload *p, const ike2_payload *q, bool is_value)
{
    check(p->type == q->type);
    if (is_value) {
        payload_check_same(p->type, p->body, q->body);
        return;
    }
    check(p->critical == q->critical);
    check(bytes_equal(p->body, q->body));
}

/* `again` is what became of `chain`, both with a first payload of type `first`. */
static void chain_compare(uint8_t first, ike2_bytes chain, ike2_bytes again)
{
    ike2_payload p, q;
    ike2_walk v, w;
    size_t n = 0;

    ike2_payload_walk(&v, first, chain);
    ike2_payload_walk(&w, first, again);
    while (ike2_payload_next(&v, &p)) {
        check(ike2_payload_next(&w, &q));
        payload_compare(&p, &q, by_value[n++]);
    }
    check(!ike2_payload_next(&w, &q) && ike2_walk_end(&w) == IKE2_OK);
}

void chain_check(uint8_t first, ike2_bytes chain)
{
    static uint8_t room[ROOM_OCTETS];
    ike2_bytes again;
    ike2_writer w;

    ike2_writer_init(&w, room, sizeof room);
    if (!chain_rewrite(&w, first, chain))
        return;
    check(ike2_writer_end(&w, &again) == IKE2_OK && again.len <= chain.len);
    message_tally[REACHED_CHAIN].n++;
    chain_compare(first, chain, again);
}

/* --- Whole messages ---------------------------------------------------------------------- */

static void header_compare(const ike2_header *h, const ike2_header *again, size_t len)
{
    check(h->spi_i == again->spi_i && h->spi_r == again->spi_r);
    check(h->version == again->version && h->exchange == again->exchange);
    check(h->flags == again->flags && h->message_id == again->message_id);
    check(h->next_payload == again->next_payload && again->length == len);
}

static ike2_bytes behind_header(ike2_bytes message)
{
    return bytes_of(message.ptr + HEADER_OCTETS, message.len - HEADER_OCTETS);
}

void message_check(ike2_bytes message)
{
    static uint8_t room[ROOM_OCTETS];
    ike2_header h, h_again;
    ike2_bytes again;
    ike2_writer w;

    if (ike2_header_read(message, &h) != IKE2_OK)
        return;
    check(h.length == message.len && message.len >= HEADER_OCTETS);
    rules_check(&h, h.next_payload, behind_header(message), false);
    ike2_writer_init(&w, room, sizeof room);
    ike2_message_begin(&w, &h);
    if (!chain_rewrite(&w, h.next_payload, behind_header(message)))
        return;
    check(ike2_message_end(&w, &again) == IKE2_OK);
    message_tally[REACHED_MESSAGE].n++;
    check(ike2_header_read(again, &h_again) == IKE2_OK);
    header_compare(&h, &h_again, again.len);
    chain_compare(h.next_payload, behind_header(message), behind_header(again));
}

/* RFC 3948 2.2, 2.3; RFC 7296 2.23. */
static void peeked_check(ike2_bytes datagram, uint8_t encap)
{
    size_t marker = encap == IKE2_ENCAP_NONE ? 0 : 4;
    ike2_peeked peeked;
    ike2_header h;

    memset(&peeked, 0xff, sizeof peeked);
    ike2_peek(datagram, encap, &peeked);
    check(peeked.kind <= IKE2_KIND_KEEPALIVE);
    check((peeked.kind == IKE2_KIND_IKE) == (peeked.message.len != 0));
    if (peeked.kind == IKE2_KIND_GARBAGE)
        return;
    message_tally[REACHED_IKE + peeked.kind - IKE2_KIND_IKE].n++;
    if (peeked.kind == IKE2_KIND_KEEPALIVE)
        check(datagram.len == 1 && datagram.ptr[0] == KEEPALIVE_OCTET);
    if (peeked.kind == IKE2_KIND_ESP)
        check(marker != 0 && peeked.esp_spi != 0);
    if (peeked.kind != IKE2_KIND_IKE)
        return;
    check(peeked.message.ptr == datagram.ptr + marker);
    check(peeked.message.len == datagram.len - marker && peeked.message.len >= HEADER_OCTETS);
    if (ike2_header_read(peeked.message, &h) == IKE2_OK)
        check(memcmp(&h, &peeked.header, sizeof h) == 0);
}

void peek_check(ike2_bytes datagram)
{
    for (uint8_t encap = IKE2_ENCAP_NONE; encap <= IKE2_ENCAP_TCP; encap++)
        peeked_check(datagram, encap);
}

/* --- Index and rules --------------------------------------------------------------------- */

static void index_check(const struct message *m, uint8_t type)
{
    size_t n = 0;
    ike2_payload p;
    ike2_walk w;

    ike2_payload_walk(&w, m->first, m->chain);
    while (ike2_payload_next(&w, &p)) {
        if (p.type != type)
            continue;
        if (n++ == 0)
            check(ike2_message_body(m, type).ptr == p.body.ptr);
    }
    check(ike2_message_count(m, type) == n);
    check_within(ike2_message_body(m, type), m->chain);
}

/* wire/rules.h: every body was read, so that later reads cannot fail. */
static void bodies_check(const struct message *m)
{
    static uint8_t room[ROOM_OCTETS];
    ike2_payload p;
    ike2_walk walk;

    ike2_payload_walk(&walk, m->first, m->chain);
    while (ike2_payload_next(&walk, &p)) {
        ike2_writer w;

        if (p.type < MESSAGE_FIRST || p.type >= MESSAGE_FIRST + MESSAGE_ROWS ||
            is_protected_payload(p.type))
            continue;
        ike2_writer_init(&w, room, sizeof room);
        check(payload_rewrite(&w, p.type, p.body));
    }
}

void rules_check(const ike2_header *header, uint8_t first, ike2_bytes chain, bool is_protected)
{
    uint8_t payload = IKE2_PAYLOAD_NONE;
    struct message m;
    ike2_notify n;

    if (ike2_message_index(header, first, chain, is_protected, &m) != IKE2_OK)
        return;
    for (size_t row = 0; row < MESSAGE_ROWS; row++)
        index_check(&m, (uint8_t)(MESSAGE_FIRST + row));
    if (ike2_message_error(&m, &n))
        check(n.type < IKE2_NOTIFY_STATUS_FIRST && ike2_message_notify(&m, n.type, &n));
    if (ike2_rules_check(&m, &payload) != IKE2_OK)
        return;
    message_tally[REACHED_RULES].n++;
    bodies_check(&m);
}
