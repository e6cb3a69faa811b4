/* sim/model_initiator.c - an initiator as a subject: commands, responses and requests become what
 * it sends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "sa/child.h"
#include "sim/model.h"

enum {
    SA_INIT = IKE2_EXCHANGE_IKE_SA_INIT,
    AUTH = IKE2_EXCHANGE_IKE_AUTH,
    CREATE = IKE2_EXCHANGE_CREATE_CHILD_SA,
    INFO = IKE2_EXCHANGE_INFORMATIONAL
};

const char *const model_to_initiator[TO_INITIATOR] = {
    "connect", "close", "init", "init-error", "auth", "auth-bad", "auth-refused", "auth-no-child",
    "auth-empty", "answer", "info", "create", "delete-child", "delete-ike", "auth-request", "again",
    "skip", "bare-delete",
};

static void *begin(void)
{
    struct run *r = run_new(0);

    r->asked->setup.limits.children_per_sa = 1;
    r->other->setup.limits.half_open_per_addr = 2 * LEARNER_WORD; /* it need not answer to be one */
    assert_int_equal(side_start(r->asked, r->w->now), IKE2_OK);
    assert_int_equal(side_start(r->other, r->w->now), IKE2_OK);
    return r;
}

/* What it has sent on this, opened; "-" if nothing. */
static bool sent_text(struct run *r, struct octets *sent, char out[LEARNER_OUTPUT])
{
    struct octets opened;
    struct message m;
    struct opened o;
    ike2_header h;

    (void)snprintf(out, LEARNER_OUTPUT, "-");
    if (!run_take(r, r->other, sent))
        return false;
    opened = *sent;
    assert_int_equal(ike2_header_read(bytes_of(opened.ptr, opened.len), &h), IKE2_OK);
    assert_int_equal(ike2_protect_open(&r->now.open, opened.ptr, opened.len, &o), IKE2_OK);
    assert_int_equal(ike2_message_index(&h, o.first, o.inner, true, &m), IKE2_OK);
    r->open_id = h.message_id;
    run_describe(&m, out);
    return true;
}

/* --- The initial exchanges ------------------------------------------------------------ */

/* The other side answers at once; its answer is kept. */
static void do_connect(struct run *r, char out[LEARNER_OUTPUT])
{
    (void)snprintf(out, LEARNER_OUTPUT, "-");
    if (side_connect_to(r->asked, r->w->now, &r->other->addr, IKE2_ENCAP_NONE) != IKE2_OK)
        return;
    assert_true(run_take(r, r->other, &r->init));
    inject(r->asked, r->other, 500, bytes_of(r->init.ptr, r->init.len));
    assert_true(run_take(r, r->asked, &r->init_reply));
    r->has_keys = false;
    (void)snprintf(out, LEARNER_OUTPUT, "SA+KE");
}

/* The other side gets its keys, and makes its proof, with the IKE_AUTH request. */
static void hear_init(struct run *r, char out[LEARNER_OUTPUT])
{
    struct octets auth, proof;
    const struct sa *sa;

    (void)snprintf(out, LEARNER_OUTPUT, "-");
    if (r->init_reply.len == 0)
        return;
    run_say(r, &r->init_reply);
    if (!run_take(r, r->other, &auth))
        return;
    inject(r->asked, r->other, 500, bytes_of(auth.ptr, auth.len));
    assert_true(run_take(r, r->asked, &proof));
    sa = run_find(r->other, info_of(r->asked).spi_local);
    run_look_through(r, sa, &sa->protection.seal, &sa->protection.open);
    memcpy(r->auth_room, proof.ptr, proof.len);
    assert_int_equal(ike2_protect_open(&sa->protection.seal, r->auth_room, proof.len, &r->auth),
                     IKE2_OK);
    r->spis[0] = ike2_child_pair_after(ike2_child_after(sa, NULL), NULL)->view.spi_in;
    net_send(&r->w->net, r->w->now, &r->asked->addr, &r->other->addr,
             bytes_of(auth.ptr, auth.len)); /* to be looked at */
    (void)sent_text(r, &auth, out);
}

