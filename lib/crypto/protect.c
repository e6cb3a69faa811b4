/* crypto/protect.c - seal and open SK and SKF payloads. RFC 7296 3.14, RFC 5282, RFC 7383 2.5.
 *
 * Implementation notes. Framing is wire/envelope.c's; here are the IVs, the call of the provider
 * and the order of checks: nothing behind the IV is looked at before the ICV was found right. A
 * counter is spent before the provider is asked, so that a failed call cannot lead to the same IV
 * twice. */
#include "crypto/protect.h"

#include <ike2/iana.h>

#include "base/bytes.h"
#include "base/secret.h"
#include "base/writer.h"
#include "wire/chain.h"

enum { FRAGMENT_OCTETS = 4, PAD_LENGTH_OCTETS = 1 };
/* RFC 7296 3.2: a payload's length has 16 bits. */
enum { MESSAGE_OCTETS_MAX = IKE_HEADER_OCTETS + UINT16_MAX };

/* Everything but ciphertext. */
static size_t frame_octets(const struct protector *p, bool is_fragment)
{
    return IKE_HEADER_OCTETS + PAYLOAD_HEADER_OCTETS + (is_fragment ? FRAGMENT_OCTETS : 0u) +
           p->sizes.iv_len + p->sizes.icv_len;
}

static size_t block_octets(const struct protector *p)
{
    return p->sizes.block_len > 1 ? p->sizes.block_len : 1;
}

size_t ike2_protect_size(const struct protector *p, size_t inner_len, bool is_fragment)
{
    size_t block = block_octets(p);
    size_t blocks = (inner_len + PAD_LENGTH_OCTETS + block - 1) / block;

    return frame_octets(p, is_fragment) + blocks * block;
}

size_t ike2_protect_room(const struct protector *p, size_t octets, bool is_fragment)
{
    size_t frame = frame_octets(p, is_fragment), sealed;

    if (octets > MESSAGE_OCTETS_MAX)
        octets = MESSAGE_OCTETS_MAX;
    if (octets <= frame)
        return 0;
    sealed = octets - frame;
    sealed -= sealed % block_octets(p);
    return sealed == 0 ? 0 : sealed - PAD_LENGTH_OCTETS;
}

/* RFC 7296 3.14: a CBC mode's IV is fresh and cannot be foretold. RFC 5282 3.1, RFC 7634 2: other
 * IVs need only be unique for the key. */
static ike2_err iv_make(struct protector *p, uint8_t *iv)
{
    ike2_writer w = writer_of(iv, p->sizes.iv_len);

    if (p->iv_random)
        return p->crypto->random(p->crypto->user, iv, p->sizes.iv_len);
    if (p->counter == UINT64_MAX)
        return IKE2_ERR_LIMIT;
    write_uint(&w, p->counter++, p->sizes.iv_len);
    return IKE2_OK;
}

static ike2_err room_seal(struct protector *p, const ike2_sk_room *room)
{
    const ike2_seal_args args = {
        .encr = p->encr,
        .integ = p->integ,
        .encr_key = p->encr_key,
        .integ_key = p->integ_key,
        .iv = bytes_of(room->iv, p->sizes.iv_len),
        .aad = room->aad,
        .data = room->data,
        .len = room->data_len,
        .icv = room->icv,
        .icv_len = p->sizes.icv_len,
    };
    ike2_err err = iv_make(p, room->iv);

    if (err == IKE2_OK)
        err = p->crypto->seal(p->crypto->user, &args);
    /* So that nobody can send what was not sealed. */
    if (err != IKE2_OK)
        ike2_secret_wipe(room->data, room->data_len);
    return err;
}

ike2_err ike2_protect_seal(struct protector *p, const struct seal_task *task, ike2_writer *w,
                           ike2_bytes *message)
{
    /* RFC 7383 2.5: only the first fragment names the first inner payload. */
    uint8_t first = task->fragment > 1 ? IKE2_PAYLOAD_NONE : task->first;
    ike2_sk_room room;
    ike2_bytes sealed;
    ike2_err err;

    ike2_message_begin(w, &task->header);
    ike2_sk_begin(w, &p->sizes, first, task->fragment, task->fragments);
    write_bytes(w, task->inner);
    err = ike2_sk_end(w, &p->sizes, &room, &sealed);
    if (err == IKE2_OK)
        err = room_seal(p, &room);
    if (err != IKE2_OK)
        return err;

    *message = sealed;
    return IKE2_OK;
}

ike2_err ike2_protect_open(const struct protector *p, uint8_t *message, size_t len,
                           struct opened *out)
{
    ike2_sk_parts parts;
    ike2_bytes inner;
    ike2_err err = ike2_sk_read(bytes_of(message, len), &p->sizes, &parts);

    if (err != IKE2_OK)
        return err;
    const ike2_seal_args args = {
        .encr = p->encr,
        .integ = p->integ,
        .encr_key = p->encr_key,
        .integ_key = p->integ_key,
        .iv = parts.iv,
        .aad = parts.aad,
        .data = message + (parts.sealed.ptr - message),
        .len = parts.sealed.len,
        .icv = message + (parts.icv.ptr - message),
        .icv_len = p->sizes.icv_len,
    };
    err = p->crypto->open(p->crypto->user, &args);
    if (err == IKE2_OK)
        err = ike2_sk_unpad(parts.sealed, &inner);
    if (err != IKE2_OK)
        return err;

    *out = (struct opened){
        .first = parts.first,
        .fragment = parts.fragment,
        .fragments = parts.fragments,
        .inner = inner,
    };
    return IKE2_OK;
}
