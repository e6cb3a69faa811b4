/* vectors/kv.h - reader of the .kv format: records of `name = value` lines, and group attributes,
 * `[name = value]`, that hold for all records until the next block of them. */
#ifndef VECTORS_KV_H
#define VECTORS_KV_H

#include "vectors/text.h"

struct kv_field {
    const char *name, *value;
    bool in_group;
    bool begins; /* first line behind an empty one: of a record, or of a block of attributes */
};

struct kv_file {
    struct text text;
    struct kv_field *fields;
    size_t n_fields, at;
    const struct kv_field *group;
    size_t n_group;
};

/* One record: its own fields in order, and the attributes of its group. */
struct kv_record {
    struct kv_file *file;
    const struct kv_field *fields, *group;
    size_t n_fields, n_group;
};

/* `name` is relative to the directory of the vectors. False if the file cannot be read, or has a
 * line that is none of the format; kv_close is right in either case. */
bool kv_open(struct kv_file *f, const char *name);
/* `path` is relative to where the program runs. */
bool kv_open_path(struct kv_file *f, const char *path);
void kv_close(struct kv_file *f);
/* The next record, or false at the end. */
bool kv_next(struct kv_file *f, struct kv_record *out);

/* The value of that name, of the record or else of its group; NULL if there is none. */
const char *kv_get(const struct kv_record *r, const char *name);
/* The `nth` of several of that name, from 0; of the record only. */
const char *kv_nth(const struct kv_record *r, const char *name, size_t nth);
/* Is there such a value, and is it this one? */
bool kv_is(const struct kv_record *r, const char *name, const char *value);
/* A number, or -1 if there is none. */
long kv_number(const struct kv_record *r, const char *name);
/* Octets, in a block of exactly their size that lives until kv_close. False if there are none. */
bool kv_octets(const struct kv_record *r, const char *name, ike2_bytes *out);

#endif
