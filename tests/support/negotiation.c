/* support/negotiation.c - one negotiation of an SA in words. */
#include "support/negotiation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "policy/keyword.h"

enum { UNKNOWN_ATTRIBUTE = 0x8000 | 77 };

/* --- The fake provider and the policy ----------------------------------------------- */

static bool list_has(const char *list, const char *word)
{
    const char *at = list;
    size_t len = strlen(word);

    while ((at = strstr(at, word)) != NULL) {
        if ((at == list || at[-1] == ' ') && (at[len] == '\0' || at[len] == ' '))
            return true;
        at += len;
    }
    return false;
}

static const struct algorithm *keyword_of(const ike2_transform *t)
{
    char word[64];
    struct text text = text_of(word, sizeof word);

    ike2_keyword_add(&text, t);
    return ike2_keyword_find(word, strlen(word));
}

static ike2_err describe(void *user, const ike2_transform *t, ike2_transform_info *out)
{
    const struct negotiation *n = user;
    const struct algorithm *k = keyword_of(t);
    ike2_transform_info info = IKE2_INIT(ike2_transform_info);

    /* Nobody asks a provider about what is no algorithm. */
    assert_true(t->type >= IKE2_TRANSFORM_ENCR && t->type <= IKE2_TRANSFORM_KE);
    assert_true(t->type != IKE2_TRANSFORM_KE || t->id != IKE2_KE_NONE);
    assert_true(t->type != IKE2_TRANSFORM_INTEG || t->id != IKE2_INTEG_NONE);
    if (k == NULL || (n->lacks != NULL && list_has(n->lacks, k->info.word)))
        return IKE2_ERR_UNSUPPORTED;
    info.aead = k->info.aead;
    info.iv_random = !k->info.aead;
    info.key_len = n->weak != NULL && list_has(n->weak, k->info.word) ? 0 : 32;
    info.iv_len = 8;
    info.icv_len = t->type == IKE2_TRANSFORM_INTEG || k->info.aead ? 16 : 0;
    *out = info;
    return IKE2_OK;
}

static bool suite_has(const ike2_suite *s, const char *word)
{
    const ike2_transform *all[] = { &s->encr, &s->integ, &s->prf, &s->ke, &s->esn };

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        const struct algorithm *k = all[i]->type != 0 ? keyword_of(all[i]) : NULL;

        if (k != NULL && strcmp(k->info.word, word) == 0)
            return true;
    }
    return false;
}

static const char *refuse(void *user, const ike2_policy_query *query)
{
    struct negotiation *n = user;

    n->n_policy_calls++;
    assert_ptr_equal(query->path, &n->path);
    assert_int_equal(query->peer_tag, 7);
    assert_non_null(query->suite);
    if (n->refused == NULL || !suite_has(query->suite, n->refused))
        return NULL;
    return "not by this policy";
}

void negotiation_refuse(struct negotiation *n, const char *word)
{
    n->refused = word;
    n->policy = (ike2_policy)IKE2_INIT(ike2_policy);
    n->policy.user = n;
    n->policy.refuse = refuse;
    n->args.policies[0] = &n->policy;
}

/* --- Words ------------------------------------------------------------------------------ */

/* Reads one word and moves behind it; the end of a proposal is ',' or the end of the text. */
static ike2_transform word_read(const char **at)
{
    size_t len = strcspn(*at, "-,?");
    const struct algorithm *k = ike2_keyword_find(*at, len);
    ike2_transform t = { 0 };
    char *end;

    if (k != NULL) {
        t = k->info.transform;
    } else {
        t.type = (uint8_t)strtoul(*at, &end, 10);
        if (*end != ':')
            fail_msg("'%s' begins with no word", *at);
        t.id = (uint16_t)strtoul(end + 1, &end, 10);
        if (*end == '/')
            t.key_bits = (uint16_t)strtoul(end + 1, &end, 10);
        assert_ptr_equal(end, *at + len);
    }
    *at += len;
    t.strange = **at == '?';
    if (t.strange)
        (*at)++;
    if (**at == '-')
        (*at)++;
    return t;
}

/* One proposal; moves behind it and the separator. */
static ike2_proposal proposal_read(struct negotiation *n, const char **at)
{
    ike2_proposal p = { .protocol = n->args.protocol, .transforms = n->room + n->n_room };

    while (**at != '\0' && **at != ',') {
        assert_true(n->n_room < NEGOTIATION_TRANSFORMS_MAX);
        n->room[n->n_room++] = word_read(at);
        p.n_transforms++;
    }
    if (**at == ',')
        *at += 2;
    return p;
}

