/* message/sealed.c - SK and SKF framing with sizes that the input chooses. RFC 7296 3.14;
 * RFC 7383 2.5. */
#include "message/parts.h"

#include <string.h>

#include "base/bytes.h"

/* IV, content and ICV lie one behind the other, up to the end of the message. */
static void parts_check(ike2_bytes message, const ike2_sk_sizes *sizes, const ike2_sk_parts *p)
{
    check(p->aad.ptr == message.ptr && p->iv.len == sizes->iv_len && p->icv.len == sizes->icv_len);
    check(p->aad.len + p->iv.len + p->sealed.len + p->icv.len == message.len);
    check(p->sealed.len != 0 && p->sealed.ptr == message.ptr + p->aad.len + p->iv.len);
    check(sizes->block_len < 2 || p->sealed.len % sizes->block_len == 0);
    check(p->fragments == 0 ? p->fragment == 0
                            : p->fragment != 0 && p->fragment <= p->fragments);
}

/* The content again, in a message of its own. */
static void sealed_rewrite(const ike2_header *h, const ike2_sk_sizes *sizes,
                           const ike2_sk_parts *p, ike2_bytes inner)
{
    ike2_writer w = writer_begin();
    ike2_sk_parts again;
    ike2_sk_room room;
    ike2_bytes message, inner_again;

    ike2_message_begin(&w, h);
    ike2_sk_begin(&w, sizes, p->first, p->fragment, p->fragments);
    ike2_octets_write(&w, inner);
    /* Padding may make it longer than a payload can be. */
    if (ike2_sk_end(&w, sizes, &room, &message) != IKE2_OK) {
        check(inner.len + 1024 > UINT16_MAX);
        return;
    }
    memset(room.iv, 0xa5, sizes->iv_len);
    memset(room.icv, 0xa5, sizes->icv_len);
    check(ike2_sk_read(message, sizes, &again) == IKE2_OK);
    parts_check(message, sizes, &again);
    check(again.sealed.ptr == room.data && again.sealed.len == room.data_len);
    check(bytes_equal(again.aad, room.aad) && again.icv.ptr == room.icv);
    check(again.first == p->first && again.fragment == p->fragment &&
          again.fragments == p->fragments);
    check(ike2_sk_unpad(again.sealed, &inner_again) == IKE2_OK);
    check(bytes_equal(inner_again, inner));
}

void sealed_check(ike2_bytes message, const uint8_t parameters[PARAMETERS])
{
    const ike2_sk_sizes sizes = { .iv_len = parameters[0], .icv_len = parameters[1],
                                  .block_len = parameters[2] };
    ike2_sk_parts parts;
    ike2_bytes inner;
    ike2_header h;

    if (ike2_sk_read(message, &sizes, &parts) != IKE2_OK)
        return;
    parts_check(message, &sizes, &parts);
    message_tally[parts.fragments == 0 ? REACHED_SEALED : REACHED_FRAGMENT].n++;
    check(ike2_header_read(message, &h) == IKE2_OK);
    /* As if it had been opened already. */
    if (ike2_sk_unpad(parts.sealed, &inner) != IKE2_OK)
        return;
    check_within(inner, parts.sealed);
    check(inner.len < parts.sealed.len);
    sealed_rewrite(&h, &sizes, &parts, inner);
    if (parts.fragment <= 1)
        chain_check(parts.first, inner);
}
