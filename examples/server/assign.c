#include "assign.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <stdlib.h>
#include <string.h>

#include <ike2/iana.h>

#include "cfg_reply.h"
#include "common/names.h"

/* --- Addresses that are never given out -------------------------------------------------- */

struct taken {
    ike2_addr *list;
    size_t n, cap;
};

static bool add(struct taken *t, const ike2_addr *a)
{
    if (t->n == t->cap) {
        size_t cap = 2 * t->cap + 64;
        ike2_addr *grown = realloc(t->list, cap * sizeof *grown);

        if (grown == NULL)
            return false;
        t->list = grown;
        t->cap = cap;
    }
    t->list[t->n++] = *a;
    return true;
}

static bool add_interface(struct taken *t, const struct sockaddr *sa)
{
    ike2_addr a = { .family = 4 };

    if (sa == NULL || (sa->sa_family != AF_INET && sa->sa_family != AF_INET6))
        return true;
    if (sa->sa_family == AF_INET) {
        memcpy(a.ip, &((const struct sockaddr_in *)(const void *)sa)->sin_addr, 4);
    } else {
        a.family = 6;
        memcpy(a.ip, &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr, 16);
    }
    return add(t, &a);
}

/* Where they cannot be told, `reserve` remains. */
static bool add_own(struct taken *t)
{
    struct ifaddrs *all = NULL, *at;
    bool ok = true;

    if (getifaddrs(&all) != 0)
        return true;
    for (at = all; ok && at != NULL; at = at->ifa_next)
        ok = add_interface(t, at->ifa_addr);
    freeifaddrs(all);
    return ok;
}

static bool add_servers(struct taken *t, const struct grant_servers *servers)
{
    bool ok = true;
    size_t i;

    for (i = 0; ok && i < servers->n; i++)
        ok = add(t, &servers->list[i]);
    return ok;
}

bool assign_configure(struct pools *p, const struct config *c)
{
    struct taken taken = { 0 };
    bool ok = add_own(&taken);
    size_t i;

    for (i = 0; ok && i < c->n_connections; i++)
        ok = add_servers(&taken, &c->connections[i].grant.dns) &&
             add_servers(&taken, &c->connections[i].grant.nbns);
    ok = ok && pools_configure(p, c->pools.list, c->pools.n, taken.list, taken.n);
    free(taken.list);
    return ok;
}

/* --- Answers ----------------------------------------------------------------------------- */

/* One question, and what becomes of it. */
struct assignment {
    const ike2_output *ask;
    const struct grant *grant;
    ike2_id owner; /* of the addresses */
    struct cfg_request request;
    bool asked, given, exhausted;
};

/* RFC 7619 2.2, 2.5: a name that nobody has proven leads to no address that another one has or had.
 * So each anonymous IKE SA is an owner by itself: ID_NULL with data, which never comes by wire. */
static ike2_id owner_of(const struct connection *c, const ike2_output *ask)
{
    const ike2_bytes serial = { .ptr = (const uint8_t *)&ask->sa, .len = sizeof ask->sa };

    if (connection_is_for_anonymous(c))
        return (ike2_id){ .type = IKE2_ID_NULL, .data = serial };
    return ask->u.config.remote;
}

static void take(struct service *s, struct assignment *a, uint8_t family, ike2_addr *out)
{
    struct pool_wish wish = { .names = a->grant->pools,
                              .n_names = a->grant->n_pools,
                              .owner = &a->owner,
                              .sa = a->ask->sa,
                              .replaces = a->ask->u.config.replaces };
    enum pool_result result;

    if (!cfg_request_address(&a->request, family, &wish.address))
        return;
    a->asked = true;
    result = pools_take(&s->roster.pools, &wish, out);
    a->given = a->given || result == POOL_OK;
    a->exhausted = a->exhausted || result == POOL_EXHAUSTED;
}

