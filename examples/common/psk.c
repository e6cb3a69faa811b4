#include "psk.h"

#include "file.h"

bool psk_load(const ike2_crypto *crypto, const char *path, ike2_key **out, struct problem *why)
{
    struct file_text file;
    bool shared = false;
    ike2_bytes secret;
    ike2_err err;

    why->text[0] = '\0';
    if (!file_read_secret(path, &file, &shared, why))
        return false;
    secret = file_octets(&file);
    if (secret.len > 0 && secret.ptr[secret.len - 1] == '\n')
        secret.len--;
    err = secret.len > 0 ? crypto->key_import(crypto->user, IKE2_USE_PRF, secret, out)
                         : IKE2_ERR_ARGUMENT;
    if (secret.len == 0)
        problem_set(why, "%s holds no key: put the pre-shared key into it as one line", path);
    else if (err != IKE2_OK)
        problem_set(why, "%s: the crypto provider refuses the key: %s", path, ike2_strerror(err));
    else if (shared)
        problem_set(why, "warning: %s is open to other users: chmod 600 %s", path, path);
    file_free(&file);
    return err == IKE2_OK;
}
