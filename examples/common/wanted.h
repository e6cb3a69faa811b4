/* wanted.h - the CRLs that a judgement asks for: where they are to be had, and what was got. */
#ifndef COMMON_WANTED_H
#define COMMON_WANTED_H

#include <stdbool.h>

#include <ike2/types.h>

#include "problem.h"
#include "url.h"

enum { WANTED_MAX = 8 };

struct wanted_crl {
    char url[URL_ROOM]; /* http or https */
    uint8_t *octets;    /* owned; NULL: not there */
    size_t len;
    bool is_open;   /* the last judgement did not find its answer in it */
    bool is_sought; /* in the cache */
    bool is_tried;  /* it was, or is being fetched */
    bool is_kept;   /* it is in the cache as it is here */
};

/* Zeroed: nothing is wanted. */
struct wanted {
    struct wanted_crl list[WANTED_MAX];
    size_t n;
};

/* Another judgement begins. */
void wanted_begin(struct wanted *w);
/* It asks for this one. Other schemes than http and https, what is no URL, and one too many are
 * passed over. */
void wanted_add(struct wanted *w, ike2_bytes url);
/* What is there, for ike2_x509_policy.crls. Returns how many. */
size_t wanted_octets(const struct wanted *w, ike2_bytes out[WANTED_MAX]);
/* Takes `octets` in the place of what is there. */
void wanted_put(struct wanted_crl *crl, uint8_t *octets, size_t len);

/* Looks once for each that is open. True: something is there that was not. */
bool wanted_seek(struct wanted *w, const char *directory);
/* Keeps what was fetched and has served. False: not all of it. */
bool wanted_keep(struct wanted *w, const char *directory, struct problem *why);

void wanted_clear(struct wanted *w);

#endif
