#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Under the lock there is one writer, so one name is enough. */
static const char scratch[] = ".new";

static const char *const folders[] = { "servers", "clients", "issued", "retired" };

static bool fail(struct problem *why, const struct store *s, const char *what, const char *name)
{
    problem_set(why, "cannot %s %s%s%s: %s", what, s->dir, name != NULL ? "/" : "",
                name != NULL ? name : "", strerror(errno));
    return false;
}

bool store_open(struct store *s, const char *dir, struct problem *why)
{
    *s = (struct store){ .dir = dir, .fd = -1 };
    s->fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s->fd < 0)
        return fail(why, s, "open", NULL);
    if (flock(s->fd, LOCK_EX) == 0)
        return true;
    (void)fail(why, s, "lock", NULL);
    store_close(s);
    return false;
}

bool store_make(struct store *s, const char *dir, struct problem *why)
{
    size_t i;

    *s = (struct store){ .dir = dir, .fd = -1 };
    if (mkdir(dir, S_IRWXU) != 0 && errno != EEXIST)
        return fail(why, s, "make", NULL);
    if (!store_open(s, dir, why))
        return false;
    for (i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        if (mkdirat(s->fd, folders[i], S_IRWXU) != 0 && errno != EEXIST) {
            (void)fail(why, s, "make", folders[i]);
            store_close(s);
            return false;
        }
    }
    return true;
}

void store_close(struct store *s)
{
    if (s->fd >= 0)
        (void)close(s->fd); /* unlocks */
    s->fd = -1;
}

void store_path(const struct store *s, const char *name, char path[STORE_PATH])
{
    (void)snprintf(path, STORE_PATH, "%s/%s", s->dir, name);
}

bool store_has(const struct store *s, const char *name)
{
    struct stat st;

    return fstatat(s->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

bool store_read(const struct store *s, const char *name, struct file_text *out, struct problem *why)
{
    char path[STORE_PATH];

    store_path(s, name, path);
    return file_read(path, out, why);
}

bool store_read_secret(const struct store *s, const char *name, struct file_text *out,
                       struct problem *why)
{
    char path[STORE_PATH];
    bool shared;

    store_path(s, name, path);
    if (!file_read_secret(path, out, &shared, why))
        return false;
    if (!shared)
        return true;
    problem_set(why, "%s is open to other users, so it may be known to them: chmod 600 %s", path,
                path);
    file_free(out);
    return false;
}

/* --- Writing ----------------------------------------------------------------------------- */

/* Unlinked first: after a power cut it may be a second name of a file that is finished. */
static bool write_scratch(const struct store *s, ike2_bytes text, mode_t mode)
{
    bool ok;
    int fd;

    if (unlinkat(s->fd, scratch, 0) != 0 && errno != ENOENT)
        return false;
    fd = openat(s->fd, scratch, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                S_IRUSR | S_IWUSR);
    if (fd < 0)
        return false;
    ok = file_write(fd, text) && fchmod(fd, mode) == 0 && fsync(fd) == 0;
    return close(fd) == 0 && ok;
}

/* The directory that `name` lies in. */
static bool sync_folder(const struct store *s, const char *name)
{
    char folder[STORE_PATH] = ".";
    const char *slash = strrchr(name, '/');
    bool ok;
    int fd;

    if (slash != NULL)
        (void)snprintf(folder, sizeof folder, "%.*s", (int)(slash - name), name);
    fd = openat(s->fd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ok = fsync(fd) == 0;
    (void)close(fd);
    return ok;
}

bool store_write(const struct store *s, const char *name, ike2_bytes text, enum store_how how,
                 struct problem *why)
{
    mode_t mode = S_IRUSR | S_IWUSR | (how == STORE_PUBLIC ? S_IRGRP | S_IROTH : 0u);
    bool ok = write_scratch(s, text, mode);

    if (ok && how == STORE_SECRET) /* link(2) is the rename that never replaces */
        ok = linkat(s->fd, scratch, s->fd, name, 0) == 0 && unlinkat(s->fd, scratch, 0) == 0;
    else if (ok)
        ok = renameat(s->fd, scratch, s->fd, name) == 0;
    ok = ok && sync_folder(s, name) && fsync(s->fd) == 0;
    return ok || fail(why, s, "write", name);
}

bool store_move(const struct store *s, const char *from, const char *to, struct problem *why)
{
    bool ok = linkat(s->fd, from, s->fd, to, 0) == 0 && sync_folder(s, to) &&
              unlinkat(s->fd, from, 0) == 0 && sync_folder(s, from);

    return ok || fail(why, s, "move", from);
}
