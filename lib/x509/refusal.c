/* x509/refusal.c - why a path was refused, and that as a text. */
#include "x509/refusal.h"

#include "base/bytes.h"
#include "x509/name.h"
#include "x509/time.h"

/* Of one name or value: so that what follows it still fits. */
enum { SHOWN_MAX = 36 };

bool ike2_x509_refuse(struct refusal *out, uint32_t reason, const char *words,
                      const struct certificate *who, size_t depth)
{
    *out = (struct refusal){ .reason = reason, .words = words, .who = who, .depth = depth };
    return false;
}

bool ike2_x509_overruled(const struct rules *rules, const struct refusal *refusal)
{
    return rules->overrule != NULL && rules->overrule(rules->user, refusal);
}

static void say_char(ike2_verdict *v, char c)
{
    size_t len = strlen(v->text);

    if (len + 1 < sizeof v->text)
        v->text[len] = c; /* the rest is zero */
}

static void say(ike2_verdict *v, const char *words)
{
    while (*words != '\0')
        say_char(v, *words++);
}

static void say_uint(ike2_verdict *v, size_t value)
{
    char digits[20];
    unsigned n = 0;

    do {
        digits[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    while (n > 0)
        say_char(v, digits[--n]);
}

static void say_octets(ike2_verdict *v, ike2_bytes octets)
{
    static const char hex[] = "0123456789abcdef";
    size_t end = strlen(v->text) + SHOWN_MAX;

    for (size_t i = 0; i < octets.len; i++) {
        uint8_t c = octets.ptr[i];

        if (strlen(v->text) >= end) {
            say(v, "..");
            return;
        }
        if (c >= 0x20 && c < 0x7f && c != '\\') {
            say_char(v, (char)c);
            continue;
        }
        say(v, "\\x");
        say_char(v, hex[c >> 4]);
        say_char(v, hex[c & 15]);
    }
}

static const char *label_of(ike2_bytes type)
{
    switch (ike2_x509_oid(type)) {
    case OID_COMMON_NAME: return "CN=";
    case OID_ORGANIZATION: return "O=";
    case OID_ORGANIZATIONAL_UNIT: return "OU=";
    case OID_EMAIL: return "E=";
    /* Others are rare as the last one of a name, and shown without their type. */
    default: return "";
    }
}

/* The most telling attribute: the last CN, or else the last of all. */
static void say_name(ike2_verdict *v, ike2_bytes name)
{
    struct attributes a = ike2_x509_attributes(name);
    struct attribute one, best = { 0 };
    bool has_cn = false;

    while (ike2_x509_attribute_next(&a, &one)) {
        bool is_cn = ike2_x509_oid(one.type) == OID_COMMON_NAME;

        if (is_cn || !has_cn)
            best = one;
        has_cn = has_cn || is_cn;
    }
    if (best.type.len == 0) {
        say(v, "(no name)");
        return;
    }
    say(v, label_of(best.type));
    say_octets(v, best.value);
}

static void say_date(ike2_verdict *v, int64_t date)
{
    char text[TIME_DATE_ROOM];

    ike2_x509_date(date, text);
    say(v, text);
}

void ike2_x509_tell(const struct refusal *refusal, ike2_verdict *out)
{
    *out = (ike2_verdict)IKE2_INIT(ike2_verdict);
    out->reason = refusal->reason;
    say(out, refusal->words);
    if (refusal->unit != NULL) {
        say_uint(out, refusal->number);
        say(out, refusal->unit);
    }
    if (refusal->octets.len != 0) {
        say_octets(out, refusal->octets);
        say(out, " is not in ");
    }
    if (refusal->who != NULL)
        say_name(out, refusal->who->subject);
    if (refusal->after != NULL)
        say(out, refusal->after);
    if (refusal->date != 0)
        say_date(out, refusal->date);
    if (refusal->who != NULL) {
        say(out, " (depth ");
        say_uint(out, refusal->depth);
        say(out, ")");
    }
}

void ike2_x509_tell_good(const struct certificate *who, ike2_verdict *out)
{
    *out = (ike2_verdict)IKE2_INIT(ike2_verdict);
    out->ok = true;
    say_name(out, who->subject);
}
