/* none.c - the data plane `none`: whatever is asked for is done at once, and nothing is carried.
 * For programs that only negotiate, and for tests of IKE. */
#include "dataplane.h"

#include <stdlib.h>

struct none {
    struct dataplane plane;
    struct dataplane_counts counts;
};

static bool none_open(const struct dataplane_config *config, const struct dataplane_host *host,
                      struct dataplane **out, struct fault *fault)
{
    struct none *n = calloc(1, sizeof *n);

    (void)config;
    if (n == NULL)
        return fault_set(fault, "out of memory");
    n->plane = (struct dataplane){ .ops = &dataplane_none, .host = *host };
    *out = &n->plane;
    return true;
}

static void none_close(struct dataplane *d)
{
    free(d);
}

/* Serves four operations: they have the same form. */
static bool none_pair(struct dataplane *d, const ike2_pair *pair, struct fault *fault)
{
    (void)d;
    (void)pair;
    (void)fault;
    return true;
}

static bool none_remove(struct dataplane *d, const ike2_pair *pair, uint8_t halves,
                        struct fault *fault)
{
    (void)halves;
    return none_pair(d, pair, fault);
}

static bool none_address(struct dataplane *d, const ike2_addr *address, bool present,
                         struct fault *fault)
{
    (void)d;
    (void)address;
    (void)present;
    (void)fault;
    return true;
}

static void none_datagram_in(struct dataplane *d, const ike2_path *path, uint8_t tos,
                             ike2_bytes payload)
{
    struct none *n = (struct none *)d;

    (void)path;
    (void)tos;
    (void)payload;
    n->counts.dropped[DATAPLANE_DROP_NO_PAIR]++;
}

static int none_fd(const struct dataplane *d, size_t index)
{
    (void)d;
    (void)index;
    return -1;
}

static void none_readable(struct dataplane *d, int fd)
{
    (void)d;
    (void)fd;
}

static bool none_stats(const struct dataplane *d, uint32_t spi_in, struct dataplane_counts *out)
{
    if (spi_in != 0)
        return false;
    *out = ((const struct none *)d)->counts;
    return true;
}

const struct dataplane_ops dataplane_none = {
    .name = "none",
    .open = none_open,
    .close = none_close,
    .install = none_pair,
    .switch_out = none_pair,
    .move = none_pair,
    .remove = none_remove,
    .release = none_pair,
    .address = none_address,
    .datagram_in = none_datagram_in,
    .fd = none_fd,
    .readable = none_readable,
    .stats = none_stats,
};
