/* crypto/selftest.c - known answers and consistency of a provider, for bring-up and FIPS.
 *
 * Keys are compared by what a PRF makes of them, so that a provider need not let them out. An
 * algorithm that the provider does not claim is passed over; what it claims must come out right. */
#include <string.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "base/mem.h"
#include "crypto/known_answers.h"
#include "crypto/provider.h"

enum { PRF_MAX = 64, KEY_MAX = 64, IV_MAX = 16, PRF_PLUS_MAX = 255 };

static ike2_err verdict(bool good)
{
    return good ? IKE2_OK : IKE2_ERR_CRYPTO;
}

static void ramp(uint8_t *out, size_t len, uint8_t first)
{
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(first + i);
}

static ike2_err describe(const ike2_crypto *c, const ike2_transform *t, ike2_transform_info *out)
{
    *out = (ike2_transform_info)IKE2_INIT(ike2_transform_info);
    return c->describe(c->user, t, out);
}

/* Two draws that are alike would mean that there is no randomness. */
static ike2_err check_random(const ike2_crypto *c)
{
    uint8_t a[32] = { 0 }, b[32] = { 0 };
    ike2_err err = c->random(c->user, a, sizeof a);

    if (err == IKE2_OK)
        err = c->random(c->user, b, sizeof b);
    return err != IKE2_OK ? err : verdict(memcmp(a, b, sizeof a) != 0);
}

static ike2_err check_hash(const ike2_crypto *c, const struct known_hash *k)
{
    const ike2_bytes parts[] = { bytes_of("a", 1), bytes_of("bc", 2) };
    uint8_t room[PRF_MAX] = { 0 };
    ike2_buffer out = { .ptr = room, .cap = sizeof room };
    ike2_err err = c->hash(c->user, k->alg, parts, 2, &out);

    if (err == IKE2_ERR_UNSUPPORTED)
        return IKE2_OK;
    return err != IKE2_OK ? err
                          : verdict(bytes_equal(bytes_of(room, out.len), bytes_of(k->out, k->len)));
}

/* --- PRF ---------------------------------------------------------------------------- */

/* A PRF at work. */
struct prf_check {
    const ike2_crypto *c;
    ike2_transform prf;
    size_t len;
};

static ike2_err prf_of(const struct prf_check *p, const ike2_input *key, const ike2_input *data,
                       size_t n_data, uint8_t out[PRF_MAX])
{
    const ike2_prf_args args = { .prf = p->prf, .key = key, .n_key = 1,
                                 .data = data, .n_data = n_data };
    ike2_buffer buffer = { .ptr = out, .cap = PRF_MAX };
    ike2_err err = p->c->prf(p->c->user, &args, &buffer);

    return err != IKE2_OK ? err : verdict(buffer.len == p->len);
}

/* Does the handle hold these octets? */
static ike2_err same_key(const struct prf_check *p, const ike2_key *key, ike2_bytes octets)
{
    const ike2_input handle = { .key = key }, plain = { .octets = octets };
    const ike2_input data = { .octets = bytes_of("compare", 7) };
    uint8_t a[PRF_MAX] = { 0 }, b[PRF_MAX] = { 0 };
    ike2_err err = prf_of(p, &handle, &data, 1, a);

    if (err == IKE2_OK)
        err = prf_of(p, &plain, &data, 1, b);
    return err != IKE2_OK ? err : verdict(memcmp(a, b, sizeof a) == 0);
}

/* The key in a handle, the data in two pieces. */
static ike2_err check_prf_answer(const struct prf_check *p, const struct known_prf *k)
{
    const ike2_input data[] = { { .octets = bytes_of(k->data.ptr, 5) },
                                { .octets = bytes_of(k->data.ptr + 5, k->data.len - 5) } };
    ike2_input handle = { 0 };
    uint8_t out[PRF_MAX] = { 0 };
    ike2_key *key = NULL;
    ike2_err err = p->c->key_import(p->c->user, IKE2_USE_PRF, k->key, &key);

    handle.key = key;
    if (err == IKE2_OK)
        err = prf_of(p, &handle, data, 2, out);
    if (err == IKE2_OK)
        err = verdict(memcmp(out, k->out, k->len) == 0);
    p->c->key_free(p->c->user, key);
    return err;
}

