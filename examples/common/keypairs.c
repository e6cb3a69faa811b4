#include "keypairs.h"

#include <stdlib.h>
#include <string.h>

#include <ike2/iana.h>

#include <openssl/crypto.h>
#include <openssl/x509v3.h>

#include "connection.h"
#include "keypair_chain.h"
#include "keypair_match.h"
#include "keypair_urls.h"
#include "token.h"

/* --- Private key ------------------------------------------------------------------------- */

static bool take_key(struct keypair *p, const struct provider *provider,
                     const struct keypair_match *m, struct problem *why)
{
    uint8_t *der = NULL;
    int len = i2d_PrivateKey(m->key, &der);
    ike2_err err = IKE2_ERR_MEMORY;

    if (len > 0)
        err = ike2_mbedtls_private_key(provider->mbedtls,
                                       (ike2_bytes){ .ptr = der, .len = (size_t)len },
                                       (ike2_bytes){ 0 }, &p->own.key);
    if (len > 0)
        OPENSSL_clear_free(der, (size_t)len);
    if (err == IKE2_ERR_UNSUPPORTED || err == IKE2_ERR_MALFORMED)
        problem_set(why,
                    "%s: a key of this kind cannot sign here: RSA from 2048 bits (RFC 8247 3.1.1) "
                    "and ECDSA on P-256, P-384 and P-521 are supported; mbedTLS has no EdDSA",
                    m->key_file);
    else if (err != IKE2_OK)
        problem_set(why, "%s: %s", m->key_file, ike2_strerror(err));
    return err == IKE2_OK;
}

static bool is_listed(const struct schemes *wanted, uint16_t scheme)
{
    for (size_t i = 0; i < wanted->n; i++) {
        if (wanted->list[i] == scheme)
            return true;
    }
    return wanted->n == 0;
}

static ike2_err list_schemes(const struct keypair *p, uint16_t *out, size_t *n)
{
    const uint16_t *list;

    if (p->token == NULL)
        return ike2_mbedtls_key_schemes(p->own.key, out, n);
    list = token_schemes(p->token, n);
    memcpy(out, list, *n * sizeof *out);
    return IKE2_OK;
}

/* What the key can do and the configuration allows. */
static bool choose_schemes(struct keypair *p, const struct schemes *wanted, const char *key_file,
                           struct problem *why)
{
    uint16_t possible[SCHEMES_MAX];
    size_t n = SCHEMES_MAX;
    ike2_err err = list_schemes(p, possible, &n);

    for (size_t i = 0; err == IKE2_OK && i < n; i++) {
        if (is_listed(wanted, possible[i]))
            p->schemes[p->own.n_schemes++] = possible[i];
    }
    p->own.schemes = p->schemes;
    if (p->own.n_schemes == 0)
        problem_set(why, "%s: the key can make none of the signatures of signature-schemes",
                    key_file);
    return p->own.n_schemes > 0;
}

/* --- Identity ---------------------------------------------------------------------------- */

static bool has_subject(const X509 *x, ike2_bytes name)
{
    const uint8_t *der = NULL;
    size_t len = 0;

    return X509_NAME_get0_der(X509_get_subject_name(x), &der, &len) == 1 && len == name.len &&
           memcmp(der, name.ptr, len) == 0;
}

/* RFC 4945 3.1: as it stands there; nothing is a pattern, and a common name is no identity. */
static bool holds(X509 *x, const ike2_id *id)
{
    const unsigned exact = X509_CHECK_FLAG_NO_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT;
    const char *text = (const char *)id->data.ptr;

    if (id->data.len == 0) /* would be taken for a text with an end */
        return false;
    switch (id->type) {
    case IKE2_ID_FQDN: return X509_check_host(x, text, id->data.len, exact, NULL) == 1;
    case IKE2_ID_RFC822_ADDR: return X509_check_email(x, text, id->data.len, exact) == 1;
    case IKE2_ID_IPV4_ADDR:
    case IKE2_ID_IPV6_ADDR: return X509_check_ip(x, id->data.ptr, id->data.len, exact) == 1;
    case IKE2_ID_DER_ASN1_DN: return has_subject(x, id->data);
    default: return false;
    }
}

/* With several identities, the first that stands in the certificate; else the first of all. */
static void take_identity(struct keypair *p, const struct connection_local *local, X509 *leaf)
{
    if (local->n_other_ids == 0 || holds(leaf, &local->id.id))
        return;
    for (size_t i = 0; i < local->n_other_ids; i++) {
        if (holds(leaf, &local->other_ids[i].id)) {
            p->own.id = local->other_ids[i].id;
            return;
        }
    }
}

/* --- All of them ------------------------------------------------------------------------- */

