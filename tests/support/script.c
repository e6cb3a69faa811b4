/* support/script.c - a provider with scripted randomness. */
#include "support/script.h"

static ike2_err draw(void *user, uint8_t *out, size_t len)
{
    struct script *s = user;

    if (s->fails)
        return IKE2_ERR_CRYPTO;
    s->n_drawn += len;
    for (size_t i = 0; i < len; i++) {
        if (s->head.len != 0) {
            out[i] = *s->head.ptr++;
            s->head.len--;
        } else {
            s->state = s->state * 1664525u + 1013904223u;
            out[i] = (uint8_t)(s->state >> 24);
        }
    }
    return IKE2_OK;
}

ike2_mbedtls *script_provider(struct script *s)
{
    ike2_mbedtls_config config = IKE2_INIT(ike2_mbedtls_config);
    ike2_mbedtls *provider = NULL;

    config.user = s;
    config.random = draw;
    return ike2_mbedtls_new(&config, &provider) == IKE2_OK ? provider : NULL;
}