static ike2_err check_prf_key(const struct prf_check *p, const struct known_prf *k)
{
    const ike2_input octets = { .octets = k->key };
    const ike2_input data = { .octets = k->data };
    const ike2_prf_args args = { .prf = p->prf, .key = &octets, .n_key = 1, .data = &data,
                                 .n_data = 1 };
    ike2_key *key = NULL;
    ike2_err err = p->c->prf_key(p->c->user, &args, &key);

    if (err == IKE2_OK)
        err = same_key(p, key, bytes_of(k->out, k->len));
    p->c->key_free(p->c->user, key);
    return err;
}

enum { SLICES = 3, STREAM_BLOCKS = 3 };

static const ike2_input stream_key = { .octets = { .ptr = (const uint8_t *)"stream", .len = 6 } };
static const ike2_input stream_seed = { .octets = { .ptr = (const uint8_t *)"seed", .len = 4 } };

/* RFC 7296 2.13: T1 = prf (K, S | 0x01); T2 = prf (K, T1 | S | 0x02); ... */
static ike2_err stream_of(const struct prf_check *p, uint8_t out[STREAM_BLOCKS * PRF_MAX])
{
    for (uint8_t n = 1; n <= STREAM_BLOCKS; n++) {
        const uint8_t *last = n == 1 ? NULL : out + (n - 2) * p->len;
        const ike2_input data[] = { { .octets = bytes_of(last, n == 1 ? 0 : p->len) },
                                    stream_seed, { .octets = bytes_of(&n, 1) } };
        uint8_t block[PRF_MAX];
        ike2_err err = prf_of(p, &stream_key, data, 3, block);

        if (err != IKE2_OK)
            return err;
        memcpy(out + (n - 1) * p->len, block, p->len);
    }
    return IKE2_OK;
}

static ike2_err check_slices(const struct prf_check *p, const ike2_key_slice *slices)
{
    uint8_t stream[STREAM_BLOCKS * PRF_MAX];
    size_t at = 0;
    ike2_err err = stream_of(p, stream);

    for (size_t i = 0; i < SLICES && err == IKE2_OK; i++) {
        if (slices[i].len == 0)
            err = verdict(slices[i].key == NULL);
        else
            err = same_key(p, slices[i].key, bytes_of(stream + at, slices[i].len));
        at += slices[i].len;
    }
    return err;
}

static ike2_err check_prf_plus(const struct prf_check *p)
{
    const ike2_prf_args args = { .prf = p->prf, .key = &stream_key, .n_key = 1,
                                 .data = &stream_seed, .n_data = 1 };
    ike2_key_slice slices[SLICES] = { { .len = p->len + 7, .use = IKE2_USE_PRF },
                                      { .len = 0, .use = IKE2_USE_PRF },
                                      { .len = p->len, .use = IKE2_USE_PRF } };
    ike2_key_slice endless = { .len = PRF_PLUS_MAX * p->len + 1, .use = IKE2_USE_PRF };
    ike2_err err = p->c->prf_plus(p->c->user, &args, slices, SLICES);

    if (err == IKE2_OK)
        err = check_slices(p, slices);
    for (size_t i = 0; i < SLICES; i++)
        p->c->key_free(p->c->user, slices[i].key);
    if (err != IKE2_OK)
        return err;
    /* RFC 7296 2.13: beyond 255 blocks prf+ is not defined. */
    err = verdict(p->c->prf_plus(p->c->user, &args, &endless, 1) == IKE2_ERR_ARGUMENT);
    p->c->key_free(p->c->user, endless.key);
    return err;
}

