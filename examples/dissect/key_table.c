/* key_table.c - keys in a table of this project. Columns: capture ispi rspi encr_id keybits saltlen
 * ivlen aead_icvlen integ_id integ_icvlen sk_ei sk_er sk_ai sk_ar. RFC 7296 2.14, 3.14. */
#include "key_table.h"

#include <ike2/iana.h>

#include "hex.h"
#include "tsv.h"

const char *const key_table_start = "#capture";

enum column {
    CAPTURE,
    ISPI,
    RSPI,
    ENCR_ID,
    KEYBITS,
    SALTLEN,
    IVLEN,
    AEAD_ICVLEN,
    INTEG_ID,
    INTEG_ICVLEN,
    SK_EI,
    SK_ER,
    SK_AI,
    SK_AR,
    N_COLUMNS
};

static const char *const column_names[N_COLUMNS] = {
    [CAPTURE] = "capture",   [ISPI] = "ispi",
    [RSPI] = "rspi",         [ENCR_ID] = "encr_id",
    [KEYBITS] = "keybits",   [SALTLEN] = "saltlen",
    [IVLEN] = "ivlen",       [AEAD_ICVLEN] = "aead_icvlen",
    [INTEG_ID] = "integ_id", [INTEG_ICVLEN] = "integ_icvlen",
    [SK_EI] = "sk_ei",       [SK_ER] = "sk_er",
    [SK_AI] = "sk_ai",       [SK_AR] = "sk_ar",
};

static const enum column columns[KEY_COLUMNS] = {
    [KEY_CAPTURE] = CAPTURE, [KEY_SPI_I] = ISPI,     [KEY_SPI_R] = RSPI,
    [KEY_ENCR] = ENCR_ID,    [KEY_INTEG] = INTEG_ID, [KEY_SK_EI] = SK_EI,
    [KEY_SK_ER] = SK_ER,     [KEY_SK_AI] = SK_AI,    [KEY_SK_AR] = SK_AR,
};

struct table {
    struct tsv tsv;
    size_t at[N_COLUMNS];
};

static ike2_bytes cell(const struct table *t, enum column column)
{
    return t->tsv.field[t->at[column]];
}

static bool number_read(struct table *t, enum column column, uint32_t *out)
{
    if (decimal(cell(t, column), UINT16_MAX, out))
        return true;
    lines_error(&t->tsv.lines, column_names[column], "not a decimal number below 65536");
    return false;
}

/* RFC 7296 3.3.5: no Key Length attribute where the length is fixed. RFC 7634 2. */
static bool key_is_fixed(uint32_t encr)
{
    return encr == IKE2_ENCR_3DES || encr == IKE2_ENCR_CHACHA20_POLY1305;
}

static bool transforms_read(struct table *t, struct key_line *line)
{
    uint32_t encr, key_bits, integ;

    if (!number_read(t, ENCR_ID, &encr) || !number_read(t, KEYBITS, &key_bits) ||
        !number_read(t, INTEG_ID, &integ))
        return false;
    line->encr = (ike2_transform){
        .type = IKE2_TRANSFORM_ENCR,
        .id = (uint16_t)encr,
        .key_bits = key_is_fixed(encr) ? 0 : (uint16_t)key_bits,
    };
    if (integ != IKE2_INTEG_NONE)
        line->integ = (ike2_transform){ .type = IKE2_TRANSFORM_INTEG, .id = (uint16_t)integ };
    return true;
}

/* The table says some lengths that follow from the algorithms: if they differ, one is wrong. */
static bool lengths_check(struct table *t, const struct algorithms *a)
{
    const struct {
        enum column column;
        uint32_t expected;
    } lengths[] = {
        { SALTLEN, a->encr.salt_len },
        { IVLEN, a->encr.iv_len },
        { AEAD_ICVLEN, a->encr.aead ? a->encr.icv_len : 0 },
        { INTEG_ICVLEN, a->integ.icv_len },
    };
    uint32_t value;

    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        if (!number_read(t, lengths[i].column, &value))
            return false;
        if (value != lengths[i].expected) {
            lines_error(&t->tsv.lines, column_names[lengths[i].column],
                        "not the length this algorithm has");
            return false;
        }
    }
    return true;
}

/* A key that there is none of is `-`. */
static void texts_take(const struct table *t, struct key_line *line)
{
    for (size_t i = 0; i < KEY_COLUMNS; i++) {
        line->text[i] = cell(t, columns[i]);
        if (i >= KEY_SK_EI && line->text[i].len == 1 && line->text[i].ptr[0] == '-')
            line->text[i].len = 0;
    }
}

static void row_read(struct table *t, struct keys *keys)
{
    const char *names[KEY_COLUMNS];
    struct key_line line = { 0 };
    struct algorithms algorithms;
    struct key_refusal why;

    for (size_t i = 0; i < KEY_COLUMNS; i++)
        names[i] = column_names[columns[i]];
    texts_take(t, &line);
    if (!transforms_read(t, &line))
        return;
    if (!keys_describe(keys, &line, &algorithms, &why))
        key_refusal_print(&why, &t->tsv.lines, names);
    else if (lengths_check(t, &algorithms) && !keys_add(keys, &line, &why))
        key_refusal_print(&why, &t->tsv.lines, names);
}

bool key_table_load(struct keys *keys, const char *path)
{
    struct table t;
    bool loaded = false;

    if (tsv_open(&t.tsv, path, column_names[CAPTURE]) &&
        tsv_columns(&t.tsv, column_names, N_COLUMNS, t.at)) {
        while (tsv_next(&t.tsv))
            row_read(&t, keys);
        loaded = t.tsv.lines.n_errors == 0;
    }
    tsv_close(&t.tsv);
    return loaded;
}
