/* sim/model.c - endpoints as subjects: what both roles share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "sa/sa.h"
#include "sim/model.h"

enum { SPI_FIRST = 0x10000, NEXT_PAYLOAD = 16 };

/* --- Life ----------------------------------------------------------------------------- */

/* Time stands still, and nothing happens by itself. */
static void set_up(struct side *s)
{
    s->setup.limits.message_octets = 4096; /* many worlds */
    s->setup.peer.liveness_seconds = s->setup.peer.rekey_seconds = IKE2_NEVER;
    setup_lifetime(&s->setup, 0, IKE2_NEVER, IKE2_NEVER);
}

struct run *run_new(size_t asked)
{
    struct run *r = calloc(1, sizeof *r);
    void *world = NULL;

    if (r == NULL)
        abort();
    (void)attack_world(&world);
    r->w = world;
    r->w->is_unchecked = true;
    r->w->net.is_held = true;
    r->asked = r->w->sides[asked];
    r->other = r->w->sides[1 - asked];
    r->next_spi = SPI_FIRST;
    set_up(r->asked);
    set_up(r->other);
    r->asked->setup.limits.sas = 1;
    return r;
}

/* The keys outlive the SA that had them. */
static void hold(const struct protector *p)
{
    p->crypto->key_ref(p->crypto->user, (ike2_key *)(uintptr_t)p->encr_key);
}

static void let_go(const struct protector *p)
{
    if (p->crypto != NULL)
        p->crypto->key_free(p->crypto->user, (ike2_key *)(uintptr_t)p->encr_key);
}

void run_look_through(struct run *r, const struct sa *sa, const struct protector *seal,
                      const struct protector *open)
{
    hold(seal);
    hold(open);
    let_go(&r->now.seal);
    let_go(&r->now.open);
    r->now = (struct view){
        .spi_i = sa->spi.i, .spi_r = sa->spi.r, .seal = *seal, .open = *open,
        .flags = r->asked == r->w->sides[0] ? 0 : IKE2_FLAG_INITIATOR,
    };
    r->has_keys = true;
}

void run_free(void *run)
{
    struct run *r = run;

    let_go(&r->now.seal);
    let_go(&r->now.open);
    world_free(r->w);
    free(r);
}

const struct sa *run_find(const struct side *s, uint64_t spi_i)
{
    const struct map *spis = &s->ep->host.spis;
    const struct map_slot *slot = ike2_map_above(spis, 0);

    while (slot != NULL && ((const struct sa *)slot->value)->spi.i != spi_i)
        slot = ike2_map_above(spis, slot->key);
    assert_non_null(slot);
    return slot->value;
}

/* --- Octets --------------------------------------------------------------------------- */

bool run_take(struct run *r, const struct side *to, struct octets *out)
{
    struct packet *p = net_peek(&r->w->net, &to->addr);

    if (p == NULL)
        return false;
    assert_true(p->len <= sizeof out->ptr);
    memcpy(out->ptr, p->octets, p->len);
    out->len = p->len;
    net_remove(&r->w->net, p);
    return true;
}

void run_say(struct run *r, const struct octets *message)
{
    inject(r->other, r->asked, 500, bytes_of(message->ptr, message->len));
}

ike2_header run_header(const struct run *r, uint8_t exchange)
{
    return (ike2_header){ .spi_i = r->now.spi_i, .spi_r = r->now.spi_r,
                          .version = IKE2_VERSION_2_0, .exchange = exchange,
                          .flags = r->now.flags, .message_id = r->now.next_id };
}

struct octets run_sealed(struct run *r, const ike2_header *h, uint8_t first, ike2_bytes inner)
{
    const struct seal_task task = { .header = *h, .first = first, .inner = inner };
    struct octets out;
    ike2_writer w;
    ike2_bytes message;

    ike2_writer_init(&w, out.ptr, sizeof out.ptr);
    assert_int_equal(ike2_protect_seal(&r->now.seal, &task, &w, &message), IKE2_OK);
    out.len = message.len;
    return out;
}

struct octets run_bare(const struct run *r, const ike2_header *h, uint8_t first, ike2_bytes chain)
{
    struct octets out;
    ike2_writer w;
    ike2_bytes message;

    (void)r;
    ike2_writer_init(&w, out.ptr, sizeof out.ptr);
    ike2_message_begin(&w, h);
    ike2_octets_write(&w, chain);
    assert_int_equal(ike2_message_end(&w, &message), IKE2_OK);
    out.ptr[NEXT_PAYLOAD] = first;
    out.len = message.len;
    return out;
}

