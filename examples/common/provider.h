/* provider.h - the crypto provider of a program, on the system's random generator. */
#ifndef COMMON_PROVIDER_H
#define COMMON_PROVIDER_H

#include <stdbool.h>

#include <ike2/mbedtls.h>

#include "problem.h"

struct provider {
    ike2_mbedtls *mbedtls;
    const ike2_crypto *crypto; /* its table */
};

bool provider_open(struct provider *p, struct problem *why);
/* After all endpoints, jobs and keys. A zeroed provider is allowed. */
void provider_close(struct provider *p);

#endif
