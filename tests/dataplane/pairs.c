/* pairs.c - SPI pairs for tests. */
#include "pairs.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "support/octets.h"

enum { KEY_OCTETS = 36 };

static size_t read_ip(const char *text, uint8_t ip[16])
{
    bool v4 = strchr(text, ':') == NULL;

    assert_int_equal(inet_pton(v4 ? AF_INET : AF_INET6, text, ip), 1);
    return v4 ? 4 : 16;
}

ike2_ts test_ts(const char *first, const char *last)
{
    ike2_ts ts = { .port_last = UINT16_MAX };
    size_t octets = read_ip(first, ts.first);

    assert_int_equal(read_ip(last, ts.last), octets);
    ts.type = octets == 4 ? IKE2_TS_IPV4_ADDR_RANGE : IKE2_TS_IPV6_ADDR_RANGE;
    return ts;
}

ike2_addr test_addr(const char *ip, uint16_t port)
{
    ike2_addr addr = { .port = port };

    addr.family = read_ip(ip, addr.ip) == 4 ? 4 : 6;
    return addr;
}

static ike2_suite suite_of(enum test_cipher cipher)
{
    ike2_suite suite = { .encr = { .type = IKE2_TRANSFORM_ENCR, .key_bits = 128 } };

    switch (cipher) {
    case TEST_GCM:
        suite.encr.id = IKE2_ENCR_AES_GCM_16;
        break;
    case TEST_CHACHA:
        suite.encr.id = IKE2_ENCR_CHACHA20_POLY1305;
        suite.encr.key_bits = 0;
        break;
    case TEST_CBC:
        suite.encr.id = IKE2_ENCR_AES_CBC;
        suite.integ = (ike2_transform){ .type = IKE2_TRANSFORM_INTEG,
                                        .id = IKE2_INTEG_HMAC_SHA2_256_128 };
        break;
    }
    return suite;
}

static ike2_key *key(const ike2_crypto *c, size_t len, uint32_t number)
{
    uint8_t octets[KEY_OCTETS];
    ike2_key *out = NULL;

    octets_ramp(octets, len, (uint8_t)number);
    assert_int_equal(c->key_import(c->user, IKE2_USE_CHILD,
                                   (ike2_bytes){ .ptr = octets, .len = len }, &out),
                     IKE2_OK);
    return out;
}

static void make_keys(ike2_pair *p, const ike2_crypto *c, enum test_cipher cipher, uint32_t number)
{
    size_t len = cipher == TEST_GCM ? 20 : cipher == TEST_CHACHA ? 36 : 16;

    p->encr_in = key(c, len, number);
    p->encr_out = key(c, len, number + 100);
    if (cipher == TEST_CBC) {
        p->integ_in = key(c, 32, number + 10);
        p->integ_out = key(c, 32, number + 110);
    }
}

/* The same pair from the other end. */
static void swap_ends(struct test_pair *t)
{
    ike2_pair *p = &t->pair;
    const ike2_pair was = *p;
    const ike2_ts local = t->local[0];

    p->spi_in = was.spi_out;
    p->spi_out = was.spi_in;
    p->path.local = was.path.remote;
    p->path.remote = was.path.local;
    p->encr_in = was.encr_out;
    p->encr_out = was.encr_in;
    p->integ_in = was.integ_out;
    p->integ_out = was.integ_in;
    t->local[0] = t->remote[0];
    t->remote[0] = local;
}

void test_pair_make(struct test_pair *out, const ike2_crypto *crypto, enum test_cipher cipher,
                    uint32_t number, bool is_right)
{
    *out = (struct test_pair){
        .crypto = crypto,
        .local = { test_ts("10.1.0.0", "10.1.255.255") },
        .remote = { test_ts("10.2.0.0", "10.2.255.255") },
        .pair = {
            .child = 7,
            .spi_in = 0x1000 + number,
            .spi_out = 0x2000 + number,
            .protocol = IKE2_PROTOCOL_ESP,
            .encap = IKE2_ENCAP_UDP,
            .path = { .local = test_addr("192.0.2.1", 4500),
                      .remote = test_addr("192.0.2.2", 4500),
                      .encap = IKE2_ENCAP_UDP },
            .suite = suite_of(cipher),
            .n_ts_local = 1,
            .n_ts_remote = 1,
        },
    };
    out->pair.ts_local = out->local;
    out->pair.ts_remote = out->remote;
    make_keys(&out->pair, crypto, cipher, number);
    if (is_right)
        swap_ends(out);
}

void test_pair_add_local(struct test_pair *p, ike2_ts ts)
{
    assert_true(p->pair.n_ts_local < TEST_TS_MAX);
    p->local[p->pair.n_ts_local++] = ts;
}

void test_pair_add_remote(struct test_pair *p, ike2_ts ts)
{
    assert_true(p->pair.n_ts_remote < TEST_TS_MAX);
    p->remote[p->pair.n_ts_remote++] = ts;
}

void test_pair_clear(struct test_pair *p)
{
    const ike2_crypto *c = p->crypto;
    ike2_key *keys[] = {
        p->pair.encr_in, p->pair.encr_out, p->pair.integ_in, p->pair.integ_out
    };

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        c->key_free(c->user, keys[i]);
    p->pair.encr_in = p->pair.encr_out = p->pair.integ_in = p->pair.integ_out = NULL;
}
