#include "scroll.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { HEX_BASE = 16 };

struct scroll_room {
    struct scroll_room *next;
    max_align_t octets[];
};

/* --- Life -------------------------------------------------------------------------------- */

void scroll_open(struct scroll *s, FILE *file, bool is_reading)
{
    *s = (struct scroll){ .file = file, .is_reading = is_reading };
}

void scroll_forget(struct scroll *s)
{
    while (s->rooms != NULL) {
        struct scroll_room *room = s->rooms;

        s->rooms = room->next;
        free(room);
    }
}

void scroll_close(struct scroll *s)
{
    scroll_forget(s);
    free(s->line);
    s->line = s->at = NULL;
}

void scroll_fail(struct scroll *s, const char *format, ...)
{
    char text[PROBLEM_TEXT / 2];
    va_list args;

    if (s->failed)
        return;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    s->failed = true;
    problem_set(&s->why, "line %u: %s", s->number, text);
}

static void *room_new(struct scroll *s, size_t size)
{
    struct scroll_room *room = calloc(1, sizeof *room + size);

    if (room == NULL) {
        scroll_fail(s, "no memory");
        return NULL;
    }
    room->next = s->rooms;
    s->rooms = room;
    return room->octets;
}

/* --- Lines ------------------------------------------------------------------------------- */

/* The next one that is neither empty nor a comment; false at the end. */
static bool line_read(struct scroll *s)
{
    while (s->at == NULL) {
        ssize_t len = getline(&s->line, &s->cap, s->file);

        if (len <= 0)
            return false;
        s->number++;
        if (s->line[len - 1] == '\n')
            s->line[len - 1] = '\0';
        if (s->line[0] != '#' && s->line[0] != '\0')
            s->at = s->line;
    }
    return true;
}

const char *scroll_peek(struct scroll *s, char word[SCROLL_WORD])
{
    size_t len;

    word[0] = '\0';
    if (s->failed || !line_read(s))
        return word;
    len = strcspn(s->at, " ");
    (void)snprintf(word, SCROLL_WORD, "%.*s", (int)len, s->at);
    return word;
}

void scroll_begin(struct scroll *s, const char *word)
{
    char found[SCROLL_WORD];

    if (!s->is_reading) {
        s->number++;
        (void)fputs(word, s->file);
        return;
    }
    (void)scroll_peek(s, found);
    if (s->failed)
        return;
    if (strcmp(found, word) != 0) {
        scroll_fail(s, "%s, where %s follows", found[0] == '\0' ? "the end" : found, word);
        return;
    }
    s->at += strlen(found);
}

void scroll_end(struct scroll *s)
{
    if (!s->is_reading) {
        if (fputc('\n', s->file) == EOF || fflush(s->file) != 0)
            scroll_fail(s, "cannot be written");
        return;
    }
    if (!s->failed && *s->at != '\0')
        scroll_fail(s, "more than was expected:%s", s->at);
    s->at = NULL;
}

/* --- Fields ------------------------------------------------------------------------------ */

/* The text of the next field, which has to have this name; NULL: it has not. */
static char *field_take(struct scroll *s, const char *name)
{
    size_t len = strlen(name);
    char *value;

    if (s->failed || s->at == NULL)
        return NULL;
    if (s->at[0] != ' ' || strncmp(s->at + 1, name, len) != 0 || s->at[1 + len] != '=') {
        scroll_fail(s, "no %s where it belongs:%.40s", name, s->at);
        return NULL;
    }
    value = s->at + len + 2;
    s->at = value + strcspn(value, " ");
    return value;
}

static uint64_t load(const void *at, size_t size)
{
    switch (size) {
    case sizeof(uint8_t): return *(const uint8_t *)at;
    case sizeof(uint16_t): return *(const uint16_t *)at;
    case sizeof(uint32_t): return *(const uint32_t *)at;
    case sizeof(uint64_t): return *(const uint64_t *)at;
    default: abort();
    }
}

static void store(void *at, size_t size, uint64_t value)
{
    switch (size) {
    case sizeof(uint8_t): *(uint8_t *)at = (uint8_t)value; break;
    case sizeof(uint16_t): *(uint16_t *)at = (uint16_t)value; break;
    case sizeof(uint32_t): *(uint32_t *)at = (uint32_t)value; break;
    case sizeof(uint64_t): *(uint64_t *)at = value; break;
    default: abort();
    }
}

