/* x509/refusal.c - why a path was refused, and that as a text. */
#include "x509/refusal.h"

#include <ike2/iana.h>

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

static const char hex[] = "0123456789abcdef";

static void say_number(ike2_verdict *v, size_t value, unsigned base)
{
    char digits[20];
    unsigned n = 0;

    do {
        digits[n++] = hex[value % base];
        value /= base;
    } while (value != 0);
    while (n > 0)
        say_char(v, digits[--n]);
}

static void say_uint(ike2_verdict *v, size_t value)
{
    say_number(v, value, 10);
}

static void say_octets(ike2_verdict *v, ike2_bytes octets)
{
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

static const char *word_of(const ike2_id *id)
{
    switch (id->type) {
    case IKE2_ID_IPV4_ADDR: return "IPV4_ADDR";
    case IKE2_ID_FQDN: return "FQDN";
    case IKE2_ID_RFC822_ADDR: return "RFC822_ADDR";
    case IKE2_ID_IPV6_ADDR: return "IPV6_ADDR";
    case IKE2_ID_DER_ASN1_DN: return "DER_ASN1_DN";
    case IKE2_ID_DER_ASN1_GN: return "DER_ASN1_GN";
    case IKE2_ID_KEY_ID: return "KEY_ID";
    case IKE2_ID_FC_NAME: return "FC_NAME";
    case IKE2_ID_NULL: return "NULL";
    default: return NULL;
    }
}

/* `width` octets make a group: 1 with dots and decimal, 2 with colons and hexadecimal. */
static void say_address(ike2_verdict *v, ike2_bytes address, size_t width)
{
    for (size_t i = 0; i < address.len; i += width) {
        const uint8_t *at = address.ptr + i;

        if (i != 0)
            say_char(v, width == 1 ? '.' : ':');
        say_number(v, width == 1 ? at[0] : (size_t)at[0] << 8 | at[1], width == 1 ? 10 : 16);
    }
}

/* In the words of RFC 7296 3.5. */
static void say_identity(ike2_verdict *v, const ike2_id *id)
{
    const char *word = word_of(id);

    say(v, word != NULL ? word : "type ");
    if (word == NULL)
        say_uint(v, id->type);
    if (id->data.len == 0)
        return;
    say(v, " ");
    if (id->type == IKE2_ID_IPV4_ADDR && id->data.len == 4)
        say_address(v, id->data, 1);
    else if (id->type == IKE2_ID_IPV6_ADDR && id->data.len == 16)
        say_address(v, id->data, 2);
    else if (id->type == IKE2_ID_DER_ASN1_DN && ike2_x509_name_is_sound(id->data))
        say_name(v, id->data);
    else
        say_octets(v, id->data);
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
    if (refusal->claimed != NULL) {
        say_identity(out, refusal->claimed);
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
