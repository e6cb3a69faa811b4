#include "control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* One that is connected. It sends a line, gets a line, and may go on. */
struct control_client {
    uv_pipe_t pipe;
    uv_timer_t patience; /* for a whole request, and for the answer to be taken */
    uv_write_t write;
    struct control *control; /* NULL once the control is closed */
    char request[CONTROL_REQUEST_MAX];
    size_t len;
    char *answer; /* on its way; nothing is read meanwhile */
    unsigned handles;
    bool last; /* close it when the answer is gone */
};

static void read_on(struct control_client *client);

/* --- The end of a client ----------------------------------------------------------------- */

static void forget(const struct control_client *client)
{
    struct control *c = client->control;
    size_t i;

    for (i = 0; c != NULL && i < CONTROL_CLIENTS_MAX; i++) {
        if (c->clients[i] == client)
            c->clients[i] = NULL;
    }
}

static void on_closed(uv_handle_t *handle)
{
    struct control_client *client = handle->data;

    if (--client->handles > 0)
        return;
    free(client->answer);
    free(client);
}

static void drop(struct control_client *client)
{
    if (uv_is_closing((const uv_handle_t *)&client->pipe))
        return;
    forget(client);
    uv_close((uv_handle_t *)&client->pipe, on_closed);
    uv_close((uv_handle_t *)&client->patience, on_closed);
}

static void on_impatient(uv_timer_t *timer)
{
    drop(timer->data);
}

static void be_patient(struct control_client *client)
{
    uv_update_time(client->patience.loop); /* an answer may have taken its time */
    (void)uv_timer_start(&client->patience, on_impatient, CONTROL_PATIENCE_MS, 0);
}

/* --- Answers ----------------------------------------------------------------------------- */

static void on_written(uv_write_t *write, int status)
{
    struct control_client *client = write->data;

    free(client->answer);
    client->answer = NULL;
    if (status != 0 || client->last)
        drop(client);
    else if (!uv_is_closing((const uv_handle_t *)&client->pipe))
        read_on(client);
}

/* Takes `answer`. */
static void send_answer(struct control_client *client, json_t *answer)
{
    char *text = answer != NULL ? json_dumps(answer, JSON_COMPACT) : NULL;
    size_t len = text != NULL ? strlen(text) : 0;
    uv_buf_t buf;

    json_decref(answer);
    if (text == NULL) {
        drop(client);
        return;
    }
    text[len] = '\n'; /* in the place of the terminator, which nobody needs any more */
    client->answer = text;
    (void)uv_read_stop((uv_stream_t *)&client->pipe);
    be_patient(client);
    buf = uv_buf_init(text, (unsigned)(len + 1));
    client->write.data = client;
    if (uv_write(&client->write, (uv_stream_t *)&client->pipe, &buf, 1, on_written) != 0)
        drop(client);
}

static json_t *refusal(const char *why)
{
    return json_pack("{s:b, s:s}", "ok", 0, "error", why);
}

/* --- Requests ---------------------------------------------------------------------------- */

static const struct control_command *find(const struct control_set *set, const char *name)
{
    size_t i;

    for (i = 0; i < set->n_commands; i++) {
        if (strcmp(set->commands[i].name, name) == 0)
            return &set->commands[i];
    }
    return NULL;
}

static json_t *run(struct control *c, const json_t *request)
{
    const char *name = json_string_value(json_object_get(request, "command"));
    const struct control_command *command = NULL;
    const struct control_set *set = NULL;
    struct problem why = { "" };
    json_t *result;
    size_t i;

    for (i = 0; name != NULL && command == NULL && i < c->config.n_sets; i++) {
        set = &c->config.sets[i];
        command = find(set, name);
    }
    if (command == NULL)
        return refusal(name != NULL ? "there is no such command" : "\"command\" is missing");
    result = command->run(set->user, request, &why);
    if (result == NULL)
        return refusal(why.text);
    return json_pack("{s:b, s:o}", "ok", 1, "result", result);
}

/* Is the nesting within bounds? The parser recurses. */
static bool is_shallow(const char *text, size_t len)
{
    unsigned depth = 0;
    size_t i;

    for (i = 0; i < len; i++) {
        if ((text[i] == '{' || text[i] == '[') && ++depth > CONTROL_DEPTH_MAX)
            return false;
    }
    return true;
}

