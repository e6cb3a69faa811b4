/* table.c - a table of recorded messages: one line of findings for each row. */
#include "table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "details.h"
#include "hex.h"
#include "message.h"
#include "tsv.h"

enum { DATAGRAM_MAX = 65535 };

enum column { CAPTURE, FRAME, HEX, N_COLUMNS };

static const char *const column_names[N_COLUMNS] = {
    [CAPTURE] = "capture",
    [FRAME] = "frame",
    [HEX] = "hex",
};

/* What the rows of one table share. */
struct run {
    struct tsv table;
    size_t column[N_COLUMNS];
    struct dissection *dissection;
    bool is_verbose;
    struct text capture, outer, inner;
};

static ike2_bytes cell(const struct run *run, enum column column)
{
    return run->table.field[run->column[column]];
}

static void chain_column(const struct chain *chain, struct text *text)
{
    text_clear(text);
    if (chain->is_there)
        chain_text(chain, text);
}

static void row_print(struct run *run, uint32_t frame)
{
    const struct findings *f = &run->dissection->findings;
    const struct tree tree = { .out = stdout, .depth = 1, .room = &run->outer };

    text_clear(&run->capture);
    text_add_escaped(&run->capture, cell(run, CAPTURE));
    chain_column(&f->outer, &run->outer);
    chain_column(&f->inner, &run->inner);
    /* RFC 7296 1.4: a liveness check has no payload to show. */
    if (f->inner.is_there && f->inner.first == 0 && f->verdict == VERDICT_OK)
        text_add(&run->inner, "EMPTY");
    printf("%s\t%" PRIu32 "\t%s\t%s\t%s\n", run->capture.ptr, frame, verdict_name(f->verdict),
           run->outer.len != 0 ? run->outer.ptr : "-", run->inner.len != 0 ? run->inner.ptr : "-");
    if (run->is_verbose)
        details_show(&tree, f);
}

/* Into `room`, of exactly as many octets as the message has: a reader that goes too far is found.
 * False: the rest of the table cannot be dissected either. */
static bool message_print(struct run *run, uint32_t frame, ike2_buffer *room)
{
    struct recorded recorded = { .capture = cell(run, CAPTURE) };
    const char *reason;

    if (!hex_decode(cell(run, HEX), room, &reason)) {
        lines_error(&run->table.lines, column_names[HEX], reason);
        return true;
    }
    recorded.octets = room->ptr;
    recorded.len = room->len;
    if (!message_dissect(run->dissection, &recorded))
        return false;
    if (run->dissection->findings.is_beyond)
        lines_warn(&run->table.lines, column_names[HEX],
                   "a message in more or larger fragments than are put together");
    row_print(run, frame);
    return true;
}

static bool row_dissect(struct run *run)
{
    size_t len = cell(run, HEX).len / 2;
    ike2_buffer room = { .cap = len < DATAGRAM_MAX ? len : DATAGRAM_MAX };
    uint32_t frame;
    bool done;

    if (!decimal(cell(run, FRAME), UINT32_MAX, &frame)) {
        lines_error(&run->table.lines, column_names[FRAME],
                    "not a decimal number below 4294967296");
        return true;
    }
    room.ptr = malloc(room.cap != 0 ? room.cap : 1);
    done = room.ptr != NULL && message_print(run, frame, &room);
    free(room.ptr);
    return done;
}

static int rows_dissect(struct run *run, const char *path)
{
    bool done = true;

    if (!tsv_open(&run->table, path, column_names[CAPTURE]) ||
        !tsv_columns(&run->table, column_names, N_COLUMNS, run->column))
        return EXIT_INPUT;
    while (done && tsv_next(&run->table))
        done = row_dissect(run);
    if (!done || fflush(stdout) != 0 || ferror(stdout))
        return EXIT_FAILURE;
    return run->table.lines.n_errors == 0 ? EXIT_SUCCESS : EXIT_INPUT;
}

int table_dissect(const char *path, const struct keys *keys, bool is_verbose)
{
    struct run *run = calloc(1, sizeof *run);
    int status = EXIT_FAILURE;

    if (run == NULL)
        return status;
    run->is_verbose = is_verbose;
    run->dissection = dissection_new(keys);
    if (run->dissection != NULL) {
        status = rows_dissect(run, path);
        tsv_close(&run->table);
    }
    dissection_free(run->dissection);
    free(run);
    return status;
}
