/* chain.h - a payload chain: is it sound, and its text for a table. RFC 7296 3.2. */
#ifndef DISSECT_CHAIN_H
#define DISSECT_CHAIN_H

#include <ike2/message.h>

#include "text.h"

/* Where a chain is, and the type of its first payload. */
struct chain {
    bool is_there;
    uint8_t first;
    ike2_bytes octets;
};

struct chain_state {
    bool is_whole;     /* walked to its last octet */
    uint8_t unsound;   /* type of the first payload whose body was not read to its end, else 0 */
    uint8_t protected; /* IKE2_PAYLOAD_SK or _SKF if the chain has one, else 0 */
};

struct chain_state chain_check(const struct chain *chain);
/* Appends `type:length[!][/nNOTIFY|/gGROUP|/idTYPE|/mMETHOD]`, separated by commas; `!` is the
 * critical bit. Of a broken chain as much as can be read. */
void chain_text(const struct chain *chain, struct text *text);

#endif
