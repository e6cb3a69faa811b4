/* body.h - one payload's body: read to its last octet, and the one value of it worth showing. */
#ifndef DISSECT_BODY_H
#define DISSECT_BODY_H

#include <ike2/message.h>

/* `mark` is the letter of MANIFEST's notation (n, g, i for "id", m), or 0 for none. */
struct note {
    char mark;
    uint16_t value;
};

/* False if the body is broken; `*note` then has no mark, or that of a Notify whose data are broken.
 * Nothing is expected of an unknown type, nor of SK and SKF: ike2_sk_read reads their framing. */
bool body_read(const ike2_payload *payload, struct note *note);

#endif
