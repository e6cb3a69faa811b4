/* replay/player.c - plays a journal. */
#include "replay/player.h"

#include <string.h>

#include "common/call.h"
#include "common/witness.h"

struct player {
    struct scroll scroll;
    struct witness puppet;
    struct stage stage;
    FILE *ladder;
    struct played sums;
    ike2_time now; /* of the last call that had a time */
};

/* --- Ladder ------------------------------------------------------------------------------ */

static void tell_message(const struct player *p, const char *arrow, const ike2_path *path,
                         ike2_bytes octets)
{
    size_t marker = path->encap == IKE2_ENCAP_NONE ? 0 : 4;
    ike2_header h = { 0 };
    const char *name;

    if (p->ladder == NULL)
        return;
    octets = octets.len < marker ? (ike2_bytes){ 0 }
                                 : (ike2_bytes){ octets.ptr + marker, octets.len - marker };
    if (ike2_header_read(octets, &h) != IKE2_OK) {
        (void)fprintf(p->ladder, "%12llu ms  %s  %zu octets\n", (unsigned long long)p->now, arrow,
                      octets.len);
        return;
    }
    name = ike2_exchange_name(h.exchange);
    (void)fprintf(p->ladder, "%12llu ms  %s  %s %s %u, %zu octets\n", (unsigned long long)p->now,
                  arrow, name == NULL ? "?" : name,
                  (h.flags & IKE2_FLAG_RESPONSE) != 0 ? "response" : "request",
                  (unsigned)h.message_id, octets.len);
}

static void tell(const struct player *p, const char *what, unsigned number)
{
    if (p->ladder != NULL)
        (void)fprintf(p->ladder, "%12llu ms      %s %u\n", (unsigned long long)p->now, what,
                      number);
}

static void on_output(struct player *p, const ike2_output *out)
{
    if (out == NULL)
        return;
    if (out->type != IKE2_SEND) {
        p->sums.events++;
        tell(p, out->type == IKE2_JOB ? "job" : out->type < IKE2_ASK_PEER ? "event" : "question",
             out->type == IKE2_JOB ? ike2_job_kind(out->u.job) : out->type);
        return;
    }
    p->sums.sent++;
    for (size_t i = 0; i < out->u.send.n_payloads; i++)
        tell_message(p, "-->", &out->u.send.path, out->u.send.payloads[i]);
}

static void on_call(struct player *p, const struct call *c)
{
    p->sums.calls++;
    p->now = c->now != 0 ? c->now : p->now;
    if (c->verb == CALL_INPUT) {
        p->sums.received++;
        tell_message(p, "<--", &c->path, c->octets);
    } else if (c->verb >= CALL_CONNECT && c->verb <= CALL_CHILD_CLOSE) {
        tell(p, call_word(c->verb), (unsigned)c->id);
    }
}

/* --- Playing ----------------------------------------------------------------------------- */

static void clear_keys(const struct player *p, const struct call *c)
{
    const ike2_crypto *crypto = &p->puppet.table;

    if (c->verb == CALL_DEFINE)
        terms_peer_clear(crypto, &c->peer);
    if (c->verb == CALL_ANSWER_SECRET)
        crypto->key_free(crypto->user, c->key);
}

static void play_poll(struct player *p)
{
    const ike2_output *out = p->stage.ep == NULL ? NULL : ike2_endpoint_poll(p->stage.ep);

    call_output(&p->scroll, &p->stage, out);
    on_output(p, out);
}

static void make(struct player *p, struct call *c)
{
    uint64_t out;
    ike2_err err;

    on_call(p, c);
    if (c->verb == CALL_POLL) {
        play_poll(p);
        return;
    }
    c->endpoint.config.crypto = &p->puppet.table;
    err = call_make(&p->stage, c, &out);
    call_result(&p->scroll, err, err == IKE2_OK ? out : 0);
}

static void play_call(struct player *p)
{
    struct call c;

    scroll_forget(&p->scroll);
    call_fields(&p->scroll, &c);
    if (!p->scroll.failed)
        make(p, &c);
    clear_keys(p, &c);
}

bool play(FILE *journal, FILE *ladder, struct played *sums, struct problem *why)
{
    struct player p = { .ladder = ladder };
    char word[SCROLL_WORD];
    bool ok;

    scroll_open(&p.scroll, journal, true);
    witness_init(&p.puppet, NULL, &p.scroll);
    call_header(&p.scroll);
    while (!p.scroll.failed && scroll_peek(&p.scroll, word)[0] != '\0')
        play_call(&p);
    ok = !p.scroll.failed;
    *why = p.scroll.why;
    *sums = p.sums;
    stage_clear(&p.stage);
    scroll_close(&p.scroll);
    return ok;
}
