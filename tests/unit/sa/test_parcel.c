/* lib/sa/parcel.c: messages as they go out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "sa/parcel.h"
#include "support/host.h"

static const ike2_header header = { .spi_i = 1, .spi_r = 2, .exchange = IKE2_EXCHANGE_IKE_AUTH,
                                    .flags = IKE2_FLAG_RESPONSE, .message_id = 3 };

/* `n` datagrams "0...", "1...", each of 10 octets. */
static struct parcel *parcel_of(struct test_host *t, size_t n)
{
    struct parcel *p = ike2_parcel_new(&t->host, &header, n, n * 10);

    assert_non_null(p);
    for (size_t i = 0; i < n; i++) {
        size_t cap;
        uint8_t *room = ike2_parcel_room(p, &cap);

        assert_true(cap >= 10);
        memset(room, '0' + (int)i, 10);
        ike2_parcel_add(p, (ike2_bytes){ room, 10 });
    }
    return p;
}

static const ike2_output *poll(struct test_host *t)
{
    const ike2_output *out = ike2_outputs_next(&t->host);

    assert_non_null(out);
    assert_int_equal(out->type, IKE2_SEND);
    return out;
}

static void datagrams_keep_their_order(void **state)
{
    struct test_host *t = *state;
    struct parcel *p = parcel_of(t, 3);

    assert_int_equal(p->n, 3);
    assert_int_equal(p->message_id, 3);
    assert_int_equal(p->exchange, IKE2_EXCHANGE_IKE_AUTH);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(p->datagrams[i].ptr[9], '0' + i);
    ike2_parcel_unref(&t->host, p);
    ike2_parcel_unref(&t->host, NULL);
}

static void the_last_datagram_has_exactly_its_room(void **state)
{
    struct test_host *t = *state;
    struct parcel *p = ike2_parcel_new(&t->host, &header, 1, 10);
    size_t cap;

    memset(ike2_parcel_room(p, &cap), 7, 10);
    assert_int_equal(cap, 10);
    ike2_parcel_unref(&t->host, p);
}

static void a_send_lives_without_whoever_made_it(void **state)
{
    struct test_host *t = *state;
    struct parcel *p = parcel_of(t, 2);
    const struct send what = { .parcel = p, .sa = 9, .peer_tag = 8, .path = { .tag = 5 } };
    const ike2_output *out;

    assert_int_equal(ike2_send_push(&t->host, &what), IKE2_OK);
    assert_int_equal(ike2_send_push(&t->host, &what), IKE2_OK); /* and again: the same octets */
    ike2_parcel_unref(&t->host, p);
    for (size_t i = 0; i < 2; i++) {
        out = poll(t);
        assert_int_equal(out->sa, 9);
        assert_int_equal(out->peer_tag, 8);
        assert_int_equal(out->u.send.path.tag, 5);
        assert_int_equal(out->u.send.n_payloads, 2);
        assert_int_equal(out->u.send.payloads[1].len, 10);
        assert_int_equal(out->u.send.payloads[1].ptr[0], '1');
    }
}

/* RFC 3948 2.2. */
static void the_path_decides_about_the_marker(void **state)
{
    struct test_host *t = *state;
    struct parcel *p = parcel_of(t, 2);
    struct send what = { .parcel = p, .path = { .encap = IKE2_ENCAP_UDP } };
    const ike2_output *out;

    assert_int_equal(ike2_send_push(&t->host, &what), IKE2_OK);
    what.path.encap = IKE2_ENCAP_NONE;
    assert_int_equal(ike2_send_push(&t->host, &what), IKE2_OK);
    ike2_parcel_unref(&t->host, p);
    out = poll(t);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(out->u.send.payloads[i].len, 14);
        assert_memory_equal(out->u.send.payloads[i].ptr, "\0\0\0\0", 4);
        assert_int_equal(out->u.send.payloads[i].ptr[4], '0' + i);
    }
    assert_int_equal(poll(t)->u.send.payloads[0].ptr[0], '0');
}

/* RFC 3948 2.3. */
static void a_keepalive_is_one_octet_without_marker(void **state)
{
    struct test_host *t = *state;
    const struct send what = { .path = { .encap = IKE2_ENCAP_UDP } };
    const ike2_output *out;

    assert_int_equal(ike2_send_push(&t->host, &what), IKE2_OK);
    out = poll(t);
    assert_int_equal(out->u.send.n_payloads, 1);
    assert_int_equal(out->u.send.payloads[0].len, 1);
    assert_int_equal(out->u.send.payloads[0].ptr[0], 0xff);
}

static void without_memory_nothing_is_sent(void **state)
{
    struct test_host *t = *state;
    struct parcel *p = parcel_of(t, 1);
    const struct send what = { .parcel = p };

    t->allocator.fail_after = t->allocator.n_acquired;
    assert_null(ike2_parcel_new(&t->host, &header, 1, 10));
    assert_int_equal(ike2_send_push(&t->host, &what), IKE2_ERR_MEMORY);
    assert_int_equal(p->refs, 1);
    ike2_parcel_unref(&t->host, p);
    assert_null(ike2_outputs_next(&t->host));
}

static void what_was_never_polled_is_released(void **state)
{
    struct test_host *t = *state;
    struct parcel *p = parcel_of(t, 1);
    const struct send what = { .parcel = p };

    assert_int_equal(ike2_send_push(&t->host, &what), IKE2_OK);
    assert_int_equal(ike2_send_push(&t->host, &what), IKE2_OK);
    ike2_parcel_unref(&t->host, p);
    (void)poll(t);
    ike2_outputs_clear(&t->host);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, test_host_setup, test_host_teardown)
    static const struct CMUnitTest tests[] = {
        CASE(datagrams_keep_their_order),
        CASE(the_last_datagram_has_exactly_its_room),
        CASE(a_send_lives_without_whoever_made_it),
        CASE(the_path_decides_about_the_marker),
        CASE(a_keepalive_is_one_octet_without_marker),
        CASE(without_memory_nothing_is_sent),
        CASE(what_was_never_polled_is_released),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
