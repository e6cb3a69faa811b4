/* threads/gate.h - where workers stop until the test lets them go on, so that "meanwhile" is not a
 * matter of luck. What the test does meanwhile is not ordered before what they do
 * afterwards: a race detector sees every access that only the gate would have kept apart. */
#ifndef THREADS_GATE_H
#define THREADS_GATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct gate {
    pthread_mutex_t lock;
    pthread_cond_t arrived;
    unsigned n_arrived;  /* so far */
    atomic_bool is_open; /* relaxed: it orders nothing */
};

/* Closed. */
void gate_init(struct gate *g);
void gate_clear(struct gate *g);
/* A worker: waits as long as the gate is closed. */
void gate_pass(struct gate *g);
/* The test: waits until `n` workers have come to the gate. */
void gate_wait(struct gate *g, unsigned n);
/* From now on, for all. */
void gate_open(struct gate *g);
bool gate_is_open(struct gate *g);

#endif
