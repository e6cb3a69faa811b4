#include "keystore.h"

#include <limits.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/store.h>
#include <openssl/ui.h>

/* --- Passwords --------------------------------------------------------------------------- */

/* What is cut off is wiped, as file_free will not see it. */
static void cut_line(struct file_text *f)
{
    const char *end = f->len > 0 ? memchr(f->text, '\n', f->len) : NULL;
    size_t len = end != NULL ? (size_t)(end - f->text) : f->len;

    if (len > 0 && f->text[len - 1] == '\r')
        len--;
    explicit_bzero(f->text + len, f->len - len);
    f->len = len;
}

bool passwords_read(struct passwords *p, const char *const *files, size_t n, struct problem *why)
{
    struct problem warning = { "" };
    bool shared = false;

    *p = (struct passwords){ 0 };
    for (size_t i = 0; i < n && i < PASSWORDS_MAX; i++) {
        if (!file_read_secret(files[i], &p->list[i], &shared, why)) {
            passwords_forget(p);
            return false;
        }
        p->n++;
        cut_line(&p->list[i]);
        if (shared)
            problem_set(&warning, "warning: %s is open to other users: chmod 600 %s", files[i],
                        files[i]);
    }
    *why = warning;
    return true;
}

void passwords_forget(struct passwords *p)
{
    for (size_t i = 0; i < p->n; i++)
        file_free(&p->list[i]);
    *p = (struct passwords){ 0 };
}

/* --- One attempt ------------------------------------------------------------------------- */

/* With one password, or none. */
struct attempt {
    const struct file_text *password;
    bool was_asked;
};

static int give_password(char *room, int size, int is_writing, void *user)
{
    struct attempt *a = user;

    (void)is_writing;
    a->was_asked = true;
    if (a->password == NULL || size < 0 || a->password->len > (size_t)size)
        return -1;
    if (a->password->len > 0)
        memcpy(room, a->password->text, a->password->len);
    return (int)a->password->len;
}

/* False: there are too many. */
static bool take(struct keystore *k, const OSSL_STORE_INFO *info)
{
    switch (OSSL_STORE_INFO_get_type(info)) {
    case OSSL_STORE_INFO_CERT:
        if (k->n_certificates == KEYSTORE_CERTIFICATES)
            return false;
        k->certificates[k->n_certificates++] = OSSL_STORE_INFO_get1_CERT(info);
        return true;
    case OSSL_STORE_INFO_PKEY:
        if (k->n_keys == KEYSTORE_KEYS)
            return false;
        k->keys[k->n_keys++] = OSSL_STORE_INFO_get1_PKEY(info);
        return true;
    default: return true; /* CRLs, parameters: not ours to judge */
    }
}

enum outcome { READ, BROKEN, TOO_MANY };

static enum outcome load_all(struct keystore *k, OSSL_STORE_CTX *store)
{
    OSSL_STORE_INFO *info;
    bool ok = true;

    while (ok && OSSL_STORE_eof(store) == 0) {
        info = OSSL_STORE_load(store);
        if (info == NULL && ERR_peek_error() != 0)
            return BROKEN;
        if (info != NULL)
            ok = take(k, info);
        OSSL_STORE_INFO_free(info);
    }
    return ok ? READ : TOO_MANY;
}

static enum outcome attempt(struct keystore *k, const struct file_text *file, struct attempt *a)
{
    UI_METHOD *ui = UI_UTIL_wrap_read_pem_callback(give_password, 0);
    BIO *bio = file->len <= INT_MAX ? BIO_new_mem_buf(file->text, (int)file->len) : NULL;
    OSSL_STORE_CTX *store = NULL;
    enum outcome outcome = BROKEN;

    ERR_clear_error();
    if (ui != NULL && bio != NULL)
        store = OSSL_STORE_attach(bio, "file", NULL, NULL, ui, a, NULL, NULL, NULL);
    if (store != NULL)
        outcome = load_all(k, store);
    (void)OSSL_STORE_close(store);
    BIO_free(bio);
    UI_destroy_method(ui);
    return outcome;
}

/* --- All of them ------------------------------------------------------------------------- */

/* Is what it is encrypted with not in OpenSSL's default provider any more? */
static bool is_out_of_use(void)
{
    unsigned long e;
    bool found = false;

    while ((e = ERR_get_error()) != 0)
        found = found || (ERR_GET_LIB(e) == ERR_LIB_EVP && ERR_GET_REASON(e) == ERR_R_UNSUPPORTED);
    return found;
}

static void say_broken(const char *file, const struct passwords *passwords,
                       const struct attempt *last, struct problem *why)
{
    if (is_out_of_use())
        problem_set(why,
                    "%s is encrypted with an algorithm of the past, such as RC2: convert it with "
                    "openssl pkcs12 -legacy -in %s -out NEW.pem, and name that file",
                    file, file);
    else if (last->was_asked && passwords->n == 0)
        problem_set(why, "%s is encrypted: name the file with its password, key-password-file",
                    file);
    else if (last->was_asked)
        problem_set(why, "%s is encrypted, and the password is wrong: check key-password-file",
                    file);
    else
        problem_set(why, "%s is damaged: part of it is no certificate and no key", file);
}

static bool read_with(struct keystore *k, const char *file, const struct file_text *text,
                      const struct passwords *passwords, struct problem *why)
{
    struct attempt a = { 0 };
    enum outcome outcome = BROKEN;
    size_t i = 0;

    do {
        keystore_free(k);
        a = (struct attempt){ .password = i < passwords->n ? &passwords->list[i] : NULL };
        outcome = attempt(k, text, &a);
    } while (outcome == BROKEN && a.was_asked && ++i < passwords->n);
    if (outcome == BROKEN)
        say_broken(file, passwords, &a, why);
    else if (outcome == TOO_MANY)
        problem_set(why, "%s holds more than %d certificates or %d keys", file,
                    (int)KEYSTORE_CERTIFICATES, (int)KEYSTORE_KEYS);
    else if (k->n_certificates + k->n_keys == 0)
        problem_set(why,
                    "%s holds no certificate and no private key: PEM (BEGIN CERTIFICATE, BEGIN "
                    "PRIVATE KEY), DER or PKCS #12 is expected",
                    file);
    ERR_clear_error();
    return outcome == READ && k->n_certificates + k->n_keys > 0;
}

bool keystore_read(struct keystore *k, const char *file, const struct passwords *passwords,
                   struct problem *why)
{
    struct file_text text;
    bool shared = false, ok;

    *k = (struct keystore){ 0 };
    why->text[0] = '\0';
    if (!file_read_secret(file, &text, &shared, why))
        return false;
    ok = read_with(k, file, &text, passwords, why);
    file_free(&text);
    if (!ok)
        keystore_free(k);
    else if (shared && k->n_keys > 0)
        problem_set(why, "warning: %s is open to other users: chmod 600 %s", file, file);
    return ok;
}

void keystore_free(struct keystore *k)
{
    for (size_t i = 0; i < k->n_certificates; i++)
        X509_free(k->certificates[i]);
    for (size_t i = 0; i < k->n_keys; i++)
        EVP_PKEY_free(k->keys[i]);
    *k = (struct keystore){ 0 };
}
