/* prefix.h - the address prefixes that a traffic selector's range consists of: what routes are made
 * of, in the kernel and in route.c. */
#ifndef DATAPLANE_PREFIX_H
#define DATAPLANE_PREFIX_H

#include <ike2/message.h>

enum { PREFIX_TEXT = 52 };

struct prefix {
    uint8_t family; /* 4 or 6 */
    uint8_t len;    /* up to 32 or 128 */
    uint8_t ip[16]; /* bits behind `len` are 0 */
};

/* Octets of an address of the selector: 4 or 16; 0 if it is no range of addresses. */
size_t prefix_octets(const ike2_ts *ts);

/* Walks over the prefixes, in order: at most 62 of IPv4, 254 of IPv6. */
struct prefix_walk {
    size_t octets; /* private; 0: at the end */
    uint8_t at[16], last[16];
};
void prefix_walk(struct prefix_walk *w, const ike2_ts *ts);
bool prefix_next(struct prefix_walk *w, struct prefix *out);

/* The prefix of this length that an address lies in. */
struct prefix prefix_around(uint8_t family, const uint8_t *ip, unsigned len);
bool prefix_equal(const struct prefix *a, const struct prefix *b);

/* "10.1.0.0/24" */
void prefix_text(const struct prefix *p, char text[PREFIX_TEXT]);

#endif
