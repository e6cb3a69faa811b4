/* ikev2-server - an IKEv2 responder for many peers: configuration, control socket, log, data
 * planes. This file reads the command line. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "ca/ca.h"
#include "check.h"
#include "common/option.h"
#include "common/outcome.h"
#include "notice.h"
#include "service.h"

static const char help[] =
    "usage: ikev2-server run --config FILE [--journal FILE] [--json]\n"
    "       ikev2-server check --config FILE [--json]\n"
    "       ikev2-server options\n"
    "       ikev2-server ca init|server|client|revoke|crl|list|check ...\n"
    "\n"
    "  run          serves until SIGTERM or SIGINT; SIGHUP reads the configuration again\n"
    "  check        says what is wrong with the configuration, with file and line\n"
    "  options      lists all options of a configuration file, as Markdown\n"
    "  ca           a certificate authority, and a check of certificates; ca --help\n"
    "\n"
    "  --config FILE  the configuration; ikev2-server(8) and doc/configuration.md explain it\n"
    "  --journal FILE writes all that happens into a new file, to be played again\n"
    "  --json         says on stdout what happens to the program itself as JSON\n"
    "  --foreground   allowed, and always so\n"
    "  --help         this text\n"
    "\n"
    "exit codes: 0 ok, 2 usage or configuration, 8 local (file, port, privilege, memory)\n";

struct arguments {
    const char *command, *config, *journal;
    bool json;
};

static int usage(const char *problem)
{
    (void)fprintf(stderr, "ikev2-server: %s; --help tells more\n", problem);
    return EXIT_USAGE;
}

/* -1 to go on, or the exit code. */
static int read_arguments(struct arguments *a, int argc, char **argv)
{
    static const struct option table[] = {
        { "config", required_argument, NULL, 'c' },
        { "journal", required_argument, NULL, 'r' },
        { "json", no_argument, NULL, 'j' },
        { "foreground", no_argument, NULL, 'f' },
        { "help", no_argument, NULL, 'h' },
        { 0 },
    };
    int key;

    while ((key = getopt_long(argc, argv, "", table, NULL)) != -1) {
        if (key == '?')
            return usage("see the line above");
        if (key == 'h') {
            (void)fputs(help, stdout);
            return EXIT_OK;
        }
        if (key == 'c')
            a->config = optarg;
        if (key == 'r')
            a->journal = optarg;
        if (key == 'j')
            a->json = true;
    }
    if (argc - optind != 1)
        return usage("name one command: run, check, options or ca");
    a->command = argv[optind];
    return -1;
}

static int run_with_config(const struct arguments *a)
{
    static struct service service;
    struct config *config;

    if (!config_read(a->config, &config)) {
        if (config != NULL)
            notice_config(config, a->json);
        config_free(config);
        return EXIT_USAGE;
    }
    if (strcmp(a->command, "check") == 0)
        return check_config(config, a->json);
    service.paths.config = a->config;
    service.paths.journal = a->journal;
    service.json = a->json;
    return service_run(&service, config);
}

int main(int argc, char **argv)
{
    struct arguments a = { 0 };
    int code;

    if (argc > 1 && strcmp(argv[1], "ca") == 0)
        return ca_main(argc - 1, argv + 1);
    code = read_arguments(&a, argc, argv);
    if (code >= 0)
        return code;
    if (strcmp(a.command, "options") == 0) {
        option_print_reference();
        return EXIT_OK;
    }
    if (strcmp(a.command, "run") != 0 && strcmp(a.command, "check") != 0)
        return usage("the commands are run, check, options and ca");
    if (a.config == NULL)
        return usage("--config FILE is required");
    return run_with_config(&a);
}
