/* key_log.c - keys as Wireshark's ikev2_decryption_table has them. The names of algorithms are
 * those of Wireshark 4.0, epan/dissectors/packet-isakmp.c. */
#include "key_log.h"

#include <string.h>

#include <ike2/iana.h>

#include "hex.h"

enum column { SPI_I, SPI_R, SK_EI, SK_ER, ENCR, SK_AI, SK_AR, INTEG, N_COLUMNS };

static const char *const names[KEY_COLUMNS] = {
    [KEY_CAPTURE] = "line",
    [KEY_SPI_I] = "initiator's SPI",
    [KEY_SPI_R] = "responder's SPI",
    [KEY_ENCR] = "encryption algorithm",
    [KEY_INTEG] = "integrity algorithm",
    [KEY_SK_EI] = "SK_ei",
    [KEY_SK_ER] = "SK_er",
    [KEY_SK_AI] = "SK_ai",
    [KEY_SK_AR] = "SK_ar",
};

/* Algorithms that have a name but no number: nothing can have them. */
enum { NO_NUMBER = 0xffff };

/* A cipher's name; the bits of the key, 128, 192 or 256, stand in the middle where `behind` is. */
static const struct cipher_name {
    const char *before, *behind;
    uint16_t id;
} ciphers[] = {
    { "3DES [RFC2451]", NULL, IKE2_ENCR_3DES },
    { "NULL [RFC2410]", NULL, IKE2_ENCR_NULL },
    { "AES-CBC-", " [RFC3602]", IKE2_ENCR_AES_CBC },
    { "AES-CTR-", " [RFC5930]", IKE2_ENCR_AES_CTR },
    { "AES-GCM-", " with 8 octet ICV [RFC5282]", IKE2_ENCR_AES_GCM_8 },
    { "AES-GCM-", " with 12 octet ICV [RFC5282]", IKE2_ENCR_AES_GCM_12 },
    { "AES-GCM-", " with 16 octet ICV [RFC5282]", IKE2_ENCR_AES_GCM_16 },
    { "AES-CCM-", " with 8 octet ICV [RFC5282]", IKE2_ENCR_AES_CCM_8 },
    { "AES-CCM-", " with 12 octet ICV [RFC5282]", IKE2_ENCR_AES_CCM_12 },
    { "AES-CCM-", " with 16 octet ICV [RFC5282]", IKE2_ENCR_AES_CCM_16 },
};

static const struct integ_name {
    const char *text;
    uint16_t id;
} integs[] = {
    { "NONE [RFC4306]", IKE2_INTEG_NONE },
    { "HMAC_MD5_96 [RFC2403]", IKE2_INTEG_HMAC_MD5_96 },
    { "HMAC_SHA1_96 [RFC2404]", IKE2_INTEG_HMAC_SHA1_96 },
    { "HMAC_MD5_128 [RFC4595]", IKE2_INTEG_HMAC_MD5_128 },
    { "HMAC_SHA1_160 [RFC4595]", IKE2_INTEG_HMAC_SHA1_160 },
    { "HMAC_SHA2_256_96 [draft-ietf-ipsec-ciph-sha-256-00]", NO_NUMBER },
    { "HMAC_SHA2_256_128 [RFC4868]", IKE2_INTEG_HMAC_SHA2_256_128 },
    { "HMAC_SHA2_384_192 [RFC4868]", IKE2_INTEG_HMAC_SHA2_384_192 },
    { "HMAC_SHA2_512_256 [RFC4868]", IKE2_INTEG_HMAC_SHA2_512_256 },
    { "ANY 64-bits of Authentication [No Checking]", NO_NUMBER },
    { "ANY 96-bits of Authentication [No Checking]", NO_NUMBER },
    { "ANY 128-bits of Authentication [No Checking]", NO_NUMBER },
    { "ANY 160-bits of Authentication [No Checking]", NO_NUMBER },
    { "ANY 192-bits of Authentication [No Checking]", NO_NUMBER },
    { "ANY 256-bits of Authentication [No Checking]", NO_NUMBER },
};

static bool is_text(ike2_bytes field, const char *text)
{
    return field.len == strlen(text) && memcmp(field.ptr, text, field.len) == 0;
}

/* Takes `text` off the front. */
static bool begins_with(ike2_bytes *field, const char *text)
{
    size_t len = strlen(text);

    if (field->len < len || memcmp(field->ptr, text, len) != 0)
        return false;
    *field = (ike2_bytes){ .ptr = field->ptr + len, .len = field->len - len };
    return true;
}

