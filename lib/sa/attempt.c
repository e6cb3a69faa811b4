/* sa/attempt.c - our CREATE_CHILD_SA exchange, and who wins when the peer does the same. RFC 7296
 * 2.8.1. */
#include "sa/attempt.h"

#include <string.h>

ike2_err ike2_attempt_new(struct sa *sa, struct child *child, uint32_t replaces)
{
    struct attempt *a = ike2_mem_acquire(&sa->host->mem, sizeof *a);

    if (a == NULL)
        return IKE2_ERR_MEMORY;
    a->pair = ike2_pair_new(child, true);
    if (a->pair == NULL) {
        ike2_mem_release(&sa->host->mem, a, sizeof *a);
        return IKE2_ERR_MEMORY;
    }
    a->pair->is_held = true;
    a->child = child;
    a->replaces = replaces;
    sa->exchanges.attempt = a;
    return IKE2_OK;
}

void ike2_attempt_free(struct sa *sa)
{
    struct attempt *a = sa->exchanges.attempt;

    if (a == NULL)
        return;
    sa->exchanges.attempt = NULL;
    ike2_ke_clear(sa->host, &a->ke);
    a->pair->is_held = false;
    if (a->pair->state == PAIR_NEW)
        ike2_pair_end(a->pair, false);
    ike2_mem_release(&sa->host->mem, a, sizeof *a);
}

const struct nonce *ike2_nonce_lower(const struct nonce *a, const struct nonce *b)
{
    size_t shared = a->len < b->len ? a->len : b->len;
    int order = memcmp(a->octets, b->octets, shared);

    if (order == 0)
        return a->len <= b->len ? a : b;
    return order < 0 ? a : b;
}

void ike2_attempt_meet(struct attempt *attempt, uint32_t spi_in, const struct ke_stage *theirs)
{
    attempt->rival.spi_in = spi_in;
    attempt->rival.lowest = *ike2_nonce_lower(&theirs->ni, &theirs->nr);
}

bool ike2_attempt_has_lost(const struct sa *sa)
{
    const struct attempt *a = sa->exchanges.attempt;
    const struct pair *rival = a->rival.spi_in == 0
                                   ? NULL
                                   : ike2_map_get(&sa->host->esp_spis, a->rival.spi_in);
    const struct nonce *ours = ike2_nonce_lower(&a->ke.ni, &a->ke.nr);

    /* A rival that its creator has deleted meanwhile has lost. */
    if (rival == NULL || !ike2_pair_is_live(rival))
        return false;
    return ike2_nonce_lower(ours, &a->rival.lowest) == ours;
}

void ike2_attempt_on_delete(struct attempt *attempt, uint32_t spi_out)
{
    attempt->gone[attempt->n_gone++ % ATTEMPT_GONE] = spi_out;
}

bool ike2_attempt_is_gone(const struct attempt *attempt, uint32_t spi_out)
{
    for (size_t i = 0; i < ATTEMPT_GONE && i < attempt->n_gone; i++) {
        if (attempt->gone[i] == spi_out)
            return true;
    }
    return false;
}
