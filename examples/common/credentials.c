#include "credentials.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "certificates.h"
#include "connection.h"
#include "file.h"
#include "psk.h"
#include "token.h"

enum { TOKEN_TAG = 1 }; /* ike2_credential.tag of a key in a token */

/* --- Pre-shared keys --------------------------------------------------------------------- */

static bool load_psks(struct credentials *c, const struct connection *connection,
                      struct problem *why)
{
    const char *ours = connection->local.psk_file, *theirs = connection->remote.psk_file;
    struct problem second = { "" };

    if (ours != NULL && !psk_load(c->crypto, ours, &c->psk_local, why))
        return false;
    if (theirs != NULL) {
        if (!psk_load(c->crypto, theirs, &c->psk_remote, &second)) {
            *why = second;
            return false;
        }
        if (why->text[0] == '\0')
            *why = second;
    } else if (c->psk_local != NULL) {
        c->crypto->key_ref(c->crypto->user, c->psk_local);
        c->psk_remote = c->psk_local;
    }
    return true;
}

/* --- Certificate and private key --------------------------------------------------------- */

/* Of the first line; empty without a file. */
static bool read_password(const char *path, struct file_text *out, struct problem *why)
{
    bool shared;

    *out = (struct file_text){ 0 };
    if (path == NULL)
        return true;
    if (!file_read_secret(path, out, &shared, why))
        return false;
    if (out->len > 0 && out->text[out->len - 1] == '\n')
        out->len--;
    return true;
}

static void say_key_problem(const char *path, ike2_err err, struct problem *why)
{
    switch (err) {
    case IKE2_ERR_MALFORMED:
        problem_set(why, "%s holds no private key: PEM (BEGIN ... PRIVATE KEY) or DER is expected",
                    path);
        break;
    case IKE2_ERR_AUTH:
        problem_set(why,
                    "%s is encrypted, and the password is missing or wrong: check the "
                    "password file",
                    path);
        break;
    case IKE2_ERR_UNSUPPORTED:
        problem_set(why,
                    "%s: RSA from 2048 bits and ECDSA on P-256, P-384 and P-521 are supported; "
                    "if the key is encrypted, decrypt it: openssl pkey -in %s",
                    path, path);
        break;
    default: problem_set(why, "%s: %s", path, ike2_strerror(err)); break;
    }
}

static bool load_key_file(struct credentials *c, const ike2_mbedtls *mbedtls,
                          const struct connection_local *local, struct problem *why)
{
    struct file_text password, key;
    struct problem warning = { "" };
    bool shared = false;
    ike2_err err;

    if (!read_password(local->password_file, &password, why))
        return false;
    if (!file_read_secret(local->key_file, &key, &shared, why)) {
        file_free(&password);
        return false;
    }
    err = ike2_mbedtls_private_key(mbedtls, file_octets(&key), file_octets(&password), &c->own.key);
    file_free(&key);
    file_free(&password);
    if (err != IKE2_OK)
        say_key_problem(local->key_file, err, why);
    else if (shared)
        problem_set(&warning, "warning: %s is open to other users: chmod 600 %s", local->key_file,
                    local->key_file);
    if (err == IKE2_OK && why->text[0] == '\0')
        *why = warning;
    return err == IKE2_OK;
}

/* The password is the token's PIN. */
static bool find_key(struct credentials *c, const struct connection_local *local,
                     struct problem *why)
{
    struct problem said;
    bool ok = token_open(local->key_file, local->password_file, c->crypto, &c->token, &said);

    if (!ok || why->text[0] == '\0')
        *why = said;
    c->own.tag = TOKEN_TAG;
    return ok;
}

static bool load_key(struct credentials *c, const ike2_mbedtls *mbedtls,
                     const struct connection_local *local, struct problem *why)
{
    return token_is_named(local->key_file) ? find_key(c, local, why)
                                           : load_key_file(c, mbedtls, local, why);
}

static bool is_listed(const struct schemes *wanted, uint16_t scheme)
{
    size_t i;

    for (i = 0; i < wanted->n; i++) {
        if (wanted->list[i] == scheme)
            return true;
    }
    return wanted->n == 0;
}

static ike2_err list_schemes(const struct credentials *c, uint16_t *out, size_t *n)
{
    const uint16_t *list;

    if (c->token == NULL)
        return ike2_mbedtls_key_schemes(c->own.key, out, n);
    list = token_schemes(c->token, n);
    memcpy(out, list, *n * sizeof *out);
    return IKE2_OK;
}