static ike2_err check_prf(const ike2_crypto *c, const struct known_prf *k)
{
    const struct prf_check p = { .c = c, .prf = { .type = IKE2_TRANSFORM_PRF, .id = k->id },
                                 .len = k->len };
    ike2_transform_info info;
    ike2_err err = describe(c, &p.prf, &info);

    if (err == IKE2_ERR_UNSUPPORTED)
        return IKE2_OK;
    if (err == IKE2_OK)
        err = verdict(info.out_len == k->len);
    if (err == IKE2_OK)
        err = check_prf_answer(&p, k);
    if (err == IKE2_OK)
        err = check_prf_key(&p, k);
    return err == IKE2_OK ? check_prf_plus(&p) : err;
}

/* --- ciphers ------------------------------------------------------------------------ */

/* A message and all it is sealed with. */
struct seal_check {
    const ike2_crypto *c;
    const struct known_seal *known;
    ike2_seal_args args;
    ike2_key *encr_key, *integ_key;
    uint8_t iv[IV_MAX], aad[KNOWN_AAD_LEN], plain[KNOWN_PLAIN_LEN];
    uint8_t room[KNOWN_SEALED_MAX]; /* data | ICV */
};

/* IKE2_ERR_UNSUPPORTED if the provider does not claim the suite. */
static ike2_err suite_lengths(const ike2_crypto *c, const struct known_seal *k,
                              ike2_transform_info *encr, ike2_transform_info *integ)
{
    const ike2_transform e = { .type = IKE2_TRANSFORM_ENCR, .id = k->encr,
                               .key_bits = k->key_bits };
    const ike2_transform i = { .type = IKE2_TRANSFORM_INTEG, .id = k->integ };
    ike2_err err = describe(c, &e, encr);

    *integ = (ike2_transform_info){ 0 };
    if (err == IKE2_OK && k->integ != IKE2_INTEG_NONE)
        err = describe(c, &i, integ);
    if (err != IKE2_OK)
        return err;
    return verdict(encr->aead == (k->integ == IKE2_INTEG_NONE) && encr->iv_len <= IV_MAX &&
                   encr->icv_len + integ->icv_len == k->len - KNOWN_PLAIN_LEN);
}

static ike2_err import_ramp(const ike2_crypto *c, uint16_t use, size_t len, uint8_t first,
                            ike2_key **out)
{
    uint8_t octets[KEY_MAX];

    if (len > sizeof octets)
        return IKE2_ERR_CRYPTO;
    ramp(octets, len, first);
    return c->key_import(c->user, use, bytes_of(octets, len), out);
}

static ike2_err seal_check_begin(struct seal_check *s, const ike2_crypto *c,
                                 const struct known_seal *k)
{
    ike2_transform_info encr, integ;
    ike2_err err = suite_lengths(c, k, &encr, &integ);

    *s = (struct seal_check){ .c = c, .known = k };
    if (err == IKE2_OK)
        err = import_ramp(c, IKE2_USE_CIPHER, (size_t)encr.key_len + encr.salt_len,
                          KNOWN_KEY_FIRST, &s->encr_key);
    if (err == IKE2_OK && k->integ != IKE2_INTEG_NONE)
        err = import_ramp(c, IKE2_USE_MAC, integ.key_len, KNOWN_INTEG_KEY_FIRST, &s->integ_key);
    ramp(s->iv, sizeof s->iv, KNOWN_IV_FIRST);
    ramp(s->aad, sizeof s->aad, KNOWN_AAD_FIRST);
    ramp(s->plain, sizeof s->plain, KNOWN_PLAIN_FIRST);
    s->args = (ike2_seal_args){
        .encr = { .type = IKE2_TRANSFORM_ENCR, .id = k->encr, .key_bits = k->key_bits },
        .encr_key = s->encr_key, .integ_key = s->integ_key,
        .iv = bytes_of(s->iv, encr.iv_len), .aad = bytes_of(s->aad, sizeof s->aad),
        .data = s->room, .len = KNOWN_PLAIN_LEN,
        .icv = s->room + KNOWN_PLAIN_LEN, .icv_len = (size_t)k->len - KNOWN_PLAIN_LEN,
    };
    if (k->integ != IKE2_INTEG_NONE)
        s->args.integ = (ike2_transform){ .type = IKE2_TRANSFORM_INTEG, .id = k->integ };
    return err;
}

