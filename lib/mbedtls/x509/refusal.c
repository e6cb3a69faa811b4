/* mbedtls/x509/refusal.c - verdicts and their text. */
#include "mbedtls/x509/refusal.h"

#include <mbedtls/oid.h>

#include "mbedtls/x509/der.h"

/* Of one name or value: so that what follows it still fits. */
enum { SHOWN_MAX = 36 };

static void say_char(ike2_verdict *v, char c)
{
    size_t len = strlen(v->text);

    if (len + 1 < sizeof v->text)
        v->text[len] = c; /* the rest is zero */
}

void ike2_mbed_say(ike2_verdict *v, const char *words)
{
    while (*words != '\0')
        say_char(v, *words++);
}

static void say_digits(ike2_verdict *v, uint64_t value, unsigned base, unsigned n_least)
{
    char digits[20];
    unsigned n = 0;

    do {
        digits[n++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0 || n < n_least);
    while (n > 0)
        say_char(v, digits[--n]);
}

void ike2_mbed_say_uint(ike2_verdict *v, uint64_t value)
{
    say_digits(v, value, 10, 1);
}

void ike2_mbed_say_hex(ike2_verdict *v, uint64_t value)
{
    ike2_mbed_say(v, "0x");
    say_digits(v, value, 16, 4);
}

static bool is_plain(uint8_t c)
{
    return c >= 0x20 && c < 0x7f && c != '\\';
}

void ike2_mbed_say_octets(ike2_verdict *v, ike2_bytes octets)
{
    size_t end = strlen(v->text) + SHOWN_MAX;

    for (size_t i = 0; i < octets.len; i++) {
        if (strlen(v->text) >= end) {
            ike2_mbed_say(v, "..");
            return;
        }
        if (is_plain(octets.ptr[i])) {
            say_char(v, (char)octets.ptr[i]);
            continue;
        }
        ike2_mbed_say(v, "\\x");
        say_digits(v, octets.ptr[i], 16, 2);
    }
}

/* The most telling attribute: the last CN, or else the last of all. */
static const mbedtls_x509_name *attribute_of(const mbedtls_x509_name *name)
{
    const mbedtls_x509_name *found = NULL;
    bool has_cn = false;

    for (; name != NULL; name = name->next) {
        bool is_cn = MBEDTLS_OID_CMP(MBEDTLS_OID_AT_CN, &name->oid) == 0;

        if (name->oid.p != NULL && (is_cn || !has_cn))
            found = name;
        has_cn = has_cn || is_cn;
    }
    return found;
}

void ike2_mbed_say_name(ike2_verdict *v, const mbedtls_x509_name *name)
{
    const mbedtls_x509_name *attribute = attribute_of(name);
    const char *type = "?";

    if (attribute == NULL) {
        ike2_mbed_say(v, "(no name)");
        return;
    }
    (void)mbedtls_oid_get_attr_short_name(&attribute->oid, &type);
    ike2_mbed_say(v, type);
    say_char(v, '=');
    ike2_mbed_say_octets(v, der_view(&attribute->val));
}

void ike2_mbed_say_date(ike2_verdict *v, const mbedtls_x509_time *t)
{
    say_digits(v, (uint64_t)t->year, 10, 4);
    say_char(v, '-');
    say_digits(v, (uint64_t)t->mon, 10, 2);
    say_char(v, '-');
    say_digits(v, (uint64_t)t->day, 10, 2);
}

void ike2_mbed_say_depth(ike2_verdict *v, size_t depth)
{
    ike2_mbed_say(v, " (depth ");
    ike2_mbed_say_uint(v, depth);
    say_char(v, ')');
}

ike2_verdict ike2_mbed_refusal(uint32_t reason, const char *words)
{
    ike2_verdict v = IKE2_INIT(ike2_verdict);

    v.reason = reason;
    ike2_mbed_say(&v, words);
    return v;
}

ike2_verdict ike2_mbed_refusal_of(uint32_t reason, const char *words, const struct certificate *c,
                                  size_t depth)
{
    ike2_verdict v = ike2_mbed_refusal(reason, words);

    ike2_mbed_say_name(&v, &c->crt.subject);
    ike2_mbed_say_depth(&v, depth);
    return v;
}
