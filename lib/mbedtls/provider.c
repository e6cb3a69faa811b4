/* mbedtls/provider.c - the provider object, its table, and what its transforms are like. */
#include <stdlib.h>
#include <string.h>

#include <mbedtls/aes.h>
#include <mbedtls/ccm.h>
#include <mbedtls/chachapoly.h>
#include <mbedtls/cipher.h>
#include <mbedtls/ecp.h>
#include <mbedtls/gcm.h>
#include <mbedtls/pk.h>

#include "mbedtls/internal.h"

ike2_err ike2_mbed_err(int ret)
{
    switch (ret) {
    case 0:
        return IKE2_OK;
    case MBEDTLS_ERR_MD_ALLOC_FAILED:
    case MBEDTLS_ERR_MPI_ALLOC_FAILED:
    case MBEDTLS_ERR_ECP_ALLOC_FAILED:
    case MBEDTLS_ERR_CIPHER_ALLOC_FAILED:
    case MBEDTLS_ERR_PK_ALLOC_FAILED:
        return IKE2_ERR_MEMORY;
    case MBEDTLS_ERR_GCM_AUTH_FAILED:
    case MBEDTLS_ERR_CCM_AUTH_FAILED:
    case MBEDTLS_ERR_CHACHAPOLY_AUTH_FAILED:
        return IKE2_ERR_AUTH;
    default:
        return IKE2_ERR_CRYPTO;
    }
}

ike2_err ike2_mbed_put(ike2_buffer *out, const uint8_t *octets, size_t len)
{
    out->len = len;
    if (out->cap < len)
        return IKE2_ERR_SPACE;
    if (len != 0)
        memcpy(out->ptr, octets, len);
    return IKE2_OK;
}

static ike2_err describe_any(const ike2_transform *t, ike2_transform_info *out)
{
    if (t->strange)
        return IKE2_ERR_UNSUPPORTED;
    /* RFC 9370 2.2.1: ADDKE transforms name the methods of the KE registry. */
    if (t->type >= IKE2_TRANSFORM_ADDKE1 && t->type <= IKE2_TRANSFORM_ADDKE7)
        return ike2_mbed_ke_describe(t, out);
    switch (t->type) {
    case IKE2_TRANSFORM_ENCR:
        return ike2_mbed_encr_describe(t, out);
    case IKE2_TRANSFORM_PRF:
        return ike2_mbed_prf_describe(t, out);
    case IKE2_TRANSFORM_INTEG:
        return ike2_mbed_integ_describe(t, out);
    case IKE2_TRANSFORM_KE:
        return ike2_mbed_ke_describe(t, out);
    default:
        return IKE2_ERR_UNSUPPORTED;
    }
}

static ike2_err describe(void *user, const ike2_transform *t, ike2_transform_info *out)
{
    size_t size = out->struct_size < sizeof *out ? out->struct_size : sizeof *out;
    ike2_transform_info info = { 0 };
    ike2_err err;

    (void)user;
    if (size < sizeof out->struct_size)
        return IKE2_ERR_ARGUMENT;
    err = describe_any(t, &info);
    if (err != IKE2_OK)
        return err;
    info.struct_size = out->struct_size;
    memcpy(out, &info, size);
    return IKE2_OK;
}

static const ike2_crypto functions = {
    .struct_size = sizeof functions,
    .random = ike2_mbed_random,
    .describe = describe,
    .key_import = ike2_mbed_key_import,
    .key_export = ike2_mbed_key_export,
    .key_ref = ike2_mbed_key_ref,
    .key_free = ike2_mbed_key_free,
    .hash = ike2_mbed_hash,
    .prf = ike2_mbed_prf,
    .prf_key = ike2_mbed_prf_key,
    .prf_plus = ike2_mbed_prf_plus,
    .seal = ike2_mbed_seal,
    .open = ike2_mbed_open,
    .ke_start = ike2_mbed_ke_start,
    .ke_respond = ike2_mbed_ke_respond,
    .ke_finish = ike2_mbed_ke_finish,
    .ke_free = ike2_mbed_ke_free,
    .sign = ike2_mbed_sign,
};

/* Without MBEDTLS_AES_ROM_TABLES, mbedTLS computes the tables of AES when the first key is set, and
 * does not lock: so that happens here, before the provider is given to any thread. */
static void make_tables(void)
{
    static const uint8_t key[16];
    mbedtls_aes_context aes;

    mbedtls_aes_init(&aes);
    (void)mbedtls_aes_setkey_enc(&aes, key, 8 * sizeof key);
    mbedtls_aes_free(&aes);
}

ike2_err ike2_mbedtls_new(const ike2_mbedtls_config *cfg, ike2_mbedtls **out)
{
    ike2_mbedtls_config config = IKE2_INIT(ike2_mbedtls_config);
    ike2_mbedtls *m;

    if (out == NULL || (cfg != NULL && cfg->struct_size < sizeof cfg->struct_size))
        return IKE2_ERR_ARGUMENT;
    if (cfg != NULL)
        memcpy(&config, cfg, cfg->struct_size < sizeof config ? cfg->struct_size : sizeof config);
    m = calloc(1, sizeof *m);
    if (m == NULL)
        return IKE2_ERR_MEMORY;
    make_tables();
    m->table = functions;
    m->table.user = m;
    m->random_user = config.user;
    m->random = config.random;
    *out = m;
    return IKE2_OK;
}

void ike2_mbedtls_free(ike2_mbedtls *m)
{
    free(m);
}

const ike2_crypto *ike2_mbedtls_crypto(const ike2_mbedtls *m)
{
    return &m->table;
}
