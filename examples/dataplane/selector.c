#include "selector.h"

#include <stdlib.h>
#include <string.h>

struct flow flow_of(const struct ip_packet *packet, bool is_outbound)
{
    return (struct flow){
        .family = packet->version,
        .protocol = packet->protocol,
        .ports = packet->ports,
        .is_outbound = is_outbound,
        .local = is_outbound ? packet->src : packet->dst,
        .remote = is_outbound ? packet->dst : packet->src,
        .local_port = is_outbound ? packet->src_port : packet->dst_port,
        .remote_port = is_outbound ? packet->dst_port : packet->src_port,
        .type = packet->src_port,
    };
}

bool selector_has_ip(const ike2_ts *ts, uint8_t family, const uint8_t *ip)
{
    size_t octets = prefix_octets(ts);

    return octets == (family == 4 ? 4u : 16u) && memcmp(ts->first, ip, octets) <= 0 &&
           memcmp(ip, ts->last, octets) <= 0;
}

static bool is_any_port(const ike2_ts *ts)
{
    return ts->port_first == 0 && ts->port_last == UINT16_MAX;
}

static bool is_opaque_port(const ike2_ts *ts)
{
    return ts->port_first == UINT16_MAX && ts->port_last == 0;
}

static bool has_port(const ike2_ts *ts, uint16_t port)
{
    return ts->port_first <= port && port <= ts->port_last;
}

/* Does one side's selector fit, whose end of the packet has this port, and sent it or not? */
static bool fits_port(const ike2_ts *ts, const struct flow *f, uint16_t port, bool is_sender)
{
    switch (f->ports) {
    case IP_PORTS_PAIR: return has_port(ts, port);
    case IP_PORTS_TYPE:
        /* RFC 4301 4.4.1.3: who only receives a type has OPAQUE in its place. */
        return has_port(ts, f->type) || (!is_sender && is_opaque_port(ts));
    case IP_PORTS_OPAQUE: break;
    }
    /* RFC 4301 4.4.1.1: ANY includes OPAQUE. */
    return is_any_port(ts) || is_opaque_port(ts);
}

static bool fits_protocol(const ike2_ts *ts, const struct flow *f)
{
    return ts->protocol == 0 || ts->protocol == f->protocol;
}

bool selector_fits_local(const ike2_ts *ts, const struct flow *f)
{
    return fits_protocol(ts, f) && selector_has_ip(ts, f->family, f->local) &&
           fits_port(ts, f, f->local_port, f->is_outbound);
}

bool selector_fits_remote(const ike2_ts *ts, const struct flow *f)
{
    return fits_protocol(ts, f) && selector_has_ip(ts, f->family, f->remote) &&
           fits_port(ts, f, f->remote_port, !f->is_outbound);
}

/* --- Closeness -------------------------------------------------------------------------- */

static unsigned port_span(const ike2_ts *ts)
{
    return is_opaque_port(ts) ? 0 : (unsigned)ts->port_last - ts->port_first;
}

/* Compares the sizes of two ranges: last - first, as memcmp does. */
static int compare_spans(const ike2_ts *a, const ike2_ts *b, size_t octets)
{
    uint8_t span_a[16], span_b[16];
    int borrow_a = 0, borrow_b = 0;

    for (size_t i = octets; i-- > 0;) {
        int digit_a = a->last[i] - a->first[i] - borrow_a;
        int digit_b = b->last[i] - b->first[i] - borrow_b;

        borrow_a = digit_a < 0;
        borrow_b = digit_b < 0;
        span_a[i] = (uint8_t)digit_a;
        span_b[i] = (uint8_t)digit_b;
    }
    return memcmp(span_a, span_b, octets);
}

bool selector_is_closer(const ike2_ts *a, const ike2_ts *b)
{
    if ((a->protocol != 0) != (b->protocol != 0))
        return a->protocol != 0;
    if (port_span(a) != port_span(b))
        return port_span(a) < port_span(b);
    return compare_spans(a, b, prefix_octets(a)) < 0;
}

/* --- Those of a Child SA ------------------------------------------------------------------ */

/* A label would be a view into a job; no packet fits a selector that has one. */
static void copy_list(ike2_ts *out, const ike2_ts *in, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = in[i];
        out[i].label = (ike2_bytes){ 0 };
    }
}

bool selectors_copy(struct selectors *s, const ike2_ts *local, size_t n_local,
                    const ike2_ts *remote, size_t n_remote)
{
    ike2_ts *block = calloc(n_local + n_remote, sizeof *block);

    if (block == NULL)
        return false;
    copy_list(block, local, n_local);
    copy_list(block + n_local, remote, n_remote);
    *s = (struct selectors){
        .local = block, .remote = block + n_local, .n_local = n_local, .n_remote = n_remote
    };
    return true;
}

void selectors_clear(struct selectors *s)
{
    free(s->local);
    *s = (struct selectors){ 0 };
}

const ike2_ts *selectors_local(const struct selectors *s, const struct flow *f)
{
    const ike2_ts *best = NULL;

    for (size_t i = 0; i < s->n_local; i++) {
        const ike2_ts *ts = &s->local[i];

        if (selector_fits_local(ts, f) && (best == NULL || selector_is_closer(ts, best)))
            best = ts;
    }
    return best;
}

bool selectors_fit(const struct selectors *s, const struct flow *f)
{
    if (selectors_local(s, f) == NULL)
        return false;
    for (size_t i = 0; i < s->n_remote; i++) {
        if (selector_fits_remote(&s->remote[i], f))
            return true;
    }
    return false;
}
