/* dissect.c - ikev2-dissect: what is in recorded IKE messages, of a capture or of a table. Built on
 * ike2/message.h and, with --keys, on the provider of ike2/mbedtls.h; no state of an SA is kept. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <ike2/mbedtls.h>

#include "capture.h"
#include "options.h"
#include "table.h"
#include "traffic.h"

/* All packets that can be read. */
static int packets_dissect(struct capture *capture, struct traffic *traffic, struct report *report)
{
    struct packet packet = { 0 };
    bool done = true;

    while (done && capture_next(capture, report, &packet))
        done = traffic_packet(traffic, &packet);
    if (done && traffic_end(traffic) == 0 && report->n_errors == 0)
        report_warning(report,
                       "nothing on the ports of IKE in %" PRIu64
                       " packets; --port and --natt-port name others",
                       packet.number);
    if (!done || fflush(report->out) != 0 || ferror(report->out))
        return EXIT_FAILURE;
    return report->n_errors == 0 ? EXIT_SUCCESS : EXIT_INPUT;
}

static int capture_dissect(const struct options *options, const struct keys *keys)
{
    struct report report = { .out = stdout, .errors = stderr, .path = options->file };
    struct traffic_config config = {
        .ports = &options->ports,
        .keys = keys,
        .is_verbose = options->is_verbose,
    };
    struct capture *capture = capture_open(&report, &config.link);
    struct traffic *traffic;
    int status = EXIT_FAILURE;

    if (capture == NULL)
        return EXIT_INPUT;
    traffic = traffic_new(&config, &report);
    if (traffic != NULL)
        status = packets_dissect(capture, traffic, &report);
    traffic_free(traffic);
    capture_close(capture);
    return status;
}

/* What is wrong with the keys is in the way of a capture only where they are needed. */
static int dissect(const struct options *options, const ike2_crypto *crypto)
{
    struct keys keys = { 0 };
    bool has_keys = options->keys == NULL || keys_load(&keys, crypto, options->keys);
    int status = EXIT_INPUT;

    if (capture_is_one(options->file))
        status = capture_dissect(options, &keys);
    else if (has_keys)
        status = table_dissect(options->file, &keys, options->is_verbose);
    keys_clear(&keys);
    return status == EXIT_SUCCESS && !has_keys ? EXIT_INPUT : status;
}

int main(int argc, char **argv)
{
    struct options options;
    ike2_mbedtls *provider;
    int status;

    if (!options_read(&options, argc, argv)) {
        fputs(options_usage, stderr);
        return EXIT_INPUT;
    }
    if (options.is_help) {
        fputs(options_usage, stdout);
        return EXIT_SUCCESS;
    }
    if (ike2_mbedtls_new(NULL, &provider) != IKE2_OK) {
        fputs("the crypto provider cannot be set up\n", stderr);
        return EXIT_FAILURE;
    }
    status = dissect(&options, ike2_mbedtls_crypto(provider));
    ike2_mbedtls_free(provider);
    return status;
}
