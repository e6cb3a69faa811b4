/* base/text.h - bounded builder of terminated text, without stdio. Whatever is added, the room
 * stays terminated and is never overrun; what does not fit is cut, and counted. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <ike2/types.h>

struct text {
    char *room;
    size_t cap;
    size_t len; /* what everything added so far would need, without the terminator */
};

/* `cap` 0 only counts. */
static inline struct text text_of(char *room, size_t cap)
{
    if (cap != 0)
        room[0] = '\0';
    return (struct text){ .room = room, .cap = cap };
}

void ike2_text_char(struct text *t, char c);
void ike2_text_add(struct text *t, const char *words);
void ike2_text_uint(struct text *t, uint64_t value);
/* `digits` lower-case digits, at most 16, with leading zeros. */
void ike2_text_hex_uint(struct text *t, uint64_t value, unsigned digits);
/* Two lower-case digits per octet. */
void ike2_text_hex(struct text *t, ike2_bytes octets);
/* Octets of unknown origin: what is not printable ASCII, and the backslash, become \xNN. */
void ike2_text_escaped(struct text *t, ike2_bytes octets);
/* 4 or 16 octets: "192.0.2.1", "2001:db8::1"; RFC 5952 4. Other lengths: in hex. */
void ike2_text_ip(struct text *t, ike2_bytes ip);
/* "192.0.2.1:500", "[2001:db8::1]:500", or "any" for family 0. */
void ike2_text_addr(struct text *t, const ike2_addr *addr);

#endif
