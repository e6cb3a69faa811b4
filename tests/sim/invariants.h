/* sim/invariants.h - what is true of an endpoint at any time between two calls, and at its end. */
#ifndef SIM_INVARIANTS_H
#define SIM_INVARIANTS_H

#include "sim/world.h"

void invariants_check(const struct world *w, const struct side *s);
/* The endpoint has been freed, and so have the jobs that were out. */
void invariants_at_end(const struct world *w, const struct side *s);

#endif
