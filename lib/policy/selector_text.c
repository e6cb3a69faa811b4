/* policy/selector_text.c - traffic selectors in words. RFC 7296 3.13.1. */
#include <ike2/iana.h>

#include "base/bytes.h"
#include "base/text.h"
#include "policy/narrow.h"

enum { TAIL = 20 }; /* ", and 65535 more" */

/* IP protocols; those whose "ports" are types and codes, RFC 4301 4.4.1.1. */
enum { IP_ICMP = 1, IP_TCP = 6, IP_UDP = 17, IP_ICMPV6 = 58, IP_SCTP = 132 };

/* The length of the prefix that `first` to `last` is, or -1 if it is none. */
static int prefix_length(const uint8_t *first, const uint8_t *last, size_t len)
{
    size_t bits = 8 * len, i = 0;
    int prefix;

    while (i < bits && ((first[i / 8] ^ last[i / 8]) >> (7 - i % 8) & 1) == 0)
        i++;
    prefix = (int)i;
    for (; i < bits; i++)
        if ((first[i / 8] >> (7 - i % 8) & 1) != 0 || (last[i / 8] >> (7 - i % 8) & 1) == 0)
            return -1;
    return prefix;
}

static void add_addresses(struct text *t, const ike2_ts *ts, size_t len)
{
    int prefix = prefix_length(ts->first, ts->last, len);

    ike2_text_ip(t, bytes_of(ts->first, len));
    if (prefix < 0) {
        ike2_text_char(t, '-');
        ike2_text_ip(t, bytes_of(ts->last, len));
    } else if ((size_t)prefix < 8 * len) {
        ike2_text_char(t, '/');
        ike2_text_uint(t, (uint64_t)prefix);
    }
}

static void add_protocol(struct text *t, uint8_t protocol)
{
    switch (protocol) {
    case 0:
        ike2_text_add(t, "any");
        return;
    case IP_ICMP:
        ike2_text_add(t, "icmp");
        return;
    case IP_TCP:
        ike2_text_add(t, "tcp");
        return;
    case IP_UDP:
        ike2_text_add(t, "udp");
        return;
    case IP_ICMPV6:
        ike2_text_add(t, "icmpv6");
        return;
    case IP_SCTP:
        ike2_text_add(t, "sctp");
        return;
    }
    ike2_text_uint(t, protocol);
}

/* ICMP: "8" for a type with every code, "8(0)" for one code of it. */
static void add_port(struct text *t, const ike2_ts *ts, uint16_t port)
{
    bool all_codes = (ts->port_first & 0xff) == 0 && (ts->port_last & 0xff) == 0xff;

    if (ts->protocol != IP_ICMP && ts->protocol != IP_ICMPV6) {
        ike2_text_uint(t, port);
        return;
    }
    ike2_text_uint(t, port >> 8);
    if (all_codes)
        return;
    ike2_text_char(t, '(');
    ike2_text_uint(t, port & 0xffu);
    ike2_text_char(t, ')');
}

static void add_ports(struct text *t, const ike2_ts *ts)
{
    bool is_icmp = ts->protocol == IP_ICMP || ts->protocol == IP_ICMPV6;
    bool same_type = is_icmp && ts->port_first >> 8 == ts->port_last >> 8 &&
                     (ts->port_first & 0xff) == 0 && (ts->port_last & 0xff) == 0xff;

    if (ts->port_first == 65535 && ts->port_last == 0) {
        ike2_text_add(t, "opaque");
        return;
    }
    add_port(t, ts, ts->port_first);
    if (ts->port_first == ts->port_last || same_type)
        return;
    ike2_text_char(t, '-');
    add_port(t, ts, ts->port_last);
}

static void add_selector(struct text *t, const ike2_ts *ts)
{
    bool all_ports = ts->port_first == 0 && ts->port_last == 65535;
    size_t len = ts->type == IKE2_TS_IPV4_ADDR_RANGE ? 4 : 16;

    if (ts->type != IKE2_TS_IPV4_ADDR_RANGE && ts->type != IKE2_TS_IPV6_ADDR_RANGE) {
        ike2_text_add(t, "type ");
        ike2_text_uint(t, ts->type);
        return;
    }
    add_addresses(t, ts, len);
    if (ts->protocol == 0 && all_ports)
        return;
    ike2_text_char(t, '[');
    add_protocol(t, ts->protocol);
    if (!all_ports) {
        ike2_text_char(t, '/');
        add_ports(t, ts);
    }
    ike2_text_char(t, ']');
}

/* What leaves no room for "and N more" behind it is left out, too; the first one is cut. */
void ike2_selectors_text(const ike2_ts *ts, size_t n, char *text, size_t cap)
{
    struct text t = text_of(text, cap);

    for (size_t i = 0; i < n; i++) {
        struct text one = text_of(NULL, 0);

        add_selector(&one, &ts[i]);
        if (i > 0 && t.len + 2 + one.len + (i + 1 < n ? TAIL : 0) >= cap) {
            ike2_text_add(&t, ", and ");
            ike2_text_uint(&t, n - i);
            ike2_text_add(&t, " more");
            return;
        }
        ike2_text_add(&t, i > 0 ? ", " : "");
        add_selector(&t, &ts[i]);
    }
}
