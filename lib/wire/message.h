/* wire/message.h - a payload chain as an index: the first body of each type, and how many there
 * are. RFC 7296 3.2. The chain was walked to its end before any field here is used. */
#ifndef WIRE_MESSAGE_H
#define WIRE_MESSAGE_H

#include <ike2/iana.h>
#include <ike2/message.h>

/* Payload types 33 (SA) to 48 (EAP) have a row of their own. */
enum { MESSAGE_FIRST = IKE2_PAYLOAD_SA, MESSAGE_ROWS = 16 };
/* More payloads than this in one message are refused; real ones stay below 40. */
enum { MESSAGE_PAYLOADS_MAX = 128 };

struct message {
    ike2_header header;
    bool is_protected;   /* the chain came out of SK or SKF */
    uint8_t critical;    /* type of an unknown payload with its critical bit set, or 0; 2.5 */
    uint8_t first;       /* type of the first payload of `chain` */
    uint8_t count[MESSAGE_ROWS];
    ike2_bytes body[MESSAGE_ROWS];
    ike2_bytes chain;
};

/* Index `chain`, which begins with a payload of type `first`. `header` is kept as given.
 * IKE2_ERR_MALFORMED: the chain does not parse, or is too long. */
ike2_err ike2_message_index(const ike2_header *header, uint8_t first, ike2_bytes chain,
                            bool is_protected, struct message *out);
/* How many payloads of `type` there are. */
size_t ike2_message_count(const struct message *m, uint8_t type);
/* Body of the first payload of `type`; empty, with NULL, if there is none. */
ike2_bytes ike2_message_body(const struct message *m, uint8_t type);
/* The first Notify of `type` that parses; false if there is none. */
bool ike2_message_notify(const struct message *m, uint16_t type, ike2_notify *out);
/* The first Notify with an error type (below 16384), or false. */
bool ike2_message_error(const struct message *m, ike2_notify *out);

#endif
