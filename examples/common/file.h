/* file.h - a small file as a whole: keys, certificates, configurations. */
#ifndef COMMON_FILE_H
#define COMMON_FILE_H

#include <stdbool.h>

#include <ike2/types.h>

#include "problem.h"

enum { FILE_MAX = 4 * 1024 * 1024, SECRET_MAX = 64 * 1024 };

/* Contents that file_free gives back. */
struct file_text {
    char *text; /* terminated; NULL if nothing has been read */
    size_t len;
};

/* At most FILE_MAX octets of a regular file. */
bool file_read(const char *path, struct file_text *out, struct problem *why);
/* Likewise, at most SECRET_MAX, and wiped by file_free; `*shared` says whether others than the
 * owner may read it too. */
bool file_read_secret(const char *path, struct file_text *out, bool *shared, struct problem *why);
/* All of it, through signals; errno says what went wrong. */
bool file_write(int fd, ike2_bytes octets);
/* Wipes. Zeroed contents are allowed. */
void file_free(struct file_text *f);

static inline ike2_bytes file_octets(const struct file_text *f)
{
    return (ike2_bytes){ .ptr = (const uint8_t *)f->text, .len = f->len };
}

#endif
