/* lib/sa/definition.c: credentials, and what a peer may prove itself with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "sa/definition.h"
#include "support/allocator.h"

enum { KEY_HASH = 20, N = 3 };

/* A key is a counter of its owners. */
struct ike2_key {
    int refs;
};

static struct fixture {
    struct allocator allocator;
    struct host host;
    ike2_crypto crypto;
    ike2_key keys[N];
    ike2_ts ts;
    ike2_child_config child;
    uint8_t octets[4][32];
    ike2_bytes chain[2], hashes[2];
    uint16_t schemes[2];
    ike2_credential credentials[N];
    ike2_peer_config cfg;
    struct definition *d;
} f;

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

static void credentials_init(void)
{
    for (size_t i = 0; i < 4; i++)
        memset(f.octets[i], 'a' + (int)i, sizeof f.octets[i]);
    f.chain[0] = bytes_of(f.octets[0], 31);
    f.chain[1] = bytes_of(f.octets[1], 1);
    f.hashes[0] = bytes_of(f.octets[2], KEY_HASH);
    f.hashes[1] = bytes_of(f.octets[3], KEY_HASH);
    f.schemes[0] = IKE2_SIG_ECDSA_SHA256_DER;
    f.schemes[1] = IKE2_SIG_ECDSA_P256_SHA256_RAW;
    for (size_t i = 0; i < N; i++) {
        f.credentials[i] = (ike2_credential)IKE2_INIT(ike2_credential);
        f.credentials[i].tag = 7 + i;
        f.credentials[i].id = (ike2_id){ IKE2_ID_FQDN, { 0 }, bytes_of(f.octets[0], 3 + i) };
        f.credentials[i].chain = f.chain;
        f.credentials[i].n_chain = 2;
        f.credentials[i].issuers = f.hashes;
        f.credentials[i].n_issuers = 2;
        f.credentials[i].schemes = f.schemes;
        f.credentials[i].n_schemes = 2;
        f.credentials[i].signature_octets = 512;
        f.credentials[i].key = &f.keys[i];
    }
}

static int begin(void **state)
{
    ike2_mem hook;

    (void)state;
    f = (struct fixture){ .ts = { .type = IKE2_TS_IPV4_ADDR_RANGE } };
    allocator_init(&f.allocator);
    hook = allocator_hook(&f.allocator);
    ike2_mem_init(&f.host.mem, &hook);
    ike2_outputs_init(&f.host.outputs);
    f.crypto = (ike2_crypto){ .key_ref = key_ref, .key_free = key_free };
    f.host.crypto = &f.crypto;
    f.child = (ike2_child_config)IKE2_INIT(ike2_child_config);
    f.child.ts_local = f.child.ts_remote = &f.ts;
    f.child.n_ts_local = f.child.n_ts_remote = 1;
    credentials_init();
    f.cfg = (ike2_peer_config)IKE2_INIT(ike2_peer_config);
    f.cfg.local_id = (ike2_id){ IKE2_ID_FQDN, { 0 }, bytes_of("we", 2) };
    f.cfg.children = &f.child;
    f.cfg.n_children = 1;
    f.cfg.credentials = f.credentials;
    f.cfg.n_credentials = N;
    return 0;
}

/* What an output may view goes at the next poll. */
static void undefine(void)
{
    ike2_definition_unref(&f.host, f.d);
    f.d = NULL;
    assert_null(ike2_outputs_next(&f.host));
}

static int end(void **state)
{
    (void)state;
    undefine();
    allocator_expect_empty(&f.allocator);
    for (size_t i = 0; i < N; i++)
        assert_int_equal(f.keys[i].refs, 0);
    return 0;
}

static const struct definition *define(void)
{
    assert_int_equal(ike2_definition_new(&f.host, &f.cfg, &f.d), IKE2_OK);
    return f.d;
}

static void expect_refused(void)
{
    assert_int_equal(ike2_definition_new(&f.host, &f.cfg, &f.d), IKE2_ERR_ARGUMENT);
    assert_null(f.d);
}

/* --- Copies -------------------------------------------------------------------------- */

static void expect_inside(const void *ptr, size_t len)
{
    const uint8_t *at = ptr, *block = (const uint8_t *)f.d;

    assert_true(at >= block && at + len <= block + f.d->size);
}

static void expect_octets(ike2_bytes copy, char letter, size_t len)
{
    assert_int_equal(copy.len, len);
    expect_inside(copy.ptr, len);
    for (size_t i = 0; i < len; i++)
        assert_int_equal(copy.ptr[i], letter);
}