static bool make_pair(struct keypair *p, const struct provider *provider,
                      const struct keypair_match *m, const struct connection_local *local,
                      const struct trust *trust, struct problem *why)
{
    p->own.struct_size = sizeof p->own;
    p->token = token_ref(m->token);
    if ((p->token == NULL && !take_key(p, provider, m, why)) ||
        !choose_schemes(p, &local->schemes, m->key_file, why))
        return false;
    take_identity(p, local, m->leaf);
    if (keypair_take_chain(p, m, trust))
        return true;
    problem_set(why, "%s: its certificate has more than %d others with it, or does not parse",
                m->key_file, CHAIN_MAX - 1);
    return false;
}

static bool take_public_key(struct keypair *p, const EVP_PKEY *key)
{
    int len = i2d_PUBKEY(key, NULL);
    uint8_t *at = p->octets = len > 0 ? malloc((size_t)len) : NULL;

    if (at == NULL || i2d_PUBKEY(key, &at) != len)
        return false;
    p->chain[0] = (ike2_bytes){ .ptr = p->octets, .len = (size_t)len };
    p->own.chain = p->chain;
    p->own.n_chain = 1;
    return true;
}

/* RFC 7670 3: the SubjectPublicKeyInfo of the one key in the file. */
static bool make_raw_pair(struct keypair *p, const struct provider *provider,
                          const struct keystore *keys, const char *file,
                          const struct schemes *wanted, struct problem *why)
{
    const struct keypair_match m = { .key = keys->keys[0], .key_file = file };

    if (keys->n_keys != 1) {
        problem_set(why,
                    "%s: method = raw-key takes files with one private key each, and none in a "
                    "token",
                    file);
        return false;
    }
    p->own.struct_size = sizeof p->own;
    p->own.encoding = IKE2_CERT_RAW_PUBLIC_KEY;
    if (!take_key(p, provider, &m, why) || !choose_schemes(p, wanted, file, why))
        return false;
    if (!take_public_key(p, m.key)) {
        problem_set(why, "%s: its public key does not fit into memory", file);
        return false;
    }
    return true;
}

static bool make_raw_pairs(struct keypairs *p, const struct provider *provider,
                           const struct keypair_files *f, const struct connection_local *local,
                           struct problem *why)
{
    for (size_t i = 0; i < local->n_key_files; i++) {
        p->list[i].own.tag = ++p->n;
        if (!make_raw_pair(&p->list[i], provider, &f->keys[i], local->key_files[i],
                           &local->schemes, why))
            return false;
    }
    return true;
}

static bool make_pairs(struct keypairs *p, const struct provider *provider, struct keypair_files *f,
                       const struct connection_local *local, const struct trust *trust,
                       struct problem *why)
{
    struct keypair_match m;

    for (size_t i = 0; i < local->n_cert_files; i++) {
        if (!keypair_match(&m, f, local, i, why))
            return false;
        p->list[i].own.tag = ++p->n;
        if (!make_pair(&p->list[i], provider, &m, local, trust, why)) {
            problem_prefix(why, "%s", local->cert_files[i]);
            return false;
        }
    }
    return keypair_files_all_used(f, local, why) && keypair_take_urls(p, local, why);
}

static bool load(struct keypairs *p, const struct provider *provider, struct keypair_files *f,
                 const struct connection_local *local, const struct trust *trust,
                 struct problem *why)
{
    struct passwords passwords;
    bool ok;

    if (!passwords_read(&passwords, local->password_files, local->n_password_files, why))
        return false;
    ok = keypair_files_read(f, local, &passwords, provider, why) &&
         (local->is_raw ? make_raw_pairs(p, provider, f, local, why)
                        : make_pairs(p, provider, f, local, trust, why));
    passwords_forget(&passwords);
    return ok;
}

bool keypairs_load(struct keypairs *p, const struct provider *provider,
                   const struct connection_local *local, const struct trust *trust,
                   struct problem *why)
{
    size_t n = local->is_raw ? local->n_key_files : local->n_cert_files;
    struct keypair_files *f;
    bool ok = false;

    *p = (struct keypairs){ 0 };
    why->text[0] = '\0';
    if (n == 0)
        return true;
    f = calloc(1, sizeof *f);
    p->list = calloc(n, sizeof *p->list);
    if (f == NULL || p->list == NULL)
        problem_set(why, "out of memory");
    else
        ok = load(p, provider, f, local, trust, why);
    if (f != NULL)
        keypair_files_free(f);
    free(f);
    if (!ok)
        keypairs_clear(p, provider->crypto);
    return ok;
}

struct token *keypairs_token(const struct keypairs *p, uint64_t tag)
{
    return tag >= 1 && tag <= p->n ? p->list[tag - 1].token : NULL;
}

void keypairs_clear(struct keypairs *p, const ike2_crypto *crypto)
{
    for (size_t i = 0; i < p->n; i++) {
        crypto->key_free(crypto->user, p->list[i].own.key);
        token_close(p->list[i].token);
        free(p->list[i].octets);
    }
    free(p->list);
    *p = (struct keypairs){ 0 };
}
