/* traffic.c - the way of a packet through the layers. RFC 7296 2.23, RFC 3948, RFC 9329. */
#include "traffic.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "details.h"
#include "ip.h"
#include "message.h"
#include "reassembly.h"
#include "stream.h"
#include "summary.h"
#include "udp.h"

enum { PROTOCOL_TCP = 6, PROTOCOL_UDP = 17 };

struct traffic {
    struct traffic_config config;
    struct report *report;
    struct reassembly *reassembly;
    struct streams *streams;
    struct dissection *dissection;
    ike2_bytes name; /* of the capture, without the directory */
    uint64_t n_carried;
    const struct packet *packet; /* the current one */
    struct text room;
};

static ike2_bytes base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;

    return (ike2_bytes){ .ptr = (const uint8_t *)name, .len = strlen(name) };
}

struct traffic *traffic_new(const struct traffic_config *config, struct report *report)
{
    struct traffic *t = calloc(1, sizeof *t);

    if (t == NULL)
        return NULL;
    t->config = *config;
    t->report = report;
    t->name = base_name(report->path);
    t->reassembly = reassembly_new();
    t->streams = streams_new();
    t->dissection = dissection_new(config->keys);
    if (t->reassembly == NULL || t->streams == NULL || t->dissection == NULL) {
        traffic_free(t);
        return NULL;
    }
    return t;
}

void traffic_free(struct traffic *t)
{
    if (t == NULL)
        return;
    reassembly_free(t->reassembly);
    streams_free(t->streams);
    dissection_free(t->dissection);
    free(t);
}

/* --- What cannot be shown ------------------------------------------------------------------ */

static bool fail_memory(struct traffic *t)
{
    report_error(t->report, "out of memory");
    return false;
}

static void tell_cut(struct traffic *t)
{
    report_error(t->report,
                 "cut short: %zu of %zu octets were captured; capture with a larger snapshot "
                 "length, such as tcpdump -s 0",
                 t->packet->octets.len, t->packet->wire_len);
}

/* A header that breaks off: what it would have said is not known. */
static void tell_unreadable(struct traffic *t, const char *header, bool is_cut)
{
    if (is_cut)
        tell_cut(t);
    else
        report_error(t->report, "the %s header is malformed", header);
}

/* --- IKE and ESP --------------------------------------------------------------------------- */

static void tell_findings(struct traffic *t, const struct findings *f)
{
    if (f->verdict == VERDICT_BADICV)
        report_error(t->report,
                     "the ICV is wrong: these are not the keys of %016" PRIx64 ",%016" PRIx64
                     ", or the message was altered",
                     f->header.spi_i, f->header.spi_r);
    if (f->is_beyond)
        report_warning(t->report, "a message in more or larger fragments than are put together");
}

static bool message_show(struct traffic *t, const struct carried *c,
                         const struct recorded *recorded)
{
    const struct tree tree = { .out = t->report->out, .depth = 1, .room = &t->room };
    const struct findings *f = &t->dissection->findings;

    if (!message_dissect(t->dissection, recorded))
        return false;
    summary_message(t->report->out, c, f);
    if (t->config.is_verbose)
        details_show(&tree, f);
    tell_findings(t, f);
    return true;
}

/* In a room of exactly as many octets as the message has: a reader that goes too far is found. */
static bool message_take(struct traffic *t, const struct carried *c, ike2_bytes message)
{
    struct recorded recorded = { .capture = t->name, .len = message.len, .is_cut = c->is_cut };
    bool done;

    recorded.octets = malloc(message.len != 0 ? message.len : 1);
    if (recorded.octets == NULL)
        return fail_memory(t);
    if (message.len != 0)
        memcpy(recorded.octets, message.ptr, message.len);
    done = message_show(t, c, &recorded);
    free(recorded.octets);
    return done;
}

static bool carried_take(struct traffic *t, const struct carried *c)
{
    ike2_peeked peeked;

    t->n_carried++;
    if (c->is_cut)
        tell_cut(t);
    ike2_peek(c->octets, c->encap, &peeked);
    if (peeked.kind == IKE2_KIND_IKE)
        return message_take(t, c, peeked.message);
    summary_other(t->report->out, c, &peeked);
    return true;
}

/* --- UDP and TCP --------------------------------------------------------------------------- */

static ike2_addr with_port(ike2_addr addr, uint16_t port)
{
    addr.port = port;
    return addr;
}

static bool udp_take(struct traffic *t, const struct ip_packet *ip)
{
    struct carried c = { .packet = t->packet };
    struct udp_datagram udp;

    if (!udp_read(ip->payload, ip->is_cut, &udp)) {
        tell_unreadable(t, "UDP", ip->is_cut);
        return true;
    }
    if (!ports_of_udp(t->config.ports, udp.src, udp.dst, &c.encap))
        return true;
    c.src = with_port(ip->src, udp.src);
    c.dst = with_port(ip->dst, udp.dst);
    c.octets = udp.payload;
    c.is_cut = udp.is_cut;
    return carried_take(t, &c);
}

