#include "xfrm_trap.h"

#include <stdlib.h>

#include "xfrm_selector.h"

struct xfrm_trap {
    struct xfrm_trap *next;
    uint64_t tag;
    struct xfrm_use use;
    struct xfrm_selectors selectors;
};

void xfrm_traps_init(struct xfrm_traps *s, struct xfrm_policies *policies, uint32_t first_reqid)
{
    *s = (struct xfrm_traps){ .policies = policies, .last_reqid = first_reqid };
}

static void drop(struct xfrm_traps *s, const struct xfrm_trap *t)
{
    for (size_t i = 0; i < t->selectors.n; i++) {
        const struct xfrm_policy_name name = { .selector = t->selectors.list[i],
                                               .dir = XFRM_POLICY_OUT };

        xfrm_policies_drop(s->policies, &name, t);
    }
}

static void trap_free(struct xfrm_trap *t)
{
    xfrm_selectors_clear(&t->selectors);
    free(t);
}

static bool put(struct xfrm_traps *s, const struct xfrm_trap *t, struct fault *fault)
{
    for (size_t i = 0; i < t->selectors.n; i++) {
        const struct xfrm_policy_name name = { .selector = t->selectors.list[i],
                                               .dir = XFRM_POLICY_OUT };

        if (!xfrm_policies_put(s->policies, &name, &t->use, fault)) {
            drop(s, t);
            return false;
        }
    }
    return true;
}

static struct xfrm_trap *trap_new(struct xfrm_traps *s, const struct dataplane_trap *from,
                                  struct fault *fault)
{
    const struct xfrm_traffic traffic = {
        .local = from->ts_local,
        .remote = from->ts_remote,
        .n_local = from->n_ts_local,
        .n_remote = from->n_ts_remote,
        .ends = from->transport ? &from->path : NULL,
    };
    struct xfrm_trap *t = calloc(1, sizeof *t);

    if (t == NULL) {
        (void)fault_set(fault, "out of memory");
        return NULL;
    }
    s->last_reqid++;
    t->tag = from->tag;
    t->use = (struct xfrm_use){
        .owner = t,
        .wish = { .from = from->path.local,
                  .to = from->path.remote,
                  .reqid =
                      XFRM_REQID_TRAP | s->policies->program | (s->last_reqid & XFRM_REQID_NUMBER),
                  .transport = from->transport },
        .is_trap = true,
    };
    if (xfrm_selectors_make(&t->selectors, &traffic, fault))
        return t;
    trap_free(t);
    return NULL;
}

bool xfrm_traps_set(struct xfrm_traps *s, const struct dataplane_trap *trap, struct fault *fault)
{
    struct xfrm_trap *t;

    if (trap->transport && trap->path.local.family == 0)
        return fault_set(fault, "a trap for transport mode needs an address of ours");
    t = trap_new(s, trap, fault);
    if (t == NULL)
        return false;
    if (!put(s, t, fault)) {
        trap_free(t);
        return false;
    }
    t->next = s->first;
    s->first = t;
    return true;
}

static void take(struct xfrm_traps *s, struct xfrm_trap **at)
{
    struct xfrm_trap *t = *at;

    *at = t->next;
    drop(s, t);
    trap_free(t);
}

bool xfrm_traps_remove(struct xfrm_traps *s, uint64_t tag, struct fault *fault)
{
    struct xfrm_trap **at = &s->first;

    while (*at != NULL && (*at)->tag != tag)
        at = &(*at)->next;
    if (*at == NULL)
        return fault_set(fault, "there is no such trap");
    take(s, at);
    return true;
}

void xfrm_traps_clear(struct xfrm_traps *s)
{
    while (s->first != NULL)
        take(s, &s->first);
}

uint64_t xfrm_traps_find(const struct xfrm_traps *s, uint32_t reqid)
{
    const struct xfrm_trap *t = s->first;

    while (t != NULL && t->use.wish.reqid != reqid)
        t = t->next;
    return t != NULL ? t->tag : 0;
}
