/* vectors/text.c - whole files in memory: lines of vectors can be of any length. */
#include "vectors/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct text_octets {
    struct text_octets *next;
    uint8_t *octets;
};

const char *vectors_directory(void)
{
    const char *directory = getenv("IKE2_VECTORS");
    struct stat st;

    if (directory == NULL || directory[0] == '\0')
        directory = "../shared/vectors";
    return stat(directory, &st) == 0 && S_ISDIR(st.st_mode) ? directory : NULL;
}

static bool read_all(FILE *file, struct text *t)
{
    long size;

    if (fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0)
        return false;
    rewind(file);
    t->len = (size_t)size;
    t->chars = malloc(t->len + 1);
    if (t->chars == NULL || fread(t->chars, 1, t->len, file) != t->len)
        return false;
    t->chars[t->len] = '\0';
    return true;
}

bool text_open(struct text *t, const char *name)
{
    const char *directory = vectors_directory();
    char path[4096];

    *t = (struct text){ 0 };
    return directory != NULL &&
           snprintf(path, sizeof path, "%s/%s", directory, name) < (int)sizeof path &&
           text_open_path(t, path);
}

bool text_open_path(struct text *t, const char *path)
{
    FILE *file = fopen(path, "rb");
    bool good;

    *t = (struct text){ 0 };
    if (file == NULL)
        return false;
    good = read_all(file, t);
    (void)fclose(file);
    if (!good)
        text_close(t);
    return good;
}

void text_close(struct text *t)
{
    while (t->made != NULL) {
        struct text_octets *next = t->made->next;

        free(t->made->octets);
        free(t->made);
        t->made = next;
    }
    free(t->chars);
    *t = (struct text){ 0 };
}

static int nibble(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;

    return at != NULL ? (int)(at - digits) % 16 : -1;
}

static bool fill(uint8_t *out, const char *hex, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        int high = nibble(hex[2 * i]), low = nibble(hex[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high * 16 + low);
    }
    return true;
}

bool text_hex(struct text *t, const char *hex, ike2_bytes *out)
{
    size_t len = strlen(hex) / 2;
    struct text_octets *made = calloc(1, sizeof *made);

    if (made == NULL)
        return false;
    made->next = t->made;
    t->made = made;
    made->octets = malloc(len != 0 ? len : 1);
    if (made->octets == NULL || strlen(hex) % 2 != 0 || !fill(made->octets, hex, len))
        return false;
    *out = (ike2_bytes){ .ptr = made->octets, .len = len };
    return true;
}
