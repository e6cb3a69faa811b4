#include "pem.h"

#include <openssl/buffer.h>
#include <openssl/pem.h>

bool pem_open(struct pem *p)
{
    p->bio = BIO_new(BIO_s_secmem());
    return p->bio != NULL;
}

ike2_bytes pem_text(const struct pem *p)
{
    char *text = NULL;
    long len = BIO_get_mem_data(p->bio, &text);

    return (ike2_bytes){ .ptr = (const uint8_t *)text, .len = len > 0 ? (size_t)len : 0 };
}

void pem_close(struct pem *p)
{
    BIO_free(p->bio); /* wipes */
}

static bool finish(const struct store *s, const char *name, struct pem *p, bool written,
                   struct problem *why)
{
    bool ok = written;

    if (!written)
        problem_set(why, "%s/%s: out of memory", s->dir, name);
    else
        ok = store_write(s, name, pem_text(p), STORE_PUBLIC, why);
    pem_close(p);
    return ok;
}

bool pem_write_certificate(const struct store *s, const char *name, X509 *x, struct problem *why)
{
    struct pem p;

    return finish(s, name, &p, pem_open(&p) && PEM_write_bio_X509(p.bio, x) == 1, why);
}

bool pem_write_crl(const struct store *s, const char *name, X509_CRL *crl, struct problem *why)
{
    struct pem p;

    return finish(s, name, &p, pem_open(&p) && PEM_write_bio_X509_CRL(p.bio, crl) == 1, why);
}

X509 *pem_load_certificate(const struct store *s, const char *name, struct problem *why)
{
    struct file_text text;
    X509 *x;
    BIO *bio;

    if (!store_read(s, name, &text, why))
        return NULL;
    bio = BIO_new_mem_buf(text.text, (int)text.len);
    x = bio != NULL ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    file_free(&text);
    if (x == NULL)
        problem_set(why, "%s/%s holds no certificate", s->dir, name);
    return x;
}
