#include "witness.h"

#include <stdlib.h>
#include <string.h>

/* What a puppet's handles are. */
struct ike2_key {
    unsigned owners;
};

struct ike2_ke_state {
    char nothing;
};

ike2_key *witness_key(void)
{
    ike2_key *key = malloc(sizeof *key);

    if (key == NULL)
        abort();
    key->owners = 1;
    return key;
}

/* --- Lines ------------------------------------------------------------------------------- */

static void outcome(struct witness *w, ike2_err *err)
{
    uint8_t value = (uint8_t)-(int)*err; /* failures are negative */

    scroll_number(w->scroll, "err", &value, sizeof value);
    *err = w->scroll->failed && w->real == NULL ? IKE2_ERR_CRYPTO : (ike2_err) - (int)value;
}

static ike2_err conclude(struct witness *w, ike2_err err)
{
    scroll_end(w->scroll);
    return w->scroll->failed && w->real == NULL ? IKE2_ERR_CRYPTO : err;
}

/* Where a call ends with a result in a buffer. */
static ike2_err conclude_buffer(struct witness *w, ike2_err err, const char *name, ike2_buffer *out)
{
    ike2_bytes octets = { .ptr = out->ptr, .len = err == IKE2_OK ? out->len : 0 };

    outcome(w, &err);
    scroll_bytes(w->scroll, name, &octets);
    if (w->real == NULL && err == IKE2_OK) {
        if (octets.len > out->cap)
            return conclude(w, IKE2_ERR_SPACE);
        if (octets.len != 0)
            memcpy(out->ptr, octets.ptr, octets.len);
        out->len = octets.len;
    }
    return conclude(w, err);
}

static ike2_err conclude_key(struct witness *w, ike2_err err, ike2_key **out)
{
    outcome(w, &err);
    err = conclude(w, err);
    if (w->real == NULL && err == IKE2_OK)
        *out = witness_key();
    return err;
}

static void expect_transform(struct witness *w, const ike2_transform *t)
{
    scroll_expect(w->scroll, "type", t->type);
    scroll_expect(w->scroll, "id", t->id);
    scroll_expect(w->scroll, "bits", t->key_bits);
}

/* --- Random octets, algorithms ------------------------------------------------------------ */

static ike2_err witness_random(void *user, uint8_t *out, size_t len)
{
    struct witness *w = user;
    ike2_err err = w->real == NULL ? IKE2_OK : w->real->random(w->real->user, out, len);

    scroll_begin(w->scroll, ".random");
    scroll_expect(w->scroll, "len", len);
    outcome(w, &err);
    if (err == IKE2_OK)
        scroll_octets(w->scroll, "octets", out, len);
    return conclude(w, err);
}

#define INFO_NUMBERS(X) X(key_len) X(salt_len) X(iv_len) X(icv_len) X(block_len) X(out_len) \
                        X(pub_i) X(pub_r)
#define INFO_FLAGS(X) X(aead) X(iv_random) X(kem)

static ike2_err witness_describe(void *user, const ike2_transform *t, ike2_transform_info *out)
{
    struct witness *w = user;
    struct scroll *s = w->scroll;
    ike2_transform_info info = IKE2_INIT(ike2_transform_info);
    ike2_err err = w->real == NULL ? IKE2_OK : w->real->describe(w->real->user, t, &info);

    scroll_begin(s, ".describe");
    expect_transform(w, t);
    outcome(w, &err);
#define X(member) scroll_number(s, #member, &info.member, sizeof info.member);
    INFO_NUMBERS(X)
#undef X
#define X(member) scroll_flag(s, #member, &info.member);
    INFO_FLAGS(X)
#undef X
    err = conclude(w, err);
    info.struct_size = out->struct_size;
    if (err == IKE2_OK)
        memcpy(out, &info, out->struct_size < sizeof info ? out->struct_size : sizeof info);
    return err;
}

/* --- Keys --------------------------------------------------------------------------------- */

