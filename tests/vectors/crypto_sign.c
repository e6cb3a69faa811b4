/* vectors/crypto_sign.c - signatures, checked with the public key of the record's group. */
#include <string.h>

#include "base/bytes.h"
#include "vectors/crypto.h"

/* The schemes that a hash has. */
static const struct {
    const char *name;
    uint16_t pkcs1, pss, ecdsa;
    uint8_t len;
} hashes[] = {
    { "SHA-1", IKE2_SIG_RSA_PKCS1_SHA1, 0, 0, 20 },
    { "SHA-256", IKE2_SIG_RSA_PKCS1_SHA256, IKE2_SIG_RSA_PSS_SHA256,
      IKE2_SIG_ECDSA_SHA256_DER, 32 },
    { "SHA-384", IKE2_SIG_RSA_PKCS1_SHA384, IKE2_SIG_RSA_PSS_SHA384,
      IKE2_SIG_ECDSA_SHA384_DER, 48 },
    { "SHA-512", IKE2_SIG_RSA_PKCS1_SHA512, IKE2_SIG_RSA_PSS_SHA512,
      IKE2_SIG_ECDSA_SHA512_DER, 64 },
};

enum { N_HASHES = sizeof hashes / sizeof hashes[0] };

static size_t hash_of(const struct kv_record *r)
{
    size_t i = 0;

    while (i < N_HASHES && !kv_is(r, "sha", hashes[i].name))
        i++;
    return i;
}

/* The message in two parts, since that must not matter. */
static ike2_err verify(const struct kv_record *r, uint16_t scheme, bool *good)
{
    ike2_bytes spki = run_octets(r, "publicKeyDer", good);
    ike2_bytes msg = run_octets(r, "msg", good);
    ike2_bytes sig = run_octets(r, "sig", good);
    size_t half = msg.len / 2;
    const ike2_bytes parts[] = { bytes_of(msg.ptr, half),
                                 bytes_of(msg.ptr + half, msg.len - half) };

    return *good ? ike2_mbedtls_verify(spki, scheme, parts, 2, sig) : IKE2_ERR_ARGUMENT;
}

static void expect(struct run *run, const struct kv_record *r, uint16_t scheme, bool valid)
{
    bool good = true;
    ike2_err err = verify(r, scheme, &good);

    run_expect(run, r, good && err == (valid ? IKE2_OK : IKE2_ERR_AUTH));
}

static const char no_such_hash[] = "the hash is not provided";

void crypto_wycheproof_ecdsa(struct run *run, const struct kv_record *r)
{
    size_t h = hash_of(r);

    if (h == N_HASHES || hashes[h].ecdsa == 0)
        run_skip(run, no_such_hash);
    else
        expect(run, r, hashes[h].ecdsa, kv_is(r, "result", "valid"));
}

void crypto_wycheproof_rsa_pkcs1(struct run *run, const struct kv_record *r)
{
    size_t h = hash_of(r);

    if (h == N_HASHES)
        run_skip(run, no_such_hash);
    else
        expect(run, r, hashes[h].pkcs1, kv_is(r, "result", "valid"));
}

/* A scheme fixes mask and salt (RFC 7427 A.4.3): a signature with others is not one of its. */
void crypto_wycheproof_rsa_pss(struct run *run, const struct kv_record *r)
{
    size_t h = hash_of(r);
    bool ours;

    if (h == N_HASHES || hashes[h].pss == 0) {
        run_skip(run, no_such_hash);
        return;
    }
    ours = kv_is(r, "mgfSha", hashes[h].name) && kv_number(r, "sLen") == hashes[h].len;
    expect(run, r, hashes[h].pss, ours && kv_is(r, "result", "valid"));
}
