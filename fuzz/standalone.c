/* fuzz/standalone.c - replays inputs without libFuzzer: fuzz_NOUN FILE-OR-DIRECTORY... Files that
 * end in ".hex" are hex text, in which '#' begins a comment; all others are taken as they are. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "tally.h"

enum { EXIT_SKIPPED = 77, PATH_OCTETS_MAX = 4096, INPUT_OCTETS_MAX = 1 << 20 };

struct replay {
    size_t n_inputs;
    bool failed;
};

static bool is_hex_name(const char *path)
{
    size_t len = strlen(path);

    return len >= 4 && strcmp(path + len - 4, ".hex") == 0;
}

/* The value of a hexadecimal digit, or -1. */
static int digit_value(int c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c == '\0' ? NULL : strchr(digits, c);

    return at == NULL ? -1 : (int)(at - digits);
}

/* In place; what is no digit separates. False if a digit is alone. */
static bool hex_decode(uint8_t *octets, size_t *len)
{
    size_t n_digits = 0;
    bool is_comment = false;

    for (size_t i = 0; i < *len; i++) {
        int value = digit_value(octets[i]);

        is_comment = octets[i] == '#' || (is_comment && octets[i] != '\n');
        if (is_comment || value < 0)
            continue;
        octets[n_digits / 2] = (uint8_t)(n_digits % 2 == 0 ? value << 4
                                                           : octets[n_digits / 2] | value);
        n_digits++;
    }
    *len = n_digits / 2;
    return n_digits % 2 == 0;
}

/* In a block of exactly its size, so that a sanitizer sees the first octet too many. */
static void run(const uint8_t *octets, size_t len)
{
    uint8_t *exact = malloc(len != 0 ? len : 1);

    check(exact != NULL);
    memcpy(exact, octets, len);
    (void)LLVMFuzzerTestOneInput(exact, len);
    free(exact);
}

static void replay_file(struct replay *r, const char *path)
{
    static uint8_t octets[INPUT_OCTETS_MAX];
    FILE *file = fopen(path, "rb");
    size_t len;

    if (file == NULL) {
        perror(path);
        r->failed = true;
        return;
    }
    len = fread(octets, 1, sizeof octets, file);
    (void)fclose(file);
    if (is_hex_name(path) && !hex_decode(octets, &len)) {
        (void)fprintf(stderr, "%s: an odd number of digits\n", path);
        r->failed = true;
        return;
    }
    /* On standard error, at once: the last line before an abort names the culprit. */
    if (getenv("FUZZ_VERBOSE") != NULL)
        (void)fprintf(stderr, "%s\n", path);
    run(octets, len);
    r->n_inputs++;
}

static void replay_directory(struct replay *r, const char *path, DIR *directory)
{
    char name[PATH_OCTETS_MAX];
    const struct dirent *entry;

    while ((entry = readdir(directory)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        replay_file(r, name);
    }
}

int main(int argc, char **argv)
{
    struct replay r = { 0 };

    for (int i = 1; i < argc; i++) {
        DIR *directory = opendir(argv[i]);

        if (directory == NULL) {
            replay_file(&r, argv[i]);
            continue;
        }
        replay_directory(&r, argv[i], directory);
        (void)closedir(directory);
    }
    fuzz_report();
    (void)printf("%zu inputs replayed\n", r.n_inputs);
    if (r.failed)
        return EXIT_FAILURE;
    return r.n_inputs != 0 ? EXIT_SUCCESS : EXIT_SKIPPED;
}
