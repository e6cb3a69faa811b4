#include "replay.h"

#include <string.h>

#include <ike2/mbedtls.h>

enum { RESULT_OCTETS = 2048, SLICES_MAX = 16 };

static ike2_err play_random(const ike2_crypto *crypto, const struct call *c)
{
    uint8_t room[RESULT_OCTETS];

    return crypto->random(crypto->user, room, c->len < sizeof room ? c->len : sizeof room);
}

static ike2_err play_describe(const ike2_crypto *crypto, const struct call *c)
{
    ike2_transform_info info = IKE2_INIT(ike2_transform_info);

    return crypto->describe(crypto->user, &c->transform, &info);
}

static ike2_err play_key_import(const ike2_crypto *crypto, const struct call *c)
{
    ike2_key *key = NULL;
    ike2_err err = crypto->key_import(crypto->user, c->number, c->parts[0], &key);

    crypto->key_free(crypto->user, key);
    return err;
}

static ike2_err play_key_export(const ike2_crypto *crypto, const struct call *c)
{
    uint8_t room[RESULT_OCTETS];
    ike2_buffer out = { .ptr = room, .cap = sizeof room };

    return crypto->key_export(crypto->user, c->key, &out);
}

static ike2_err play_hash(const ike2_crypto *crypto, const struct call *c)
{
    uint8_t room[RESULT_OCTETS];
    ike2_buffer out = { .ptr = room, .cap = sizeof room };

    return crypto->hash(crypto->user, c->number, c->parts, c->n_parts, &out);
}

static ike2_err play_prf(const ike2_crypto *crypto, const struct call *c)
{
    uint8_t room[RESULT_OCTETS];
    ike2_buffer out = { .ptr = room, .cap = sizeof room };

    return crypto->prf(crypto->user, &c->u.prf.args, &out);
}

static ike2_err play_prf_key(const ike2_crypto *crypto, const struct call *c)
{
    ike2_key *key = NULL;
    ike2_err err = crypto->prf_key(crypto->user, &c->u.prf.args, &key);

    crypto->key_free(crypto->user, key);
    return err;
}

static ike2_err play_prf_plus(const ike2_crypto *crypto, const struct call *c)
{
    const struct prf_call *p = &c->u.prf;
    ike2_key_slice slices[SLICES_MAX];
    ike2_err err;

    if (p->n_slices > SLICES_MAX)
        return IKE2_ERR_ARGUMENT;
    memcpy(slices, p->slices, p->n_slices * sizeof slices[0]);
    err = crypto->prf_plus(crypto->user, &p->args, slices, p->n_slices);
    for (size_t i = 0; i < p->n_slices && err == IKE2_OK; i++)
        crypto->key_free(crypto->user, slices[i].key);
    return err;
}

/* The octets are copied anew, because they are sealed and opened in place. */
static void prepare(const struct sealed_call *s)
{
    if (s->args.len != 0)
        memcpy(s->args.data, s->before.ptr, s->args.len);
}

static ike2_err play_seal(const ike2_crypto *crypto, const struct call *c)
{
    prepare(&c->u.sealed);
    return crypto->seal(crypto->user, &c->u.sealed.args);
}

static ike2_err play_open(const ike2_crypto *crypto, const struct call *c)
{
    prepare(&c->u.sealed);
    return crypto->open(crypto->user, &c->u.sealed.args);
}

static ike2_err play_ke_start(const ike2_crypto *crypto, const struct call *c)
{
    uint8_t room[RESULT_OCTETS];
    ike2_buffer pub = { .ptr = room, .cap = sizeof room };
    ike2_ke_state *state = NULL;
    ike2_err err = crypto->ke_start(crypto->user, c->u.ke.method, &pub, &state);

    crypto->ke_free(crypto->user, state);
    return err;
}

static ike2_err play_ke_finish(const ike2_crypto *crypto, const struct call *c)
{
    ike2_key *secret = NULL;
    ike2_err err = crypto->ke_finish(crypto->user, c->u.ke.state, c->u.ke.peer_pub, &secret);

    crypto->key_free(crypto->user, secret);
    return err;
}

static ike2_err play_sign(const ike2_crypto *crypto, const struct call *c)
{
    uint8_t room[RESULT_OCTETS];
    ike2_buffer sig = { .ptr = room, .cap = sizeof room };
    const struct signed_call *s = &c->u.sign;

    return crypto->sign(crypto->user, s->key, s->scheme, c->parts, c->n_parts, &sig);
}

static ike2_err play_verify(const ike2_crypto *crypto, const struct call *c)
{
    const struct signed_call *s = &c->u.sign;

    (void)crypto;
    return ike2_mbedtls_verify(s->public_key, s->scheme, c->parts, c->n_parts, s->signature);
}

bool replay_call(const ike2_crypto *crypto, const struct call *c)
{
    static ike2_err (*const plays[CALLS])(const ike2_crypto *, const struct call *) = {
        [CALL_RANDOM] = play_random,         [CALL_DESCRIBE] = play_describe,
        [CALL_KEY_IMPORT] = play_key_import, [CALL_KEY_EXPORT] = play_key_export,
        [CALL_HASH] = play_hash,             [CALL_PRF] = play_prf,
        [CALL_PRF_KEY] = play_prf_key,       [CALL_PRF_PLUS] = play_prf_plus,
        [CALL_SEAL] = play_seal,             [CALL_OPEN] = play_open,
        [CALL_KE_START] = play_ke_start,     [CALL_KE_FINISH] = play_ke_finish,
        [CALL_SIGN] = play_sign,             [CALL_VERIFY] = play_verify,
    };

    return plays[c->kind](crypto, c) == c->result;
}

bool replay_tape(const struct tape *t)
{
    bool good = true;

    for (size_t i = 0; i < t->n; i++)
        good = replay_call(t->inner, &t->calls[i]) && good;
    return good;
}
