#include "xfrm_lane.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <ike2/iana.h>

enum { PROGRAMS = 16, PROGRAM_SHIFT = 20 };

/* --- Which program ---------------------------------------------------------------------- */

/* Programs in one network namespace have different numbers, so that each knows what is its own, and
 * what nobody's any more. The address of a socket is such a number: it is free when its owner has
 * ended, however that was. */
static int take_number(uint32_t *number)
{
    struct sockaddr_un name = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    for (*number = 0; fd >= 0 && *number < PROGRAMS; (*number)++) {
        int len = snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "ike2-xfrm-%u", *number);

        if (bind(fd, (const struct sockaddr *)&name,
                 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len)) == 0)
            return fd;
    }
    if (fd >= 0)
        (void)close(fd);
    return -1;
}

static void on_replaced(void *user, uint32_t reqid)
{
    const struct xfrm_lane *l = user;

    xfrm_sad_purge(&l->sad, reqid);
}

bool xfrm_lane_init(struct xfrm_lane *l, const ike2_crypto *crypto, struct talk *talk,
                    struct fault *fault)
{
    uint64_t seed[2];
    uint32_t number = 0;
    bool ok;

    *l = (struct xfrm_lane){ .sad = { .talk = talk, .crypto = crypto }, .lock = -1 };
    if (crypto->random(crypto->user, (uint8_t *)seed, sizeof seed) != IKE2_OK)
        return fault_set(fault, "no random octets");
    l->lock = take_number(&number);
    if (l->lock < 0)
        return fault_set(fault, "%d programs use the kernel's ESP already", PROGRAMS);
    l->first_reqid = (uint32_t)seed[1] & XFRM_REQID_NUMBER;
    ok = xfrm_pairs_init(&l->pairs, crypto);
    ok = xfrm_policies_init(&l->policies, talk, seed[0]) && ok;
    l->policies.program = number << PROGRAM_SHIFT;
    l->policies.replaced = on_replaced;
    l->policies.user = l;
    return ok || fault_set(fault, "out of memory");
}

static uint32_t reqid_of(const struct xfrm_lane *l, ike2_child_id child)
{
    return XFRM_REQID_CHILD | l->policies.program |
           ((l->first_reqid + (uint32_t)child) & XFRM_REQID_NUMBER);
}

/* --- Policies --------------------------------------------------------------------------- */

static const uint8_t dirs_in[] = { XFRM_POLICY_IN, XFRM_POLICY_FWD };

static struct xfrm_policy_name name_of(const struct xfrm_selector *out, uint8_t dir)
{
    return (struct xfrm_policy_name){ .selector =
                                          dir == XFRM_POLICY_OUT ? *out : xfrm_selector_turn(out),
                                      .dir = dir };
}

static struct xfrm_use use_of(const struct xfrm_pair *p, uint8_t dir)
{
    const ike2_pair *pair = &p->pair;
    bool is_out = dir == XFRM_POLICY_OUT;

    /* Outbound, the SPI says which of several SAs it is. Inbound, packets of an older one are
     * welcome as long as it is there. */
    return (struct xfrm_use){
        .owner = p,
        .wish = { .from = is_out ? pair->path.local : pair->path.remote,
                  .to = is_out ? pair->path.remote : pair->path.local,
                  .spi = is_out ? pair->spi_out : 0,
                  .reqid = p->reqid,
                  .transport = pair->transport },
    };
}

static void drop_policies(struct xfrm_lane *l, const struct xfrm_pair *p, uint8_t dir)
{
    for (size_t i = 0; i < p->selectors.n; i++) {
        const struct xfrm_policy_name name = name_of(&p->selectors.list[i], dir);

        xfrm_policies_drop(&l->policies, &name, p);
    }
}

static bool put_policies(struct xfrm_lane *l, const struct xfrm_pair *p, uint8_t dir,
                         struct fault *fault)
{
    const struct xfrm_use use = use_of(p, dir);

    for (size_t i = 0; i < p->selectors.n; i++) {
        const struct xfrm_policy_name name = name_of(&p->selectors.list[i], dir);

        if (!xfrm_policies_put(&l->policies, &name, &use, fault)) {
            drop_policies(l, p, dir);
            return false;
        }
    }
    return true;
}

/* Nothing is forwarded in transport mode. */
static size_t n_dirs_in(const struct xfrm_pair *p)
{
    return p->pair.transport ? 1 : 2;
}

static void drop_policies_in(struct xfrm_lane *l, const struct xfrm_pair *p)
{
    for (size_t i = 0; i < n_dirs_in(p); i++)
        drop_policies(l, p, dirs_in[i]);
}

