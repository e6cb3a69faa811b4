#include "tunnel.h"

#include <string.h>

#include <ike2/iana.h>

enum { LIFE_MS = 1000 }; /* no more than one sign of life in this time */

bool tunnel_init(struct tunnel *t, const struct tunnel_config *config, struct fault *fault)
{
    const ike2_crypto *crypto = config->host.crypto;
    struct routes_config routes = { .user = config->user, .changed = config->changed };
    uint8_t seed[sizeof routes.seed];

    *t = (struct tunnel){ .config = *config };
    if (crypto->random(crypto->user, seed, sizeof seed) != IKE2_OK)
        return fault_set(fault, "no random octets");
    memcpy(&routes.seed, seed, sizeof seed);
    if (pairs_init(&t->pairs) && routes_init(&t->routes, &routes))
        return true;
    pairs_clear(&t->pairs);
    return fault_set(fault, "out of memory");
}

void tunnel_clear(struct tunnel *t)
{
    routes_clear(&t->routes);
    pairs_clear(&t->pairs);
}

/* --- Lane ------------------------------------------------------------------------------- */

/* Would our own datagrams to the peer be routed into the tunnel? */
static bool loops(const struct tunnel *t, const ike2_pair *p)
{
    const ike2_addr *peer = &p->path.remote;

    if (t->config.changed == NULL || t->config.may_loop)
        return false;
    for (size_t i = 0; i < p->n_ts_remote; i++) {
        if (selector_has_ip(&p->ts_remote[i], peer->family, peer->ip))
            return true;
    }
    return false;
}

/* May the pair be carried on its path? */
static bool may_carry(const struct tunnel *t, const ike2_pair *p, struct fault *fault)
{
    if (p->transport)
        return fault_set(fault, "only tunnel mode is carried: choose it, or the data plane xfrm");
    if (p->encap != IKE2_ENCAP_UDP)
        return fault_set(fault, "only ESP in UDP is carried: force encapsulation for this peer");
    if (loops(t, p))
        return fault_set(fault, "the peer's own address lies behind the tunnel, so that what we "
                                "send it would go round in circles: give the sockets a mark");
    return true;
}

static bool may_install(const struct tunnel *t, const ike2_pair *p, struct fault *fault)
{
    if (p->protocol != IKE2_PROTOCOL_ESP)
        return fault_set(fault, "only ESP is carried, not protocol %u", p->protocol);
    if (pairs_find(&t->pairs, p->spi_in) != NULL)
        return fault_set(fault, "a pair with SPI %08x is installed already", p->spi_in);
    return may_carry(t, p, fault);
}

bool tunnel_install(struct tunnel *t, const ike2_pair *pair, struct fault *fault)
{
    struct pair *p;

    if (!may_install(t, pair, fault))
        return false;
    p = pair_new(t->config.host.crypto, pair, t->config.path_mtu, fault);
    if (p == NULL)
        return false;
    pairs_add(&t->pairs, p);
    return true;
}

static struct pair *find(const struct tunnel *t, const ike2_pair *pair, struct fault *fault)
{
    struct pair *p = pairs_find(&t->pairs, pair->spi_in);

    if (p == NULL)
        (void)fault_set(fault, "no pair with SPI %08x is installed", pair->spi_in);
    return p;
}

static void stop_sending(struct tunnel *t, struct pair *p)
{
    if (p->is_sending)
        routes_remove(&t->routes, p);
    p->is_sending = false;
}

bool tunnel_switch(struct tunnel *t, const ike2_pair *pair, struct fault *fault)
{
    struct pair *p = find(t, pair, fault);
    struct pair *before;

    if (p == NULL || p->is_sending)
        return p != NULL;
    if ((p->halves & IKE2_HALF_OUT) == 0)
        return fault_set(fault, "the outbound half of SPI %08x is gone", pair->spi_in);
    before = pairs_sending(&t->pairs, p->child);
    /* The new routes first: those that both have stay all the time. */
    if (!routes_add(&t->routes, p, fault))
        return false;
    p->is_sending = true;
    if (before != NULL)
        stop_sending(t, before);
    return true;
}

