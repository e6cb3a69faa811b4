/* stream.h - one direction each of the TCP connections that carry IKE and ESP: RFC 9329. Segments
 * are taken in their order; where one is missing, the stream ends here. Bounded: so many streams,
 * and so much of each. */
#ifndef DISSECT_STREAM_H
#define DISSECT_STREAM_H

#include "tcp.h"

enum {
    STREAMS = 32, /* the one that was quiet longest makes room for the next */
    STREAM_OCTETS = 2 * 65536
};

/* From where to where, with ports. */
struct stream_ends {
    ike2_addr src, dst;
};

enum stream_outcome {
    STREAM_OK,
    STREAM_GAP,       /* segments are missing, or come in another order */
    STREAM_MALFORMED, /* a length that no frame can have: RFC 9329 3 */
    STREAM_MEMORY
};

struct stream;
struct streams;

struct streams *streams_new(void);
void streams_free(struct streams *all);
/* Takes in a segment; `*out` is its stream. After an outcome but STREAM_OK nothing more comes of
 * this stream until it begins again, and no other error. */
enum stream_outcome streams_add(struct streams *all, const struct stream_ends *ends,
                                const struct tcp_segment *segment, struct stream **out);
/* The next whole frame, without its length: with STREAM_OK, empty if there is none yet. Valid until
 * the next call. */
enum stream_outcome stream_frame(struct stream *s, ike2_bytes *frame);

#endif