/* What the key can do and the configuration allows. */
static bool choose_schemes(struct credentials *c, const struct connection_local *local,
                           struct problem *why)
{
    uint16_t possible[SCHEMES_MAX];
    size_t i, n = SCHEMES_MAX;
    ike2_err err = list_schemes(c, possible, &n);

    for (i = 0; err == IKE2_OK && i < n; i++) {
        if (is_listed(&local->schemes, possible[i]))
            c->schemes[c->own.n_schemes++] = possible[i];
    }
    c->own.schemes = c->schemes;
    if (c->own.n_schemes == 0)
        problem_set(why, "%s: the key can make none of the signatures of signature-schemes",
                    local->key_file);
    return c->own.n_schemes > 0;
}

static bool owns(const struct credentials *c, const struct connection_local *local,
                 struct problem *why)
{
    struct problem said;

    if (c->token == NULL && ike2_mbedtls_key_matches(c->own.key, c->chain[0]) != IKE2_OK)
        problem_set(why, "%s is not the private key of the first certificate in %s",
                    local->key_file, local->cert_file);
    else if (c->token != NULL && !token_owns(c->token, c->chain[0], &said))
        *why = said;
    else
        return true;
    return false;
}

static bool load_signature(struct credentials *c, const ike2_mbedtls *mbedtls,
                           const struct connection_local *local, struct problem *why)
{
    size_t n = 0;

    if (local->cert_file == NULL)
        return true;
    if (local->key_file == NULL) {
        problem_set(why, "%s is of no use without its private key: name it, too", local->cert_file);
        return false;
    }
    c->own.struct_size = sizeof c->own;
    if (!certificates_load(local->cert_file, c->chain, CHAIN_MAX, &n, &c->chain_octets, why) ||
        !load_key(c, mbedtls, local, why) || !choose_schemes(c, local, why) ||
        !owns(c, local, why))
        return false;
    c->own.chain = c->chain;
    c->own.n_chain = n;
    return true;
}

/* --- All of them ------------------------------------------------------------------------- */

bool credentials_load(struct credentials *c, const struct provider *provider,
                      const struct connection *connection, struct problem *why)
{
    const struct connection_remote *remote = &connection->remote;
    bool ok;

    *c = (struct credentials){ .crypto = provider->crypto };
    why->text[0] = '\0';
    ok = load_psks(c, connection, why) &&
         load_signature(c, provider->mbedtls, &connection->local, why) &&
         (remote->n_ca_files == 0 ||
          trust_load(remote->ca_files, remote->n_ca_files, &c->trust, why));
    if (!ok)
        credentials_clear(c);
    else if (c->trust != NULL)
        trust_demand(c->trust, connection->policy.min_rsa_bits, connection->policy.min_ec_bits);
    return ok;
}

/* FNV-1a, one number at a time. */
static uint64_t mix(uint64_t hash, uint64_t number)
{
    int i;

    for (i = 0; i < 64; i += 8)
        hash = (hash ^ (number >> i & 0xffu)) * UINT64_C(0x100000001b3);
    return hash;
}

static uint64_t mix_file(uint64_t hash, const char *path)
{
    struct stat st;

    if (path == NULL || stat(path, &st) != 0)
        return mix(hash, 0);
    hash = mix(mix(hash, (uint64_t)st.st_ino), (uint64_t)st.st_size);
    return mix(mix(hash, (uint64_t)st.st_mtim.tv_sec), (uint64_t)st.st_mtim.tv_nsec);
}

uint64_t credentials_stamp(const struct connection *connection)
{
    const struct connection_remote *remote = &connection->remote;
    const struct connection_local *local = &connection->local;
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    size_t i;

    hash = mix_file(mix_file(hash, local->cert_file), local->key_file);
    hash = mix_file(mix_file(hash, local->password_file), local->psk_file);
    hash = mix_file(hash, remote->psk_file);
    for (i = 0; i < remote->n_ca_files; i++)
        hash = mix_file(hash, remote->ca_files[i]);
    return hash;
}

struct token *credentials_token(const struct credentials *c, const ike2_job *job)
{
    return ike2_job_sign_task(job)->tag == TOKEN_TAG ? c->token : NULL;
}

void credentials_clear(struct credentials *c)
{
    if (c->crypto != NULL) {
        c->crypto->key_free(c->crypto->user, c->psk_local);
        c->crypto->key_free(c->crypto->user, c->psk_remote);
        c->crypto->key_free(c->crypto->user, c->own.key);
    }
    token_close(c->token);
    free(c->chain_octets);
    trust_free(c->trust);
    *c = (struct credentials){ 0 };
}
