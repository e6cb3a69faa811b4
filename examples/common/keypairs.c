#include "keypairs.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "connection.h"
#include "keystore.h"
#include "token.h"

/* --- Files ------------------------------------------------------------------------------- */

struct files {
    struct keystore certs[FILES_MAX], keys[FILES_MAX];
    struct token *tokens[FILES_MAX]; /* in the place of `keys` */
    bool is_used[FILES_MAX];         /* of both */
};

/* Puts a warning where there is none yet. */
static void pass_on(struct problem *why, const struct problem *said)
{
    if (why->text[0] == '\0')
        *why = *said;
}

static bool read_certificates(struct files *f, const struct connection_local *local,
                              const struct passwords *passwords, struct problem *why)
{
    struct problem said;

    for (size_t i = 0; i < local->n_cert_files; i++) {
        if (!keystore_read(&f->certs[i], local->cert_files[i], passwords, &said)) {
            *why = said;
            return false;
        }
        pass_on(why, &said);
        if (f->certs[i].n_certificates == 0) {
            problem_set(why, "%s holds no certificate: PEM (BEGIN CERTIFICATE), DER or PKCS #12 is "
                        "expected", local->cert_files[i]);
            return false;
        }
    }
    return true;
}

/* The only password is the PIN of a token, too. Of several none is tried: tokens count. */
static bool open_token(struct files *f, const struct connection_local *local, size_t i,
                       const struct provider *provider, struct problem *why)
{
    const char *pin = local->n_password_files == 1 ? local->password_files[0] : NULL;

    return token_open(local->key_files[i], pin, provider->crypto, &f->tokens[i], why);
}

static bool read_key(struct files *f, const struct connection_local *local, size_t i,
                     const struct passwords *passwords, struct problem *why)
{
    if (!keystore_read(&f->keys[i], local->key_files[i], passwords, why))
        return false;
    if (f->keys[i].n_keys > 0)
        return true;
    problem_set(why, "%s holds no private key: PEM (BEGIN ... PRIVATE KEY), DER or PKCS #12 is "
                "expected", local->key_files[i]);
    return false;
}

static bool read_keys(struct files *f, const struct connection_local *local,
                      const struct passwords *passwords, const struct provider *provider,
                      struct problem *why)
{
    struct problem said;

    for (size_t i = 0; i < local->n_key_files; i++) {
        bool ok = token_is_named(local->key_files[i])
                      ? open_token(f, local, i, provider, &said)
                      : read_key(f, local, i, passwords, &said);

        if (!ok) {
            *why = said;
            return false;
        }
        pass_on(why, &said);
    }
    return true;
}

static void free_files(struct files *f)
{
    for (size_t i = 0; i < FILES_MAX; i++) {
        keystore_free(&f->certs[i]);
        keystore_free(&f->keys[i]);
        token_close(f->tokens[i]);
    }
}

/* --- Who belongs together ---------------------------------------------------------------- */

/* A certificate of a file, and its key. */
struct match {
    const struct keystore *store;
    X509 *leaf;
    EVP_PKEY *key;       /* or */
    struct token *token; /* which has it */
    const char *key_file;
};

/* Whoever has a CA's key by mistake does not get it used: a CA is ours only if nobody else is in
 * the file. */
static bool may_be_ours(const struct keystore *store, size_t i)
{
    return store->n_certificates == 1 || X509_check_ca(store->certificates[i]) == 0;
}

static bool match_in(struct match *m, const struct keystore *keys, const char *file)
{
    for (size_t c = 0; c < m->store->n_certificates; c++) {
        for (size_t k = 0; k < keys->n_keys; k++) {
            if (!may_be_ours(m->store, c) ||
                X509_check_private_key(m->store->certificates[c], keys->keys[k]) != 1)
                continue;
            m->leaf = m->store->certificates[c];
            m->key = keys->keys[k];
            m->key_file = file;
            return true;
        }
    }
    ERR_clear_error(); /* each that does not fit has left an error there */
    return false;
}

static bool token_fits(struct token *token, X509 *x, struct problem *why)
{
    uint8_t *der = NULL;
    int len = i2d_X509(x, &der);
    bool ok = len > 0 &&
              token_owns(token, (ike2_bytes){ .ptr = der, .len = (size_t)len }, why);

    OPENSSL_free(der);
    return ok;
}