static void seal_check_end(struct seal_check *s)
{
    s->c->key_free(s->c->user, s->encr_key);
    s->c->key_free(s->c->user, s->integ_key);
}

static ike2_err check_there_and_back(struct seal_check *s)
{
    ike2_err err;

    memcpy(s->room, s->plain, sizeof s->plain);
    err = s->c->seal(s->c->user, &s->args);
    if (err == IKE2_OK)
        err = verdict(memcmp(s->room, s->known->sealed, s->known->len) == 0);
    if (err == IKE2_OK)
        err = s->c->open(s->c->user, &s->args);
    return err != IKE2_OK ? err : verdict(memcmp(s->room, s->plain, sizeof s->plain) == 0);
}

/* With one bit changed at `at`, the message is refused and its octets are gone. */
static ike2_err check_forgery(struct seal_check *s, uint8_t *at)
{
    static const uint8_t zeros[KNOWN_PLAIN_LEN];
    ike2_err err;

    memcpy(s->room, s->known->sealed, s->known->len);
    *at ^= 0x01;
    err = s->c->open(s->c->user, &s->args);
    if (at >= s->aad && at < s->aad + sizeof s->aad)
        *at ^= 0x01;
    return verdict(err == IKE2_ERR_AUTH && memcmp(s->room, zeros, sizeof zeros) == 0);
}

static ike2_err check_seal(const ike2_crypto *c, const struct known_seal *k)
{
    struct seal_check s;
    ike2_err err = seal_check_begin(&s, c, k);

    if (err == IKE2_OK)
        err = check_there_and_back(&s);
    if (err == IKE2_OK)
        err = check_forgery(&s, s.args.icv);
    if (err == IKE2_OK)
        err = check_forgery(&s, s.args.icv + s.args.icv_len - 1);
    if (err == IKE2_OK)
        err = check_forgery(&s, s.room);
    if (err == IKE2_OK)
        err = check_forgery(&s, s.aad);
    seal_check_end(&s);
    return err == IKE2_ERR_UNSUPPORTED ? IKE2_OK : err;
}

/* --- key exchange ------------------------------------------------------------------- */

/* Both sides of one exchange. */
struct ke_check {
    const ike2_crypto *c;
    uint16_t method;
    ike2_transform_info info;
    uint8_t *room; /* initiator's and responder's public values */
    ike2_buffer pub_i, pub_r;
    ike2_ke_state *initiator, *responder;
    ike2_key *secret_i, *secret_r;
};

static ike2_bytes written(const ike2_buffer *b)
{
    return bytes_of(b->ptr, b->len);
}

static ike2_err respond(struct ke_check *k)
{
    ike2_err err;

    if (k->info.kem)
        return k->c->ke_respond(k->c->user, k->method, written(&k->pub_i), &k->pub_r,
                                &k->secret_r);
    err = k->c->ke_start(k->c->user, k->method, &k->pub_r, &k->responder);
    return err != IKE2_OK ? err
                          : k->c->ke_finish(k->c->user, k->responder, written(&k->pub_i),
                                            &k->secret_r);
}

