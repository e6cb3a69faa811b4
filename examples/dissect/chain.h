/* chain.h - a payload chain as text: `type:length[!][/nNOTIFY|/gGROUP|/idTYPE|/mMETHOD]`, separated
 * by commas; `!` is the critical bit. RFC 7296 3.2. */
#ifndef DISSECT_CHAIN_H
#define DISSECT_CHAIN_H

#include <ike2/message.h>

#include "text.h"

struct chain {
    bool is_sound;     /* every payload and every body was read to its end */
    uint8_t protected; /* IKE2_PAYLOAD_SK or _SKF if the chain has one, else 0 */
};

/* Appends what can be read of a broken chain as well. */
struct chain chain_read(uint8_t first, ike2_bytes octets, struct text *text);

#endif
