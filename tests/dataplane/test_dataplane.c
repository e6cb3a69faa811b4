/* examples/dataplane/dataplane.c and none.c; and a tunnel behind the table that carries what two
 * endpoints have negotiated. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/ike2.h>

#include "ends.h"
#include "memory.h"

static const struct dataplane_config defaults;

/* --- none -------------------------------------------------------------------------------- */

static void data_planes_are_found_by_name(void **state)
{
    (void)state;
    assert_ptr_equal(dataplane_find("none"), &dataplane_none);
    assert_ptr_equal(dataplane_find("tun"), &dataplane_tun);
    assert_ptr_equal(dataplane_find("xfrm"), &dataplane_xfrm);
    assert_null(dataplane_find("TUN"));
    assert_null(dataplane_find(""));
}

static void every_reason_to_drop_has_a_name_and_a_text(void **state)
{
    (void)state;
    assert_string_equal(dataplane_drop_name(DATAPLANE_DROP_SHORT), "SHORT");
    assert_string_equal(dataplane_drop_name(DATAPLANE_DROP_DEVICE), "DEVICE");
    for (int i = 0; i < DATAPLANE_DROPS; i++)
        assert_true(strlen(dataplane_drop_text((enum dataplane_drop)i)) > 5);
    assert_string_equal(dataplane_drop_name(DATAPLANE_DROPS), "?");
    assert_string_equal(dataplane_drop_text(DATAPLANE_DROPS), "?");
}

static void none_says_yes_to_everything(void **state)
{
    const struct dataplane_host host = { 0 };
    const ike2_pair pair = { .spi_in = 0x1001 };
    const uint8_t ops[] = {
        IKE2_LANE_INSTALL, IKE2_LANE_SWITCH, IKE2_LANE_MOVE, IKE2_LANE_REMOVE, IKE2_LANE_RELEASE
    };
    ike2_lane_task task = { .pair = &pair, .halves = IKE2_HALF_BOTH };
    struct dataplane_counts counts;
    struct dataplane *d = NULL;
    struct fault fault;
    ike2_addr address = test_addr("10.1.0.1", 0);
    ike2_path path = { 0 };

    (void)state;
    assert_true(dataplane_none.open(&defaults, &host, &d, &fault));
    for (size_t i = 0; i < sizeof ops; i++) {
        task.op = ops[i];
        assert_true(dataplane_task(d, &task, &fault));
    }
    assert_true(d->ops->address(d, &address, true, &fault));
    assert_int_equal(d->ops->fd(d, 0), -1);
    d->ops->readable(d, -1);
    d->ops->datagram_in(d, &path, 0, (ike2_bytes){ 0 });
    assert_true(d->ops->stats(d, 0, &counts));
    assert_int_equal(counts.dropped[DATAPLANE_DROP_NO_PAIR], 1);
    assert_false(d->ops->stats(d, 0x1001, &counts));
    d->ops->close(d);
    memory_fail_at(1);
    assert_false(dataplane_none.open(&defaults, &host, &d, &fault));
}

static void an_operation_of_the_future_is_refused(void **state)
{
    const struct dataplane_host host = { 0 };
    const ike2_pair pair = { .spi_in = 0x1001 };
    const ike2_lane_task task = { .op = 99, .pair = &pair };
    struct dataplane *d = NULL;
    struct fault fault = { .text = "" };

    (void)state;
    assert_true(dataplane_none.open(&defaults, &host, &d, &fault));
    assert_false(dataplane_task(d, &task, &fault));
    assert_non_null(strstr(fault.text, "99"));
    d->ops->close(d);
}

/* --- A data plane for two endpoints --------------------------------------------------------- */

/* The tunnel of an end behind the table: just what a job needs. */
struct plane {
    struct dataplane plane;
    struct end *end;
};

static struct end *end_of(struct dataplane *d)
{
    return ((struct plane *)d)->end;
}

static bool plane_install(struct dataplane *d, const ike2_pair *pair, struct fault *fault)
{
    return tunnel_install(&end_of(d)->tunnel, pair, fault);
}

static bool plane_switch(struct dataplane *d, const ike2_pair *pair, struct fault *fault)
{
    return tunnel_switch(&end_of(d)->tunnel, pair, fault);
}

static bool plane_move(struct dataplane *d, const ike2_pair *pair, struct fault *fault)
{
    return tunnel_move(&end_of(d)->tunnel, pair, fault);
}

static bool plane_remove(struct dataplane *d, const ike2_pair *pair, uint8_t halves,
                         struct fault *fault)
{
    return tunnel_remove(&end_of(d)->tunnel, pair, halves, fault);
}

static const struct dataplane_ops plane_ops = {
    .name = "plane",
    .needs_encap = true,
    .install = plane_install,
    .switch_out = plane_switch,
    .move = plane_move,
    .remove = plane_remove,
};

struct host {
    struct plane plane;
    ike2_endpoint *ep;
    ike2_peer_id peer;
    ike2_sa_id sa;
    uint32_t spi_in; /* of the child that is up; 0 = none */
};

static struct ends ends;
static struct host hosts[2];

static ike2_id fqdn(const char *name)
{
    return (ike2_id){ .type = IKE2_ID_FQDN,
                      .data = { .ptr = (const uint8_t *)name, .len = strlen(name) } };
}

