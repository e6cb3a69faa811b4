/* pool.h - some threads that do jobs. The thread of the endpoints puts jobs in and takes them out
 * again; the workers compute, and never see an endpoint. */
#ifndef MINIMAL_POOL_H
#define MINIMAL_POOL_H

#include <ike2/job.h>

enum { POOL_THREADS_MAX = 64 };

struct pool;

/* Does one job, on any thread. */
typedef void pool_work(void *user, ike2_job *job);

/* NULL: no memory, or no thread. */
struct pool *pool_new(unsigned n_threads, pool_work *work, void *user);
/* `owner` comes back with the job. False: no memory, the job stays the caller's. */
bool pool_put(struct pool *p, ike2_job *job, void *owner);
/* A job that has been done, to be finished or freed; NULL: none at the moment. */
ike2_job *pool_take(struct pool *p, void **owner);
/* IKE2_EVENT_JOB_CANCEL: unless a worker has begun, the job comes back as it is. */
void pool_cancel(struct pool *p, const ike2_job *job);
/* Readable as long as pool_take has something. */
int pool_fd(const struct pool *p);
/* Jobs that were put in and not yet taken out. */
size_t pool_count(const struct pool *p);
/* Waits for the jobs that have been begun and ends the workers. All jobs come back; then the pool
 * can be freed. */
void pool_stop(struct pool *p);
void pool_free(struct pool *p);

#endif
