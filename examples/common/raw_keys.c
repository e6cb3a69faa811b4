#include "raw_keys.h"

#include <limits.h>
#include <stdio.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <ike2/iana.h>
#include <ike2/mbedtls.h>
#include <ike2/x509.h>

#include "file.h"
#include "trust_rules.h"

enum { HASH_TEXT = 2 * RAW_KEY_HASH + 1 };

static bool hash_octets(ike2_bytes octets, uint8_t hash[RAW_KEY_HASH])
{
    return EVP_Digest(octets.ptr, octets.len, hash, NULL, EVP_sha256(), NULL) == 1;
}

/* --- What is known ----------------------------------------------------------------------- */

static bool read_hash(const char *text, uint8_t hash[RAW_KEY_HASH], struct problem *why)
{
    struct trust_pins one = { .n = 0 };

    if (trust_rules_pin(text, &one) == NULL) {
        memcpy(hash, one.list[0], RAW_KEY_HASH);
        return true;
    }
    problem_set(why,
                "%s is no SHA-256: 64 hexadecimal digits are expected, as openssl pkey -pubin -in "
                "KEY -outform DER | sha256sum prints them",
                text);
    return false;
}

static EVP_PKEY *parse(const struct file_text *f)
{
    const uint8_t *der = (const uint8_t *)f->text;
    BIO *bio = f->len <= INT_MAX ? BIO_new_mem_buf(f->text, (int)f->len) : NULL;
    EVP_PKEY *key = bio != NULL ? PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL) : NULL;

    BIO_free(bio);
    if (key == NULL)
        key = d2i_PUBKEY(NULL, &der, (long)f->len);
    ERR_clear_error();
    return key;
}

static bool hash_key(EVP_PKEY *key, uint8_t hash[RAW_KEY_HASH])
{
    uint8_t *der = NULL;
    int len = i2d_PUBKEY(key, &der);
    bool ok = len > 0 && hash_octets((ike2_bytes){ .ptr = der, .len = (size_t)len }, hash);

    OPENSSL_free(der);
    return ok;
}

static bool read_key(const char *file, uint8_t hash[RAW_KEY_HASH], struct problem *why)
{
    struct file_text text;
    EVP_PKEY *key;
    bool shared, ok;

    if (!file_read_secret(file, &text, &shared, why)) /* it may be a private key, by mistake */
        return false;
    key = parse(&text);
    file_free(&text);
    ok = key != NULL && hash_key(key, hash);
    EVP_PKEY_free(key);
    if (!ok)
        problem_set(why,
                    "%s holds no public key: PEM (BEGIN PUBLIC KEY) or DER is expected, as openssl "
                    "pkey -in PRIVATE -pubout writes it",
                    file);
    return ok;
}

bool raw_keys_add(struct raw_keys *k, const char *text, struct problem *why)
{
    uint8_t *hash = k->hashes[k->n];

    if (k->n == RAW_KEYS_MAX) {
        problem_set(why, "%s: one public key too many: %d will do", text, RAW_KEYS_MAX);
        return false;
    }
    if (!(raw_key_is_hash(text) ? read_hash(text, hash, why) : read_key(text, hash, why)))
        return false;
    k->n++;
    return true;
}

/* --- Who comes --------------------------------------------------------------------------- */

bool raw_keys_concern(const ike2_proof *proof)
{
    return proof->n_certs > 0 && proof->certs[0].encoding == IKE2_CERT_RAW_PUBLIC_KEY;
}

static bool knows(const struct raw_keys *k, const uint8_t hash[RAW_KEY_HASH])
{
    for (size_t i = 0; i < k->n; i++) {
        if (memcmp(k->hashes[i], hash, RAW_KEY_HASH) == 0)
            return true;
    }
    return false;
}

static void refuse(ike2_verdict *out, uint32_t reason, const char *text)
{
    out->reason = reason;
    (void)snprintf(out->text, sizeof out->text, "%s", text);
}

/* Who means to let it in can copy the hash from there. */
static void refuse_unknown(ike2_verdict *out, const uint8_t hash[RAW_KEY_HASH])
{
    char text[HASH_TEXT], said[sizeof out->text];

    for (size_t i = 0; i < RAW_KEY_HASH; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", hash[i]);
    (void)snprintf(said, sizeof said, "unknown public key sha256:%s", text);
    refuse(out, RAW_KEY_UNKNOWN, said);
}

void raw_keys_judge(const struct raw_keys *k, const ike2_proof *proof, ike2_verdict *out)
{
    ike2_bytes spki = proof->certs[0].data;
    uint8_t hash[RAW_KEY_HASH];

    *out = (ike2_verdict)IKE2_INIT(ike2_verdict);
    if (!hash_octets(spki, hash)) {
        refuse(out, IKE2_X509_LIMIT, "out of memory");
        return;
    }
    if (!knows(k, hash)) {
        refuse_unknown(out, hash);
        return;
    }
    switch (ike2_mbedtls_verify(spki, proof->scheme, proof->signed_parts, proof->n_signed_parts,
                                proof->signature)) {
    case IKE2_OK: out->ok = true; break;
    case IKE2_ERR_UNSUPPORTED:
        refuse(out, IKE2_X509_WEAK, "a public key of this kind or size is not taken");
        break;
    default: refuse(out, IKE2_X509_SIGNATURE, "the signature is not of the public key"); break;
    }
}
