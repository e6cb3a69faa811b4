/* fetch.h - gets what is at a URL, with libcurl on the event loop: by http, and for who has proven
 * something by https, within limits of time, size and number, and from nowhere that reach.h
 * forbids, redirected or not. Environment and ~/.netrc have no say: no proxies, no passwords. All
 * calls are of the loop thread. */
#ifndef COMMON_FETCH_H
#define COMMON_FETCH_H

#include <uv.h>

#include "problem.h"
#include "reach.h"
#include "value.h"

enum { FETCHES_MAX = 64, STRANGERS_FETCHES_MAX = 32 }; /* at a time; of which for strangers */

struct fetch; /* one that is under way */

struct fetcher {
    uv_loop_t *loop;
    void *multi; /* private; NULL until there is something to fetch */
    uv_timer_t timer;
    size_t n, n_strangers; /* under way; of which for strangers */
};

struct fetch_order {
    const char *url;
    uint32_t ms;                      /* in all, redirects and the lookup of names included */
    size_t octets;                    /* at most */
    enum reach reach;
    const struct selectors *networks; /* as of reach.h; must stay until the end */
    /* The end: `*octets` is the callee's to free; or NULL, and `why`. Never from fetch_start. */
    void (*done)(void *user, uint8_t *octets, size_t len, const struct problem *why);
    void *user;
};

/* Has nothing to do with the loop before the first fetch. */
void fetcher_init(struct fetcher *f, uv_loop_t *loop);
/* NULL, and `why`: it has not begun. */
struct fetch *fetch_start(struct fetcher *f, const struct fetch_order *order, struct problem *why);
/* `done` is not called. */
void fetch_abort(struct fetch *fetch);
/* When nothing is under way any more. */
void fetcher_close(struct fetcher *f);

#endif
