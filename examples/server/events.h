/* events.h - what the server does with the outputs of its endpoint: answers questions, logs events,
 * explains failures. */
#ifndef SERVER_EVENTS_H
#define SERVER_EVENTS_H

#include "service.h"

/* `user` of each is the struct service. */
extern const struct host_handlers event_handlers;

/* For ike2_trace.record and .keylog; `service` is a struct service. */
void event_record(void *service, const ike2_trace_record *rec);
void event_key(void *service, const char *line);

#endif
