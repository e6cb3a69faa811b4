/* tape.h - a provider table that takes down each call with its parameters, so that the same calls
 * can be made again without the protocol around them (replay.h). */
#ifndef BENCH_TAPE_H
#define BENCH_TAPE_H

#include <ike2/crypto.h>

enum call_kind {
    CALL_RANDOM,
    CALL_DESCRIBE,
    CALL_KEY_IMPORT,
    CALL_KEY_EXPORT,
    CALL_HASH,
    CALL_PRF,
    CALL_PRF_KEY,
    CALL_PRF_PLUS,
    CALL_SEAL,
    CALL_OPEN,
    CALL_KE_START,
    CALL_KE_FINISH,
    CALL_SIGN,
    CALL_VERIFY, /* a peer's signature or that of a certificate: not in the provider's table */
    CALLS
};
extern const char *const call_names[CALLS];

enum { CALL_DETAIL = 64, TAPE_CALLS = 128, TAPE_HELD = 256, TAPE_ROOM = 65536 };

struct sealed_call {
    ike2_seal_args args; /* `data` is a copy to work on */
    ike2_bytes before;   /* what was in `data` */
};

struct signed_call {
    const ike2_key *key;   /* SIGN */
    ike2_bytes public_key; /* VERIFY: SubjectPublicKeyInfo */
    ike2_bytes signature;  /* VERIFY */
    uint16_t scheme;       /* IKE2_SIG_* */
};

struct prf_call {
    ike2_prf_args args;
    ike2_key_slice *slices; /* PRF_PLUS */
    size_t n_slices;
};

struct ke_call {
    uint16_t method;
    ike2_ke_state *state;
    ike2_bytes peer_pub;
};

/* All that it views is the tape's. */
struct call {
    enum call_kind kind;
    ike2_err result;
    char detail[CALL_DETAIL]; /* the parameters, for people */
    uint16_t number;          /* KEY_IMPORT: use; HASH: algorithm */
    size_t len;               /* RANDOM */
    ike2_transform transform; /* DESCRIBE */
    const ike2_key *key;      /* KEY_EXPORT */
    const ike2_bytes *parts;  /* KEY_IMPORT, HASH, SIGN, VERIFY */
    size_t n_parts;
    union {
        struct prf_call prf;
        struct sealed_call sealed;
        struct ke_call ke;
        struct signed_call sign;
    } u;
};

/* It must not be moved; large. */
struct tape {
    ike2_crypto table; /* for an endpoint */
    const ike2_crypto *inner;
    bool is_on;        /* calls are taken down; else they only go through */
    bool is_full;      /* something was not taken down: of no use */
    size_t n;
    struct call calls[TAPE_CALLS];
    size_t n_held, n_states, n_room;
    const ike2_key *held[TAPE_HELD];          /* references */
    ike2_ke_state *states[TAPE_CALLS];        /* that would have been freed */
    _Alignas(max_align_t) uint8_t room[TAPE_ROOM];
};

/* NULL: no memory. */
struct tape *tape_new(const ike2_crypto *inner);
/* After the endpoint. NULL is allowed. */
void tape_free(struct tape *t);
/* Takes down the check of a signature with a SubjectPublicKeyInfo. */
void tape_verify(struct tape *t, const struct signed_call *what, const ike2_bytes *parts,
                 size_t n);

#endif
