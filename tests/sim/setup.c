/* sim/setup.c - what a side is configured with. */
#include "sim/setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void die(const char *what, const char *text)
{
    (void)fprintf(stderr, "setup: no %s: %s\n", what, text);
    exit(EXIT_FAILURE);
}

ike2_ts setup_net4(uint32_t addr, unsigned prefix)
{
    uint32_t mask = prefix == 0 ? 0 : UINT32_MAX << (32 - prefix);
    ike2_ts ts = { .type = IKE2_TS_IPV4_ADDR_RANGE, .port_last = UINT16_MAX };

    for (size_t i = 0; i < 4; i++) {
        ts.first[i] = (uint8_t)((addr & mask) >> (24 - 8 * i));
        ts.last[i] = (uint8_t)((addr | ~mask) >> (24 - 8 * i));
    }
    return ts;
}

static ike2_id id_parse(const char *text, uint8_t *octets, size_t cap)
{
    ike2_buffer room = { .ptr = octets, .cap = cap };
    ike2_id id;

    if (ike2_id_parse(text, &room, &id) != IKE2_OK)
        die("identity", text);
    return id;
}

void setup_ids(struct setup *s, const char *local, const char *remote)
{
    s->peer.local_id = id_parse(local, s->id_local, sizeof s->id_local);
    s->peer.remote_id = id_parse(remote, s->id_remote, sizeof s->id_remote);
}

static size_t proposals_parse(struct setup_proposals *p, uint8_t protocol, const char *text)
{
    size_t n = 0, used = 0;

    while (*text != '\0') {
        char one[160];
        size_t len = strcspn(text, ",");

        (void)snprintf(one, sizeof one, "%.*s", (int)len, text);
        if (n == SETUP_PROPOSALS ||
            ike2_proposal_parse(one, protocol, p->room + used, SETUP_TRANSFORMS - used,
                                &p->list[n]) != IKE2_OK)
            die("proposal", one);
        used += p->list[n++].n_transforms;
        text += len;
        text += strspn(text, ", ");
    }
    return n;
}

void setup_ike(struct setup *s, const char *proposals)
{
    s->peer.n_proposals = proposals_parse(&s->ike, IKE2_PROTOCOL_IKE, proposals);
    s->peer.proposals = s->ike.list;
}

void setup_esp(struct setup *s, size_t child, const char *proposals)
{
    struct setup_proposals *room = &s->child_rooms[child].proposals;

    s->children[child].n_proposals = proposals_parse(room, IKE2_PROTOCOL_ESP, proposals);
    s->children[child].proposals = room->list;
}

void setup_lifetime(struct setup *s, size_t child, uint32_t rekey_seconds, uint32_t expire_seconds)
{
    s->children[child].rekey_seconds = rekey_seconds;
    s->children[child].expire_seconds = expire_seconds;
}

void setup_selectors(struct setup *s, size_t child, const ike2_ts *local, size_t n_local,
                     const ike2_ts *remote, size_t n_remote)
{
    struct setup_child *room = &s->child_rooms[child];
    ike2_child_config *c = &s->children[child];

    memcpy(room->local, local, n_local * sizeof *local);
    memcpy(room->remote, remote, n_remote * sizeof *remote);
    c->ts_local = room->local;
    c->n_ts_local = n_local;
    c->ts_remote = room->remote;
    c->n_ts_remote = n_remote;
}

static ike2_ts first_address(const ike2_ts *ts)
{
    ike2_ts one = *ts;

    memcpy(one.last, one.first, sizeof one.last);
    return one;
}

ike2_packet setup_packet(const struct setup *s)
{
    return (ike2_packet){ .local = first_address(&s->child_rooms[0].local[0]),
                          .remote = first_address(&s->child_rooms[0].remote[0]) };
}

void setup_init(struct setup *s, unsigned n, unsigned peer)
{
    const ike2_ts local = setup_net4(0x0a000000 + (n << 16), 16);
    const ike2_ts remote = setup_net4(0x0a000000 + (peer << 16), 16);
    char local_id[32], remote_id[32];

    *s = (struct setup){
        .endpoint = IKE2_INIT(ike2_endpoint_config), .limits = IKE2_INIT(ike2_limits),
        .retransmit = IKE2_INIT(ike2_retransmit), .peer = IKE2_INIT(ike2_peer_config),
        .psk_ours = "a secret of both", .psk_peers = "a secret of both",
    };
    (void)snprintf(local_id, sizeof local_id, "side%u.example.org", n);
    (void)snprintf(remote_id, sizeof remote_id, "side%u.example.org", peer);
    setup_ids(s, local_id, remote_id);
    for (size_t i = 0; i < SETUP_CHILDREN; i++) {
        s->children[i] = (ike2_child_config)IKE2_INIT(ike2_child_config);
        s->children[i].tag = 100 * n + i;
        setup_selectors(s, i, &local, 1, &remote, 1);
    }
    s->peer.tag = n;
    s->peer.children = s->children;
    s->peer.n_children = 1;
    s->endpoint.limits = &s->limits;
    s->endpoint.retransmit = &s->retransmit;
}