/* False with STREAM_MEMORY only. */
static bool tell_stream(struct traffic *t, enum stream_outcome outcome)
{
    switch (outcome) {
    case STREAM_OK: break;
    case STREAM_GAP:
        report_error(t->report, "TCP segments are missing, cut short or out of order: the rest of "
                                "this stream is not shown");
        break;
    case STREAM_MALFORMED:
        report_error(t->report, "a TCP frame has an impossible length: the rest of this stream is "
                                "not shown");
        break;
    case STREAM_MEMORY: return fail_memory(t);
    }
    return true;
}

static bool frames_take(struct traffic *t, struct stream *stream, struct carried *c)
{
    enum stream_outcome outcome = stream_frame(stream, &c->octets);

    while (outcome == STREAM_OK && c->octets.len != 0) {
        if (!carried_take(t, c))
            return false;
        outcome = stream_frame(stream, &c->octets);
    }
    return tell_stream(t, outcome);
}

static bool tcp_take(struct traffic *t, const struct ip_packet *ip)
{
    struct carried c = { .packet = t->packet, .encap = IKE2_ENCAP_TCP };
    struct stream_ends ends;
    struct tcp_segment tcp;
    struct stream *stream;

    if (!tcp_read(ip->payload, ip->is_cut, &tcp)) {
        tell_unreadable(t, "TCP", ip->is_cut);
        return true;
    }
    if (!ports_of_tcp(t->config.ports, tcp.src, tcp.dst))
        return true;
    c.src = ends.src = with_port(ip->src, tcp.src);
    c.dst = ends.dst = with_port(ip->dst, tcp.dst);
    if (!tell_stream(t, streams_add(t->streams, &ends, &tcp, &stream)))
        return false;
    return frames_take(t, stream, &c);
}

/* --- IP ------------------------------------------------------------------------------------ */

static bool transport_take(struct traffic *t, const struct ip_packet *ip)
{
    if (ip->protocol == PROTOCOL_UDP)
        return udp_take(t, ip);
    if (ip->protocol == PROTOCOL_TCP)
        return tcp_take(t, ip);
    return true;
}

/* Headers may follow that only the whole packet has. RFC 8200 4.5: no fragments of fragments. */
static bool whole_take(struct traffic *t, struct ip_packet *whole)
{
    if (ip_extensions(whole) != IP_OK || whole->is_fragment) {
        tell_unreadable(t, "IPv6", false);
        return true;
    }
    return transport_take(t, whole);
}

/* It may have been another packet than one with IKE: the ports are in the first fragment only. */
static void tell_lost(struct traffic *t, int64_t seconds)
{
    uint64_t current = t->report->packet;

    while (reassembly_lost(t->reassembly, seconds, &t->report->packet))
        report_error(t->report, "the other IP fragments of this packet are missing");
    t->report->packet = current;
}

static bool fragment_take(struct traffic *t, const struct ip_packet *ip)
{
    const struct reassembly_place place = { .packet = t->packet->number,
                                            .seconds = t->packet->seconds };
    struct ip_packet whole;

    if (ip->src.family == 4 && ip->protocol != PROTOCOL_UDP && ip->protocol != PROTOCOL_TCP)
        return true;
    /* What is cut off will not come, but the first one has the headers. */
    if (ip->is_cut && ip->offset == 0)
        return transport_take(t, ip);
    if (ip->is_cut) {
        tell_cut(t);
        return true;
    }
    tell_lost(t, t->packet->seconds);
    switch (reassembly_add(t->reassembly, ip, &place, &whole)) {
    case REASSEMBLY_WAIT: break;
    case REASSEMBLY_WHOLE: return whole_take(t, &whole);
    case REASSEMBLY_OVERLAP:
        report_error(t->report, "IP fragments overlap: the packet is refused (RFC 5722)");
        break;
    case REASSEMBLY_BEYOND:
        report_error(t->report, "more or larger IP fragments than are put together");
        break;
    case REASSEMBLY_MEMORY: return fail_memory(t);
    }
    return true;
}

bool traffic_packet(struct traffic *t, const struct packet *packet)
{
    bool is_cut = packet->octets.len < packet->wire_len;
    struct ip_packet ip;
    ike2_bytes octets;

    t->packet = packet;
    switch (link_read(t->config.link, packet->octets, &octets)) {
    case LINK_IP: break;
    case LINK_OTHER: return true;
    case LINK_SHORT: tell_unreadable(t, "link", is_cut); return true;
    }
    switch (ip_read(octets, is_cut, &ip)) {
    case IP_OK: break;
    case IP_MALFORMED:
    case IP_SHORT: tell_unreadable(t, "IP", is_cut); return true;
    }
    return ip.is_fragment ? fragment_take(t, &ip) : transport_take(t, &ip);
}

uint64_t traffic_end(struct traffic *t)
{
    tell_lost(t, INT64_MAX);
    t->report->packet = 0;
    return t->n_carried;
}
