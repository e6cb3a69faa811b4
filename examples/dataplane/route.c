#include "route.h"

#include <stdlib.h>

/* One selector of one pair. */
struct route {
    struct route *next;
    struct pair *pair;
    const ike2_ts *remote;
};

/* All routes of one prefix, newest first. */
struct bucket {
    struct table_node node;
    struct prefix prefix;
    struct route *routes;
};

static struct bucket *bucket_of(struct table_node *node)
{
    return (struct bucket *)((char *)node - offsetof(struct bucket, node));
}

static uint64_t hash_of(const struct routes *r, const struct prefix *p)
{
    uint64_t hash = r->config.seed ^ ((uint64_t)p->family << 8 | p->len);

    for (size_t i = 0; i < sizeof p->ip; i += 8) {
        uint64_t word = 0;

        for (size_t j = 0; j < 8; j++)
            word = word << 8 | p->ip[i + j];
        hash = table_mix(hash ^ word);
    }
    return hash;
}

static size_t *count_of(struct routes *r, const struct prefix *p)
{
    return &r->n_of_len[p->family == 6][p->len];
}

bool routes_init(struct routes *r, const struct routes_config *config)
{
    *r = (struct routes){ .config = *config };
    return table_init(&r->prefixes);
}

static void free_routes(struct route *list)
{
    while (list != NULL) {
        struct route *next = list->next;

        free(list);
        list = next;
    }
}

void routes_clear(struct routes *r)
{
    struct table_node *node = table_drain(&r->prefixes);

    while (node != NULL) {
        struct bucket *b = bucket_of(node);

        node = node->next;
        free_routes(b->routes);
        free(b);
    }
    table_clear(&r->prefixes);
}

/* --- Buckets -------------------------------------------------------------------------- */

static struct bucket *bucket_find(const struct routes *r, const struct prefix *p)
{
    struct table_node *node = table_first(&r->prefixes, hash_of(r, p));

    while (node != NULL && !prefix_equal(&bucket_of(node)->prefix, p))
        node = table_next(node);
    return node != NULL ? bucket_of(node) : NULL;
}

static struct bucket *bucket_add(struct routes *r, const struct prefix *p, struct fault *fault)
{
    struct bucket *b = calloc(1, sizeof *b);

    if (b == NULL) {
        (void)fault_set(fault, "out of memory");
        return NULL;
    }
    b->prefix = *p;
    if (r->config.changed != NULL && !r->config.changed(r->config.user, p, true)) {
        free(b);
        return NULL;
    }
    table_add(&r->prefixes, &b->node, hash_of(r, p));
    ++*count_of(r, p);
    return b;
}

/* Takes the pair's routes out, and the bucket if it has no others. */
static void bucket_leave(struct routes *r, struct bucket *b, const struct pair *p)
{
    struct route **at = &b->routes;

    while (*at != NULL) {
        struct route *route = *at;

        if (route->pair != p) {
            at = &route->next;
            continue;
        }
        *at = route->next;
        free(route);
    }
    if (b->routes != NULL)
        return;
    table_remove(&r->prefixes, &b->node);
    --*count_of(r, &b->prefix);
    if (r->config.changed != NULL)
        (void)r->config.changed(r->config.user, &b->prefix, false);
    free(b);
}

/* --- Pairs ---------------------------------------------------------------------------- */

static bool add_one(struct routes *r, struct pair *p, const ike2_ts *remote,
                    const struct prefix *prefix, struct fault *fault)
{
    struct bucket *b = bucket_find(r, prefix);
    struct route *route;

    if (b == NULL)
        b = bucket_add(r, prefix, fault);
    if (b == NULL)
        return false;
    route = calloc(1, sizeof *route);
    if (route == NULL) {
        bucket_leave(r, b, p);
        return fault_set(fault, "out of memory");
    }
    *route = (struct route){ .next = b->routes, .pair = p, .remote = remote };
    b->routes = route;
    return true;
}

bool routes_add(struct routes *r, struct pair *p, struct fault *fault)
{
    struct prefix prefix;
    struct prefix_walk w;
    size_t n = 0;
    bool ok = true;

    for (size_t i = 0; ok && i < p->selectors.n_remote; i++) {
        prefix_walk(&w, &p->selectors.remote[i]);
        while (ok && prefix_next(&w, &prefix)) {
            ok = n++ < ROUTES_PER_PAIR
                     ? add_one(r, p, &p->selectors.remote[i], &prefix, fault)
                     : fault_set(fault, "the peer's selectors are more than %d prefixes",
                                 ROUTES_PER_PAIR);
        }
    }
    if (!ok)
        routes_remove(r, p);
    return ok;
}

void routes_remove(struct routes *r, const struct pair *p)
{
    struct prefix prefix;
    struct prefix_walk w;
    size_t n = 0;

    for (size_t i = 0; i < p->selectors.n_remote; i++) {
        prefix_walk(&w, &p->selectors.remote[i]);
        while (n < ROUTES_PER_PAIR && prefix_next(&w, &prefix)) {
            struct bucket *b = bucket_find(r, &prefix);

            n++;
            if (b != NULL)
                bucket_leave(r, b, p);
        }
    }
}

/* --- Lookup --------------------------------------------------------------------------- */

/* The best of one bucket. Being closer at the peer's side counts before being closer at ours. */
static struct pair *best_of(const struct bucket *b, const struct flow *f)
{
    const ike2_ts *best_remote = NULL, *best_local = NULL;
    struct pair *best = NULL;

    for (const struct route *route = b->routes; route != NULL; route = route->next) {
        const ike2_ts *local = selectors_local(&route->pair->selectors, f);

        if (local == NULL || !selector_fits_remote(route->remote, f))
            continue;
        if (best != NULL && !selector_is_closer(route->remote, best_remote) &&
            (selector_is_closer(best_remote, route->remote) ||
             !selector_is_closer(local, best_local)))
            continue;
        best = route->pair;
        best_remote = route->remote;
        best_local = local;
    }
    return best;
}

struct pair *routes_find(const struct routes *r, const struct flow *f)
{
    const size_t *n_of_len = r->n_of_len[f->family == 6];
    struct pair *best = NULL;

    for (unsigned len = f->family == 6 ? 129 : 33; best == NULL && len-- > 0;) {
        struct prefix around;
        const struct bucket *b;

        if (n_of_len[len] == 0)
            continue;
        around = prefix_around(f->family, f->remote, len);
        b = bucket_find(r, &around);
        best = b != NULL ? best_of(b, f) : NULL;
    }
    return best;
}
