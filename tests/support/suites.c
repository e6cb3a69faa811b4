/* support/suites.c - IKE suites for tests. */
#include "support/suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ike2/iana.h>

#define ENCR(i, bits) { .type = IKE2_TRANSFORM_ENCR, .id = (i), .key_bits = (bits) }
#define INTEG(i) { .type = IKE2_TRANSFORM_INTEG, .id = (i) }
#define PRF(i) { .type = IKE2_TRANSFORM_PRF, .id = (i) }

static const struct test_suite suites[] = {
#ifdef IKE2_ENABLE_LEGACY
    { "aes128cbc-sha1", {
        .encr = ENCR(IKE2_ENCR_AES_CBC, 128),
        .integ = INTEG(IKE2_INTEG_HMAC_SHA1_96),
        .prf = PRF(IKE2_PRF_HMAC_SHA1) } },
    { "3des-sha1", {
        .encr = ENCR(IKE2_ENCR_3DES, 0),
        .integ = INTEG(IKE2_INTEG_HMAC_SHA1_96),
        .prf = PRF(IKE2_PRF_HMAC_SHA1) } },
#endif
    { "aes128cbc-cmac", {
        .encr = ENCR(IKE2_ENCR_AES_CBC, 128),
        .integ = INTEG(IKE2_INTEG_AES_CMAC_96),
        .prf = PRF(IKE2_PRF_AES128_CMAC) } },
    { "aes256ctr-xcbc", {
        .encr = ENCR(IKE2_ENCR_AES_CTR, 256),
        .integ = INTEG(IKE2_INTEG_AES_XCBC_96),
        .prf = PRF(IKE2_PRF_AES128_XCBC) } },
    { "aes192cbc-sha256", {
        .encr = ENCR(IKE2_ENCR_AES_CBC, 192),
        .integ = INTEG(IKE2_INTEG_HMAC_SHA2_256_128),
        .prf = PRF(IKE2_PRF_HMAC_SHA2_256) } },
    { "aes256cbc-sha384", {
        .encr = ENCR(IKE2_ENCR_AES_CBC, 256),
        .integ = INTEG(IKE2_INTEG_HMAC_SHA2_384_192),
        .prf = PRF(IKE2_PRF_HMAC_SHA2_384) } },
    { "aes256cbc-sha512", {
        .encr = ENCR(IKE2_ENCR_AES_CBC, 256),
        .integ = INTEG(IKE2_INTEG_HMAC_SHA2_512_256),
        .prf = PRF(IKE2_PRF_HMAC_SHA2_512) } },
    { "aes192ctr-sha256", {
        .encr = ENCR(IKE2_ENCR_AES_CTR, 192),
        .integ = INTEG(IKE2_INTEG_HMAC_SHA2_256_128),
        .prf = PRF(IKE2_PRF_HMAC_SHA2_256) } },
    { "aes128ccm12", { .encr = ENCR(15, 128), .prf = PRF(IKE2_PRF_HMAC_SHA2_256) } },
    { "aes256gcm8", { .encr = ENCR(18, 256), .prf = PRF(IKE2_PRF_HMAC_SHA2_256) } },
    { "aes128gcm16", {
        .encr = ENCR(IKE2_ENCR_AES_GCM_16, 128), .prf = PRF(IKE2_PRF_HMAC_SHA2_256) } },
    { "aes256gcm16", {
        .encr = ENCR(IKE2_ENCR_AES_GCM_16, 256), .prf = PRF(IKE2_PRF_HMAC_SHA2_384) } },
    { "chacha20poly1305", {
        .encr = ENCR(IKE2_ENCR_CHACHA20_POLY1305, 0), .prf = PRF(IKE2_PRF_HMAC_SHA2_512) } },
};

const struct test_suite *test_suite_at(size_t index)
{
    return index < sizeof suites / sizeof suites[0] ? &suites[index] : NULL;
}

const ike2_suite *test_suite_named(const char *name)
{
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++)
        if (strcmp(suites[i].name, name) == 0)
            return &suites[i].suite;
    (void)fprintf(stderr, "no suite %s\n", name);
    exit(EXIT_FAILURE);
}
