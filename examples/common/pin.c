#include "pin.h"

#include <stdlib.h>
#include <string.h>

#include "file.h"

/* Without one trailing newline. */
static bool take(const char *text, size_t len, const char *source, struct pin *out,
                 struct problem *why)
{
    if (len > 0 && text[len - 1] == '\n')
        len--;
    if (len > PIN_MAX || memchr(text, '\n', len) != NULL) {
        problem_set(why, "%s: a PIN is one line of at most %d octets", source, PIN_MAX);
        return false;
    }
    memcpy(out->text, text, len);
    out->len = len;
    return true;
}

static bool take_file(const char *path, struct pin *out, struct problem *why)
{
    struct file_text file;
    bool shared, ok;

    if (!file_read_secret(path, &file, &shared, why))
        return false;
    ok = take(file.text, file.len, path, out, why);
    file_free(&file);
    if (ok && out->len == 0) {
        problem_set(why, "%s holds no PIN: put it into it as one line", path);
        return false;
    }
    if (ok && shared)
        problem_set(why, "warning: %s is open to other users: chmod 600 %s", path, path);
    return ok;
}

bool pin_read(const char *file, struct pin *out, struct problem *why)
{
    const char *variable = getenv(PIN_VARIABLE);

    *out = (struct pin){ .len = 0 };
    why->text[0] = '\0';
    if (file != NULL)
        return take_file(file, out, why);
    return variable == NULL || take(variable, strlen(variable), PIN_VARIABLE, out, why);
}

void pin_forget(struct pin *p)
{
    explicit_bzero(p, sizeof *p);
}
