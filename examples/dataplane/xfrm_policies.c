#include "xfrm_policies.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "xfrm_selector.h"

/* A name without padding. */
enum { KEY = 16 + 16 + 4 * 2 + 2 + 4 };

struct use {
    struct use *next;
    struct xfrm_use what;
};

struct policy {
    struct table_node node; /* first */
    struct xfrm_policy_name name;
    uint8_t key[KEY];
    struct use *uses; /* the first one is heard */
};

/* --- Finding ---------------------------------------------------------------------------- */

static void pack(const struct xfrm_policy_name *name, uint8_t key[KEY])
{
    const struct xfrm_selector *s = &name->selector;
    const uint16_t words[] = { s->sport, s->sport_mask, s->dport, s->dport_mask, s->family };
    const uint8_t octets[] = { s->prefixlen_s, s->prefixlen_d, s->proto, name->dir };

    memcpy(key, &s->saddr, 16);
    memcpy(key + 16, &s->daddr, 16);
    memcpy(key + 32, words, sizeof words);
    memcpy(key + 32 + sizeof words, octets, sizeof octets);
}

static uint64_t hash(const struct xfrm_policies *s, const uint8_t key[KEY])
{
    uint64_t h = s->seed, part;

    for (size_t i = 0; i < KEY; i += sizeof part) {
        part = 0;
        memcpy(&part, key + i, KEY - i < sizeof part ? KEY - i : sizeof part);
        h = table_mix(h ^ part);
    }
    return h;
}

static struct policy *find(const struct xfrm_policies *s, const uint8_t key[KEY])
{
    struct table_node *node = table_first(&s->table, hash(s, key));

    while (node != NULL && memcmp(((struct policy *)node)->key, key, KEY) != 0)
        node = table_next(node);
    return (struct policy *)node;
}

/* --- The kernel ------------------------------------------------------------------------- */

/* A policy that is there already: of a program that was killed? None that runs has our number. */
static bool is_left_behind(const struct xfrm_policies *s, const struct xfrm_policy_name *name,
                           uint32_t *reqid)
{
    struct talk_message m;
    struct talk_answer answer;

    xfrm_policy_write_name(&m, XFRM_MSG_GETPOLICY, name);
    return talk_ask(s->talk, &m, &answer) == 0 && xfrm_policy_read(&answer, reqid) &&
           (*reqid & XFRM_REQID_OURS) == ((XFRM_REQID_CHILD | s->program) & XFRM_REQID_OURS);
}

static int write_policy(const struct xfrm_policies *s, uint16_t type,
                        const struct xfrm_policy_name *name, const struct xfrm_wish *wish)
{
    struct talk_message m;

    xfrm_policy_write(&m, type, name, wish);
    return talk_tell(s->talk, &m);
}

static bool tell(const struct xfrm_policies *s, const struct policy *p, bool is_new,
                 struct fault *fault)
{
    const struct xfrm_wish *wish = &p->uses->what.wish;
    char text[XFRM_SELECTOR_TEXT];
    uint32_t reqid = 0;
    int error = write_policy(s, is_new ? XFRM_MSG_NEWPOLICY : XFRM_MSG_UPDPOLICY, &p->name, wish);

    if (error == EEXIST && is_left_behind(s, &p->name, &reqid)) {
        error = write_policy(s, XFRM_MSG_UPDPOLICY, &p->name, wish);
        if (error == 0 && reqid != wish->reqid && s->replaced != NULL)
            s->replaced(s->user, reqid);
    }
    if (error == 0)
        return true;
    xfrm_selector_text(&p->name.selector, text);
    if (error == EEXIST)
        return fault_set(fault, "%s has another program's IPsec policy: ip xfrm policy", text);
    return fault_set(fault, "no IPsec policy for %s: %s", text, strerror(error));
}

static void tell_gone(const struct xfrm_policies *s, const struct policy *p)
{
    struct talk_message m;

    xfrm_policy_write_name(&m, XFRM_MSG_DELPOLICY, &p->name);
    (void)talk_tell(s->talk, &m);
}

/* --- Uses ------------------------------------------------------------------------------- */

/* Where the owner's use hangs, or NULL. */
static struct use **use_of(struct policy *p, const void *owner)
{
    struct use **at = &p->uses;

