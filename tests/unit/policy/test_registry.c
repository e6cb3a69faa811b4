/* lib/policy/registry.c. What the RFCs say is read from their texts by tests/tools. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "policy/keyword.h"

static const struct algorithm *of_word(const char *word)
{
    const struct algorithm *a = ike2_keyword_find(word, strlen(word));

    if (a == NULL)
        fail_msg("there is no word '%s'", word);
    return a;
}

static void expect_levels(const char *word, const char *ike, const char *esp)
{
    const ike2_algorithm *info = &of_word(word)->info;

    if (strcmp(ike2_level_text(info->ike_level), ike) != 0 ||
        strcmp(ike2_level_text(info->esp_level), esp) != 0)
        fail_msg("%s is %s and %s", word, ike2_level_text(info->ike_level),
                 ike2_level_text(info->esp_level));
}

static void each_row_is_found_by_its_transform(void **state)
{
    const struct algorithm *a;
    size_t i = 0;

    (void)state;
    for (; (a = ike2_registry_at(i)) != NULL; i++) {
        assert_ptr_equal(ike2_registry_find(&a->info.transform), a);
        assert_int_equal(a->info.struct_size, 0);
    }
    assert_true(i > 100);
    assert_null(ike2_registry_at(SIZE_MAX));
}

static void no_word_is_used_twice(void **state)
{
    const struct algorithm *a;

    (void)state;
    for (size_t i = 0; (a = ike2_registry_at(i)) != NULL; i++) {
        if (a->info.word != NULL)
            assert_ptr_equal(of_word(a->info.word), a);
        if (a->info.also != NULL)
            assert_ptr_equal(of_word(a->info.also), a);
        assert_true(a->info.also == NULL || a->info.word != NULL);
    }
}

/* Neither a name without a row nor a row without a name. */
static void rows_are_what_iana_has_named(void **state)
{
    bool has_row[IKE2_TRANSFORM_ESN + 1][256] = { { false } };
    const struct algorithm *a;

    (void)state;
    for (size_t i = 0; (a = ike2_registry_at(i)) != NULL; i++) {
        const ike2_transform *t = &a->info.transform;

        assert_non_null(ike2_transform_name(t->type, t->id));
        has_row[t->type][t->id] = true;
    }
    for (uint8_t type = 1; type <= IKE2_TRANSFORM_ESN; type++)
        for (uint16_t id = 0; id < 256; id++)
            if ((ike2_transform_name(type, id) != NULL) != has_row[type][id])
                fail_msg("type %u, id %u", type, id);
}

static void rows_of_a_type_stand_together(void **state)
{
    const struct algorithm *a;
    uint8_t type = 0;

    (void)state;
    for (size_t i = 0; (a = ike2_registry_at(i)) != NULL; i++) {
        assert_true(a->info.transform.type >= type);
        type = a->info.transform.type;
    }
}

static void levels_depend_on_the_key_length(void **state)
{
    (void)state;
    expect_levels("aes128gcm16", "SHOULD", "MUST");
    expect_levels("aes192gcm16", "MAY", "MAY");
    expect_levels("aes256gcm16", "SHOULD", "MUST");
    expect_levels("aes128ccm8", "SHOULD", "SHOULD");
    expect_levels("aes256ccm8", "MAY", "MAY");
    assert_true(of_word("aes128ccm8")->info.iot);
    assert_false(of_word("aes256ccm8")->info.iot);
}

static void levels_differ_between_ike_and_esp(void **state)
{
    (void)state;
    expect_levels("null", "MUST NOT", "MUST");
    expect_levels("3des", "MAY", "SHOULD NOT");
    expect_levels("sha1", "MUST-", "MUST-");
    expect_levels("prfsha512", "SHOULD+", "not mentioned");
    expect_levels("modp1024", "SHOULD NOT", "not mentioned");
}

