/* subject.h - whom a certificate is for: which names go into it, and how its files are called. */
#ifndef CA_SUBJECT_H
#define CA_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/x509v3.h>

#include "common/problem.h"

enum { SUBJECT_STEM = 256, SUBJECT_NAMES_MAX = 16 };

enum subject_kind { SUBJECT_SERVER, SUBJECT_CLIENT };

struct subject {
    enum subject_kind kind;
    const char *names[SUBJECT_NAMES_MAX]; /* the first one names the files, too */
    size_t n_names;
    bool wildcard; /* "*.example.org" is allowed */
};

/* Names that no certificate may have, and what to write instead. */
bool subject_check(const struct subject *s, struct problem *why);
/* "servers/vpn.example.org", for a subject that has been checked. What is not plain in a file's
 * name becomes %XX. */
void subject_stem(const struct subject *s, char stem[SUBJECT_STEM]);
/* dNSName, rfc822Name and iPAddress, RFC 4945 5.1.3; none of them is for a client that is known by
 * its distinguished name alone. NULL if memory is short. */
GENERAL_NAMES *subject_alt_names(const struct subject *s);
/* "server" or "client". */
const char *subject_word(enum subject_kind kind);

/* 1 to `most` characters of UTF-8 without control characters. */
bool subject_is_text(const char *text, size_t most);
/* Is it a host's name as DNS has it, in ASCII and with at least one letter? */
bool subject_is_host(const char *name);

#endif
