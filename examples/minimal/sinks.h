/* sinks.h - where the library's trace goes: lines on stderr, keys for Wireshark, and the records
 * kept for a while that explain why an SA went down. */
#ifndef MINIMAL_SINKS_H
#define MINIMAL_SINKS_H

#include "common/keylog.h"
#include "common/trail.h"

struct sinks {
    ike2_trace table; /* for ike2_endpoint_config.trace */
    bool verbose;
    struct keylog keylog;
    struct trail trail;
};

/* `keylog_file` may be NULL. `*s` must stay where it is until the endpoint is freed. False after a
 * message. */
bool sinks_open(struct sinks *s, bool verbose, const char *keylog_file);
/* The text of a record, as named by a DOWN event; "" if it is not kept. */
const char *sinks_find(const struct sinks *s, uint64_t id);
/* What was refused to the peer of `sa`, though the SA may be up; "" if nothing is kept. */
const char *sinks_refusal(const struct sinks *s, ike2_sa_id sa);
void sinks_close(struct sinks *s);

#endif
