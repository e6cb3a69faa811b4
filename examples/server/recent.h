/* recent.h - the last failures and refusals, which `ikev2ctl log` shows. A newer one takes the
 * place of the oldest, and each is as short as its texts: no peer can make this grow. Loop thread
 * only. */
#ifndef SERVER_RECENT_H
#define SERVER_RECENT_H

#include <stddef.h>

#include <jansson.h>

enum { RECENT_KEPT = 64 };

/* Zeroed, it is empty. `next` is the oldest. */
struct recent {
    json_t *list[RECENT_KEPT]; /* owned; NULL = not used yet */
    size_t next;
};

/* Takes `fields`, an object as log_event takes it; the time and the event's word come before it. */
void recent_add(struct recent *r, const char *event, json_t *fields);
/* A new list of at most `last` of them, the newest at the end. */
json_t *recent_list(const struct recent *r, size_t last);
void recent_clear(struct recent *r);

#endif
