/* sa/park.h - datagrams of a half-open SA whose key exchange is still out: IKE_AUTH, perhaps in
 * fragments, arrives before there are keys to open it. Bounded, and counted with the reassembly
 * memory. */
#ifndef SA_PARK_H
#define SA_PARK_H

#include "sa/host.h"

enum { PARK_MAX = 64 };

struct parked {
    struct list_node node;
    ike2_path path;
    size_t len;
    uint8_t octets[];
};

struct park {
    struct list list; /* zeroed = empty, not yet used */
    size_t n;
};

/* Keeps a copy; false: it is dropped, for lack of room or memory. */
bool ike2_park_add(struct host *host, struct park *park, const ike2_path *path,
                   ike2_bytes octets);
/* The one that was added last did not deserve it. */
void ike2_park_drop_last(struct host *host, struct park *park);
/* The oldest one, to be released by the caller; NULL: none is left. */
struct parked *ike2_park_take(struct park *park);
void ike2_park_release(struct host *host, struct parked *p);
void ike2_park_clear(struct host *host, struct park *park);

#endif
