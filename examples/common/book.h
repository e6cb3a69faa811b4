/* book.h - what a program knows of its SAs beside what the library tells: whose connection they
 * are, and who carries their traffic. What is asked and ordered on a control socket looks here. */
#ifndef COMMON_BOOK_H
#define COMMON_BOOK_H

#include "connection.h"
#include "plane.h"

struct book {
    struct host *host;
    struct plane *plane;
    ike2_time started_at;
    /* The one that was defined under this tag; NULL if there is none. */
    const struct connection *(*connection)(void *user, uint64_t tag);
    /* Those that new SAs get, by index; NULL behind the last one. */
    const struct connection *(*listed)(void *user, size_t index);
    void *user; /* first argument of both */
};

/* The connection of an IKE SA, or NULL. */
const struct connection *book_of_sa(const struct book *b, ike2_sa_id sa);
/* The template of a Child SA of that connection, which may be NULL, or NULL. */
const struct connection_child *book_child(const struct connection *c, uint64_t child_tag);

#endif
