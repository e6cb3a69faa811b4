/* endpoint/ops_net.c - what the network does to the datagrams that fly. */
#include <string.h>

#include "endpoint/script.h"

enum { HEADER_OCTETS = 28, IKE_PORT = 500, NAT_PORT = 4500 };

/* --- Helpers ----------------------------------------------------------------------------- */

struct side *side_pick(struct script *s)
{
    return s->world->sides[tape_u8(s) & 1];
}

struct side *side_other(const struct script *s, const struct side *side)
{
    return s->world->sides[side == s->world->sides[0] ? 1 : 0];
}

struct packet *packet_pick(const struct script *s, uint8_t choice)
{
    const struct list *flying = &s->world->net.flying;
    struct list_node *n = list_first(flying);

    for (; n != NULL && choice > 0; choice--) {
        n = list_next(flying, n);
        if (n == NULL)
            n = list_first(flying);
    }
    return n == NULL ? NULL : LIST_ENTRY(n, struct packet, node);
}

void packet_arrive(struct script *s, const struct packet *p)
{
    for (size_t i = 0; i < s->world->n_sides; i++) {
        struct side *side = s->world->sides[i];

        if (net_same_ip(&side->addr, &p->to) &&
            (p->to.port == IKE_PORT || p->to.port == NAT_PORT))
            side_input(side, s->world->now, p);
    }
}

/* A private copy, with room for `len` octets; the new ones are zero. */
static struct packet *packet_copy(const struct packet *p, size_t len)
{
    struct packet *copy = calloc(1, sizeof *copy + len);

    check(copy != NULL);
    memcpy(copy, p, sizeof *p + (p->len < len ? p->len : len));
    copy->node = (struct list_node){ 0 };
    copy->len = len;
    return copy;
}

void side_receive(struct script *s, struct side *side, uint16_t port, ike2_bytes octets)
{
    struct packet *p = calloc(1, sizeof *p + octets.len);

    check(p != NULL);
    p->from = side_other(s, side)->addr;
    p->to = side->addr;
    p->from.port = p->to.port = port;
    p->len = octets.len;
    if (octets.len != 0)
        memcpy(p->octets, octets.ptr, octets.len);
    side_input(side, s->world->now, p);
    free(p);
}

/* --- Order ------------------------------------------------------------------------------- */

/* The oldest ones arrive, one after the other, and so do their answers. */
void op_run(struct script *s)
{
    for (unsigned n = tape_u8(s) % 64u + 1; n > 0; n--) {
        struct packet *p = packet_pick(s, 0);

        if (p == NULL)
            return;
        packet_arrive(s, p);
        net_remove(&s->world->net, p);
        world_check(s->world);
    }
}

void op_deliver(struct script *s)
{
    struct packet *p = packet_pick(s, tape_u8(s));

    if (p == NULL)
        return;
    packet_arrive(s, p);
    net_remove(&s->world->net, p);
}

void op_duplicate(struct script *s)
{
    const struct packet *p = packet_pick(s, tape_u8(s));

    if (p != NULL)
        packet_arrive(s, p);
}

void op_drop(struct script *s)
{
    struct packet *p = packet_pick(s, tape_u8(s));

    if (p != NULL)
        net_remove(&s->world->net, p);
}

/* Several datagrams come in before the outputs are polled. */
void op_batch(struct script *s)
{
    struct side *side = side_pick(s);
    ike2_err err = IKE2_OK;

    for (unsigned n = tape_u8(s) % 16u + 1; n > 0 && side->ep != NULL; n--) {
        const struct packet *p = packet_pick(s, tape_u8(s));
        ike2_path path = { .tag = 7 };

        if (p == NULL)
            break;
        path.local = side->addr;
        path.local.port = p->to.port;
        path.remote = p->from;
        path.encap = p->to.port == IKE_PORT ? IKE2_ENCAP_NONE : IKE2_ENCAP_UDP;
        err = ike2_endpoint_input(side->ep, s->world->now, &path,
                                  (ike2_bytes){ .ptr = p->octets, .len = p->len });
        check(err == IKE2_OK || err == IKE2_ERR_LIMIT);
    }
    side_drain(side, s->world->now);
}

