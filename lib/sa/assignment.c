/* sa/assignment.c - Configuration payloads in IKE_AUTH. RFC 7296 2.19, 3.15, 3.15.4. */
#include "sa/assignment.h"

#include <string.h>

#include "sa/auth.h"
#include "sa/contact.h"
#include "sa/stage.h"

enum { IP4_OCTETS = 4, IP6_OCTETS = 16, IP6_PREFIX_OCTETS = 17, TYPE_MAX = 0x7fff };

/* --- Lists --------------------------------------------------------------------------- */

struct assignment *ike2_assignment_new(struct host *host, const ike2_cfg_attr *list, size_t n)
{
    size_t octets = 0, size;
    struct assignment *a;
    uint8_t *at;

    for (size_t i = 0; i < n; i++)
        octets += list[i].value.len;
    size = sizeof *a + n * sizeof *list + octets;
    a = ike2_mem_acquire(&host->mem, size);
    if (a == NULL)
        return NULL;
    a->size = size;
    a->n = n;
    at = (uint8_t *)&a->list[n];
    for (size_t i = 0; i < n; i++) {
        ike2_bytes value = list[i].value;

        if (value.len != 0)
            memcpy(at, value.ptr, value.len);
        a->list[i] = (ike2_cfg_attr){ .type = list[i].type, .value = { at, value.len } };
        at += value.len;
    }
    return a;
}

bool ike2_assignment_fits(const ike2_cfg_attr *attr)
{
    return attr->type <= TYPE_MAX && attr->value.len <= UINT16_MAX;
}

void ike2_assignment_bury(struct host *host, struct assignment *a)
{
    if (a == NULL)
        return;
    ike2_output_withdraw(host, &a->out);
    ike2_output_bury(host, &a->grave, a->size);
}

static void assign(struct sa *sa, struct assignment *a)
{
    a->is_ours = sa->role == INITIATOR;
    ike2_assignment_bury(sa->host, sa->who.assignment);
    sa->who.assignment = a;
}

/* The attributes of the message's payload, if it is of this type. What is beyond the limit is not
 * looked at. */
static bool read(const struct message *m, uint8_t cp_type, ike2_cfg_attr list[ASSIGNMENT_MAX],
                 size_t *n)
{
    ike2_bytes body = ike2_message_body(m, IKE2_PAYLOAD_CP);
    uint8_t type;
    ike2_walk w;

    *n = 0;
    if (body.ptr == NULL)
        return false;
    ike2_cfg_walk(&w, body, &type);
    while (*n < ASSIGNMENT_MAX && ike2_cfg_next(&w, &list[*n]))
        ++*n;
    return type == cp_type;
}

/* --- Responder ----------------------------------------------------------------------- */

static bool is_asked(const struct assignment *asked, uint16_t type)
{
    for (size_t i = 0; i < asked->n; i++) {
        if (asked->list[i].type == type)
            return true;
    }
    return false;
}

/* Of what the definition has, what was asked for. */
static enum verdict give_configured(struct sa *sa, const struct assignment *asked)
{
    const ike2_peer_config *peer = &sa->peer->peer;
    ike2_cfg_attr list[ASSIGNMENT_MAX];
    struct assignment *a;
    size_t n = 0;

    for (size_t i = 0; i < peer->n_config; i++) {
        if (is_asked(asked, peer->config[i].type))
            list[n++] = peer->config[i];
    }
    a = ike2_assignment_new(sa->host, list, n);
    if (a == NULL)
        return VERDICT_RETRY;
    assign(sa, a);
    return VERDICT_NEXT;
}

/* RFC 7296 3.15.4: the IKE SA comes up all the same, without a child. */
static enum verdict refuse(struct exchange *x, const struct refusal_notice *why)
{
    if (x->child == NULL)
        x->child = ike2_child_stage_new(x->sa->host);
    if (x->child == NULL)
        return VERDICT_RETRY;
    return ike2_stage_refuse(x->child, why->notify, why->reason, why->trace);
}

