/* sim/letter.h - a datagram as one sees it who has the keys of all sides: what it says, as text and
 * as payloads. */
#ifndef SIM_LETTER_H
#define SIM_LETTER_H

#include <ike2/message.h>

#include "sim/world.h"

enum { LETTER_OCTETS = 4096, LETTER_TEXT = 256 };

struct letter {
    ike2_header header;
    bool is_ike;       /* there is a header */
    bool is_protected;
    bool is_open;      /* `chain` is there: it was not sealed, or the key is known */
    uint16_t fragment, fragments; /* 0, 0: it is whole */
    uint8_t first;     /* type of the first payload of `chain` */
    ike2_bytes chain;
    uint8_t room[LETTER_OCTETS];
};

/* `to_port` tells whether there is a non-ESP marker. */
void letter_read(const struct world *w, ike2_bytes datagram, uint16_t to_port,
                 struct letter *out);
/* "CREATE_CHILD_SA 2 request" */
void letter_name(const struct letter *l, char text[LETTER_TEXT]);
/* "SK {N(REKEY_SA 00001000) SA(ESP 00001001) Nonce TSi TSr}" */
void letter_payloads(const struct letter *l, char text[LETTER_TEXT]);

static inline bool letter_is_response(const struct letter *l)
{
    return (l->header.flags & IKE2_FLAG_RESPONSE) != 0;
}

#endif
