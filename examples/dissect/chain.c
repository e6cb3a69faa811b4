/* chain.c - a payload chain as text. RFC 7296 3.2. */
#include "chain.h"

#include <ike2/iana.h>

#include "body.h"

enum { GENERIC_HEADER_LEN = 4 };

static void payload_show(const ike2_payload *payload, struct note note, struct text *text)
{
    const char letter[] = { note.mark, '\0' };

    if (text->len != 0)
        text_add(text, ",");
    text_add_number(text, payload->type);
    text_add(text, ":");
    text_add_number(text, payload->body.len + GENERIC_HEADER_LEN);
    if (payload->critical)
        text_add(text, "!");
    if (note.mark == 0)
        return;
    text_add(text, "/");
    text_add(text, note.mark == 'i' ? "id" : letter);
    text_add_number(text, note.value);
}

struct chain chain_read(uint8_t first, ike2_bytes octets, struct text *text)
{
    struct chain chain = { .is_sound = true };
    struct note note;
    ike2_payload payload;
    ike2_walk walk;

    ike2_payload_walk(&walk, first, octets);
    while (ike2_payload_next(&walk, &payload)) {
        chain.is_sound = body_read(&payload, &note) && chain.is_sound;
        if (payload.type == IKE2_PAYLOAD_SK || payload.type == IKE2_PAYLOAD_SKF)
            chain.protected = payload.type;
        payload_show(&payload, note, text);
    }
    chain.is_sound = ike2_walk_end(&walk) == IKE2_OK && chain.is_sound;
    return chain;
}