static enum verdict give_asked(struct exchange *x)
{
    enum verdict v = ike2_exchange_ask(x, IKE2_ASK_CONFIG, 0,
                                       IKE2_NOTIFY_INTERNAL_ADDRESS_FAILURE, IKE2_REASON_RESOURCE);

    return v == VERDICT_REFUSE ? refuse(x, &x->refusal) : v;
}

enum verdict ike2_assignment_give(struct sa *sa, struct exchange *x)
{
    const ike2_peer_config *peer = &sa->peer->peer;
    const struct refusal_notice not_asked = { .notify = IKE2_NOTIFY_FAILED_CP_REQUIRED,
                                              .reason = IKE2_REASON_RESOURCE };
    bool asks = (peer->asks & IKE2_ASKS_CONFIG) != 0;
    ike2_cfg_attr list[ASSIGNMENT_MAX];
    size_t n;

    if (!read(&x->in, IKE2_CP_REQUEST, list, &n))
        return peer->config_required == IKE2_ON ? refuse(x, &not_asked) : VERDICT_NEXT;
    if (!asks && peer->n_config == 0)
        return VERDICT_NEXT;
    if (x->asked == NULL)
        x->asked = ike2_assignment_new(sa->host, list, n);
    if (x->asked == NULL)
        return VERDICT_RETRY;
    return asks ? give_asked(x) : give_configured(sa, x->asked);
}

ike2_err ike2_assignment_answer(struct exchange *x, const ike2_cfg_attr *list, size_t n)
{
    struct assignment *a;

    if (n > ASSIGNMENT_MAX || (n != 0 && list == NULL))
        return IKE2_ERR_ARGUMENT;
    for (size_t i = 0; i < n; i++) {
        if (!ike2_assignment_fits(&list[i]))
            return IKE2_ERR_ARGUMENT;
    }
    a = ike2_assignment_new(x->sa->host, list, n);
    if (a == NULL)
        return IKE2_ERR_MEMORY;
    assign(x->sa, a);
    return IKE2_OK;
}

/* RFC 7296 2.19: a reply only to a request. */
void ike2_assignment_write_reply(ike2_writer *w, const struct exchange *x)
{
    const struct assignment *a = x->sa->who.assignment;

    if (x->asked != NULL && a != NULL)
        ike2_cfg_write(w, IKE2_CP_REPLY, a->list, a->n);
}

/* RFC 7296 3.15.1: an address of IPv6 has the length of a prefix behind it. */
static bool is_address(const ike2_cfg_attr *a, bool *v6)
{
    *v6 = a->type == IKE2_CFG_INTERNAL_IP6_ADDRESS;
    if (*v6)
        return a->value.len == IP6_PREFIX_OCTETS || a->value.len == IP6_OCTETS;
    return a->type == IKE2_CFG_INTERNAL_IP4_ADDRESS && a->value.len == IP4_OCTETS;
}

/* --- Initiator ----------------------------------------------------------------------- */

/* RFC 7296 2.8.3, 3.15.1: who is authenticated anew asks for the addresses that it has; the n-th
 * one of a type is the n-th one that was assigned. */
static void wish_again(const struct assignment *had, ike2_cfg_attr *list, size_t i)
{
    size_t nth = 0;
    bool v6;

    for (size_t j = 0; j < i; j++)
        nth += list[j].type == list[i].type ? 1 : 0;
    for (size_t j = 0; j < had->n; j++) {
        if (had->list[j].type != list[i].type || !is_address(&had->list[j], &v6) || nth-- > 0)
            continue;
        list[i].value = had->list[j].value;
        return;
    }
}

void ike2_assignment_write_request(ike2_writer *w, const struct sa *sa)
{
    const ike2_peer_config *peer = &sa->peer->peer;
    const struct sa *old = sa->exchanges.renews;
    ike2_cfg_attr list[ASSIGNMENT_MAX];

    if (peer->n_config == 0)
        return;
    memcpy(list, peer->config, peer->n_config * sizeof *list);
    for (size_t i = 0; old != NULL && old->who.assignment != NULL && i < peer->n_config; i++)
        wish_again(old->who.assignment, list, i);
    ike2_cfg_write(w, IKE2_CP_REQUEST, list, peer->n_config);
}

