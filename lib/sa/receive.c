/* sa/receive.c - a datagram for an SA on its way to a handler. RFC 7296 2.1 to 2.3, 2.5, 2.21.3,
 * 3.14; RFC 7383 2.6. */
#include "sa/receive.h"

#include <string.h>

#include "base/bytes.h"
#include "sa/dispatch.h"
#include "sa/liveness.h"
#include "sa/init.h"
#include "sa/lifetime.h"
#include "sa/note.h"
#include "sa/path.h"
#include "sa/request.h"
#include "sa/succession.h"
#include "sa/window.h"
#include "wire/rules.h"

enum { HEADER_OCTETS = 28, ASSEMBLY_MS = 30 * 1000 };

static bool is_response(const struct datagram *d)
{
    return (d->header.flags & IKE2_FLAG_RESPONSE) != 0;
}

static void drop(struct sa *sa, uint32_t cause, const struct datagram *d)
{
    ike2_note_drop(sa->host, sa, cause, d->path, d->len);
}

/* --- A message that breaks the rules ------------------------------------------------- */

static void compose_syntax(ike2_writer *w, const struct sa *sa, const struct exchange *x)
{
    const struct message *m = &x->in;
    const ike2_notify n = {
        .type = m->critical != 0 ? IKE2_NOTIFY_UNSUPPORTED_CRITICAL_PAYLOAD
                                 : IKE2_NOTIFY_INVALID_SYNTAX,
        .data = bytes_of(&m->critical, m->critical != 0 ? 1 : 0),
    };

    (void)sa;
    ike2_notify_write(w, &n);
}

static enum verdict syntax_reply(struct sa *sa, struct exchange *x)
{
    bool is_init = x->in.header.exchange == IKE2_EXCHANGE_IKE_SA_INIT;
    ike2_err err = is_init ? ike2_refusal_send_init(sa, x, compose_syntax)
                           : ike2_response_send(sa, x, compose_syntax);

    if (err != IKE2_OK)
        return VERDICT_RETRY;
    /* RFC 7296 2.5: an unknown critical payload is refused, and no more. */
    if (x->in.critical != 0 && sa->state == STATE_UP)
        return VERDICT_DONE;
    /* RFC 7296 2.21.3: INVALID_SYNTAX is fatal to both. */
    return ike2_exchange_end(x, x->in.critical != 0 ? IKE2_NOTIFY_UNSUPPORTED_CRITICAL_PAYLOAD
                                                    : IKE2_NOTIFY_INVALID_SYNTAX,
                             IKE2_REASON_PROTOCOL, 0);
}

static step *const syntax_steps[] = { syntax_reply };

static const struct script syntax_script = {
    .name = "invalid message", .steps = syntax_steps, .n_steps = 1,
};

/* A request gets an answer; a response that was authentic ends the SA, any other is dropped. */
static void receive_invalid(struct sa *sa, const struct datagram *d, const struct arrival *in)
{
    drop(sa, IKE2_DROP_RULE, d);
    if (!is_response(d))
        (void)ike2_exchange_begin(sa, &syntax_script, false, in);
    else if (in->message.is_protected)
        ike2_sa_end(sa, IKE2_REASON_PROTOCOL, 0, 0);
}

/* RFC 7296 2.21.3: once both are authenticated each request is answered; before, it may have come
 * too early. */
static void receive_illegal(struct sa *sa, const struct datagram *d, const struct arrival *in)
{
    if (sa->state == STATE_UP && !is_response(d))
        receive_invalid(sa, d, in);
    else
        drop(sa, IKE2_DROP_STATE, d);
}

/* --- From octets to a handler -------------------------------------------------------- */

static void receive_message(struct sa *sa, const struct datagram *d, const struct arrival *in)
{
    const struct message *m = &in->message;
    uint8_t payload;
    ike2_err err;

    sa->host->stats.messages_in++;
    if (m->is_protected) {
        ike2_liveness_heard(sa);
        ike2_path_follow(sa, &d->path->remote);
        ike2_succession_on_message(sa, m);
    }
    if (m->critical != 0 || ike2_rules_check(m, &payload) != IKE2_OK) {
        receive_invalid(sa, d, in);
        return;
    }
    err = ike2_dispatch(sa, in);
    if (err == IKE2_ERR_STATE)
        receive_illegal(sa, d, in);
    else if (err != IKE2_OK)
        drop(sa, IKE2_DROP_MEMORY, d);
}

