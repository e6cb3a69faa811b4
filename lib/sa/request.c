/* sa/request.c - what goes out. RFC 7296 2.1 to 2.3; RFC 7383 2.5. */
#include "sa/request.h"

#include <string.h>

#include "base/secret.h"
#include "base/writer.h"
#include "sa/jitter.h"
#include "sa/note.h"
#include "sa/seal.h"
#include "sa/window.h"

/* Retransmissions of one size before it is taken to be the reason, RFC 7383 2.5.2. */
enum { SMALLER_AFTER = 2 };

static uint8_t header_flags(const struct sa *sa, bool is_response)
{
    return (uint8_t)((sa->role == INITIATOR ? IKE2_FLAG_INITIATOR : 0) |
                     (is_response ? IKE2_FLAG_RESPONSE : 0));
}

static ike2_header header_of(const struct sa *sa, uint8_t exchange, uint32_t id, bool is_response)
{
    return (ike2_header){
        .spi_i = sa->spi.i, .spi_r = sa->spi.r, .version = IKE2_VERSION_2_0, .exchange = exchange,
        .flags = header_flags(sa, is_response), .message_id = id,
    };
}

/* --- Composing ----------------------------------------------------------------------- */

ike2_err ike2_message_compose(struct sa *sa, const ike2_header *header, compose *write,
                              const struct exchange *x, ike2_bytes *out)
{
    ike2_writer w;

    ike2_writer_init(&w, sa->host->out.ptr, sa->host->out.cap);
    ike2_message_begin(&w, header);
    write(&w, sa, x);
    return ike2_message_end(&w, out);
}

/* The inner chain; the type of its first payload is written to an octet in front of it. */
static ike2_err chain_compose(struct sa *sa, compose *write, const struct exchange *x,
                              uint8_t *first, ike2_bytes *chain)
{
    ike2_writer w;
    ike2_bytes all;

    ike2_writer_init(&w, sa->host->out.ptr, sa->host->out.cap);
    write_uint(&w, IKE2_PAYLOAD_NONE, 1);
    w.next_at = 0;
    write(&w, sa, x);
    if (ike2_writer_end(&w, &all) != IKE2_OK)
        return IKE2_ERR_SPACE;
    *first = all.ptr[0];
    *chain = (ike2_bytes){ .ptr = all.ptr + 1, .len = all.len - 1 };
    return IKE2_OK;
}

static ike2_err compose_sealed(struct sa *sa, const ike2_header *header, compose *write,
                               const struct exchange *x, struct parcel **out)
{
    struct seal_task task = { .header = *header };
    ike2_err err = chain_compose(sa, write, x, &task.first, &task.inner);

    if (err == IKE2_OK)
        err = ike2_seal(sa, &task, out);
    ike2_secret_wipe(sa->host->out.ptr, task.inner.len + 1);
    return err;
}

static ike2_err compose_plain(struct sa *sa, const ike2_header *header, compose *write,
                              const struct exchange *x, struct parcel **out)
{
    struct parcel *p;
    ike2_bytes message;
    ike2_err err = ike2_message_compose(sa, header, write, x, &message);
    uint8_t *room;
    size_t cap;

    if (err != IKE2_OK)
        return err;
    p = ike2_parcel_new(sa->host, header, 1, message.len);
    if (p == NULL)
        return IKE2_ERR_MEMORY;
    room = ike2_parcel_room(p, &cap);
    memcpy(room, message.ptr, message.len);
    ike2_parcel_add(p, (ike2_bytes){ .ptr = room, .len = message.len });
    *out = p;
    return IKE2_OK;
}

/* --- Sending ------------------------------------------------------------------------- */

/* RFC 3948 2.3: as long as nothing else keeps the NAT's mapping alive. */
void ike2_keepalive_arm(struct sa *sa)
{
    struct host *host = sa->host;
    uint32_t seconds = sa->peer == NULL ? IKE2_NEVER : sa->peer->peer.nat_keepalive_seconds;

    if (sa->nat.local && seconds != IKE2_NEVER)
        ike2_timer_set(host, &sa->clock.timers, TIMER_KEEPALIVE,
                       host->now + seconds * UINT64_C(1000));
}

