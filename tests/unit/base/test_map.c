/* Map from 64-bit keys, with SipHash-2-4. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/map.h"

#include "base/bytes.h"
#include "support/allocator.h"
#include "support/octets.h"

enum { KEYS = 1000 };

struct fixture {
    struct allocator allocator;
    struct mem mem;
    struct map map;
    int values[KEYS];
};

static void begin(struct fixture *f)
{
    uint8_t seed[16];
    ike2_mem hook;

    *f = (struct fixture){ 0 };
    octets_ramp(seed, sizeof seed, 0);
    allocator_init(&f->allocator);
    hook = allocator_hook(&f->allocator);
    ike2_mem_init(&f->mem, &hook);
    ike2_map_init(&f->map, seed);
}

static void end(struct fixture *f)
{
    ike2_map_clear(&f->map, &f->mem);
    assert_int_equal(f->mem.octets_held, 0);
    allocator_expect_empty(&f->allocator);
}

static uint64_t key_of(size_t i)
{
    return (uint64_t)(i + 1) << 48 | (i + 1);
}

/* Aumasson and Bernstein, SipHash, appendix A, and the authors' vectors: the key is 00 01 .. 0f,
 * the input of n octets 00 01 .. */
static void hash_is_siphash_2_4(void **state)
{
    static const struct {
        size_t len;
        uint64_t hash;
    } known[] = {
        { 0, UINT64_C(0x726fdb47dd0e0e31) },  { 1, UINT64_C(0x74f839c593dc67fd) },
        { 2, UINT64_C(0x0d6c8009d9a94f5a) },  { 7, UINT64_C(0xab0200f58b01d137) },
        { 8, UINT64_C(0x93f5f5799a932462) },  { 15, UINT64_C(0xa129ca6149be45e5) },
        { 63, UINT64_C(0x958a324ceb064572) },
    };
    static struct fixture f;
    uint8_t input[63];

    (void)state;
    begin(&f);
    octets_ramp(input, sizeof input, 0);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        assert_true(ike2_map_hash(&f.map, bytes_of(input, known[i].len)) == known[i].hash);
    end(&f);
}

static void what_was_added_is_found(void **state)
{
    static struct fixture f;

    (void)state;
    begin(&f);
    for (size_t i = 0; i < KEYS; i++)
        assert_int_equal(ike2_map_add(&f.map, &f.mem, key_of(i), &f.values[i]), IKE2_OK);
    assert_int_equal(f.map.n, KEYS);
    for (size_t i = 0; i < KEYS; i++)
        assert_ptr_equal(ike2_map_get(&f.map, key_of(i)), &f.values[i]);
    assert_null(ike2_map_get(&f.map, 12345));
    end(&f);
}

static void key_is_added_once_and_never_zero(void **state)
{
    static struct fixture f;

    (void)state;
    begin(&f);
    assert_int_equal(ike2_map_add(&f.map, &f.mem, 0, &f.values[0]), IKE2_ERR_ARGUMENT);
    assert_int_equal(ike2_map_add(&f.map, &f.mem, 7, &f.values[0]), IKE2_OK);
    assert_int_equal(ike2_map_add(&f.map, &f.mem, 7, &f.values[1]), IKE2_ERR_ARGUMENT);
    assert_ptr_equal(ike2_map_get(&f.map, 7), &f.values[0]);
    assert_null(ike2_map_get(&f.map, 0));
    end(&f);
}

/* Every second key goes; with a load of up to three quarters the runs are long. */
static void removal_keeps_the_others(void **state)
{
    static struct fixture f;

    (void)state;
    begin(&f);
    for (size_t i = 0; i < 760; i++)
        assert_int_equal(ike2_map_add(&f.map, &f.mem, key_of(i), &f.values[i]), IKE2_OK);
    f.allocator.fail_after = 0;
    for (size_t i = 0; i < 760; i += 2)
        ike2_map_remove(&f.map, key_of(i));
    for (size_t i = 0; i < 760; i++)
        assert_ptr_equal(ike2_map_get(&f.map, key_of(i)), i % 2 != 0 ? &f.values[i] : NULL);
    for (size_t i = 0; i < 760; i++)
        ike2_map_remove(&f.map, key_of(i));
    assert_int_equal(f.map.n, 0);
    ike2_map_remove(&f.map, 3);
    for (size_t i = 0; i < f.map.cap; i++)
        assert_true(f.map.slots[i].key == 0);
    end(&f);
}

static void replaced_value_is_found_under_its_key_and_no_other_is_added(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f);
    assert_int_equal(ike2_map_add(&f.map, &f.mem, 7, &f.values[0]), IKE2_OK);
    ike2_map_replace(&f.map, 7, &f.values[1]);
    ike2_map_replace(&f.map, 8, &f.values[2]);
    assert_ptr_equal(ike2_map_get(&f.map, 7), &f.values[1]);
    assert_null(ike2_map_get(&f.map, 8));
    assert_int_equal(f.map.n, 1);
    end(&f);
}

static void empty_map_has_nothing_to_find(void **state)
{
    static struct fixture f;

    (void)state;
    begin(&f);
    assert_null(ike2_map_get(&f.map, 1));
    ike2_map_remove(&f.map, 1);
    assert_null(ike2_map_above(&f.map, 0));
    end(&f);
}

static void out_of_memory_leaves_the_map_as_it_was(void **state)
{
    static struct fixture f;
    size_t n = 0;

    (void)state;
    begin(&f);
    f.allocator.fail_after = 2;
    while (ike2_map_add(&f.map, &f.mem, key_of(n), &f.values[n]) == IKE2_OK)
        n++;
    assert_int_equal(ike2_map_add(&f.map, &f.mem, key_of(n), &f.values[n]), IKE2_ERR_MEMORY);
    assert_int_equal(f.map.n, n);
    assert_null(ike2_map_get(&f.map, key_of(n)));
    for (size_t i = 0; i < n; i++)
        assert_ptr_equal(ike2_map_get(&f.map, key_of(i)), &f.values[i]);
    end(&f);
}

static void entries_are_walked_by_key(void **state)
{
    static struct fixture f;
    const struct map_slot *s;
    uint64_t after = 0;
    size_t n = 0;

    (void)state;
    begin(&f);
    for (size_t i = 100; i > 0; i--)
        assert_int_equal(ike2_map_add(&f.map, &f.mem, 3 * i, &f.values[i]), IKE2_OK);
    while ((s = ike2_map_above(&f.map, after)) != NULL) {
        after = s->key;
        n++;
        assert_true(after == 3 * n);
        assert_ptr_equal(s->value, &f.values[n]);
    }
    assert_int_equal(n, 100);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hash_is_siphash_2_4),
        cmocka_unit_test(what_was_added_is_found),
        cmocka_unit_test(key_is_added_once_and_never_zero),
        cmocka_unit_test(removal_keeps_the_others),
        cmocka_unit_test(replaced_value_is_found_under_its_key_and_no_other_is_added),
        cmocka_unit_test(empty_map_has_nothing_to_find),
        cmocka_unit_test(out_of_memory_leaves_the_map_as_it_was),
        cmocka_unit_test(entries_are_walked_by_key),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
