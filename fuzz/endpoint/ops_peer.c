/* endpoint/ops_peer.c - what a hostile peer can send: with the keys of an SA, messages that are
 * authentic and yet nonsense; without keys, forged errors. */
#include <string.h>

#include <ike2/iana.h>

#include "endpoint/script.h"
#include "sa/child.h"

enum { ROOM_OCTETS = 4096, INNER_OCTETS_MAX = 3000, IKE_PORT = 500, NAT_PORT = 4500 };

ike2_sa_id sa_pick(const struct side *side, uint8_t choice)
{
    ike2_sa_id id = 0;

    if (side->ep == NULL)
        return 0;
    for (unsigned n = 0; n <= choice; n++)
        id = ike2_sa_next(side->ep, id); /* 0 behind the last one: around again */
    return id != 0 ? id : ike2_sa_next(side->ep, 0);
}

/* --- Without keys ------------------------------------------------------------------------ */

/* An unprotected message with one notify that fits an SA, as far as anybody sees on the wire. */
void op_forge(struct script *s)
{
    uint8_t choice = tape_u8(s), flags = tape_u8(s);
    struct side *side = s->world->sides[choice & 1];
    ike2_sa_info sa = IKE2_INIT(ike2_sa_info);
    ike2_notify n = { .type = tape_u16(s) };
    ike2_header h = { .version = IKE2_VERSION_2_0, .message_id = tape_u8(s) };
    uint8_t room[ROOM_OCTETS];
    ike2_bytes message;
    ike2_writer w;

    n.data = tape_octets(s, tape_u8(s));
    if (side->ep == NULL || ike2_sa_get(side->ep, sa_pick(side, choice >> 1 & 3), &sa) != IKE2_OK)
        return;
    h.exchange = (uint8_t)(IKE2_EXCHANGE_IKE_SA_INIT + (flags & 3));
    h.flags = (uint8_t)((sa.initiator ? 0 : IKE2_FLAG_INITIATOR) |
                        ((flags & 4) != 0 ? 0 : IKE2_FLAG_RESPONSE));
    h.spi_i = sa.initiator ? sa.spi_local : sa.spi_remote;
    h.spi_r = sa.initiator ? sa.spi_remote : sa.spi_local;
    ike2_writer_init(&w, room, sizeof room);
    ike2_message_begin(&w, &h);
    ike2_notify_write(&w, &n);
    if (ike2_message_end(&w, &message) == IKE2_OK)
        side_receive(s, side, IKE_PORT, message);
}

/* --- With keys --------------------------------------------------------------------------- */

/* An SA of the side that has keys, or NULL. */
static struct sa *sa_with_keys(const struct side *side, uint8_t choice)
{
    struct sa *sa = side->ep == NULL ? NULL
                                     : ike2_map_get(&side->ep->host.sas, sa_pick(side, choice));

    return sa != NULL && sa->protection.has_keys ? sa : NULL;
}

enum { SEAL_RESPONSE = 1, SEAL_BY_OTHER_ROLE = 2 };

/* The Message ID that the other side waits for. */
static uint32_t expected_id(const struct sa *receiver, bool is_response)
{
    if (receiver == NULL)
        return 0;
    if (!is_response)
        return receiver->window.next_in;
    return receiver->request.parcel == NULL ? 0 : receiver->request.parcel->message_id;
}

/* Of the next request, or of the response that is due; `shift` away from that. */
static ike2_header header_of(const struct side *to, const struct sa *sa, uint8_t exchange,
                             uint8_t flags, int shift)
{
    bool is_response = (flags & SEAL_RESPONSE) != 0;
    bool initiator = (sa->role == INITIATOR) == ((flags & SEAL_BY_OTHER_ROLE) == 0);
    const struct sa *receiver =
        to->ep == NULL ? NULL : ike2_map_get(&to->ep->host.spis, sa_spi_remote(sa));
    uint32_t id = expected_id(receiver, is_response);

    return (ike2_header){
        .spi_i = sa->spi.i, .spi_r = sa->spi.r, .version = IKE2_VERSION_2_0, .exchange = exchange,
        .flags = (uint8_t)((initiator ? IKE2_FLAG_INITIATOR : 0) |
                           (is_response ? IKE2_FLAG_RESPONSE : 0)),
        .message_id = id + (uint32_t)shift,
    };
}

