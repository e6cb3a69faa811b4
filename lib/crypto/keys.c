/* crypto/keys.c - SKEYSEED, SK_* and KEYMAT. RFC 7296 2.13, 2.14, 2.17, 2.18. */
#include "crypto/keys.h"

#include <ike2/iana.h>

#include "base/bytes.h"
#include "base/writer.h"

enum { SPI_OCTETS = 8, AES_PRF_NONCE_OCTETS = 8 };

/* RFC 7296 2.14: with the two AES PRFs only the first 64 bits of each nonce are SKEYSEED's key. */
static ike2_bytes seed_nonce(const ike2_transform *prf, ike2_bytes nonce)
{
    if (prf->id != IKE2_PRF_AES128_XCBC && prf->id != IKE2_PRF_AES128_CMAC)
        return nonce;
    if (nonce.len <= AES_PRF_NONCE_OCTETS)
        return nonce;
    return bytes_of(nonce.ptr, AES_PRF_NONCE_OCTETS);
}

/* RFC 7296 2.14: SKEYSEED = prf(Ni | Nr, g^ir). */
static ike2_err skeyseed_make(const ike2_crypto *c, const ike2_transform *prf,
                              const ike2_key *shared, const struct key_seeds *seeds,
                              ike2_key **out)
{
    const ike2_input key[] = {
        { .octets = seed_nonce(prf, seeds->ni) },
        { .octets = seed_nonce(prf, seeds->nr) },
    };
    const ike2_input data[] = { { .key = shared } };
    const ike2_prf_args args = {
        .prf = *prf, .key = key, .n_key = 2, .data = data, .n_data = 1,
    };

    return c->prf_key(c->user, &args, out);
}

/* RFC 7296 2.18: SKEYSEED = prf(SK_d (old), g^ir (new) | Ni | Nr), with the old SA's PRF. */
static ike2_err skeyseed_renew(const ike2_crypto *c, const ike2_key *shared,
                               const struct key_seeds *seeds, ike2_key **out)
{
    const ike2_input key[] = { { .key = seeds->old_d } };
    const ike2_input data[] = {
        { .key = shared },
        { .octets = seeds->ni },
        { .octets = seeds->nr },
    };
    const ike2_prf_args args = {
        .prf = seeds->old_prf, .key = key, .n_key = 1, .data = data, .n_data = 3,
    };

    return c->prf_key(c->user, &args, out);
}

/* RFC 7296 2.14: {SK_d | SK_ai | SK_ar | SK_ei | SK_er | SK_pi | SK_pr} =
 * prf+ (SKEYSEED, Ni | Nr | SPIi | SPIr). */
static ike2_err sa_keys_expand(const ike2_crypto *c, const ike2_transform *prf,
                               const ike2_key *skeyseed, const struct key_seeds *seeds,
                               const struct suite_sizes *sizes, struct sa_keys *out)
{
    uint8_t spis[2 * SPI_OCTETS] = { 0 };
    const ike2_input key[] = { { .key = skeyseed } };
    const ike2_input data[] = {
        { .octets = seeds->ni },
        { .octets = seeds->nr },
        { .octets = bytes_of(spis, sizeof spis) },
    };
    const ike2_prf_args args = {
        .prf = *prf, .key = key, .n_key = 1, .data = data, .n_data = 3,
    };
    ike2_key_slice slices[] = {
        { .len = sizes->prf_key, .use = IKE2_USE_PRF },
        { .len = sizes->integ_key, .use = IKE2_USE_MAC },
        { .len = sizes->integ_key, .use = IKE2_USE_MAC },
        { .len = sizes->encr_key, .use = IKE2_USE_CIPHER },
        { .len = sizes->encr_key, .use = IKE2_USE_CIPHER },
        { .len = sizes->prf_key, .use = IKE2_USE_PRF },
        { .len = sizes->prf_key, .use = IKE2_USE_PRF },
    };
    ike2_writer w = writer_of(spis, sizeof spis);
    ike2_err err;

    write_uint(&w, seeds->spi_i, SPI_OCTETS);
    write_uint(&w, seeds->spi_r, SPI_OCTETS);
    err = c->prf_plus(c->user, &args, slices, sizeof slices / sizeof slices[0]);
    if (err != IKE2_OK)
        return err;

    *out = (struct sa_keys){
        .d = slices[0].key,
        .ai = slices[1].key,
        .ar = slices[2].key,
        .ei = slices[3].key,
        .er = slices[4].key,
        .pi = slices[5].key,
        .pr = slices[6].key,
    };
    return IKE2_OK;
}

ike2_err ike2_sa_keys_derive(const ike2_crypto *c, const ike2_suite *suite, const ike2_key *shared,
                             const struct key_seeds *seeds, struct sa_keys *out)
{
    struct suite_sizes sizes;
    ike2_key *skeyseed = NULL;
    ike2_err err = ike2_suite_sizes(c, suite, false, &sizes);

    if (err == IKE2_OK)
        err = seeds->old_d != NULL ? skeyseed_renew(c, shared, seeds, &skeyseed)
                                   : skeyseed_make(c, &suite->prf, shared, seeds, &skeyseed);
    if (err == IKE2_OK)
        err = sa_keys_expand(c, &suite->prf, skeyseed, seeds, &sizes, out);
    c->key_free(c->user, skeyseed);
    return err;
}

void ike2_sa_keys_clear(const ike2_crypto *c, struct sa_keys *keys)
{
    c->key_free(c->user, keys->d);
    c->key_free(c->user, keys->ai);
    c->key_free(c->user, keys->ar);
    c->key_free(c->user, keys->ei);
    c->key_free(c->user, keys->er);
    c->key_free(c->user, keys->pi);
    c->key_free(c->user, keys->pr);
    *keys = (struct sa_keys){ 0 };
}

ike2_err ike2_child_keys_derive(const ike2_crypto *c, const ike2_suite *child,
                                const struct keymat_args *args, struct child_keys *out)
{
    struct suite_sizes sizes;
    const ike2_input key[] = { { .key = args->sk_d } };
    /* An input without key and octets is empty. */
    const ike2_input data[] = {
        { .key = args->shared }, { .octets = args->ni }, { .octets = args->nr },
    };
    const ike2_prf_args prf = {
        .prf = args->prf, .key = key, .n_key = 1, .data = data, .n_data = 3,
    };
    ike2_err err = ike2_suite_sizes(c, child, true, &sizes);

    if (err != IKE2_OK)
        return err;
    /* RFC 7296 2.17: all keys from initiator to responder first; encryption before integrity. */
    ike2_key_slice slices[] = {
        { .len = sizes.encr_key, .use = IKE2_USE_CHILD },
        { .len = sizes.integ_key, .use = IKE2_USE_CHILD },
        { .len = sizes.encr_key, .use = IKE2_USE_CHILD },
        { .len = sizes.integ_key, .use = IKE2_USE_CHILD },
    };
    err = c->prf_plus(c->user, &prf, slices, sizeof slices / sizeof slices[0]);
    if (err != IKE2_OK)
        return err;

    *out = (struct child_keys){
        .encr_i = slices[0].key,
        .integ_i = slices[1].key,
        .encr_r = slices[2].key,
        .integ_r = slices[3].key,
    };
    return IKE2_OK;
}

void ike2_child_keys_clear(const ike2_crypto *c, struct child_keys *keys)
{
    c->key_free(c->user, keys->encr_i);
    c->key_free(c->user, keys->integ_i);
    c->key_free(c->user, keys->encr_r);
    c->key_free(c->user, keys->integ_r);
    *keys = (struct child_keys){ 0 };
}
