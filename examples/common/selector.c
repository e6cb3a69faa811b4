#include "selector.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ike2/iana.h>

/* --- Text to selector -------------------------------------------------------------------- */

/* The digits behind the '/', at most `max`. */
static bool parse_prefix(const char *text, unsigned max, unsigned *out)
{
    char *end = NULL;
    unsigned long n;

    if (*text < '0' || *text > '9')
        return false;
    n = strtoul(text, &end, 10);
    if (*end != '\0' || n > max)
        return false;
    *out = (unsigned)n;
    return true;
}

/* Host bits may be set in the text: 10.1.0.7/24 means 10.1.0.0 to 10.1.0.255. */
static void spread(ike2_ts *ts, size_t octets, unsigned prefix)
{
    size_t i;

    memcpy(ts->last, ts->first, octets);
    for (i = 0; i < octets; i++) {
        unsigned fixed = prefix >= 8 ? 8 : prefix;
        uint8_t host = (uint8_t)(0xffu >> fixed);

        ts->first[i] = (uint8_t)(ts->first[i] & (uint8_t)~host);
        ts->last[i] = (uint8_t)(ts->last[i] | host);
        prefix -= fixed;
    }
}

bool selector_parse(const char *text, ike2_ts *out)
{
    ike2_ts ts = { .port_first = 0, .port_last = UINT16_MAX };
    char address[INET6_ADDRSTRLEN];
    const char *slash = strchr(text, '/');
    size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text);
    bool v6 = memchr(text, ':', len) != NULL;
    unsigned bits = v6 ? 128 : 32;
    unsigned prefix = bits;

    if (len >= sizeof address)
        return false;
    memcpy(address, text, len);
    address[len] = '\0';
    if (inet_pton(v6 ? AF_INET6 : AF_INET, address, ts.first) != 1)
        return false;
    if (slash != NULL && !parse_prefix(slash + 1, bits, &prefix))
        return false;
    ts.type = v6 ? IKE2_TS_IPV6_ADDR_RANGE : IKE2_TS_IPV4_ADDR_RANGE;
    spread(&ts, bits / 8, prefix);
    *out = ts;
    return true;
}

/* --- Selector to text -------------------------------------------------------------------- */

/* Length of the prefix that the range is, or -1 if it is none. */
static int prefix_of(const ike2_ts *ts, int bits)
{
    int i, prefix = bits;

    for (i = bits - 1; i >= 0; i--) {
        unsigned mask = 0x80u >> (i % 8);
        bool first = (ts->first[i / 8] & mask) != 0;
        bool last = (ts->last[i / 8] & mask) != 0;

        if (!first && last && prefix == i + 1)
            prefix = i;
        else if (first != last)
            return -1;
    }
    return prefix;
}

static void range_text(const ike2_ts *ts, char *text, size_t cap)
{
    bool v6 = ts->type == IKE2_TS_IPV6_ADDR_RANGE;
    char first[INET6_ADDRSTRLEN] = "", last[INET6_ADDRSTRLEN] = "";
    int prefix = prefix_of(ts, v6 ? 128 : 32);

    (void)inet_ntop(v6 ? AF_INET6 : AF_INET, ts->first, first, sizeof first);
    (void)inet_ntop(v6 ? AF_INET6 : AF_INET, ts->last, last, sizeof last);
    if (prefix >= 0)
        (void)snprintf(text, cap, "%s/%d", first, prefix);
    else
        (void)snprintf(text, cap, "%s-%s", first, last);
}

/* "", "[6]", "[6/80]" or "[6/80-90]". */
static void port_text(const ike2_ts *ts, char *text, size_t cap)
{
    if (ts->port_first == 0 && ts->port_last == UINT16_MAX && ts->protocol == 0)
        text[0] = '\0';
    else if (ts->port_first == 0 && ts->port_last == UINT16_MAX)
        (void)snprintf(text, cap, "[%u]", ts->protocol);
    else if (ts->port_first == ts->port_last)
        (void)snprintf(text, cap, "[%u/%u]", ts->protocol, ts->port_first);
    else
        (void)snprintf(text, cap, "[%u/%u-%u]", ts->protocol, ts->port_first, ts->port_last);
}

void selector_list_text(const ike2_ts *list, size_t n, char *text, size_t cap)
{
    size_t i, len = 0;

    text[0] = '\0';
    for (i = 0; i < n && len < cap; i++) {
        char range[2 * INET6_ADDRSTRLEN] = "other", ports[32];
        int written;

        if (list[i].type == IKE2_TS_IPV4_ADDR_RANGE || list[i].type == IKE2_TS_IPV6_ADDR_RANGE)
            range_text(&list[i], range, sizeof range);
        port_text(&list[i], ports, sizeof ports);
        written = snprintf(text + len, cap - len, "%s%s%s", i == 0 ? "" : ",", range, ports);
        len += written > 0 ? (size_t)written : 0;
    }
}
