/* examples/dissect/stream.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "stream.h"

static const uint8_t frames[] = "IKETCP\0\5one\0\2\0\3\xff\0\6four";
enum { FRAMES = sizeof frames - 1 };
/* Sequence numbers wrap in the middle of the frames. */
static const uint32_t start = 0xfffffff8;

static struct streams *all;
static struct stream *stream;
static struct stream_ends ends;
static uint32_t next;

static int setup(void **state)
{
    (void)state;
    ends = (struct stream_ends){
        .src = { .family = 4, .port = 40000, .ip = { 192, 0, 2, 1 } },
        .dst = { .family = 4, .port = 4500, .ip = { 192, 0, 2, 2 } },
    };
    next = start;
    all = streams_new();
    return all == NULL;
}

static int teardown(void **state)
{
    (void)state;
    streams_free(all);
    return 0;
}

/* In a block of exactly its size, so that a sanitizer sees the first octet too many. */
static enum stream_outcome add(uint32_t sequence, const void *octets, size_t len)
{
    uint8_t *exact = malloc(len != 0 ? len : 1);
    struct tcp_segment segment = { .sequence = sequence };
    enum stream_outcome outcome;

    assert_non_null(exact);
    memcpy(exact, octets, len);
    segment.payload = (ike2_bytes){ .ptr = exact, .len = len };
    outcome = streams_add(all, &ends, &segment, &stream);
    free(exact);
    return outcome;
}

static void add_next(const void *octets, size_t len)
{
    assert_int_equal(add(next, octets, len), STREAM_OK);
    next += (uint32_t)len;
}

static void expect_frame(const char *text)
{
    ike2_bytes frame;

    assert_int_equal(stream_frame(stream, &frame), STREAM_OK);
    assert_int_equal(frame.len, strlen(text));
    if (frame.len != 0)
        assert_memory_equal(frame.ptr, text, frame.len);
}

static void frames_come_out_without_prefix_and_length(void **state)
{
    (void)state;
    add_next(frames, FRAMES);
    expect_frame("one");
    expect_frame("\xff");
    expect_frame("four");
    expect_frame("");
}

static void frames_come_out_once_their_last_octet_is_there(void **state)
{
    (void)state;
    for (size_t i = 0; i < FRAMES; i++) {
        add_next(frames + i, 1);
        if (i == 10)
            expect_frame("one");
        else if (i == 15)
            expect_frame("\xff");
        else if (i == FRAMES - 1)
            expect_frame("four");
        expect_frame("");
    }
}

static void the_side_that_answers_has_no_prefix(void **state)
{
    (void)state;
    add_next(frames + 6, FRAMES - 6);
    expect_frame("one");
}

static void what_was_sent_again_counts_once(void **state)
{
    (void)state;
    add_next(frames, 10);
    assert_int_equal(add(start, frames, 10), STREAM_OK);
    assert_int_equal(add(start + 4, frames + 4, 2), STREAM_OK);
    assert_int_equal(add(start + 4, frames + 4, FRAMES - 4), STREAM_OK);
    expect_frame("one");
    expect_frame("\xff");
    expect_frame("four");
    expect_frame("");
}

static void a_gap_ends_the_stream_once(void **state)
{
    (void)state;
    add_next(frames, 8);
    assert_int_equal(add(next + 1, frames, 1), STREAM_GAP);
    assert_int_equal(add(next + 2, frames, 1), STREAM_OK);
    assert_int_equal(add(next, frames + 8, FRAMES - 8), STREAM_OK);
    expect_frame("");
}

static void what_was_cut_off_ends_the_stream(void **state)
{
    struct tcp_segment segment = { .sequence = 1,
                                   .is_cut = true,
                                   .payload = { .ptr = frames, .len = 11 } };

    (void)state;
    assert_int_equal(streams_add(all, &ends, &segment, &stream), STREAM_GAP);
    expect_frame("");
}

static void a_new_connection_begins_again(void **state)
{
    struct tcp_segment first = { .sequence = 99, .is_first = true };

    (void)state;
    add_next(frames, 8);
    assert_int_equal(add(next + 1, frames, 1), STREAM_GAP);
    assert_int_equal(streams_add(all, &ends, &first, &stream), STREAM_OK);
    assert_int_equal(add(100, frames, FRAMES), STREAM_OK);
    expect_frame("one");
}

static void impossible_lengths_end_the_stream(void **state)
{
    (void)state;
    for (uint8_t len = 0; len < 2; len++) {
        const uint8_t octets[] = { 0, len, 'x', 'x' };
        ike2_bytes frame;

        ends.src.port++;
        add_next(octets, sizeof octets);
        assert_int_equal(stream_frame(stream, &frame), STREAM_MALFORMED);
        assert_int_equal(frame.len, 0);
        expect_frame("");
    }
}

static void the_largest_frame_comes_out_of_the_largest_segments(void **state)
{
    static uint8_t octets[65535 * 2];
    ike2_bytes frame;

    (void)state;
    memset(octets, 0xff, sizeof octets);
    add_next(octets, 65534);
    expect_frame("");
    add_next(octets, 65515);
    assert_int_equal(stream_frame(stream, &frame), STREAM_OK);
    assert_int_equal(frame.len, 65533);
    expect_frame("");
}

static void the_quietest_stream_makes_room(void **state)
{
    (void)state;
    for (uint16_t i = 0; i < STREAMS; i++) {
        ends.src.port = i;
        assert_int_equal(add(0, frames, 8), STREAM_OK);
    }
    /* Stream 0 speaks again, so 1 has to go. */
    ends.src.port = 0;
    assert_int_equal(add(8, frames + 8, 1), STREAM_OK);
    ends.src.port = STREAMS;
    assert_int_equal(add(0, frames, 8), STREAM_OK);
    ends.src.port = 0;
    assert_int_equal(add(9, frames + 9, FRAMES - 9), STREAM_OK);
    expect_frame("one");
    ends.src.port = 1;
    assert_int_equal(add(11, frames + 11, FRAMES - 11), STREAM_OK);
    expect_frame("\xff");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(frames_come_out_without_prefix_and_length),
        TEST(frames_come_out_once_their_last_octet_is_there),
        TEST(the_side_that_answers_has_no_prefix),
        TEST(what_was_sent_again_counts_once),
        TEST(a_gap_ends_the_stream_once),
        TEST(what_was_cut_off_ends_the_stream),
        TEST(a_new_connection_begins_again),
        TEST(impossible_lengths_end_the_stream),
        TEST(the_largest_frame_comes_out_of_the_largest_segments),
        TEST(the_quietest_stream_makes_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
