/* pin.h - what opens a token: from a file or from the environment, never from an argument list,
 * where other users would see it. */
#ifndef COMMON_PIN_H
#define COMMON_PIN_H

#include <stdbool.h>
#include <stddef.h>

#include "problem.h"

/* The variable that is asked if no file is named. */
#define PIN_VARIABLE "IKE2_TOKEN_PIN"

enum { PIN_MAX = 255 };

struct pin {
    char text[PIN_MAX + 1];
    size_t len; /* 0: there is none */
};

/* One line of `file`; without a file from the environment, where there may be none. After a success
 * `why` holds a warning, or "". */
bool pin_read(const char *file, struct pin *out, struct problem *why);
/* Wipes it. */
void pin_forget(struct pin *p);

#endif
