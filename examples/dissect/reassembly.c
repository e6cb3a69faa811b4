/* reassembly.c - IP fragments put together. RFC 791 3.2, RFC 8200 4.5, RFC 5722. */
#include "reassembly.h"

#include <stdlib.h>
#include <string.h>

struct piece {
    size_t offset, len;
    uint8_t *octets;
};

struct assembly {
    uint64_t begun;        /* serial; 0 = unused */
    struct ip_packet head; /* of the first fragment that came; its payload is not for use */
    struct reassembly_place place;
    uint8_t protocol; /* RFC 8200 4.5: that of the fragment at offset 0 counts */
    bool is_refused;
    size_t total; /* 0: the last fragment is not here yet */
    size_t octets, n;
    struct piece pieces[REASSEMBLY_EACH];
};

struct reassembly {
    uint64_t serial;
    struct assembly assemblies[REASSEMBLY_PACKETS];
    uint8_t *whole; /* payload of the last one */
};

struct reassembly *reassembly_new(void)
{
    return calloc(1, sizeof(struct reassembly));
}

static void pieces_free(struct assembly *a)
{
    for (size_t i = 0; i < a->n; i++)
        free(a->pieces[i].octets);
    a->n = 0;
    a->octets = 0;
}

void reassembly_free(struct reassembly *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < REASSEMBLY_PACKETS; i++)
        pieces_free(&r->assemblies[i]);
    free(r->whole);
    free(r);
}

/* RFC 791 3.2: in IPv4 the protocol is one of the four that tell packets apart. */
static bool is_of(const struct assembly *a, const struct ip_packet *p)
{
    return a->begun != 0 && a->head.id == p->id && a->head.src.family == p->src.family &&
           memcmp(a->head.src.ip, p->src.ip, sizeof p->src.ip) == 0 &&
           memcmp(a->head.dst.ip, p->dst.ip, sizeof p->dst.ip) == 0 &&
           (p->src.family == 6 || a->head.protocol == p->protocol);
}

/* NULL if all are in use, which reassembly_lost prevents. */
static struct assembly *assembly_of(struct reassembly *r, const struct ip_packet *p,
                                    const struct reassembly_place *place)
{
    struct assembly *unused = NULL;

    for (size_t i = 0; i < REASSEMBLY_PACKETS; i++) {
        struct assembly *a = &r->assemblies[i];

        if (is_of(a, p))
            return a;
        if (a->begun == 0)
            unused = a;
    }
    if (unused != NULL) {
        unused->begun = ++r->serial;
        unused->head = *p;
        unused->place = *place;
    }
    return unused;
}

static enum reassembly_outcome refuse(struct assembly *a, enum reassembly_outcome outcome)
{
    pieces_free(a);
    a->is_refused = true;
    return outcome;
}

static bool is_same(const struct piece *piece, const struct ip_packet *p)
{
    return piece->offset == p->offset && piece->len == p->payload.len &&
           (piece->len == 0 || memcmp(piece->octets, p->payload.ptr, piece->len) == 0);
}

/* REASSEMBLY_WHOLE stands for "nothing is in the way of this one". */
static enum reassembly_outcome place_check(const struct assembly *a, const struct ip_packet *p)
{
    size_t end = p->offset + p->payload.len;

    for (size_t i = 0; i < a->n; i++) {
        const struct piece *piece = &a->pieces[i];

        /* RFC 8200 4.5: an exact duplicate may be ignored. Captures of several interfaces have
         * them. */
        if (is_same(piece, p))
            return REASSEMBLY_WAIT;
        if (p->offset < piece->offset + piece->len && piece->offset < end)
            return REASSEMBLY_OVERLAP;
        if (!p->has_more && piece->offset + piece->len > end)
            return REASSEMBLY_OVERLAP;
    }
    if (a->total != 0 && (end > a->total || !p->has_more))
        return REASSEMBLY_OVERLAP;
    if (end > REASSEMBLY_OCTETS || a->n == REASSEMBLY_EACH)
        return REASSEMBLY_BEYOND;
    return REASSEMBLY_WHOLE;
}

static bool piece_keep(struct assembly *a, const struct ip_packet *p)
{
    uint8_t *octets = malloc(p->payload.len != 0 ? p->payload.len : 1);

    if (octets == NULL)
        return false;
    if (p->payload.len != 0)
        memcpy(octets, p->payload.ptr, p->payload.len);
    a->pieces[a->n++] =
        (struct piece){ .offset = p->offset, .len = p->payload.len, .octets = octets };
    a->octets += p->payload.len;
    if (p->offset == 0)
        a->protocol = p->protocol;
    if (!p->has_more)
        a->total = p->offset + p->payload.len;
    return true;
}

/* No two overlap and none is behind the end, so as many octets as there have to be are all. Exactly
 * as much room: a reader that goes too far is found. */
static bool assembly_join(struct reassembly *r, struct assembly *a, struct ip_packet *whole)
{
    uint8_t *octets = malloc(a->total);

    if (octets == NULL)
        return false;
    for (size_t i = 0; i < a->n; i++) {
        const struct piece *piece = &a->pieces[i];

        if (piece->len != 0)
            memcpy(octets + piece->offset, piece->octets, piece->len);
    }
    free(r->whole);
    r->whole = octets;
    *whole = (struct ip_packet){
        .src = a->head.src,
        .dst = a->head.dst,
        .protocol = a->protocol,
        .payload = { .ptr = octets, .len = a->total },
    };
    pieces_free(a);
    *a = (struct assembly){ 0 };
    return true;
}

enum reassembly_outcome reassembly_add(struct reassembly *r, const struct ip_packet *piece,
                                       const struct reassembly_place *place,
                                       struct ip_packet *whole)
{
    struct assembly *a = assembly_of(r, piece, place);
    enum reassembly_outcome outcome;

    if (a == NULL)
        return REASSEMBLY_BEYOND;
    if (a->is_refused)
        return REASSEMBLY_WAIT;
    outcome = place_check(a, piece);
    if (outcome == REASSEMBLY_WAIT)
        return outcome;
    if (outcome != REASSEMBLY_WHOLE)
        return refuse(a, outcome);
    if (!piece_keep(a, piece))
        return REASSEMBLY_MEMORY;
    if (a->total == 0 || a->octets != a->total)
        return REASSEMBLY_WAIT;
    return assembly_join(r, a, whole) ? REASSEMBLY_WHOLE : REASSEMBLY_MEMORY;
}

/* Times may run backwards where captures were merged. */
static bool is_old(const struct assembly *a, int64_t seconds)
{
    return seconds > a->place.seconds &&
           (uint64_t)seconds - (uint64_t)a->place.seconds > REASSEMBLY_SECONDS;
}

bool reassembly_lost(struct reassembly *r, int64_t seconds, uint64_t *packet)
{
    for (;;) {
        struct assembly *oldest = NULL;
        size_t n_used = 0;
        bool lacks;

        for (size_t i = 0; i < REASSEMBLY_PACKETS; i++) {
            struct assembly *a = &r->assemblies[i];

            n_used += a->begun != 0;
            if (a->begun != 0 && (oldest == NULL || a->begun < oldest->begun))
                oldest = a;
        }
        if (oldest == NULL || (n_used < REASSEMBLY_PACKETS && !is_old(oldest, seconds)))
            return false;
        lacks = !oldest->is_refused;
        *packet = oldest->place.packet;
        pieces_free(oldest);
        *oldest = (struct assembly){ 0 };
        if (lacks)
            return true;
    }
}
