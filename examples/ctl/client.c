#include "client.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { PATIENCE_SECONDS = 10, ANSWER_MAX = 256 * 1024 * 1024 };

static void explain_connect(const char *path, int error, struct problem *why)
{
    const char *remedy = "";

    if (error == ENOENT || error == ECONNREFUSED)
        remedy = ": does ikev2-server run? --socket names its control socket";
    else if (error == EACCES)
        remedy = ": only the user that ikev2-server runs as may ask it";
    problem_set(why, "cannot connect to %s: %s%s", path, strerror(error), remedy);
}

static int connect_to(const char *path, struct problem *why)
{
    const struct timeval patience = { .tv_sec = PATIENCE_SECONDS };
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd;

    if (strlen(path) >= sizeof address.sun_path) {
        problem_set(why, "the path of the socket is too long: %s", path);
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0) {
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        return fd;
    }
    explain_connect(path, errno, why);
    if (fd >= 0)
        (void)close(fd);
    return -1;
}

static bool send_line(int fd, const json_t *request)
{
    char *text = json_dumps(request, JSON_COMPACT);
    size_t len = text != NULL ? strlen(text) : 0;
    bool ok;

    if (text == NULL)
        return false;
    text[len++] = '\n'; /* in the place of the terminator */
    ok = send(fd, text, len, MSG_NOSIGNAL) == (ssize_t)len;
    free(text);
    return ok;
}

/* One line, parsed; NULL if there is none. */
static json_t *read_answer(int fd)
{
    FILE *in = fdopen(fd, "r");
    char *line = NULL;
    size_t cap = 0;
    ssize_t len = in != NULL ? getline(&line, &cap, in) : -1;
    json_t *answer = len > 0 && len < ANSWER_MAX ? json_loadb(line, (size_t)len, 0, NULL) : NULL;

    free(line);
    if (in != NULL)
        (void)fclose(in);
    else
        (void)close(fd);
    return answer;
}

json_t *client_ask(const char *path, json_t *request, int *refused, struct problem *why)
{
    int fd = connect_to(path, why);
    bool sent = fd >= 0 && send_line(fd, request);
    json_t *answer = NULL, *result = NULL;
    const char *error;

    *refused = 0;
    json_decref(request);
    if (fd < 0)
        return NULL;
    if (sent)
        answer = read_answer(fd);
    else
        (void)close(fd);
    error = json_string_value(json_object_get(answer, "error"));
    if (json_is_true(json_object_get(answer, "ok"))) {
        result = json_incref(json_object_get(answer, "result"));
    } else {
        *refused = error != NULL;
        problem_set(why, "%s", error != NULL ? error : "the server does not answer");
    }
    json_decref(answer);
    return result;
}