static uint64_t number_read(struct scroll *s, const char *name, size_t size)
{
    char *text = field_take(s, name), *end;
    uint64_t value, most = UINT64_MAX >> 8 * (sizeof value - size);

    if (text == NULL)
        return 0;
    value = strtoull(text, &end, 10);
    if (end == text || end != s->at || value > most) {
        scroll_fail(s, "no number that fits %s", name);
        return 0;
    }
    return value;
}

void scroll_number(struct scroll *s, const char *name, void *at, size_t size)
{
    if (s->is_reading)
        store(at, size, number_read(s, name, size));
    else
        (void)fprintf(s->file, " %s=%" PRIu64, name, load(at, size));
}

void scroll_flag(struct scroll *s, const char *name, bool *flag)
{
    uint8_t value = *flag ? 1 : 0;

    scroll_number(s, name, &value, sizeof value);
    *flag = value != 0;
}

static int nibble(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* False unless it is `len` octets in hex. */
static bool hex_read(const char *text, uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        int high = nibble(text[2 * i]), low = high < 0 ? -1 : nibble(text[2 * i + 1]);

        if (low < 0)
            return false;
        out[i] = (uint8_t)(high * HEX_BASE + low);
    }
    return true;
}

static void hex_write(struct scroll *s, const char *name, ike2_bytes octets)
{
    static const char digits[] = "0123456789abcdef";

    (void)fprintf(s->file, " %s=", name);
    for (size_t i = 0; i < octets.len; i++) {
        (void)fputc(digits[octets.ptr[i] >> 4], s->file);
        (void)fputc(digits[octets.ptr[i] & 0xf], s->file);
    }
}

static ike2_bytes bytes_read(struct scroll *s, const char *name)
{
    const char *text = field_take(s, name);
    size_t len = text == NULL ? 0 : (size_t)(s->at - text);
    uint8_t *octets = len == 0 ? NULL : room_new(s, len / 2);

    if (octets == NULL)
        return (ike2_bytes){ 0 };
    if (len % 2 != 0 || !hex_read(text, octets, len / 2)) {
        scroll_fail(s, "%s is not in hex", name);
        return (ike2_bytes){ 0 };
    }
    return (ike2_bytes){ .ptr = octets, .len = len / 2 };
}

void scroll_bytes(struct scroll *s, const char *name, ike2_bytes *octets)
{
    if (s->is_reading)
        *octets = bytes_read(s, name);
    else
        hex_write(s, name, *octets);
}

void scroll_octets(struct scroll *s, const char *name, uint8_t *octets, size_t len)
{
    const char *text;

    if (!s->is_reading) {
        hex_write(s, name, (ike2_bytes){ .ptr = octets, .len = len });
        return;
    }
    memset(octets, 0, len);
    text = field_take(s, name);
    if (text != NULL && ((size_t)(s->at - text) != 2 * len || !hex_read(text, octets, len)))
        scroll_fail(s, "%s is not %zu octets in hex", name, len);
}

void *scroll_array(struct scroll *s, const char *name, size_t *n, const void *given, size_t size)
{
    uint64_t count = *n;
    void *room = NULL;

    scroll_number(s, name, &count, sizeof count);
    if (!s->is_reading)
        return (void *)(uintptr_t)given;
    if (count > SCROLL_ARRAY_MAX)
        scroll_fail(s, "more than %d %s", SCROLL_ARRAY_MAX, name);
    if (!s->failed && count != 0)
        room = room_new(s, (size_t)count * size);
    *n = room == NULL ? 0 : (size_t)count;
    return room;
}

/* --- Comparing --------------------------------------------------------------------------- */

void scroll_expect(struct scroll *s, const char *name, uint64_t value)
{
    uint64_t found = value;

    scroll_number(s, name, &found, sizeof found);
    if (found != value)
        scroll_fail(s, "%s was %" PRIu64 " and is %" PRIu64 " now", name, found, value);
}

/* Where two differ is worth more than their octets. */
static size_t equal_until(ike2_bytes a, ike2_bytes b)
{
    size_t i = 0;

    while (i < a.len && i < b.len && a.ptr[i] == b.ptr[i])
        i++;
    return i;
}

void scroll_expect_bytes(struct scroll *s, const char *name, ike2_bytes octets)
{
    ike2_bytes found = octets;
    size_t same;

    scroll_bytes(s, name, &found);
    if (s->failed || !s->is_reading)
        return;
    same = equal_until(found, octets);
    if (same != found.len || same != octets.len)
        scroll_fail(s, "%s: %zu octets were recorded, now %zu; they differ from octet %zu on", name,
                    found.len, octets.len, same);
}
