/* sim/model_responder.c - a responder as a subject: requests become answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "sa/sa.h"
#include "sim/model.h"

enum { HEADER_OCTETS = 28, LINGER_MS = 6000, SPI_NOBODY = 0x4711 };

enum {
    AUTH = IKE2_EXCHANGE_IKE_AUTH,
    CREATE = IKE2_EXCHANGE_CREATE_CHILD_SA,
    INFO = IKE2_EXCHANGE_INFORMATIONAL
};

const char *const model_to_responder[TO_RESPONDER] = {
    "init", "auth", "auth-bad", "create", "rekey-child", "rekey-ike", "info", "delete-child",
    "delete-ike", "again", "skip", "response", "flipped", "bare-auth", "bare-delete", "critical",
    "malformed",
};

static void *begin(void)
{
    struct run *r = run_new(1);

    r->asked->setup.limits.children_per_sa = MODEL_CHILDREN;
    initiate(r->other, r->asked);
    assert_true(run_take(r, r->asked, &r->init));
    return r;
}

/* --- IKE_SA_INIT ---------------------------------------------------------------------- */

/* With the first response the other side makes its IKE_AUTH request, and is not needed any more. */
static void get_keys(struct run *r)
{
    struct octets auth;
    const struct sa *sa;

    inject(r->asked, r->other, 500, bytes_of(r->init_reply.ptr, r->init_reply.len));
    assert_true(run_take(r, r->asked, &auth));
    sa = voice_sa(r->other);
    run_look_through(r, sa, &sa->protection.seal, &sa->protection.open);
    r->now.next_id = 1;
    memcpy(r->auth_room, auth.ptr, auth.len);
    assert_int_equal(ike2_protect_open(&sa->protection.seal, r->auth_room, auth.len, &r->auth),
                     IKE2_OK);
}

static void say_init(struct run *r, char out[LEARNER_OUTPUT])
{
    struct octets reply;
    struct message m;
    ike2_header h;
    ike2_bytes chain = { reply.ptr + HEADER_OCTETS, 0 };

    run_say(r, &r->init);
    (void)snprintf(out, LEARNER_OUTPUT, "-");
    if (!run_take(r, r->other, &reply))
        return;
    (void)snprintf(out, LEARNER_OUTPUT, "same");
    if (reply.len == r->init_reply.len && memcmp(reply.ptr, r->init_reply.ptr, reply.len) == 0)
        return;
    r->init_reply = reply;
    chain.len = reply.len - HEADER_OCTETS;
    assert_int_equal(ike2_header_read(bytes_of(reply.ptr, reply.len), &h), IKE2_OK);
    assert_int_equal(ike2_message_index(&h, h.next_payload, chain, false, &m), IKE2_OK);
    run_describe(&m, out);
    if (!r->has_keys)
        get_keys(r);
}

/* --- What is protected ---------------------------------------------------------------- */

static void say_auth(struct run *r, bool is_right, char out[LEARNER_OUTPUT])
{
    uint8_t room[MODEL_OCTETS];
    const ike2_bytes inner = run_auth(r, is_right, room);

    run_request_inner(r, AUTH, r->auth.first, inner, out);
    if (strcmp(out, "AUTH+SA") == 0)
        r->spis[r->n_spis++] = (uint32_t)ike2_map_above(&r->other->ep->host.esp_spis, 0)->key;
}

static void add_delete(struct run *r, uint32_t spi, char out[LEARNER_OUTPUT])
{
    char more[LEARNER_OUTPUT];
    size_t len = strlen(out);

    run_delete(r, spi, more);
    (void)snprintf(out + len, LEARNER_OUTPUT - len, ",%.8s", more);
}

/* What is replaced has gone before the next one: nothing of it adds to the states. */
static void let_time_pass(struct run *r)
{
    r->w->now += LINGER_MS;
    while (side_next(r->asked) <= r->w->now)
        side_on_time(r->asked, r->w->now);
}

static void say_create(struct run *r, uint32_t replaces, char out[LEARNER_OUTPUT])
{
    uint32_t spi = r->next_spi++;
    struct chain c;

    chain_begin(&c);
    if (replaces != 0)
        chain_rekey_notify(&c, replaces);
    chain_child(&c, r->other, spi);
    chain_nonce(&c, (uint8_t)spi);
    run_request(r, CREATE, &c, out);
    if (strcmp(out, "SA") != 0)
        return;
    if (replaces == 0) {
        r->spis[r->n_spis++] = spi;
        return;
    }
    add_delete(r, replaces, out);
    r->spis[0] = spi;
    let_time_pass(r);
}

