/* base/secret.h - zeroize that the optimiser cannot remove. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stddef.h>

void ike2_secret_wipe(void *ptr, size_t len);

#endif