static json_t *address_text(const ike2_addr *a)
{
    char text[INET6_ADDRSTRLEN] = "";

    (void)inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->ip, text, sizeof text);
    return json_string(text);
}

/* The fields that all lines about a client have. */
static json_t *describe(const struct service *s, const ike2_output *ask)
{
    const struct roster_entry *e = roster_find(&s->roster, ask->peer_tag);
    bool is_proven = e == NULL || !connection_is_for_anonymous(e->connection);
    char remote[ID_TEXT];

    id_text(&ask->u.config.remote, remote);
    return json_pack("{s:I, s:s, s:s}", "sa", (json_int_t)ask->sa,
                     is_proven ? "remote_id" : "claimed_id", remote, "connection",
                     e != NULL ? e->connection->name : "");
}

static void log_given(const struct service *s, const struct assignment *a)
{
    json_t *fields = describe(s, a->ask), *list = json_array();

    if (a->request.ip4.family != 0)
        (void)json_array_append_new(list, address_text(&a->request.ip4));
    if (a->request.ip6.family != 0)
        (void)json_array_append_new(list, address_text(&a->request.ip6));
    (void)json_object_set_new(fields, "addresses", list);
    log_event(&s->log, LEVEL_INFO, "addresses-assigned", fields);
}

static void log_refused(struct service *s, const struct assignment *a)
{
    json_t *fields = describe(s, a->ask);

    (void)json_object_set_new(
        fields, "why",
        json_string(a->exhausted ? "all addresses of the pools are in use: see 'ikev2ctl pools', "
                                   "and add a range"
                                 : "no pool has addresses of the family that the client asks "
                                   "for: add one, or the client has to ask for the other"));
    recent_add(&s->failed.recent, "addresses-refused", json_incref(fields));
    log_event(&s->log, LEVEL_WARN, "addresses-refused", fields);
}

/* RFC 7296 3.15.4: refused only if there is no address at all. */
bool assign_config(struct service *s, const ike2_output *ask)
{
    const struct roster_entry *e = roster_find(&s->roster, ask->peer_tag);
    struct assignment a = { .ask = ask };
    struct cfg_reply reply;

    if (e == NULL)
        return false;
    a.grant = &e->connection->grant;
    a.owner = owner_of(e->connection, ask);
    a.request.attrs = ask->u.config.attrs;
    a.request.n = ask->u.config.n;
    take(s, &a, 4, &a.request.ip4);
    take(s, &a, 6, &a.request.ip6);
    if (a.asked && !a.given) {
        log_refused(s, &a);
        return false;
    }
    if (a.given)
        log_given(s, &a);
    cfg_reply_make(&reply, &a.request, a.grant);
    return journal_answer_config(s->host.journal, s->host.ep, host_now(), ask->ask, reply.list,
                                 reply.n) == IKE2_OK;
}

/* Is the Child SA for addresses of ours that the peer has not asked for? */
static bool lacks_address(const struct service *s, const ike2_output *ask)
{
    const struct roster_entry *e = roster_find(&s->roster, ask->peer_tag);
    uint32_t index = ask->u.ask_child.template_index;
    const struct connection_child *child;

    if (e == NULL || index >= e->connection->n_children)
        return false;
    child = &e->connection->children[index];
    return child->remote_ts.n == 0 && child->transport < IKE2_WANT_PREFER &&
           !pools_has(&s->roster.pools, ask->sa);
}

/* RFC 7296 2.19: where an address has to be asked for, who does not gets no Child SA. */
bool assign_child(struct service *s, const ike2_output *ask)
{
    if (lacks_address(s, ask))
        return journal_refuse(s->host.journal, s->host.ep, host_now(), ask->ask,
                              IKE2_NOTIFY_FAILED_CP_REQUIRED) == IKE2_OK;
    return journal_answer_child(s->host.journal, s->host.ep, host_now(), ask->ask, NULL) == IKE2_OK;
}
