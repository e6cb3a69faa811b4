/* xfrm.c - the data plane `xfrm`: ESP in the kernel, by NETLINK_XFRM. RFC 4301, RFC 4303. */
#include "xfrm_event.h"
#include "xfrm_inner.h"
#include "xfrm_lane.h"
#include "xfrm_trap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>

enum { BURST = 64, EVENT_ROOM = 8192 };

struct xfrm {
    struct dataplane plane;
    struct xfrm_lane lane;
    struct xfrm_traps traps;
    struct xfrm_inner inner;
    struct mnl_socket *events;
};

static struct xfrm *xfrm_of(struct dataplane *d)
{
    return (struct xfrm *)d;
}

/* --- Opening and closing ---------------------------------------------------------------- */

static bool open_events(struct xfrm *x, struct fault *fault)
{
    x->events = mnl_socket_open2(NETLINK_XFRM, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (x->events == NULL || mnl_socket_bind(x->events, 0, MNL_SOCKET_AUTOPID) != 0)
        return fault_set(fault, "cannot talk to the kernel about IPsec: %s", strerror(errno));
    for (const int *group = xfrm_event_groups; *group != 0; group++) {
        int number = *group;

        if (mnl_socket_setsockopt(x->events, NETLINK_ADD_MEMBERSHIP, &number, sizeof number) != 0)
            return fault_set(fault, "cannot hear of the kernel's SAs: %s%s", strerror(errno),
                             errno == EPERM ? ": run as root, or with CAP_NET_ADMIN" : "");
    }
    return true;
}

static bool open_lane(struct xfrm *x, const ike2_crypto *crypto, struct fault *fault)
{
    struct talk *talk = talk_open(NETLINK_XFRM);

    if (talk == NULL)
        return fault_set(fault, "cannot talk to the kernel about IPsec: %s", strerror(errno));
    if (!xfrm_lane_init(&x->lane, crypto, talk, fault))
        return false;
    xfrm_traps_init(&x->traps, &x->lane.policies, x->lane.first_reqid);
    return true;
}

static void xfrm_close(struct dataplane *d)
{
    struct xfrm *x = xfrm_of(d);

    xfrm_traps_clear(&x->traps);
    xfrm_lane_clear(&x->lane);
    xfrm_inner_clear(&x->inner);
    if (x->events != NULL)
        (void)mnl_socket_close(x->events);
    free(x);
}

static bool xfrm_open(const struct dataplane_config *config, const struct dataplane_host *host,
                      struct dataplane **out, struct fault *fault)
{
    struct xfrm *x = calloc(1, sizeof *x);

    if (x == NULL)
        return fault_set(fault, "out of memory");
    x->plane = (struct dataplane){ .ops = &dataplane_xfrm, .host = *host };
    x->lane.lock = -1;
    if (open_events(x, fault) && open_lane(x, host->crypto, fault) &&
        xfrm_inner_init(&x->inner, config, fault)) {
        *out = &x->plane;
        return true;
    }
    xfrm_close(&x->plane);
    return false;
}

/* --- Lane ------------------------------------------------------------------------------- */

static bool xfrm_ask_spi(struct dataplane *d, const ike2_path *path, uint8_t protocol,
                         uint32_t *spi, struct fault *fault)
{
    return xfrm_lane_reserve(&xfrm_of(d)->lane, path, protocol, spi, fault);
}

static bool xfrm_install(struct dataplane *d, const ike2_pair *pair, struct fault *fault)
{
    return xfrm_lane_install(&xfrm_of(d)->lane, pair, fault);
}

/* Pairs that send have routes, where we have an address inside. */
static bool refresh(struct xfrm *x, struct fault *fault)
{
    return xfrm_inner_refresh(&x->inner, &x->lane.pairs, fault);
}

static bool xfrm_switch(struct dataplane *d, const ike2_pair *pair, struct fault *fault)
{
    struct xfrm *x = xfrm_of(d);

    return xfrm_lane_switch(&x->lane, pair, fault) && refresh(x, fault);
}

static bool xfrm_move(struct dataplane *d, const ike2_pair *pair, struct fault *fault)
{
    struct xfrm *x = xfrm_of(d);

    return xfrm_lane_move(&x->lane, pair, fault) && refresh(x, fault);
}

static bool xfrm_remove(struct dataplane *d, const ike2_pair *pair, uint8_t halves,
                        struct fault *fault)
{
    struct xfrm *x = xfrm_of(d);
    bool ok = xfrm_lane_remove(&x->lane, pair, halves, fault);

    return refresh(x, fault) && ok;
}

static bool xfrm_release(struct dataplane *d, const ike2_pair *pair, struct fault *fault)
{
    return xfrm_lane_release(&xfrm_of(d)->lane, pair, fault);
}

static bool xfrm_trap(struct dataplane *d, const struct dataplane_trap *trap, bool present,
                      struct fault *fault)
{
    struct xfrm_traps *traps = &xfrm_of(d)->traps;

    return present ? xfrm_traps_set(traps, trap, fault)
                   : xfrm_traps_remove(traps, trap->tag, fault);
}

/* --- Events ----------------------------------------------------------------------------- */

static void report(const struct xfrm *x, const struct dataplane_report *r)
{
    const struct dataplane_host *host = &x->plane.host;

    if (host->report != NULL)
        host->report(host->user, r);
}

static void report_pair(const struct xfrm *x, const struct xfrm_pair *p, uint8_t kind)
{
    const struct dataplane_report r = {
        .kind = kind,
        .spi_in = p->pair.spi_in,
        .child = p->pair.child,
        .path = p->pair.path,
    };

    report(x, &r);
}

/* The limit was that of the first packet. A forged one starts the kernel's clock as well: then it
 * starts again. */
static void on_first(struct xfrm *x, struct xfrm_pair *p, const struct xfrm_event *e)
{
    bool is_first = e->packets > 0;

    p->is_used = is_first;
    xfrm_lane_renew(&x->lane, p);
    if (is_first)
        report_pair(x, p, DATAPLANE_FIRST_IN);
}

static void on_expire(struct xfrm *x, const struct xfrm_event *e)
{
    bool is_inbound = false;
    struct xfrm_pair *p = xfrm_pairs_named(&x->lane.pairs, e->reqid, e->spi, &is_inbound);

    if (p == NULL)
        return;
    if (e->is_hard) {
        if (!p->is_hard)
            report_pair(x, p, DATAPLANE_HARD);
        p->is_hard = true;
    } else if (is_inbound && !p->is_used) {
        on_first(x, p, e);
    } else {
        if (!p->is_soft)
            report_pair(x, p, DATAPLANE_SOFT);
        p->is_soft = true;
    }
}

static void on_acquire(struct xfrm *x, const struct xfrm_event *e)
{
    const struct dataplane_report r = {
        .kind = DATAPLANE_ACQUIRE,
        .trap = xfrm_traps_find(&x->traps, e->reqid),
        .local = e->local,
        .remote = e->remote,
    };

    if (r.trap != 0)
        report(x, &r);
}

static void on_mapping(struct xfrm *x, const struct xfrm_event *e)
{
    bool is_inbound = false;
    struct xfrm_pair *p = xfrm_pairs_named(&x->lane.pairs, e->reqid, e->spi, &is_inbound);
    struct dataplane_report r = { .kind = DATAPLANE_SOURCE };

    if (p == NULL || !is_inbound || memcmp(&p->source, &e->source, sizeof p->source) == 0)
        return;
    p->source = e->source;
    r.spi_in = p->pair.spi_in;
    r.child = p->pair.child;
    r.path = p->pair.path;
    r.path.remote = e->source;
    report(x, &r);
}

static int on_message(const struct nlmsghdr *header, void *data)
{
    struct xfrm *x = data;
    struct xfrm_event event;

    if (!xfrm_event_read(header, header->nlmsg_len, &event))
        return MNL_CB_OK;
    switch (event.kind) {
    case XFRM_EVENT_ACQUIRE: on_acquire(x, &event); break;
    case XFRM_EVENT_EXPIRE: on_expire(x, &event); break;
    case XFRM_EVENT_MAPPING: on_mapping(x, &event); break;
    }
    return MNL_CB_OK;
}

static int xfrm_fd(const struct dataplane *d, size_t index)
{
    return index == 0 ? mnl_socket_get_fd(((const struct xfrm *)d)->events) : -1;
}

/* Only the kernel is believed. What it could not tell because there was no room is lost: limits are
 * told again by nobody, but the library has a clock of its own for them. */
static void xfrm_readable(struct dataplane *d, int fd)
{
    union {
        uint64_t align;
        uint8_t octets[EVENT_ROOM];
    } room;

    for (int i = 0; i < BURST; i++) {
        struct sockaddr_nl from = { .nl_family = AF_UNSPEC };
        socklen_t from_len = sizeof from;
        ssize_t len =
            recvfrom(fd, room.octets, sizeof room.octets, 0, (struct sockaddr *)&from, &from_len);

        if (len < 0 && (errno == EINTR || errno == ENOBUFS))
            continue;
        if (len <= 0)
            return;
        if (from_len == sizeof from && from.nl_pid == 0)
            (void)mnl_cb_run(room.octets, (size_t)len, 0, 0, on_message, d);
    }
}

/* --- The rest --------------------------------------------------------------------------- */

static bool xfrm_address_op(struct dataplane *d, const ike2_addr *address, bool present,
                            struct fault *fault)
{
    struct xfrm *x = xfrm_of(d);

    return xfrm_inner_set(&x->inner, address, present, &x->lane.pairs, fault);
}

/* The kernel takes ESP off the socket before we see it. */
static void xfrm_datagram_in(struct dataplane *d, const ike2_path *path, uint8_t tos,
                             ike2_bytes payload)
{
    (void)path;
    (void)tos;
    (void)payload;
    xfrm_of(d)->lane.past.dropped[DATAPLANE_DROP_NO_PAIR]++;
}

static bool xfrm_stats(const struct dataplane *d, uint32_t spi_in, struct dataplane_counts *out)
{
    return xfrm_lane_stats(&((const struct xfrm *)d)->lane, spi_in, out);
}

const struct dataplane_ops dataplane_xfrm = {
    .name = "xfrm",
    .gives_spis = true,
    .wants_udp_encap = true,
    .open = xfrm_open,
    .close = xfrm_close,
    .ask_spi = xfrm_ask_spi,
    .install = xfrm_install,
    .switch_out = xfrm_switch,
    .move = xfrm_move,
    .remove = xfrm_remove,
    .release = xfrm_release,
    .address = xfrm_address_op,
    .trap = xfrm_trap,
    .datagram_in = xfrm_datagram_in,
    .fd = xfrm_fd,
    .readable = xfrm_readable,
    .stats = xfrm_stats,
};
