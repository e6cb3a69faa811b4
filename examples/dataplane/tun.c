/* tun.c - the data plane `tun`: ESP in UDP in this process, and a TUN interface for what is inside.
 * Needs no ESP in the kernel. */
#include "tun_device.h"
#include "netlink.h"
#include "tunnel.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { MTU_DEFAULT = 1400, PATH_MTU_DEFAULT = 1500, MTU_MIN = 576 };

/* Packets that are read at a time, so that other descriptors have their turn. */
enum { BURST = 64 };

static const char name_default[] = "ike2-%d";

struct tun {
    struct dataplane plane;
    struct tun_device device;
    struct netlink netlink;
    struct dataplane_config config;
    bool has_rule[2];     /* for IPv4, for IPv6 */
    struct fault *fault;  /* of the call that changes routes */
    struct tunnel tunnel; /* last: it is large */
};

static struct tun *tun_of(struct dataplane *d)
{
    return (struct tun *)d;
}

static ike2_time now_ms(void)
{
    struct timespec ts = { 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (ike2_time)ts.tv_sec * 1000u + (ike2_time)ts.tv_nsec / 1000000u;
}

/* --- What the tunnel asks for ----------------------------------------------------------- */

static bool deliver(void *user, ike2_bytes packet)
{
    const struct tun *t = user;

    return write(t->device.fd, packet.ptr, packet.len) == (ssize_t)packet.len;
}

static bool changed(void *user, const struct prefix *prefix, bool present)
{
    struct tun *t = user;

    return netlink_route(&t->netlink, prefix, t->config.route_table, present, t->fault);
}

/* --- Opening and closing ---------------------------------------------------------------- */

/* RFC 8200 5: IPv6 needs 1280. With less the kernel takes it off the interface. */
static bool set_defaults(struct dataplane_config *c, struct fault *fault)
{
    if (c->interface_name == NULL)
        c->interface_name = name_default;
    if (c->interface_mtu == 0)
        c->interface_mtu = MTU_DEFAULT;
    if (c->path_mtu == 0)
        c->path_mtu = PATH_MTU_DEFAULT;
    /* A rule that sends all to the main table would change nothing. */
    if (c->mark != 0 && c->route_table == 0)
        c->route_table = c->mark;
    if (c->interface_mtu < MTU_MIN || c->path_mtu < MTU_MIN)
        return fault_set(fault, "an MTU below %d is of no use", MTU_MIN);
    return true;
}

/* A kernel without IPv6 has no rules for it, and no traffic either. */
static bool make_rules(struct tun *t, struct fault *fault)
{
    const struct dataplane_config *c = &t->config;
    struct fault ignored;

    if (c->mark == 0 || c->no_routes)
        return true;
    t->has_rule[0] = netlink_rule(&t->netlink, 4, c->mark, c->route_table, true, fault);
    t->has_rule[1] =
        t->has_rule[0] && netlink_rule(&t->netlink, 6, c->mark, c->route_table, true, &ignored);
    return t->has_rule[0];
}

static bool make_tunnel(struct tun *t, struct fault *fault)
{
    const struct tunnel_config config = {
        .host = t->plane.host,
        .deliver = deliver,
        .changed = t->config.no_routes ? NULL : changed,
        .user = t,
        .path_mtu = t->config.path_mtu,
        .may_loop = t->config.mark != 0,
        .copy_tos = t->config.copy_tos,
        .follow_source = t->config.follow_source,
    };

    return tunnel_init(&t->tunnel, &config, fault);
}

static bool make_interface(struct tun *t, struct fault *fault)
{
    return tun_device_open(&t->device, t->config.interface_name, fault) &&
           netlink_open(&t->netlink, t->device.name, fault) &&
           netlink_up(&t->netlink, t->config.interface_mtu, fault) && make_rules(t, fault);
}

/* What has been made by now goes: routes and addresses with the interface. */
static void unmake_interface(struct tun *t)
{
    const struct dataplane_config *c = &t->config;
    struct fault ignored;

    for (int i = 0; i < 2; i++) {
        if (t->has_rule[i])
            (void)netlink_rule(&t->netlink, i == 0 ? 4 : 6, c->mark, c->route_table, false,
                               &ignored);
    }
    netlink_close(&t->netlink);
    tun_device_close(&t->device);
}

static bool tun_open(const struct dataplane_config *config, const struct dataplane_host *host,
                     struct dataplane **out, struct fault *fault)
{
    struct tun *t = calloc(1, sizeof *t);

    if (t == NULL)
        return fault_set(fault, "out of memory");
    t->plane = (struct dataplane){ .ops = &dataplane_tun, .host = *host };
    t->config = *config;
    t->device.fd = -1;
    if (set_defaults(&t->config, fault) && make_interface(t, fault) && make_tunnel(t, fault)) {
        t->config.interface_name = t->device.name;
        *out = &t->plane;
        return true;
    }
    unmake_interface(t);
    free(t);
    return false;
}

static void tun_close(struct dataplane *d)
{
    struct tun *t = tun_of(d);

    tunnel_clear(&t->tunnel);
    unmake_interface(t);
    free(t);
}

/* --- Lane ------------------------------------------------------------------------------- */

static bool tun_install(struct dataplane *d, const ike2_pair *pair, struct fault *fault)
{
    return tunnel_install(&tun_of(d)->tunnel, pair, fault);
}

static bool tun_switch(struct dataplane *d, const ike2_pair *pair, struct fault *fault)
{
    struct tun *t = tun_of(d);

    t->fault = fault;
    return tunnel_switch(&t->tunnel, pair, fault);
}

static bool tun_move(struct dataplane *d, const ike2_pair *pair, struct fault *fault)
{
    return tunnel_move(&tun_of(d)->tunnel, pair, fault);
}

static bool tun_remove(struct dataplane *d, const ike2_pair *pair, uint8_t halves,
                       struct fault *fault)
{
    struct tun *t = tun_of(d);

    t->fault = fault;
    return tunnel_remove(&t->tunnel, pair, halves, fault);
}

static bool tun_release(struct dataplane *d, const ike2_pair *pair, struct fault *fault)
{
    (void)d;
    return fault_set(fault, "SPI %08x was never reserved here", pair->spi_in);
}

static bool tun_address(struct dataplane *d, const ike2_addr *address, bool present,
                        struct fault *fault)
{
    return netlink_address(&tun_of(d)->netlink, address, present, fault);
}

static const char *tun_interface(const struct dataplane *d, uint16_t *mtu)
{
    const struct tun *t = (const struct tun *)d;

    *mtu = t->config.interface_mtu;
    return t->device.name;
}

/* --- Packets ---------------------------------------------------------------------------- */

static void tun_datagram_in(struct dataplane *d, const ike2_path *path, uint8_t tos,
                            ike2_bytes payload)
{
    const struct tunnel_datagram in = {
        .at = now_ms(), .path = *path, .tos = tos, .octets = payload
    };

    tunnel_inbound(&tun_of(d)->tunnel, &in);
}

static int tun_fd(const struct dataplane *d, size_t index)
{
    return index == 0 ? ((const struct tun *)d)->device.fd : -1;
}

static void tun_readable(struct dataplane *d, int fd)
{
    struct tun *t = tun_of(d);
    uint8_t *room = t->tunnel.in; /* free between two calls */

    for (int i = 0; i < BURST; i++) {
        ssize_t len = read(fd, room, sizeof t->tunnel.in);

        if (len < 0 && errno == EINTR)
            continue;
        if (len <= 0)
            return;
        tunnel_outbound(&t->tunnel, now_ms(), (ike2_bytes){ .ptr = room, .len = (size_t)len });
    }
}

static bool tun_stats(const struct dataplane *d, uint32_t spi_in, struct dataplane_counts *out)
{
    return tunnel_stats(&((const struct tun *)d)->tunnel, spi_in, out);
}

const struct dataplane_ops dataplane_tun = {
    .name = "tun",
    .needs_encap = true,
    .open = tun_open,
    .close = tun_close,
    .install = tun_install,
    .switch_out = tun_switch,
    .move = tun_move,
    .remove = tun_remove,
    .release = tun_release,
    .address = tun_address,
    .interface = tun_interface,
    .datagram_in = tun_datagram_in,
    .fd = tun_fd,
    .readable = tun_readable,
    .stats = tun_stats,
};
