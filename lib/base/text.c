/* base/text.c - bounded builder of terminated text. */
#include "base/text.h"

#include "base/bytes.h"

static const char hex_digits[] = "0123456789abcdef";

/* The only place that writes into the room. */
void ike2_text_char(struct text *t, char c)
{
    if (t->len < t->cap && t->cap - t->len > 1) {
        t->room[t->len] = c;
        t->room[t->len + 1] = '\0';
    }
    t->len++;
}

void ike2_text_add(struct text *t, const char *words)
{
    for (; *words != '\0'; words++)
        ike2_text_char(t, *words);
}

void ike2_text_uint(struct text *t, uint64_t value)
{
    char reversed[20];
    size_t n = 0;

    do {
        reversed[n++] = hex_digits[value % 10];
        value /= 10;
    } while (value != 0);
    while (n > 0)
        ike2_text_char(t, reversed[--n]);
}

void ike2_text_hex_uint(struct text *t, uint64_t value, unsigned digits)
{
    for (unsigned shift = 4 * digits; shift > 0; shift -= 4)
        ike2_text_char(t, hex_digits[value >> (shift - 4) & 15]);
}

void ike2_text_hex(struct text *t, ike2_bytes octets)
{
    for (size_t i = 0; i < octets.len; i++)
        ike2_text_hex_uint(t, octets.ptr[i], 2);
}

void ike2_text_escaped(struct text *t, ike2_bytes octets)
{
    for (size_t i = 0; i < octets.len; i++) {
        uint8_t c = octets.ptr[i];

        if (c >= 0x20 && c < 0x7f && c != '\\') {
            ike2_text_char(t, (char)c);
        } else {
            ike2_text_add(t, "\\x");
            ike2_text_hex_uint(t, c, 2);
        }
    }
}

static void add_ipv4(struct text *t, const uint8_t *ip)
{
    for (size_t i = 0; i < 4; i++) {
        if (i > 0)
            ike2_text_char(t, '.');
        ike2_text_uint(t, ip[i]);
    }
}

/* One group of an IPv6 address, without leading zeros. */
static void add_group(struct text *t, unsigned group)
{
    bool begun = false;

    for (unsigned shift = 16; shift > 0; shift -= 4) {
        unsigned digit = group >> (shift - 4) & 15u;

        begun = begun || digit != 0 || shift == 4;
        if (begun)
            ike2_text_char(t, hex_digits[digit]);
    }
}

static uint16_t group_at(const uint8_t *ip, size_t i)
{
    return (uint16_t)(ip[2 * i] << 8 | ip[2 * i + 1]);
}

/* RFC 5952 4.2: the first of the longest runs of two or more zero groups. */
static size_t longest_run(const uint8_t *ip, size_t *start)
{
    size_t best = 1, run = 0;

    for (size_t i = 0; i < 8; i++) {
        run = group_at(ip, i) == 0 ? run + 1 : 0;
        if (run > best) {
            best = run;
            *start = i + 1 - run;
        }
    }
    return best > 1 ? best : 0;
}

static void add_ipv6(struct text *t, const uint8_t *ip)
{
    size_t start = 0, run = longest_run(ip, &start);

    for (size_t i = 0; i < 8; i++) {
        if (run != 0 && i == start) {
            ike2_text_add(t, "::");
            i += run - 1;
            continue;
        }
        if (i > 0 && (run == 0 || i != start + run))
            ike2_text_char(t, ':');
        add_group(t, group_at(ip, i));
    }
}

void ike2_text_ip(struct text *t, ike2_bytes ip)
{
    if (ip.len == 4)
        add_ipv4(t, ip.ptr);
    else if (ip.len == 16)
        add_ipv6(t, ip.ptr);
    else
        ike2_text_hex(t, ip);
}

void ike2_text_addr(struct text *t, const ike2_addr *addr)
{
    if (addr->family == 4) {
        ike2_text_ip(t, bytes_of(addr->ip, 4));
    } else if (addr->family == 6) {
        ike2_text_char(t, '[');
        ike2_text_ip(t, bytes_of(addr->ip, 16));
        if (addr->scope != 0) {
            ike2_text_char(t, '%');
            ike2_text_uint(t, addr->scope);
        }
        ike2_text_char(t, ']');
    } else {
        ike2_text_add(t, "any");
        return;
    }
    ike2_text_char(t, ':');
    ike2_text_uint(t, addr->port);
}
