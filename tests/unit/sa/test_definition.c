/* lib/sa/definition.c: a peer's definition; credentials are in test_definition_credentials.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "sa/definition.h"
#include "support/host.h"

/* A key is a counter of its owners. */
struct ike2_key {
    int refs;
};

static void key_ref(void *user, ike2_key *key)
{
    (void)user;
    key->refs++;
}

static void key_free(void *user, ike2_key *key)
{
    (void)user;
    if (key != NULL)
        key->refs--;
}

static const ike2_crypto crypto = { .struct_size = sizeof(ike2_crypto), .key_ref = key_ref,
                                    .key_free = key_free };

/* A configuration in memory that can be overwritten afterwards. */
struct fixture {
    struct test_host t;
    ike2_key psk;
    uint8_t local[8], remote[8];
    char name[8], child_name[8];
    ike2_transform transforms[2];
    ike2_proposal proposals[1];
    ike2_ts ts[2];
    ike2_child_config child;
    ike2_policy policy;
    ike2_peer_config cfg;
};

static int begin(void **state)
{
    static struct fixture f;

    f = (struct fixture){ .local = "local", .remote = "remote", .name = "peer",
                          .child_name = "child" };
    test_host_init(&f.t);
    f.t.host.crypto = &crypto;
    f.transforms[0] = (ike2_transform){ .type = IKE2_TRANSFORM_ENCR, .id = 20, .key_bits = 256 };
    f.transforms[1] = (ike2_transform){ .type = IKE2_TRANSFORM_KE, .id = 31 };
    f.proposals[0] = (ike2_proposal){ .transforms = f.transforms, .n_transforms = 2 };
    f.ts[0] = (ike2_ts){ .type = IKE2_TS_IPV4_ADDR_RANGE, .port_last = 1 };
    f.ts[1] = (ike2_ts){ .type = IKE2_TS_IPV6_ADDR_RANGE, .port_last = 2 };
    f.child = (ike2_child_config){
        .struct_size = sizeof f.child, .name = f.child_name, .tag = 5, .proposals = f.proposals,
        .n_proposals = 1, .ts_local = f.ts, .n_ts_local = 2, .ts_remote = f.ts + 1,
        .n_ts_remote = 1,
    };
    f.cfg = (ike2_peer_config){
        .struct_size = sizeof f.cfg, .name = f.name, .tag = 9, .psk_local = &f.psk,
        .psk_remote = &f.psk, .proposals = f.proposals, .n_proposals = 1, .children = &f.child,
        .n_children = 1, .local_id = { .type = IKE2_ID_FQDN, .data = { f.local, 5 } },
        .remote_id = { .type = IKE2_ID_FQDN, .data = { f.remote, 6 } },
    };
    *state = &f;
    return 0;
}

static int end(void **state)
{
    struct fixture *f = *state;

    test_host_clear(&f->t);
    assert_int_equal(f->psk.refs, 0);
    return 0;
}

static struct definition *define(struct fixture *f)
{
    struct definition *d = NULL;

    assert_int_equal(ike2_definition_new(&f->t.host, &f->cfg, &d), IKE2_OK);
    return d;
}

static void refused(struct fixture *f)
{
    struct definition *d = NULL;

    assert_int_equal(ike2_definition_new(&f->t.host, &f->cfg, &d), IKE2_ERR_ARGUMENT);
    assert_null(d);
    assert_int_equal(f->psk.refs, 0);
}

static void everything_is_copied(void **state)
{
    struct fixture *f = *state;
    struct definition *d = define(f);

    memset(f->local, 0, sizeof f->local);
    memset(f->remote, 0, sizeof f->remote);
    memset(f->name, 0, sizeof f->name);
    memset(f->child_name, 0, sizeof f->child_name);
    memset(f->transforms, 0, sizeof f->transforms);
    memset(f->proposals, 0, sizeof f->proposals);
    memset(f->ts, 0, sizeof f->ts);
    memset(&f->child, 0, sizeof f->child);
    assert_string_equal(d->peer.name, "peer");
    assert_int_equal(d->peer.tag, 9);
    assert_memory_equal(d->peer.local_id.data.ptr, "local", 5);
    assert_memory_equal(d->peer.remote_id.data.ptr, "remote", 6);
    assert_int_equal(d->peer.proposals[0].transforms[1].id, 31);
    assert_string_equal(d->children[0].name, "child");
    assert_int_equal(d->children[0].tag, 5);
    assert_int_equal(d->children[0].proposals[0].transforms[0].key_bits, 256);
    assert_int_equal(d->children[0].ts_local[1].port_last, 2);
    assert_int_equal(d->children[0].ts_remote[0].type, IKE2_TS_IPV6_ADDR_RANGE);
    assert_int_equal(f->psk.refs, 2);
    ike2_definition_unref(&f->t.host, d);
}

static void a_definition_is_counted(void **state)
{
    struct fixture *f = *state;
    struct definition *d = define(f);

    assert_ptr_equal(ike2_definition_ref(d), d);
    ike2_definition_unref(&f->t.host, d);
    assert_int_equal(f->psk.refs, 2);
    assert_string_equal(d->peer.name, "peer");
    ike2_definition_unref(&f->t.host, d);
    assert_int_equal(f->psk.refs, 0);
    ike2_definition_unref(&f->t.host, NULL);
}

static void zero_is_the_documented_default(void **state)
{
    struct fixture *f = *state;
    struct definition *d = define(f);

    assert_int_equal(d->peer.liveness_seconds, 30);
    assert_int_equal(d->peer.nat_keepalive_seconds, 20);
    assert_int_equal(d->peer.fragment_octets_v4, 1280);
    assert_int_equal(d->peer.fragment_octets_v6, 1280);
    assert_int_equal(d->peer.fragmentation, IKE2_WANT_PREFER);
    assert_int_equal(d->peer.local_auth, IKE2_AUTH_PSK);
    assert_int_equal(d->peer.remote_auth, IKE2_AUTH_PSK);
    ike2_definition_unref(&f->t.host, d);
}

