#include "tape.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ike2/iana.h>

#include "common/names.h"
#include "common/value.h"

const char *const call_names[CALLS] = {
    [CALL_RANDOM] = "random",         [CALL_DESCRIBE] = "describe",
    [CALL_KEY_IMPORT] = "key_import", [CALL_KEY_EXPORT] = "key_export",
    [CALL_HASH] = "hash",             [CALL_PRF] = "prf",
    [CALL_PRF_KEY] = "prf_key",       [CALL_PRF_PLUS] = "prf_plus",
    [CALL_SEAL] = "seal",             [CALL_OPEN] = "open",
    [CALL_KE_START] = "ke_start",     [CALL_KE_FINISH] = "ke_finish",
    [CALL_SIGN] = "sign",             [CALL_VERIFY] = "verify",
};

/* --- What is taken down -------------------------------------------------------------- */

/* NULL: nothing is taken down. */
static struct call *begin(struct tape *t, enum call_kind kind)
{
    struct call *c;

    if (!t->is_on)
        return NULL;
    if (t->n == TAPE_CALLS) {
        t->is_full = true;
        return NULL;
    }
    c = &t->calls[t->n++];
    *c = (struct call){ .kind = kind };
    return c;
}

static ike2_err end(struct call *c, ike2_err result)
{
    if (c != NULL)
        c->result = result;
    return result;
}

static void *keep(struct tape *t, const void *from, size_t len)
{
    size_t size = (len + _Alignof(max_align_t) - 1) / _Alignof(max_align_t) *
                  _Alignof(max_align_t);
    void *at = t->room + t->n_room;

    if (size > TAPE_ROOM - t->n_room) {
        t->is_full = true;
        return t->room; /* the tape is not used */
    }
    if (len != 0)
        memcpy(at, from, len);
    t->n_room += size;
    return at;
}

static ike2_bytes keep_bytes(struct tape *t, ike2_bytes from)
{
    return (ike2_bytes){ .ptr = keep(t, from.ptr, from.len), .len = from.len };
}

static const ike2_key *hold(struct tape *t, const ike2_key *key)
{
    if (key == NULL)
        return NULL;
    if (t->n_held == TAPE_HELD) {
        t->is_full = true;
        return key;
    }
    t->inner->key_ref(t->inner->user, (ike2_key *)key);
    t->held[t->n_held++] = key;
    return key;
}

/* Returns how many octets there are. */
static size_t keep_parts(struct tape *t, struct call *c, const ike2_bytes *parts, size_t n)
{
    ike2_bytes *copies = keep(t, parts, n * sizeof *parts);
    size_t octets = 0;

    c->parts = copies;
    c->n_parts = n;
    for (size_t i = 0; i < n && !t->is_full; i++) {
        octets += parts[i].len;
        copies[i] = keep_bytes(t, parts[i]);
    }
    return octets;
}

static const ike2_input *keep_inputs(struct tape *t, const ike2_input *from, size_t n,
                                     size_t *octets)
{
    ike2_input *copies = keep(t, from, n * sizeof *from);

    for (size_t i = 0; i < n && !t->is_full; i++) {
        if (from[i].key != NULL)
            (void)hold(t, from[i].key);
        else
            copies[i].octets = keep_bytes(t, from[i].octets);
        *octets += from[i].key != NULL ? 0 : from[i].octets.len;
    }
    return copies;
}

static void transform_text(const ike2_transform *t, char text[NAME_TEXT])
{
    char name[NAME_TEXT];

    name_text(ike2_transform_name(t->type, t->id), t->id, name);
    if (t->key_bits != 0)
        (void)snprintf(text, NAME_TEXT, "%.40s-%" PRIu16, name, t->key_bits);
    else
        (void)snprintf(text, NAME_TEXT, "%s", name);
}

static void method_text(uint16_t method, char text[CALL_DETAIL])
{
    name_text(ike2_transform_name(IKE2_TRANSFORM_KE, method), method, text);
}

static void octets_text(const ike2_transform *t, size_t octets, char text[CALL_DETAIL])
{
    char name[NAME_TEXT];

    transform_text(t, name);
    (void)snprintf(text, CALL_DETAIL, "%.40s, %zu octets", name, octets);
}

/* --- The table ----------------------------------------------------------------------- */

static ike2_err tape_random(void *user, uint8_t *out, size_t len)
{
    struct tape *t = user;
    struct call *c = begin(t, CALL_RANDOM);

    if (c != NULL) {
        c->len = len;
        (void)snprintf(c->detail, sizeof c->detail, "%zu octets", len);
    }
    return end(c, t->inner->random(t->inner->user, out, len));
}

