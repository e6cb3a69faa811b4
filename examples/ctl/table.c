#include "table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Out of memory ends the program: it only shows what another one has said. */
static void *checked(void *p)
{
    if (p == NULL) {
        (void)fputs("ikev2ctl: out of memory\n", stderr);
        exit(8);
    }
    return p;
}

void table_begin(struct table *t, const char *const *heads, size_t n_columns)
{
    size_t i;

    *t = (struct table){ .n_columns = n_columns };
    for (i = 0; i < n_columns; i++)
        table_add(t, heads[i]);
}

void table_add(struct table *t, const char *text)
{
    if (t->n_cells == t->cap) {
        t->cap = 2 * t->cap + 64;
        t->cells = checked(realloc(t->cells, t->cap * sizeof *t->cells));
    }
    t->cells[t->n_cells++] = checked(strdup(text != NULL ? text : "-"));
}

static size_t width_of(const struct table *t, size_t column)
{
    size_t i, width = 0;

    for (i = column; i < t->n_cells; i += t->n_columns) {
        size_t len = strlen(t->cells[i]);

        width = len > width ? len : width;
    }
    return width;
}

void table_end(struct table *t)
{
    size_t widths[TABLE_COLUMNS] = { 0 };
    size_t i, column;

    for (column = 0; column < t->n_columns; column++)
        widths[column] = width_of(t, column);
    for (i = 0; i < t->n_cells; i++) {
        column = i % t->n_columns;
        if (column + 1 < t->n_columns)
            (void)printf("%-*s  ", (int)widths[column], t->cells[i]);
        else
            (void)printf("%s\n", t->cells[i]);
    }
    for (i = 0; i < t->n_cells; i++)
        free(t->cells[i]);
    free(t->cells);
    *t = (struct table){ 0 };
}