void seal_and_send(struct script *s, struct side *side, struct sa *sa,
                   const struct seal_task *task)
{
    uint8_t room[ROOM_OCTETS] = { 0 };
    size_t marker = sa->path.encap == IKE2_ENCAP_NONE ? 0 : MARKER_OCTETS;
    ike2_bytes message;
    ike2_writer w;

    ike2_writer_init(&w, room + marker, sizeof room - marker);
    if (ike2_protect_seal(&sa->protection.seal, task, &w, &message) != IKE2_OK)
        return;
    side_receive(s, side_other(s, side), marker == 0 ? IKE_PORT : NAT_PORT,
                 (ike2_bytes){ .ptr = room, .len = marker + message.len });
}

/* Any content, in one piece or as a fragment. */
void op_seal(struct script *s)
{
    uint8_t choice = tape_u8(s), exchange = tape_u8(s), flags = tape_u8(s);
    int shift = tape_u8(s) % 5 - 2;
    struct seal_task task = { .first = tape_u8(s) };
    struct side *side = s->world->sides[choice & 1];
    struct sa *sa = sa_with_keys(side, choice >> 1 & 3);

    task.fragment = tape_u8(s);
    task.fragments = tape_u8(s);
    task.inner = tape_octets(s, tape_u16(s) % INNER_OCTETS_MAX);
    if (sa == NULL)
        return;
    task.header = header_of(side_other(s, side), sa, exchange, flags, shift);
    seal_and_send(s, side, sa, &task);
}

static void write_child_deletes(ike2_writer *w, const struct sa *sa, uint8_t times)
{
    uint8_t spis[16 * ESP_SPI_OCTETS] = { 0 };
    ike2_delete d = { .protocol = IKE2_PROTOCOL_ESP, .spi_size = ESP_SPI_OCTETS };

    SA_EACH_CHILD (c, sa) {
        CHILD_EACH_PAIR (p, c) {
            if (d.count < times)
                spi_write(spis + d.count++ * ESP_SPI_OCTETS, p->view.spi_in);
        }
    }
    for (; d.count < times; d.count++) /* the same again, or none that exists */
        memcpy(spis + d.count * ESP_SPI_OCTETS, spis, ESP_SPI_OCTETS);
    d.spis = (ike2_bytes){ .ptr = spis, .len = d.count * (size_t)ESP_SPI_OCTETS };
    ike2_delete_write(w, &d);
}

enum { DELETES_CHILDREN = 1, DELETES_SA = 2, DELETES_REPORTS = 4, DELETES_TWICE = 8 };

/* An INFORMATIONAL request with Delete payloads that name what there is, and an error. */
void op_deletes(struct script *s)
{
    uint8_t choice = tape_u8(s), what = tape_u8(s), times = tape_u8(s) & 15;
    struct side *side = s->world->sides[choice & 1];
    struct sa *sa = sa_with_keys(side, choice >> 1 & 3);
    const ike2_delete whole = { .protocol = IKE2_PROTOCOL_IKE };
    const ike2_notify n = { .type = IKE2_NOTIFY_AUTHENTICATION_FAILED };
    struct seal_task task = { 0 };
    uint8_t room[ROOM_OCTETS];
    ike2_writer w;

    if (sa == NULL)
        return;
    ike2_writer_init(&w, room, sizeof room);
    for (int i = 0; i < ((what & DELETES_TWICE) != 0 ? 2 : 1); i++) {
        if ((what & DELETES_CHILDREN) != 0)
            write_child_deletes(&w, sa, times);
        if ((what & DELETES_SA) != 0)
            ike2_delete_write(&w, &whole);
        if ((what & DELETES_REPORTS) != 0)
            ike2_notify_write(&w, &n);
    }
    check(ike2_writer_end(&w, &task.inner) == IKE2_OK);
    if (task.inner.len != 0)
        task.first = (what & 3) != 0 ? IKE2_PAYLOAD_DELETE : IKE2_PAYLOAD_NOTIFY;
    task.header = header_of(side_other(s, side), sa, IKE2_EXCHANGE_INFORMATIONAL, 0, 0);
    seal_and_send(s, side, sa, &task);
}
