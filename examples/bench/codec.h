/* codec.h - one chain of payloads, or a message, read to the last value by ike2/message.h, and
 * written again from these values. */
#ifndef BENCH_CODEC_H
#define BENCH_CODEC_H

#include <ike2/message.h>

enum { CODEC_ITEMS = 24, CODEC_PROPOSALS = 8, CODEC_TRANSFORMS = 32, CODEC_SELECTORS = 4 };

struct codec_notify {
    ike2_notify notify;
    ike2_notify_data data; /* in the form of its type */
};

struct codec_selectors {
    size_t n;
    ike2_ts list[CODEC_SELECTORS];
};

/* One payload. */
struct codec_item {
    uint8_t type;
    union {
        ike2_ke_payload ke;
        ike2_id id;
        ike2_cert cert;
        ike2_auth_payload auth;
        ike2_bytes data; /* nonces, and what is not read further */
        struct codec_notify notify;
        struct codec_selectors selectors;
    } u;
};

/* It views the octets that were read. */
struct codec {
    ike2_header header;
    size_t n_items, n_proposals;
    struct codec_item items[CODEC_ITEMS];
    ike2_proposal proposals[CODEC_PROPOSALS]; /* of the one SA payload */
    ike2_transform transforms[CODEC_PROPOSALS][CODEC_TRANSFORMS];
};

bool codec_read_message(struct codec *c, ike2_bytes message);
bool codec_read_chain(struct codec *c, uint8_t first, ike2_bytes chain);
bool codec_write_message(const struct codec *c, ike2_buffer *out);
bool codec_write_chain(const struct codec *c, ike2_buffer *out);

#endif
