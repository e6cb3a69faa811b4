/* wire/id.c - Identification payloads, and identities from text. RFC 7296 3.5,
 * RFC 7619 2.2. */
#include <ike2/iana.h>

#include "base/bytes.h"
#include "base/ip.h"
#include "base/writer.h"
#include "wire/chain.h"
#include "wire/id.h"

enum { IPV4_OCTETS = 4, IPV6_OCTETS = 16 };

static bool length_fits(const ike2_id *id)
{
    if (id->type == IKE2_ID_IPV4_ADDR)
        return id->data.len == IPV4_OCTETS;
    if (id->type == IKE2_ID_NULL) /* RFC 7619 2.2 */
        return id->data.len == 0;
    return id->type != IKE2_ID_IPV6_ADDR || id->data.len == IPV6_OCTETS;
}

ike2_err ike2_id_read(ike2_bytes body, ike2_id *out)
{
    struct reader r = reader_of(body);
    ike2_id id = { 0 };

    id.type = read_u8(&r);
    (void)read_bytes(&r, 3);
    id.data = read_rest(&r);
    if (!reader_end(&r) || !length_fits(&id))
        return IKE2_ERR_MALFORMED;

    *out = id;
    return IKE2_OK;
}

void ike2_id_write(ike2_writer *w, uint8_t type, const ike2_id *id)
{
    payload_begin(w, type, false);
    write_uint(w, id->type, 1);
    write_uint(w, 0, 3);
    write_bytes(w, id->data);
    payload_end(w);
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_host_char(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-' ||
           c == '_' || c == '.';
}

/* A host name that cannot be mistaken for an address. */
static bool is_host_name(ike2_bytes text)
{
    bool is_numeric = true;

    for (size_t i = 0; i < text.len; i++) {
        if (!is_host_char(text.ptr[i]))
            return false;
        is_numeric = is_numeric && (is_digit(text.ptr[i]) || text.ptr[i] == '.');
    }
    return !is_numeric;
}

/* Something on both sides of the last '@', and no character that means something else here. */
static bool is_mail(ike2_bytes text)
{
    size_t at = 0;

    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.ptr[i];

        if (c <= ' ' || c > '~' || c == '\\' || c == ':')
            return false;
        if (c == '@')
            at = i;
    }
    return at > 0 && at + 1 < text.len;
}

uint8_t ike2_id_plain_type(ike2_bytes text)
{
    uint8_t ip[IPV6_OCTETS];
    size_t len = ike2_ip_parse(text, ip);

    if (len != 0)
        return len == IPV4_OCTETS ? IKE2_ID_IPV4_ADDR : IKE2_ID_IPV6_ADDR;
    if (bytes_equal(text, bytes_of("null", 4)))
        return IKE2_ID_NULL;
    if (is_host_name(text))
        return IKE2_ID_FQDN;
    return is_mail(text) ? IKE2_ID_RFC822_ADDR : 0;
}

/* Counts what does not fit, so that the room needed is known. */
static void put(ike2_buffer *room, uint8_t octet)
{
    if (room->len < room->cap)
        room->ptr[room->len] = octet;
    room->len++;
}

/* The value of a hexadecimal digit, or 16. */
static unsigned hex_value(uint8_t c)
{
    if (is_digit(c))
        return c - (unsigned)'0';
    if (c >= 'a' && c <= 'f')
        return c - (unsigned)'a' + 10;
    return c >= 'A' && c <= 'F' ? c - (unsigned)'A' + 10 : 16;
}

/* Takes two hexadecimal digits off the front of `text`. */
static bool hex_octet(struct reader *text, uint8_t *out)
{
    unsigned high = hex_value(read_u8(text)), low = hex_value(read_u8(text));

    if (text->failed || high > 15 || low > 15)
        return false;
    *out = (uint8_t)(high << 4 | low);
    return true;
}

static bool put_hex(ike2_buffer *room, ike2_bytes text)
{
    struct reader r = reader_of(text);
    uint8_t octet;

    while (r.left != 0) {
        if (!hex_octet(&r, &octet))
            return false;
        put(room, octet);
    }
    return text.len != 0;
}

/* Text in which \xNN stands for any octet. */
static bool put_escaped(ike2_buffer *room, ike2_bytes text)
{
    struct reader r = reader_of(text);

    while (r.left != 0) {
        uint8_t octet = read_u8(&r);

        if (octet == '\\' && (read_u8(&r) != 'x' || !hex_octet(&r, &octet)))
            return false;
        put(room, octet);
    }
    return true;
}

static bool put_plain(ike2_buffer *room, ike2_bytes text, uint8_t *type)
{
    uint8_t ip[IPV6_OCTETS];
    size_t len = ike2_ip_parse(text, ip);
    ike2_bytes octets = len != 0 ? bytes_of(ip, len) : text;

    *type = ike2_id_plain_type(text);
    if (*type == IKE2_ID_NULL)
        octets.len = 0;
    for (size_t i = 0; i < octets.len; i++)
        put(room, octets.ptr[i]);
    return *type != 0;
}

struct prefix {
    const char *word;
    uint8_t type;
    bool (*put)(ike2_buffer *room, ike2_bytes text);
};

static bool put_by_prefix(ike2_buffer *room, ike2_bytes text, uint8_t *type)
{
    static const struct prefix prefixes[] = {
        { "fqdn:", IKE2_ID_FQDN, put_escaped },
        { "rfc822:", IKE2_ID_RFC822_ADDR, put_escaped },
        { "keyid:", IKE2_ID_KEY_ID, put_escaped },
        { "dn:#", IKE2_ID_DER_ASN1_DN, put_hex },
        { "gn:#", IKE2_ID_DER_ASN1_GN, put_hex },
    };

    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        size_t len = strlen(prefixes[i].word);

        if (text.len < len || memcmp(text.ptr, prefixes[i].word, len) != 0)
            continue;
        *type = prefixes[i].type;
        return prefixes[i].put(room, bytes_of(text.ptr + len, text.len - len));
    }
    return put_plain(room, text, type);
}

ike2_err ike2_id_parse(const char *text, ike2_buffer *room, ike2_id *out)
{
    ike2_buffer scratch = { .ptr = room->ptr, .cap = room->cap };
    uint8_t type = 0;

    if (strcmp(text, "%any") != 0 && !put_by_prefix(&scratch, bytes_of(text, strlen(text)), &type))
        return IKE2_ERR_MALFORMED;
    room->len = scratch.len;
    if (scratch.len > scratch.cap)
        return IKE2_ERR_SPACE;

    *out = (ike2_id){ .type = type, .data = bytes_of(room->ptr, room->len) };
    return IKE2_OK;
}
