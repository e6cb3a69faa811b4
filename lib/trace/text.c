/* trace/text.c - one line of text for a record: name key=value ... Values may hold what a peer
 * sent; nothing in them can end the line or pretend to be another field. */
#include <ike2/trace.h>

#include <string.h>

#include "base/bytes.h"
#include "base/text.h"

enum { IKE_SPI_DIGITS = 16, ESP_SPI_DIGITS = 8 };

static bool text_is_plain(const char *s)
{
    for (const char *at = s; *at != '\0'; at++)
        if (*at == ' ' || *at == '"' || *at == '=')
            return false;
    return *s != '\0';
}

/* Quotes where a reader could lose the end of the value; a quote inside is escaped. */
static void add_words(struct text *t, const char *s)
{
    bool is_plain = text_is_plain(s);

    if (!is_plain)
        ike2_text_char(t, '"');
    for (; *s != '\0'; s++) {
        if (*s == '"')
            ike2_text_add(t, "\\x22");
        else
            ike2_text_escaped(t, bytes_of(s, 1));
    }
    if (!is_plain)
        ike2_text_char(t, '"');
}

/* As captures show it: 8 digits of an ESP SPI, 16 of an IKE SPI. */
static void add_spi(struct text *t, uint64_t spi)
{
    ike2_text_add(t, "0x");
    ike2_text_hex_uint(t, spi, spi <= UINT32_MAX ? ESP_SPI_DIGITS : IKE_SPI_DIGITS);
}

static void add_number(struct text *t, const char *name, uint64_t value)
{
    if (strncmp(name, "spi", 3) == 0)
        add_spi(t, value);
    else
        ike2_text_uint(t, value);
}

static void add_key(struct text *t, const char *name)
{
    ike2_text_char(t, ' ');
    ike2_text_add(t, name);
    ike2_text_char(t, '=');
}

static void add_field(struct text *t, const ike2_trace_field *f)
{
    add_key(t, f->name);
    switch (f->type) {
    case IKE2_FIELD_U64:
        add_number(t, f->name, f->v.u64);
        return;
    case IKE2_FIELD_TEXT:
        add_words(t, f->v.text != NULL ? f->v.text : "");
        return;
    case IKE2_FIELD_BYTES:
        ike2_text_hex(t, f->v.bytes);
        return;
    case IKE2_FIELD_ADDR:
        if (f->v.addr != NULL)
            ike2_text_addr(t, f->v.addr);
        return;
    }
    ike2_text_char(t, '?');
}

static bool has_field(const ike2_trace_record *rec, const char *name)
{
    for (size_t i = 0; i < rec->n_fields; i++)
        if (strcmp(rec->fields[i].name, name) == 0)
            return true;
    return false;
}

/* Serials are never 0: that means there is none. A key occurs once. */
static void add_serial(struct text *t, const ike2_trace_record *rec, const char *name,
                       uint64_t serial)
{
    if (serial == 0 || has_field(rec, name))
        return;
    add_key(t, name);
    ike2_text_uint(t, serial);
}

size_t ike2_trace_text(const ike2_trace_record *rec, char *text, size_t cap)
{
    struct text t = text_of(text, cap);

    ike2_text_add(&t, rec->name);
    add_serial(&t, rec, "record", rec->id);
    add_serial(&t, rec, "sa", rec->sa);
    add_serial(&t, rec, "child", rec->child);
    for (size_t i = 0; i < rec->n_fields; i++)
        add_field(&t, &rec->fields[i]);
    if (rec->section != NULL) {
        add_key(&t, "section");
        add_words(&t, rec->section);
    }
    return t.len;
}
