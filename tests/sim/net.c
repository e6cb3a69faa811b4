/* sim/net.c - the network between the sides. */
#include "sim/net.h"

#include <stdlib.h>
#include <string.h>

enum { NOTE_SENT = 1, NOTE_ARRIVED = 2 };

void net_init(struct net *net, uint64_t seed)
{
    *net = (struct net){ .dice = { .state = mix(seed ^ UINT64_C(0x6e6574)) }, .delay_ms = 10 };
    list_init(&net->flying);
}

void net_remove(struct net *net, struct packet *p)
{
    (void)net;
    list_remove(&p->node);
    free(p);
}

void net_clear(struct net *net)
{
    struct list_node *n;

    while ((n = list_first(&net->flying)) != NULL)
        net_remove(net, LIST_ENTRY(n, struct packet, node));
}

void net_note(struct net *net, ike2_time now, uint64_t kind, ike2_bytes octets)
{
    net->transcript = mix(net->transcript ^ now) + kind;
    for (size_t i = 0; i < octets.len; i++)
        net->transcript = (net->transcript ^ octets.ptr[i]) * UINT64_C(0x100000001b3);
}

bool net_same_ip(const ike2_addr *a, const ike2_addr *b)
{
    return a->family == b->family && memcmp(a->ip, b->ip, sizeof a->ip) == 0;
}

/* --- NATs ----------------------------------------------------------------------------- */

static uint16_t nat_port_out(struct nat_box *nat, uint16_t inside)
{
    size_t i = 0;

    if (nat->first_port == 0)
        return inside;
    while (i < nat->n_bindings && nat->ports[i] != inside)
        i++;
    if (i == NAT_BINDINGS)
        abort();
    if (i == nat->n_bindings)
        nat->ports[nat->n_bindings++] = inside;
    return (uint16_t)(nat->first_port + i);
}

static void nat_leave(struct net *net, ike2_addr *from)
{
    for (size_t i = 0; i < NET_NATS; i++) {
        struct nat_box *nat = &net->nats[i];

        if (!nat->is_on || !net_same_ip(&nat->inside, from))
            continue;
        uint16_t port = nat_port_out(nat, from->port);

        *from = nat->outside;
        from->port = port;
        return;
    }
}

/* False: no binding, the NAT drops it. */
static bool nat_enter(const struct net *net, ike2_addr *to)
{
    for (size_t i = 0; i < NET_NATS; i++) {
        const struct nat_box *nat = &net->nats[i];
        uint16_t port = to->port;

        if (!nat->is_on || !net_same_ip(&nat->outside, to))
            continue;
        if (nat->first_port != 0) {
            size_t binding = (size_t)port - nat->first_port;

            if (port < nat->first_port || binding >= nat->n_bindings)
                return false;
            port = nat->ports[binding];
        }
        *to = nat->inside;
        to->port = port;
        return true;
    }
    return true;
}

void net_rebind(struct net *net, size_t nat, uint16_t first_port)
{
    net->nats[nat].first_port = first_port;
    net->nats[nat].n_bindings = 0;
}

/* --- Flight --------------------------------------------------------------------------- */

static struct packet *packet_new(const struct packet *like)
{
    struct packet *p = malloc(sizeof *p + like->len);

    if (p == NULL)
        abort();
    memcpy(p, like, sizeof *p + like->len);
    p->node = (struct list_node){ 0 };
    return p;
}

/* Behind those that arrive before it or at the same time. */
static void net_insert(struct net *net, struct packet *p)
{
    struct list_node *at = net->flying.head.prev;

    while (at != &net->flying.head && LIST_ENTRY(at, struct packet, node)->at > p->at)
        at = at->prev;
    p->node.prev = at;
    p->node.next = at->next;
    at->next->prev = &p->node;
    at->next = &p->node;
}

static bool percent(struct net *net, uint32_t n)
{
    return n != 0 && dice_below(&net->dice, 100) < n;
}

static void net_fly(struct net *net, ike2_time now, struct packet *p)
{
    if (percent(net, net->loss_percent)) {
        net->n_lost++;
        free(p);
        return;
    }
    p->at = now + net->delay_ms + dice_below(&net->dice, net->jitter_ms + 1);
    net_insert(net, p);
}

void net_send(struct net *net, ike2_time now, const ike2_addr *from, const ike2_addr *to,
              ike2_bytes octets)
{
    struct packet *p = malloc(sizeof *p + octets.len);

    if (p == NULL)
        abort();
    *p = (struct packet){ .from = *from, .to = *to, .len = octets.len };
    if (octets.len != 0)
        memcpy(p->octets, octets.ptr, octets.len);
    net->n_sent++;
    net_note(net, now, NOTE_SENT, octets);
    nat_leave(net, &p->from);
    if (!nat_enter(net, &p->to) || (net->tap != NULL && !net->tap(net->tap_user, p))) {
        net->n_lost++;
        free(p);
        return;
    }
    if (percent(net, net->duplicate_percent))
        net_fly(net, now, packet_new(p));
    net_fly(net, now, p);
}

ike2_time net_next(const struct net *net)
{
    const struct list_node *n = list_first(&net->flying);

    return n == NULL || net->is_held ? IKE2_TIME_NEVER : LIST_ENTRY(n, struct packet, node)->at;
}

struct packet *net_take(struct net *net, ike2_time now)
{
    struct packet *p;

    if (net_next(net) > now)
        return NULL;
    p = LIST_ENTRY(list_first(&net->flying), struct packet, node);
    list_remove(&p->node);
    net_note(net, now, NOTE_ARRIVED, (ike2_bytes){ .ptr = p->octets, .len = p->len });
    return p;
}

struct packet *net_peek(const struct net *net, const ike2_addr *to)
{
    for (struct list_node *n = list_first(&net->flying); n != NULL;
         n = list_next(&net->flying, n)) {
        struct packet *p = LIST_ENTRY(n, struct packet, node);

        if (net_same_ip(&p->to, to))
            return p;
    }
    return NULL;
}