/* Without memory for the output the datagram counts as lost. */
static void parcel_send(struct sa *sa, struct parcel *p, const ike2_path *path)
{
    struct host *host = sa->host;
    const struct send what = { .parcel = p, .path = *path, .sa = sa->id,
                               .peer_tag = sa_peer_tag(sa) };

    if (ike2_send_push(host, &what) != IKE2_OK)
        return;
    sa->clock.last_out_at = host->now;
    host->stats.messages_out++;
    (void)ike2_note_message_out(sa, p, path);
    ike2_keepalive_arm(sa);
}

void ike2_keepalive_send(struct sa *sa)
{
    struct host *host = sa->host;
    const struct send what = { .path = sa->path, .sa = sa->id, .peer_tag = sa_peer_tag(sa) };

    (void)ike2_send_push(host, &what);
    ike2_keepalive_arm(sa);
}

/* Jitter keeps many SAs from speaking at once; without randomness the schedule is kept as it is. */
static uint32_t jittered(const struct host *host, uint32_t wait_ms)
{
    uint64_t range = (uint64_t)wait_ms * host->settings.retransmit.jitter_percent / 100;
    uint64_t wait = wait_ms - range + ike2_jitter_draw(host, 2 * range + 1);

    return wait < UINT32_MAX ? (uint32_t)wait : UINT32_MAX;
}

static void request_arm(struct sa *sa)
{
    struct host *host = sa->host;
    uint32_t wait = jittered(host, sa->request.wait_ms);

    if (sa->request.tries > 1)
        (void)ike2_note_retransmit(sa, wait);
    ike2_timer_set(host, &sa->clock.timers, TIMER_RETRANSMIT, host->now + wait);
}

static void request_open(struct sa *sa, struct parcel *p, enum purpose purpose)
{
    ike2_parcel_unref(sa->host, sa->request.parcel);
    sa->request = (struct request){
        .parcel = p, .path = sa->path, .tries = 1, .purpose = purpose,
        .wait_ms = sa->host->settings.retransmit.first_ms,
    };
    parcel_send(sa, p, &sa->path);
    request_arm(sa);
}

/* `next` is one of the two Message IDs that have just grown. */
static void watch_id(struct sa *sa, uint32_t next)
{
    if (next == MESSAGE_ID_REKEY && sa->state == STATE_UP && !sa->intent.is_former)
        sa->intent.wants_rekey = true;
}

ike2_err ike2_request_send(struct sa *sa, uint8_t exchange, enum purpose purpose, compose *write,
                           const struct exchange *x)
{
    const ike2_header header = header_of(sa, exchange, sa->window.next_out, false);
    struct parcel *p;
    ike2_err err = compose_sealed(sa, &header, write, x, &p);

    if (err != IKE2_OK)
        return err;
    watch_id(sa, ++sa->window.next_out);
    request_open(sa, p, purpose);
    return IKE2_OK;
}

ike2_err ike2_request_send_init(struct sa *sa, compose *write, const struct exchange *x)
{
    ike2_header header = header_of(sa, IKE2_EXCHANGE_IKE_SA_INIT, 0, false);
    struct parcel *p;
    ike2_err err;

    header.spi_r = 0;
    err = compose_plain(sa, &header, write, x, &p);
    if (err != IKE2_OK)
        return err;
    sa->window.next_out = 1;
    request_open(sa, p, PURPOSE_INIT);
    return IKE2_OK;
}

void ike2_request_pause(struct sa *sa)
{
    sa->request.is_answered = true;
    sa->request.due = sa->clock.timers.at[TIMER_RETRANSMIT];
    ike2_timer_set(sa->host, &sa->clock.timers, TIMER_RETRANSMIT, IKE2_TIME_NEVER);
}

void ike2_request_resume(struct sa *sa)
{
    if (sa->request.parcel == NULL || !sa->request.is_answered)
        return;
    sa->request.is_answered = false;
    /* As planned before: else a stream of worthless responses would keep us from asking again. */
    ike2_timer_set(sa->host, &sa->clock.timers, TIMER_RETRANSMIT, sa->request.due);
}

