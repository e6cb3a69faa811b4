/* plane.h - a data plane (examples/dataplane) in a program's event loop: its descriptors are
 * watched, its packets leave by the transport, and the endpoint's jobs get to it. */
#ifndef COMMON_PLANE_H
#define COMMON_PLANE_H

#include "dataplane/dataplane.h"
#include "host.h"

enum { PLANE_FDS_MAX = 8 };

struct plane {
    struct dataplane *dataplane;
    struct transport *transport;
    struct host *host;
    /* Traffic has come that a trap waits for; NULL = nobody wants to know. */
    void (*acquired)(void *user, const struct dataplane_report *report);
    void *user;
    uv_poll_t polls[PLANE_FDS_MAX];
    int fds[PLANE_FDS_MAX];
    size_t n_polls;
};

/* For `ops` see dataplane_find. Privileges are needed here, not later, as far as the data plane
 * lets them. */
bool plane_open(struct plane *p, const struct dataplane_ops *ops,
                const struct dataplane_config *config, const ike2_crypto *crypto,
                struct problem *why);
/* Watches the descriptors; packets leave by the host's transport, and what the data plane notices
 * is reported to its endpoint. */
bool plane_start(struct plane *p, struct host *host, struct problem *why);
/* For ike2_endpoint_config.ask_spi. */
ike2_toggle plane_asks_spi(const struct plane *p);

/* For host_handlers.dataplane and .esp, and for IKE2_ASK_SPI in .ask. */
void plane_job(struct plane *p, struct host *host, ike2_job *job);
bool plane_ask_spi(struct plane *p, const ike2_output *ask);
void plane_esp(struct plane *p, const ike2_path *path, ike2_bytes packet);

/* Stops watching: the loop must run until the handles are gone. Then plane_free. */
void plane_close(struct plane *p);
/* Ends the data plane. A zeroed plane is allowed. */
void plane_free(struct plane *p);

#endif