    while (*at != NULL && (*at)->what.owner != owner)
        at = &(*at)->next;
    return *at != NULL ? at : NULL;
}

static void add_use(struct policy *p, struct use *u)
{
    struct use **at = &p->uses;

    while (u->what.is_trap && *at != NULL && !(*at)->what.is_trap)
        at = &(*at)->next;
    u->next = *at;
    *at = u;
}

static void take_use(struct use **at)
{
    struct use *u = *at;

    *at = u->next;
    free(u);
}

static void forget(struct xfrm_policies *s, struct policy *p)
{
    table_remove(&s->table, &p->node);
    free(p);
}

/* --- All of them ------------------------------------------------------------------------ */

bool xfrm_policies_init(struct xfrm_policies *s, struct talk *talk, uint64_t seed)
{
    *s = (struct xfrm_policies){ .talk = talk, .seed = seed };
    return table_init(&s->table);
}

void xfrm_policies_clear(struct xfrm_policies *s)
{
    struct table_node *node = table_drain(&s->table), *next;

    for (; node != NULL; node = next) {
        struct policy *p = (struct policy *)node;

        next = node->next;
        tell_gone(s, p);
        while (p->uses != NULL)
            take_use(&p->uses);
        free(p);
    }
    table_clear(&s->table);
}

static struct policy *make(struct xfrm_policies *s, const struct xfrm_policy_name *name,
                           const uint8_t key[KEY])
{
    struct policy *p = calloc(1, sizeof *p);

    if (p == NULL)
        return NULL;
    p->name = *name;
    memcpy(p->key, key, KEY);
    table_add(&s->table, &p->node, hash(s, key));
    return p;
}

/* Does the kernel see no difference? */
static bool is_same(const struct xfrm_use *a, const struct xfrm_use *b)
{
    return xfrm_wish_equal(&a->wish, &b->wish);
}

/* An owner who is there already wants something else; it stays where it is. */
static bool change(struct xfrm_policies *s, struct policy *p, struct use *u,
                   const struct xfrm_use *use, struct fault *fault)
{
    const struct xfrm_use was = u->what;

    u->what = *use;
    if (p->uses != u || is_same(&was, use) || tell(s, p, false, fault))
        return true;
    u->what = was;
    return false;
}

/* One more; `p` has no use yet if it is new. */
static bool add(struct xfrm_policies *s, struct policy *p, const struct xfrm_use *use,
                struct fault *fault)
{
    bool is_new = p->uses == NULL;
    struct use *u = calloc(1, sizeof *u);

    if (u == NULL)
        return fault_set(fault, "out of memory");
    u->what = *use;
    add_use(p, u);
    if (p->uses != u || (!is_new && is_same(&u->next->what, use)) || tell(s, p, is_new, fault))
        return true;
    take_use(&p->uses);
    return false;
}

bool xfrm_policies_put(struct xfrm_policies *s, const struct xfrm_policy_name *name,
                       const struct xfrm_use *use, struct fault *fault)
{
    uint8_t key[KEY];
    struct policy *p;
    struct use **at;

    pack(name, key);
    p = find(s, key);
    at = p != NULL ? use_of(p, use->owner) : NULL;
    if (at != NULL)
        return change(s, p, *at, use, fault);
    if (p == NULL)
        p = make(s, name, key);
    if (p == NULL)
        return fault_set(fault, "out of memory");
    if (add(s, p, use, fault))
        return true;
    if (p->uses == NULL)
        forget(s, p);
    return false;
}

void xfrm_policies_drop(struct xfrm_policies *s, const struct xfrm_policy_name *name,
                        const void *owner)
{
    uint8_t key[KEY];
    struct policy *p;
    struct use **at;
    struct xfrm_use was;
    struct fault ignored;

    pack(name, key);
    p = find(s, key);
    at = p != NULL ? use_of(p, owner) : NULL;
    if (at == NULL)
        return;
    was = p->uses->what;
    take_use(at);
    if (p->uses == NULL) {
        tell_gone(s, p);
        forget(s, p);
    } else if (!is_same(&was, &p->uses->what)) {
        (void)tell(s, p, false, &ignored);
    }
}
