#include "recent.h"

#include "common/log.h"

void recent_add(struct recent *r, const char *event, json_t *fields)
{
    char when[LOG_TIME];
    json_t *entry;

    log_time(when);
    entry = json_pack("{s:s, s:s}", "time", when, "event", event);
    if (entry != NULL) {
        (void)json_object_update_missing(entry, fields);
        json_decref(r->list[r->next]);
        r->list[r->next] = entry;
        r->next = (r->next + 1) % RECENT_KEPT;
    }
    json_decref(fields);
}

json_t *recent_list(const struct recent *r, size_t last)
{
    json_t *list = json_array();
    size_t i, left_out = last < RECENT_KEPT ? RECENT_KEPT - last : 0;

    for (i = left_out; i < RECENT_KEPT; i++) {
        json_t *entry = r->list[(r->next + i) % RECENT_KEPT];

        if (entry != NULL)
            (void)json_array_append(list, entry);
    }
    return list;
}

void recent_clear(struct recent *r)
{
    size_t i;

    for (i = 0; i < RECENT_KEPT; i++)
        json_decref(r->list[i]);
    *r = (struct recent){ 0 };
}