bool tunnel_move(struct tunnel *t, const ike2_pair *pair, struct fault *fault)
{
    struct pair *p = find(t, pair, fault);

    return p != NULL && may_carry(t, pair, fault) && pair_move(p, pair, t->config.path_mtu, fault);
}

bool tunnel_remove(struct tunnel *t, const ike2_pair *pair, uint8_t halves, struct fault *fault)
{
    struct pair *p = find(t, pair, fault);

    if (p == NULL)
        return false;
    stop_sending(t, p);
    /* With the inbound half the pair ends (ike2/job.h). */
    if ((halves & IKE2_HALF_IN) != 0)
        pairs_remove(&t->pairs, p);
    else
        pair_drop(p, halves);
    return true;
}

/* --- Bookkeeping ------------------------------------------------------------------------ */

/* Counted with the pair too, if it is known whose packet it is. */
static void drop(struct tunnel *t, struct pair *p, enum dataplane_drop why)
{
    t->counts.dropped[why]++;
    if (p != NULL)
        p->counts.dropped[why]++;
}

static void count_in(struct dataplane_counts *c, size_t len)
{
    c->packets_in++;
    c->octets_in += len;
}

static void count_out(struct dataplane_counts *c, size_t len)
{
    c->packets_out++;
    c->octets_out += len;
}

static void report(const struct tunnel *t, const struct pair *p, uint8_t kind,
                   const ike2_path *path)
{
    const struct dataplane_host *host = &t->config.host;
    struct dataplane_report r = {
        .kind = kind,
        .spi_in = p->spi_in,
        .child = p->child,
        .path = *path,
    };

    if (host->report != NULL)
        host->report(host->user, &r);
}

bool tunnel_stats(const struct tunnel *t, uint32_t spi_in, struct dataplane_counts *out)
{
    const struct pair *p = NULL;

    if (spi_in != 0) {
        p = pairs_find(&t->pairs, spi_in);
        if (p == NULL)
            return false;
    }
    *out = p != NULL ? p->counts : t->counts;
    if (p != NULL)
        out->sequence_out = p->sequence;
    return true;
}

/* --- Outbound --------------------------------------------------------------------------- */

/* RFC 4301 8.2: does the packet have to be smaller? Then whoever sent it is told. */
static bool is_too_big(struct tunnel *t, const struct pair *p, const struct ip_packet *packet,
                       ike2_time now)
{
    size_t mtu = p->mtu;
    ike2_buffer answer = { .ptr = t->out, .cap = sizeof t->out };

    /* Without DF the outer packet is fragmented instead, and so is it if the inner one is as small
     * as IPv6 allows to demand. */
    if (packet->version == 6 && mtu < ICMP_ROOM)
        mtu = ICMP_ROOM;
    if (!packet->dont_fragment || packet->octets.len <= mtu)
        return false;
    if (icmp_take(&t->limit, now) && icmp_too_big(packet, (uint16_t)mtu, &answer))
        (void)t->config.deliver(t->config.user,
                                (ike2_bytes){ .ptr = answer.ptr, .len = answer.len });
    return true;
}

/* Once, whatever the reason is. */
static void report_soft(struct tunnel *t, struct pair *p)
{
    if (!p->is_soft)
        report(t, p, DATAPLANE_SOFT, &p->path);
    p->is_soft = true;
}

static void look_at_octets(struct tunnel *t, struct pair *p)
{
    const struct dataplane_counts *c = &p->counts;

    if (p->rekey_octets != 0 &&
        (c->octets_in >= p->rekey_octets || c->octets_out >= p->rekey_octets))
        report_soft(t, p);
}

