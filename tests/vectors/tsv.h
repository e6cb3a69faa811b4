/* vectors/tsv.h - reader of tables: one record a line, cells separated by tabs, `-` = absent; lines
 * that begin with # are comments. */
#ifndef VECTORS_TSV_H
#define VECTORS_TSV_H

#include "vectors/text.h"

enum { TSV_CELLS_MAX = 40 };

struct tsv_file {
    struct text text;
    char *line; /* the next one, or NULL */
};

struct tsv_row {
    struct tsv_file *file;
    const char *cells[TSV_CELLS_MAX];
    size_t n;
};

/* `name` is relative to the directory of the vectors. False if the file cannot be read. */
bool tsv_open(struct tsv_file *f, const char *name);
void tsv_close(struct tsv_file *f);
/* The next row, or false at the end. Cells beyond TSV_CELLS_MAX stay in the last one. */
bool tsv_next(struct tsv_file *f, struct tsv_row *out);
/* NULL if the row has no such cell, or it is absent. */
const char *tsv_get(const struct tsv_row *r, size_t cell);
/* Octets, in a block of exactly their size that lives until tsv_close. False if there are none. */
bool tsv_octets(const struct tsv_row *r, size_t cell, ike2_bytes *out);

#endif
