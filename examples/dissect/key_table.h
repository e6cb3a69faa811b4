/* key_table.h - keys in a table of this project: TAB-separated, doc/dissect.md. */
#ifndef DISSECT_KEY_TABLE_H
#define DISSECT_KEY_TABLE_H

#include "keys.h"

/* What the line begins with that names the columns. */
extern const char *const key_table_start;

/* Adds all SAs of the table. False, with the reasons on stderr, if it has an error. */
bool key_table_load(struct keys *keys, const char *path);

#endif
