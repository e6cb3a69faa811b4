#include "notice.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <jansson.h>

/* --- systemd ----------------------------------------------------------------------------- */

/* One datagram to the socket it names, sd_notify(3). */
static void tell_systemd(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    size_t len = path != NULL ? strlen(path) : 0;
    int fd;

    if (len < 2 || len >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@'))
        return;
    memcpy(address.sun_path, path, len);
    if (path[0] == '@')
        address.sun_path[0] = '\0';
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    (void)sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&address,
                 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
    (void)close(fd);
}

void notice_stopping(void)
{
    tell_systemd("STOPPING=1");
}

/* --- stdout ------------------------------------------------------------------------------ */

static void print_json(json_t *object)
{
    (void)json_dumpf(object, stdout, JSON_COMPACT);
    (void)putchar('\n');
    (void)fflush(stdout);
    json_decref(object);
}

void notice_ready(const struct transport *t, bool json)
{
    char ike[UDP_ADDR_TEXT], natt[UDP_ADDR_TEXT];
    json_t *list = json_array();
    size_t i;

    for (i = 0; i + 1 < t->n_sockets; i += 2) {
        udp_addr_text(&t->sockets[i].local, ike, sizeof ike);
        udp_addr_text(&t->sockets[i + 1].local, natt, sizeof natt);
        if (!json)
            (void)printf("listening ike=%s natt=%s\n", ike, natt);
        (void)json_array_append_new(list, json_pack("{s:s, s:s}", "ike", ike, "natt", natt));
    }
    if (json) {
        print_json(json_pack("{s:s, s:i, s:i, s:o}", "event", "ready", "port",
                             (int)t->sockets[0].local.port, "natt_port",
                             (int)t->sockets[1].local.port, "listening", list));
    } else {
        (void)printf("ready port=%u natt-port=%u\n", t->sockets[0].local.port,
                     t->sockets[1].local.port);
        (void)fflush(stdout);
        json_decref(list);
    }
    tell_systemd("READY=1");
}

/* --- What is wrong ----------------------------------------------------------------------- */

void notice_problem(bool json, const struct problem *why)
{
    if (json)
        print_json(json_pack("{s:b, s:[{s:s}]}", "ok", 0, "problems", "text", why->text));
    else
        (void)fprintf(stderr, "ikev2-server: %s\n", why->text);
}

static json_t *problem_object(const struct config_problem *p)
{
    json_t *object = json_pack("{s:s, s:s}", "file", p->place.file, "text", p->why.text);

    if (p->place.line != 0)
        (void)json_object_set_new(object, "line", json_integer(p->place.line));
    return object;
}

/* As one array; in text, one line each on stderr. */
static json_t *list_problems(const struct config *c, bool json, bool are_warnings)
{
    char text[2 * PROBLEM_TEXT];
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < c->n_problems; i++) {
        struct config_problem p = c->problems[i];

        (void)json_array_append_new(list, problem_object(&p));
        if (are_warnings)
            problem_prefix(&p.why, "warning");
        config_problem_text(&p, text, sizeof text);
        if (!json)
            (void)fprintf(stderr, "%s\n", text);
    }
    return list;
}

void notice_config(const struct config *c, bool json)
{
    json_t *list = list_problems(c, json, false);

    if (json)
        print_json(json_pack("{s:b, s:o}", "ok", 0, "problems", list));
    else
        json_decref(list);
}

void notice_checked(const struct config *c, bool json)
{
    json_t *list = list_problems(c, json, true), *object;

    if (json) {
        object = json_pack("{s:b, s:I}", "ok", 1, "connections", (json_int_t)c->n_connections);
        if (json_array_size(list) > 0)
            (void)json_object_set(object, "warnings", list);
        print_json(object);
    } else {
        (void)printf("ok: %zu connection%s\n", c->n_connections, c->n_connections == 1 ? "" : "s");
    }
    json_decref(list);
}