/* RFC 4303 3.3.3: the next number; 0 if there is none. It is used up even if sealing fails. */
static uint64_t next_sequence(struct tunnel *t, struct pair *p)
{
    uint64_t max = esp_sequence_max(&p->out);

    if (p->sequence == max) {
        if (!p->is_hard)
            report(t, p, DATAPLANE_HARD, &p->path);
        p->is_hard = true;
        return 0;
    }
    p->sequence++;
    if (p->sequence >= max - max / 4)
        report_soft(t, p);
    return p->sequence;
}

static void seal_and_send(struct tunnel *t, struct pair *p, const struct ip_packet *packet)
{
    const struct esp_payload payload = {
        .next_header = packet->version == 4 ? ESP_NEXT_IPV4 : ESP_NEXT_IPV6,
        .octets = packet->octets,
    };
    const struct dataplane_host *host = &t->config.host;
    ike2_buffer sealed = { .ptr = t->out, .cap = sizeof t->out };
    /* RFC 6040 4.1: normal mode, or compatibility mode. */
    uint8_t tos = t->config.copy_tos ? packet->tos : 0;
    uint64_t sequence = next_sequence(t, p);
    ike2_err err;

    if (sequence == 0) {
        drop(t, p, DATAPLANE_DROP_SEQUENCE);
        return;
    }
    err = esp_seal(&p->out, sequence, &payload, &sealed);
    if (err != IKE2_OK) {
        drop(t, p, err == IKE2_ERR_SPACE ? DATAPLANE_DROP_TOO_BIG : DATAPLANE_DROP_CRYPTO);
        return;
    }
    count_out(&t->counts, packet->octets.len);
    count_out(&p->counts, packet->octets.len);
    look_at_octets(t, p);
    host->send(host->user, &p->path, tos, (ike2_bytes){ .ptr = sealed.ptr, .len = sealed.len });
}

void tunnel_outbound(struct tunnel *t, ike2_time now, ike2_bytes octets)
{
    struct ip_packet packet;
    struct pair *p;
    struct flow flow;

    if (!ip_parse(octets, &packet)) {
        drop(t, NULL, DATAPLANE_DROP_INNER);
        return;
    }
    flow = flow_of(&packet, true);
    p = routes_find(&t->routes, &flow);
    if (p == NULL)
        drop(t, NULL, DATAPLANE_DROP_NO_ROUTE);
    else if (is_too_big(t, p, &packet, now))
        drop(t, p, DATAPLANE_DROP_TOO_BIG);
    else
        seal_and_send(t, p, &packet);
}

/* --- Inbound ---------------------------------------------------------------------------- */

static bool same_source(const ike2_addr *a, const ike2_addr *b)
{
    return a->family == b->family && a->port == b->port &&
           memcmp(a->ip, b->ip, a->family == 4 ? 4 : 16) == 0;
}

/* RFC 7296 2.4: who sends lives. */
static void notice_life(struct tunnel *t, struct pair *p, ike2_time now)
{
    if (p->is_used && now - p->seen_at < LIFE_MS)
        return;
    p->seen_at = now;
    report(t, p, p->is_used ? DATAPLANE_IN : DATAPLANE_FIRST_IN, &p->path);
    p->is_used = true;
}

/* The packet was authentic, and newer than all before if `is_newest`. */
static void notice(struct tunnel *t, struct pair *p, const struct tunnel_datagram *in,
                   bool is_newest)
{
    const ike2_path *path = &in->path;

    notice_life(t, p, in->at);
    /* RFC 7296 2.23: an old packet that somebody held back says nothing about where the peer is. */
    if (!is_newest || same_source(&path->remote, &p->source))
        return;
    p->source = path->remote;
    if (t->config.follow_source && path->remote.family == p->path.remote.family)
        p->path = *path;
    report(t, p, DATAPLANE_SOURCE, path);
}

