#include "bundle.h"

#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>

enum { PASSWORD_LETTERS = 20, ITERATIONS = 2048, MODERN_ITERATIONS = 100000 };

/* --- The password ------------------------------------------------------------------------ */

/* Five bits a letter; none that is read as another one. */
static bool draw(char password[BUNDLE_PASSWORD_MAX])
{
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789A";
    unsigned char octets[PASSWORD_LETTERS];
    size_t i;

    if (RAND_priv_bytes(octets, sizeof octets) != 1)
        return false;
    for (i = 0; i < sizeof octets; i++)
        password[i] = letters[octets[i] % (sizeof letters - 1)];
    password[i] = '\0';
    OPENSSL_cleanse(octets, sizeof octets);
    return true;
}

/* The first line. ASCII, because peers disagree about how others are encoded. */
static bool take_line(const struct file_text *text, const char *name,
                      char password[BUNDLE_PASSWORD_MAX], struct problem *why)
{
    size_t i, len = strcspn(text->text, "\r\n");

    if (len == 0 || len >= BUNDLE_PASSWORD_MAX) {
        problem_set(why, "%s: a password of 1 to %d letters is expected in the first line", name,
                    BUNDLE_PASSWORD_MAX - 1);
        return false;
    }
    for (i = 0; i < len; i++) {
        if (text->text[i] < ' ' || text->text[i] > '~') {
            problem_set(why, "%s: the password may have ASCII letters, digits and signs only",
                        name);
            return false;
        }
    }
    memcpy(password, text->text, len);
    password[len] = '\0';
    return true;
}

static bool read_given(const char *path, char password[BUNDLE_PASSWORD_MAX], struct problem *why)
{
    struct file_text text;
    bool shared, ok;

    if (!file_read_secret(path, &text, &shared, why))
        return false;
    ok = take_line(&text, path, password, why);
    file_free(&text);
    return ok;
}

static bool read_or_draw(const struct store *s, const char *name,
                         char password[BUNDLE_PASSWORD_MAX], struct problem *why)
{
    char line[BUNDLE_PASSWORD_MAX + 1];
    struct file_text text;
    bool ok;

    if (store_has(s, name)) {
        if (!store_read_secret(s, name, &text, why))
            return false;
        ok = take_line(&text, name, password, why);
        file_free(&text);
        return ok;
    }
    if (!draw(password)) {
        problem_set(why, "libcrypto has no random octets");
        return false;
    }
    (void)snprintf(line, sizeof line, "%s\n", password);
    ok = store_write(s, name, (ike2_bytes){ .ptr = (const uint8_t *)line, .len = strlen(line) },
                     STORE_SECRET, why);
    OPENSSL_cleanse(line, sizeof line);
    return ok;
}

/* --- The file ---------------------------------------------------------------------------- */

/* What everybody imports is 3DES with a MAC of SHA-1: what OpenSSL 3 writes by itself, AES-256 with
 * SHA-256, is a "wrong password" to Windows Server 2016, and to many releases of macOS, iOS and
 * Android. With a password that nobody guesses the older one is good enough for a transport. */
static PKCS12 *seal(const struct bundle *b, const char *password)
{
    int cipher = b->modern ? NID_aes_256_cbc : NID_pbe_WithSHA1And3_Key_TripleDES_CBC;
    int iterations = b->modern ? MODERN_ITERATIONS : ITERATIONS;
    STACK_OF(X509) *chain = sk_X509_new_null();
    PKCS12 *p12 = NULL;

    if (chain != NULL && sk_X509_push(chain, b->ca) > 0)
        p12 = PKCS12_create(password, b->label, b->key, b->certificate, chain, cipher, cipher,
                            iterations, -1, 0);
    sk_X509_free(chain);
    if (p12 != NULL && PKCS12_set_mac(p12, password, -1, NULL, 0, iterations,
                                      b->modern ? EVP_sha256() : EVP_sha1()) != 1) {
        PKCS12_free(p12);
        p12 = NULL;
    }
    return p12;
}

static bool write_der(const struct store *s, const char *name, PKCS12 *p12, struct problem *why)
{
    unsigned char *der = NULL;
    int len = i2d_PKCS12(p12, &der);
    bool ok = len > 0;

    if (ok)
        ok = store_write(s, name, (ike2_bytes){ .ptr = der, .len = (size_t)len },
                         STORE_SECRET_AGAIN, why);
    else
        problem_set(why, "out of memory");
    OPENSSL_free(der);
    return ok;
}

bool bundle_write(const struct store *s, const char *stem, const char *password_file,
                  const struct bundle *b, struct problem *why)
{
    char password[BUNDLE_PASSWORD_MAX] = "", name[STORE_PATH];
    PKCS12 *p12 = NULL;
    bool ok;

    (void)snprintf(name, sizeof name, "%s.password", stem);
    ok = password_file != NULL ? read_given(password_file, password, why)
                               : read_or_draw(s, name, password, why);
    if (ok && (p12 = seal(b, password)) == NULL) {
        problem_set(why, "libcrypto makes no PKCS#12 file");
        ok = false;
    }
    (void)snprintf(name, sizeof name, "%s.p12", stem);
    ok = ok && write_der(s, name, p12, why);
    PKCS12_free(p12);
    OPENSSL_cleanse(password, sizeof password);
    return ok;
}
