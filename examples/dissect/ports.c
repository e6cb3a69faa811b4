/* ports.c - the ports that IKE is looked for on. */
#include "ports.h"

enum { PORT_IKE = 500, PORT_NATT = 4500 };

void ports_init(struct ports *p)
{
    *p = (struct ports){
        .n_ike = 1,
        .n_natt = 1,
        .ike = { PORT_IKE },
        .natt = { PORT_NATT },
    };
}

static bool add(uint16_t *list, size_t *n, uint16_t port)
{
    if (*n == PORTS_EACH)
        return false;
    list[(*n)++] = port;
    return true;
}

bool ports_add_ike(struct ports *p, uint16_t port)
{
    return add(p->ike, &p->n_ike, port);
}

bool ports_add_natt(struct ports *p, uint16_t port)
{
    return add(p->natt, &p->n_natt, port);
}

static bool has(const uint16_t *list, size_t n, uint16_t port)
{
    for (size_t i = 0; i < n; i++) {
        if (list[i] == port)
            return true;
    }
    return false;
}

static bool is_ours(const struct ports *p, uint16_t port, uint8_t *encap)
{
    if (has(p->natt, p->n_natt, port))
        *encap = IKE2_ENCAP_UDP;
    else if (has(p->ike, p->n_ike, port))
        *encap = IKE2_ENCAP_NONE;
    else
        return false;
    return true;
}

bool ports_of_udp(const struct ports *p, uint16_t src, uint16_t dst, uint8_t *encap)
{
    return is_ours(p, dst, encap) || is_ours(p, src, encap);
}

bool ports_of_tcp(const struct ports *p, uint16_t src, uint16_t dst)
{
    return has(p->natt, p->n_natt, src) || has(p->natt, p->n_natt, dst);
}
