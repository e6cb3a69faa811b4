#include "key.h"

#include <string.h>

#include <openssl/pem.h>

#include "pem.h"

struct kind {
    const char *curve;
    size_t bits;
};

static const struct kind kinds[] = {
    { .bits = 2048 },     { .bits = 3072 },     { .bits = 4096 },
    { .curve = "P-256" }, { .curve = "P-384" },
};
const char *const key_kinds[] = { "rsa-2048", "rsa-3072", "rsa-4096", "ecdsa-p256", "ecdsa-p384" };
const size_t key_n_kinds = sizeof key_kinds / sizeof key_kinds[0];

static EVP_PKEY *make(const char *word)
{
    size_t i;

    for (i = 0; i < key_n_kinds; i++) {
        if (strcmp(key_kinds[i], word) == 0)
            return kinds[i].curve != NULL ? EVP_EC_gen(kinds[i].curve) : EVP_RSA_gen(kinds[i].bits);
    }
    return NULL;
}

const EVP_MD *key_hash(const EVP_PKEY *key)
{
    return EVP_PKEY_get_bits(key) == 384 ? EVP_sha384() : EVP_sha256();
}

EVP_PKEY *key_load(const struct store *s, const char *name, struct problem *why)
{
    struct file_text text;
    EVP_PKEY *key;
    BIO *bio;

    if (!store_read_secret(s, name, &text, why))
        return NULL;
    bio = BIO_new_mem_buf(text.text, (int)text.len);
    key = bio != NULL ? PEM_read_bio_PrivateKey(bio, NULL, NULL, "") : NULL;
    BIO_free(bio);
    file_free(&text);
    if (key == NULL)
        problem_set(why, "%s/%s holds no private key that is not encrypted", s->dir, name);
    return key;
}

EVP_PKEY *key_take(const struct store *s, const char *name, const char *kind, struct problem *why)
{
    struct pem pem;
    EVP_PKEY *key;
    bool ok;

    if (store_has(s, name))
        return key_load(s, name, why);
    key = make(kind);
    ok = key != NULL && pem_open(&pem);
    if (!ok) {
        problem_set(why, "libcrypto makes no key (%s)", kind);
        EVP_PKEY_free(key);
        return NULL;
    }
    ok = PEM_write_bio_PKCS8PrivateKey(pem.bio, key, NULL, NULL, 0, NULL, NULL) == 1;
    if (!ok)
        problem_set(why, "out of memory");
    ok = ok && store_write(s, name, pem_text(&pem), STORE_SECRET, why);
    pem_close(&pem);
    if (ok)
        return key;
    EVP_PKEY_free(key);
    return NULL;
}
