/* ends.c - two tunnels without interfaces. */
#include "ends.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void on_send(void *user, const ike2_path *path, uint8_t tos, ike2_bytes payload)
{
    struct end *e = user;

    assert_true(payload.len <= sizeof e->sent);
    memcpy(e->sent, payload.ptr, payload.len);
    e->sent_len = payload.len;
    e->sent_tos = tos;
    e->sent_path = *path;
    e->n_sent++;
}

static void on_report(void *user, const struct dataplane_report *report)
{
    struct end *e = user;

    e->report = *report;
    e->n_reports++;
}

static bool on_deliver(void *user, ike2_bytes packet)
{
    struct end *e = user;

    if (e->refuses)
        return false;
    assert_true(packet.len <= sizeof e->delivered.octets);
    memcpy(e->delivered.octets, packet.ptr, packet.len);
    e->delivered.len = packet.len;
    e->n_delivered++;
    return true;
}

static bool on_changed(void *user, const struct prefix *prefix, bool present)
{
    struct end *e = user;
    char text[PREFIX_TEXT];

    prefix_text(prefix, text);
    assert_true(strlen(e->told) + strlen(text) + 3 < sizeof e->told);
    strcat(e->told, present ? "+" : "-");
    strcat(strcat(e->told, text), " ");
    return true;
}

static void end_init(struct end *e, const ike2_crypto *crypto, const struct tunnel_config *wanted)
{
    struct tunnel_config config = {
        .host = { .user = e, .crypto = crypto, .send = on_send, .report = on_report },
        .deliver = on_deliver,
        .changed = on_changed,
        .user = e,
        .path_mtu = 1500,
    };
    struct fault fault;

    if (wanted != NULL) {
        config.path_mtu = wanted->path_mtu != 0 ? wanted->path_mtu : config.path_mtu;
        config.may_loop = wanted->may_loop;
        config.copy_tos = wanted->copy_tos;
        config.follow_source = wanted->follow_source;
    }
    assert_true(tunnel_init(&e->tunnel, &config, &fault));
}

void ends_init(struct ends *e, const struct tunnel_config *config)
{
    memset(e, 0, sizeof *e);
    crypto_wrap_init(&e->wrap, 1);
    end_init(&e->left, &e->wrap.table, config);
    end_init(&e->right, &e->wrap.table, config);
    e->right.is_right = true;
}

void ends_clear(struct ends *e)
{
    tunnel_clear(&e->left.tunnel);
    tunnel_clear(&e->right.tunnel);
    crypto_wrap_clear(&e->wrap);
}

static void install(struct ends *e, struct end *end, enum test_cipher cipher, uint32_t number,
                    bool switched)
{
    struct test_pair pair;
    struct fault fault;

    test_pair_make(&pair, &e->wrap.table, cipher, number, end->is_right);
    assert_true(tunnel_install(&end->tunnel, &pair.pair, &fault));
    test_pair_clear(&pair);
    if (switched)
        assert_true(end_switch(end, number));
}

void ends_install(struct ends *e, enum test_cipher cipher, uint32_t number, bool switched)
{
    install(e, &e->left, cipher, number, switched);
    install(e, &e->right, cipher, number, switched);
}

ike2_pair end_pair(const struct end *e, uint32_t number)
{
    return (ike2_pair){ .child = 7, .spi_in = (e->is_right ? 0x2000 : 0x1000) + number };
}

bool end_switch(struct end *e, uint32_t number)
{
    const ike2_pair pair = end_pair(e, number);
    struct fault fault;

    return tunnel_switch(&e->tunnel, &pair, &fault);
}

bool end_remove(struct end *e, uint32_t number, uint8_t halves)
{
    const ike2_pair pair = end_pair(e, number);
    struct fault fault;

    return tunnel_remove(&e->tunnel, &pair, halves, &fault);
}

struct packet_spec end_packet(const struct end *e)
{
    return (struct packet_spec){
        .src = e->is_right ? "10.2.0.2" : "10.1.0.1",
        .dst = e->is_right ? "10.1.0.1" : "10.2.0.2",
        .src_port = 1000,
        .dst_port = 53,
    };
}

void end_outbound(struct end *e, const struct packet_spec *spec)
{
    struct packet packet;

    packet_make(&packet, spec);
    tunnel_outbound(&e->tunnel, 0, packet_view(&packet));
}

void end_receive_at(struct end *e, const struct end *from, ike2_time now)
{
    const struct tunnel_datagram in = {
        .at = now,
        .path = {
            .local = from->sent_path.remote,
            .remote = from->sent_path.local,
            .encap = IKE2_ENCAP_UDP,
        },
        .tos = from->sent_tos,
        .octets = { .ptr = from->sent, .len = from->sent_len },
    };

    tunnel_inbound(&e->tunnel, &in);
}

void end_receive(struct end *e, const struct end *from)
{
    end_receive_at(e, from, 0);
}

uint64_t end_dropped(const struct end *e, enum dataplane_drop why)
{
    struct dataplane_counts counts;

    assert_true(tunnel_stats(&e->tunnel, 0, &counts));
    return counts.dropped[why];
}
