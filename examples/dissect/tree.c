/* tree.c - lines that are indented by what they belong to. */
#include "tree.h"

#include <stdarg.h>

enum { INDENT = 4, OCTETS_EACH = 32 };

static void indent(const struct tree *t)
{
    fprintf(t->out, "%*s", (int)(t->depth * INDENT), "");
}

void tree_line(const struct tree *t, const char *format, ...)
{
    va_list args;

    indent(t);
    va_start(args, format);
    (void)vfprintf(t->out, format, args);
    va_end(args);
    fputc('\n', t->out);
}

void tree_named(const struct tree *t, const char *label, const char *name, unsigned number)
{
    if (name != NULL)
        tree_line(t, "%s: %s (%u)", label, name, number);
    else
        tree_line(t, "%s: %u", label, number);
}

struct tree tree_below(const struct tree *t)
{
    return (struct tree){ .out = t->out, .depth = t->depth + 1, .room = t->room };
}

static void hex_print(const struct tree *t, ike2_bytes octets)
{
    for (size_t i = 0; i < octets.len; i++)
        fprintf(t->out, "%02x", octets.ptr[i]);
    fputc('\n', t->out);
}

void tree_octets(const struct tree *t, const char *label, ike2_bytes octets)
{
    const struct tree below = tree_below(t);

    if (octets.len == 0) {
        tree_line(t, "%s: none", label);
        return;
    }
    indent(t);
    fprintf(t->out, "%s: ", label);
    if (octets.len <= OCTETS_EACH) {
        hex_print(t, octets);
        return;
    }
    fprintf(t->out, "%zu octets\n", octets.len);
    for (size_t i = 0; i < octets.len; i += OCTETS_EACH) {
        size_t left = octets.len - i;

        indent(&below);
        hex_print(t, (ike2_bytes){ .ptr = octets.ptr + i,
                                   .len = left < OCTETS_EACH ? left : OCTETS_EACH });
    }
}

void tree_text(const struct tree *t, const char *label, ike2_bytes octets)
{
    text_clear(t->room);
    text_add_escaped(t->room, octets);
    tree_line(t, "%s: \"%s\"", label, t->room->ptr);
}
