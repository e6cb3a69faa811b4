/* sim/net.c - the network between the sides. */
#include "sim/net.h"

#include <stdlib.h>
#include <string.h>

#include "sim/ladder.h"

enum { NOTE_SENT = 1, NOTE_ARRIVED = 2, NOTE_ESP_SENT = 3, NOTE_ESP_ARRIVED = 4 };

void net_init(struct net *net, uint64_t seed)
{
    *net = (struct net){ .dice = { .state = mix(seed ^ UINT64_C(0x6e6574)) }, .delay_ms = 10 };
    list_init(&net->flying);
    net->esp.dice.state = mix(seed ^ UINT64_C(0x657370));
    list_init(&net->esp.flying);
}

void net_remove(struct net *net, struct packet *p)
{
    (void)net;
    list_remove(&p->node);
    free(p);
}

static void clear_list(struct net *net, const struct list *flying)
{
    struct list_node *n;

    while ((n = list_first(flying)) != NULL)
        net_remove(net, LIST_ENTRY(n, struct packet, node));
}

void net_clear(struct net *net)
{
    clear_list(net, &net->flying);
    clear_list(net, &net->esp.flying);
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
static void flight_insert(struct list *flying, struct packet *p)
{
    struct list_node *at = flying->head.prev;

    while (at != &flying->head && LIST_ENTRY(at, struct packet, node)->at > p->at)
        at = at->prev;
    p->node.prev = at;
    p->node.next = at->next;
    at->next->prev = &p->node;
    at->next = &p->node;
}

static bool percent(struct dice *dice, uint32_t n)
{
    return n != 0 && dice_below(dice, 100) < n;
}

static void net_fly(struct net *net, ike2_time now, struct packet *p)
{
    if (percent(&net->dice, net->loss_percent)) {
        net->n_lost++;
        ladder_lost(net->ladder, now, p);
        free(p);
        return;
    }
    p->at = now + net->delay_ms + dice_below(&net->dice, net->jitter_ms + 1);
    flight_insert(&net->flying, p);
}

static struct packet *packet_of(const ike2_addr *from, const ike2_addr *to, ike2_bytes octets)
{
    struct packet *p = malloc(sizeof *p + octets.len);

    if (p == NULL)
        abort();
    *p = (struct packet){ .from = *from, .to = *to, .len = octets.len };
    if (octets.len != 0)
        memcpy(p->octets, octets.ptr, octets.len);
    return p;
}

void net_send(struct net *net, ike2_time now, const ike2_addr *from, const ike2_addr *to,
              ike2_bytes octets)
{
    struct packet *p = packet_of(from, to, octets);

    net->n_sent++;
    net_note(net, now, NOTE_SENT, octets);
    nat_leave(net, &p->from);
    ladder_sent(net->ladder, now, p);
    if (!nat_enter(net, &p->to) || (net->tap != NULL && !net->tap(net->tap_user, p))) {
        net->n_lost++;
        ladder_lost(net->ladder, now, p);
        free(p);
        return;
    }
    if (percent(&net->dice, net->duplicate_percent)) {
        struct packet *copy = packet_new(p);

        copy->is_copy = true;
        net_fly(net, now, copy);
    }
    net_fly(net, now, p);
}

static void esp_fly(struct net *net, ike2_time now, struct packet *p)
{
    struct net_esp *esp = &net->esp;

    esp->n_sent++;
    if (percent(&esp->dice, net->loss_percent)) {
        esp->n_lost++;
        free(p);
        return;
    }
    p->at = now + net->delay_ms + dice_below(&esp->dice, net->jitter_ms + 1);
    flight_insert(&esp->flying, p);
}

void net_send_esp(struct net *net, ike2_time now, const ike2_addr *from, const ike2_addr *to,
                  ike2_bytes octets)
{
    struct packet *p = packet_of(from, to, octets);

    net_note(net, now, NOTE_ESP_SENT, octets);
    nat_leave(net, &p->from);
    if (!nat_enter(net, &p->to)) {
        net->esp.n_sent++;
        net->esp.n_lost++;
        free(p);
        return;
    }
    if (percent(&net->esp.dice, net->duplicate_percent))
        esp_fly(net, now, packet_new(p));
    esp_fly(net, now, p);
}

static ike2_time flight_next(const struct list *flying)
{
    const struct list_node *n = list_first(flying);

    return n == NULL ? IKE2_TIME_NEVER : LIST_ENTRY(n, struct packet, node)->at;
}

ike2_time net_next(const struct net *net)
{
    ike2_time ike = net->is_held ? IKE2_TIME_NEVER : flight_next(&net->flying);
    ike2_time esp = flight_next(&net->esp.flying);

    return ike < esp ? ike : esp;
}

static struct packet *flight_take(struct net *net, const struct list *flying, ike2_time now,
                                  uint64_t kind)
{
    struct packet *p;

    if (flight_next(flying) > now)
        return NULL;
    p = LIST_ENTRY(list_first(flying), struct packet, node);
    list_remove(&p->node);
    net_note(net, now, kind, (ike2_bytes){ .ptr = p->octets, .len = p->len });
    return p;
}

struct packet *net_take(struct net *net, ike2_time now)
{
    return net->is_held ? NULL : flight_take(net, &net->flying, now, NOTE_ARRIVED);
}

struct packet *net_take_esp(struct net *net, ike2_time now)
{
    return flight_take(net, &net->esp.flying, now, NOTE_ESP_ARRIVED);
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