static void hear_init_error(struct run *r, char out[LEARNER_OUTPUT])
{
    const ike2_bytes chain = { (const uint8_t[]){ 0, 0, 0, 8, 0, 0, 0,
                                                  IKE2_NOTIFY_NO_PROPOSAL_CHOSEN }, 8 };
    ike2_header h = { .version = IKE2_VERSION_2_0, .exchange = SA_INIT,
                      .flags = IKE2_FLAG_RESPONSE };
    struct octets message, sent;

    (void)snprintf(out, LEARNER_OUTPUT, "-");
    if (r->init.len == 0)
        return;
    for (size_t i = 0; i < 8; i++)
        h.spi_i = h.spi_i << 8 | r->init.ptr[i];
    message = run_bare(r, &h, IKE2_PAYLOAD_NOTIFY, chain);
    run_say(r, &message);
    if (run_take(r, r->other, &sent))
        (void)snprintf(out, LEARNER_OUTPUT, "answered");
}

/* --- Responses ------------------------------------------------------------------------ */

static void hear_response(struct run *r, uint8_t exchange, uint32_t id, uint8_t first,
                          ike2_bytes inner, char out[LEARNER_OUTPUT])
{
    ike2_header h = run_header(r, exchange);
    struct octets message, sent;

    h.flags |= IKE2_FLAG_RESPONSE;
    h.message_id = id;
    message = run_sealed(r, &h, first, inner);
    run_say(r, &message);
    (void)sent_text(r, &sent, out);
}

static void hear_chain(struct run *r, struct chain *c, char out[LEARNER_OUTPUT])
{
    ike2_bytes all;

    assert_int_equal(ike2_writer_end(&c->w, &all), IKE2_OK);
    hear_response(r, AUTH, 1, all.ptr[0], bytes_of(all.ptr + 1, all.len - 1), out);
}

static void copy_payload(struct run *r, struct chain *c, uint8_t type, uint8_t as)
{
    const ike2_header h = { 0 };
    struct message m;

    assert_int_equal(ike2_message_index(&h, r->auth.first, r->auth.inner, true, &m), IKE2_OK);
    ike2_data_write(&c->w, as, ike2_message_body(&m, type));
}

static void hear_auth(struct run *r, enum to_initiator symbol, char out[LEARNER_OUTPUT])
{
    uint8_t room[MODEL_OCTETS];
    struct chain c;

    chain_begin(&c);
    if (symbol == HEAR_AUTH || symbol == HEAR_AUTH_BAD) {
        hear_response(r, AUTH, 1, r->auth.first, run_auth(r, symbol == HEAR_AUTH, room), out);
        return;
    }
    if (symbol == HEAR_AUTH_REFUSED)
        chain_notify(&c, IKE2_NOTIFY_AUTHENTICATION_FAILED);
    if (symbol == HEAR_AUTH_NO_CHILD) {
        copy_payload(r, &c, IKE2_PAYLOAD_IDR, IKE2_PAYLOAD_IDR);
        copy_payload(r, &c, IKE2_PAYLOAD_AUTH, IKE2_PAYLOAD_AUTH);
        chain_notify(&c, IKE2_NOTIFY_TS_UNACCEPTABLE);
    }
    hear_chain(r, &c, out);
}

/* --- Requests of the responder -------------------------------------------------------- */

static void hear_create(struct run *r, char out[LEARNER_OUTPUT])
{
    uint32_t spi = r->next_spi++;
    struct chain c;

    chain_begin(&c);
    chain_child(&c, r->other, spi);
    chain_nonce(&c, (uint8_t)spi);
    run_request(r, CREATE, &c, out);
    if (strcmp(out, "SA") == 0)
        r->spis[0] = spi;
}

