/* vectors/text.h - reference vectors as whole files in memory, and their hex as octets. */
#ifndef VECTORS_TEXT_H
#define VECTORS_TEXT_H

#include <ike2/types.h>

/* What test programs exit with if they cannot run here. */
enum { VECTORS_SKIPPED = 77 };

/* The directory of the reference vectors: $IKE2_VECTORS, or ../shared/vectors beside the project's
 * root, where tests run. NULL if there is none. */
const char *vectors_directory(void);

/* A file's text, terminated, and the octets made from it: released together. */
struct text {
    char *chars;
    size_t len;
    struct text_octets *made;
};

/* `name` is relative to the directory of the vectors. False if it cannot be read. */
bool text_open(struct text *t, const char *name);
/* `path` is relative to where the program runs. */
bool text_open_path(struct text *t, const char *path);
void text_close(struct text *t);
/* Hex text as octets, in a block of exactly their size. False if it is not hex. */
bool text_hex(struct text *t, const char *hex, ike2_bytes *out);

#endif
