#include "provider.h"

#include <errno.h>
#include <sys/random.h>

/* The system's generator: fast enough for a server, and right after a fork. Any thread. */
static ike2_err system_random(void *user, uint8_t *out, size_t len)
{
    (void)user;
    while (len > 0) {
        ssize_t n = getrandom(out, len, 0);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return IKE2_ERR_CRYPTO;
        out += n;
        len -= (size_t)n;
    }
    return IKE2_OK;
}

bool provider_open(struct provider *p, struct problem *why)
{
    ike2_mbedtls_config config = IKE2_INIT(ike2_mbedtls_config);
    ike2_err err;

    *p = (struct provider){ 0 };
    config.random = system_random;
    err = ike2_mbedtls_new(&config, &p->mbedtls);
    if (err != IKE2_OK) {
        problem_set(why, "the crypto provider does not start: %s", ike2_strerror(err));
        return false;
    }
    p->crypto = ike2_mbedtls_crypto(p->mbedtls);
    return true;
}

void provider_close(struct provider *p)
{
    ike2_mbedtls_free(p->mbedtls);
    *p = (struct provider){ 0 };
}