static void expect_copy(const ike2_credential *c, size_t i)
{
    assert_int_equal(c->struct_size, sizeof *c);
    assert_int_equal(c->tag, 7 + i);
    assert_int_equal(c->id.type, IKE2_ID_FQDN);
    expect_octets(c->id.data, 'a', 3 + i);
    assert_int_equal(c->n_chain, 2);
    expect_octets(c->chain[0], 'a', 31);
    expect_octets(c->chain[1], 'b', 1);
    assert_int_equal(c->n_issuers, 2);
    expect_octets(c->issuers[0], 'c', KEY_HASH);
    expect_octets(c->issuers[1], 'd', KEY_HASH);
    assert_int_equal(c->n_schemes, 2);
    expect_inside(c->schemes, 2 * sizeof *c->schemes);
    assert_int_equal(c->schemes[0], IKE2_SIG_ECDSA_SHA256_DER);
    assert_int_equal(c->schemes[1], IKE2_SIG_ECDSA_P256_SHA256_RAW);
    assert_ptr_equal(c->key, &f.keys[i]);
}

static void everything_is_copied(void **state)
{
    const struct definition *d;

    (void)state;
    f.cfg.remote_schemes = f.schemes;
    f.cfg.n_remote_schemes = 1;
    f.cfg.trusted = f.hashes;
    f.cfg.n_trusted = 2;
    d = define();
    memset(f.octets, 0xee, sizeof f.octets);
    memset(f.chain, 0xee, sizeof f.chain);
    memset(f.hashes, 0xee, sizeof f.hashes);
    memset(f.schemes, 0xee, sizeof f.schemes);
    memset(f.credentials, 0xee, sizeof f.credentials);
    for (size_t i = 0; i < N; i++)
        expect_copy(&d->credentials[i], i);
    assert_int_equal(d->credentials[2].signature_octets, 512);
    expect_inside(d->peer.remote_schemes, sizeof f.schemes[0]);
    assert_int_equal(d->peer.remote_schemes[0], IKE2_SIG_ECDSA_SHA256_DER);
    expect_octets(d->peer.trusted[0], 'c', KEY_HASH);
    expect_octets(d->peer.trusted[1], 'd', KEY_HASH);
}

/* A program that was built with a later header: its elements are larger. */
static void larger_elements_are_found_by_their_size(void **state)
{
    struct later {
        ike2_credential c;
        uint64_t more[3];
    } list[N];
    const struct definition *d;

    (void)state;
    memset(list, 0xee, sizeof list);
    for (size_t i = 0; i < N; i++) {
        list[i].c = f.credentials[i];
        list[i].c.struct_size = sizeof list[i];
    }
    f.cfg.credentials = &list[0].c;
    d = define();
    for (size_t i = 0; i < N; i++)
        expect_copy(&d->credentials[i], i);
}

/* One built with an earlier header: what its elements lack is zero. */
static void smaller_elements_lack_what_came_later(void **state)
{
    const struct definition *d;

    (void)state;
    for (size_t i = 0; i < N; i++)
        f.credentials[i].struct_size = offsetof(ike2_credential, signature_octets);
    f.cfg.credential_stride = sizeof f.credentials[0];
    d = define();
    for (size_t i = 0; i < N; i++) {
        expect_copy(&d->credentials[i], i);
        assert_int_equal(d->credentials[i].signature_octets, 0);
    }
}

static void sizes_may_differ_if_there_is_a_stride(void **state)
{
    const struct definition *d;

    (void)state;
    f.credentials[1].struct_size = offsetof(ike2_credential, signature_octets);
    f.cfg.credential_stride = sizeof f.credentials[0];
    d = define();
    for (size_t i = 0; i < N; i++) {
        expect_copy(&d->credentials[i], i);
        assert_int_equal(d->credentials[i].signature_octets, i == 1 ? 0 : 512);
    }
}

/* --- Keys ---------------------------------------------------------------------------- */

static void each_key_is_held_until_the_last_owner_has_gone(void **state)
{
    (void)state;
    f.credentials[1].key = &f.keys[0]; /* one key for two, and one kept elsewhere */
    f.credentials[2].key = NULL;
    (void)define();
    assert_int_equal(f.keys[0].refs, 2);
    ike2_definition_ref(f.d);
    ike2_definition_unref(&f.host, f.d);
    assert_int_equal(f.keys[0].refs, 2);
    undefine();
    assert_int_equal(f.keys[0].refs, 0);
}

