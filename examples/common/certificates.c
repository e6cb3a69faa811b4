#include "certificates.h"

#include <stdlib.h>

#include <ike2/mbedtls.h>

#include "file.h"

bool certificates_load(const char *path, ike2_bytes *out, size_t cap, size_t *n, uint8_t **octets,
                       struct problem *why)
{
    struct file_text file;
    ike2_buffer room = { 0 };
    size_t found = cap;
    ike2_err err;

    if (!file_read(path, &file, why))
        return false;
    room.cap = file.len + 1; /* DER is shorter than its PEM */
    room.ptr = malloc(room.cap);
    err = room.ptr == NULL ? IKE2_ERR_MEMORY
                           : ike2_mbedtls_certificates(file_octets(&file), &room, out, &found);
    file_free(&file);
    if (err == IKE2_OK && found > 0) {
        *n = found;
        *octets = room.ptr;
        return true;
    }
    free(room.ptr);
    if (err == IKE2_ERR_SPACE)
        problem_set(why, "%s holds more than %zu certificates", path, cap);
    else if (err == IKE2_ERR_MEMORY)
        problem_set(why, "%s: %s", path, ike2_strerror(err));
    else
        problem_set(why, "%s holds no certificate: PEM (BEGIN CERTIFICATE) or DER is expected",
                    path);
    return false;
}