/* `why` says why not, if it is the only key. */
static bool match_token(struct match *m, struct token *token, const char *uri, struct problem *why)
{
    for (size_t c = 0; c < m->store->n_certificates; c++) {
        if (!may_be_ours(m->store, c) || !token_fits(token, m->store->certificates[c], why))
            continue;
        m->leaf = m->store->certificates[c];
        m->token = token;
        m->key_file = uri;
        return true;
    }
    return false;
}

static void say_no_key(const struct connection_local *local, const char *cert_file,
                       const struct problem *token, struct problem *why)
{
    if (local->n_key_files == 1 && token->text[0] != '\0')
        *why = *token;
    else if (local->n_key_files == 0)
        problem_set(why, "%s is of no use without its private key: name it, too", cert_file);
    else if (local->n_key_files == 1)
        problem_set(why, "%s is not the private key of a certificate in %s", local->key_files[0],
                    cert_file);
    else
        problem_set(why, "none of the %zu keys is the private key of a certificate in %s",
                    local->n_key_files, cert_file);
}

/* The key of certificate file `i`. */
static bool find_match(struct match *m, struct files *f, const struct connection_local *local,
                       size_t i, struct problem *why)
{
    struct problem said = { "" };

    *m = (struct match){ .store = &f->certs[i] };
    for (size_t k = 0; k < local->n_key_files; k++) {
        const char *name = local->key_files[k];

        if (f->tokens[k] != NULL ? match_token(m, f->tokens[k], name, &said)
                                 : match_in(m, &f->keys[k], name)) {
            f->is_used[k] = true;
            return true;
        }
    }
    if (match_in(m, m->store, local->cert_files[i]))
        return true;
    say_no_key(local, local->cert_files[i], &said, why);
    return false;
}

static bool are_all_used(const struct files *f, const struct connection_local *local,
                         struct problem *why)
{
    for (size_t k = 0; k < local->n_key_files; k++) {
        if (f->is_used[k])
            continue;
        problem_set(why, "%s is the private key of none of the certificates: name its own with "
                    "cert", local->key_files[k]);
        return false;
    }
    return true;
}

/* --- Private key ------------------------------------------------------------------------- */

static bool take_key(struct keypair *p, const struct provider *provider, const struct match *m,
                     struct problem *why)
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
        problem_set(why, "%s: a key of this kind cannot sign here: RSA from 2048 bits and ECDSA on "
                    "P-256, P-384 and P-521 are supported; mbedTLS has no EdDSA", m->key_file);
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

/* --- Chain ------------------------------------------------------------------------------- */

static bool is_issuer(X509 *issuer, X509 *of)
{
    return X509_check_issued(issuer, of) == X509_V_OK;
}

/* Certificates of a file that have found their place. */
struct sorted {
    X509 *list[KEYSTORE_CERTIFICATES];
    size_t n;
    bool is_placed[KEYSTORE_CERTIFICATES]; /* by their places in the file */
};

static void place(struct sorted *s, const struct keystore *store, size_t i)
{
    s->is_placed[i] = true;
    s->list[s->n++] = store->certificates[i];
}

static bool place_issuer(struct sorted *s, const struct keystore *store)
{
    for (size_t i = 0; i < store->n_certificates; i++) {
        if (s->is_placed[i] || !is_issuer(store->certificates[i], s->list[s->n - 1]))
            continue;
        place(s, store, i);
        return true;
    }
    return false;
}

/* RFC 7296 3.6: the leaf first; here each other one behind the one it vouches for, and then those
 * that have no such place. */
static void sort(struct sorted *s, const struct match *m)
{
    *s = (struct sorted){ .list = { m->leaf }, .n = 1 };
    for (size_t i = 0; i < m->store->n_certificates; i++)
        s->is_placed[i] = X509_cmp(m->store->certificates[i], m->leaf) == 0;
    while (place_issuer(s, m->store))
        ;
    for (size_t i = 0; i < m->store->n_certificates; i++) {
        if (!s->is_placed[i])
            place(s, m->store, i);
    }
}

static bool add_issuer(struct keypair *p, ike2_bytes der)
{
    size_t n = p->own.n_issuers;

    if (n == ISSUERS_MAX || ike2_mbedtls_key_hash(der, p->issuer_octets[n]) != IKE2_OK)
        return false;
    p->issuers[n] = (ike2_bytes){ .ptr = p->issuer_octets[n], .len = ISSUER_OCTETS };
    p->own.issuers = p->issuers;
    p->own.n_issuers++;
    return true;
}