ike2_bytes run_auth(const struct run *r, bool is_right, uint8_t room[MODEL_OCTETS])
{
    const ike2_header h = { 0 };
    struct message m;
    ike2_bytes inner = bytes_of(room, r->auth.inner.len), value;

    memcpy(room, r->auth.inner.ptr, r->auth.inner.len);
    assert_int_equal(ike2_message_index(&h, r->auth.first, inner, true, &m), IKE2_OK);
    value = ike2_message_body(&m, IKE2_PAYLOAD_AUTH);
    if (!is_right)
        room[(size_t)(value.ptr - room) + value.len - 1] ^= 1;
    return inner;
}

/* --- Answers as text ------------------------------------------------------------------ */

static void add_text(char out[LEARNER_OUTPUT], const char *text)
{
    size_t len = strlen(out);

    (void)snprintf(out + len, LEARNER_OUTPUT - len, "%s%s", len == 0 ? "" : "+", text);
}

void run_describe(const struct message *m, char out[LEARNER_OUTPUT])
{
    static const struct {
        uint8_t type;
        const char *text;
    } rows[] = { { IKE2_PAYLOAD_AUTH, "AUTH" }, { IKE2_PAYLOAD_SA, "SA" },
                 { IKE2_PAYLOAD_KE, "KE" }, { IKE2_PAYLOAD_DELETE, "D" } };
    char text[8];
    ike2_notify n;

    out[0] = '\0';
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (ike2_message_count(m, rows[i].type) != 0)
            add_text(out, rows[i].text);
    }
    if (ike2_message_error(m, &n)) {
        (void)snprintf(text, sizeof text, "N%u", n.type);
        add_text(out, text);
    }
    if (out[0] == '\0')
        add_text(out, "empty");
}

unsigned run_children(const struct run *r)
{
    const struct side *s = r->asked;
    const struct map_slot *slot = ike2_map_above(&s->ep->host.children, 0);
    unsigned n = 0;

    for (; slot != NULL; slot = ike2_map_above(&s->ep->host.children, slot->key))
        n += dataplane_sending(&s->dataplane, slot->key) != NULL ? 1 : 0;
    return n;
}

/* --- Requests ------------------------------------------------------------------------- */

void run_request_inner(struct run *r, uint8_t exchange, uint8_t first, ike2_bytes inner,
                       char out[LEARNER_OUTPUT])
{
    const ike2_header h = run_header(r, exchange);
    const struct octets request = run_sealed(r, &h, first, inner);
    struct octets reply, opened;
    struct message m;
    struct opened o;
    ike2_header in;

    run_say(r, &request);
    (void)snprintf(out, LEARNER_OUTPUT, "-");
    if (!run_take(r, r->other, &reply))
        return;
    opened = reply;
    assert_int_equal(ike2_header_read(bytes_of(opened.ptr, opened.len), &in), IKE2_OK);
    assert_int_equal(ike2_protect_open(&r->now.open, opened.ptr, opened.len, &o), IKE2_OK);
    assert_int_equal(ike2_message_index(&in, o.first, o.inner, true, &m), IKE2_OK);
    assert_int_equal(in.message_id, r->now.next_id);
    run_describe(&m, out);
    r->now.request = request;
    r->now.response = reply;
    r->now.next_id++;
}

void run_request(struct run *r, uint8_t exchange, struct chain *c, char out[LEARNER_OUTPUT])
{
    ike2_bytes all;

    assert_int_equal(ike2_writer_end(&c->w, &all), IKE2_OK);
    run_request_inner(r, exchange, all.ptr[0], bytes_of(all.ptr + 1, all.len - 1), out);
}

void run_delete(struct run *r, uint32_t spi, char out[LEARNER_OUTPUT])
{
    struct chain c;

    chain_begin(&c);
    chain_delete(&c, spi == 0 ? IKE2_PROTOCOL_IKE : IKE2_PROTOCOL_ESP, &spi, spi == 0 ? 0 : 1);
    run_request(r, IKE2_EXCHANGE_INFORMATIONAL, &c, out);
}

void run_again(struct run *r, char out[LEARNER_OUTPUT])
{
    struct octets reply;
    bool is_same;

    (void)snprintf(out, LEARNER_OUTPUT, "-");
    if (r->now.request.len == 0)
        return;
    run_say(r, &r->now.request);
    if (!run_take(r, r->other, &reply))
        return;
    is_same = reply.len == r->now.response.len &&
              memcmp(reply.ptr, r->now.response.ptr, reply.len) == 0;
    (void)snprintf(out, LEARNER_OUTPUT, "%s", is_same ? "same" : "other");
}

void run_odd(struct run *r, const struct octets *message, char out[LEARNER_OUTPUT])
{
    struct octets reply;

    run_say(r, message);
    (void)snprintf(out, LEARNER_OUTPUT, "%s", run_take(r, r->other, &reply) ? "answered" : "-");
}
