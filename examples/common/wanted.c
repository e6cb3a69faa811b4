#include "wanted.h"

#include <stdlib.h>
#include <string.h>

#include "crl_cache.h"
#include "url.h"

void wanted_begin(struct wanted *w)
{
    for (size_t i = 0; i < w->n; i++)
        w->list[i].is_open = false;
}

void wanted_add(struct wanted *w, ike2_bytes url)
{
    size_t i = 0;

    if (url_wrong(url, true) != NULL) /* the octets are the certificate's, thus anything */
        return;
    while (i < w->n && (strlen(w->list[i].url) != url.len ||
                        memcmp(w->list[i].url, url.ptr, url.len) != 0))
        i++;
    if (i == WANTED_MAX)
        return;
    if (i == w->n) {
        w->list[w->n] = (struct wanted_crl){ .octets = NULL };
        memcpy(w->list[w->n++].url, url.ptr, url.len);
    }
    w->list[i].is_open = true;
}

size_t wanted_octets(const struct wanted *w, ike2_bytes out[WANTED_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < w->n; i++) {
        if (w->list[i].octets != NULL)
            out[n++] = (ike2_bytes){ .ptr = w->list[i].octets, .len = w->list[i].len };
    }
    return n;
}

void wanted_put(struct wanted_crl *crl, uint8_t *octets, size_t len)
{
    free(crl->octets);
    crl->octets = octets;
    crl->len = len;
    crl->is_kept = false;
}

bool wanted_seek(struct wanted *w, const char *directory)
{
    bool any = false;

    for (size_t i = 0; i < w->n; i++) {
        struct wanted_crl *crl = &w->list[i];

        if (!crl->is_open || crl->is_sought)
            continue;
        crl->is_sought = true;
        crl_cache_read(directory, crl->url, &crl->octets, &crl->len);
        crl->is_kept = crl->octets != NULL;
        any = any || crl->is_kept;
    }
    return any;
}

bool wanted_keep(struct wanted *w, const char *directory, struct problem *why)
{
    bool ok = true;

    for (size_t i = 0; i < w->n; i++) {
        struct wanted_crl *crl = &w->list[i];

        if (crl->is_open || crl->is_kept || crl->octets == NULL)
            continue;
        crl->is_kept = true; /* or cannot be */
        ok = crl_cache_write(directory, crl->url,
                             (ike2_bytes){ .ptr = crl->octets, .len = crl->len }, why) && ok;
    }
    return ok;
}

void wanted_clear(struct wanted *w)
{
    for (size_t i = 0; i < w->n; i++)
        free(w->list[i].octets);
    w->n = 0;
}