/* RFC 7296 3.6: the root is not sent, since who trusts it has it; but it is what CERTREQ names. */
static bool add_certificate(struct keypair *p, X509 *x, uint8_t **at)
{
    ike2_bytes der = { .ptr = *at };
    bool is_root = is_issuer(x, x), is_leaf = p->own.n_chain == 0;
    int len = i2d_X509(x, at);

    if (len <= 0)
        return false;
    der.len = (size_t)len;
    if (!is_root || is_leaf) {
        if (p->own.n_chain == CHAIN_MAX)
            return false;
        p->chain[p->own.n_chain++] = der;
    }
    return (is_leaf && !is_root) || add_issuer(p, der);
}

/* A CA that the peer's certificates may lead to may be that of ours. */
static void add_anchor(struct keypair *p, ike2_bytes der, const struct sorted *s)
{
    const uint8_t *at = der.ptr;
    X509 *anchor = d2i_X509(NULL, &at, (long)der.len);
    bool leads = false;

    for (size_t i = 0; anchor != NULL && i < s->n; i++)
        leads = leads || is_issuer(anchor, s->list[i]);
    if (leads)
        (void)add_issuer(p, der); /* without room for it, the peer is told less */
    X509_free(anchor);
}

static size_t octets_of(const struct sorted *s)
{
    size_t octets = 0;

    for (size_t i = 0; i < s->n; i++) {
        int len = i2d_X509(s->list[i], NULL);

        octets += len > 0 ? (size_t)len : 0;
    }
    return octets;
}

static bool take_chain(struct keypair *p, const struct match *m, const struct trust *trust)
{
    size_t n_anchors, i;
    const ike2_bytes *anchors = trust_anchors(trust, &n_anchors);
    struct sorted s;
    uint8_t *at;
    bool ok = true;

    sort(&s, m);
    at = p->octets = malloc(octets_of(&s) + 1);
    for (i = 0; ok && at != NULL && i < s.n; i++)
        ok = add_certificate(p, s.list[i], &at);
    p->own.chain = p->chain;
    for (i = 0; ok && i < n_anchors; i++)
        add_anchor(p, anchors[i], &s);
    ERR_clear_error();
    return ok && at != NULL;
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

static bool make_pair(struct keypair *p, const struct provider *provider, const struct match *m,
                      const struct connection_local *local, const struct trust *trust,
                      struct problem *why)
{
    p->own.struct_size = sizeof p->own;
    p->token = token_ref(m->token);
    if ((p->token == NULL && !take_key(p, provider, m, why)) ||
        !choose_schemes(p, &local->schemes, m->key_file, why))
        return false;
    take_identity(p, local, m->leaf);
    if (take_chain(p, m, trust))
        return true;
    problem_set(why, "%s: its certificate has more than %d others with it, or does not parse",
                m->key_file, CHAIN_MAX - 1);
    return false;
}

static bool make_pairs(struct keypairs *p, const struct provider *provider, struct files *f,
                       const struct connection_local *local, const struct trust *trust,
                       struct problem *why)
{
    struct match m;

    for (size_t i = 0; i < local->n_cert_files; i++) {
        if (!find_match(&m, f, local, i, why))
            return false;
        p->list[i].own.tag = ++p->n;
        if (!make_pair(&p->list[i], provider, &m, local, trust, why)) {
            problem_prefix(why, "%s", local->cert_files[i]);
            return false;
        }
    }
    return are_all_used(f, local, why);
}

static bool load(struct keypairs *p, const struct provider *provider, struct files *f,
                 const struct connection_local *local, const struct trust *trust,
                 struct problem *why)
{
    struct passwords passwords;
    bool ok;

    if (!passwords_read(&passwords, local->password_files, local->n_password_files, why))
        return false;
    ok = read_certificates(f, local, &passwords, why) &&
         read_keys(f, local, &passwords, provider, why) &&
         make_pairs(p, provider, f, local, trust, why);
    passwords_forget(&passwords);
    return ok;
}

bool keypairs_load(struct keypairs *p, const struct provider *provider,
                   const struct connection_local *local, const struct trust *trust,
                   struct problem *why)
{
    struct files *f;
    bool ok = false;

    *p = (struct keypairs){ 0 };
    why->text[0] = '\0';
    if (local->n_cert_files == 0)
        return true;
    f = calloc(1, sizeof *f);
    p->list = calloc(local->n_cert_files, sizeof *p->list);
    if (f == NULL || p->list == NULL)
        problem_set(why, "out of memory");
    else
        ok = load(p, provider, f, local, trust, why);
    if (f != NULL)
        free_files(f);
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
