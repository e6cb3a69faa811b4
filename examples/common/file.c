#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What can be read: without stdio, whose buffers would keep a copy of a secret. */
static int open_regular(const char *path, struct stat *st, struct problem *why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0) {
        problem_set(why, "cannot read %s: %s", path, strerror(errno));
        return -1;
    }
    if (fstat(fd, st) == 0 && S_ISREG(st->st_mode))
        return fd;
    problem_set(why, "cannot read %s: it is no regular file", path);
    (void)close(fd);
    return -1;
}

/* Reads up to `cap` octets; -1 after an error. */
static ssize_t read_all(int fd, char *room, size_t cap)
{
    size_t len = 0;

    while (len < cap) {
        ssize_t n = read(fd, room + len, cap - len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        len += (size_t)n;
    }
    return (ssize_t)len;
}

static bool read_limited(const char *path, size_t most, struct file_text *out, struct stat *st,
                         struct problem *why)
{
    int fd = open_regular(path, st, why);
    char *room;
    ssize_t len;

    if (fd < 0)
        return false;
    /* One octet of room more than the size: a file that has grown meanwhile is noticed. */
    room = st->st_size >= 0 && (size_t)st->st_size <= most ? malloc((size_t)st->st_size + 2) : NULL;
    len = room != NULL ? read_all(fd, room, (size_t)st->st_size + 1) : -1;
    if (room == NULL)
        problem_set(why, "cannot read %s: it is too large", path);
    else if (len < 0)
        problem_set(why, "cannot read %s: %s", path, strerror(errno));
    else if (len > st->st_size)
        problem_set(why, "cannot read %s: it is being written", path);
    (void)close(fd);
    if (len < 0 || len > st->st_size) {
        free(room);
        return false;
    }
    room[len] = '\0';
    *out = (struct file_text){ .text = room, .len = (size_t)len };
    return true;
}

bool file_read(const char *path, struct file_text *out, struct problem *why)
{
    struct stat st;

    return read_limited(path, FILE_MAX, out, &st, why);
}

bool file_read_secret(const char *path, struct file_text *out, bool *shared, struct problem *why)
{
    struct stat st;

    if (!read_limited(path, SECRET_MAX, out, &st, why))
        return false;
    *shared = (st.st_mode & (S_IRWXG | S_IRWXO)) != 0;
    return true;
}

void file_free(struct file_text *f)
{
    if (f->text != NULL)
        explicit_bzero(f->text, f->len);
    free(f->text);
    *f = (struct file_text){ 0 };
}

bool file_write(int fd, ike2_bytes octets)
{
    while (octets.len > 0) {
        ssize_t n = write(fd, octets.ptr, octets.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        octets.ptr += n;
        octets.len -= (size_t)n;
    }
    return true;
}
