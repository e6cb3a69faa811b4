/* fault.h - why something cannot be done, and what helps: one line for the person who reads it. */
#ifndef DATAPLANE_FAULT_H
#define DATAPLANE_FAULT_H

#include <stdbool.h>

enum { FAULT_TEXT = 240 };

struct fault {
    char text[FAULT_TEXT]; /* terminated */
};

/* Says why, cut to fit. Always false, so that it can be returned. */
__attribute__((format(printf, 2, 3))) bool fault_set(struct fault *f, const char *format, ...);

#endif
