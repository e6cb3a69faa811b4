/* base/secret.c - zeroize that the optimiser cannot remove. */
#include <string.h>

#include "base/secret.h"

/* Pretends to read the octets behind `ptr`, so that the stores before it are not dead. */
#if defined(__GNUC__)
static inline void observe(void *ptr, size_t len)
{
    (void)len;
    __asm__ __volatile__("" : : "r"(ptr) : "memory");
}
#else
static inline void observe(void *ptr, size_t len)
{
    volatile unsigned char *at = ptr;

    for (size_t i = 0; i < len; i++)
        at[i] = 0;
}
#endif

void ike2_secret_wipe(void *ptr, size_t len)
{
    if (ptr == NULL || len == 0)
        return;
    memset(ptr, 0, len);
    observe(ptr, len);
}
