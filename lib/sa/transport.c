/* sa/transport.c - transport mode. RFC 7296 1.3.1, 2.23.1. */
#include "sa/transport.h"

#include <string.h>

static ike2_want want_of(const struct sa *sa, uint32_t template_index)
{
    return template_index < sa->peer->peer.n_children
               ? sa->peer->children[template_index].transport
               : IKE2_WANT_OFF;
}

bool ike2_transport_is_offered(const struct sa *sa, uint32_t template_index)
{
    return want_of(sa, template_index) >= IKE2_WANT_PREFER;
}

bool ike2_transport_is_allowed(const struct sa *sa, uint32_t template_index)
{
    return want_of(sa, template_index) >= IKE2_WANT_ALLOW;
}

void ike2_transport_write(ike2_writer *w)
{
    const ike2_notify n = { .type = IKE2_NOTIFY_USE_TRANSPORT_MODE };

    ike2_notify_write(w, &n);
}

bool ike2_transport_is_asked(const struct exchange *x)
{
    ike2_notify n;

    return ike2_message_notify(&x->in, IKE2_NOTIFY_USE_TRANSPORT_MODE, &n);
}

/* --- NAT ----------------------------------------------------------------------------- */

static size_t address_len(uint8_t family)
{
    return family == 4 ? 4 : 16;
}

static uint8_t family_of(const ike2_ts *ts)
{
    switch (ts->type) {
    case IKE2_TS_IPV4_ADDR_RANGE:
        return 4;
    case IKE2_TS_IPV6_ADDR_RANGE:
        return 6;
    default:
        return 0;
    }
}

/* RFC 7296 2.23.1: exactly one address, which is what all selectors have. */
static bool one_address(const struct selectors *s, ike2_addr *out)
{
    uint8_t family = s->n == 0 ? 0 : family_of(&s->ts[0]);
    size_t len = address_len(family);

    if (family == 0)
        return false;
    *out = (ike2_addr){ .family = family };
    memcpy(out->ip, s->ts[0].first, len);
    for (size_t i = 0; i < s->n; i++) {
        if (family_of(&s->ts[i]) != family || memcmp(s->ts[i].first, out->ip, len) != 0 ||
            memcmp(s->ts[i].last, out->ip, len) != 0)
            return false;
    }
    return true;
}

static void set_address(struct selectors *s, const ike2_addr *to)
{
    for (size_t i = 0; i < s->n; i++) {
        memcpy(s->ts[i].first, to->ip, address_len(to->family));
        memcpy(s->ts[i].last, to->ip, address_len(to->family));
    }
}

static void substitute(struct selectors *s, const ike2_addr *seen, ike2_addr *original)
{
    ike2_addr told;

    if (!one_address(s, &told) || told.family != seen->family)
        return;
    *original = told;
    set_address(s, seen);
}

void ike2_transport_substitute(struct child_stage *stage, const struct sa *sa)
{
    if (sa->nat.remote)
        substitute(&stage->asked.remote, &sa->path.remote, &stage->original_remote);
    if (sa->nat.local)
        substitute(&stage->asked.local, &sa->path.local, &stage->original_local);
}

void ike2_transport_accept(struct child_stage *stage, const struct sa *sa)
{
    ike2_transport_substitute(stage, sa);
    stage->original_local = stage->original_remote = (ike2_addr){ 0 };
}

static void restore(struct selectors *out, const ike2_ts *ts, size_t n, const ike2_addr *original)
{
    memcpy(out->ts, ts, n * sizeof *ts);
    out->n = n;
    if (original->family != 0)
        set_address(out, original);
}

void ike2_transport_restore(const ike2_pair *pair, struct both_selectors *out)
{
    restore(&out->local, pair->ts_local, pair->n_ts_local, &pair->original_local);
    restore(&out->remote, pair->ts_remote, pair->n_ts_remote, &pair->original_remote);
}