static ike2_err tape_describe(void *user, const ike2_transform *transform,
                              ike2_transform_info *out)
{
    struct tape *t = user;
    struct call *c = begin(t, CALL_DESCRIBE);

    if (c != NULL) {
        c->transform = *transform;
        transform_text(transform, c->detail);
    }
    return end(c, t->inner->describe(t->inner->user, transform, out));
}

static ike2_err tape_key_import(void *user, uint16_t use, ike2_bytes octets, ike2_key **out)
{
    struct tape *t = user;
    struct call *c = begin(t, CALL_KEY_IMPORT);

    if (c != NULL) {
        c->number = use;
        (void)snprintf(c->detail, sizeof c->detail, "%zu octets",
                       keep_parts(t, c, &octets, 1));
    }
    return end(c, t->inner->key_import(t->inner->user, use, octets, out));
}

static ike2_err tape_key_export(void *user, const ike2_key *key, ike2_buffer *out)
{
    struct tape *t = user;
    struct call *c = begin(t, CALL_KEY_EXPORT);

    if (c != NULL)
        c->key = hold(t, key);
    return end(c, t->inner->key_export(t->inner->user, key, out));
}

static void tape_key_ref(void *user, ike2_key *key)
{
    const struct tape *t = user;

    t->inner->key_ref(t->inner->user, key);
}

static void tape_key_free(void *user, ike2_key *key)
{
    const struct tape *t = user;

    t->inner->key_free(t->inner->user, key);
}

static ike2_err tape_hash(void *user, uint16_t alg, const ike2_bytes *parts, size_t n,
                          ike2_buffer *out)
{
    struct tape *t = user;
    struct call *c = begin(t, CALL_HASH);

    if (c != NULL) {
        size_t octets = keep_parts(t, c, parts, n);

        c->number = alg;
        (void)snprintf(c->detail, sizeof c->detail, "%s, %zu octets",
                       alg == IKE2_HASH_SHA1 ? "SHA1" : "SHA2", octets);
    }
    return end(c, t->inner->hash(t->inner->user, alg, parts, n, out));
}

/* Returns how many octets the data has. */
static size_t keep_prf(struct tape *t, struct call *c, const ike2_prf_args *args)
{
    size_t octets = 0, ignored = 0;

    c->u.prf.args = *args;
    c->u.prf.args.key = keep_inputs(t, args->key, args->n_key, &ignored);
    c->u.prf.args.data = keep_inputs(t, args->data, args->n_data, &octets);
    return octets;
}

static ike2_err tape_prf(void *user, const ike2_prf_args *args, ike2_buffer *out)
{
    struct tape *t = user;
    struct call *c = begin(t, CALL_PRF);

    if (c != NULL)
        octets_text(&args->prf, keep_prf(t, c, args), c->detail);
    return end(c, t->inner->prf(t->inner->user, args, out));
}

static ike2_err tape_prf_key(void *user, const ike2_prf_args *args, ike2_key **out)
{
    struct tape *t = user;
    struct call *c = begin(t, CALL_PRF_KEY);

    if (c != NULL)
        octets_text(&args->prf, keep_prf(t, c, args), c->detail);
    return end(c, t->inner->prf_key(t->inner->user, args, out));
}

static ike2_err tape_prf_plus(void *user, const ike2_prf_args *args, ike2_key_slice *slices,
                              size_t n)
{
    struct tape *t = user;
    struct call *c = begin(t, CALL_PRF_PLUS);

    if (c != NULL) {
        size_t octets = 0;

        (void)keep_prf(t, c, args);
        c->u.prf.slices = keep(t, slices, n * sizeof *slices);
        c->u.prf.n_slices = n;
        for (size_t i = 0; i < n; i++)
            octets += slices[i].len;
        octets_text(&args->prf, octets, c->detail);
    }
    return end(c, t->inner->prf_plus(t->inner->user, args, slices, n));
}

static void keep_sealed(struct tape *t, struct call *c, const ike2_seal_args *args)
{
    struct sealed_call *s = &c->u.sealed;

    s->args = *args;
    s->args.encr_key = hold(t, args->encr_key);
    s->args.integ_key = hold(t, args->integ_key);
    s->args.iv = keep_bytes(t, args->iv);
    s->args.aad = keep_bytes(t, args->aad);
    s->args.icv = keep(t, args->icv, args->icv_len);
    s->args.data = keep(t, args->data, args->len);
    s->before = keep_bytes(t, (ike2_bytes){ .ptr = args->data, .len = args->len });
    octets_text(&args->encr, args->len, c->detail);
}

static ike2_err tape_seal(void *user, const ike2_seal_args *args)
{
    struct tape *t = user;
    struct call *c = begin(t, CALL_SEAL);

    if (c != NULL)
        keep_sealed(t, c, args);
    return end(c, t->inner->seal(t->inner->user, args));
}

