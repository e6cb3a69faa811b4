/* table.h - a table of recorded messages: one line of findings for each row. */
#ifndef DISSECT_TABLE_H
#define DISSECT_TABLE_H

#include "keys.h"

enum { EXIT_INPUT = 2 };

/* Returns the exit status of the program. */
int table_dissect(const char *path, const struct keys *keys, bool is_verbose);

#endif
