/* json.h - what there is, as JSON: the one form behind the control socket, `--json` and the log.
 * Texts of peers are escaped to printable ASCII, SPIs are texts of hexadecimal digits. */
#ifndef COMMON_JSON_H
#define COMMON_JSON_H

#include <jansson.h>

#include <ike2/ike2.h>

/* Each returns a new reference, or NULL if memory is short or the object is gone. Times become
 * seconds before `now`. */
json_t *json_sa(const ike2_endpoint *ep, ike2_sa_id sa, ike2_time now);
json_t *json_child(const ike2_endpoint *ep, ike2_child_id child, ike2_time now);
json_t *json_stats(const ike2_endpoint *ep);

/* Of events; the fields of a log line. */
json_t *json_sa_event(const ike2_endpoint *ep, const ike2_output *out);
json_t *json_child_event(const ike2_output *out);

/* Any text; what is not printable ASCII yet is escaped. Cut to fit. */
json_t *json_safe(const char *text);

#endif
