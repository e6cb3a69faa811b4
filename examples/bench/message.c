#include "message.h"

#include <stdlib.h>
#include <string.h>

#include "codec.h"

enum { WARM_UP = 100 };

const char *const message_names[MESSAGES] = { "IKE_SA_INIT request", "IKE_AUTH request, inner" };

/* What one measurement works with. */
struct work {
    ike2_bytes octets;
    bool is_chain;
    uint8_t first; /* of a chain */
    struct codec codec;
    uint8_t room[MESSAGE_ROOM];
    ike2_buffer written;
};

static bool read_it(struct work *w)
{
    return w->is_chain ? codec_read_chain(&w->codec, w->first, w->octets)
                       : codec_read_message(&w->codec, w->octets);
}

static bool write_it(struct work *w)
{
    w->written = (ike2_buffer){ .ptr = w->room, .cap = sizeof w->room };
    return w->is_chain ? codec_write_chain(&w->codec, &w->written)
                       : codec_write_message(&w->codec, &w->written);
}

/* In nanoseconds each. */
static double time_of(struct work *w, bool (*what)(struct work *), unsigned long n)
{
    uint64_t begin = clock_now();

    for (unsigned long i = 0; i < n; i++)
        (void)what(w);
    return (double)(clock_now() - begin) / (double)n;
}

static bool measure(struct work *w, const struct pace *pace, struct message_result *out)
{
    struct series decode = { 0 }, encode = { 0 };

    /* What is written is what was read: nothing was passed over. */
    if (!read_it(w) || !write_it(w) || w->written.len != w->octets.len ||
        memcmp(w->room, w->octets.ptr, w->octets.len) != 0)
        return false;
    *out = (struct message_result){ .octets = w->octets.len, .payloads = w->codec.n_items };
    out->count = pace_count(pace, time_of(w, read_it, WARM_UP) + time_of(w, write_it, WARM_UP));
    for (uint32_t i = 0; i < pace->rounds; i++) {
        series_add(&decode, time_of(w, read_it, out->count));
        series_add(&encode, time_of(w, write_it, out->count));
    }
    out->decode_ns = series_spread(&decode);
    out->encode_ns = series_spread(&encode);
    return true;
}

bool message_measure(const struct recording *rec, const struct pace *pace,
                     struct message_result out[MESSAGES], struct problem *why)
{
    struct work *w = calloc(1, sizeof *w);
    bool good = w != NULL;

    for (size_t i = 0; i < MESSAGES && good; i++) {
        w->is_chain = i == 1;
        w->first = rec->chain_first;
        w->octets = w->is_chain ? (ike2_bytes){ .ptr = rec->chain, .len = rec->chain_len }
                                : (ike2_bytes){ .ptr = rec->request.octets,
                                                .len = rec->request.len };
        good = measure(w, pace, &out[i]);
        if (!good)
            problem_set(why, "%s: what is written is not what was read", message_names[i]);
    }
    if (w == NULL)
        problem_set(why, "no memory");
    free(w);
    return good;
}