static void without_memory_nothing_is_held(void **state)
{
    (void)state;
    f.allocator.fail_after = 0;
    assert_int_equal(ike2_definition_new(&f.host, &f.cfg, &f.d), IKE2_ERR_MEMORY);
    assert_null(f.d);
    assert_int_equal(f.keys[0].refs, 0);
}

/* --- Methods ------------------------------------------------------------------------- */

static void expect_methods(uint32_t local, uint32_t remote)
{
    const struct definition *d = define();

    assert_int_equal(d->peer.local_auth, local);
    assert_int_equal(d->peer.remote_auth, remote);
    undefine();
}

static void methods_follow_from_the_credentials(void **state)
{
    (void)state;
    expect_methods(IKE2_AUTH_SIGNATURE, IKE2_AUTH_SIGNATURE);
    f.cfg.remote_auth = IKE2_AUTH_PSK;
    expect_methods(IKE2_AUTH_SIGNATURE, IKE2_AUTH_PSK);
    f.cfg.local_auth = IKE2_AUTH_PSK;
    f.cfg.remote_auth = 0;
    expect_methods(IKE2_AUTH_PSK, IKE2_AUTH_PSK);
    f.cfg.local_auth = 0;
    f.cfg.n_credentials = 0;
    expect_methods(IKE2_AUTH_PSK, IKE2_AUTH_PSK);
    f.cfg.remote_auth = IKE2_AUTH_PSK | IKE2_AUTH_SIGNATURE;
    expect_methods(IKE2_AUTH_PSK, IKE2_AUTH_PSK | IKE2_AUTH_SIGNATURE);
}

static void methods_that_cannot_be_are_refused(void **state)
{
    (void)state;
    f.cfg.local_auth = IKE2_AUTH_PSK | IKE2_AUTH_SIGNATURE; /* ours is one */
    expect_refused();
    f.cfg.local_auth = 8;
    expect_refused();
    f.cfg.local_auth = 0;
    f.cfg.remote_auth = 8;
    expect_refused();
    f.cfg.remote_auth = 0;
    f.cfg.local_auth = IKE2_AUTH_SIGNATURE;
    f.cfg.n_credentials = 0;
    expect_refused();
}

/* RFC 7619 2.4: whoever accepts anonymous peers says so, and mixes them with nobody. */
static void null_authentication_is_named_for_each_side_and_stands_alone(void **state)
{
    (void)state;
    f.cfg.local_auth = IKE2_AUTH_NULL;
    f.cfg.remote_auth = 0; /* "as ours" is not said by accident */
    expect_refused();
    f.cfg.remote_auth = IKE2_AUTH_PSK;
    (void)define();
    undefine();
    f.cfg.remote_auth = IKE2_AUTH_NULL | IKE2_AUTH_PSK;
    expect_refused();
    f.cfg.remote_auth = IKE2_AUTH_NULL;
    f.cfg.remote_id = (ike2_id){ .type = IKE2_ID_FQDN, .data = bytes_of("alice", 5) };
    expect_refused();
    f.cfg.remote_id = (ike2_id){ .type = IKE2_ID_NULL };
    (void)define();
    undefine();
    f.cfg.remote_id = (ike2_id){ 0 };
    (void)define();
    undefine();
}

/* RFC 7619 2.2. */
static void id_null_has_no_data(void **state)
{
    (void)state;
    f.cfg.local_id = (ike2_id){ .type = IKE2_ID_NULL, .data = bytes_of("x", 1) };
    expect_refused();
    f.cfg.local_id.data.len = 0;
    (void)define();
    undefine();
}

/* --- Limits -------------------------------------------------------------------------- */

/* RFC 7670 3. */
static void raw_public_key_stands_alone(void **state)
{
    static const uint8_t hash[20] = { 1 };
    const ike2_bytes issuer = bytes_of(hash, sizeof hash);
    ike2_credential *c = &f.credentials[N - 1], whole = *c;

    (void)state;
    c->encoding = IKE2_CERT_RAW_PUBLIC_KEY;
    c->n_chain = 1;
    c->n_issuers = 0;
    (void)define();
    undefine();
    c->issuers = &issuer;
    c->n_issuers = 1;
    expect_refused();
    *c = whole;
    c->encoding = IKE2_CERT_RAW_PUBLIC_KEY;
    c->n_issuers = 0;
    c->n_chain = 2;
    expect_refused();
    *c = whole;
    c->encoding = IKE2_CERT_X509_SIGNATURE;
    (void)define();
    undefine();
    c->encoding = IKE2_CERT_CRL;
    expect_refused();
}

