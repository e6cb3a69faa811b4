#include "psk.h"

#include <string.h>

#include "entropy.h"
#include "hex.h"

enum { HEX_PREFIX = 2 };

/* RFC 7296 2.15: a secret may be given in hexadecimal. "0x..." becomes its octets, in place; false:
 * what follows is something else. */
static bool secret_unhex(char *text, size_t *len)
{
    size_t n = 0;

    if (*len < HEX_PREFIX || memcmp(text, "0x", HEX_PREFIX) != 0)
        return true;
    if (*len % 2 != 0)
        return false;
    for (size_t i = HEX_PREFIX; i < *len; i += 2) {
        int octet = hex_octet(&text[i]);

        if (octet < 0)
            return false;
        text[n++] = (char)octet;
    }
    *len = n;
    return true;
}

static void warn_if_weak(ike2_bytes secret, const char *name, struct problem *why)
{
    unsigned bits = entropy_bits(secret);

    if (bits < ENTROPY_LEAST)
        problem_set(why,
                    "warning: %s: the key is easy to guess: it has %u bits at most, and %d are "
                    "needed; make one with openssl rand -base64 32",
                    name, bits, (int)ENTROPY_LEAST);
}

bool psk_import(const ike2_crypto *crypto, struct file_text *secret, const char *name,
                ike2_key **out, struct problem *why)
{
    bool understood = secret_unhex(secret->text, &secret->len);
    ike2_bytes octets = file_octets(secret);
    ike2_err err = IKE2_ERR_ARGUMENT;

    why->text[0] = '\0';
    if (understood && octets.len > 0)
        err = crypto->key_import(crypto->user, IKE2_USE_PRF, octets, out);
    if (!understood)
        problem_set(why, "%s begins with 0x and is not hexadecimal: give two digits for each octet",
                    name);
    else if (octets.len == 0)
        problem_set(why, "%s holds no key: put the pre-shared key into it as one line", name);
    else if (err != IKE2_OK)
        problem_set(why, "%s: the crypto provider refuses the key: %s", name, ike2_strerror(err));
    else
        warn_if_weak(octets, name, why);
    return err == IKE2_OK;
}

bool psk_load(const ike2_crypto *crypto, const char *path, ike2_key **out, struct problem *why)
{
    struct file_text file, secret;
    bool shared = false, ok;

    why->text[0] = '\0';
    if (!file_read_secret(path, &file, &shared, why))
        return false;
    secret = file; /* file_free wipes what it was */
    if (secret.len > 0 && secret.text[secret.len - 1] == '\n')
        secret.len--;
    ok = psk_import(crypto, &secret, path, out, why);
    if (ok && shared)
        problem_set(why, "warning: %s is open to other users: chmod 600 %s", path, path);
    file_free(&file);
    return ok;
}