static bool put_policies_in(struct xfrm_lane *l, const struct xfrm_pair *p, struct fault *fault)
{
    for (size_t i = 0; i < n_dirs_in(p); i++) {
        if (!put_policies(l, p, dirs_in[i], fault)) {
            drop_policies_in(l, p);
            return false;
        }
    }
    return true;
}

/* --- Reserve, release ------------------------------------------------------------------- */

bool xfrm_lane_reserve(struct xfrm_lane *l, const ike2_path *path, uint8_t protocol, uint32_t *spi,
                       struct fault *fault)
{
    struct xfrm_name name = { .to = path->local };
    struct xfrm_pair *p;

    if (!xfrm_sad_reserve(&l->sad, path, protocol, &name.spi, fault))
        return false;
    p = xfrm_pairs_add(&l->pairs, name.spi, path);
    if (p == NULL) {
        (void)xfrm_sad_delete(&l->sad, &name, fault);
        return fault_set(fault, "out of memory");
    }
    p->is_reserved = true;
    *spi = name.spi;
    return true;
}

static bool unreserve(const struct xfrm_lane *l, struct xfrm_pair *p, struct fault *fault)
{
    const struct xfrm_name name = { .to = p->pair.path.local, .spi = p->pair.spi_in };

    p->is_reserved = false;
    return xfrm_sad_delete(&l->sad, &name, fault);
}

bool xfrm_lane_release(struct xfrm_lane *l, const ike2_pair *pair, struct fault *fault)
{
    struct xfrm_pair *p = xfrm_pairs_find(&l->pairs, pair->spi_in);
    bool ok;

    if (p == NULL || p->reqid != 0)
        return fault_set(fault, "SPI %08x was never reserved here", pair->spi_in);
    ok = unreserve(l, p, fault);
    xfrm_pairs_remove(&l->pairs, p);
    return ok;
}

/* --- Install ---------------------------------------------------------------------------- */

static bool may_carry(const ike2_pair *p, struct fault *fault)
{
    if (p->protocol != IKE2_PROTOCOL_ESP)
        return fault_set(fault, "only ESP is carried, not protocol %u", p->protocol);
    if (p->encap != IKE2_ENCAP_NONE && p->encap != IKE2_ENCAP_UDP)
        return fault_set(fault, "the kernel carries ESP bare or in UDP, not in TCP");
    return true;
}

/* Inbound first: the peer may send at once. Then outbound, on which nothing is sent as long as no
 * policy names its SPI. */
static bool put_pair(struct xfrm_lane *l, const struct xfrm_pair *p, struct fault *fault)
{
    const struct xfrm_half in = xfrm_pair_half(p, true), out = xfrm_pair_half(p, false);
    const struct xfrm_name name_in = xfrm_half_name(&in), name_out = xfrm_half_name(&out);
    struct fault ignored;

    if (!xfrm_sad_put(&l->sad, &in, p->is_reserved, fault))
        return false;
    if (xfrm_sad_put(&l->sad, &out, false, fault)) {
        if (put_policies_in(l, p, fault))
            return true;
        (void)xfrm_sad_delete(&l->sad, &name_out, &ignored);
    }
    (void)xfrm_sad_delete(&l->sad, &name_in, &ignored);
    return false;
}

static bool same_ip(const ike2_addr *a, const ike2_addr *b)
{
    return a->family == b->family && memcmp(a->ip, b->ip, a->family == 4 ? 4 : 16) == 0;
}

bool xfrm_lane_install(struct xfrm_lane *l, const ike2_pair *pair, struct fault *fault)
{
    struct xfrm_pair *p = xfrm_pairs_find(&l->pairs, pair->spi_in);
    bool was_reserved = p != NULL && p->is_reserved;

    if (!may_carry(pair, fault))
        return false;
    if (p != NULL && p->reqid != 0)
        return fault_set(fault, "a pair with SPI %08x is installed already", pair->spi_in);
    /* An address is part of an SA's name. */
    if (was_reserved && !same_ip(&p->pair.path.local, &pair->path.local))
        (void)unreserve(l, p, fault);
    if (p == NULL)
        p = xfrm_pairs_add(&l->pairs, pair->spi_in, &pair->path);
    if (p == NULL)
        return fault_set(fault, "out of memory");
    if (xfrm_pairs_fill(&l->pairs, p, pair, reqid_of(l, pair->child), fault) &&
        put_pair(l, p, fault)) {
        p->is_reserved = false;
        return true;
    }
    xfrm_pairs_empty(&l->pairs, p);
    if (!was_reserved)
        xfrm_pairs_remove(&l->pairs, p); /* else RELEASE follows */
    return false;
}

/* --- Switch, remove --------------------------------------------------------------------- */

