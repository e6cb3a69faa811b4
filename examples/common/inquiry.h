/* inquiry.h - VERIFY jobs: certificates that the peer has behind URLs are fetched on the loop, a
 * worker judges, the CRLs that it asks for are fetched, and a worker judges again with them. All
 * calls are of the loop thread. */
#ifndef COMMON_INQUIRY_H
#define COMMON_INQUIRY_H

#include <uv.h>

#include <ike2/job.h>

#include "fetch.h"
#include "trust.h"

struct inquiry;

struct inquiries {
    /* A job comes back, judged as far as that was possible. `proof` is its own, with what was
     * fetched in the place of URLs. */
    void (*done)(void *user, ike2_job *job, const ike2_proof *proof, const ike2_verdict *verdict);
    /* Before `done`: this URL had a certificate of a proof that has been found good. */
    void (*fetched)(void *user, const char *url);
    /* A certificate or a CRL could not be fetched, or a CRL not kept. */
    void (*failed)(void *user, const struct problem *why);
    void *user; /* first argument of all */
    struct fetcher fetcher; /* private, as is the rest */
    struct inquiry *first;
};

/* `done`, `fetched`, `failed` and `user` are set before. */
void inquiries_init(struct inquiries *all, uv_loop_t *loop);
/* Takes a reference to the trust; NULL believes nobody. The endpoint's time is clock_now(). */
void inquiry_start(struct inquiries *all, ike2_job *job, struct trust *trust);
/* IKE2_EVENT_JOB_CANCEL: unless a worker has the job, it comes back at once. Others than VERIFY
 * jobs are passed over. */
void inquiry_cancel(struct inquiries *all, const ike2_job *job);
/* Nothing is fetched any more: jobs come back as soon as no worker has them. */
void inquiries_close(struct inquiries *all);

#endif