enum verdict ike2_assignment_take(struct sa *sa, struct exchange *x)
{
    ike2_cfg_attr list[ASSIGNMENT_MAX];
    struct assignment *a;
    size_t n;

    if (sa->peer->peer.n_config == 0 || !read(&x->in, IKE2_CP_REPLY, list, &n))
        return VERDICT_NEXT;
    a = ike2_assignment_new(sa->host, list, n);
    if (a == NULL)
        return VERDICT_RETRY;
    assign(sa, a);
    return VERDICT_NEXT;
}

void ike2_assignment_announce(struct sa *sa)
{
    if (sa->who.assignment != NULL && sa->who.assignment->is_ours)
        ike2_output_push(sa->host, &sa->who.assignment->out, IKE2_EVENT_CONFIG, sa);
}

void ike2_assignment_rename(struct sa *sa)
{
    sa->who.assignment->out.owner = sa;
}

/* --- Selectors ----------------------------------------------------------------------- */

static void allow(struct selectors *out, bool v6, const uint8_t *first, const uint8_t *last)
{
    size_t len = v6 ? IP6_OCTETS : IP4_OCTETS;
    ike2_ts *ts = &out->ts[out->n++];

    *ts = (ike2_ts){ .type = v6 ? IKE2_TS_IPV6_ADDR_RANGE : IKE2_TS_IPV4_ADDR_RANGE,
                     .port_last = UINT16_MAX };
    memcpy(ts->first, first, len);
    memcpy(ts->last, last, len);
}

static bool allow_assigned(const struct assignment *a, struct selectors *out)
{
    bool v6;

    for (size_t i = 0; i < a->n && out->n < NARROW_MAX; i++) {
        if (is_address(&a->list[i], &v6))
            allow(out, v6, a->list[i].value.ptr, a->list[i].value.ptr);
    }
    return out->n != 0;
}

/* RFC 7296 2.19: who asks for an address offers all of them, and the responder narrows. */
static bool allow_all(const ike2_peer_config *peer, struct selectors *out)
{
    static const uint8_t zeros[IP6_OCTETS];
    uint8_t ones[IP6_OCTETS];
    bool v4 = false, v6 = false;

    memset(ones, 0xff, sizeof ones);
    for (size_t i = 0; i < peer->n_config; i++) {
        v4 = v4 || peer->config[i].type == IKE2_CFG_INTERNAL_IP4_ADDRESS;
        v6 = v6 || peer->config[i].type == IKE2_CFG_INTERNAL_IP6_ADDRESS;
    }
    if (v4)
        allow(out, false, zeros, ones);
    if (v6)
        allow(out, true, zeros, ones);
    return v4 || v6;
}

bool ike2_assignment_allow(const struct sa *sa, bool ours, struct selectors *out)
{
    const struct assignment *a = sa->who.assignment;

    out->n = 0;
    if (a != NULL)
        return a->is_ours == ours && allow_assigned(a, out);
    return ours && sa->role == INITIATOR && sa->init != NULL && allow_all(&sa->peer->peer, out);
}

/* --- Outputs ------------------------------------------------------------------------- */

static void fill(const struct assignment *a, ike2_output *out)
{
    out->u.config.attrs = a->list;
    out->u.config.n = a->n;
}

void ike2_assignment_fill_ask(const struct exchange *x, ike2_output *out)
{
    fill(x->asked, out);
    out->u.config.remote = *auth_remote_id(x->sa, x);
    out->u.config.replaces = ike2_contact_supersedes(x);
}

void ike2_assignment_fill(const struct sa *sa, ike2_output *out)
{
    out->sa = sa->id;
    out->peer_tag = sa_peer_tag(sa);
    fill(sa->who.assignment, out);
    out->u.config.remote = sa->who.remote;
}
