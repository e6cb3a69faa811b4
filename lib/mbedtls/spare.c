/* mbedtls/spare.c - contexts that wait in a key's handle for the next packet. */
#include "mbedtls/spare.h"

#include <stdlib.h>

struct spare *ike2_mbed_spare_new(void)
{
    struct spare *s = calloc(1, sizeof *s);

    if (s == NULL)
        return NULL;
    atomic_init(&s->engines[0], NULL);
    atomic_init(&s->engines[1], NULL);
    atomic_init(&s->mac, NULL);
    return s;
}

static void engine_free(struct engine *e)
{
    if (e == NULL)
        return;
    ike2_mbed_engine_end(e);
    free(e);
}

static void mac_free(struct mac *m)
{
    if (m == NULL)
        return;
    ike2_mbed_mac_end(m);
    free(m);
}

void ike2_mbed_spare_free(struct spare *s)
{
    if (s == NULL)
        return;
    engine_free(atomic_load(&s->engines[0]));
    engine_free(atomic_load(&s->engines[1]));
    mac_free(atomic_load(&s->mac));
    free(s);
}

/* --- Engines ------------------------------------------------------------------- */

static ike2_err engine_new(const struct engine_plan *plan, struct engine **out)
{
    struct engine *e = calloc(1, sizeof *e);
    int ret;

    if (e == NULL)
        return IKE2_ERR_MEMORY;
    ret = ike2_mbed_engine_begin(e, plan);
    if (ret != 0) {
        engine_free(e);
        return ike2_mbed_err(ret);
    }
    *out = e;
    return IKE2_OK;
}

ike2_err ike2_mbed_engine_take(const ike2_key *key, const struct engine_plan *plan,
                               struct engine **out)
{
    struct engine *e = NULL;

    if (key->spare != NULL)
        e = atomic_exchange(&key->spare->engines[plan->sealing], NULL);
    if (e != NULL && e->kind == plan->kind && e->key_len == plan->key_len) {
        *out = e;
        return IKE2_OK;
    }
    /* Or the handle was used with another transform before. */
    engine_free(e);
    return engine_new(plan, out);
}

void ike2_mbed_engine_give(const ike2_key *key, struct engine *e)
{
    if (key->spare != NULL)
        e = atomic_exchange(&key->spare->engines[e->sealing], e);
    engine_free(e);
}

/* --- Codes --------------------------------------------------------------------- */

static ike2_err mac_new(const ike2_key *key, const struct mac_kind *k, struct mac **out)
{
    const ike2_input input = { .key = key };
    struct mac *m = calloc(1, sizeof *m);
    int ret;

    if (m == NULL)
        return IKE2_ERR_MEMORY;
    ret = ike2_mbed_mac_begin(m, k, &input, 1);
    if (ret != 0) {
        mac_free(m);
        return ike2_mbed_err(ret);
    }
    *out = m;
    return IKE2_OK;
}

ike2_err ike2_mbed_mac_take(const ike2_key *key, const struct mac_kind *k, struct mac **out)
{
    struct mac *m = NULL;

    if (key->spare != NULL)
        m = atomic_exchange(&key->spare->mac, NULL);
    if (m != NULL && m->kind.family == k->family && m->kind.hash == k->hash &&
        ike2_mbed_mac_reset(m) == 0) {
        *out = m;
        return IKE2_OK;
    }
    mac_free(m);
    return mac_new(key, k, out);
}

void ike2_mbed_mac_give(const ike2_key *key, struct mac *m)
{
    if (key->spare != NULL)
        m = atomic_exchange(&key->spare->mac, m);
    mac_free(m);
}
