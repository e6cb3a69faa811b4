/* endpoint/ops_reseal.c - a peer that says something else than our own code would: what it sends is
 * opened with its keys, one payload is changed, and it is sealed again. */
#include <string.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "endpoint/script.h"

enum { ROOM_OCTETS = 4096, IKE_PORT = 500 };

/* Whose message it is, as far as the keys are there. */
static struct sa *sa_of_sender(const struct side *side, const ike2_header *h)
{
    bool initiator = (h->flags & IKE2_FLAG_INITIATOR) != 0;
    struct sa *sa = side->ep == NULL ? NULL
                                     : ike2_map_get(&side->ep->host.spis,
                                                    initiator ? h->spi_i : h->spi_r);

    return sa != NULL && sa->protection.has_keys && (sa->role == INITIATOR) == initiator ? sa
                                                                                        : NULL;
}

enum change {
    CHANGE_DROP, CHANGE_TWICE, CHANGE_BODY, CHANGE_OCTET, CHANGE_LENGTH, CHANGE_TYPE, CHANGE_INSERT,
    CHANGE_CRITICAL, CHANGES
};

/* What happens to which payload. */
struct reseal {
    enum change change;
    uint8_t which, type, mask;
    uint16_t at;
    ike2_bytes body;
};

static void payload_put(ike2_writer *w, uint8_t *first, const ike2_payload *p)
{
    if (w->len == 0)
        *first = p->type;
    ike2_payload_begin(w, p->type, p->critical);
    ike2_octets_write(w, p->body);
    ike2_payload_end(w);
}

/* The octets are our own, so they can be changed in place. */
static void payload_change(const struct reseal *r, ike2_writer *w, uint8_t *first,
                           ike2_payload *p, uint8_t *octets)
{
    switch (r->change) {
    case CHANGE_DROP: return;
    case CHANGE_TWICE: payload_put(w, first, p); break;
    case CHANGE_BODY: p->body = r->body; break;
    case CHANGE_OCTET:
        if (p->body.len != 0)
            octets[r->at % p->body.len] ^= r->mask;
        break;
    case CHANGE_LENGTH: p->body.len = r->at < p->body.len ? r->at : p->body.len; break;
    case CHANGE_TYPE: p->type = r->type; break;
    case CHANGE_INSERT:
        payload_put(w, first, &(ike2_payload){ .type = r->type, .body = r->body });
        break;
    case CHANGE_CRITICAL: p->critical = !p->critical; break;
    case CHANGES: break;
    }
    payload_put(w, first, p);
}

static void chain_change(const struct reseal *r, const struct opened *opened, uint8_t *octets,
                         ike2_writer *w, uint8_t *first)
{
    size_t n = 0;
    ike2_payload p;
    ike2_walk walk;

    ike2_payload_walk(&walk, opened->first, opened->inner);
    while (ike2_payload_next(&walk, &p)) {
        if (n++ == r->which && p.body.len != 0)
            payload_change(r, w, first, &p, octets + (p.body.ptr - octets));
        else if (n - 1 == r->which)
            payload_change(r, w, first, &p, NULL);
        else
            payload_put(w, first, &p);
    }
}

/* The changed content of `message`, in `room`; the message is opened in place. */
static bool message_change(const struct reseal *r, const struct sa *sa, uint8_t *message,
                           size_t len, struct seal_task *task)
{
    static uint8_t room[ROOM_OCTETS];
    struct opened opened;
    ike2_writer w;

    if (ike2_protect_open(&sa->protection.seal, message, len, &opened) != IKE2_OK ||
        opened.fragments != 0)
        return false;
    ike2_writer_init(&w, room, sizeof room);
    chain_change(r, &opened, message, &w, &task->first);
    return ike2_writer_end(&w, &task->inner) == IKE2_OK;
}

static struct reseal reseal_read(struct script *s)
{
    struct reseal r = { .change = (enum change)(tape_u8(s) % CHANGES) };

    r.which = tape_u8(s) & 15;
    r.type = tape_u8(s);
    r.at = tape_u16(s);
    r.mask = tape_u8(s);
    if (r.change == CHANGE_BODY || r.change == CHANGE_INSERT)
        r.body = tape_octets(s, r.mask);
    return r;
}

/* A protected message that flies arrives with another content, sealed as its sender would; with the
 * top bit, instead of what flies. */
void op_reseal(struct script *s)
{
    uint8_t choice = tape_u8(s);
    const struct reseal r = reseal_read(s);
    struct packet *p = packet_pick(s, choice & 0x7f);
    struct seal_task task = { 0 };
    uint8_t message[ROOM_OCTETS];
    size_t marker = p == NULL || p->to.port == IKE_PORT ? 0 : MARKER_OCTETS;

    if (p == NULL || p->len < marker || p->len > sizeof message)
        return;
    memcpy(message, p->octets + marker, p->len - marker);
    if (ike2_header_read(bytes_of(message, p->len - marker), &task.header) != IKE2_OK)
        return;
    for (size_t i = 0; i < s->world->n_sides; i++) {
        struct side *side = s->world->sides[i];
        struct sa *sa = sa_of_sender(side, &task.header);

        if (sa == NULL || !message_change(&r, sa, message, p->len - marker, &task))
            continue;
        if (choice >= 0x80)
            net_remove(&s->world->net, p);
        seal_and_send(s, side, sa, &task);
        return;
    }
}