static void what_is_given_stays(void **state)
{
    struct fixture *f = *state;
    struct definition *d;

    f->cfg.liveness_seconds = IKE2_NEVER;
    f->cfg.nat_keepalive_seconds = 7;
    f->cfg.fragment_octets_v4 = 576;
    f->cfg.fragment_octets_v6 = 1500;
    f->cfg.fragmentation = IKE2_WANT_OFF;
    d = define(f);
    assert_int_equal(d->peer.liveness_seconds, IKE2_NEVER);
    assert_int_equal(d->peer.nat_keepalive_seconds, 7);
    assert_int_equal(d->peer.fragment_octets_v4, 576);
    assert_int_equal(d->peer.fragment_octets_v6, 1500);
    assert_int_equal(d->peer.fragmentation, IKE2_WANT_OFF);
    ike2_definition_unref(&f->t.host, d);
}

static void what_config_h_forbids_is_refused(void **state)
{
    struct fixture *f = *state;
    const struct fixture good = *f;
    static ike2_ts many[65];

#define BAD(change)                \
    do {                           \
        change;                    \
        refused(f);                \
        f->cfg = good.cfg;         \
        f->child = good.child;     \
        f->proposals[0] = good.proposals[0]; \
    } while (0)
    BAD(f->cfg.local_id.type = 0);
    BAD(f->cfg.n_children = 0);
    BAD(f->cfg.n_children = 65);
    BAD(f->cfg.children = NULL);
    BAD(f->child.ts_remote = NULL);
    BAD((f->child.ts_local = many, f->child.n_ts_local = 65));
    BAD(f->child.n_proposals = 33);
    BAD((f->child.proposals = NULL, f->child.n_proposals = 1));
    BAD(f->cfg.n_proposals = 33);
    BAD(f->proposals[0].n_transforms = 0);
    BAD(f->proposals[0].transforms = NULL);
    BAD(f->cfg.fragment_octets_v4 = 575);
    BAD(f->cfg.fragment_octets_v6 = 1279);
    BAD(f->cfg.remote_auth = 1u << 7);
#undef BAD
    ike2_definition_unref(&f->t.host, define(f));
}

/* An array's elements may be larger than the library's. */
static void a_stride_leads_from_child_to_child(void **state)
{
    struct fixture *f = *state;
    struct larger {
        ike2_child_config config;
        uint64_t of_the_future;
    } list[3];
    struct definition *d;

    for (size_t i = 0; i < 3; i++) {
        list[i] = (struct larger){ .config = f->child, .of_the_future = UINT64_MAX };
        list[i].config.tag = 40 + i;
        list[i].config.struct_size = sizeof list[i];
    }
    f->cfg.children = &list[0].config;
    f->cfg.n_children = 3;
    for (size_t i = 0; i < 2; i++) {
        f->cfg.child_stride = i == 0 ? 0 : sizeof list[0]; /* 0: the first one's size */
        d = define(f);
        assert_int_equal(d->children[0].tag, 40);
        assert_int_equal(d->children[2].tag, 42);
        assert_int_equal(d->children[2].struct_size, sizeof(ike2_child_config));
        ike2_definition_unref(&f->t.host, d);
    }
}

/* A program that was built with an older library knows less. */
static void a_shorter_configuration_is_padded_with_defaults(void **state)
{
    struct fixture *f = *state;
    struct definition *d;

    f->cfg.liveness_seconds = 99;
    f->cfg.struct_size = offsetof(ike2_peer_config, liveness_seconds);
    d = define(f);
    assert_int_equal(d->peer.liveness_seconds, 30);
    ike2_definition_unref(&f->t.host, d);
}

static const char *refuse(void *user, const ike2_policy_query *query)
{
    (void)user;
    (void)query;
    return "no";
}

static void a_policy_is_copied_as_far_as_it_goes(void **state)
{
    struct fixture *f = *state;
    struct definition *d;

    f->policy = (ike2_policy){ .struct_size = sizeof f->policy, .refuse = refuse };
    f->cfg.policy = &f->policy;
    d = define(f);
    f->policy.refuse = NULL;
    assert_ptr_equal(d->peer.policy->refuse, refuse);
    ike2_definition_unref(&f->t.host, d);
    f->policy = (ike2_policy){ .struct_size = offsetof(ike2_policy, refuse), .refuse = refuse };
    d = define(f);
    assert_null(d->peer.policy->refuse);
    ike2_definition_unref(&f->t.host, d);
}

static void without_memory_nothing_is_defined(void **state)
{
    struct fixture *f = *state;
    struct definition *d = NULL;

    f->t.allocator.fail_after = 0;
    assert_int_equal(ike2_definition_new(&f->t.host, &f->cfg, &d), IKE2_ERR_MEMORY);
    assert_null(d);
    assert_int_equal(f->psk.refs, 0);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)
    static const struct CMUnitTest tests[] = {
        CASE(everything_is_copied),
        CASE(a_definition_is_counted),
        CASE(zero_is_the_documented_default),
        CASE(what_is_given_stays),
        CASE(what_config_h_forbids_is_refused),
        CASE(a_stride_leads_from_child_to_child),
        CASE(a_shorter_configuration_is_padded_with_defaults),
        CASE(a_policy_is_copied_as_far_as_it_goes),
        CASE(without_memory_nothing_is_defined),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
