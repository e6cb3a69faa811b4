/* store.h - the directory of a CA. What is written is there as a whole or not at all, also after a
 * power cut, and one process at a time works in it. Names are relative to the directory. */
#ifndef CA_STORE_H
#define CA_STORE_H

#include "common/file.h"

enum { STORE_PATH = 1024 };

struct store {
    const char *dir;
    int fd; /* of the directory, locked; -1 = closed */
};

enum store_how {
    STORE_PUBLIC,       /* mode 0644, replaces */
    STORE_SECRET,       /* mode 0600, never replaces */
    STORE_SECRET_AGAIN, /* mode 0600, replaces: what can be made again */
};

/* Makes the directory if it is not there, mode 0700, and waits for its turn in it. */
bool store_make(struct store *s, const char *dir, struct problem *why);
/* Likewise, but it has to be there. */
bool store_open(struct store *s, const char *dir, struct problem *why);
/* A store that is closed, or {.fd = -1}, is allowed. */
void store_close(struct store *s);

bool store_has(const struct store *s, const char *name);
bool store_read(const struct store *s, const char *name, struct file_text *out,
                struct problem *why);
/* Wiped by file_free, as above. */
bool store_read_secret(const struct store *s, const char *name, struct file_text *out,
                       struct problem *why);
bool store_write(const struct store *s, const char *name, ike2_bytes text, enum store_how how,
                 struct problem *why);
/* Never replaces. */
bool store_move(const struct store *s, const char *from, const char *to, struct problem *why);
/* "DIR/NAME", for messages. */
void store_path(const struct store *s, const char *name, char path[STORE_PATH]);

#endif