static void define(struct host *h, bool is_right, ike2_toggle force_encap)
{
    const ike2_crypto *c = &ends.wrap.table;
    const ike2_ts left = test_ts("10.1.0.0", "10.1.255.255");
    const ike2_ts right = test_ts("10.2.0.0", "10.2.255.255");
    ike2_child_config child = IKE2_INIT(ike2_child_config);
    ike2_peer_config peer = IKE2_INIT(ike2_peer_config);
    ike2_key *psk = NULL;

    assert_int_equal(c->key_import(c->user, IKE2_USE_PRF,
                                   (ike2_bytes){ (const uint8_t *)"a secret", 8 }, &psk),
                     IKE2_OK);
    child.ts_local = is_right ? &right : &left;
    child.ts_remote = is_right ? &left : &right;
    child.n_ts_local = child.n_ts_remote = 1;
    peer.local_id = fqdn(is_right ? "right" : "left");
    peer.remote_id = fqdn(is_right ? "left" : "right");
    peer.psk_local = peer.psk_remote = psk;
    peer.children = &child;
    peer.n_children = 1;
    peer.force_encap = force_encap;
    assert_int_equal(ike2_peer_define(h->ep, &peer, &h->peer), IKE2_OK);
    c->key_free(c->user, psk);
}

static void host_init(struct host *h, struct end *end, ike2_toggle force_encap)
{
    ike2_endpoint_config config = IKE2_INIT(ike2_endpoint_config);

    *h = (struct host){ .plane = { .plane = { .ops = &plane_ops }, .end = end } };
    config.crypto = &ends.wrap.table;
    assert_int_equal(ike2_endpoint_new(&config, 0, &h->ep), IKE2_OK);
    define(h, end->is_right, force_encap);
}

static void take(struct host *h, struct host *other, const ike2_output *out)
{
    ike2_path back;

    switch (out->type) {
    case IKE2_SEND:
        back = out->u.send.path;
        back.local = out->u.send.path.remote;
        back.remote = out->u.send.path.local;
        for (size_t i = 0; i < out->u.send.n_payloads; i++)
            (void)ike2_endpoint_input(other->ep, 0, &back, out->u.send.payloads[i]);
        break;
    case IKE2_JOB:
        dataplane_work(&h->plane.plane, out->u.job);
        assert_int_equal(ike2_endpoint_finish(h->ep, 0, out->u.job), IKE2_OK);
        break;
    case IKE2_ASK_PEER:
        assert_int_equal(ike2_answer_peer(h->ep, 0, out->ask, h->peer), IKE2_OK);
        break;
    case IKE2_EVENT_CHILD_UP:
        h->spi_in = out->u.child.pair->spi_in;
        break;
    case IKE2_EVENT_CHILD_DOWN:
        h->spi_in = 0;
        break;
    default:
        break;
    }
}

/* Until nobody says anything any more. */
static void settle(void)
{
    bool is_busy = true;

    while (is_busy) {
        is_busy = false;
        for (int i = 0; i < 2; i++) {
            const ike2_output *out = ike2_endpoint_poll(hosts[i].ep);

            if (out == NULL)
                continue;
            take(&hosts[i], &hosts[1 - i], out);
            is_busy = true;
        }
    }
}

static void begin(ike2_toggle force_encap)
{
    const ike2_path path = {
        .local = test_addr("192.0.2.1", 500), .remote = test_addr("192.0.2.2", 500)
    };
    ike2_connect connect = IKE2_INIT(ike2_connect);

    ends_init(&ends, NULL);
    host_init(&hosts[0], &ends.left, force_encap);
    host_init(&hosts[1], &ends.right, force_encap);
    connect.peer = hosts[0].peer;
    connect.path = &path;
    assert_int_equal(ike2_sa_connect(hosts[0].ep, 0, &connect, &hosts[0].sa), IKE2_OK);
    settle();
}

static void end(void)
{
    ike2_endpoint_free(hosts[0].ep);
    ike2_endpoint_free(hosts[1].ep);
    ends_clear(&ends);
}

static void what_endpoints_negotiate_is_carried(void **state)
{
    struct packet_spec there, back;

    (void)state;
    begin(IKE2_ON);
    assert_int_not_equal(hosts[0].spi_in, 0);
    assert_int_not_equal(hosts[1].spi_in, 0);
    there = end_packet(&ends.left);
    back = end_packet(&ends.right);
    for (size_t i = 1; i <= 3; i++) {
        end_outbound(&ends.left, &there);
        end_receive(&ends.right, &ends.left);
        assert_int_equal(ends.right.n_delivered, i);
        end_outbound(&ends.right, &back);
        end_receive(&ends.left, &ends.right);
        assert_int_equal(ends.left.n_delivered, i);
    }
    assert_int_equal(ends.left.sent_path.remote.port, 4500);
    assert_int_equal(ends.left.sent_path.encap, IKE2_ENCAP_UDP);

    assert_int_equal(ike2_sa_close(hosts[0].ep, 0, hosts[0].sa), IKE2_OK);
    settle();
    assert_int_equal(hosts[0].spi_in, 0);
    assert_int_equal(hosts[1].spi_in, 0);
    assert_string_equal(ends.left.told, "+10.2.0.0/16 -10.2.0.0/16 ");
    assert_string_equal(ends.right.told, "+10.1.0.0/16 -10.1.0.0/16 ");
    end();
}

static void a_refused_pair_is_no_child(void **state)
{
    (void)state;
    begin(IKE2_OFF);
    assert_int_equal(hosts[0].spi_in, 0);
    assert_int_equal(hosts[1].spi_in, 0);
    assert_string_equal(ends.left.told, "");
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_planes_are_found_by_name),
        cmocka_unit_test(every_reason_to_drop_has_a_name_and_a_text),
        cmocka_unit_test(none_says_yes_to_everything),
        cmocka_unit_test(an_operation_of_the_future_is_refused),
        cmocka_unit_test(what_endpoints_negotiate_is_carried),
        cmocka_unit_test(a_refused_pair_is_no_child),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