static struct xfrm_pair *find(const struct xfrm_lane *l, const ike2_pair *pair, struct fault *fault)
{
    struct xfrm_pair *p = xfrm_pairs_find(&l->pairs, pair->spi_in);

    if (p != NULL && p->reqid != 0)
        return p;
    (void)fault_set(fault, "no pair with SPI %08x is installed", pair->spi_in);
    return NULL;
}

bool xfrm_lane_switch(struct xfrm_lane *l, const ike2_pair *pair, struct fault *fault)
{
    struct xfrm_pair *p = find(l, pair, fault);

    if (p == NULL)
        return false;
    if ((p->halves & IKE2_HALF_OUT) == 0)
        return fault_set(fault, "the outbound half of SPI %08x is gone", pair->spi_in);
    p->is_sending = p->is_sending || put_policies(l, p, XFRM_POLICY_OUT, fault);
    return p->is_sending;
}

/* RFC 4303 3.4.3: packets that come twice, or too late. */
static void count(struct dataplane_counts *c, const struct xfrm_progress *p, bool is_inbound)
{
    if (is_inbound) {
        c->packets_in += p->lifetime.packets;
        c->octets_in += p->lifetime.bytes;
        c->dropped[DATAPLANE_DROP_REPLAY] += p->stats.replay + p->stats.replay_window;
        c->dropped[DATAPLANE_DROP_ICV] += p->stats.integrity_failed;
    } else {
        c->packets_out += p->lifetime.packets;
        c->octets_out += p->lifetime.bytes;
        c->sequence_out = xfrm_progress_sent(p);
    }
}

static bool remove_half(struct xfrm_lane *l, struct xfrm_pair *p, bool is_inbound,
                        struct fault *fault)
{
    const struct xfrm_half half = xfrm_pair_half(p, is_inbound);
    const struct xfrm_name name = xfrm_half_name(&half);
    struct xfrm_progress progress;

    if (xfrm_sad_get(&l->sad, &name, &progress))
        count(&l->past, &progress, is_inbound);
    if (is_inbound)
        drop_policies_in(l, p);
    else if (p->is_sending)
        drop_policies(l, p, XFRM_POLICY_OUT);
    p->halves &= (uint8_t) ~(is_inbound ? IKE2_HALF_IN : IKE2_HALF_OUT);
    return xfrm_sad_delete(&l->sad, &name, fault);
}

static bool remove_halves(struct xfrm_lane *l, struct xfrm_pair *p, uint8_t halves,
                          struct fault *fault)
{
    bool ok = true;

    /* With the inbound half the pair ends (ike2/job.h). */
    halves = (halves & IKE2_HALF_IN) != 0 ? p->halves : halves & p->halves;
    if ((halves & IKE2_HALF_OUT) != 0)
        ok = remove_half(l, p, false, fault);
    if ((halves & IKE2_HALF_IN) != 0)
        ok = remove_half(l, p, true, fault) && ok;
    if ((p->halves & IKE2_HALF_IN) == 0)
        xfrm_pairs_remove(&l->pairs, p);
    return ok;
}

bool xfrm_lane_remove(struct xfrm_lane *l, const ike2_pair *pair, uint8_t halves,
                      struct fault *fault)
{
    struct xfrm_pair *p = find(l, pair, fault);

    return p != NULL && remove_halves(l, p, halves, fault);
}

/* --- Move ------------------------------------------------------------------------------- */

static bool same_name(const struct xfrm_name *a, const struct xfrm_name *b)
{
    return a->spi == b->spi && same_ip(&a->to, &b->to);
}

/* What the kernel changes in place: ports, where there were some before. */
static bool is_update(const ike2_pair *from, const ike2_pair *to)
{
    return from->encap == to->encap && same_ip(&from->path.local, &to->path.local) &&
           same_ip(&from->path.remote, &to->path.remote);
}

/* An address belongs to the name of an SA: it is made anew, and goes on where the other one is. The
 * old one is there until then, unless its name is in the way. */
static bool move_half(struct xfrm_lane *l, const ike2_pair *from, const struct xfrm_pair *p,
                      bool is_inbound, struct fault *fault)
{
    struct xfrm_half before = { .pair = from, .is_inbound = is_inbound };
    struct xfrm_half after = xfrm_pair_half(p, is_inbound);
    const struct xfrm_name old = xfrm_half_name(&before), new = xfrm_half_name(&after);
    struct xfrm_progress progress;
    bool ok = true;

    if (!xfrm_sad_get(&l->sad, &old, &progress))
        return fault_set(fault, "SPI %08x has gone from the kernel", old.spi);
    if (!is_inbound)
        xfrm_progress_skip(&progress);
    after.progress = &progress;
    if (same_name(&old, &new))
        ok = xfrm_sad_delete(&l->sad, &old, fault);
    ok = ok && xfrm_sad_put(&l->sad, &after, false, fault);
    if (ok && !is_inbound && p->is_sending)
        ok = put_policies(l, p, XFRM_POLICY_OUT, fault);
    if (ok && is_inbound)
        ok = put_policies_in(l, p, fault);
    return same_name(&old, &new) ? ok : xfrm_sad_delete(&l->sad, &old, fault) && ok;
}

