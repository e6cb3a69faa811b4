#include "fetch.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <curl/curl.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

enum { REDIRECTS_MAX = 3, FIRST_OCTETS = 4096 };

struct fetch {
    struct fetcher *fetcher;
    struct fetch_order order; /* without the URL, which curl has */
    CURL *easy;
    uint8_t *octets;
    size_t len, cap;
    bool is_too_large, is_forbidden;
    char said[CURL_ERROR_SIZE];
};

/* A socket of curl's. */
struct watched {
    uv_poll_t poll;
    struct fetcher *fetcher;
    curl_socket_t socket;
};

static bool is_strangers(const struct fetch_order *order)
{
    return order->reach == REACH_STRANGER;
}

static void release(struct fetch *fetch)
{
    fetch->fetcher->n--;
    fetch->fetcher->n_strangers -= is_strangers(&fetch->order);
    (void)curl_multi_remove_handle(fetch->fetcher->multi, fetch->easy);
    curl_easy_cleanup(fetch->easy);
    free(fetch->octets);
    free(fetch);
}

/* --- Ends ----------------------------------------------------------------------------------- */

static void explain(const struct fetch *fetch, CURLcode code, struct problem *why)
{
    const char *said = fetch->said[0] != '\0' ? fetch->said : curl_easy_strerror(code);

    if (fetch->is_forbidden)
        problem_set(why, "its host has an address that nothing is fetched from");
    else if (fetch->is_too_large || code == CURLE_FILESIZE_EXCEEDED)
        problem_set(why, "it is larger than %zu octets", fetch->order.octets);
    else
        problem_set(why, "%s", said);
}

static void finish(struct fetch *fetch, CURLcode code)
{
    const struct fetch_order order = fetch->order;
    struct problem why = { "" };
    uint8_t *octets = NULL;
    size_t len = fetch->len;

    if (code == CURLE_OK && len > 0) {
        octets = fetch->octets;
        fetch->octets = NULL;
    } else if (code == CURLE_OK) {
        problem_set(&why, "nothing is there");
    } else {
        explain(fetch, code, &why);
    }
    release(fetch);
    order.done(order.user, octets, octets != NULL ? len : 0, &why);
}

static void finish_all(struct fetcher *f)
{
    CURLMsg *message;
    int left;

    while (f->multi != NULL && (message = curl_multi_info_read(f->multi, &left)) != NULL) {
        CURLcode code = message->data.result;
        char *fetch = NULL;

        if (message->msg == CURLMSG_DONE &&
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &fetch) == CURLE_OK)
            finish((struct fetch *)(void *)fetch, code);
    }
}

/* --- curl on the loop ------------------------------------------------------------------------ */

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct watched *w = poll->data;
    struct fetcher *f = w->fetcher;
    int what = (status < 0 ? CURL_CSELECT_ERR : 0) | (events & UV_READABLE ? CURL_CSELECT_IN : 0) |
               (events & UV_WRITABLE ? CURL_CSELECT_OUT : 0);
    int running;

    (void)curl_multi_socket_action(f->multi, w->socket, what, &running);
    finish_all(f);
}

