/* mbedtls/x509/path.h - paths from the end entity to an anchor, one after the other. */
#ifndef MBEDTLS_X509_PATH_H
#define MBEDTLS_X509_PATH_H

#include "mbedtls/x509/collection.h"

/* The end entity, others that were received, an anchor. */
enum { PATH_CERTIFICATES_MAX = RECEIVED_MAX + 1 };

/* From the end entity (depth 0) to the anchor. Each is signed by the next one, which may sign
 * certificates. */
struct path {
    size_t len;
    const struct certificate *certificates[PATH_CERTIFICATES_MAX];
};

/* Why there is no path, the best reason last. */
enum path_obstacle {
    OBSTACLE_NO_ANCHOR, /* issuers of issuers, but no anchor among them */
    OBSTACLE_NO_ISSUER, /* nobody has the issuer's name */
    OBSTACLE_TOO_LONG,
    OBSTACLE_SIGNATURE, /* somebody has its name, but not its key */
    OBSTACLE_NO_CA,     /* somebody has its name, but may not sign certificates */
    OBSTACLE_EFFORT     /* too many signatures had to be checked */
};

struct path_search {
    const struct collection *collection;
    size_t max_depth;
    bool has_begun;
    size_t n_signatures; /* checked so far */
    /* Of each one received: so many issuers above the end entity, if their names are right. */
    size_t depth[RECEIVED_MAX];

    struct path path; /* the result */
    struct path down; /* what is being tried, from the anchor on */
    size_t next_anchor;
    size_t next[PATH_CERTIFICATES_MAX]; /* who is to be tried next below each of `down` */

    enum path_obstacle obstacle;
    size_t child;                     /* where it is: whose issuer was sought */
    const char *fault;                /* OBSTACLE_NO_CA: what is wrong with the issuer */
    const struct certificate *issuer; /* OBSTACLE_NO_CA: who it is */
};

/* Begins a search. */
struct path_search ike2_mbed_path_search(const struct collection *c, size_t max_depth);
/* Finds the next path, in `s->path`. */
bool ike2_mbed_path_next(struct path_search *s);
/* Why none was found. */
ike2_verdict ike2_mbed_path_refusal(const struct path_search *s);

#endif