static ike2_err witness_import(void *user, uint16_t use, ike2_bytes octets, ike2_key **out)
{
    struct witness *w = user;
    ike2_err err =
        w->real == NULL ? IKE2_OK : w->real->key_import(w->real->user, use, octets, out);

    scroll_begin(w->scroll, ".import");
    scroll_expect(w->scroll, "use", use);
    return conclude_key(w, err, out);
}

/* For data planes and key logs; the protocol needs it not, so it is not written down. */
static ike2_err witness_export(void *user, const ike2_key *key, ike2_buffer *out)
{
    const struct witness *w = user;

    return w->real == NULL ? IKE2_ERR_UNSUPPORTED
                           : w->real->key_export(w->real->user, key, out);
}

static void witness_ref(void *user, ike2_key *key)
{
    const struct witness *w = user;

    if (w->real != NULL)
        w->real->key_ref(w->real->user, key);
    else
        key->owners++;
}

static void witness_free(void *user, ike2_key *key)
{
    const struct witness *w = user;

    if (w->real != NULL)
        w->real->key_free(w->real->user, key);
    else if (key != NULL && --key->owners == 0)
        free(key);
}

/* --- Hash and PRF ------------------------------------------------------------------------- */

static ike2_err witness_hash(void *user, uint16_t alg, const ike2_bytes *parts, size_t n,
                             ike2_buffer *out)
{
    struct witness *w = user;
    ike2_err err =
        w->real == NULL ? IKE2_OK : w->real->hash(w->real->user, alg, parts, n, out);

    scroll_begin(w->scroll, ".hash");
    scroll_expect(w->scroll, "alg", alg);
    return conclude_buffer(w, err, "digest", out);
}

static ike2_err witness_prf(void *user, const ike2_prf_args *args, ike2_buffer *out)
{
    struct witness *w = user;
    ike2_err err = w->real == NULL ? IKE2_OK : w->real->prf(w->real->user, args, out);

    scroll_begin(w->scroll, ".prf");
    expect_transform(w, &args->prf);
    return conclude_buffer(w, err, "result", out);
}

static ike2_err witness_prf_key(void *user, const ike2_prf_args *args, ike2_key **out)
{
    struct witness *w = user;
    ike2_err err = w->real == NULL ? IKE2_OK : w->real->prf_key(w->real->user, args, out);

    scroll_begin(w->scroll, ".prf_key");
    expect_transform(w, &args->prf);
    return conclude_key(w, err, out);
}

static ike2_err witness_prf_plus(void *user, const ike2_prf_args *args, ike2_key_slice *slices,
                                 size_t n)
{
    struct witness *w = user;
    ike2_err err =
        w->real == NULL ? IKE2_OK : w->real->prf_plus(w->real->user, args, slices, n);

    scroll_begin(w->scroll, ".prf_plus");
    expect_transform(w, &args->prf);
    scroll_expect(w->scroll, "slices", n);
    outcome(w, &err);
    err = conclude(w, err);
    for (size_t i = 0; i < n && w->real == NULL; i++)
        slices[i].key = err == IKE2_OK && slices[i].len != 0 ? witness_key() : NULL;
    return err;
}

/* --- Messages ----------------------------------------------------------------------------- */

static ike2_err witness_seal(void *user, const ike2_seal_args *args)
{
    struct witness *w = user;
    const ike2_bytes plain = { .ptr = args->data, .len = args->len };
    ike2_err err = IKE2_OK;

    scroll_begin(w->scroll, ".seal");
    scroll_expect_bytes(w->scroll, "aad", args->aad);
    scroll_expect_bytes(w->scroll, "plain", plain);
    if (w->real != NULL)
        err = w->real->seal(w->real->user, args);
    outcome(w, &err);
    if (err == IKE2_OK) {
        scroll_octets(w->scroll, "sealed", args->data, args->len);
        scroll_octets(w->scroll, "icv", args->icv, args->icv_len);
    }
    return conclude(w, err);
}