static void on_late(uv_timer_t *timer)
{
    struct fetcher *f = timer->data;
    int running;

    (void)curl_multi_socket_action(f->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    finish_all(f);
}

static int want_timer(CURLM *multi, long ms, void *user)
{
    struct fetcher *f = user;

    (void)multi;
    uv_update_time(f->loop); /* what a timer counts from */
    if (ms < 0)
        (void)uv_timer_stop(&f->timer);
    else
        (void)uv_timer_start(&f->timer, on_late, (uint64_t)ms, 0);
    return 0;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static struct watched *watch(struct fetcher *f, curl_socket_t socket)
{
    struct watched *w = calloc(1, sizeof *w);

    if (w == NULL)
        return NULL;
    w->fetcher = f;
    w->socket = socket;
    w->poll.data = w;
    if (uv_poll_init_socket(f->loop, &w->poll, socket) == 0)
        return w;
    free(w);
    return NULL;
}

/* Called by curl: -1 ends all that is under way. */
static int want_socket(CURL *easy, curl_socket_t socket, int what, void *user, void *known)
{
    struct fetcher *f = user;
    struct watched *w = known;
    int events = (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (w != NULL)
            uv_close((uv_handle_t *)&w->poll, on_closed);
        (void)curl_multi_assign(f->multi, socket, NULL);
        return 0;
    }
    if (w == NULL)
        w = watch(f, socket);
    if (w == NULL)
        return -1;
    (void)curl_multi_assign(f->multi, socket, w);
    return uv_poll_start(&w->poll, events, on_ready) == 0 ? 0 : -1;
}

/* --- One of them ----------------------------------------------------------------------------- */

static size_t take(char *data, size_t size, size_t n, void *user)
{
    struct fetch *fetch = user;
    size_t len = size * n, cap = fetch->cap != 0 ? fetch->cap : FIRST_OCTETS;
    uint8_t *grown;

    if (len > fetch->order.octets - fetch->len) {
        fetch->is_too_large = true;
        return 0;
    }
    while (cap < fetch->len + len)
        cap *= 2;
    if (cap != fetch->cap) {
        grown = realloc(fetch->octets, cap);
        if (grown == NULL)
            return 0;
        fetch->octets = grown;
        fetch->cap = cap;
    }
    memcpy(fetch->octets + fetch->len, data, len);
    fetch->len += len;
    return len;
}

/* After the lookup of the name, so that no name stands for a forbidden address. */
static curl_socket_t open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct fetch *fetch = user;

    if (purpose != CURLSOCKTYPE_IPCXN ||
        !reach_is_allowed(&to->addr, fetch->order.reach, fetch->order.networks)) {
        fetch->is_forbidden = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static const struct {
    CURLoption option;
    long value;
} numbers[] = {
    { CURLOPT_FOLLOWLOCATION, 1 },
    { CURLOPT_MAXREDIRS, REDIRECTS_MAX },
    { CURLOPT_DISALLOW_USERNAME_IN_URL, 1 },
    { CURLOPT_FAILONERROR, 1 },
    { CURLOPT_NOSIGNAL, 1 },
    { CURLOPT_QUICK_EXIT, 1 }, /* the loop does not wait for a lookup of names */
    /* A connection serves one fetch: the next one may be allowed less. */
    { CURLOPT_FRESH_CONNECT, 1 },
    { CURLOPT_FORBID_REUSE, 1 },
};

static bool set_constants(CURL *easy)
{
    for (size_t i = 0; i < COUNT(numbers); i++) {
        if (curl_easy_setopt(easy, numbers[i].option, numbers[i].value) != CURLE_OK)
            return false;
    }
    /* No proxy, whatever the environment says. */
    return curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK;
}

static bool set_protocols(CURL *easy, const char *protocols)
{
    return curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, protocols) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, protocols) == CURLE_OK;
}

static bool prepare(struct fetch *fetch, const char *url)
{
    const curl_off_t most = (curl_off_t)fetch->order.octets;
    CURL *easy = fetch->easy;

    return set_constants(easy) &&
           set_protocols(easy, is_strangers(&fetch->order) ? "http" : "http,https") &&
           curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)fetch->order.ms) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, most) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, fetch->said) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, fetch) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEDATA, fetch) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PRIVATE, fetch) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK;
}

static bool is_open(struct fetcher *f)
{
    if (f->multi != NULL)
        return true;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return false;
    f->multi = curl_multi_init();
    if (f->multi == NULL) {
        curl_global_cleanup();
        return false;
    }
    (void)uv_timer_init(f->loop, &f->timer);
    f->timer.data = f;
    (void)curl_multi_setopt(f->multi, CURLMOPT_SOCKETFUNCTION, want_socket);
    (void)curl_multi_setopt(f->multi, CURLMOPT_SOCKETDATA, f);
    (void)curl_multi_setopt(f->multi, CURLMOPT_TIMERFUNCTION, want_timer);
    (void)curl_multi_setopt(f->multi, CURLMOPT_TIMERDATA, f);
    return true;
}

void fetcher_init(struct fetcher *f, uv_loop_t *loop)
{
    *f = (struct fetcher){ .loop = loop };
}

struct fetch *fetch_start(struct fetcher *f, const struct fetch_order *order, struct problem *why)
{
    struct fetch *fetch;

    if (f->n == FETCHES_MAX || (is_strangers(order) && f->n_strangers == STRANGERS_FETCHES_MAX)) {
        problem_set(why, "too much is being fetched already");
        return NULL;
    }
    problem_set(why, "out of memory");
    fetch = is_open(f) ? calloc(1, sizeof *fetch) : NULL;
    if (fetch == NULL)
        return NULL;
    fetch->fetcher = f;
    fetch->order = *order;
    fetch->order.url = NULL;
    fetch->easy = curl_easy_init();
    if (fetch->easy != NULL && prepare(fetch, order->url) &&
        curl_multi_add_handle(f->multi, fetch->easy) == CURLM_OK) {
        f->n++;
        f->n_strangers += is_strangers(order);
        return fetch;
    }
    curl_easy_cleanup(fetch->easy);
    free(fetch);
    return NULL;
}

void fetch_abort(struct fetch *fetch)
{
    release(fetch);
}

void fetcher_close(struct fetcher *f)
{
    if (f->multi == NULL)
        return;
    (void)curl_multi_cleanup(f->multi);
    f->multi = NULL;
    uv_close((uv_handle_t *)&f->timer, NULL);
    curl_global_cleanup();
}
