#include "pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct task {
    struct task *next;
    ike2_job *job;
    void *owner;
};

/* First in, first out. */
struct queue {
    struct task *first, **end;
};

struct pool {
    pool_work *work;
    void *user;
    pthread_t threads[POOL_THREADS_MAX];
    unsigned n_threads;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t wanted;
    struct queue waiting, done;
    bool is_over;
    int fd;               /* its counter is not 0 as long as something is done */
    size_t count;         /* of the endpoints' thread only */
};

/* --- Queues -------------------------------------------------------------------------- */

static void queue_init(struct queue *q)
{
    q->first = NULL;
    q->end = &q->first;
}

static void queue_append(struct queue *q, struct task *t)
{
    t->next = NULL;
    *q->end = t;
    q->end = &t->next;
}

/* Takes out what `at` points to. */
static struct task *queue_remove(struct queue *q, struct task **at)
{
    struct task *t = *at;

    if (t == NULL)
        return NULL;
    *at = t->next;
    if (q->end == &t->next)
        q->end = at;
    return t;
}

/* With the lock. */
static void done_append(struct pool *p, struct task *t)
{
    queue_append(&p->done, t);
    (void)eventfd_write(p->fd, 1);
}

/* --- Workers ------------------------------------------------------------------------- */

static struct task *next_task(struct pool *p)
{
    while (p->waiting.first == NULL && !p->is_over)
        (void)pthread_cond_wait(&p->wanted, &p->lock);
    return p->is_over ? NULL : queue_remove(&p->waiting, &p->waiting.first);
}

static void *worker(void *argument)
{
    struct pool *p = argument;
    struct task *t;

    (void)pthread_mutex_lock(&p->lock);
    while ((t = next_task(p)) != NULL) {
        (void)pthread_mutex_unlock(&p->lock);
        p->work(p->user, t->job);
        (void)pthread_mutex_lock(&p->lock);
        done_append(p, t);
    }
    (void)pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* --- The endpoints' thread ----------------------------------------------------------- */

struct pool *pool_new(unsigned n_threads, pool_work *work, void *user)
{
    struct pool *p = calloc(1, sizeof *p);

    if (p == NULL)
        return NULL;
    p->work = work;
    p->user = user;
    queue_init(&p->waiting);
    queue_init(&p->done);
    (void)pthread_mutex_init(&p->lock, NULL);
    (void)pthread_cond_init(&p->wanted, NULL);
    p->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    while (p->n_threads < n_threads && p->n_threads < POOL_THREADS_MAX &&
           pthread_create(&p->threads[p->n_threads], NULL, worker, p) == 0)
        p->n_threads++;
    if (p->fd >= 0 && p->n_threads == n_threads)
        return p;
    pool_stop(p);
    pool_free(p);
    return NULL;
}

bool pool_put(struct pool *p, ike2_job *job, void *owner)
{
    struct task *t = malloc(sizeof *t);

    if (t == NULL)
        return false;
    *t = (struct task){ .job = job, .owner = owner };
    (void)pthread_mutex_lock(&p->lock);
    queue_append(&p->waiting, t);
    (void)pthread_cond_signal(&p->wanted);
    (void)pthread_mutex_unlock(&p->lock);
    p->count++;
    return true;
}

ike2_job *pool_take(struct pool *p, void **owner)
{
    struct task *t;
    eventfd_t unused;
    ike2_job *job;

    (void)pthread_mutex_lock(&p->lock);
    t = queue_remove(&p->done, &p->done.first);
    if (p->done.first == NULL)
        (void)eventfd_read(p->fd, &unused);
    (void)pthread_mutex_unlock(&p->lock);
    if (t == NULL)
        return NULL;
    job = t->job;
    *owner = t->owner;
    free(t);
    p->count--;
    return job;
}

void pool_cancel(struct pool *p, const ike2_job *job)
{
    struct task **at;

    (void)pthread_mutex_lock(&p->lock);
    for (at = &p->waiting.first; *at != NULL && (*at)->job != job; at = &(*at)->next)
        ;
    if (*at != NULL)
        done_append(p, queue_remove(&p->waiting, at));
    (void)pthread_mutex_unlock(&p->lock);
}

int pool_fd(const struct pool *p)
{
    return p->fd;
}

size_t pool_count(const struct pool *p)
{
    return p->count;
}

void pool_stop(struct pool *p)
{
    (void)pthread_mutex_lock(&p->lock);
    p->is_over = true;
    (void)pthread_cond_broadcast(&p->wanted);
    (void)pthread_mutex_unlock(&p->lock);
    for (; p->n_threads > 0; p->n_threads--)
        (void)pthread_join(p->threads[p->n_threads - 1], NULL);
    while (p->waiting.first != NULL)
        done_append(p, queue_remove(&p->waiting, &p->waiting.first));
}

void pool_free(struct pool *p)
{
    if (p->fd >= 0)
        (void)close(p->fd);
    (void)pthread_cond_destroy(&p->wanted);
    (void)pthread_mutex_destroy(&p->lock);
    free(p);
}
