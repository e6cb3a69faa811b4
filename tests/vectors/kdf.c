/* vectors/kdf.c - what the runners of kdf/ share. */
#include "vectors/kdf.h"

#include <stdio.h>

#include "base/bytes.h"
#include "base/reader.h"

enum { KEY_OCTETS_MAX = 4096 };

struct kdf_case kdf_begin(struct run *run, const struct kv_record *record)
{
    return (struct kdf_case){
        .run = run, .crypto = run->crypto, .record = record, .good = true
    };
}

void kdf_end(struct kdf_case *k)
{
    run_expect(k->run, k->record, k->good);
}

void kdf_expect(struct kdf_case *k, bool good, const char *what)
{
    if (good)
        return;
    k->good = false;
    (void)printf("%s: wrong %s\n", k->run->file, what);
}

ike2_bytes kdf_octets(struct kdf_case *k, const char *name)
{
    bool found = true;
    ike2_bytes octets = run_octets(k->record, name, &found);

    kdf_expect(k, found, name);
    return octets;
}

uint64_t kdf_spi(struct kdf_case *k, const char *name)
{
    struct reader r = reader_of(kdf_octets(k, name));
    uint64_t spi = read_u64(&r);

    kdf_expect(k, reader_end(&r), name);
    return spi;
}

ike2_key *kdf_key(struct kdf_case *k, uint16_t use, const char *name)
{
    ike2_key *key = run_key(k->run, use, kdf_octets(k, name));

    kdf_expect(k, key != NULL, name);
    return key;
}

void kdf_expect_key(struct kdf_case *k, ike2_key *key, ike2_bytes octets, const char *what)
{
    uint8_t room[KEY_OCTETS_MAX];
    ike2_buffer out = { .ptr = room, .cap = sizeof room };
    bool good = key != NULL && k->crypto->key_export(k->crypto->user, key, &out) == IKE2_OK;

    kdf_expect(k, good && bytes_equal(bytes_of(room, out.len), octets), what);
    run_key_free(k->run, key);
}

void kdf_stream_add(struct kdf_case *k, struct kdf_stream *s, const ike2_key *key)
{
    ike2_buffer out = { .ptr = s->octets + s->len, .cap = sizeof s->octets - s->len };

    if (key == NULL)
        return;
    if (k->crypto->key_export(k->crypto->user, key, &out) == IKE2_OK)
        s->len += out.len;
    else
        kdf_expect(k, false, "exported key");
}

void kdf_expect_stream(struct kdf_case *k, const struct kdf_stream *s, ike2_bytes octets,
                       const char *what)
{
    size_t len = s->len < octets.len ? s->len : octets.len;

    kdf_expect(k, len != 0 && bytes_equal(bytes_of(s->octets, len), bytes_of(octets.ptr, len)),
               what);
}