static void protocols_negotiate_what_is_theirs(void **state)
{
    static const struct {
        const char *word;
        bool ike, esp;
    } rows[] = {
        { "aes256", true, true },     { "null", false, true },  { "aes128gmac", false, true },
        { "prfsha256", true, false }, { "x25519", true, true }, { "modpnone", false, true },
        { "esn", false, true },       { "noesn", false, true }, { "sha256", true, true },
    };
    const ike2_transform ah_only = { .type = IKE2_TRANSFORM_INTEG, .id = IKE2_INTEG_AES_128_GMAC };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct algorithm *a = of_word(rows[i].word);

        assert_int_equal(ike2_registry_allows(a, IKE2_PROTOCOL_IKE), rows[i].ike);
        assert_int_equal(ike2_registry_allows(a, IKE2_PROTOCOL_ESP), rows[i].esp);
        assert_false(ike2_registry_allows(a, IKE2_PROTOCOL_AH));
    }
    assert_false(ike2_registry_allows(ike2_registry_find(&ah_only), IKE2_PROTOCOL_IKE));
    assert_false(ike2_registry_allows(ike2_registry_find(&ah_only), IKE2_PROTOCOL_ESP));
}

static void additional_key_exchanges_are_key_exchanges(void **state)
{
    ike2_transform t = { .type = IKE2_TRANSFORM_ADDKE7, .id = IKE2_KE_ML_KEM_768 };
    char said[32];
    struct text text = text_of(said, sizeof said);

    (void)state;
    assert_ptr_equal(ike2_registry_find(&t), of_word("mlkem768"));
    /* It is another transform all the same. */
    ike2_keyword_add(&text, &t);
    assert_string_equal(said, "type12:36");
    t.type = IKE2_TRANSFORM_ADDKE7 + 1;
    assert_null(ike2_registry_find(&t));
}

static void unknown_transform_is_not_found(void **state)
{
    const ike2_transform unknown[] = {
        { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_AES_CBC },
        { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_AES_CBC, .key_bits = 64 },
        { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_CHACHA20_POLY1305, .key_bits = 256 },
        { .type = IKE2_TRANSFORM_KE, .id = 3 },
        { .type = 0, .id = 1 },
    };
    ike2_algorithm info = IKE2_INIT(ike2_algorithm);

    (void)state;
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        assert_null(ike2_registry_find(&unknown[i]));
        assert_false(ike2_algorithm_find(&unknown[i], &info));
        assert_null(info.word);
    }
}

static void program_is_told_as_much_as_it_has_room_for(void **state)
{
    ike2_algorithm info = IKE2_INIT(ike2_algorithm);
    ike2_transform t;

    (void)state;
    assert_true(ike2_algorithm_at(0, &info));
    assert_int_equal(info.struct_size, sizeof info);
    t = info.transform;
    assert_ptr_equal(info.rfc, ike2_registry_at(0)->info.rfc);

    info = (ike2_algorithm){ .struct_size = offsetof(ike2_algorithm, word), .rfc = "untouched" };
    assert_true(ike2_algorithm_find(&t, &info));
    assert_int_equal(info.transform.id, t.id);
    assert_string_equal(info.rfc, "untouched");

    info.struct_size = 1;
    assert_false(ike2_algorithm_at(0, &info));
    info.struct_size = sizeof info;
    assert_false(ike2_algorithm_at(SIZE_MAX, &info));
}

static void levels_have_texts(void **state)
{
    (void)state;
    assert_string_equal(ike2_level_text(IKE2_LEVEL_NONE), "not mentioned");
    assert_string_equal(ike2_level_text(IKE2_LEVEL_MUST_NOT), "MUST NOT");
    assert_null(ike2_level_text(IKE2_LEVEL_MUST_NOT + 1));
    assert_null(ike2_level_text(UINT8_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_is_found_by_its_transform),
        cmocka_unit_test(no_word_is_used_twice),
        cmocka_unit_test(rows_are_what_iana_has_named),
        cmocka_unit_test(rows_of_a_type_stand_together),
        cmocka_unit_test(levels_depend_on_the_key_length),
        cmocka_unit_test(levels_differ_between_ike_and_esp),
        cmocka_unit_test(protocols_negotiate_what_is_theirs),
        cmocka_unit_test(additional_key_exchanges_are_key_exchanges),
        cmocka_unit_test(unknown_transform_is_not_found),
        cmocka_unit_test(program_is_told_as_much_as_it_has_room_for),
        cmocka_unit_test(levels_have_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
