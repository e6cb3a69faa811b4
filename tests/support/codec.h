/* support/codec.h - what every reader and every writer of payloads must stand. */
#ifndef SUPPORT_CODEC_H
#define SUPPORT_CODEC_H

#include <ike2/message.h>

/* Reads `octets` with one reader and reports with codec_within what it got. Returns whether the
 * octets were accepted. */
typedef bool codec_read(ike2_bytes octets);
/* Writes one payload. */
typedef void codec_write(ike2_writer *w, const void *value);

/* Fails the running test unless the view lies in the octets; reads every octet of it. */
void codec_within(ike2_bytes view, ike2_bytes octets);

/* Reads every truncation of the octets, each with every bit flipped, and with 0 to 3 in every pair
 * of octets, where a length may be; each in a block of exactly its size, so that a sanitizer sees
 * the first octet too many. What is accepted is checked by codec_within. */
void codec_abuse(codec_read *read, const char *hex);
/* The octets are accepted, and none of their truncations to at least one and less than all. */
void codec_refuses_truncation(codec_read *read, const char *hex);
/* Is this accepted? In a block of exactly its size. */
bool codec_accepts(codec_read *read, const char *hex);

/* The value is written as `hex`, generic header included, and in no smaller room. */
void codec_writes(codec_write *write, const void *value, const char *hex);
/* The value is refused, however large the room is. */
void codec_refuses(codec_write *write, const void *value);

#endif
