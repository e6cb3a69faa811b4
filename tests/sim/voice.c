/* sim/voice.c - authentic messages that no side would send. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/writer.h"
#include "sim/voice.h"

static struct sa *sa_at(const struct side *s)
{
    struct sa *sa = ike2_map_get(&s->ep->host.sas, sa_of_side(s));

    assert_non_null(sa);
    return sa;
}

uint32_t voice_next_id(const struct side *to)
{
    return sa_at(to)->window.next_in;
}

void speak(struct side *from, struct side *to, const struct utterance *u)
{
    struct sa *sa = sa_at(from);
    struct seal_task task = {
        .header = { .spi_i = sa->spi.i, .spi_r = sa->spi.r, .version = IKE2_VERSION_2_0,
                    .exchange = u->exchange, .message_id = u->message_id },
        .first = u->first, .fragment = u->fragment, .fragments = u->fragments, .inner = u->chain,
    };
    uint8_t room[2048];
    ike2_writer w;
    ike2_bytes message;

    task.header.flags = (uint8_t)((sa->role == INITIATOR ? IKE2_FLAG_INITIATOR : 0) |
                                  (u->kind == RESPONSE ? IKE2_FLAG_RESPONSE : 0));
    ike2_writer_init(&w, room, sizeof room);
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
