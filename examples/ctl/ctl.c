/* ikev2ctl - asks a running ikev2-server, and tells it things. This file reads the command line. */
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "common/nearest.h"
#include "common/outcome.h"
#include "show.h"

enum { EXIT_REFUSED = EXIT_OTHER };

struct command {
    const char *name;
    const char *argument; /* what to call it; NULL: takes none */
    const char *key;      /* of the request */
    void (*show)(json_t *result);
    const char *help;
};

static const struct command commands[] = {
    { "sas", NULL, NULL, show_sas, "the IKE SAs and their Child SAs" },
    { "connections", NULL, NULL, show_connections, "what is configured" },
    { "rekey", "ID", "id", show_rekey, "gives the IKE SA or Child SA with this id new keys" },
    { "terminate", "ID", "id", show_terminate, "deletes the IKE SA or Child SA with this id" },
    { "log", "LEVEL", "level", show_log, "logs error, warn, info, debug or trace from now on" },
    { "stats", NULL, NULL, show_stats, "counters" },
    { "reload", NULL, NULL, show_reload, "reads the configuration again" },
};
enum { N_COMMANDS = sizeof commands / sizeof commands[0] };

static void print_help(void)
{
    char name[40];
    size_t i;

    (void)printf("usage: ikev2ctl [--socket PATH] [--json] COMMAND\n\n");
    for (i = 0; i < N_COMMANDS; i++) {
        (void)snprintf(name, sizeof name, "%s %s", commands[i].name,
                       commands[i].argument != NULL ? commands[i].argument : "");
        (void)printf("  %-16s %s\n", name, commands[i].help);
    }
    (void)printf("\n  --socket PATH    of the server's control socket [/run/ikev2/control.sock]\n"
                 "  --json           the answer as it came\n"
                 "  --help           this text\n"
                 "\nexit codes: 0 ok, 1 the server refuses, 2 usage, 8 the server is not there\n");
}

static int usage(const char *problem, const char *word)
{
    (void)fprintf(stderr, "ikev2ctl: %s%s; --help tells more\n", problem, word);
    return EXIT_USAGE;
}

static const struct command *find(const char *name)
{
    size_t i;

    for (i = 0; i < N_COMMANDS; i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

static int unknown(const char *name)
{
    const char *names[N_COMMANDS], *near;
    size_t i;

    for (i = 0; i < N_COMMANDS; i++)
        names[i] = commands[i].name;
    near = nearest_word(name, names, N_COMMANDS);
    if (near != NULL)
        return usage("there is no such command; did you mean ", near);
    return usage("there is no command ", name);
}

/* NULL if an id is none. */
static json_t *make_request(const struct command *c, const char *argument)
{
    json_t *value = NULL;
    char *end = NULL;
    long long id;

    if (c->argument == NULL)
        return json_pack("{s:s}", "command", c->name);
    if (strcmp(c->argument, "ID") == 0) {
        id = strtoll(argument, &end, 10);
        value = *argument != '\0' && *end == '\0' && id > 0 ? json_integer(id) : NULL;
    } else {
        value = json_string(argument);
    }
    return value != NULL ? json_pack("{s:s, s:o}", "command", c->name, c->key, value) : NULL;
}

static int run(const struct command *c, json_t *request, const char *socket, bool json)
{
    struct problem why = { "" };
    int refused = 0;
    json_t *result = client_ask(socket, request, &refused, &why);

    if (result == NULL) {
        (void)fprintf(stderr, "ikev2ctl: %s\n", why.text);
        return refused ? EXIT_REFUSED : EXIT_LOCAL;
    }
    if (json) {
        (void)json_dumpf(result, stdout, JSON_INDENT(2));
        (void)putchar('\n');
    } else {
        c->show(result);
    }
    json_decref(result);
    return EXIT_OK;
}

int main(int argc, char **argv)
{
    static const struct option table[] = {
        { "socket", required_argument, NULL, 's' },
        { "json", no_argument, NULL, 'j' },
        { "help", no_argument, NULL, 'h' },
        { 0 },
    };
    const char *socket = "/run/ikev2/control.sock";
    const struct command *c;
    json_t *request;
    bool json = false;
    int key;

    while ((key = getopt_long(argc, argv, "", table, NULL)) != -1) {
        if (key == '?')
            return usage("see the line above", "");
        if (key == 'h') {
            print_help();
            return EXIT_OK;
        }
        if (key == 's')
            socket = optarg;
        if (key == 'j')
            json = true;
    }
    if (optind == argc)
        return usage("name a command", "");
    c = find(argv[optind]);
    if (c == NULL)
        return unknown(argv[optind]);
    if (argc - optind != (c->argument != NULL ? 2 : 1))
        return usage(c->argument != NULL ? "it takes one argument: " : "it takes no argument: ",
                     c->name);
    request = make_request(c, argv[optind + 1]);
    if (request == NULL)
        return usage("no id, as 'sas' shows it: ", argv[optind + 1]);
    return run(c, request, socket, json);
}
