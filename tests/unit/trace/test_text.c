/* lib/trace/text.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "trace/trace.h"

static void expect(const ike2_trace_record *rec, const char *line)
{
    char text[512];

    memset(text, 'x', sizeof text);
    assert_int_equal(ike2_trace_text(rec, text, sizeof text), strlen(line));
    assert_string_equal(text, line);
}

static void expect_field(ike2_trace_field field, const char *line)
{
    const ike2_trace_record rec = { .name = "n", .fields = &field, .n_fields = 1 };

    expect(&rec, line);
}

static void line_is_name_serials_fields_section(void **state)
{
    const ike2_trace_field fields[] = { field_text("from", "INIT"), field_text("to", "AUTH"),
                                        field_u64("try", 3) };
    const ike2_trace_record rec = { .id = 17, .name = "sa.state", .section = "RFC 7296 1.2",
                                    .sa = 5, .child = 6, .fields = fields, .n_fields = 3 };

    (void)state;
    expect(&rec, "sa.state record=17 sa=5 child=6 from=INIT to=AUTH try=3 "
                 "section=\"RFC 7296 1.2\"");
}

static void serials_that_are_zero_are_left_out(void **state)
{
    const ike2_trace_record rec = { .name = "drop.datagram" };

    (void)state;
    expect(&rec, "drop.datagram");
}

static void serial_that_is_a_field_occurs_once(void **state)
{
    const ike2_trace_field fields[] = { field_text("op", "INSTALL"), field_u64("child", 6) };
    const ike2_trace_record rec = { .name = "dataplane.job", .sa = 5, .child = 6,
                                    .fields = fields, .n_fields = 2 };

    (void)state;
    expect(&rec, "dataplane.job sa=5 op=INSTALL child=6");
}

static void text_that_could_mislead_is_quoted(void **state)
{
    (void)state;
    expect_field(field_text("t", "plain-text.1"), "n t=plain-text.1");
    expect_field(field_text("t", "two words"), "n t=\"two words\"");
    expect_field(field_text("t", "a=b"), "n t=\"a=b\"");
    expect_field(field_text("t", ""), "n t=\"\"");
    expect_field(field_text("t", NULL), "n t=\"\"");
    expect_field(field_text("t", "say \"x\""), "n t=\"say \\x22x\\x22\"");
}

static void text_of_a_peer_cannot_end_the_line(void **state)
{
    (void)state;
    expect_field(field_text("t", "a\nsa.state"), "n t=a\\x0asa.state");
    expect_field(field_text("t", "\x1b[2J\x7f\xff\t"), "n t=\\x1b[2J\\x7f\\xff\\x09");
    expect_field(field_text("t", "\\x0a"), "n t=\\x5cx0a");
}

static void spis_are_hexadecimal(void **state)
{
    (void)state;
    expect_field(field_u64("spi_in", 0xca), "n spi_in=0x000000ca");
    expect_field(field_u64("spi_i", UINT64_C(0x0123456789abcdef)), "n spi_i=0x0123456789abcdef");
    expect_field(field_u64("octets", UINT64_MAX), "n octets=18446744073709551615");
}

static void octets_are_hexadecimal(void **state)
{
    const ike2_trace_field octets = { .name = "b", .type = IKE2_FIELD_BYTES,
                                      .v.bytes = bytes_of("\x00\xfe", 2) };
    const ike2_trace_field none = { .name = "b", .type = IKE2_FIELD_BYTES };

    (void)state;
    expect_field(octets, "n b=00fe");
    expect_field(none, "n b=");
}

static void addresses_have_their_port(void **state)
{
    const ike2_addr four = { .family = 4, .port = 500, .ip = { 192, 0, 2, 1 } };
    const ike2_addr six = { .family = 6, .port = 500, .ip = { 0x20, 1, 0x0d, 0xb8, [15] = 1 } };

    (void)state;
    expect_field(field_addr("remote", &four), "n remote=192.0.2.1:500");
    expect_field(field_addr("remote", &six), "n remote=[2001:db8::1]:500");
    expect_field(field_addr("remote", NULL), "n remote=");
}

static void field_of_a_later_type_is_a_question_mark(void **state)
{
    const ike2_trace_field later = { .name = "later", .type = 99 };

    (void)state;
    expect_field(later, "n later=?");
}

static void line_is_cut_but_measured(void **state)
{
    const ike2_trace_field field = field_text("offered", "aes256gcm16 aes128");
    const ike2_trace_record rec = { .name = "policy.proposal", .fields = &field, .n_fields = 1 };
    const char *whole = "policy.proposal offered=\"aes256gcm16 aes128\"";
    char text[64];

    (void)state;
    for (size_t cap = 0; cap < sizeof text; cap++) {
        size_t fits = cap == 0 ? 0 : cap - 1;

        memset(text, 'x', sizeof text);
        assert_int_equal(ike2_trace_text(&rec, text, cap), strlen(whole));
        fits = fits < strlen(whole) ? fits : strlen(whole);
        assert_memory_equal(text, whole, fits);
        if (cap != 0)
            assert_int_equal(text[fits], '\0');
        assert_int_equal(text[cap], 'x');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_is_name_serials_fields_section),
        cmocka_unit_test(serials_that_are_zero_are_left_out),
        cmocka_unit_test(serial_that_is_a_field_occurs_once),
        cmocka_unit_test(text_that_could_mislead_is_quoted),
        cmocka_unit_test(text_of_a_peer_cannot_end_the_line),
        cmocka_unit_test(spis_are_hexadecimal),
        cmocka_unit_test(octets_are_hexadecimal),
        cmocka_unit_test(addresses_have_their_port),
        cmocka_unit_test(field_of_a_later_type_is_a_question_mark),
        cmocka_unit_test(line_is_cut_but_measured),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