void ike2_request_move(struct sa *sa, const ike2_addr *remote)
{
    struct request *r = &sa->request;

    if (r->parcel == NULL)
        return;
    r->path.remote = *remote;
    r->tries = 0;
    r->wait_ms = sa->host->settings.retransmit.first_ms;
    if (!r->is_answered)
        request_arm(sa);
}

void ike2_request_close(struct sa *sa)
{
    ike2_parcel_unref(sa->host, sa->request.parcel);
    sa->request = (struct request){ 0 };
    ike2_timer_set(sa->host, &sa->clock.timers, TIMER_RETRANSMIT, IKE2_TIME_NEVER);
}

void ike2_request_on_timer(struct sa *sa)
{
    const ike2_retransmit *plan = &sa->host->settings.retransmit;
    struct request *r = &sa->request;
    uint32_t longest = plan->max_ms != 0 ? plan->max_ms : UINT32_MAX;
    uint64_t wait;

    if (r->parcel == NULL || r->is_answered)
        return;
    if (r->tries >= plan->tries) {
        /* RFC 7296 2.4: nobody answers: the SA is gone. */
        ike2_sa_end(sa, IKE2_REASON_TIMEOUT, 0, ike2_note_timer(sa, TIMER_RETRANSMIT));
        return;
    }
    wait = (uint64_t)r->wait_ms * plan->backoff_percent / 100;
    r->wait_ms = wait < longest ? (uint32_t)wait : longest;
    r->tries++;
    sa->clock.retransmits++;
    sa->host->stats.retransmits_out++;
    if (r->tries == SMALLER_AFTER + 1 && ike2_seal_smaller(sa, &r->parcel)) {
        r->tries = 1; /* RFC 7383 2.5.2: with the other size the schedule begins anew */
        r->wait_ms = plan->first_ms;
    }
    parcel_send(sa, r->parcel, &r->path);
    request_arm(sa);
}

/* --- Responses ----------------------------------------------------------------------- */

static void response_keep(struct sa *sa, struct parcel *p, const struct exchange *x)
{
    ike2_window_answer(sa, p);
    watch_id(sa, sa->window.next_in);
    parcel_send(sa, p, &x->path);
}

ike2_err ike2_response_send(struct sa *sa, const struct exchange *x, compose *write)
{
    const ike2_header *in = &x->in.header;
    const ike2_header header = header_of(sa, in->exchange, in->message_id, true);
    struct parcel *p;
    ike2_err err = compose_sealed(sa, &header, write, x, &p);

    if (err == IKE2_OK)
        response_keep(sa, p, x);
    return err;
}

static ike2_err respond_plain(struct sa *sa, const ike2_header *header, const struct exchange *x,
                              compose *write)
{
    struct parcel *p;
    ike2_err err = compose_plain(sa, header, write, x, &p);

    if (err == IKE2_OK)
        response_keep(sa, p, x);
    return err;
}

ike2_err ike2_response_send_init(struct sa *sa, const struct exchange *x, compose *write)
{
    const ike2_header header = header_of(sa, IKE2_EXCHANGE_IKE_SA_INIT, 0, true);

    return respond_plain(sa, &header, x, write);
}

ike2_err ike2_refusal_send_init(struct sa *sa, const struct exchange *x, compose *write)
{
    ike2_header header = header_of(sa, IKE2_EXCHANGE_IKE_SA_INIT, 0, true);

    header.spi_r = 0; /* RFC 7296 2.6 */
    return respond_plain(sa, &header, x, write);
}

void ike2_response_repeat(struct sa *sa, uint32_t message_id, const ike2_path *path)
{
    struct window *w = &sa->window;

    sa->host->stats.retransmits_in++;
    if (w->last_response != NULL && w->last_response->message_id == message_id &&
        ++w->repeats == SMALLER_AFTER)
        (void)ike2_seal_smaller(sa, &w->last_response);
    if (ike2_window_find(sa, message_id) != NULL)
        parcel_send(sa, ike2_window_find(sa, message_id), path);
}
