#include "lease.h"

#include <stdlib.h>
#include <string.h>

static size_t octets_of(const ike2_addr *a)
{
    return a->family == 4 ? 4 : 16;
}

static bool same_ip(const ike2_addr *a, const ike2_addr *b)
{
    return a->family == b->family && memcmp(a->ip, b->ip, octets_of(a)) == 0;
}

static struct lease *lease_of(struct table_node *node)
{
    return (struct lease *)((char *)node - offsetof(struct lease, node));
}

static struct lease_owner *owner_of(struct table_node *node)
{
    return (struct lease_owner *)((char *)node - offsetof(struct lease_owner, node));
}

static struct lease_holder *holder_of(struct table_node *node)
{
    return (struct lease_holder *)((char *)node - offsetof(struct lease_holder, node));
}

/* --- Hashes ------------------------------------------------------------------------------ */

static uint64_t hash_octets(uint64_t hash, const uint8_t *octets, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++)
        hash = table_mix(hash ^ octets[i]);
    return hash;
}

static uint64_t hash_address(const struct leases *all, const ike2_addr *a)
{
    return hash_octets(all->seed ^ a->family, a->ip, octets_of(a));
}

static uint64_t hash_id(const struct leases *all, const ike2_id *id)
{
    return hash_octets(all->seed ^ (uint64_t)id->type << 32, id->data.ptr, id->data.len);
}

static uint64_t hash_sa(const struct leases *all, ike2_sa_id sa)
{
    return table_mix(all->seed ^ sa);
}

/* --- Life cycle -------------------------------------------------------------------------- */

bool leases_init(struct leases *all, uint64_t seed)
{
    *all = (struct leases){ .seed = seed };
    if (table_init(&all->addresses) && table_init(&all->owners) && table_init(&all->holders))
        return true;
    leases_clear(all);
    return false;
}

/* `within`: where in a block its node lies. */
static void free_all(struct table *t, size_t within)
{
    struct table_node *node = table_drain(t);

    while (node != NULL) {
        struct table_node *next = node->next;

        free((char *)node - within);
        node = next;
    }
    table_clear(t);
}

void leases_clear(struct leases *all)
{
    free_all(&all->addresses, offsetof(struct lease, node));
    free_all(&all->owners, offsetof(struct lease_owner, node));
    free_all(&all->holders, offsetof(struct lease_holder, node));
}

/* --- Books ------------------------------------------------------------------------------- */

static struct lease_list *list_of(struct lease_book *book, const struct lease *l)
{
    return l->holders != NULL ? &book->held : &book->kept;
}

void lease_enlist(struct lease_book *book, struct lease *l)
{
    struct lease_list *list = list_of(book, l);

    l->book = book;
    l->behind = NULL;
    l->before = list->last;
    *(list->last != NULL ? &list->last->behind : &list->first) = l;
    list->last = l;
    list->n++;
}

/* Before its holders change. */
static void delist(struct lease *l)
{
    struct lease_list *list = list_of(l->book, l);

    *(l->before != NULL ? &l->before->behind : &list->first) = l->behind;
    *(l->behind != NULL ? &l->behind->before : &list->last) = l->before;
    list->n--;
}

/* --- Owners ------------------------------------------------------------------------------ */

static bool same_id(const ike2_id *a, const ike2_id *b)
{
    return a->type == b->type && a->data.len == b->data.len &&
           (a->data.len == 0 || memcmp(a->data.ptr, b->data.ptr, a->data.len) == 0);
}

struct lease_owner *lease_owner_get(struct leases *all, const ike2_id *id)
{
    uint64_t hash = hash_id(all, id);
    struct table_node *node = table_first(&all->owners, hash);
    size_t len = id->data.len;
    struct lease_owner *o;

    while (node != NULL && !same_id(&owner_of(node)->id, id))
        node = table_next(node);
    if (node != NULL)
        return owner_of(node);
    o = calloc(1, sizeof *o + len);
    if (o == NULL)
        return NULL;
    if (len > 0)
        memcpy(o->octets, id->data.ptr, len);
    o->id = (ike2_id){ .type = id->type, .data = { .ptr = o->octets, .len = len } };
    table_add(&all->owners, &o->node, hash);
    return o;
}

void lease_owner_sweep(struct leases *all, struct lease_owner *o)
{
    if (o->leases != NULL)
        return;
    table_remove(&all->owners, &o->node);
    free(o);
}

static void give(struct lease_owner *o, struct lease *l)
{
    l->owner = o;
    l->next = o->leases;
    o->leases = l;
}

static void take_away(struct leases *all, struct lease *l)
{
    struct lease **at = &l->owner->leases;

    while (*at != l)
        at = &(*at)->next;
    *at = l->next;
    lease_owner_sweep(all, l->owner);
}

/* --- Leases ------------------------------------------------------------------------------ */

struct lease *lease_find(const struct leases *all, const ike2_addr *address)
{
    struct table_node *node = table_first(&all->addresses, hash_address(all, address));

    while (node != NULL && !same_ip(&lease_of(node)->address, address))
        node = table_next(node);
    return node != NULL ? lease_of(node) : NULL;
}

struct lease *lease_new(struct leases *all, struct lease_book *book, struct lease_owner *owner,
                        const ike2_addr *address)
{
    struct lease *l = calloc(1, sizeof *l);

    if (l == NULL)
        return NULL;
    l->address = *address;
    table_add(&all->addresses, &l->node, hash_address(all, address));
    lease_enlist(book, l);
    give(owner, l);
    return l;
}

void lease_pass(struct leases *all, struct lease *l, struct lease_owner *owner)
{
    take_away(all, l);
    give(owner, l);
}

void lease_forget(struct leases *all, struct lease *l)
{
    take_away(all, l);
    table_remove(&all->addresses, &l->node);
    free(l);
}

/* --- Holders ----------------------------------------------------------------------------- */

bool lease_is_held_by(const struct lease *l, ike2_sa_id sa)
{
    const struct lease_holder *h = l->holders;

    while (h != NULL && h->sa != sa)
        h = h->next;
    return h != NULL;
}

bool lease_hold(struct leases *all, struct lease *l, ike2_sa_id sa)
{
    struct lease_holder *h;

    if (lease_is_held_by(l, sa))
        return true;
    h = calloc(1, sizeof *h);
    if (h == NULL)
        return false;
    delist(l);
    *h = (struct lease_holder){ .next = l->holders, .lease = l, .sa = sa };
    l->holders = h;
    table_add(&all->holders, &h->node, hash_sa(all, sa));
    lease_enlist(l->book, l);
    return true;
}

static struct lease_holder *holder_find(const struct leases *all, ike2_sa_id sa)
{
    struct table_node *node = table_first(&all->holders, hash_sa(all, sa));

    while (node != NULL && holder_of(node)->sa != sa)
        node = table_next(node);
    return node != NULL ? holder_of(node) : NULL;
}

bool lease_is_holder(const struct leases *all, ike2_sa_id sa)
{
    return holder_find(all, sa) != NULL;
}

struct lease *lease_drop(struct leases *all, ike2_sa_id sa)
{
    struct lease_holder *h = holder_find(all, sa), **at;
    struct lease *l;

    if (h == NULL)
        return NULL;
    l = h->lease;
    delist(l);
    for (at = &l->holders; *at != h;)
        at = &(*at)->next;
    *at = h->next;
    table_remove(&all->holders, &h->node);
    free(h);
    return l;
}