/* The secrets are never seen: a PRF shows whether they are the same. */
static ike2_err same_secret(const struct ke_check *k)
{
    /* ike2_provider_check has seen that there is this one. */
    const struct prf_check p = { .c = k->c, .len = 32,
                                 .prf = { .type = IKE2_TRANSFORM_PRF,
                                          .id = IKE2_PRF_HMAC_SHA2_256 } };
    const ike2_input i = { .key = k->secret_i }, r = { .key = k->secret_r };
    const ike2_input data = { .octets = bytes_of("compare", 7) };
    uint8_t a[PRF_MAX] = { 0 }, b[PRF_MAX] = { 0 };
    ike2_err err = prf_of(&p, &i, &data, 1, a);

    if (err == IKE2_OK)
        err = prf_of(&p, &r, &data, 1, b);
    return err != IKE2_OK ? err : verdict(memcmp(a, b, sizeof a) == 0);
}

/* A value of another length is refused. */
static ike2_err check_short_value(struct ke_check *k)
{
    ike2_key *none = NULL;
    ike2_bytes shorter = bytes_of(k->pub_r.ptr, k->pub_r.len - 1);
    ike2_err err = k->c->ke_finish(k->c->user, k->initiator, shorter, &none);

    return verdict(err == IKE2_ERR_MALFORMED && none == NULL);
}

static ike2_err exchange(struct ke_check *k)
{
    ike2_err err = k->c->ke_start(k->c->user, k->method, &k->pub_i, &k->initiator);

    if (err == IKE2_OK)
        err = verdict(k->pub_i.len == k->info.pub_i);
    if (err == IKE2_OK)
        err = respond(k);
    if (err == IKE2_OK)
        err = verdict(k->pub_r.len == k->info.pub_r);
    if (err == IKE2_OK)
        err = check_short_value(k);
    if (err == IKE2_OK)
        err = k->c->ke_finish(k->c->user, k->initiator, written(&k->pub_r), &k->secret_i);
    return err == IKE2_OK ? same_secret(k) : err;
}

static ike2_err check_ke(const ike2_crypto *c, uint16_t method, struct mem *mem)
{
    const ike2_transform t = { .type = IKE2_TRANSFORM_KE, .id = method };
    struct ke_check k = { .c = c, .method = method };
    ike2_err err = describe(c, &t, &k.info);
    size_t size = (size_t)k.info.pub_i + k.info.pub_r;

    if (err != IKE2_OK)
        return err == IKE2_ERR_UNSUPPORTED ? IKE2_OK : err;
    if (k.info.pub_i == 0 || k.info.pub_r == 0)
        return IKE2_ERR_CRYPTO;
    k.room = ike2_mem_acquire(mem, size);
    if (k.room == NULL)
        return IKE2_ERR_MEMORY;
    k.pub_i = (ike2_buffer){ .ptr = k.room, .cap = k.info.pub_i };
    k.pub_r = (ike2_buffer){ .ptr = k.room + k.info.pub_i, .cap = k.info.pub_r };
    err = exchange(&k);
    c->ke_free(c->user, k.initiator);
    c->ke_free(c->user, k.responder);
    c->key_free(c->user, k.secret_i);
    c->key_free(c->user, k.secret_r);
    ike2_mem_release(mem, k.room, size);
    return err;
}

/* ------------------------------------------------------------------------------------ */

ike2_err ike2_crypto_selftest(const ike2_crypto *c, const ike2_mem *mem)
{
    struct mem memory;
    ike2_err err = ike2_provider_check(c);

    ike2_mem_init(&memory, mem);
    if (err == IKE2_OK)
        err = check_random(c);
    for (size_t i = 0; i < KNOWN_HASHES && err == IKE2_OK; i++)
        err = check_hash(c, &ike2_known_hashes[i]);
    for (size_t i = 0; i < KNOWN_PRFS && err == IKE2_OK; i++)
        err = check_prf(c, &ike2_known_prfs[i]);
    for (size_t i = 0; i < KNOWN_SEALS && err == IKE2_OK; i++)
        err = check_seal(c, &ike2_known_seals[i]);
    for (uint16_t method = 1; method <= IKE2_KE_ML_KEM_1024 && err == IKE2_OK; method++)
        err = check_ke(c, method, &memory);
    return err;
}
