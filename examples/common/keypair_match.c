#include "keypair_match.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "token.h"

/* --- Files ------------------------------------------------------------------------------- */

/* Puts a warning where there is none yet. */
static void pass_on(struct problem *why, const struct problem *said)
{
    if (why->text[0] == '\0')
        *why = *said;
}

static bool read_certificates(struct keypair_files *f, const struct connection_local *local,
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
static bool open_token(struct keypair_files *f, const struct connection_local *local, size_t i,
                       const struct provider *provider, struct problem *why)
{
    const char *pin = local->n_password_files == 1 ? local->password_files[0] : NULL;

    return token_open(local->key_files[i], pin, provider->crypto, &f->tokens[i], why);
}

static bool read_key(struct keypair_files *f, const struct connection_local *local, size_t i,
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

static bool read_keys(struct keypair_files *f, const struct connection_local *local,
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

bool keypair_files_read(struct keypair_files *f, const struct connection_local *local,
                        const struct passwords *passwords, const struct provider *provider,
                        struct problem *why)
{
    return read_certificates(f, local, passwords, why) &&
           read_keys(f, local, passwords, provider, why);
}

void keypair_files_free(struct keypair_files *f)
{
    for (size_t i = 0; i < FILES_MAX; i++) {
        keystore_free(&f->certs[i]);
        keystore_free(&f->keys[i]);
        token_close(f->tokens[i]);
    }
}

/* --- Who belongs together ---------------------------------------------------------------- */

/* Whoever has a CA's key by mistake does not get it used: a CA is ours only if nobody else is in
 * the file. */
static bool may_be_ours(const struct keystore *store, size_t i)
{
    return store->n_certificates == 1 || X509_check_ca(store->certificates[i]) == 0;
}

static bool match_in(struct keypair_match *m, const struct keystore *keys, const char *file)
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
static bool match_token(struct keypair_match *m, struct token *token, const char *uri,
                        struct problem *why)
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

bool keypair_match(struct keypair_match *m, struct keypair_files *f,
                   const struct connection_local *local, size_t i, struct problem *why)
{
    struct problem said = { "" };

    *m = (struct keypair_match){ .store = &f->certs[i] };
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

bool keypair_files_all_used(const struct keypair_files *f, const struct connection_local *local,
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