/* RFC 4303 3.4.4: the packet's plaintext, or why there is none. */
static ike2_err open_packet(struct tunnel *t, struct pair *p, uint64_t sequence,
                            ike2_bytes datagram, ike2_bytes *plain)
{
    if (datagram.len > sizeof t->in)
        return IKE2_ERR_MALFORMED;
    memcpy(t->in, datagram.ptr, datagram.len);
    return esp_open(&p->in, sequence, t->in, datagram.len, plain);
}

static enum dataplane_drop drop_of(ike2_err err)
{
    if (err == IKE2_ERR_AUTH)
        return DATAPLANE_DROP_ICV;
    return err == IKE2_ERR_MALFORMED ? DATAPLANE_DROP_SHORT : DATAPLANE_DROP_CRYPTO;
}

/* Checks what was inside; DATAPLANE_DROPS if it has been delivered. */
static enum dataplane_drop deliver(struct tunnel *t, struct pair *p, ike2_bytes plain, uint8_t tos)
{
    struct esp_payload payload;
    struct ip_packet packet;
    struct flow flow;

    if (!esp_unpad(plain, &payload))
        return DATAPLANE_DROP_PADDING;
    /* RFC 4303 2.6 */
    if (payload.next_header == ESP_NEXT_NONE)
        return DATAPLANE_DROP_DUMMY;
    if (payload.next_header != ESP_NEXT_IPV4 && payload.next_header != ESP_NEXT_IPV6)
        return DATAPLANE_DROP_PADDING;
    if (!ip_parse(payload.octets, &packet) ||
        (packet.version == 4) != (payload.next_header == ESP_NEXT_IPV4))
        return DATAPLANE_DROP_INNER;
    /* RFC 4301 5.2: the peer may send what was agreed, and nothing else. */
    flow = flow_of(&packet, false);
    if (!selectors_fit(&p->selectors, &flow))
        return DATAPLANE_DROP_SELECTOR;
    if (!ip_take_ecn(t->in + (packet.octets.ptr - t->in), &packet, tos))
        return DATAPLANE_DROP_ECN;
    if (!t->config.deliver(t->config.user, packet.octets))
        return DATAPLANE_DROP_DEVICE;
    count_in(&t->counts, packet.octets.len);
    count_in(&p->counts, packet.octets.len);
    look_at_octets(t, p);
    return DATAPLANE_DROPS;
}

/* RFC 4303 3.4.3: the window is looked at before the ICV is checked, and moved only behind it. */
static enum dataplane_drop receive(struct tunnel *t, struct pair *p,
                                   const struct tunnel_datagram *in)
{
    uint32_t spi = 0, low = 0;
    uint64_t sequence = 0;
    bool is_newest;
    ike2_bytes plain;
    ike2_err err;

    if (!esp_peek(in->octets, &spi, &low))
        return DATAPLANE_DROP_SHORT;
    if (!replay_check(&p->replay, low, &sequence))
        return DATAPLANE_DROP_REPLAY;
    err = open_packet(t, p, sequence, in->octets, &plain);
    if (err != IKE2_OK)
        return drop_of(err);
    is_newest = sequence > p->replay.top;
    replay_update(&p->replay, sequence);
    notice(t, p, in, is_newest);
    return deliver(t, p, plain, in->tos);
}

void tunnel_inbound(struct tunnel *t, const struct tunnel_datagram *in)
{
    uint32_t spi = 0, low = 0;
    struct pair *p = NULL;
    enum dataplane_drop why;

    if (!esp_peek(in->octets, &spi, &low)) {
        drop(t, NULL, DATAPLANE_DROP_SHORT);
        return;
    }
    p = pairs_find(&t->pairs, spi);
    if (p == NULL) {
        drop(t, NULL, DATAPLANE_DROP_NO_PAIR);
        return;
    }
    why = receive(t, p, in);
    if (why != DATAPLANE_DROPS)
        drop(t, p, why);
}
