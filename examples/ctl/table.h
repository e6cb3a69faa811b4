/* table.h - rows of words, printed so that the columns line up. */
#ifndef CTL_TABLE_H
#define CTL_TABLE_H

#include <stddef.h>

enum { TABLE_COLUMNS = 8 };

struct table {
    size_t n_columns;
    size_t n_cells, cap;
    char **cells; /* row by row, owned */
};

/* `heads` is the first row. */
void table_begin(struct table *t, const char *const *heads, size_t n_columns);
/* One cell more, copied; rows fill by themselves. NULL is "-". */
void table_add(struct table *t, const char *text);
/* Prints to stdout and frees. */
void table_end(struct table *t);

#endif