static void receive_plain(struct sa *sa, const struct datagram *d)
{
    struct arrival in = { .path = d->path, .octets = bytes_of(d->octets, d->len) };
    ike2_bytes chain = bytes_of(d->octets + HEADER_OCTETS, d->len - HEADER_OCTETS);

    (void)ike2_note_message_in(sa, d, 1);
    if (ike2_message_index(&d->header, d->header.next_payload, chain, false, &in.message) !=
        IKE2_OK)
        drop(sa, IKE2_DROP_PAYLOAD, d);
    else
        receive_message(sa, d, &in);
}

static void receive_inner(struct sa *sa, const struct datagram *d, const struct opened *o)
{
    struct arrival in = { .path = d->path, .octets = o->inner };

    (void)ike2_note_message_in(sa, d, o->fragments != 0 ? o->fragments : 1);
    if (ike2_message_index(&d->header, o->first, o->inner, true, &in.message) != IKE2_OK) {
        /* Authentic and yet malformed: the handler of such messages needs a message to answer. */
        in.message = (struct message){ .header = d->header, .is_protected = true };
        in.octets = (ike2_bytes){ 0 };
        receive_invalid(sa, d, &in);
        return;
    }
    receive_message(sa, d, &in);
}

static void receive_fragment(struct sa *sa, const struct datagram *d, const struct opened *piece)
{
    struct host *host = sa->host;
    struct assembly *a = &sa->window.assembly[is_response(d) ? 1 : 0];
    struct datagram message = *d; /* which they make together */
    struct opened whole;

    switch (ike2_assembly_add(host, a, d->header.message_id, piece)) {
    case ASSEMBLY_STORED:
        a->datagrams += d->len;
        ike2_timer_set(host, &sa->clock.timers, TIMER_ASSEMBLY, host->now + ASSEMBLY_MS);
        break;
    case ASSEMBLY_WHOLE:
        message.len += a->datagrams;
        whole = ike2_assembly_take(host, a, host->in.ptr);
        receive_inner(sa, &message, &whole);
        break;
    case ASSEMBLY_IGNORED:
        drop(sa, IKE2_DROP_FRAGMENT, d);
        break;
    case ASSEMBLY_BUDGET:
        drop(sa, IKE2_DROP_BUDGET, d);
        break;
    case ASSEMBLY_MEMORY:
        drop(sa, IKE2_DROP_MEMORY, d);
        break;
    }
}

static bool open_datagram(struct sa *sa, const struct datagram *d, struct opened *out)
{
    ike2_err err = ike2_protect_open(&sa->protection.open, d->octets, d->len, out);

    if (err == IKE2_OK)
        return true;
    drop(sa, err == IKE2_ERR_AUTH ? IKE2_DROP_ICV : IKE2_DROP_PAYLOAD, d);
    return false;
}

static void receive_protected(struct sa *sa, const struct datagram *d)
{
    struct opened o;

    if (!open_datagram(sa, d, &o))
        return;
    if (o.fragments == 0)
        receive_inner(sa, d, &o);
    else if (sa->intent.fragmentation)
        receive_fragment(sa, d, &o);
    else
        drop(sa, IKE2_DROP_RULE, d);
}

/* The key exchange is finished only when the initiator shows that it goes on. */
static void receive_early(struct sa *sa, const struct datagram *d)
{
    if (sa->role != RESPONDER || sa->state != STATE_INIT || is_response(d)) {
        drop(sa, IKE2_DROP_STATE, d);
        return;
    }
    if (!ike2_park_add(sa->host, &sa->init->park, d->path, bytes_of(d->octets, d->len))) {
        drop(sa, IKE2_DROP_BUDGET, d);
        return;
    }
    if (sa->exchanges.theirs == NULL &&
        ike2_exchange_begin(sa, &ike2_init_keys, false, NULL) != IKE2_OK)
        ike2_park_clear(sa->host, &sa->init->park);
}

/* --- Message IDs --------------------------------------------------------------------- */

/* RFC 7296 2.1: a request we have answered gets the same answer. Of fragments, the first one
 * triggers it (RFC 7383 2.6.1). The ICV is checked, lest anybody make us send. */
static void receive_again(struct sa *sa, const struct datagram *d)
{
    struct opened o = { 0 };

    if (d->header.exchange == IKE2_EXCHANGE_IKE_SA_INIT || !sa->protection.has_keys) {
        drop(sa, IKE2_DROP_MESSAGE_ID, d);
        return;
    }
    if (!open_datagram(sa, d, &o) || o.fragment > 1)
        return;
    ike2_response_repeat(sa, d->header.message_id, d->path);
    ike2_lifetime_wait_on(sa);
}