/* The NAT, if there is one, forgets its bindings. */
void op_nat(struct script *s)
{
    net_rebind(&s->world->net, 0, (uint16_t)(20000 + 100 * (tape_u8(s) & 15)));
}

/* --- Octets ------------------------------------------------------------------------------ */

/* A changed copy of a datagram arrives; with the top bit, the datagram itself is changed. */
static void arrive_changed(struct script *s, struct packet *p, struct packet *changed, bool stays)
{
    packet_arrive(s, changed);
    free(changed);
    if (!stays)
        net_remove(&s->world->net, p);
}

void op_flip(struct script *s)
{
    uint8_t choice = tape_u8(s);
    struct packet *p = packet_pick(s, choice & 0x7f), *copy;
    size_t at = tape_u16(s);
    uint8_t mask = tape_u8(s);

    if (p == NULL || p->len == 0)
        return;
    copy = packet_copy(p, p->len);
    copy->octets[at % p->len] ^= mask;
    arrive_changed(s, p, copy, choice < 0x80);
}

void op_truncate(struct script *s)
{
    uint8_t choice = tape_u8(s);
    struct packet *p = packet_pick(s, choice & 0x7f);
    size_t len = tape_u16(s) % 4096u;

    if (p != NULL)
        arrive_changed(s, p, packet_copy(p, len), choice < 0x80);
}

/* The head of one datagram and the tail of another, on the way of the first. */
void op_splice(struct script *s)
{
    uint8_t choice = tape_u8(s);
    struct packet *p = packet_pick(s, choice & 0x7f), *copy;
    const struct packet *q = packet_pick(s, tape_u8(s));
    size_t head = tape_u16(s), skip = tape_u16(s);

    if (p == NULL || q == NULL)
        return;
    head = p->len == 0 ? 0 : head % p->len;
    skip = q->len == 0 ? 0 : skip % q->len;
    copy = packet_copy(p, head + q->len - skip);
    memcpy(copy->octets + head, q->octets + skip, q->len - skip);
    arrive_changed(s, p, copy, choice < 0x80);
}

enum { INJECT_SIDE = 1, INJECT_NAT_PORT = 2, INJECT_MARKER = 4 };

/* Octets of the tape. */
void op_inject(struct script *s)
{
    uint8_t choice = tape_u8(s);
    ike2_bytes given = tape_octets(s, tape_u16(s));
    size_t marker = (choice & INJECT_MARKER) != 0 ? MARKER_OCTETS : 0;
    uint8_t *octets = calloc(1, marker + given.len + 1);

    check(octets != NULL);
    if (given.len != 0)
        memcpy(octets + marker, given.ptr, given.len);
    side_receive(s, s->world->sides[choice & INJECT_SIDE],
                 (choice & INJECT_NAT_PORT) != 0 ? NAT_PORT : IKE_PORT,
                 (ike2_bytes){ .ptr = octets, .len = marker + given.len });
    free(octets);
}

/* Sets a field of the header, or the header's length to what it is. */
void op_edit(struct script *s)
{
    static const uint8_t offsets[] = { 0, 8, 16, 17, 18, 19, 20, 24 };
    static const uint8_t widths[] = { 8, 8, 1, 1, 1, 1, 4, 4 };
    uint8_t choice = tape_u8(s), field = tape_u8(s);
    struct packet *p = packet_pick(s, choice & 0x7f), *copy;
    ike2_bytes value = tape_octets(s, widths[field & 7]);
    size_t marker;

    if (p == NULL)
        return;
    marker = p->to.port == IKE_PORT ? 0 : MARKER_OCTETS;
    if (p->len < marker + HEADER_OCTETS)
        return;
    copy = packet_copy(p, p->len);
    if (value.len != 0)
        memcpy(copy->octets + marker + offsets[field & 7], value.ptr, value.len);
    arrive_changed(s, p, copy, choice < 0x80);
}
