/* base/writer.h - bounded builder with one sticky error, over the public ike2_writer.
 *
 * Payloads nest no deeper than one: the open payload's length is patched by payload_end(), its type
 * goes where the payload before it, or the message header, left room. Whatever does not fit, be it
 * octets into the room or a value into its field, marks the writer failed; it is tested once, by
 * ike2_writer_end, ike2_message_end or ike2_sk_end. */
#ifndef BASE_WRITER_H
#define BASE_WRITER_H

#include <string.h>

#include <ike2/types.h>

/* "There is none": of next_at and open_at. */
#define WRITER_NOWHERE SIZE_MAX

static inline ike2_writer writer_of(uint8_t *room, size_t cap)
{
    return (ike2_writer){
        .base = room, .cap = cap, .next_at = WRITER_NOWHERE, .open_at = WRITER_NOWHERE
    };
}

/* The only place that moves the end. */
static inline uint8_t *write_room(ike2_writer *w, size_t n)
{
    uint8_t *at;

    if (w->failed || n > w->cap - w->len) {
        w->failed = true;
        return NULL;
    }
    if (n == 0)
        return NULL;
    at = w->base + w->len;
    w->len += n;
    return at;
}

/* Big-endian; a value that `width` octets cannot hold marks the writer failed. */
static inline void write_uint(ike2_writer *w, uint64_t v, size_t width)
{
    uint8_t *at;

    if (width < 8 && v >> (8 * width) != 0)
        w->failed = true;
    at = write_room(w, width);
    while (at != NULL && width > 0) {
        at[--width] = (uint8_t)v;
        v >>= 8;
    }
}

static inline void write_bytes(ike2_writer *w, ike2_bytes b)
{
    uint8_t *at = write_room(w, b.len);

    if (at != NULL)
        memcpy(at, b.ptr, b.len);
}

/* Overwrites the `width` octets at `at`, written before, with the number of octets since `from`. */
static inline void write_length(ike2_writer *w, size_t at, size_t width, size_t from)
{
    size_t len = w->len - from;

    if (w->failed || len >> (8 * width - 1) > 1) {
        w->failed = true;
        return;
    }
    for (size_t i = width; i > 0; i--) {
        w->base[at + i - 1] = (uint8_t)len;
        len >>= 8;
    }
}

/* A generic payload header of yet unknown length; its type is told to whoever comes before it. */
static inline void payload_header(ike2_writer *w, uint8_t type, bool critical)
{
    if (w->failed || w->open_at != WRITER_NOWHERE) {
        w->failed = true;
        return;
    }
    if (w->next_at != WRITER_NOWHERE)
        w->base[w->next_at] = type;
    w->next_at = w->len;
    write_uint(w, 0, 1);
    write_uint(w, critical ? 0x80 : 0, 1);
    write_uint(w, 0, 2);
}

static inline void payload_begin(ike2_writer *w, uint8_t type, bool critical)
{
    size_t at = w->len;

    payload_header(w, type, critical);
    if (!w->failed)
        w->open_at = at;
}

static inline void payload_end(ike2_writer *w)
{
    if (w->open_at == WRITER_NOWHERE) {
        w->failed = true;
        return;
    }
    write_length(w, w->open_at + 2, 2, w->open_at);
    w->open_at = WRITER_NOWHERE;
}

#endif