/* A request in one piece is known by its octets when it comes again. */
static void receive_next(struct sa *sa, const struct datagram *d)
{
    bool is_whole = d->header.next_payload == IKE2_PAYLOAD_SK;

    sa->window.last_request =
        is_whole ? ike2_map_hash(&sa->host->spis, bytes_of(d->octets, d->len)) : 0;
    receive_protected(sa, d);
}

static void receive_new_request(struct sa *sa, const struct datagram *d)
{
    bool is_init = d->header.exchange == IKE2_EXCHANGE_IKE_SA_INIT;

    /* Only the very first message comes without protection; no other may end an SA, nor come beside
     * it while it is being dealt with. */
    if (is_init && sa->role == RESPONDER && sa->state == STATE_START &&
        sa->exchanges.theirs == NULL)
        receive_plain(sa, d);
    else if (is_init)
        drop(sa, IKE2_DROP_STATE, d);
    else if (!sa->protection.has_keys)
        receive_early(sa, d);
    else if (sa->exchanges.theirs != NULL)
        sa->host->stats.retransmits_in++; /* it is being dealt with: absorbed */
    else
        receive_next(sa, d);
}

/* RFC 7296 2.3: authentic ones are kept until their turn. */
static void receive_out_of_turn(struct sa *sa, const struct datagram *d)
{
    struct park *early = &sa->window.backlog->early;
    struct opened o;

    if (!ike2_park_add(sa->host, early, d->path, bytes_of(d->octets, d->len)))
        drop(sa, IKE2_DROP_BUDGET, d);
    else if (!open_datagram(sa, d, &o))
        ike2_park_drop_last(sa->host, early);
}

static void receive_request(struct sa *sa, const struct datagram *d)
{
    uint32_t id = d->header.message_id;

    if (ike2_window_find(sa, id) != NULL && id != UINT32_MAX)
        receive_again(sa, d);
    else if (ike2_window_is_early(sa, id))
        receive_out_of_turn(sa, d);
    else if (id == sa->window.next_in && id != UINT32_MAX) /* RFC 7296 2.2: none comes behind it */
        receive_new_request(sa, d);
    else
        drop(sa, IKE2_DROP_MESSAGE_ID, d);
}

static void receive_response(struct sa *sa, const struct datagram *d)
{
    const struct request *r = &sa->request;

    if (r->parcel == NULL || r->parcel->message_id != d->header.message_id ||
        r->parcel->exchange != d->header.exchange) {
        drop(sa, IKE2_DROP_MESSAGE_ID, d);
        return;
    }
    if (r->is_answered)
        sa->host->stats.retransmits_in++; /* it is being dealt with: absorbed */
    else if (d->header.exchange == IKE2_EXCHANGE_IKE_SA_INIT)
        receive_plain(sa, d);
    else if (sa->protection.has_keys)
        receive_protected(sa, d);
    else
        drop(sa, IKE2_DROP_STATE, d);
}

static void receive(struct sa *sa, const struct datagram *d)
{
    if (sa_is_over(sa))
        drop(sa, IKE2_DROP_STATE, d);
    else if (is_response(d))
        receive_response(sa, d);
    else
        receive_request(sa, d);
}

void ike2_sa_receive(struct sa *sa, const struct datagram *d)
{
    receive(sa, d);
    ike2_sa_unpark(sa);
}

/* --- What has waited ----------------------------------------------------------------- */

/* The next datagram whose time has come, if there is one. */
static struct parked *next_parked(struct sa *sa)
{
    if (sa_is_over(sa))
        return NULL;
    if (sa->init != NULL && sa->state == STATE_AUTH && sa->init->park.n != 0)
        return ike2_park_take(&sa->init->park);
    return sa->exchanges.theirs == NULL ? ike2_window_take(sa) : NULL;
}

void ike2_sa_unpark(struct sa *sa)
{
    struct host *host = sa->host;
    struct parked *p;

    while ((p = next_parked(sa)) != NULL) {
        struct datagram d = { .path = &p->path, .octets = host->in.ptr, .len = p->len };

        memcpy(host->in.ptr, p->octets, p->len);
        if (ike2_header_read(bytes_of(d.octets, d.len), &d.header) == IKE2_OK)
            receive(sa, &d);
        ike2_park_release(host, p);
    }
}
