/* base/ip.c - IP addresses from text, by hand: no socket header occurs in the library. */
#include <string.h>

#include "base/bytes.h"
#include "base/ip.h"

enum { IPV4_OCTETS = 4, IPV6_OCTETS = 16, GROUP_OCTETS = 2 };
#define NO_GAP SIZE_MAX

/* The rest of the text. */
struct cursor {
    const uint8_t *at, *end;
};

static bool take(struct cursor *c, const char *word)
{
    size_t len = strlen(word);

    if ((size_t)(c->end - c->at) < len || memcmp(c->at, word, len) != 0)
        return false;
    c->at += len;
    return true;
}

/* The value of the digit at the cursor, or `base` if there is none. */
static unsigned digit_at(const struct cursor *c, unsigned base)
{
    static const char digits[] = "0123456789abcdef";
    unsigned value = base;
    uint8_t here;

    if (c->at == c->end)
        return base;
    here = *c->at;
    if (here >= 'A' && here <= 'F')
        here = (uint8_t)(here - 'A' + 'a');
    for (unsigned i = 0; i < base; i++) {
        if (digits[i] == here)
            value = i;
    }
    return value;
}

/* One to `max_digits` digits. */
static bool number(struct cursor *c, unsigned base, size_t max_digits, unsigned *out)
{
    size_t n = 0;
    unsigned value = 0;

    for (; n < max_digits && digit_at(c, base) < base; n++, c->at++)
        value = value * base + digit_at(c, base);
    if (n == 0)
        return false;
    *out = value;
    return true;
}

/* Up to the end. A leading zero is refused: to some readers it means octal. */
static bool ipv4(struct cursor c, uint8_t ip[IPV4_OCTETS])
{
    for (size_t i = 0; i < IPV4_OCTETS; i++) {
        const uint8_t *begin;
        unsigned value;

        if (i > 0 && !take(&c, "."))
            return false;
        begin = c.at;
        if (!number(&c, 10, 3, &value) || value > UINT8_MAX || (*begin == '0' && c.at - begin > 1))
            return false;
        ip[i] = (uint8_t)value;
    }
    return c.at == c.end;
}

/* One group, or an IPv4 address for the last two. */
static bool group(struct cursor *c, uint8_t ip[IPV6_OCTETS], size_t *n)
{
    unsigned value;

    if (*n + IPV4_OCTETS <= IPV6_OCTETS && ipv4(*c, ip + *n)) {
        *n += IPV4_OCTETS;
        c->at = c->end;
        return true;
    }
    if (*n + GROUP_OCTETS > IPV6_OCTETS || !number(c, 16, 4, &value))
        return false;
    ip[*n] = (uint8_t)(value >> 8);
    ip[*n + 1] = (uint8_t)value;
    *n += GROUP_OCTETS;
    return true;
}

/* RFC 4291 2.2: the gap stands for one zero group at least. */
static bool close_gap(uint8_t ip[IPV6_OCTETS], size_t n, size_t gap)
{
    if (gap == NO_GAP)
        return n == IPV6_OCTETS;
    if (n + GROUP_OCTETS > IPV6_OCTETS)
        return false;
    memmove(ip + IPV6_OCTETS - (n - gap), ip + gap, n - gap);
    memset(ip + gap, 0, IPV6_OCTETS - n);
    return true;
}

static bool ipv6(struct cursor c, uint8_t ip[IPV6_OCTETS])
{
    bool colon_due = false;
    size_t n = 0, gap = NO_GAP;

    while (c.at != c.end) {
        if (gap == NO_GAP && take(&c, "::")) {
            gap = n;
            colon_due = false;
            continue;
        }
        if (colon_due && !take(&c, ":"))
            return false;
        if (!group(&c, ip, &n))
            return false;
        colon_due = true;
    }
    return close_gap(ip, n, gap);
}

size_t ike2_ip_parse(ike2_bytes text, uint8_t ip[16])
{
    uint8_t parsed[IPV6_OCTETS] = { 0 };
    struct cursor c;
    size_t len = 0;

    if (text.len == 0)
        return 0;
    c = (struct cursor){ .at = text.ptr, .end = text.ptr + text.len };
    if (ipv4(c, parsed))
        len = IPV4_OCTETS;
    else if (ipv6(c, parsed))
        len = IPV6_OCTETS;
    if (len != 0)
        memcpy(ip, parsed, len);
    return len;
}
