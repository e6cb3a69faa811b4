/* dissect.c - ikev2-dissect: one line of findings for each recorded IKE message. Built on
 * ike2/message.h and, with --keys, on the provider of ike2/mbedtls.h; no state of an SA is kept. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ike2/mbedtls.h>

#include "hex.h"
#include "message.h"
#include "tsv.h"

enum { EXIT_INPUT = 2, DATAGRAM_MAX = 65535 };

enum column { CAPTURE, FRAME, HEX, N_COLUMNS };

static const char *const column_names[N_COLUMNS] = {
    [CAPTURE] = "capture",
    [FRAME] = "frame",
    [HEX] = "hex",
};

struct arguments {
    const char *table, *keys;
};

static const char usage[] =
    "usage: ikev2-dissect FILE.tsv [--keys KEYS.tsv]\n"
    "Prints one line for each IKE message of the table: capture, frame, verdict (ok, malformed,\n"
    "badicv, notike), outer and inner payload chain. Exit: 0, 1 failure, 2 bad input or usage.\n";

static bool arguments_read(int argc, char **argv, struct arguments *out)
{
    struct arguments args = { 0 };

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--keys") == 0) {
            if (++i == argc || args.keys != NULL)
                return false;
            args.keys = argv[i];
            continue;
        }
        if (argv[i][0] == '-' || args.table != NULL)
            return false;
        args.table = argv[i];
    }
    *out = args;
    return args.table != NULL;
}

/* What the rows of one table share. */
struct run {
    struct tsv *table;
    size_t column[N_COLUMNS];
    struct dissection *dissection;
    struct text capture;
};

static ike2_bytes cell(const struct run *run, enum column column)
{
    return run->table->field[run->column[column]];
}

static void row_print(struct run *run, uint32_t frame, const char *verdict)
{
    const struct dissection *d = run->dissection;

    text_clear(&run->capture);
    text_add_escaped(&run->capture, cell(run, CAPTURE));
    printf("%s\t%" PRIu32 "\t%s\t%s\t%s\n", run->capture.ptr, frame, verdict,
           d->outer.len != 0 ? d->outer.ptr : "-", d->inner.len != 0 ? d->inner.ptr : "-");
}

/* Into `room`, of exactly as many octets as the message has: a reader that goes too far is found.
 * False: the rest of the table cannot be dissected either. */
static bool message_print(struct run *run, uint32_t frame, ike2_buffer *room)
{
    const char *reason;
    const char *verdict;
    enum verdict found;

    if (!hex_decode(cell(run, HEX), room, &reason)) {
        tsv_error(run->table, column_names[HEX], reason);
        return true;
    }
    found = message_dissect(run->dissection, cell(run, CAPTURE), room->ptr, room->len);
    verdict = verdict_name(found);
    if (verdict == NULL)
        return false;
    row_print(run, frame, verdict);
    return true;
}

static bool row_dissect(struct run *run)
{
    size_t len = cell(run, HEX).len / 2;
    ike2_buffer room = { .cap = len < DATAGRAM_MAX ? len : DATAGRAM_MAX };
    uint32_t frame;
    bool done;

    if (!decimal(cell(run, FRAME), UINT32_MAX, &frame)) {
        tsv_error(run->table, column_names[FRAME], "not a decimal number below 4294967296");
        return true;
    }
    room.ptr = malloc(room.cap != 0 ? room.cap : 1);
    done = room.ptr != NULL && message_print(run, frame, &room);
    free(room.ptr);
    return done;
}

static int table_dissect(struct tsv *table, const struct keys *keys)
{
    struct run *run = calloc(1, sizeof *run);
    int status = EXIT_FAILURE;
    bool done = true;

    if (run == NULL)
        return EXIT_FAILURE;
    run->table = table;
    run->dissection = dissection_new(keys);
    if (run->dissection == NULL)
        goto out;
    if (!tsv_columns(table, column_names, N_COLUMNS, run->column)) {
        status = EXIT_INPUT;
        goto out;
    }
    while (done && tsv_next(table))
        done = row_dissect(run);
    if (done && fflush(stdout) == 0 && !ferror(stdout))
        status = table->n_errors == 0 ? EXIT_SUCCESS : EXIT_INPUT;
out:
    dissection_free(run->dissection);
    free(run);
    return status;
}

static int dissect(const struct arguments *args, const ike2_crypto *crypto)
{
    struct keys keys = { 0 };
    struct tsv table = { 0 };
    int status = EXIT_INPUT;

    if ((args->keys == NULL || keys_load(&keys, crypto, args->keys)) &&
        tsv_open(&table, args->table, column_names[CAPTURE]))
        status = table_dissect(&table, &keys);
    tsv_close(&table);
    keys_clear(&keys);
    return status;
}

int main(int argc, char **argv)
{
    struct arguments args;
    ike2_mbedtls *provider;
    int status;

    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return EXIT_SUCCESS;
    }
    if (!arguments_read(argc, argv, &args)) {
        fputs(usage, stderr);
        return EXIT_INPUT;
    }
    if (ike2_mbedtls_new(NULL, &provider) != IKE2_OK) {
        fputs("the crypto provider cannot be set up\n", stderr);
        return EXIT_FAILURE;
    }
    status = dissect(&args, ike2_mbedtls_crypto(provider));
    ike2_mbedtls_free(provider);
    return status;
}