/* As an initiator would say it. */
static void hear_auth_request(struct run *r, char out[LEARNER_OUTPUT])
{
    struct chain c;

    chain_begin(&c);
    copy_payload(r, &c, IKE2_PAYLOAD_IDR, IKE2_PAYLOAD_IDI);
    copy_payload(r, &c, IKE2_PAYLOAD_AUTH, IKE2_PAYLOAD_AUTH);
    chain_child(&c, r->other, r->next_spi++);
    run_request(r, AUTH, &c, out);
}

static void hear_odd(struct run *r, bool is_bare, char out[LEARNER_OUTPUT])
{
    static const uint8_t delete_ike[] = { 0, 0, 0, 8, IKE2_PROTOCOL_IKE, 0, 0, 0 };
    ike2_header h = run_header(r, INFO);
    struct octets message;

    h.message_id += is_bare ? 0 : 1;
    if (is_bare)
        message = run_bare(r, &h, IKE2_PAYLOAD_DELETE, bytes_of(delete_ike, sizeof delete_ike));
    else
        message = run_sealed(r, &h, 0, (ike2_bytes){ 0 });
    run_odd(r, &message, out);
}

/* --- The symbols ---------------------------------------------------------------------- */

static void do_close(struct run *r, char out[LEARNER_OUTPUT])
{
    struct octets sent;

    (void)ike2_sa_close(r->asked->ep, r->w->now, sa_of_side(r->asked));
    side_drain(r->asked, r->w->now);
    (void)sent_text(r, &sent, out);
}

static void hear_protected(struct run *r, enum to_initiator symbol, char out[LEARNER_OUTPUT])
{
    switch (symbol) {
    case HEAR_AUTH:
    case HEAR_AUTH_BAD:
    case HEAR_AUTH_REFUSED:
    case HEAR_AUTH_NO_CHILD:
    case HEAR_AUTH_EMPTY: hear_auth(r, symbol, out); break;
    case HEAR_ANSWER: hear_response(r, INFO, r->open_id, 0, (ike2_bytes){ 0 }, out); break;
    case HEAR_INFO: run_request_inner(r, INFO, 0, (ike2_bytes){ 0 }, out); break;
    case HEAR_CREATE: hear_create(r, out); break;
    case HEAR_DEL_CHILD: run_delete(r, r->spis[0], out); break;
    case HEAR_DEL_IKE: run_delete(r, 0, out); break;
    case HEAR_AUTH_REQUEST: hear_auth_request(r, out); break;
    case HEAR_AGAIN: run_again(r, out); break;
    case HEAR_SKIP: hear_odd(r, false, out); break;
    case HEAR_BARE_DEL: hear_odd(r, true, out); break;
    case DO_CONNECT:
    case DO_CLOSE:
    case HEAR_INIT:
    case HEAR_INIT_ERROR:
    case TO_INITIATOR: break;
    }
}

/* What it sends, how many IKE SAs it has, and how many children are sent through. */
static void step(void *run, size_t symbol, char out[LEARNER_OUTPUT])
{
    struct run *r = run;
    size_t len;

    (void)snprintf(out, LEARNER_OUTPUT, "-");
    if (symbol == DO_CONNECT)
        do_connect(r, out);
    else if (symbol == DO_CLOSE)
        do_close(r, out);
    else if (symbol == HEAR_INIT)
        hear_init(r, out);
    else if (symbol == HEAR_INIT_ERROR)
        hear_init_error(r, out);
    else if (r->has_keys)
        hear_protected(r, (enum to_initiator)symbol, out);
    nothing_flies(r->w);
    len = strlen(out);
    (void)snprintf(out + len, LEARNER_OUTPUT - len, ":%u%u", (unsigned)side_stats(r->asked).sas,
                   run_children(r));
}

static const uint8_t prefix[] = { DO_CONNECT, HEAR_INIT, HEAR_AUTH };

const struct subject model_initiator = {
    .n_symbols = TO_INITIATOR, .begin = begin, .step = step, .end = run_free,
    .prefix = prefix, .n_prefix = sizeof prefix,
};