void negotiation_begin(struct negotiation *n, uint8_t protocol, const char *ours)
{
    memset(n, 0, sizeof *n);
    n->crypto = (ike2_crypto)IKE2_INIT(ike2_crypto);
    n->crypto.user = n;
    n->crypto.describe = describe;
    n->args.crypto = &n->crypto;
    n->args.protocol = protocol;
    n->args.spi_size = protocol == IKE2_PROTOCOL_IKE ? 0 : 4;
    n->args.query = (ike2_policy_query){
        .protocol = protocol, .peer_tag = 7, .path = &n->path
    };
    n->args.ours.list = n->ours;
    while (*ours != '\0') {
        assert_true(n->args.ours.n < NEGOTIATION_PROPOSALS_MAX);
        n->ours[n->args.ours.n++] = proposal_read(n, &ours);
    }
}

/* --- The peer's octets: written here by hand, as RFC 7296 3.3 draws them --------------------- */

struct octets {
    uint8_t *at;
    size_t len;
};

static void put(struct octets *o, uint64_t value, size_t width)
{
    for (size_t i = width; i > 0; i--)
        o->at[o->len++] = (uint8_t)(value >> (8 * (i - 1)));
}

static void put_transform(struct octets *o, const ike2_transform *t, bool is_last)
{
    size_t n_attributes = (t->key_bits != 0) + (size_t)t->strange;

    put(o, is_last ? 0 : 3, 1);
    put(o, 0, 1);
    put(o, 8 + 4 * n_attributes, 2);
    put(o, t->type, 1);
    put(o, 0, 1);
    put(o, t->id, 2);
    if (t->key_bits != 0)
        put(o, UINT64_C(0x800e) << 16 | t->key_bits, 4);
    if (t->strange)
        put(o, (uint64_t)UNKNOWN_ATTRIBUTE << 16 | 1, 4);
}

static void put_proposal(struct octets *o, const struct select_args *args, uint8_t number,
                         const ike2_proposal *p, bool is_last)
{
    size_t start = o->len;

    put(o, is_last ? 0 : 2, 1);
    put(o, 0, 3);
    put(o, number, 1);
    put(o, args->protocol, 1);
    put(o, args->spi_size, 1);
    put(o, p->n_transforms, 1);
    put(o, number, args->spi_size);
    for (size_t i = 0; i < p->n_transforms; i++)
        put_transform(o, &p->transforms[i], i + 1 == p->n_transforms);
    o->at[start + 2] = (uint8_t)((o->len - start) >> 8);
    o->at[start + 3] = (uint8_t)(o->len - start);
}

ike2_bytes negotiation_offer_from(struct negotiation *n, uint8_t first_number, const char *words)
{
    struct octets o = { .at = n->offer };
    size_t n_room = n->n_room;

    for (uint8_t number = first_number; *words != '\0'; number++) {
        ike2_proposal p = proposal_read(n, &words);

        put_proposal(&o, &n->args, number, &p, *words == '\0');
    }
    n->n_room = n_room;
    return (ike2_bytes){ .ptr = o.at, .len = o.len };
}

ike2_bytes negotiation_offer(struct negotiation *n, const char *words)
{
    return negotiation_offer_from(n, 1, words);
}

/* --- Outcomes ---------------------------------------------------------------------------- */

const char *negotiation_text(const struct selection *s, char *text, size_t cap)
{
    struct text t = text_of(text, cap);

    ike2_text_uint(&t, s->number);
    for (size_t i = 0; i < s->n_transforms; i++) {
        ike2_text_char(&t, i == 0 ? ':' : '-');
        ike2_keyword_add(&t, &s->transforms[i]);
    }
    return text;
}

const char *negotiation_body_text(ike2_bytes body, char *text, size_t cap)
{
    struct text t = text_of(text, cap);
    ike2_walk proposals, walk;
    ike2_proposal p;
    ike2_transform transform;
    ike2_bytes transforms;

    ike2_proposal_walk(&proposals, body);
    while (ike2_proposal_next(&proposals, &p, &transforms)) {
        ike2_text_add(&t, t.len == 0 ? "" : ", ");
        ike2_text_uint(&t, p.number);
        ike2_transform_walk(&walk, transforms);
        for (char joint = ':'; ike2_transform_next(&walk, &transform, NULL); joint = '-') {
            ike2_text_char(&t, joint);
            ike2_keyword_add(&t, &transform);
        }
    }
    assert_int_equal(ike2_walk_end(&proposals), IKE2_OK);
    return text;
}

void negotiation_expect(struct negotiation *n, const char *offer, const char *choice)
{
    struct selection s = { 0 };
    char text[256];

    assert_int_equal(ike2_select(&n->args, negotiation_offer(n, offer), &s), IKE2_OK);
    assert_string_equal(negotiation_text(&s, text, sizeof text), choice);
    assert_int_equal(s.spi.len, n->args.spi_size);
    if (s.spi.len != 0)
        assert_int_equal(s.spi.ptr[s.spi.len - 1], s.number);
}

void negotiation_expect_none(struct negotiation *n, const char *offer)
{
    struct selection s = { .number = 99 };

    assert_int_equal(ike2_select(&n->args, negotiation_offer(n, offer), &s),
                     IKE2_ERR_UNSUPPORTED);
    assert_int_equal(s.number, 99);
}
