/* sim/announced.c - what the two sides of a world announce by SIGNATURE_HASH_ALGORITHMS. */
#include "sim/announced.h"

#include <ike2/message.h>

enum { HEADER_OCTETS = 28, NEXT_PAYLOAD = 16, EXCHANGE = 18 };

static void hear(struct announced *h, size_t direction, ike2_bytes message)
{
    ike2_bytes chain = { message.ptr + HEADER_OCTETS, message.len - HEADER_OCTETS };
    ike2_payload p;
    ike2_notify n;
    ike2_walk w, list;

    ike2_payload_walk(&w, message.ptr[NEXT_PAYLOAD], chain);
    while (ike2_payload_next(&w, &p)) {
        if (p.type != IKE2_PAYLOAD_NOTIFY || ike2_notify_read(p.body, &n) != IKE2_OK ||
            n.type != IKE2_NOTIFY_SIGNATURE_HASH_ALGORITHMS)
            continue;
        h->has[direction] = true;
        ike2_notify_list_walk(&list, n.data);
        while (h->n[direction] < ANNOUNCED_HASHES &&
               ike2_notify_list_next(&list, &h->hashes[direction][h->n[direction]]))
            h->n[direction]++;
    }
}

static bool tap(void *user, struct packet *p)
{
    struct announced *h = user;

    if (p->octets[EXCHANGE] == IKE2_EXCHANGE_IKE_SA_INIT)
        hear(h, net_same_ip(&p->from, &h->responder->addr) ? 1 : 0,
             (ike2_bytes){ p->octets, p->len });
    return true;
}

void announced_listen(struct announced *h, struct world *w)
{
    *h = (struct announced){ .responder = w->sides[1] };
    w->net.tap = tap;
    w->net.tap_user = h;
}
