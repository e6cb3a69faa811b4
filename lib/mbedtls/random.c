/* mbedtls/random.c - the randomness of one call.
 *
 * With a `random` of the configuration every octet comes from there. Without one, each call that
 * draws seeds a CTR_DRBG of its own: that costs a few microseconds, but needs no lock, and a fork
 * cannot make two processes repeat each other. A DRBG that is kept would need both a lock and to be
 * told of forks, for which neither C nor mbedTLS has a word. */
#include <stdlib.h>

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/platform_util.h>

#include "mbedtls/release.h"

struct drbg {
    mbedtls_ctr_drbg_context ctr;
};

static void drbg_free(struct drbg *d)
{
    mbedtls_ctr_drbg_free(&d->ctr);
    free(d);
}

static int drbg_new(struct drbg **out)
{
    struct drbg *d = calloc(1, sizeof *d);
    int ret;

    if (d == NULL)
        return MBEDTLS_ERR_MD_ALLOC_FAILED;
    mbedtls_ctr_drbg_init(&d->ctr);
    ret = mbedtls_ctr_drbg_seed(&d->ctr, release_entropy, NULL, NULL, 0);
    if (ret != 0) {
        drbg_free(d);
        return ret;
    }
    *out = d;
    return 0;
}

int ike2_mbed_rng_fill(void *rng, unsigned char *out, size_t len)
{
    struct rng *r = rng;
    int ret = 0;

    if (r->m->random != NULL) {
        if (r->m->random(r->m->random_user, out, len) != IKE2_OK)
            return MBEDTLS_ERR_ENTROPY_SOURCE_FAILED;
        return 0;
    }
    if (r->drbg == NULL)
        ret = drbg_new(&r->drbg);
    while (ret == 0 && len > 0) {
        size_t some = len < MBEDTLS_CTR_DRBG_MAX_REQUEST ? len : MBEDTLS_CTR_DRBG_MAX_REQUEST;

        ret = mbedtls_ctr_drbg_random(&r->drbg->ctr, out, some);
        out += some;
        len -= some;
    }
    return ret;
}

void ike2_mbed_rng_end(struct rng *rng)
{
    if (rng->drbg != NULL)
        drbg_free(rng->drbg);
    rng->drbg = NULL;
}

ike2_err ike2_mbed_random(void *user, uint8_t *out, size_t len)
{
    struct rng rng = { .m = user };
    int ret;

    if (len == 0)
        return IKE2_OK;
    ret = ike2_mbed_rng_fill(&rng, out, len);
    ike2_mbed_rng_end(&rng);
    return ike2_mbed_err(ret);
}
