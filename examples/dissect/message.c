/* message.c - one recorded IKE message: is it sound, and what is in it. */
#include "message.h"

#include <stdio.h>
#include <stdlib.h>

#include <ike2/iana.h>

#include "chain.h"

enum { HEADER_LEN = 28, MAJOR_VERSION = 2 };

/* One message on its way through. */
struct parcel {
    ike2_bytes capture;
    ike2_header header;
    uint8_t *octets;
    size_t len;
};

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

static ike2_bytes parcel_bytes(const struct parcel *p)
{
    return (ike2_bytes){ .ptr = p->octets, .len = p->len };
}

/* RFC 7296 3.14: an SK payload has no payload to show when it is empty; RFC 7296 1.4, the liveness
 * check. A payload that is sealed twice is nowhere defined. */
static enum verdict inner_read(struct dissection *d, uint8_t first, ike2_bytes octets)
{
    struct chain chain = chain_read(first, octets, &d->inner);

    if (!chain.is_sound || chain.protected != 0)
        return VERDICT_MALFORMED;
    if (d->inner.len == 0)
        text_add(&d->inner, "EMPTY");
    return VERDICT_OK;
}

static enum verdict fragment_read(struct dissection *d, const struct parcel *p,
                                  const ike2_sk_parts *parts, ike2_bytes slice)
{
    const struct fragment_key key = {
        .capture = p->capture,
        .spi_i = p->header.spi_i,
        .spi_r = p->header.spi_r,
        .message_id = p->header.message_id,
        .flags = p->header.flags & (IKE2_FLAG_INITIATOR | IKE2_FLAG_RESPONSE),
    };
    const struct fragment fragment = {
        .number = parts->fragment,
        .total = parts->fragments,
        .first = parts->first,
        .slice = slice,
    };
    struct whole whole;

    switch (fragments_add(d->fragments, &key, &fragment, &whole)) {
    case FRAGMENTS_WHOLE: return inner_read(d, whole.first, whole.chain);
    case FRAGMENTS_WAIT: return VERDICT_OK;
    case FRAGMENTS_BEYOND:
        fprintf(stderr, "warning: a message in more or larger fragments than are put together\n");
        return VERDICT_OK;
    case FRAGMENTS_MEMORY: break;
    }
    fprintf(stderr, "out of memory\n");
    return VERDICT_FAILED;
}

static enum verdict sealed_open(struct dissection *d, const struct parcel *p,
                                const struct sa_keys *sa)
{
    ike2_sk_parts parts;
    ike2_bytes inner;
    ike2_err err;

    if (ike2_sk_read(parcel_bytes(p), &sa->sizes, &parts) != IKE2_OK)
        return VERDICT_MALFORMED;
    err = keys_open(d->keys, sa, &p->header, p->octets, &parts);
    if (err == IKE2_ERR_AUTH)
        return VERDICT_BADICV;
    if (err != IKE2_OK) {
        fprintf(stderr, "crypto provider: %s\n", ike2_strerror(err));
        return VERDICT_FAILED;
    }
    if (ike2_sk_unpad(parts.sealed, &inner) != IKE2_OK)
        return VERDICT_MALFORMED;
    if (parts.fragments != 0)
        return fragment_read(d, p, &parts, inner);
    return inner_read(d, parts.first, inner);
}

/* Without keys the framing alone can be wrong: no octet sealed, or a fragment number of 0 or above
 * the total. RFC 7383 2.5. */
static enum verdict sealed_check(const struct parcel *p)
{
    const ike2_sk_sizes nothing = { 0 };
    ike2_sk_parts parts;

    return ike2_sk_read(parcel_bytes(p), &nothing, &parts) == IKE2_OK ? VERDICT_OK
                                                                      : VERDICT_MALFORMED;
}

/* The chain ends where the header says. Octets behind that end make the message malformed, but the
 * chain can still be shown. */
static enum verdict parcel_dissect(struct dissection *d, const struct parcel *p)
{
    const struct sa_keys *sa;
    struct chain chain;

    if (p->header.length < HEADER_LEN || p->header.length > p->len)
        return VERDICT_MALFORMED;
    chain = chain_read(
        p->header.next_payload,
        (ike2_bytes){ .ptr = p->octets + HEADER_LEN, .len = p->header.length - HEADER_LEN },
        &d->outer);
    if (!chain.is_sound || p->header.length != p->len)
        return VERDICT_MALFORMED;
    if (chain.protected == 0)
        return VERDICT_OK;
    sa = keys_find(d->keys, p->capture, &p->header);
    return sa != NULL ? sealed_open(d, p, sa) : sealed_check(p);
}

enum verdict message_dissect(struct dissection *d, ike2_bytes capture, uint8_t *message, size_t len)
{
    struct parcel p = { .capture = capture, .octets = message, .len = len };
    ike2_peeked peeked;

    text_clear(&d->outer);
    text_clear(&d->inner);
    ike2_peek(parcel_bytes(&p), IKE2_ENCAP_NONE, &peeked);
    if (peeked.kind != IKE2_KIND_IKE)
        return VERDICT_MALFORMED;
    p.header = peeked.header;
    /* RFC 7296 2.5: the minor version is ignored. */
    if (p.header.version >> 4 != MAJOR_VERSION)
        return VERDICT_NOTIKE;
    return parcel_dissect(d, &p);
}

const char *verdict_name(enum verdict verdict)
{
    switch (verdict) {
    case VERDICT_OK: return "ok";
    case VERDICT_MALFORMED: return "malformed";
    case VERDICT_BADICV: return "badicv";
    case VERDICT_NOTIKE: return "notike";
    case VERDICT_FAILED: break;
    }
    return NULL;
}
