/* x509/name.c - Distinguished Names and the names of subjectAltName. RFC 5280 4.1.2.4, 4.2.1.6,
 * 7.1. */
#include "x509/name.h"

#include "base/bytes.h"

/* Of one RDN: comparing them takes the square of it. */
enum { RDN_MAX = 8 };

struct attributes ike2_x509_attributes(ike2_bytes name)
{
    return (struct attributes){ .rdns = ike2_der_only(name, DER_SEQUENCE) };
}

/* One attribute of an RDN, without regard to what is before and behind it. */
static bool pair_next(struct reader *rdn, struct attribute *out)
{
    struct reader pair;
    struct der value;

    if (rdn->failed || rdn->left == 0)
        return false;
    pair = ike2_der_enter(rdn, DER_SEQUENCE);
    out->type = ike2_der_oid(&pair, DER_OID);
    value = ike2_der_next(&pair);
    out->tag = value.tag;
    out->value = value.value;
    rdn->failed = rdn->failed || !reader_end(&pair);
    return !rdn->failed;
}

bool ike2_x509_attribute_next(struct attributes *a, struct attribute *out)
{
    out->begins_rdn = a->rdn.left == 0;
    if (a->rdns.failed || (out->begins_rdn && a->rdns.left == 0))
        return false;
    if (out->begins_rdn)
        a->rdn = ike2_der_enter(&a->rdns, DER_SET);
    if (!pair_next(&a->rdn, out))
        a->rdns.failed = true; /* an RDN has one attribute at least */
    return !a->rdns.failed;
}

bool ike2_x509_name_is_well_formed(ike2_bytes name)
{
    struct attributes a = ike2_x509_attributes(name);
    struct attribute one;
    unsigned n = 0;

    while (ike2_x509_attribute_next(&a, &one)) {
        n = one.begins_rdn ? 1 : n + 1;
        if (n > RDN_MAX)
            return false;
    }
    return !a.rdns.failed;
}

bool ike2_x509_name_is_empty(ike2_bytes name)
{
    return ike2_x509_attributes(name).rdns.left == 0;
}

/* Strings of wider characters have zero octets by nature. */
static bool is_narrow_string(uint8_t tag)
{
    return tag != DER_BMP_STRING && tag != DER_UNIVERSAL_STRING && tag != DER_BIT_STRING;
}

bool ike2_x509_name_is_sound(ike2_bytes name)
{
    struct attributes a = ike2_x509_attributes(name);
    struct attribute one;
    size_t n = 0;

    if (!ike2_x509_name_is_well_formed(name))
        return false;
    while (ike2_x509_attribute_next(&a, &one)) {
        if (one.value.len == 0)
            continue;
        if (is_narrow_string(one.tag) && memchr(one.value.ptr, 0, one.value.len) != NULL)
            return false;
        n++;
    }
    return n != 0;
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

bool ike2_x509_equal_but_case(ike2_bytes a, ike2_bytes b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    }
    return true;
}

static bool is_text(uint8_t tag)
{
    return tag == DER_PRINTABLE_STRING || tag == DER_UTF8_STRING || tag == DER_IA5_STRING;
}

static size_t skip_spaces(ike2_bytes text, size_t at)
{
    while (at < text.len && text.ptr[at] == ' ')
        at++;
    return at;
}

/* Text as it is compared: spaces at the ends do not count, and others are one. */
struct folded {
    ike2_bytes text;
    size_t at;
};

static struct folded folded_of(ike2_bytes text)
{
    return (struct folded){ .text = text, .at = skip_spaces(text, 0) };
}

/* The next character, or -1 at the end. */
static int folded_next(struct folded *f)
{
    size_t next = skip_spaces(f->text, f->at);

    if (next == f->text.len)
        return -1;
    if (next != f->at) {
        f->at = next;
        return ' ';
    }
    f->at++;
    return lower(f->text.ptr[next]);
}

/* RFC 5280 7.1, RFC 4518 2.6.1 */
static bool text_equal(ike2_bytes a, ike2_bytes b)
{
    struct folded left = folded_of(a), right = folded_of(b);
    int c;

    do {
        c = folded_next(&left);
        if (c != folded_next(&right))
            return false;
    } while (c >= 0);
    return true;
}

static bool attribute_equal(const struct attribute *a, const struct attribute *b)
{
    if (!bytes_equal(a->type, b->type))
        return false;
    if (is_text(a->tag) && is_text(b->tag))
        return text_equal(a->value, b->value);
    return a->tag == b->tag && bytes_equal(a->value, b->value);
}

