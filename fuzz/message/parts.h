/* message/parts.h - what fuzz_message does with an input, part by part. What a reader accepts is
 * written by the writer and read again, and both values have to be the same. */
#ifndef MESSAGE_PARTS_H
#define MESSAGE_PARTS_H

#include <ike2/message.h>

#include "check.h"
#include "tally.h"

/* The largest message there is, and a payload header more. */
enum { ROOM_OCTETS = 65535 + 4 };
/* Three octets of the input decide about what is not in the message. */
enum { PARAMETERS = 3 };

/* --- Reached ----------------------------------------------------------------------------- */

/* The rows of bodies come first, in the order of their payload types from SA to EAP. */
enum {
    REACHED_BODY, REACHED_CHAIN = 16, REACHED_MESSAGE, REACHED_SEALED, REACHED_FRAGMENT,
    REACHED_NOTIFY_DATA, REACHED_RULES, REACHED_ID_TEXT, REACHED_PROPOSAL_TEXT, REACHED_IKE,
    REACHED_ESP, REACHED_KEEPALIVE, MESSAGE_TALLY_ROWS
};
extern struct tally message_tally[MESSAGE_TALLY_ROWS];

/* --- Bodies ------------------------------------------------------------------------------ */

/* Reads the body in the form of `type` and writes the value as one payload. False, and nothing has
 * been written, if the form is unknown or the reader refuses it. */
bool payload_rewrite(ike2_writer *w, uint8_t type, ike2_bytes body);
/* Two bodies of `type` that the reader accepts have the same value. */
void payload_check_same(uint8_t type, ike2_bytes a, ike2_bytes b);
/* Both of the above with one body. */
void payload_check(uint8_t type, ike2_bytes body);

/* Body of the only payload that has been written, which is of `type`. */
ike2_bytes written_body(const ike2_writer *w, uint8_t type);
/* A writer with room for any payload; one at a time. */
ike2_writer writer_begin(void);

/* Bodies that have a structure of their own: SA, TSi and TSr, CP. */
bool proposals_rewrite(ike2_writer *w, uint8_t type, ike2_bytes body);
void proposals_check_same(ike2_bytes a, ike2_bytes b);
bool selectors_rewrite(ike2_writer *w, uint8_t type, ike2_bytes body);
void selectors_check_same(ike2_bytes a, ike2_bytes b);
bool attributes_rewrite(ike2_writer *w, uint8_t type, ike2_bytes body);
void attributes_check_same(ike2_bytes a, ike2_bytes b);
bool notify_rewrite(ike2_writer *w, uint8_t type, ike2_bytes body);
void notify_check_same(ike2_bytes a, ike2_bytes b);

/* --- Whole messages ---------------------------------------------------------------------- */

/* Walks the chain, checks every payload, writes it anew and walks both side by side. */
void chain_check(uint8_t first, ike2_bytes chain);
/* The index of a chain and the rules of its exchange. */
void rules_check(const ike2_header *header, uint8_t first, ike2_bytes chain, bool is_protected);
/* Header, chain and rules of a message, and writing it anew. */
void message_check(ike2_bytes message);
/* A datagram in every encapsulation. */
void peek_check(ike2_bytes datagram);
/* SK and SKF framing; the sizes are the parameters. */
void sealed_check(ike2_bytes message, const uint8_t parameters[PARAMETERS]);

/* --- Text -------------------------------------------------------------------------------- */

void names_check(const uint8_t parameters[PARAMETERS]);
void id_text_check(const ike2_id *id);
/* The octets as text of a proposal and of an identity. */
void text_check(ike2_bytes octets, const uint8_t parameters[PARAMETERS]);

#endif
