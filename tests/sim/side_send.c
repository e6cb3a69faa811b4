/* sim/side_send.c - what a side sends: looked at, and given to the network. */
#include <string.h>

#include "sim/side.h"
#include "sim/world.h"

enum { MARKER = 4, NAT_PORT = 4500, IPV4_UDP = 28, IPV6_UDP = 48 };

static uint64_t hash_octets(uint64_t h, ike2_bytes octets)
{
    for (size_t i = 0; i < octets.len; i++)
        h = (h ^ octets.ptr[i]) * UINT64_C(0x100000001b3);
    return mix(h + octets.len);
}

/* The message without its marker. */
static ike2_bytes bare(const ike2_send *send, size_t i)
{
    size_t marker = send->path.encap == IKE2_ENCAP_NONE ? 0 : MARKER;
    ike2_bytes p = send->payloads[i];

    return p.len < marker ? (ike2_bytes){ 0 } : (ike2_bytes){ p.ptr + marker, p.len - marker };
}

/* A message is known by its SPIs, its Message ID and its direction. IKE_SA_INIT requests change
 * when a cookie or another method is wanted; replies without state have no SPI of ours, or nothing
 * that protects them. */
static bool has_name(const ike2_header *h)
{
    if (h->exchange == IKE2_EXCHANGE_IKE_SA_INIT)
        return (h->flags & IKE2_FLAG_RESPONSE) != 0 && h->spi_r != 0;
    return h->next_payload == IKE2_PAYLOAD_SK || h->next_payload == IKE2_PAYLOAD_SKF;
}

static uint64_t name_of(const ike2_header *h)
{
    return mix(mix(mix(h->spi_i) + h->spi_r) + ((uint64_t)h->message_id << 8 | h->flags)) | 1;
}

/* RFC 7296 2.1: a retransmission is bitwise identical, but for one in smaller fragments (RFC 7383
 * 2.5.2). */
static void check_repeated(struct side *s, const ike2_send *send, const ike2_header *h)
{
    uint64_t octets = 0, name = name_of(h);

    if (!has_name(h))
        return;
    for (size_t i = 0; i < send->n_payloads; i++)
        octets = hash_octets(octets, bare(send, i));
    for (size_t i = 0; i < SIDE_SENT; i++) {
        struct sent *before = &s->sent.list[i];

        if (before->message == name && send->n_payloads > before->fragments) {
            before->octets = octets;
            before->fragments = send->n_payloads;
        }
        if (before->message == name && before->octets != octets)
            s->fault = "a message that was sent before with other octets";
        if (before->message == name)
            return;
    }
    s->sent.list[s->sent.n++ % SIDE_SENT] = (struct sent){ .message = name, .octets = octets,
                                                           .fragments = send->n_payloads };
}

static void check_path(struct side *s, const ike2_path *path)
{
    bool is_nat_port = path->local.port == NAT_PORT;

    if (!net_same_ip(&path->local, &s->addr))
        s->fault = "a datagram from an address that is not ours";
    if (is_nat_port != (path->encap == IKE2_ENCAP_UDP))
        s->fault = "UDP encapsulation is for port 4500, and port 4500 for it";
    if (path->tag != 7)
        s->fault = "a path without its tag";
}

/* RFC 7383 2.5.1: fragments fit the packet size that was configured. */
static void check_sizes(struct side *s, const ike2_send *send)
{
    const ike2_peer_config *peer = &s->setup.peer;
    bool v6 = send->path.remote.family == 6;
    size_t max = v6 ? peer->fragment_octets_v6 : peer->fragment_octets_v4;

    max = max == 0 ? 1280 : max;
    for (size_t i = 0; i < send->n_payloads; i++) {
        size_t len = send->payloads[i].len;

        s->counts.largest = len > s->counts.largest ? len : s->counts.largest;
        if (send->n_payloads > 1 && len + (v6 ? IPV6_UDP : IPV4_UDP) > max)
            s->fault = "a fragment larger than the packet size";
    }
}

static void check_message(struct side *s, const ike2_send *send)
{
    static const uint8_t marker[MARKER] = { 0 };
    ike2_header h = { 0 };

    for (size_t i = 0; i < send->n_payloads; i++) {
        if (send->path.encap != IKE2_ENCAP_NONE &&
            memcmp(send->payloads[i].ptr, marker, sizeof marker) != 0)
            s->fault = "no non-ESP marker on port 4500";
        if (ike2_header_read(bare(send, i), &h) != IKE2_OK)
            s->fault = "a message with a malformed header";
    }
    s->counts.last_message_id = h.message_id;
    check_repeated(s, send, &h);
}

static bool is_keepalive(const ike2_send *send)
{
    return send->n_payloads == 1 && send->payloads[0].len == 1 &&
           send->payloads[0].ptr[0] == 0xff;
}

void side_send(struct side *s, ike2_time now, const ike2_output *out)
{
    const ike2_send *send = &out->u.send;

    s->counts.sent++;
    check_path(s, &send->path);
    if (send->n_payloads == 0)
        s->fault = "a SEND of nothing";
    else if (is_keepalive(send))
        s->counts.keepalives++;
    else {
        check_sizes(s, send);
        check_message(s, send);
    }
    for (size_t i = 0; i < send->n_payloads; i++) {
        s->counts.datagrams++;
        net_send(&s->world->net, now, &send->path.local, &send->path.remote, send->payloads[i]);
    }
}
