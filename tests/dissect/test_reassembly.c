/* examples/dissect/reassembly.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "reassembly.h"

enum { SIZE = 400 };

static uint8_t octets[SIZE];
static struct reassembly *all;
static struct ip_packet whole;

/* Where the next fragment comes from. */
static struct reassembly_place place;

static int setup(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE; i++)
        octets[i] = (uint8_t)(i * 7);
    place = (struct reassembly_place){ .packet = 1, .seconds = 1000 };
    all = reassembly_new();
    return all == NULL;
}

static int teardown(void **state)
{
    (void)state;
    reassembly_free(all);
    return 0;
}

static struct ip_packet piece(uint32_t id, size_t from, size_t to)
{
    return (struct ip_packet){
        .src = { .family = 4, .ip = { 192, 0, 2, 1 } },
        .dst = { .family = 4, .ip = { 192, 0, 2, 2 } },
        .protocol = 17,
        .payload = { .ptr = octets + from, .len = to - from },
        .is_fragment = true,
        .has_more = to < SIZE,
        .id = id,
        .offset = from,
    };
}

static enum reassembly_outcome add(const struct ip_packet *p)
{
    enum reassembly_outcome outcome = reassembly_add(all, p, &place, &whole);

    place.packet++;
    return outcome;
}

static enum reassembly_outcome add_range(uint32_t id, size_t from, size_t to)
{
    const struct ip_packet p = piece(id, from, to);

    return add(&p);
}

static void check_whole(void)
{
    assert_int_equal(whole.payload.len, SIZE);
    assert_memory_equal(whole.payload.ptr, octets, SIZE);
    assert_false(whole.is_fragment);
    assert_false(whole.is_cut);
    assert_int_equal(whole.protocol, 17);
}

static void fragments_in_any_order_become_the_packet(void **state)
{
    static const size_t cuts[4] = { 0, 80, 240, SIZE };
    static const int orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
                                      { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        for (size_t j = 0; j < 3; j++) {
            int at = orders[i][j];

            assert_int_equal(add_range(1, cuts[at], cuts[at + 1]),
                             j < 2 ? REASSEMBLY_WAIT : REASSEMBLY_WHOLE);
        }
        check_whole();
    }
}

static void packets_are_told_apart(void **state)
{
    struct ip_packet other = piece(1, 80, SIZE);

    (void)state;
    assert_int_equal(add_range(1, 0, 80), REASSEMBLY_WAIT);
    assert_int_equal(add_range(2, 80, SIZE), REASSEMBLY_WAIT);
    other.src.ip[0] = 10;
    assert_int_equal(add(&other), REASSEMBLY_WAIT);
    other = piece(1, 80, SIZE);
    other.dst.ip[3] = 3;
    assert_int_equal(add(&other), REASSEMBLY_WAIT);
    other = piece(1, 80, SIZE);
    other.protocol = 6;
    assert_int_equal(add(&other), REASSEMBLY_WAIT);
    other = piece(1, 80, SIZE);
    other.src.family = other.dst.family = 6;
    assert_int_equal(add(&other), REASSEMBLY_WAIT);
    assert_int_equal(add_range(1, 80, SIZE), REASSEMBLY_WHOLE);
    check_whole();
}

static void in_ipv6_the_first_fragment_says_the_protocol(void **state)
{
    struct ip_packet first = piece(1, 0, 80), last = piece(1, 80, SIZE);

    (void)state;
    first.src.family = last.src.family = 6;
    last.protocol = 99;
    assert_int_equal(add(&last), REASSEMBLY_WAIT);
    assert_int_equal(add(&first), REASSEMBLY_WHOLE);
    check_whole();
}

static void a_fragment_that_comes_twice_counts_once(void **state)
{
    (void)state;
    assert_int_equal(add_range(1, 0, 80), REASSEMBLY_WAIT);
    assert_int_equal(add_range(1, 0, 80), REASSEMBLY_WAIT);
    assert_int_equal(add_range(1, 240, SIZE), REASSEMBLY_WAIT);
    assert_int_equal(add_range(1, 240, SIZE), REASSEMBLY_WAIT);
    assert_int_equal(add_range(1, 80, 240), REASSEMBLY_WHOLE);
    check_whole();
}

/* Every way to overlap 80 to 160, by one octet at least. */
static void what_overlaps_is_refused_for_good(void **state)
{
    static const size_t ranges[][2] = { { 0, 88 },   { 80, 88 },  { 152, 160 },
                                        { 88, 152 }, { 72, 168 }, { 152, 240 } };

    (void)state;
    for (uint32_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        assert_int_equal(add_range(i, 80, 160), REASSEMBLY_WAIT);
        assert_int_equal(add_range(i, ranges[i][0], ranges[i][1]), REASSEMBLY_OVERLAP);
        assert_int_equal(add_range(i, 0, 80), REASSEMBLY_WAIT);
        assert_int_equal(add_range(i, 80, 160), REASSEMBLY_WAIT);
        assert_int_equal(add_range(i, 160, SIZE), REASSEMBLY_WAIT);
    }
}

