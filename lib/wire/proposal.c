/* wire/proposal.c - the SA payload: proposals, transforms, attributes. RFC 7296 3.3.
 *
 * A proposal is yielded only if all its transforms parse and are as many as it says, so that a
 * later walk over them cannot fail. The work is linear in the octets. */
#include <ike2/iana.h>

#include "base/writer.h"
#include "wire/chain.h"

/* The first octet of either substructure: whether another one follows. */
enum { LAST = 0, MORE_PROPOSALS = 2, MORE_TRANSFORMS = 3 };
enum { SUBSTRUCTURE_HEADER_OCTETS = 4 };
/* The attribute format bit: type and value, without a length. */
enum { FORMAT_TV = 0x8000 };

/* RFC 7296 3.3.1, 3.3.2: both substructures begin alike. */
static bool substructure_next(ike2_walk *w, uint8_t more, ike2_bytes *contents)
{
    struct reader r = reader_of(w->rest);
    ike2_bytes body;
    uint8_t follows;

    if (w->failed || w->rest.len == 0)
        return false;
    follows = read_u8(&r);
    (void)read_u8(&r);
    body = read_bytes(&r, length_without(read_u16(&r), SUBSTRUCTURE_HEADER_OCTETS));
    w->rest = read_rest(&r);
    if (!reader_end(&r) || follows != (w->rest.len != 0 ? more : LAST))
        return walk_fail(w);

    *contents = body;
    return true;
}

/* RFC 7296 3.3.6: a transform with an attribute that is not understood is never chosen. This one
 * understands Key Length, once, not zero, and in the format that 3.3.5 demands. */
static bool attributes_read(ike2_bytes attrs, ike2_transform *t)
{
    struct reader r = reader_of(attrs);

    while (r.left != 0) {
        uint16_t head = read_u16(&r);
        uint16_t value = read_u16(&r);
        bool is_key_length = head == (FORMAT_TV | IKE2_ATTRIBUTE_KEY_LENGTH);

        if ((head & FORMAT_TV) == 0)
            (void)read_bytes(&r, value);
        if (is_key_length && t->key_bits == 0 && value != 0)
            t->key_bits = value;
        else
            t->strange = true;
    }
    return reader_end(&r);
}

void ike2_transform_walk(ike2_walk *w, ike2_bytes transforms)
{
    *w = walk_of(transforms);
}

bool ike2_transform_next(ike2_walk *w, ike2_transform *out, ike2_bytes *attrs)
{
    ike2_transform t = { 0 };
    ike2_bytes contents, raw;
    struct reader r;

    if (!substructure_next(w, MORE_TRANSFORMS, &contents))
        return false;
    r = reader_of(contents);
    t.type = read_u8(&r);
    (void)read_u8(&r);
    t.id = read_u16(&r);
    raw = read_rest(&r);
    if (!reader_end(&r) || !attributes_read(raw, &t))
        return walk_fail(w);

    *out = t;
    if (attrs != NULL)
        *attrs = raw;
    return true;
}

void ike2_proposal_walk(ike2_walk *w, ike2_bytes sa_body)
{
    *w = walk_of(sa_body);
    /* RFC 7296 3.3: one proposal at least. */
    w->failed = sa_body.len == 0;
}

static bool transforms_are(ike2_bytes transforms, size_t n)
{
    ike2_walk w;
    ike2_transform t;
    size_t found = 0;

    ike2_transform_walk(&w, transforms);
    while (ike2_transform_next(&w, &t, NULL))
        found++;
    return ike2_walk_end(&w) == IKE2_OK && found == n;
}

bool ike2_proposal_next(ike2_walk *w, ike2_proposal *out, ike2_bytes *transforms)
{
    ike2_proposal p = { 0 };
    ike2_bytes contents, raw;
    struct reader r;
    size_t spi_size;

    if (!substructure_next(w, MORE_PROPOSALS, &contents))
        return false;
    r = reader_of(contents);
    p.number = read_u8(&r);
    p.protocol = read_u8(&r);
    spi_size = read_u8(&r);
    p.n_transforms = read_u8(&r);
    p.spi = read_bytes(&r, spi_size);
    raw = read_rest(&r);
    if (!reader_end(&r) || !transforms_are(raw, p.n_transforms))
        return walk_fail(w);

    *out = p;
    *transforms = raw;
    return true;
}

static void transform_write(ike2_writer *w, const ike2_transform *t, bool is_last)
{
    size_t at = w->len;

    write_uint(w, is_last ? LAST : MORE_TRANSFORMS, 1);
    write_uint(w, 0, 1);
    write_uint(w, 0, 2);
    write_uint(w, t->type, 1);
    write_uint(w, 0, 1);
    write_uint(w, t->id, 2);
    if (t->key_bits != 0) {
        write_uint(w, FORMAT_TV | IKE2_ATTRIBUTE_KEY_LENGTH, 2);
        write_uint(w, t->key_bits, 2);
    }
    write_length(w, at + 2, 2, at);
}

static void proposal_write(ike2_writer *w, const ike2_proposal *p, size_t number, bool is_last)
{
    size_t at = w->len;

    write_uint(w, is_last ? LAST : MORE_PROPOSALS, 1);
    write_uint(w, 0, 1);
    write_uint(w, 0, 2);
    write_uint(w, number, 1);
    write_uint(w, p->protocol, 1);
    write_uint(w, p->spi.len, 1);
    write_uint(w, p->n_transforms, 1);
    write_bytes(w, p->spi);
    for (size_t i = 0; i < p->n_transforms && !w->failed; i++)
        transform_write(w, &p->transforms[i], i + 1 == p->n_transforms);
    write_length(w, at + 2, 2, at);
}

void ike2_sa_write(ike2_writer *w, const ike2_proposal *proposals, size_t n)
{
    if (n == 0)
        w->failed = true;
    payload_begin(w, IKE2_PAYLOAD_SA, false);
    for (size_t i = 0; i < n && !w->failed; i++) {
        size_t number = proposals[i].number != 0 ? proposals[i].number : i + 1;

        proposal_write(w, &proposals[i], number, i + 1 == n);
    }
    payload_end(w);
}