static ike2_err witness_open(void *user, const ike2_seal_args *args)
{
    struct witness *w = user;
    ike2_err err = w->real == NULL ? IKE2_OK : w->real->open(w->real->user, args);

    scroll_begin(w->scroll, ".open");
    scroll_expect(w->scroll, "len", args->len);
    outcome(w, &err);
    if (err == IKE2_OK)
        scroll_octets(w->scroll, "plain", args->data, args->len);
    else if (w->real == NULL)
        memset(args->data, 0, args->len);
    return conclude(w, err);
}

/* --- Key exchange, signatures -------------------------------------------------------------- */

static ike2_err witness_ke_start(void *user, uint16_t method, ike2_buffer *pub,
                                 ike2_ke_state **out)
{
    struct witness *w = user;
    ike2_err err =
        w->real == NULL ? IKE2_OK : w->real->ke_start(w->real->user, method, pub, out);

    scroll_begin(w->scroll, ".ke_start");
    scroll_expect(w->scroll, "method", method);
    err = conclude_buffer(w, err, "public", pub);
    if (w->real == NULL && err == IKE2_OK && (*out = calloc(1, sizeof **out)) == NULL)
        abort();
    return err;
}

static ike2_err witness_ke_respond(void *user, uint16_t method, ike2_bytes peer_pub,
                                   ike2_buffer *pub, ike2_key **secret)
{
    struct witness *w = user;
    ike2_err err = w->real == NULL ? IKE2_OK
                                   : w->real->ke_respond(w->real->user, method, peer_pub, pub,
                                                         secret);

    scroll_begin(w->scroll, ".ke_respond");
    scroll_expect(w->scroll, "method", method);
    err = conclude_buffer(w, err, "public", pub);
    if (w->real == NULL && err == IKE2_OK)
        *secret = witness_key();
    return err;
}

static ike2_err witness_ke_finish(void *user, ike2_ke_state *state, ike2_bytes peer_pub,
                                  ike2_key **secret)
{
    struct witness *w = user;
    ike2_err err =
        w->real == NULL ? IKE2_OK : w->real->ke_finish(w->real->user, state, peer_pub, secret);

    scroll_begin(w->scroll, ".ke_finish");
    return conclude_key(w, err, secret);
}

static void witness_ke_free(void *user, ike2_ke_state *state)
{
    const struct witness *w = user;

    if (w->real != NULL)
        w->real->ke_free(w->real->user, state);
    else
        free(state);
}

static ike2_err witness_sign(void *user, const ike2_key *key, uint16_t scheme,
                             const ike2_bytes *parts, size_t n, ike2_buffer *sig)
{
    struct witness *w = user;
    ike2_err err =
        w->real == NULL ? IKE2_OK : w->real->sign(w->real->user, key, scheme, parts, n, sig);

    scroll_begin(w->scroll, ".sign");
    scroll_expect(w->scroll, "scheme", scheme);
    return conclude_buffer(w, err, "signature", sig);
}

/* --- Table -------------------------------------------------------------------------------- */

/* What the real one lacks the witness lacks, too; a puppet has everything, and is asked for what
 * was there. */
void witness_init(struct witness *w, const ike2_crypto *real, struct scroll *scroll)
{
    *w = (struct witness){ .real = real, .scroll = scroll };
    w->table = (ike2_crypto){
        .struct_size = sizeof w->table, .user = w,
        .random = witness_random, .describe = witness_describe,
        .key_import = witness_import, .key_export = witness_export,
        .key_ref = witness_ref, .key_free = witness_free,
        .hash = witness_hash, .prf = witness_prf, .prf_key = witness_prf_key,
        .prf_plus = witness_prf_plus, .seal = witness_seal, .open = witness_open,
        .ke_start = witness_ke_start, .ke_respond = witness_ke_respond,
        .ke_finish = witness_ke_finish, .ke_free = witness_ke_free, .sign = witness_sign,
    };
    if (real != NULL && real->ke_respond == NULL)
        w->table.ke_respond = NULL;
    if (real != NULL && real->sign == NULL)
        w->table.sign = NULL;
}
