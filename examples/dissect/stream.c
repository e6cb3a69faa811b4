/* stream.c - the frames of TCP streams. RFC 9329 3, 4. */
#include "stream.h"

#include <stdlib.h>
#include <string.h>

enum { LENGTH_OCTETS = 2, PREFIX_OCTETS = 6 };

/* RFC 9329 4: what the side begins with that opens the connection. */
static const uint8_t prefix[PREFIX_OCTETS] = { 'I', 'K', 'E', 'T', 'C', 'P' };

enum phase {
    PHASE_START, /* nothing yet: the prefix may come */
    PHASE_FRAMES,
    PHASE_LOST
};

struct stream {
    uint64_t used; /* serial of the last segment; 0 = unused */
    struct stream_ends ends;
    enum phase phase;
    bool is_known; /* `next` is */
    uint32_t next; /* sequence number */
    size_t taken;  /* octets of the room that have been handed out */
    size_t len;
    uint8_t *room;
};

struct streams {
    uint64_t serial;
    struct stream streams[STREAMS];
};

struct streams *streams_new(void)
{
    return calloc(1, sizeof(struct streams));
}

void streams_free(struct streams *all)
{
    if (all == NULL)
        return;
    for (size_t i = 0; i < STREAMS; i++)
        free(all->streams[i].room);
    free(all);
}

static bool addr_equal(const ike2_addr *a, const ike2_addr *b)
{
    return a->family == b->family && a->port == b->port && memcmp(a->ip, b->ip, sizeof a->ip) == 0;
}

/* The stream of these ends, or the place for it. */
static struct stream *stream_of(struct streams *all, const struct stream_ends *ends)
{
    struct stream *oldest = &all->streams[0];

    for (size_t i = 0; i < STREAMS; i++) {
        struct stream *s = &all->streams[i];

        if (s->used != 0 && addr_equal(&s->ends.src, &ends->src) &&
            addr_equal(&s->ends.dst, &ends->dst))
            return s;
        if (s->used < oldest->used)
            oldest = s;
    }
    free(oldest->room);
    *oldest = (struct stream){ .ends = *ends };
    return oldest;
}

static enum stream_outcome stream_lose(struct stream *s, enum stream_outcome outcome)
{
    free(s->room);
    *s = (struct stream){ .used = s->used, .ends = s->ends, .phase = PHASE_LOST };
    return outcome;
}

static void stream_begin(struct stream *s, uint32_t sequence)
{
    s->phase = PHASE_START;
    s->is_known = true;
    s->next = sequence;
    s->taken = 0;
    s->len = 0;
}

/* Frames never have more than 65535 octets, and neither has a segment, so the room is enough. */
static enum stream_outcome stream_keep(struct stream *s, ike2_bytes octets)
{
    if (s->room == NULL)
        s->room = malloc(STREAM_OCTETS);
    if (s->room == NULL)
        return stream_lose(s, STREAM_MEMORY);
    memmove(s->room, s->room + s->taken, s->len - s->taken);
    s->len -= s->taken;
    s->taken = 0;
    if (octets.len > STREAM_OCTETS - s->len)
        return stream_lose(s, STREAM_MALFORMED);
    memcpy(s->room + s->len, octets.ptr, octets.len);
    s->len += octets.len;
    s->next += (uint32_t)octets.len;
    return STREAM_OK;
}

/* What of the segment is new; RFC 9293 3.4: sequence numbers wrap. */
static enum stream_outcome stream_take(struct stream *s, const struct tcp_segment *segment)
{
    uint32_t known = s->next - segment->sequence;
    ike2_bytes octets = segment->payload;
    enum stream_outcome outcome = STREAM_OK;

    if (known > UINT32_MAX / 2)
        return stream_lose(s, STREAM_GAP);
    if (known < octets.len)
        outcome =
            stream_keep(s, (ike2_bytes){ .ptr = octets.ptr + known, .len = octets.len - known });
    /* What the capture has cut off is missing for good. */
    if (outcome == STREAM_OK && segment->is_cut)
        outcome = stream_lose(s, STREAM_GAP);
    return outcome;
}

enum stream_outcome streams_add(struct streams *all, const struct stream_ends *ends,
                                const struct tcp_segment *segment, struct stream **out)
{
    struct stream *s = stream_of(all, ends);

    s->used = ++all->serial;
    *out = s;
    if (segment->is_first) {
        stream_begin(s, segment->sequence + 1);
        return STREAM_OK;
    }
    if (s->phase == PHASE_LOST || (segment->payload.len == 0 && !segment->is_cut))
        return STREAM_OK;
    if (!s->is_known)
        stream_begin(s, segment->sequence);
    return stream_take(s, segment);
}

/* False: it may still come. */
static bool prefix_pass(struct stream *s)
{
    size_t n = s->len < PREFIX_OCTETS ? s->len : PREFIX_OCTETS;

    if (n != 0 && memcmp(s->room, prefix, n) == 0) {
        if (n < PREFIX_OCTETS)
            return false;
        s->taken = PREFIX_OCTETS;
    }
    s->phase = n != 0 ? PHASE_FRAMES : PHASE_START;
    return n != 0;
}

/* The next frame with its length, if all of it is here. */
static enum stream_outcome frame_take(struct stream *s, ike2_bytes *frame)
{
    const uint8_t *at = s->room + s->taken;
    size_t left = s->len - s->taken;
    size_t len;

    *frame = (ike2_bytes){ 0 };
    if (left < LENGTH_OCTETS)
        return STREAM_OK;
    len = (size_t)at[0] << 8 | at[1];
    /* RFC 9329 3.1: the length counts itself. */
    if (len < LENGTH_OCTETS)
        return stream_lose(s, STREAM_MALFORMED);
    if (left < len)
        return STREAM_OK;
    *frame = (ike2_bytes){ .ptr = at, .len = len };
    s->taken += len;
    return STREAM_OK;
}

enum stream_outcome stream_frame(struct stream *s, ike2_bytes *frame)
{
    ike2_bytes taken = { 0 };
    enum stream_outcome outcome;

    *frame = taken;
    if (s->phase == PHASE_LOST || (s->phase == PHASE_START && !prefix_pass(s)))
        return STREAM_OK;
    /* RFC 9329 3: empty messages are ignored. */
    do
        outcome = frame_take(s, &taken);
    while (outcome == STREAM_OK && taken.len == LENGTH_OCTETS);
    if (outcome == STREAM_OK && taken.len != 0)
        *frame = (ike2_bytes){ .ptr = taken.ptr + LENGTH_OCTETS, .len = taken.len - LENGTH_OCTETS };
    return outcome;
}
