/* lint.h - what Windows, Apple, Android and RFC-minded peers will not take in a certificate, said
 * before they do. It is about what stands in it: whom it may be trusted by is for ike2/x509.h. */
#ifndef CA_LINT_H
#define CA_LINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <openssl/x509.h>

#include "common/problem.h"

enum { LINT_MAX = 64 };

enum lint_role { LINT_GUESS, LINT_SERVER, LINT_CLIENT, LINT_CA };

struct lint_finding {
    size_t number;    /* of the certificate in its file, from 1; 0 = of the file */
    bool note;        /* some peer may stumble; it is no reason to fail */
    const char *rule; /* "server-purpose" */
    const char *who;  /* "Windows, Apple" */
    const char *what, *remedy;
};

struct lint_report {
    struct lint_finding list[LINT_MAX];
    size_t n;
};

/* Empties the report first. `name` is what clients will type; NULL = unknown. */
void lint_certificate(X509 *x, enum lint_role role, const char *name, struct lint_report *out);
/* All certificates of a PEM or DER file, the first one as `role`, and their order. False if there
 * is none. */
bool lint_file(const char *path, enum lint_role role, const char *name, struct lint_report *out,
               struct problem *why);

bool lint_has_failed(const struct lint_report *r);
/* One line each: "FILE:1: Windows, Apple: WHAT: REMEDY [rule]". */
void lint_print(const struct lint_report *r, const char *file, FILE *out);
void lint_print_json(const struct lint_report *r, FILE *out);
/* The same line without the file, cut to fit. */
void lint_line(const struct lint_finding *f, char *text, size_t cap);

#endif
