#include "credentials.h"

#include <sys/stat.h>

#include "connection.h"
#include "key_strength.h"
#include "psk.h"

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
    } else if (c->psk_local != NULL && connection->remote.psk_table_file == NULL) {
        c->crypto->key_ref(c->crypto->user, c->psk_local);
        c->psk_remote = c->psk_local;
    }
    return true;
}

/* Its warning, if there is none yet. */
static bool load_table(struct credentials *c, const char *path, struct problem *why)
{
    struct problem said = { "" };
    bool ok = path == NULL || psk_table_load(c->crypto, path, &c->psks, &said);

    if (!ok || why->text[0] == '\0')
        *why = said;
    return ok;
}

/* --- Whom we believe --------------------------------------------------------------------- */

static bool load_trust(struct credentials *c, const struct connection *connection,
                       struct problem *why)
{
    const struct connection_remote *remote = &connection->remote;

    if (!connection_believes_cas(connection) && remote->n_public_keys == 0)
        return true;
    if (!trust_load(remote->ca_files, remote->n_ca_files, &remote->rules, &c->trust, why))
        return false;
    trust_demand(c->trust, &connection->policy);
    for (size_t i = 0; i < remote->n_public_keys; i++) {
        if (!trust_add_key(c->trust, remote->public_keys[i], why))
            return false;
    }
    return true;
}

/* --- Whom others are to believe ----------------------------------------------------------- */

static bool chain_is_kept(const struct keypair *p, const char *file,
                          const ike2_named_policy *policy, struct problem *why)
{
    char text[KEY_STRENGTH_TEXT];

    for (size_t i = 0; i < p->own.n_chain; i++) {
        if (key_strength_is_kept(p->chain[i], policy, text))
            continue;
        problem_set(why, "%s: %s: %s", file, text,
                    i == 0 ? "get a certificate for such a key, as ikev2-server ca makes it "
                             "with --key ecdsa-p384, or name another policy"
                           : "get a certificate of a CA with such a key, or name another policy");
        return false;
    }
    return true;
}

/* RFC 9206 6: what we would not take of a peer, we do not show to one. */
static bool pairs_are_kept(const struct keypairs *pairs, const struct connection *connection,
                           struct problem *why)
{
    for (size_t i = 0; i < pairs->n && !connection->local.is_raw; i++) {
        if (!chain_is_kept(&pairs->list[i], connection->local.cert_files[i], &connection->policy,
                           why))
            return false;
    }
    return true;
}

/* --- All of them ------------------------------------------------------------------------- */

bool credentials_load(struct credentials *c, const struct provider *provider,
                      const struct connection *connection, struct problem *why)
{
    const struct connection_remote *remote = &connection->remote;
    struct problem said = { "" };
    bool ok;

    *c = (struct credentials){ .crypto = provider->crypto };
    why->text[0] = '\0';
    ok = load_psks(c, connection, why) && load_table(c, remote->psk_table_file, why) &&
         load_trust(c, connection, why);
    if (ok)
        ok = keypairs_load(&c->pairs, provider, &connection->local, c->trust, &said) &&
             pairs_are_kept(&c->pairs, connection, &said);
    if (!ok)
        credentials_clear(c);
    if (said.text[0] != '\0' && (!ok || why->text[0] == '\0'))
        *why = said;
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

static uint64_t mix_files(uint64_t hash, const char *const *paths, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        hash = mix_file(hash, paths[i]);
    return hash;
}

uint64_t credentials_stamp(const struct connection *connection)
{
    const struct connection_remote *remote = &connection->remote;
    const struct connection_local *local = &connection->local;
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    hash = mix_files(hash, local->cert_files, local->n_cert_files);
    hash = mix_files(hash, local->key_files, local->n_key_files);
    hash = mix_files(hash, local->password_files, local->n_password_files);
    hash = mix_file(mix_file(hash, local->psk_file), remote->psk_file);
    hash = mix_file(hash, remote->psk_table_file);
    hash = mix_files(hash, remote->public_keys, remote->n_public_keys);
    hash = mix_files(hash, remote->ca_files, remote->n_ca_files);
    return mix_files(hash, remote->rules.crl_files, remote->rules.n_crl_files);
}

struct token *credentials_token(const struct credentials *c, const ike2_job *job)
{
    return keypairs_token(&c->pairs, ike2_job_sign_task(job)->tag);
}

void credentials_clear(struct credentials *c)
{
    if (c->crypto != NULL) {
        c->crypto->key_free(c->crypto->user, c->psk_local);
        c->crypto->key_free(c->crypto->user, c->psk_remote);
        keypairs_clear(&c->pairs, c->crypto);
    }
    psk_table_free(c->psks);
    trust_free(c->trust);
    *c = (struct credentials){ 0 };
}
