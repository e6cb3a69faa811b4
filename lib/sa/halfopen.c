/* sa/halfopen.c - half-open responder SAs. RFC 7296 2.1, 2.6. */
#include "sa/halfopen.h"

#include "base/addr.h"
#include "base/writer.h"
#include "sa/init.h"

enum { KEY_OCTETS = 8 + 2 + 4 + 16 };

/* A hash under a secret seed; 0 is no key. The port belongs to it: a NAT may carry two peers. */
static uint64_t init_key(const struct host *host, uint64_t spi_i, const ike2_path *path)
{
    uint8_t room[KEY_OCTETS];
    ike2_writer w = writer_of(room, sizeof room);
    uint64_t key;

    write_uint(&w, spi_i, 8);
    write_uint(&w, path->remote.port, 2);
    write_uint(&w, path->remote.scope, 4);
    write_bytes(&w, ike2_addr_ip(&path->remote));
    key = ike2_map_hash(&host->half_open.by_spi, (ike2_bytes){ .ptr = room, .len = w.len });
    return key != 0 ? key : 1;
}

static uint64_t addr_key(const struct host *host, const ike2_path *path)
{
    uint64_t key = ike2_map_hash(&host->half_open.by_addr, ike2_addr_ip(&path->remote));

    return key != 0 ? key : 1;
}

/* The map holds pointers; a count needs no object of its own. */
static uintptr_t addr_count(const struct host *host, uint64_t key)
{
    return (uintptr_t)ike2_map_get(&host->half_open.by_addr, key);
}

static ike2_err addr_set(struct host *host, uint64_t key, uintptr_t n)
{
    ike2_map_remove(&host->half_open.by_addr, key);
    if (n == 0)
        return IKE2_OK;
    return ike2_map_add(&host->half_open.by_addr, &host->mem, key, (void *)n);
}

ike2_err ike2_half_open_add(struct sa *sa)
{
    struct host *host = sa->host;
    uint64_t key = init_key(host, sa->spi.i, &sa->path);
    uint64_t by_addr = addr_key(host, &sa->path);
    ike2_err err = ike2_map_add(&host->half_open.by_spi, &host->mem, key, sa);

    if (err != IKE2_OK)
        return err;
    err = addr_set(host, by_addr, addr_count(host, by_addr) + 1);
    if (err != IKE2_OK) {
        ike2_map_remove(&host->half_open.by_spi, key);
        return err;
    }
    sa->init->half_open_key = key;
    sa->init->half_open_addr_key = by_addr;
    host->stats.half_open++;
    return IKE2_OK;
}

void ike2_half_open_remove(struct sa *sa)
{
    struct host *host = sa->host;
    struct init_stage *init = sa->init;

    if (init == NULL || init->half_open_key == 0)
        return;
    ike2_map_remove(&host->half_open.by_spi, init->half_open_key);
    /* A smaller count fits where the larger one was. */
    (void)addr_set(host, init->half_open_addr_key,
                   addr_count(host, init->half_open_addr_key) - 1);
    init->half_open_key = 0;
    host->stats.half_open--;
}

struct sa *ike2_half_open_find(const struct host *host, uint64_t spi_i, const ike2_path *path)
{
    struct sa *sa = ike2_map_get(&host->half_open.by_spi, init_key(host, spi_i, path));

    return sa != NULL && sa->spi.i == spi_i && ike2_addr_equal(&sa->path.remote, &path->remote)
               ? sa
               : NULL;
}

bool ike2_half_open_has_room(const struct host *host, const ike2_path *path)
{
    const ike2_limits *limits = &host->settings.limits;

    return host->stats.half_open < limits->half_open &&
           addr_count(host, addr_key(host, path)) < limits->half_open_per_addr;
}
