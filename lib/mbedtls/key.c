/* mbedtls/key.c - counted handles on octets in RAM; the last owner's free zeroizes them. */
#include <stdlib.h>
#include <string.h>

#include <mbedtls/platform_util.h>

#include "mbedtls/spare.h"

ike2_err ike2_mbed_key_new(uint16_t use, size_t len, ike2_key **out)
{
    struct ike2_key *key;

    if (len > SIZE_MAX - sizeof *key)
        return IKE2_ERR_MEMORY;
    key = calloc(1, sizeof *key + len);
    if (key == NULL)
        return IKE2_ERR_MEMORY;
    /* IKE messages are too few for that: their keys would only take more room. */
    if (use == IKE2_USE_CHILD) {
        key->spare = ike2_mbed_spare_new();
        if (key->spare == NULL) {
            free(key);
            return IKE2_ERR_MEMORY;
        }
    }
    atomic_init(&key->n_owners, 1);
    key->use = use;
    key->len = len;
    *out = key;
    return IKE2_OK;
}

ike2_err ike2_mbed_key_import(void *user, uint16_t use, ike2_bytes octets, ike2_key **out)
{
    ike2_key *key;
    ike2_err err;

    (void)user;
    /* A private key has a form to check: ike2_mbedtls_private_key makes those handles. */
    if (use < IKE2_USE_PRF || use > IKE2_USE_CHILD)
        return IKE2_ERR_UNSUPPORTED;
    err = ike2_mbed_key_new(use, octets.len, &key);
    if (err != IKE2_OK)
        return err;
    if (octets.len != 0)
        memcpy(key->octets, octets.ptr, octets.len);
    *out = key;
    return IKE2_OK;
}

ike2_err ike2_mbed_key_export(void *user, const ike2_key *key, ike2_buffer *out)
{
    (void)user;
    return ike2_mbed_put(out, key->octets, key->len);
}

void ike2_mbed_key_ref(void *user, ike2_key *key)
{
    (void)user;
    atomic_fetch_add_explicit(&key->n_owners, 1, memory_order_relaxed);
}

void ike2_mbed_key_free(void *user, ike2_key *key)
{
    (void)user;
    /* Release: our reads are over; acquire: the other owners' reads are seen to be over. */
    if (key == NULL || atomic_fetch_sub_explicit(&key->n_owners, 1, memory_order_acq_rel) != 1)
        return;
    ike2_mbed_spare_free(key->spare);
    mbedtls_platform_zeroize(key, sizeof *key + key->len);
    free(key);
}