static bool rdn_has(struct reader rdn, const struct attribute *wanted)
{
    struct attribute one;

    while (pair_next(&rdn, &one)) {
        if (attribute_equal(&one, wanted))
            return true;
    }
    return false;
}

static bool rdn_is_within(struct reader inner, struct reader outer)
{
    struct attribute one;

    while (pair_next(&inner, &one)) {
        if (!rdn_has(outer, &one))
            return false;
    }
    return !inner.failed;
}

bool ike2_x509_rdn_equal(ike2_bytes a, ike2_bytes b)
{
    return a.len != 0 && rdn_is_within(reader_of(a), reader_of(b)) &&
           rdn_is_within(reader_of(b), reader_of(a));
}

/* Takes the RDNs of `base` from the front of `name`. */
static bool take_base(struct reader *name, struct reader *base)
{
    while (base->left != 0) {
        ike2_bytes wanted = ike2_der_read(base, DER_SET), found = ike2_der_read(name, DER_SET);

        if (base->failed || name->failed || !ike2_x509_rdn_equal(wanted, found))
            return false;
    }
    return !base->failed && !name->failed;
}

bool ike2_x509_name_is_plain(ike2_bytes name)
{
    struct attributes a = ike2_x509_attributes(name);
    struct attribute one;

    while (ike2_x509_attribute_next(&a, &one)) {
        if (!is_text(one.tag))
            return false;
        for (size_t i = 0; i < one.value.len; i++) {
            if (one.value.ptr[i] >= 0x80)
                return false;
        }
    }
    return !a.rdns.failed;
}

bool ike2_x509_name_is_below(ike2_bytes name, ike2_bytes base)
{
    struct reader rdns = ike2_der_only(name, DER_SEQUENCE);
    struct reader first = ike2_der_only(base, DER_SEQUENCE);

    return take_base(&rdns, &first);
}

bool ike2_x509_name_equal(ike2_bytes a, ike2_bytes b)
{
    struct reader left = ike2_der_only(a, DER_SEQUENCE), right = ike2_der_only(b, DER_SEQUENCE);

    return take_base(&left, &right) && reader_end(&left);
}

static bool is_alphanumeric(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool ike2_x509_is_host_name(ike2_bytes name)
{
    enum { LABEL_MAX = 63, NAME_MAX_OCTETS = 253 };
    size_t in_label = 0;

    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.ptr[i];

        if (c == '.' && in_label == 0)
            return false;
        if (c != '.' && c != '-' && c != '_' && !is_alphanumeric(c))
            return false;
        in_label = c == '.' ? 0 : in_label + 1;
        if (in_label > LABEL_MAX)
            return false;
    }
    return in_label != 0 && name.len <= NAME_MAX_OCTETS;
}

size_t ike2_x509_domain_of(ike2_bytes mailbox)
{
    for (size_t i = mailbox.len; i > 0; i--) {
        if (mailbox.ptr[i - 1] == '@')
            return i;
    }
    return mailbox.len;
}

static bool is_ia5(ike2_bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == 0 || text.ptr[i] >= 0x80)
            return false;
    }
    return true;
}

static bool is_address(ike2_bytes value, bool with_mask)
{
    size_t each = with_mask ? 2 : 1;

    return value.len == 4 * each || value.len == 16 * each;
}

static bool is_form(uint8_t tag, ike2_bytes value, bool with_mask)
{
    switch (tag) {
    case NAME_RFC822:
    case NAME_DNS:
    case NAME_URI: return is_ia5(value) && (with_mask || value.len != 0);
    case NAME_IP: return is_address(value, with_mask);
    case NAME_DIRECTORY: return ike2_x509_name_is_well_formed(value);
    case NAME_OTHER:
    case NAME_X400:
    case NAME_EDI:
    case NAME_REGISTERED: return value.len != 0;
    default: return false;
    }
}

struct general_name ike2_x509_general_name(struct reader *r, bool with_mask)
{
    struct der d = ike2_der_next(r);

    /* A CHOICE under a tag is within it, X.680 30.6. */
    if (is_form(d.tag, d.value, with_mask))
        return (struct general_name){ .tag = d.tag, .value = d.value };
    *r = (struct reader){ .failed = true };
    return (struct general_name){ 0 };
}

bool ike2_x509_general_names_are_well_formed(struct reader names)
{
    if (names.left == 0)
        return false;
    while (names.left != 0)
        (void)ike2_x509_general_name(&names, false);
    return reader_end(&names);
}
