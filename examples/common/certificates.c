#include "certificates.h"

#include <stdlib.h>

#include <ike2/mbedtls.h>

#include "file.h"

/* What a file may hold, and how it is cut. */
struct kind {
    const char *one, *many, *label;
    ike2_err (*cut)(ike2_bytes text, ike2_buffer *room, ike2_bytes *out, size_t *n);
};

static const struct kind certificate = { "certificate", "certificates", "BEGIN CERTIFICATE",
                                         ike2_mbedtls_certificates };
static const struct kind crl = { "CRL", "CRLs", "BEGIN X509 CRL", ike2_mbedtls_crls };

/* What comes out of a file: at most `cap`. */
struct pieces {
    ike2_bytes *list;
    size_t cap, n;
    uint8_t *octets;
};

static bool load(const struct kind *kind, const char *path, struct pieces *out, struct problem *why)
{
    struct file_text file;
    ike2_buffer room = { 0 };
    ike2_err err;

    out->n = out->cap;
    if (!file_read(path, &file, why))
        return false;
    room.cap = file.len + 1; /* DER is shorter than its PEM */
    room.ptr = malloc(room.cap);
    err = room.ptr == NULL ? IKE2_ERR_MEMORY
                           : kind->cut(file_octets(&file), &room, out->list, &out->n);
    file_free(&file);
    out->octets = room.ptr;
    if (err == IKE2_OK && out->n > 0)
        return true;
    free(room.ptr);
    if (err == IKE2_ERR_SPACE)
        problem_set(why, "%s holds more than %zu %s", path, out->cap, kind->many);
    else if (err == IKE2_ERR_MEMORY)
        problem_set(why, "%s: %s", path, ike2_strerror(err));
    else
        problem_set(why, "%s holds no %s: PEM (%s) or DER is expected", path, kind->one,
                    kind->label);
    return false;
}

bool certificates_load(const char *path, ike2_bytes *out, size_t cap, size_t *n, uint8_t **octets,
                       struct problem *why)
{
    struct pieces pieces = { .list = out, .cap = cap };

    if (!load(&certificate, path, &pieces, why))
        return false;
    *n = pieces.n;
    *octets = pieces.octets;
    return true;
}

bool crls_load(const char *path, ike2_bytes *out, size_t cap, size_t *n, uint8_t **octets,
               struct problem *why)
{
    struct pieces pieces = { .list = out, .cap = cap };

    if (!load(&crl, path, &pieces, why))
        return false;
    *n = pieces.n;
    *octets = pieces.octets;
    return true;
}