static void other_octets_at_the_same_place_are_an_overlap(void **state)
{
    struct ip_packet other = piece(1, 80, 160);

    (void)state;
    other.payload.ptr = octets;
    assert_int_equal(add_range(1, 80, 160), REASSEMBLY_WAIT);
    assert_int_equal(add(&other), REASSEMBLY_OVERLAP);
}

static void two_ends_are_an_overlap(void **state)
{
    struct ip_packet end = piece(1, 0, 80);

    (void)state;
    end.offset = 80;
    end.has_more = false;
    assert_int_equal(add_range(1, 240, SIZE), REASSEMBLY_WAIT);
    assert_int_equal(add(&end), REASSEMBLY_OVERLAP);
    /* The other way round: what came before is behind the end. */
    end.id = 2;
    assert_int_equal(add_range(2, 160, 240), REASSEMBLY_WAIT);
    assert_int_equal(add(&end), REASSEMBLY_OVERLAP);
    /* And a fragment behind it. */
    end.id = 3;
    assert_int_equal(add(&end), REASSEMBLY_WAIT);
    assert_int_equal(add_range(3, 160, 240), REASSEMBLY_OVERLAP);
}

static void more_than_any_packet_has_is_refused(void **state)
{
    struct ip_packet p = piece(1, 0, 16);

    (void)state;
    p.offset = 65528;
    assert_int_equal(add(&p), REASSEMBLY_BEYOND);
    p.id = 2;
    for (p.offset = 0; p.offset < (size_t)REASSEMBLY_EACH * 16; p.offset += 16)
        assert_int_equal(add(&p), REASSEMBLY_WAIT);
    assert_int_equal(add(&p), REASSEMBLY_BEYOND);
    p.offset = 0;
    assert_int_equal(add(&p), REASSEMBLY_WAIT);
}

static void what_is_old_is_given_up(void **state)
{
    uint64_t packet;

    (void)state;
    add_range(1, 0, 80);
    assert_false(reassembly_lost(all, 1000 + REASSEMBLY_SECONDS, &packet));
    assert_true(reassembly_lost(all, 1001 + REASSEMBLY_SECONDS, &packet));
    assert_int_equal(packet, 1);
    assert_false(reassembly_lost(all, INT64_MAX, &packet));
    assert_int_equal(add_range(1, 80, SIZE), REASSEMBLY_WAIT);
}

static void time_that_runs_backwards_gives_up_nothing(void **state)
{
    uint64_t packet;

    (void)state;
    add_range(1, 0, 80);
    assert_false(reassembly_lost(all, INT64_MIN, &packet));
    assert_int_equal(add_range(1, 80, SIZE), REASSEMBLY_WHOLE);
}

static void what_was_refused_is_not_told_again(void **state)
{
    uint64_t packet;

    (void)state;
    add_range(1, 0, 80);
    assert_int_equal(add_range(1, 72, 160), REASSEMBLY_OVERLAP);
    add_range(2, 0, 80);
    assert_true(reassembly_lost(all, INT64_MAX, &packet));
    assert_int_equal(packet, 3);
    assert_false(reassembly_lost(all, INT64_MAX, &packet));
}

static void the_one_begun_first_makes_room(void **state)
{
    uint64_t packet;

    (void)state;
    for (uint32_t id = 1; id <= REASSEMBLY_PACKETS; id++) {
        assert_false(reassembly_lost(all, 1000, &packet));
        assert_int_equal(add_range(id, 0, 80), REASSEMBLY_WAIT);
    }
    assert_int_equal(add_range(99, 0, 80), REASSEMBLY_BEYOND);
    assert_true(reassembly_lost(all, 1000, &packet));
    assert_int_equal(packet, 1);
    assert_false(reassembly_lost(all, 1000, &packet));
    assert_int_equal(add_range(2, 80, SIZE), REASSEMBLY_WHOLE);
}

static void an_empty_fragment_is_survived(void **state)
{
    (void)state;
    assert_int_equal(add_range(1, 0, 0), REASSEMBLY_WAIT);
    assert_int_equal(add_range(1, 0, 80), REASSEMBLY_WAIT);
    assert_int_equal(add_range(1, 80, SIZE), REASSEMBLY_WHOLE);
    check_whole();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(fragments_in_any_order_become_the_packet),
        TEST(packets_are_told_apart),
        TEST(in_ipv6_the_first_fragment_says_the_protocol),
        TEST(a_fragment_that_comes_twice_counts_once),
        TEST(what_overlaps_is_refused_for_good),
        TEST(other_octets_at_the_same_place_are_an_overlap),
        TEST(two_ends_are_an_overlap),
        TEST(more_than_any_packet_has_is_refused),
        TEST(what_is_old_is_given_up),
        TEST(time_that_runs_backwards_gives_up_nothing),
        TEST(what_was_refused_is_not_told_again),
        TEST(the_one_begun_first_makes_room),
        TEST(an_empty_fragment_is_survived),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
