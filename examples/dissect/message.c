/* message.c - one recorded IKE message: is it sound, and what is in it. */
#include "message.h"

#include <stdio.h>
#include <stdlib.h>

#include <ike2/iana.h>

enum { HEADER_LEN = 28, MAJOR_VERSION = 2 };

struct dissection *dissection_new(const struct keys *keys)
{
    struct dissection *d = calloc(1, sizeof *d);

    if (d == NULL)
        return NULL;
    d->keys = keys;
    d->fragments = fragments_new();
    if (d->fragments == NULL) {
        free(d);
        return NULL;
    }
    return d;
}

void dissection_free(struct dissection *d)
{
    if (d == NULL)
        return;
    fragments_free(d->fragments);
    free(d);
}

static ike2_bytes recorded_bytes(const struct recorded *m)
{
    return (ike2_bytes){ .ptr = m->octets, .len = m->len };
}

static enum verdict malformed(struct dissection *d, enum flaw flaw)
{
    d->findings.flaw = flaw;
    return VERDICT_MALFORMED;
}

static enum verdict chain_verdict(struct dissection *d, const struct chain_state *state)
{
    if (state->unsound != 0) {
        d->findings.unsound = state->unsound;
        return malformed(d, FLAW_BODY);
    }
    return state->is_whole ? VERDICT_OK : malformed(d, FLAW_CHAIN);
}

/* A payload that is sealed twice is nowhere defined. */
static enum verdict inner_read(struct dissection *d, uint8_t first, ike2_bytes octets)
{
    struct chain *inner = &d->findings.inner;
    struct chain_state state;

    *inner = (struct chain){ .is_there = true, .first = first, .octets = octets };
    state = chain_check(inner);
    if (state.protected != 0)
        return malformed(d, FLAW_NESTED);
    return chain_verdict(d, &state);
}

static enum verdict fragment_read(struct dissection *d, const struct recorded *m, ike2_bytes slice)
{
    const struct findings *f = &d->findings;
    const struct fragment_key key = {
        .capture = m->capture,
        .spi_i = f->header.spi_i,
        .spi_r = f->header.spi_r,
        .message_id = f->header.message_id,
        .flags = f->header.flags & (IKE2_FLAG_INITIATOR | IKE2_FLAG_RESPONSE),
    };
    const struct fragment fragment = {
        .number = f->parts.fragment,
        .total = f->parts.fragments,
        .first = f->parts.first,
        .slice = slice,
    };
    struct whole whole;

    switch (fragments_add(d->fragments, &key, &fragment, &whole)) {
    case FRAGMENTS_WHOLE: return inner_read(d, whole.first, whole.chain);
    case FRAGMENTS_WAIT: return VERDICT_OK;
    case FRAGMENTS_BEYOND: d->findings.is_beyond = true; return VERDICT_OK;
    case FRAGMENTS_MEMORY: break;
    }
    fprintf(stderr, "out of memory\n");
    return VERDICT_FAILED;
}

static enum verdict sealed_open(struct dissection *d, const struct recorded *m,
                                const struct sa_keys *sa)
{
    struct findings *f = &d->findings;
    ike2_bytes inner;
    ike2_err err;

    f->has_keys = true;
    f->has_parts = ike2_sk_read(recorded_bytes(m), &sa->sizes, &f->parts) == IKE2_OK;
    if (!f->has_parts)
        return malformed(d, FLAW_FRAMING);
    err = keys_open(d->keys, sa, &f->header, m->octets, &f->parts);
    if (err == IKE2_ERR_AUTH)
        return VERDICT_BADICV;
    if (err != IKE2_OK) {
        fprintf(stderr, "crypto provider: %s\n", ike2_strerror(err));
        return VERDICT_FAILED;
    }
    if (ike2_sk_unpad(f->parts.sealed, &inner) != IKE2_OK)
        return malformed(d, FLAW_PADDING);
    if (f->parts.fragments != 0)
        return fragment_read(d, m, inner);
    return inner_read(d, f->parts.first, inner);
}

/* Without keys the framing alone can be wrong: no octet sealed, or a fragment number of 0 or above
 * the total. RFC 7383 2.5. */
static enum verdict sealed_check(struct dissection *d, const struct recorded *m)
{
    const ike2_sk_sizes nothing = { 0 };
    struct findings *f = &d->findings;

    f->has_parts = ike2_sk_read(recorded_bytes(m), &nothing, &f->parts) == IKE2_OK;
    return f->has_parts ? VERDICT_OK : malformed(d, FLAW_FRAMING);
}

/* The chain ends where the header says. Octets behind that end make the message malformed, but the
 * chain can still be shown; and so can what there is of a message that was not recorded whole. */
static enum verdict outer_read(struct dissection *d, const struct recorded *m)
{
    struct findings *f = &d->findings;
    const struct sa_keys *sa;
    struct chain_state state;
    enum verdict verdict;
    bool is_cut = m->is_cut && f->header.length > m->len;
    size_t end = is_cut ? m->len : f->header.length;

    if (f->header.length < HEADER_LEN || end > m->len)
        return malformed(d, FLAW_LENGTH);
    f->outer = (struct chain){
        .is_there = true,
        .first = f->header.next_payload,
        .octets = { .ptr = m->octets + HEADER_LEN, .len = end - HEADER_LEN },
    };
    if (is_cut)
        return VERDICT_CUT;
    state = chain_check(&f->outer);
    verdict = chain_verdict(d, &state);
    if (verdict != VERDICT_OK)
        return verdict;
    if (end != m->len)
        return malformed(d, FLAW_TRAILING);
    if (state.protected == 0)
        return VERDICT_OK;
    sa = keys_find(d->keys, m->capture, &f->header);
    return sa != NULL ? sealed_open(d, m, sa) : sealed_check(d, m);
}

static enum verdict message_read(struct dissection *d, const struct recorded *m)
{
    ike2_peeked peeked;

    ike2_peek(recorded_bytes(m), IKE2_ENCAP_NONE, &peeked);
    if (peeked.kind != IKE2_KIND_IKE)
        return m->is_cut ? VERDICT_CUT : malformed(d, FLAW_HEADER);
    d->findings.has_header = true;
    d->findings.header = peeked.header;
    /* RFC 7296 2.5: the minor version is ignored. */
    if (peeked.header.version >> 4 != MAJOR_VERSION)
        return VERDICT_NOTIKE;
    return outer_read(d, m);
}

bool message_dissect(struct dissection *d, const struct recorded *message)
{
    d->findings = (struct findings){ 0 };
    d->findings.verdict = message_read(d, message);
    return d->findings.verdict != VERDICT_FAILED;
}

const char *verdict_name(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_OK: return "ok";
    case VERDICT_MALFORMED: return "malformed";
    case VERDICT_BADICV: return "badicv";
    case VERDICT_NOTIKE: return "notike";
    case VERDICT_CUT: return "cut";
    case VERDICT_FAILED: break;
    }
    return NULL;
}
