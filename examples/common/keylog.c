#include "keylog.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool keylog_open(struct keylog *k, const char *path, struct problem *why)
{
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);

    *k = (struct keylog){ .file = fd >= 0 ? fdopen(fd, "a") : NULL };
    if (k->file != NULL)
        return true;
    problem_set(why, "cannot write keys to %s: %s", path, strerror(errno));
    if (fd >= 0)
        (void)close(fd);
    return false;
}

void keylog_line(void *keylog, const char *line)
{
    struct keylog *k = keylog;

    if (k->file == NULL)
        return;
    (void)fprintf(k->file, "%s\n", line);
    (void)fflush(k->file); /* a capture is read while we still run */
    k->lines++;
}

bool keylog_close(struct keylog *k)
{
    bool ok = k->file == NULL || k->lines > 0;

    if (k->file != NULL)
        (void)fclose(k->file);
    *k = (struct keylog){ 0 };
    return ok;
}
