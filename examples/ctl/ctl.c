/* ikev2ctl - asks a running ikev2-server or ikev2-client, and tells it things. This file reads the
 * command line. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "common/nearest.h"
#include "common/outcome.h"
#include "failures.h"
#include "request.h"
#include "show.h"

enum { EXIT_REFUSED = EXIT_OTHER };

struct command {
    const char *name;
    enum request_form form;
    const char *argument; /* what to call it; "" = none */
    void (*show)(json_t *result);
    const char *help;
};

static const struct command commands[] = {
    { "sas", REQUEST_PLAIN, "", show_sas, "the IKE SAs and their Child SAs" },
    { "connections", REQUEST_PLAIN, "", show_connections, "what is configured; also: conns" },
    { "pools", REQUEST_PLAIN, "", show_pools, "addresses of clients, and who has them" },
    { "rekey", REQUEST_ANY_SA, "[ike|child] SA", show_order, "gives SAs new keys" },
    { "reauth", REQUEST_SA, "SA", show_order, "proves anew who both sides are" },
    { "terminate", REQUEST_ANY_SA, "[ike|child] SA", show_order, "deletes SAs" },
    { "log", REQUEST_LOG, "[LEVEL]", show_log,
      "the last failures; or logs error, warn, info, debug or trace from now on" },
    { "stats", REQUEST_PLAIN, "", show_stats, "counters" },
    { "reload", REQUEST_PLAIN, "", show_reload, "reads the configuration again" },
};
enum { N_COMMANDS = sizeof commands / sizeof commands[0] };

static void print_help(void)
{
    char name[40];
    size_t i;

    (void)printf("usage: ikev2ctl [--socket PATH] [--json] COMMAND\n\n");
    for (i = 0; i < N_COMMANDS; i++) {
        (void)snprintf(name, sizeof name, "%s %s", commands[i].name, commands[i].argument);
        (void)printf("  %-24s %s\n", name, commands[i].help);
    }
    (void)printf(
        "\n  SA is an id as 'sas' shows it, the name of a connection, a peer's identity, or,\n"
        "  for Child SAs, a name in the configuration; or --all\n"
        "\n  --socket PATH    of the program's control socket [/run/ikev2/control.sock]\n"
        "  --all            all SAs\n"
        "  --last N         the newest N failures\n"
        "  --json           the answer as it came\n"
        "  --help           this text\n"
        "\nexit codes: 0 ok, 1 it refuses, 2 usage, 8 it is not there\n");
}

static int usage(const char *problem, const char *more)
{
    (void)fprintf(stderr, "ikev2ctl: %s%s%s; --help tells more\n", problem,
                  more != NULL ? ": " : "", more != NULL ? more : "");
    return EXIT_USAGE;
}

static const struct command *find(const char *name)
{
    size_t i;

    if (strcmp(name, "conns") == 0)
        name = "connections";
    for (i = 0; i < N_COMMANDS; i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

static int unknown(const char *name)
{
    const char *names[N_COMMANDS], *near;
    struct problem why;
    size_t i;

    for (i = 0; i < N_COMMANDS; i++)
        names[i] = commands[i].name;
    near = nearest_word(name, names, N_COMMANDS);
    if (near == NULL)
        return usage("there is no such command", name);
    problem_set(&why, "there is no such command; did you mean %s?", near);
    return usage(why.text, NULL);
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
        (void)json_dumpf(result, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
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
        { "all", no_argument, NULL, 'a' },
        { "last", required_argument, NULL, 'l' },
        { "help", no_argument, NULL, 'h' },
        { 0 },
    };
    const char *socket = "/run/ikev2/control.sock";
    struct problem why = { "" };
    const struct command *c;
    json_t *request;
    struct request_options options = { 0 };
    bool json = false;
    int key;

    while ((key = getopt_long(argc, argv, "", table, NULL)) != -1) {
        if (key == '?')
            return usage("see the line above", NULL);
        if (key == 'h') {
            print_help();
            return EXIT_OK;
        }
        if (key == 's')
            socket = optarg;
        if (key == 'j')
            json = true;
        if (key == 'a')
            options.all = true;
        if (key == 'l')
            options.last = optarg;
    }
    if (optind == argc)
        return usage("name a command", NULL);
    c = find(argv[optind]);
    if (c == NULL)
        return unknown(argv[optind]);
    optind++;
    request = request_make(c->name, c->form, argv + optind, argc - optind, &options, &why);
    if (request == NULL)
        return usage(c->name, why.text);
    return run(c, request, socket, json);
}
