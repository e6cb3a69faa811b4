/* wire/id_text.c - the text form of identities: safe to log, whoever sent them. RFC 7296 3.5. */
#include <ike2/iana.h>

#include "base/bytes.h"
#include "base/reader.h"
#include "base/text.h"
#include "wire/id.h"

/* The few ASN.1 tags that occur in a Distinguished Name of RFC 5280. */
enum {
    TAG_UTF8_STRING = 0x0c,
    TAG_PRINTABLE_STRING = 0x13,
    TAG_T61_STRING = 0x14,
    TAG_IA5_STRING = 0x16,
    TAG_OID = 0x06,
    TAG_SEQUENCE = 0x30,
    TAG_SET = 0x31
};
/* DER lengths of more octets than this do not fit a message. */
enum { LONG_LENGTH = 0x80, LENGTH_OCTETS_MAX = 2 };

struct attribute_name {
    const char *name;
    uint8_t oid[10];
    uint8_t len;
};

/* RFC 4514 3, and serialNumber, emailAddress. */
static const struct attribute_name attribute_names[] = {
    { "CN", { 0x55, 4, 3 }, 3 },
    { "serialNumber", { 0x55, 4, 5 }, 3 },
    { "C", { 0x55, 4, 6 }, 3 },
    { "L", { 0x55, 4, 7 }, 3 },
    { "ST", { 0x55, 4, 8 }, 3 },
    { "STREET", { 0x55, 4, 9 }, 3 },
    { "O", { 0x55, 4, 10 }, 3 },
    { "OU", { 0x55, 4, 11 }, 3 },
    { "UID", { 0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 1 }, 10 },
    { "DC", { 0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25 }, 10 },
    { "E", { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1 }, 9 },
};

/* One DER element with this tag; the reader fails if there is another. */
static ike2_bytes der_read(struct reader *r, uint8_t tag, uint8_t *any_tag)
{
    uint8_t found = read_u8(r);
    size_t len = read_u8(r);

    if (len >= LONG_LENGTH) {
        size_t width = len - LONG_LENGTH;

        if (width == 0 || width > LENGTH_OCTETS_MAX)
            width = SIZE_MAX;
        len = (size_t)read_uint(r, width);
    }
    if (any_tag != NULL)
        *any_tag = found;
    else if (found != tag)
        len = SIZE_MAX;
    return read_bytes(r, len);
}

static void add_attribute_name(struct text *t, ike2_bytes oid)
{
    for (size_t i = 0; i < sizeof attribute_names / sizeof attribute_names[0]; i++) {
        const struct attribute_name *a = &attribute_names[i];

        if (bytes_equal(oid, bytes_of(a->oid, a->len))) {
            ike2_text_add(t, a->name);
            return;
        }
    }
    ike2_text_char(t, '#');
    ike2_text_hex(t, oid);
}

static bool is_separator(uint8_t c)
{
    return c == ',' || c == '+' || c == '=' || c == '"' || c == '#';
}

/* What separates names is escaped as well, so that a value cannot pretend to be two. */
static void add_value(struct text *t, uint8_t tag, ike2_bytes value)
{
    if (tag != TAG_UTF8_STRING && tag != TAG_PRINTABLE_STRING && tag != TAG_T61_STRING &&
        tag != TAG_IA5_STRING) {
        ike2_text_char(t, '#');
        ike2_text_hex(t, value);
        return;
    }
    for (size_t i = 0; i < value.len; i++) {
        ike2_bytes octet = bytes_of(value.ptr + i, 1);

        if (is_separator(value.ptr[i])) {
            ike2_text_add(t, "\\x");
            ike2_text_hex(t, octet);
        } else {
            ike2_text_escaped(t, octet);
        }
    }
}

/* AttributeTypeAndValue. */
static bool add_attribute(struct text *t, ike2_bytes der)
{
    struct reader r = reader_of(der);
    ike2_bytes oid = der_read(&r, TAG_OID, NULL);
    uint8_t tag;
    ike2_bytes value = der_read(&r, 0, &tag);

    if (!reader_end(&r))
        return false;
    add_attribute_name(t, oid);
    ike2_text_char(t, '=');
    add_value(t, tag, value);
    return true;
}

/* RelativeDistinguishedName: one attribute, seldom more. */
static bool add_rdn(struct text *t, ike2_bytes der)
{
    struct reader r = reader_of(der);
    bool is_first = true;

    while (r.left != 0) {
        ike2_bytes attribute = der_read(&r, TAG_SEQUENCE, NULL);

        if (!is_first)
            ike2_text_char(t, '+');
        if (r.failed || !add_attribute(t, attribute))
            return false;
        is_first = false;
    }
    return !is_first;
}

/* False, and something half written, if `der` is not a Distinguished Name. */
static bool add_dn(struct text *t, ike2_bytes der)
{
    struct reader r = reader_of(der);
    struct reader name = reader_of(der_read(&r, TAG_SEQUENCE, NULL));
    bool is_first = true;

    if (!reader_end(&r))
        return false;
    while (name.left != 0) {
        ike2_bytes rdn = der_read(&name, TAG_SET, NULL);

        if (!is_first)
            ike2_text_add(t, ", ");
        if (name.failed || !add_rdn(t, rdn))
            return false;
        is_first = false;
    }
    return !is_first;
}

static void add_der(struct text *t, const char *prefix, ike2_bytes der)
{
    ike2_text_add(t, prefix);
    ike2_text_char(t, '#');
    ike2_text_hex(t, der);
}

static void add_distinguished_name(struct text *t, ike2_bytes der)
{
    struct text trial = text_of(NULL, 0);

    if (!add_dn(&trial, der)) {
        add_der(t, "dn:", der);
        return;
    }
    ike2_text_add(t, "dn:");
    (void)add_dn(t, der);
}

/* Without its prefix only if the bare text would be read as the same type. */
static void add_name(struct text *t, const char *prefix, const ike2_id *id)
{
    if (ike2_id_plain_type(id->data) != id->type)
        ike2_text_add(t, prefix);
    ike2_text_escaped(t, id->data);
}

static void add_other(struct text *t, const ike2_id *id)
{
    ike2_text_add(t, "type");
    ike2_text_uint(t, id->type);
    add_der(t, ":", id->data);
}

static void add_address(struct text *t, const ike2_id *id, size_t len)
{
    if (id->data.len == len)
        ike2_text_ip(t, id->data);
    else
        add_other(t, id);
}

size_t ike2_id_text(const ike2_id *id, char *text, size_t cap)
{
    struct text t = text_of(text, cap);

    switch (id->type) {
    case 0: ike2_text_add(&t, "%any"); break;
    case IKE2_ID_IPV4_ADDR: add_address(&t, id, 4); break;
    case IKE2_ID_IPV6_ADDR: add_address(&t, id, 16); break;
    case IKE2_ID_FQDN: add_name(&t, "fqdn:", id); break;
    case IKE2_ID_RFC822_ADDR: add_name(&t, "rfc822:", id); break;
    case IKE2_ID_DER_ASN1_DN: add_distinguished_name(&t, id->data); break;
    case IKE2_ID_DER_ASN1_GN: add_der(&t, "gn:", id->data); break;
    case IKE2_ID_KEY_ID: add_name(&t, "keyid:", id); break;
    case IKE2_ID_NULL: ike2_text_add(&t, "null"); break;
    default: add_other(&t, id); break;
    }
    return t.len;
}
