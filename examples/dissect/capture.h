/* capture.h - the packets of a pcap or pcapng file, by libpcap. */
#ifndef DISSECT_CAPTURE_H
#define DISSECT_CAPTURE_H

#include "link.h"
#include "packet.h"
#include "report.h"

struct capture;

/* Does this file begin like a capture? A table of messages is text. False also if it cannot be
 * read. */
bool capture_is_one(const char *path);
/* NULL, and an error, if the file is no capture or its link type is not known. */
struct capture *capture_open(struct report *report, enum link_type *link);
void capture_close(struct capture *c);
/* The next packet, whose octets are valid until the next call; `report` gets its number. False at
 * the end, and, with an error, where the file is damaged or cut off. */
bool capture_next(struct capture *c, struct report *report, struct packet *out);

#endif
