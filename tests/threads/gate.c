/* threads/gate.c - a point where workers stop. */
#include "threads/gate.h"

#include <sched.h>

void gate_init(struct gate *g)
{
    g->n_arrived = 0;
    atomic_init(&g->is_open, false);
    (void)pthread_mutex_init(&g->lock, NULL);
    (void)pthread_cond_init(&g->arrived, NULL);
}

void gate_clear(struct gate *g)
{
    (void)pthread_cond_destroy(&g->arrived);
    (void)pthread_mutex_destroy(&g->lock);
}

void gate_pass(struct gate *g)
{
    (void)pthread_mutex_lock(&g->lock);
    g->n_arrived++;
    (void)pthread_cond_broadcast(&g->arrived);
    (void)pthread_mutex_unlock(&g->lock);
    while (!gate_is_open(g))
        (void)sched_yield();
}

void gate_wait(struct gate *g, unsigned n)
{
    (void)pthread_mutex_lock(&g->lock);
    while (g->n_arrived < n)
        (void)pthread_cond_wait(&g->arrived, &g->lock);
    (void)pthread_mutex_unlock(&g->lock);
}

void gate_open(struct gate *g)
{
    atomic_store_explicit(&g->is_open, true, memory_order_relaxed);
}

bool gate_is_open(struct gate *g)
{
    return atomic_load_explicit(&g->is_open, memory_order_relaxed);
}
