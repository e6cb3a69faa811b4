#include "credentials.h"

#include <stdio.h>

#include "common/psk.h"

static bool load_psk(struct credentials *c, const char *path)
{
    struct problem why = { "" };
    bool ok = psk_load(c->crypto, path, &c->psk, &why);

    if (why.text[0] != '\0') /* what is wrong, or only unwise */
        (void)fprintf(stderr, "%s\n", why.text);
    return ok;
}

bool credentials_open(struct credentials *c, const char *psk_file)
{
    ike2_err err;

    *c = (struct credentials){ 0 };
    err = ike2_mbedtls_new(NULL, &c->provider);
    if (err != IKE2_OK) {
        (void)fprintf(stderr, "the crypto provider does not start: %s\n", ike2_strerror(err));
        return false;
    }
    c->crypto = ike2_mbedtls_crypto(c->provider);
    return load_psk(c, psk_file);
}

void credentials_close(struct credentials *c)
{
    if (c->crypto != NULL)
        c->crypto->key_free(c->crypto->user, c->psk);
    ike2_mbedtls_free(c->provider);
    *c = (struct credentials){ 0 };
}