/* Nobody else has the keys of the new SA: they are looked up. */
static void say_rekey_ike(struct run *r, char out[LEARNER_OUTPUT])
{
    uint32_t spi = r->next_spi++;
    const struct sa *heir;
    struct chain c;

    chain_begin(&c);
    chain_rekey_sa(&c, r->other, spi, 0);
    run_request(r, CREATE, &c, out);
    if (strcmp(out, "SA+KE") != 0)
        return;
    heir = run_find(r->asked, spi);
    add_delete(r, 0, out);
    run_look_through(r, heir, &heir->protection.open, &heir->protection.seal);
}

static void say_delete_child(struct run *r, char out[LEARNER_OUTPUT])
{
    run_delete(r, r->n_spis == 0 ? SPI_NOBODY : r->spis[0], out);
    if (strcmp(out, "D") == 0)
        memmove(r->spis, r->spis + 1, --r->n_spis * sizeof r->spis[0]);
}

/* An INFORMATIONAL with one payload of one octet, or with none. */
static void say_info(struct run *r, uint8_t type, char out[LEARNER_OUTPUT])
{
    struct chain c;

    chain_begin(&c);
    if (type != 0) {
        ike2_payload_begin(&c.w, type, true);
        ike2_uint_write(&c.w, 1, 1);
        ike2_payload_end(&c.w);
    }
    run_request(r, INFO, &c, out);
}

static void say_header(struct run *r, enum to_responder symbol, char out[LEARNER_OUTPUT])
{
    ike2_header h = run_header(r, INFO);
    struct octets message;

    if (symbol == SAY_SKIP)
        h.message_id++;
    else if (symbol == SAY_RESPONSE)
        h.flags |= IKE2_FLAG_RESPONSE;
    else
        h.flags ^= IKE2_FLAG_INITIATOR;
    message = run_sealed(r, &h, 0, (ike2_bytes){ 0 });
    run_odd(r, &message, out);
}

static void say_bare(struct run *r, uint8_t exchange, uint8_t first, ike2_bytes chain,
                     char out[LEARNER_OUTPUT])
{
    const ike2_header h = run_header(r, exchange);
    const struct octets message = run_bare(r, &h, first, chain);

    run_odd(r, &message, out);
}

static void say_protected(struct run *r, enum to_responder symbol, char out[LEARNER_OUTPUT])
{
    static const uint8_t delete_ike[] = { 0, 0, 0, 8, IKE2_PROTOCOL_IKE, 0, 0, 0 };

    switch (symbol) {
    case SAY_AUTH: say_auth(r, true, out); break;
    case SAY_AUTH_BAD: say_auth(r, false, out); break;
    case SAY_CREATE: say_create(r, 0, out); break;
    case SAY_REKEY_CHILD: say_create(r, r->n_spis == 0 ? SPI_NOBODY : r->spis[0], out); break;
    case SAY_REKEY_IKE: say_rekey_ike(r, out); break;
    case SAY_DEL_CHILD: say_delete_child(r, out); break;
    case SAY_DEL_IKE: run_delete(r, 0, out); break;
    case SAY_AGAIN: run_again(r, out); break;
    case SAY_BARE_AUTH: say_bare(r, AUTH, r->auth.first, r->auth.inner, out); break;
    case SAY_BARE_DEL:
        say_bare(r, INFO, IKE2_PAYLOAD_DELETE, bytes_of(delete_ike, sizeof delete_ike), out);
        break;
    case SAY_INIT:
    case SAY_INFO: say_info(r, 0, out); break;
    case SAY_CRITICAL: say_info(r, 200, out); break;
    case SAY_MALFORMED: say_info(r, IKE2_PAYLOAD_DELETE, out); break;
    case SAY_SKIP:
    case SAY_RESPONSE:
    case SAY_FLIPPED: say_header(r, symbol, out); break;
    case TO_RESPONDER: break;
    }
}

/* The answer, and how many children are sent through. */
static void step(void *run, size_t symbol, char out[LEARNER_OUTPUT])
{
    struct run *r = run;
    size_t len;

    (void)snprintf(out, LEARNER_OUTPUT, "-");
    if (symbol == SAY_INIT)
        say_init(r, out);
    else if (r->has_keys)
        say_protected(r, (enum to_responder)symbol, out);
    len = strlen(out);
    (void)snprintf(out + len, LEARNER_OUTPUT - len, ":%u", run_children(r));
}

static const uint8_t prefix[] = { SAY_INIT, SAY_AUTH };

const struct subject model_responder = {
    .n_symbols = TO_RESPONDER, .begin = begin, .step = step, .end = run_free,
    .prefix = prefix, .n_prefix = sizeof prefix,
};
