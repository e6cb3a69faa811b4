#include "credentials.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { PSK_MAX = 1024 };

static void warn_if_shared(FILE *file, const char *path)
{
    struct stat st;

    if (fstat(fileno(file), &st) == 0 && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        (void)fprintf(stderr, "warning: %s is open to other users: chmod 600 %s\n", path, path);
}

/* The number of octets, without one trailing newline; 0 after a message. */
static size_t read_secret(const char *path, uint8_t *room, size_t cap)
{
    FILE *file = fopen(path, "rb");
    const char *problem = NULL;
    size_t len;

    if (file == NULL) {
        (void)fprintf(stderr, "cannot read the pre-shared key from %s: %s: check --psk-file\n",
                      path, strerror(errno));
        return 0;
    }
    warn_if_shared(file, path);
    (void)setvbuf(file, NULL, _IONBF, 0); /* the only copy is in `room`, which is wiped */
    len = fread(room, 1, cap, file);
    if (ferror(file) != 0)
        problem = "cannot be read";
    else if (len == cap)
        problem = "is too long for a key";
    (void)fclose(file);
    if (len > 0 && room[len - 1] == '\n')
        len--;
    if (problem == NULL && len == 0)
        problem = "holds no key";
    if (problem == NULL)
        return len;
    (void)fprintf(stderr, "%s: %s: put the pre-shared key into it as one line\n", path, problem);
    return 0;
}

static bool load_psk(struct credentials *c, const char *path)
{
    uint8_t room[PSK_MAX];
    ike2_bytes secret = { .ptr = room, .len = read_secret(path, room, sizeof room) };
    ike2_err err = IKE2_OK;

    if (secret.len > 0)
        err = c->crypto->key_import(c->crypto->user, IKE2_USE_PRF, secret, &c->psk);
    explicit_bzero(room, sizeof room);
    if (err != IKE2_OK)
        (void)fprintf(stderr, "%s: the crypto provider refuses the key: %s\n", path,
                      ike2_strerror(err));
    return c->psk != NULL;
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
