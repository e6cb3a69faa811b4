/* mbedtls/xcbc.c - AES-XCBC-MAC. RFC 3566 4, with the names of its steps. */
#include "mbedtls/xcbc.h"

#include <string.h>

#include <mbedtls/platform_util.h>

/* E[i] = encryption of M[i] ^ E[i - 1] with K1; `mask` comes with the last block. */
static int absorb(struct xcbc *x, const uint8_t *mask)
{
    for (size_t i = 0; i < XCBC_OCTETS; i++)
        x->chain[i] ^= x->block[i] ^ (mask != NULL ? mask[i] : 0);
    x->len = 0;
    return mbedtls_aes_crypt_ecb(&x->aes, MBEDTLS_AES_ENCRYPT, x->chain, x->chain);
}

/* The encryption of a block of equal octets. */
static int subkey(struct xcbc *x, uint8_t octet, uint8_t *out)
{
    uint8_t block[XCBC_OCTETS];

    memset(block, octet, sizeof block);
    return mbedtls_aes_crypt_ecb(&x->aes, MBEDTLS_AES_ENCRYPT, block, out);
}

int ike2_mbed_xcbc_begin(struct xcbc *x, const uint8_t *key)
{
    uint8_t k1[XCBC_OCTETS] = { 0 };
    int ret;

    *x = (struct xcbc){ .len = 0 };
    mbedtls_aes_init(&x->aes);
    ret = mbedtls_aes_setkey_enc(&x->aes, key, 8 * XCBC_OCTETS);
    /* RFC 3566 4: (1) K1, K2 and K3 are 0x01..., 0x02... and 0x03..., encrypted with K. */
    if (ret == 0)
        ret = subkey(x, 1, k1);
    if (ret == 0)
        ret = subkey(x, 2, x->k2);
    if (ret == 0)
        ret = subkey(x, 3, x->k3);
    if (ret == 0)
        ret = mbedtls_aes_setkey_enc(&x->aes, k1, 8 * XCBC_OCTETS);
    mbedtls_platform_zeroize(k1, sizeof k1);
    return ret;
}

/* A full block is kept back until there is more: the last one is treated differently. */
int ike2_mbed_xcbc_update(struct xcbc *x, ike2_bytes octets)
{
    int ret = 0;

    while (octets.len > 0 && ret == 0) {
        size_t some;

        if (x->len == XCBC_OCTETS)
            ret = absorb(x, NULL);
        some = XCBC_OCTETS - x->len < octets.len ? XCBC_OCTETS - x->len : octets.len;
        memcpy(x->block + x->len, octets.ptr, some);
        x->len += some;
        octets.ptr += some;
        octets.len -= some;
    }
    return ret;
}

int ike2_mbed_xcbc_finish(struct xcbc *x, uint8_t *out)
{
    const uint8_t *mask = x->k2;
    int ret;

    /* RFC 3566 4: (4) a block that is not full, or of nothing, is padded with one bit and zeros. */
    if (x->len < XCBC_OCTETS) {
        memset(x->block + x->len, 0, XCBC_OCTETS - x->len);
        x->block[x->len] = 0x80;
        mask = x->k3;
    }
    ret = absorb(x, mask);
    if (ret == 0)
        memcpy(out, x->chain, XCBC_OCTETS);
    return ret;
}

void ike2_mbed_xcbc_reset(struct xcbc *x)
{
    memset(x->chain, 0, sizeof x->chain);
    x->len = 0;
}

void ike2_mbed_xcbc_end(struct xcbc *x)
{
    mbedtls_aes_free(&x->aes);
    mbedtls_platform_zeroize(x, sizeof *x);
}