static ike2_err tape_open(void *user, const ike2_seal_args *args)
{
    struct tape *t = user;
    struct call *c = begin(t, CALL_OPEN);

    if (c != NULL)
        keep_sealed(t, c, args);
    return end(c, t->inner->open(t->inner->user, args));
}

static ike2_err tape_ke_start(void *user, uint16_t method, ike2_buffer *pub, ike2_ke_state **out)
{
    struct tape *t = user;
    struct call *c = begin(t, CALL_KE_START);

    if (c != NULL) {
        c->u.ke.method = method;
        method_text(method, c->detail);
    }
    return end(c, t->inner->ke_start(t->inner->user, method, pub, out));
}

/* No provider of a benchmark has a KEM: whoever adds one takes these calls down, too. */
static ike2_err tape_ke_respond(void *user, uint16_t method, ike2_bytes peer_pub,
                                ike2_buffer *pub, ike2_key **secret)
{
    struct tape *t = user;

    t->is_full = true;
    return t->inner->ke_respond(t->inner->user, method, peer_pub, pub, secret);
}

static ike2_err tape_ke_finish(void *user, ike2_ke_state *state, ike2_bytes peer_pub,
                               ike2_key **secret)
{
    struct tape *t = user;
    struct call *c = begin(t, CALL_KE_FINISH);

    if (c != NULL) {
        c->u.ke = (struct ke_call){ .state = state, .peer_pub = keep_bytes(t, peer_pub) };
        (void)snprintf(c->detail, sizeof c->detail, "%zu octets", peer_pub.len);
    }
    return end(c, t->inner->ke_finish(t->inner->user, state, peer_pub, secret));
}

/* A state that may have been taken down is needed again. */
static void tape_ke_free(void *user, ike2_ke_state *state)
{
    struct tape *t = user;

    if (t->n != 0 && state != NULL && t->n_states < TAPE_CALLS)
        t->states[t->n_states++] = state;
    else
        t->inner->ke_free(t->inner->user, state);
}

static void scheme_text(uint16_t scheme, size_t octets, char text[CALL_DETAIL])
{
    const char *word = value_scheme_word(scheme);

    (void)snprintf(text, CALL_DETAIL, "%s, %zu octets", word != NULL ? word : "a scheme", octets);
}

static ike2_err tape_sign(void *user, const ike2_key *key, uint16_t scheme,
                          const ike2_bytes *parts, size_t n, ike2_buffer *sig)
{
    struct tape *t = user;
    struct call *c = begin(t, CALL_SIGN);

    if (c != NULL) {
        c->u.sign = (struct signed_call){ .key = hold(t, key), .scheme = scheme };
        scheme_text(scheme, keep_parts(t, c, parts, n), c->detail);
    }
    return end(c, t->inner->sign(t->inner->user, key, scheme, parts, n, sig));
}

void tape_verify(struct tape *t, const struct signed_call *what, const ike2_bytes *parts, size_t n)
{
    struct call *c = begin(t, CALL_VERIFY);

    if (c == NULL)
        return;
    c->u.sign = (struct signed_call){ .scheme = what->scheme };
    c->u.sign.public_key = keep_bytes(t, what->public_key);
    c->u.sign.signature = keep_bytes(t, what->signature);
    scheme_text(what->scheme, keep_parts(t, c, parts, n), c->detail);
}

/* --- Life ---------------------------------------------------------------------------- */

struct tape *tape_new(const ike2_crypto *inner)
{
    static const ike2_crypto table = {
        .struct_size = sizeof table,
        .random = tape_random,
        .describe = tape_describe,
        .key_import = tape_key_import,
        .key_export = tape_key_export,
        .key_ref = tape_key_ref,
        .key_free = tape_key_free,
        .hash = tape_hash,
        .prf = tape_prf,
        .prf_key = tape_prf_key,
        .prf_plus = tape_prf_plus,
        .seal = tape_seal,
        .open = tape_open,
        .ke_start = tape_ke_start,
        .ke_respond = tape_ke_respond,
        .ke_finish = tape_ke_finish,
        .ke_free = tape_ke_free,
        .sign = tape_sign,
    };
    struct tape *t = calloc(1, sizeof *t);

    if (t == NULL)
        return NULL;
    t->table = table;
    t->table.user = t;
    t->inner = inner;
    return t;
}

void tape_free(struct tape *t)
{
    if (t == NULL)
        return;
    for (size_t i = 0; i < t->n_held; i++)
        t->inner->key_free(t->inner->user, (ike2_key *)t->held[i]);
    for (size_t i = 0; i < t->n_states; i++)
        t->inner->ke_free(t->inner->user, t->states[i]);
    free(t);
}
