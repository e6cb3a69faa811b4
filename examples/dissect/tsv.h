/* tsv.h - a table of TAB-separated fields whose columns are named by a line that begins with `#`
 * and the name of the first column. Lines that begin with `#` and empty lines are no rows. */
#ifndef DISSECT_TSV_H
#define DISSECT_TSV_H

#include "lines.h"

enum { TSV_COLUMNS = 64 };

struct tsv {
    struct lines lines;
    size_t n_columns;
    ike2_bytes field[TSV_COLUMNS]; /* of the current row; views of the text */
};

/* Reads the file and finds the line that names the columns; `first` is the first name. False, with
 * the reason on stderr, if there is no such file or line. Always call tsv_close. */
bool tsv_open(struct tsv *t, const char *path, const char *first);
/* After tsv_open: where the named columns are. False, with a message, if one is missing. */
bool tsv_columns(struct tsv *t, const char *const *names, size_t n, size_t *index);
/* The next row; false at the end. Rows with a wrong number of fields are reported and left out. */
bool tsv_next(struct tsv *t);
void tsv_close(struct tsv *t);

#endif
