/* sim/voice.c - authentic messages that no side would send. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/bytes.h"
#include "base/writer.h"
#include "sim/voice.h"

enum { NEXT_PAYLOAD = 16, HEADER_OCTETS = 28 };

struct sa *voice_sa(const struct side *s)
{
    struct sa *sa = ike2_map_get(&s->ep->host.sas, sa_of_side(s));

    assert_non_null(sa);
    return sa;
}

uint32_t voice_next_id(const struct side *to)
{
    return voice_sa(to)->window.next_in;
}

static ike2_header header_of(const struct sa *sa, const struct utterance *u)
{
    ike2_header h = { .spi_i = sa->spi.i, .spi_r = sa->spi.r, .version = IKE2_VERSION_2_0,
                      .exchange = u->exchange, .message_id = u->message_id };

    if (u->swaps) {
        h.spi_i = sa->spi.r;
        h.spi_r = sa->spi.i;
    }
    h.flags = (uint8_t)((sa->role == INITIATOR ? IKE2_FLAG_INITIATOR : 0) |
                        (u->kind == RESPONSE ? IKE2_FLAG_RESPONSE : 0));
    h.flags ^= u->flips;
    return h;
}

static ike2_bytes bare(ike2_writer *w, const ike2_header *h, const struct utterance *u)
{
    ike2_bytes message;

    ike2_message_begin(w, h);
    ike2_octets_write(w, u->chain);
    assert_int_equal(ike2_message_end(w, &message), IKE2_OK);
    w->base[NEXT_PAYLOAD] = u->first;
    return message;
}

void speak(struct side *from, struct side *to, const struct utterance *u)
{
    struct sa *sa = voice_sa(from);
    struct seal_task task = {
        .header = header_of(sa, u), .first = u->first, .fragment = u->fragment,
        .fragments = u->fragments, .inner = u->chain,
    };
    uint8_t room[2048];
    ike2_writer w;
    ike2_bytes message;

    ike2_writer_init(&w, room, sizeof room);
    if (u->is_bare)
        message = bare(&w, &task.header, u);
    else
        assert_int_equal(ike2_protect_seal(&sa->protection.seal, &task, &w, &message), IKE2_OK);
    inject(from, to, 500, message);
}

/* The type of the first payload goes to an octet in front of the chain. */
void voice_begin(ike2_writer *w, uint8_t room[512])
{
    ike2_writer_init(w, room, 512);
    write_uint(w, IKE2_PAYLOAD_NONE, 1);
    w->next_at = 0;
}

void speak_written(struct side *from, struct side *to, struct utterance u, ike2_writer *w)
{
    ike2_bytes all;

    assert_int_equal(ike2_writer_end(w, &all), IKE2_OK);
    u.first = all.ptr[0];
    u.chain = (ike2_bytes){ .ptr = all.ptr + 1, .len = all.len - 1 };
    speak(from, to, &u);
}

static bool hear(struct side *to, const struct side *by, struct heard *out)
{
    struct net *net = &to->world->net;
    struct packet *p = net_peek(net, &to->addr);
    struct opened o = { 0 };
    const struct protection *keys = NULL;
    ike2_header h;
    size_t len;

    if (p == NULL)
        return false;
    len = p->len;
    assert_true(len <= HEARD_MAX && p->to.port == 500);
    memcpy(out->octets, p->octets, len);
    net_remove(net, p);
    assert_int_equal(ike2_header_read(bytes_of(out->octets, len), &h), IKE2_OK);
    if (h.exchange == IKE2_EXCHANGE_IKE_SA_INIT)
        return ike2_message_index(&h, h.next_payload,
                                  bytes_of(out->octets + HEADER_OCTETS, len - HEADER_OCTETS), false,
                                  &out->message) == IKE2_OK;
    keys = &voice_sa(by)->protection;
    return ike2_protect_open(by == to ? &keys->open : &keys->seal, out->octets, len, &o) ==
               IKE2_OK &&
           ike2_message_index(&h, o.first, o.inner, true, &out->message) == IKE2_OK;
}

bool voice_hear(struct side *to, struct heard *out)
{
    return hear(to, to, out);
}

bool voice_overhear(const struct side *from, struct side *to, struct heard *out)
{
    return hear(to, from, out);
}