static void credential_without_chain_or_scheme_is_refused(void **state)
{
    ike2_credential *c = &f.credentials[N - 1], whole = *c;

    (void)state;
    c->n_chain = 0;
    expect_refused();
    *c = whole;
    c->chain = NULL;
    expect_refused();
    *c = whole;
    c->n_schemes = 0;
    expect_refused();
    *c = whole;
    c->schemes = NULL;
    expect_refused();
    *c = whole;
    c->struct_size = 0;
    f.cfg.credential_stride = sizeof *c;
    expect_refused();
    f.cfg.credentials = NULL;
    expect_refused();
}

static void empty_certificate_is_refused(void **state)
{
    (void)state;
    f.chain[1].len = 0;
    expect_refused();
    f.chain[1] = (ike2_bytes){ .len = 1 };
    expect_refused();
}

static void key_hash_has_20_octets(void **state)
{
    (void)state;
    f.hashes[1].len = KEY_HASH - 1;
    expect_refused();
    f.hashes[1].len = KEY_HASH + 1;
    expect_refused();
    f.cfg.n_credentials = 0;
    f.cfg.trusted = f.hashes;
    f.cfg.n_trusted = 2;
    expect_refused();
    f.hashes[1] = (ike2_bytes){ .len = KEY_HASH };
    expect_refused();
}

static void list_that_is_not_there_has_no_length(void **state)
{
    (void)state;
    f.credentials[0].issuers = NULL;
    expect_refused();
    f.credentials[0].issuers = f.hashes;
    f.cfg.n_trusted = 1;
    expect_refused();
    f.cfg.n_trusted = 0;
    f.cfg.n_remote_schemes = 1;
    expect_refused();
}

/* Both sides of a limit: what is accepted, what is refused. */
static void expect_limit(size_t *n, size_t limit)
{
    size_t before = *n;

    *n = limit;
    (void)define();
    undefine();
    *n = limit + 1;
    expect_refused();
    *n = SIZE_MAX;
    expect_refused();
    *n = before;
}

static void limits_are_those_of_the_header(void **state)
{
    static ike2_bytes many[1025];
    static uint16_t schemes[33];
    static ike2_credential list[17];

    (void)state;
    for (size_t i = 0; i < sizeof many / sizeof many[0]; i++)
        many[i] = f.hashes[0];
    f.cfg.trusted = f.credentials[0].chain = many;
    f.cfg.remote_schemes = f.credentials[0].schemes = schemes;
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        list[i] = f.credentials[0];
        list[i].key = NULL;
    }
    expect_limit(&f.credentials[0].n_chain, 16);
    expect_limit(&f.credentials[0].n_schemes, 16);
    expect_limit(&f.cfg.n_remote_schemes, 32);
    expect_limit(&f.cfg.n_trusted, 1024);
    f.cfg.credentials = list;
    expect_limit(&f.cfg.n_credentials, 16);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(everything_is_copied, begin, end),
        cmocka_unit_test_setup_teardown(larger_elements_are_found_by_their_size, begin, end),
        cmocka_unit_test_setup_teardown(smaller_elements_lack_what_came_later, begin, end),
        cmocka_unit_test_setup_teardown(sizes_may_differ_if_there_is_a_stride, begin, end),
        cmocka_unit_test_setup_teardown(each_key_is_held_until_the_last_owner_has_gone, begin,
                                        end),
        cmocka_unit_test_setup_teardown(without_memory_nothing_is_held, begin, end),
        cmocka_unit_test_setup_teardown(methods_follow_from_the_credentials, begin, end),
        cmocka_unit_test_setup_teardown(methods_that_cannot_be_are_refused, begin, end),
        cmocka_unit_test_setup_teardown(
            null_authentication_is_named_for_each_side_and_stands_alone, begin, end),
        cmocka_unit_test_setup_teardown(id_null_has_no_data, begin, end),
        cmocka_unit_test_setup_teardown(raw_public_key_stands_alone, begin, end),
        cmocka_unit_test_setup_teardown(credential_without_chain_or_scheme_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(empty_certificate_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(key_hash_has_20_octets, begin, end),
        cmocka_unit_test_setup_teardown(list_that_is_not_there_has_no_length, begin, end),
        cmocka_unit_test_setup_teardown(limits_are_those_of_the_header, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
