/* vectors/tsv.c - reader of tables. */
#include "vectors/tsv.h"

#include <string.h>

bool tsv_open(struct tsv_file *f, const char *name)
{
    *f = (struct tsv_file){ 0 };
    if (!text_open(&f->text, name))
        return false;
    f->line = f->text.chars;
    return true;
}

void tsv_close(struct tsv_file *f)
{
    text_close(&f->text);
    *f = (struct tsv_file){ 0 };
}

/* Cuts the text at the first `mark`; returns what follows it, or NULL. */
static char *cut(char *text, char mark)
{
    char *at = strchr(text, mark);

    if (at == NULL)
        return NULL;
    *at = '\0';
    return at + 1;
}

bool tsv_next(struct tsv_file *f, struct tsv_row *out)
{
    while (f->line != NULL) {
        char *cell = f->line;

        f->line = cut(cell, '\n');
        if (cell[0] == '\0' || cell[0] == '#')
            continue;
        *out = (struct tsv_row){ .file = f };
        while (cell != NULL && out->n < TSV_CELLS_MAX) {
            out->cells[out->n++] = cell;
            cell = out->n < TSV_CELLS_MAX ? cut(cell, '\t') : NULL;
        }
        return true;
    }
    return false;
}

const char *tsv_get(const struct tsv_row *r, size_t cell)
{
    return cell < r->n && strcmp(r->cells[cell], "-") != 0 ? r->cells[cell] : NULL;
}

bool tsv_octets(const struct tsv_row *r, size_t cell, ike2_bytes *out)
{
    const char *hex = tsv_get(r, cell);

    return hex != NULL && text_hex(&r->file->text, hex, out);
}