static bool update_halves(const struct xfrm_lane *l, const struct xfrm_pair *p, struct fault *fault)
{
    const struct xfrm_half in = xfrm_pair_half(p, true), out = xfrm_pair_half(p, false);

    return xfrm_sad_update(&l->sad, &in, fault) &&
           ((p->halves & IKE2_HALF_OUT) == 0 || xfrm_sad_update(&l->sad, &out, fault));
}

static bool move_halves(struct xfrm_lane *l, const ike2_pair *from, const struct xfrm_pair *p,
                        struct fault *fault)
{
    if (is_update(from, &p->pair))
        return update_halves(l, p, fault);
    return move_half(l, from, p, true, fault) &&
           ((p->halves & IKE2_HALF_OUT) == 0 || move_half(l, from, p, false, fault));
}

/* Halfway: what there was does not remain under a name that nobody knows. */
static void forget_names(const struct xfrm_lane *l, const ike2_pair *from)
{
    struct fault ignored;

    for (int i = 0; i < 2; i++) {
        const struct xfrm_half half = { .pair = from, .is_inbound = i == 0 };
        const struct xfrm_name name = xfrm_half_name(&half);

        (void)xfrm_sad_delete(&l->sad, &name, &ignored);
    }
}

bool xfrm_lane_move(struct xfrm_lane *l, const ike2_pair *pair, struct fault *fault)
{
    struct xfrm_pair *p = find(l, pair, fault);
    ike2_pair from;

    if (p == NULL || !may_carry(pair, fault))
        return false;
    from = p->pair;
    /* In transport mode the selectors are the ends themselves. */
    if (p->pair.transport && !is_update(&from, pair)) {
        drop_policies_in(l, p);
        drop_policies(l, p, XFRM_POLICY_OUT);
    }
    if (!xfrm_pair_move(p, pair, fault))
        return false;
    if (move_halves(l, &from, p, fault))
        return true;
    forget_names(l, &from);
    return false;
}

void xfrm_lane_renew(const struct xfrm_lane *l, const struct xfrm_pair *p)
{
    const struct xfrm_half in = xfrm_pair_half(p, true);
    struct fault ignored;

    (void)xfrm_sad_update(&l->sad, &in, &ignored);
}

/* --- All of them ------------------------------------------------------------------------ */

void xfrm_lane_clear(struct xfrm_lane *l)
{
    struct fault ignored;

    while (l->pairs.first != NULL) {
        struct xfrm_pair *p = l->pairs.first;

        if (p->reqid != 0) {
            (void)remove_halves(l, p, IKE2_HALF_BOTH, &ignored);
        } else {
            (void)unreserve(l, p, &ignored);
            xfrm_pairs_remove(&l->pairs, p);
        }
    }
    xfrm_pairs_clear(&l->pairs);
    xfrm_policies_clear(&l->policies);
    talk_close(l->sad.talk);
    l->sad.talk = NULL;
    if (l->lock >= 0)
        (void)close(l->lock);
    l->lock = -1;
}

static void count_pair(const struct xfrm_lane *l, const struct xfrm_pair *p,
                       struct dataplane_counts *c)
{
    struct xfrm_progress progress;

    for (int i = 0; i < 2; i++) {
        const struct xfrm_half half = xfrm_pair_half(p, i == 0);
        const struct xfrm_name name = xfrm_half_name(&half);

        if ((p->halves & (i == 0 ? IKE2_HALF_IN : IKE2_HALF_OUT)) != 0 &&
            xfrm_sad_get(&l->sad, &name, &progress))
            count(c, &progress, i == 0);
    }
}

bool xfrm_lane_stats(const struct xfrm_lane *l, uint32_t spi_in, struct dataplane_counts *out)
{
    const struct xfrm_pair *p = xfrm_pairs_find(&l->pairs, spi_in);
    struct dataplane_counts c = { 0 };

    if (spi_in != 0 && (p == NULL || p->reqid == 0))
        return false;
    if (spi_in != 0) {
        count_pair(l, p, &c);
    } else {
        c = l->past;
        for (p = l->pairs.first; p != NULL; p = p->next)
            count_pair(l, p, &c);
        c.sequence_out = 0;
    }
    *out = c;
    return true;
}
