/* vectors/kdf.h - the runners of the records below kdf/: key derivation, AUTH and the SK payload,
 * through the library's own functions. */
#ifndef VECTORS_KDF_H
#define VECTORS_KDF_H

#include "vectors/run.h"

/* One record while it is checked. */
struct kdf_case {
    struct run *run;
    const ike2_crypto *crypto;
    const struct kv_record *record;
    bool good;
};

struct kdf_case kdf_begin(struct run *run, const struct kv_record *record);
/* Reports what became of the record. */
void kdf_end(struct kdf_case *k);
/* If `good` is false the record fails, and `what` is printed. */
void kdf_expect(struct kdf_case *k, bool good, const char *what);
/* Fields of the record; an absent one fails it. */
ike2_bytes kdf_octets(struct kdf_case *k, const char *name);
uint64_t kdf_spi(struct kdf_case *k, const char *name);
ike2_key *kdf_key(struct kdf_case *k, uint16_t use, const char *name);
/* Expects that `key` is these octets, and frees it. */
void kdf_expect_key(struct kdf_case *k, ike2_key *key, ike2_bytes octets, const char *what);

/* Octets of keys, one behind the other. */
struct kdf_stream {
    uint8_t octets[512];
    size_t len;
};
void kdf_stream_add(struct kdf_case *k, struct kdf_stream *s, const ike2_key *key);
/* Expects that the one is the beginning of the other. */
void kdf_expect_stream(struct kdf_case *k, const struct kdf_stream *s, ike2_bytes octets,
                       const char *what);

/* kdf_stream.c: NIST's streams of octets */
void kdf_nist(struct run *run, const struct kv_record *record);
void kdf_strongswan_prf(struct run *run, const struct kv_record *record);
void kdf_strongswan_prf_plus(struct run *run, const struct kv_record *record);

/* kdf_session.c: keys and messages of real sessions */
void kdf_aosp_keys(struct run *run, const struct kv_record *record);
void kdf_aosp_auth(struct run *run, const struct kv_record *record);
void kdf_aosp_message(struct run *run, const struct kv_record *record);
void kdf_aosp_pieces(struct run *run, const struct kv_record *record);
void kdf_rfc7634(struct run *run, const struct kv_record *record);

#endif
