#include "crl_cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "file.h"

enum { HASH_OCTETS = 32 };

static const char ending[] = ".crl", unfinished[] = "XXXXXX.crl";

static bool name_of(const char *directory, const char *url, char path[PATH_MAX])
{
    uint8_t hash[HASH_OCTETS];
    char hex[2 * HASH_OCTETS + 1];
    int len;

    if (EVP_Digest(url, strlen(url), hash, NULL, EVP_sha256(), NULL) != 1)
        return false;
    for (size_t i = 0; i < HASH_OCTETS; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    len = snprintf(path, PATH_MAX, "%s/%s%s", directory, hex, ending);
    return len > 0 && len < PATH_MAX;
}

void crl_cache_read(const char *directory, const char *url, uint8_t **octets, size_t *len)
{
    struct file_text file = { NULL, 0 };
    struct problem why;
    char path[PATH_MAX];

    *octets = NULL;
    *len = 0;
    if (!name_of(directory, url, path) || !file_read(path, &file, &why))
        return;
    *octets = (uint8_t *)file.text;
    *len = file.len;
}

/* --- Room ------------------------------------------------------------------------------------ */

struct census {
    size_t n;
    char oldest[NAME_MAX + 1];
    struct timespec since;
};

static bool is_before(struct timespec a, struct timespec b)
{
    return a.tv_sec != b.tv_sec ? a.tv_sec < b.tv_sec : a.tv_nsec < b.tv_nsec;
}

static void count(struct census *c, DIR *directory)
{
    const struct dirent *entry;
    struct stat st;

    while ((entry = readdir(directory)) != NULL) {
        size_t len = strlen(entry->d_name);

        if (len < sizeof ending || strcmp(entry->d_name + len - (sizeof ending - 1), ending) != 0 ||
            fstatat(dirfd(directory), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        if (c->n++ == 0 || is_before(st.st_mtim, c->since)) {
            memcpy(c->oldest, entry->d_name, len + 1);
            c->since = st.st_mtim;
        }
    }
}

/* Files that were never finished age like the others. */
static void make_room(const char *path)
{
    struct census c = { .n = 0 };
    DIR *directory = opendir(path);

    if (directory == NULL)
        return;
    count(&c, directory);
    if (c.n >= CRL_CACHE_FILES_MAX)
        (void)unlinkat(dirfd(directory), c.oldest, 0);
    (void)closedir(directory);
}

/* --- Writing --------------------------------------------------------------------------------- */

static bool write_new(char *path, ike2_bytes octets)
{
    int fd = mkostemps(path, (int)sizeof ending - 1, O_CLOEXEC);
    bool ok;

    if (fd < 0)
        return false;
    ok = file_write(fd, octets);
    if (close(fd) == 0 && ok)
        return true;
    (void)unlink(path);
    return false;
}

bool crl_cache_write(const char *directory, const char *url, ike2_bytes octets, struct problem *why)
{
    char path[PATH_MAX], fresh[PATH_MAX];
    int len = snprintf(fresh, sizeof fresh, "%s/%s", directory, unfinished);

    if (!name_of(directory, url, path) || len < 0 || len >= PATH_MAX) {
        problem_set(why, "%s: no CRL can be kept in there: the name is too long", directory);
        return false;
    }
    make_room(directory);
    if (write_new(fresh, octets)) {
        if (rename(fresh, path) == 0)
            return true;
        (void)unlink(fresh);
    }
    problem_set(why, "%s: a CRL cannot be kept in there: %s", directory, strerror(errno));
    return false;
}
