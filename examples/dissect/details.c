/* details.c - an IKE message with every field. RFC 7296 3.1, 3.2, 3.14; RFC 7383 2.5. */
#include "details.h"

#include <inttypes.h>

#include <ike2/iana.h>

#include "payload.h"

static void header_show(const struct tree *t, const ike2_header *h)
{
    const struct tree below = tree_below(t);

    tree_line(t, "Header");
    tree_line(&below, "Initiator SPI: %016" PRIx64, h->spi_i);
    tree_line(&below, "Responder SPI: %016" PRIx64, h->spi_r);
    tree_named(&below, "Next Payload", ike2_payload_name(h->next_payload), h->next_payload);
    tree_line(&below, "Version: %u.%u", h->version >> 4, h->version & 0x0f);
    tree_named(&below, "Exchange", ike2_exchange_name(h->exchange), h->exchange);
    tree_line(&below, "Flags: 0x%02x%s%s%s", h->flags,
              (h->flags & IKE2_FLAG_INITIATOR) != 0 ? " Initiator" : "",
              (h->flags & IKE2_FLAG_VERSION) != 0 ? " Version" : "",
              (h->flags & IKE2_FLAG_RESPONSE) != 0 ? " Response" : "");
    tree_line(&below, "Message ID: %" PRIu32, h->message_id);
    tree_line(&below, "Length: %" PRIu32, h->length);
}

static void chain_show(const struct tree *t, const struct chain *chain)
{
    ike2_payload payload;
    ike2_walk walk;

    ike2_payload_walk(&walk, chain->first, chain->octets);
    while (ike2_payload_next(&walk, &payload))
        payload_show(t, &payload);
}

/* Below the SK or SKF payload. Without keys it is not known what of it is what. */
static void sealed_show(const struct tree *t, const struct findings *f)
{
    const struct tree below = tree_below(t);

    if (f->parts.fragments != 0)
        tree_line(t, "Fragment: %u of %u", f->parts.fragment, f->parts.fragments);
    if (!f->has_keys) {
        tree_line(t, "Sealed: %zu octets, no keys", f->parts.sealed.len);
        return;
    }
    tree_octets(t, "IV", f->parts.iv);
    tree_line(t, "Sealed: %zu octets", f->parts.sealed.len);
    tree_octets(t, "ICV", f->parts.icv);
    tree_line(t, "ICV is %s", f->verdict == VERDICT_BADICV ? "wrong" : "right");
    if (f->inner.is_there) {
        tree_line(t, "Content");
        chain_show(&below, &f->inner);
    }
}

void details_show(const struct tree *t, const struct findings *f)
{
    const struct tree below = tree_below(t);

    if (f->has_header)
        header_show(t, &f->header);
    if (!f->outer.is_there)
        return;
    chain_show(t, &f->outer);
    if (f->has_parts)
        sealed_show(&below, f);
}