static bool cipher_match(ike2_bytes field, const struct cipher_name *name, uint16_t *key_bits)
{
    ike2_bytes bits;
    uint32_t value;

    *key_bits = 0;
    if (name->behind == NULL)
        return is_text(field, name->before);
    if (!begins_with(&field, name->before))
        return false;
    bits = (ike2_bytes){ .ptr = field.ptr, .len = field.len < 3 ? field.len : 3 };
    if (!decimal(bits, 256, &value) || (value != 128 && value != 192 && value != 256))
        return false;
    *key_bits = (uint16_t)value;
    field = (ike2_bytes){ .ptr = field.ptr + bits.len, .len = field.len - bits.len };
    return is_text(field, name->behind);
}

static bool cipher_read(ike2_bytes field, ike2_transform *out)
{
    uint16_t key_bits;

    for (size_t i = 0; i < sizeof ciphers / sizeof ciphers[0]; i++) {
        if (!cipher_match(field, &ciphers[i], &key_bits))
            continue;
        *out = (ike2_transform){ .type = IKE2_TRANSFORM_ENCR,
                                 .id = ciphers[i].id,
                                 .key_bits = key_bits };
        return true;
    }
    return false;
}

static bool integ_read(ike2_bytes field, ike2_transform *out)
{
    for (size_t i = 0; i < sizeof integs / sizeof integs[0]; i++) {
        if (!is_text(field, integs[i].text))
            continue;
        if (integs[i].id != IKE2_INTEG_NONE)
            *out = (ike2_transform){ .type = IKE2_TRANSFORM_INTEG, .id = integs[i].id };
        return true;
    }
    return false;
}

/* --- Lines --------------------------------------------------------------------------------- */

static ike2_bytes trimmed(ike2_bytes field)
{
    while (field.len != 0 && field.ptr[0] == ' ') {
        field.ptr++;
        field.len--;
    }
    while (field.len != 0 && field.ptr[field.len - 1] == ' ')
        field.len--;
    if (field.len >= 2 && field.ptr[0] == '"' && field.ptr[field.len - 1] == '"')
        field = (ike2_bytes){ .ptr = field.ptr + 1, .len = field.len - 2 };
    return field;
}

/* How many columns there are, N_COLUMNS + 1 for "too many"; a comma in quotes separates nothing. */
static size_t line_split(ike2_bytes line, ike2_bytes fields[N_COLUMNS])
{
    bool is_quoted = false;
    size_t start = 0, n = 0;

    for (size_t i = 0; i <= line.len; i++) {
        if (i < line.len && line.ptr[i] == '"')
            is_quoted = !is_quoted;
        if (i < line.len && (is_quoted || line.ptr[i] != ','))
            continue;
        if (n == N_COLUMNS)
            return N_COLUMNS + 1;
        fields[n++] = trimmed((ike2_bytes){ .ptr = line.ptr + start, .len = i - start });
        start = i + 1;
    }
    return n;
}

static void line_read(struct lines *l, ike2_bytes text, struct keys *keys)
{
    static const uint8_t any_capture = '-';
    ike2_bytes fields[N_COLUMNS];
    struct key_line line = { 0 };
    struct key_refusal why;

    if (line_split(text, fields) != N_COLUMNS) {
        lines_error(l, "line", "not eight columns, separated by commas");
        return;
    }
    line.text[KEY_CAPTURE] = (ike2_bytes){ .ptr = &any_capture, .len = 1 };
    line.text[KEY_SPI_I] = fields[SPI_I];
    line.text[KEY_SPI_R] = fields[SPI_R];
    line.text[KEY_SK_EI] = fields[SK_EI];
    line.text[KEY_SK_ER] = fields[SK_ER];
    line.text[KEY_SK_AI] = fields[SK_AI];
    line.text[KEY_SK_AR] = fields[SK_AR];
    if (!cipher_read(fields[ENCR], &line.encr))
        lines_error(l, names[KEY_ENCR], "not one of Wireshark's names");
    else if (!integ_read(fields[INTEG], &line.integ))
        lines_error(l, names[KEY_INTEG], "not one of Wireshark's names");
    else if (!keys_add(keys, &line, &why))
        key_refusal_print(&why, l, names);
}

bool key_log_load(struct keys *keys, const char *path)
{
    struct lines lines;
    ike2_bytes line;
    bool loaded = lines_open(&lines, path);

    while (loaded && lines_next(&lines, &line)) {
        if (line.len != 0 && line.ptr[0] != '#')
            line_read(&lines, line, keys);
    }
    loaded = loaded && lines.n_errors == 0;
    lines_close(&lines);
    return loaded;
}
