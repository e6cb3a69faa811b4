/* failure.h - why there is no connection, for the person who wants one: what happened, the
 * evidence, the likely cause, and what to try. */
#ifndef CLIENT_FAILURE_H
#define CLIENT_FAILURE_H

#include "certificate.h"
#include "common/explain.h"
#include "options.h"
#include "watch.h"

enum { FAILURE_EVIDENCE = 8, FAILURE_TEXT = 512 };

/* What is known about an attempt beside what the library says of its end. */
struct failure_facts {
    const struct options *options;
    const struct watch *watch;
    const struct certificate *ours;   /* NULL = none */
    const struct certificate *theirs; /* NULL = none was seen */
    uint32_t verdict;                 /* IKE2_X509_* of the server's proof; 0 = good, or none */
    int refused;                      /* errno of an ICMP message, 0 = none */
    char refused_by[UDP_ADDR_TEXT];   /* whom the datagram was for */
    char lost[PROBLEM_TEXT];          /* why a datagram could not be sent; "" = all could */
    char unsigned_job[PROBLEM_TEXT];  /* why a token did not sign; "" = it did, or there is none */
};

struct failure {
    int code; /* EXIT_* of outcome.h; EXIT_OK: the end was wanted, nothing failed */
    char what[FAILURE_TEXT], cause[FAILURE_TEXT], hint[FAILURE_TEXT];
    char evidence[FAILURE_EVIDENCE][EXPLAIN_TEXT];
    size_t n_evidence;
};

/* Of an IKE SA's or a Child SA's end. */
void failure_of_down(const ike2_output *out, const struct failure_facts *facts, struct failure *f);
/* Of something on this machine, or another that needs no evidence. */
void failure_plain(int code, const struct problem *why, const char *hint, struct failure *f);
void failure_tell(const struct progress *p, const struct failure *f);
/* It is tried again in `ms`. In text the details are told only `in_full`. */
void failure_tell_retry(const struct progress *p, const struct failure *f, uint32_t ms,
                        bool in_full);
/* "authentication" for EXIT_AUTH: one word for each exit code. */
const char *failure_word(int code);

#endif
