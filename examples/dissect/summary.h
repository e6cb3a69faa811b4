/* summary.h - what was found, one line each. */
#ifndef DISSECT_SUMMARY_H
#define DISSECT_SUMMARY_H

#include <stdio.h>

#include "carried.h"
#include "message.h"

/* "NUMBER TIME SRC > DST EXCHANGE request|response ID PAYLOADS", the content of an SK payload in
 * braces. There is a header, or it would not have been taken for IKE. */
void summary_message(FILE *out, const struct carried *c, const struct findings *f);
/* What is no IKE message: ESP, a keepalive, or neither. */
void summary_other(FILE *out, const struct carried *c, const ike2_peeked *peeked);
/* In words, for people. */
const char *flaw_text(enum flaw flaw);

#endif