static void take_request(struct control_client *client, size_t len)
{
    json_t *request = is_shallow(client->request, len)
                          ? json_loadb(client->request, len, JSON_REJECT_DUPLICATES, NULL)
                          : NULL;
    json_t *answer;

    answer = json_is_object(request) ? run(client->control, request)
                                     : refusal("a request is one JSON object in one line");
    client->last = !json_is_object(request);
    json_decref(request);
    send_answer(client, answer);
}

/* Takes the line out of the room, if there is one. */
static bool take_line(struct control_client *client)
{
    const char *end = memchr(client->request, '\n', client->len);
    size_t len;

    if (end == NULL)
        return false;
    len = (size_t)(end - client->request);
    take_request(client, len);
    client->len -= len + 1;
    memmove(client->request, client->request + len + 1, client->len);
    return true;
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct control_client *client = handle->data;

    (void)suggested;
    *buf =
        uv_buf_init(client->request + client->len, (unsigned)(CONTROL_REQUEST_MAX - client->len));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct control_client *client = stream->data;

    (void)buf;
    if (n < 0) {
        drop(client);
        return;
    }
    client->len += (size_t)n;
    if (!take_line(client) && client->len == CONTROL_REQUEST_MAX) {
        client->last = true;
        send_answer(client, refusal("the request is too long"));
    }
}

static void read_on(struct control_client *client)
{
    be_patient(client); /* also with one that says nothing: places are few */
    if (take_line(client))
        return;
    if (uv_read_start((uv_stream_t *)&client->pipe, on_room, on_read) != 0)
        drop(client);
}

/* --- Clients ----------------------------------------------------------------------------- */

static bool add(struct control *c, struct control_client *client)
{
    size_t i;

    for (i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        if (c->clients[i] == NULL) {
            c->clients[i] = client;
            return true;
        }
    }
    return false;
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct control *c = listener->data;
    struct control_client *client = status == 0 ? calloc(1, sizeof *client) : NULL;

    if (client == NULL)
        return;
    client->control = c;
    (void)uv_pipe_init(listener->loop, &client->pipe, 0);
    (void)uv_timer_init(listener->loop, &client->patience);
    client->pipe.data = client->patience.data = client;
    client->handles = 2;
    if (uv_accept(listener, (uv_stream_t *)&client->pipe) != 0 || !add(c, client)) {
        drop(client);
        return;
    }
    be_patient(client);
    if (uv_read_start((uv_stream_t *)&client->pipe, on_room, on_read) != 0)
        drop(client);
}

/* --- The socket -------------------------------------------------------------------------- */

/* A process that died leaves its socket behind: nobody listens on it. */
static void remove_stale(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    struct stat st;
    int fd;

    if (lstat(path, &st) != 0 || !S_ISSOCK(st.st_mode))
        return;
    memcpy(address.sun_path, path, strlen(path) + 1);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return;
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0 &&
        errno == ECONNREFUSED)
        (void)unlink(path);
    (void)close(fd);
}

bool control_open(struct control *c, uv_loop_t *loop, const struct control_config *config,
                  struct problem *why)
{
    const size_t room = sizeof((struct sockaddr_un *)NULL)->sun_path;
    mode_t mask;
    int err;

    *c = (struct control){ .config = *config };
    if (strlen(config->path) >= room) {
        problem_set(why, "the path of the control socket is longer than %zu octets: %s",
                    room - 1, config->path);
        return false;
    }
    remove_stale(config->path);
    (void)uv_pipe_init(loop, &c->listener, 0);
    c->listener.data = c;
    mask = umask(S_IRWXG | S_IRWXO | S_IXUSR);
    err = uv_pipe_bind(&c->listener, config->path);
    (void)umask(mask);
    if (err == 0)
        err = uv_listen((uv_stream_t *)&c->listener, CONTROL_CLIENTS_MAX, on_connection);
    c->open = true;
    if (err == 0)
        return true;
    problem_set(why, "cannot listen on the control socket %s: %s%s", config->path,
                uv_strerror(err),
                err == UV_EADDRINUSE ? ": does another process run with this configuration?" : "");
    control_close(c);
    return false;
}

void control_close(struct control *c)
{
    size_t i;

    if (!c->open)
        return;
    c->open = false;
    for (i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        if (c->clients[i] != NULL) {
            struct control_client *client = c->clients[i];

            drop(client);
            client->control = NULL;
        }
    }
    uv_close((uv_handle_t *)&c->listener, NULL); /* unlinks what it has bound */
}
