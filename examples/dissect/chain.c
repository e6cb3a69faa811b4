/* chain.c - a payload chain. RFC 7296 3.2. */
#include "chain.h"

#include <ike2/iana.h>

#include "body.h"

enum { GENERIC_HEADER_LEN = 4 };

struct chain_state chain_check(const struct chain *chain)
{
    struct chain_state state = { 0 };
    struct note note;
    ike2_payload payload;
    ike2_walk walk;

    ike2_payload_walk(&walk, chain->first, chain->octets);
    while (ike2_payload_next(&walk, &payload)) {
        if (!body_read(&payload, &note) && state.unsound == 0)
            state.unsound = payload.type;
        if (payload.type == IKE2_PAYLOAD_SK || payload.type == IKE2_PAYLOAD_SKF)
            state.protected = payload.type;
    }
    state.is_whole = ike2_walk_end(&walk) == IKE2_OK;
    return state;
}

static void payload_text(const ike2_payload *payload, struct note note, struct text *text)
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

void chain_text(const struct chain *chain, struct text *text)
{
    struct note note;
    ike2_payload payload;
    ike2_walk walk;

    ike2_payload_walk(&walk, chain->first, chain->octets);
    while (ike2_payload_next(&walk, &payload)) {
        (void)body_read(&payload, &note);
        payload_text(&payload, note, text);
    }
}
