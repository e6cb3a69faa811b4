/* sa/seal.c - a composed message becomes a parcel. RFC 7296 2.1, 3.14; RFC 7383 2.5, 2.5.2. */
#include "sa/seal.h"

#include <ike2/iana.h>

#include "base/writer.h"

/* RFC 7383 2.5.1: packets of this size are taken to pass everywhere. */
enum { PACKET_MIN_V4 = 576, PACKET_MIN_V6 = 1280, UDP_HEADER = 8 };

/* --- Sizes --------------------------------------------------------------------------- */

static bool is_v6(const struct sa *sa)
{
    return sa->path.remote.family == 6;
}

static size_t packet_min(const struct sa *sa)
{
    return is_v6(sa) ? PACKET_MIN_V6 : PACKET_MIN_V4;
}

static size_t packet_max(const struct sa *sa)
{
    const ike2_peer_config *peer = &sa->peer->peer;

    if (sa->intent.small_fragments)
        return packet_min(sa);
    return is_v6(sa) ? peer->fragment_octets_v6 : peer->fragment_octets_v4;
}

/* Octets of an IKE message that fit an IP packet of this size. */
static size_t message_room(const struct sa *sa, size_t packet)
{
    size_t ip_header = is_v6(sa) ? 40 : 20;
    size_t marker = sa->path.encap == IKE2_ENCAP_NONE ? 0 : MARKER_OCTETS;

    return packet - ip_header - UDP_HEADER - marker;
}

/* --- Sealing ------------------------------------------------------------------------- */

static ike2_err seal_one(struct sa *sa, struct parcel *p, const struct seal_task *task)
{
    size_t cap;
    uint8_t *room = ike2_parcel_room(p, &cap);
    ike2_writer w;
    ike2_bytes message;
    ike2_err err;

    ike2_writer_init(&w, room, cap);
    err = ike2_protect_seal(&sa->protection.seal, task, &w, &message);
    if (err == IKE2_OK)
        ike2_parcel_add(p, message);
    return err;
}

static ike2_err seal_fragments(struct sa *sa, struct parcel *p, const struct seal_task *whole,
                               size_t slice, size_t n)
{
    struct seal_task task = *whole;
    ike2_err err = IKE2_OK;

    for (size_t i = 0; i < n && err == IKE2_OK; i++) {
        size_t from = i * slice, left = whole->inner.len - from;

        task.fragment = (uint16_t)(i + 1);
        task.fragments = (uint16_t)n;
        task.first = i == 0 ? whole->first : IKE2_PAYLOAD_NONE; /* RFC 7383 2.5 */
        task.inner = (ike2_bytes){ .ptr = whole->inner.ptr + from,
                                   .len = left < slice ? left : slice };
        err = seal_one(sa, p, &task);
    }
    return err;
}

/* In one piece if it fits or the peer cannot reassemble, else in fragments. */
static ike2_err seal(struct sa *sa, const struct seal_task *task, struct parcel **out)
{
    const struct protector *seal_with = &sa->protection.seal;
    size_t whole = ike2_protect_size(seal_with, task->inner.len, false);
    size_t room = message_room(sa, packet_max(sa)), n = 1, slice = 0;
    struct parcel *p;
    ike2_err err;

    if (sa->intent.fragmentation && whole > room) {
        slice = ike2_protect_room(seal_with, room, true);
        n = slice == 0 ? 0 : (task->inner.len + slice - 1) / slice;
        whole = n == 0 ? 0
                       : (n - 1) * ike2_protect_size(seal_with, slice, true) +
                             ike2_protect_size(seal_with, task->inner.len - (n - 1) * slice, true);
    }
    if (n == 0 || n > FRAGMENTS_MAX)
        return IKE2_ERR_SPACE;
    p = ike2_parcel_new(sa->host, &task->header, n, whole);
    if (p == NULL)
        return IKE2_ERR_MEMORY;
    err = n == 1 ? seal_one(sa, p, task) : seal_fragments(sa, p, task, slice, n);
    if (err != IKE2_OK) {
        ike2_parcel_unref(sa->host, p);
        return err;
    }
    *out = p;
    return IKE2_OK;
}

/* --- Smaller ------------------------------------------------------------------------- */

static bool could_be_smaller(const struct sa *sa, const struct seal_task *task)
{
    return sa->intent.fragmentation && packet_max(sa) > packet_min(sa) &&
           ike2_protect_size(&sa->protection.seal, task->inner.len, false) >
               message_room(sa, packet_min(sa));
}

ike2_err ike2_seal(struct sa *sa, const struct seal_task *task, struct parcel **out)
{
    struct parcel *p;
    ike2_err err = seal(sa, task, &p);

    if (err != IKE2_OK)
        return err;
    if (could_be_smaller(sa, task))
        ike2_parcel_keep_plain(sa->host, p, task->first, task->inner);
    *out = p;
    return IKE2_OK;
}

/* RFC 7383 2.5.2: the whole message, with other IVs; its Message ID stays. There have to be more
 * fragments: else the peer would put them together with those that it has. */
bool ike2_seal_smaller(struct sa *sa, struct parcel **p)
{
    const struct parcel *old = *p;
    const struct plain *plain = old->plain;
    struct seal_task task;
    struct parcel *smaller;

    if (plain == NULL)
        return false;
    task = (struct seal_task){
        .header = { .spi_i = old->spi_i, .spi_r = old->spi_r, .version = IKE2_VERSION_2_0,
                    .exchange = old->exchange, .flags = old->flags,
                    .message_id = old->message_id },
        .first = plain->first, .inner = { .ptr = plain->octets, .len = plain->len },
    };
    sa->intent.small_fragments = true;
    if (seal(sa, &task, &smaller) != IKE2_OK)
        return false;
    if (smaller->n <= old->n) {
        ike2_parcel_unref(sa->host, smaller);
        return false;
    }
    ike2_parcel_unref(sa->host, *p);
    *p = smaller;
    return true;
}
