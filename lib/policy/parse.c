/* policy/parse.c - text form of proposals: words joined by hyphens. RFC 7296 3.3. */
#include <ike2/iana.h>

#include <string.h>

#include "policy/keyword.h"

/* A text that was cut into words, as far as it was read. */
struct words {
    const char *rest; /* NULL at the end */
};

/* What occurs in the text. */
struct survey {
    bool has_combined, has_classic, has_integ, has_prf, has_ke, has_esn;
};

struct transforms {
    ike2_transform *room;
    size_t cap, n;
};

static bool word_next(struct words *w, const struct algorithm **out)
{
    size_t len;

    if (w->rest == NULL)
        return false;
    len = strcspn(w->rest, "-");
    *out = ike2_keyword_find(w->rest, len);
    w->rest = w->rest[len] == '-' ? w->rest + len + 1 : NULL;
    return true;
}

static void survey_note(struct survey *s, const ike2_algorithm *k)
{
    switch (k->transform.type) {
    case IKE2_TRANSFORM_ENCR:
        s->has_combined = s->has_combined || k->aead;
        s->has_classic = s->has_classic || !k->aead;
        return;
    case IKE2_TRANSFORM_INTEG:
        s->has_integ = true;
        return;
    case IKE2_TRANSFORM_PRF:
        s->has_prf = true;
        return;
    case IKE2_TRANSFORM_KE:
        s->has_ke = true;
        return;
    case IKE2_TRANSFORM_ESN:
        s->has_esn = true;
        return;
    }
}

/* RFC 7296 3.3, 3.3.3: combined mode ciphers and others do not mix, the others need an integrity
 * algorithm, and an IKE SA needs a PRF and a key exchange. */
static bool survey_is_complete(const struct survey *s, uint8_t protocol)
{
    if (s->has_combined == s->has_classic)
        return false;
    if (s->has_classic && !s->has_integ)
        return false;
    return protocol != IKE2_PROTOCOL_IKE || (s->has_ke && (s->has_prf || s->has_integ));
}

static ike2_err survey_read(const char *text, uint8_t protocol, struct survey *out)
{
    struct words words = { .rest = text };
    const struct algorithm *a;

    for (const char *at = text; word_next(&words, &a); at = words.rest) {
        if (*at == '-' || *at == '\0')
            return IKE2_ERR_MALFORMED;
        if (a == NULL)
            return IKE2_ERR_UNSUPPORTED;
        /* RFC 7296 3.3.3, 5: not every protocol negotiates everything. */
        if (!ike2_registry_allows(a, protocol))
            return IKE2_ERR_MALFORMED;
        survey_note(out, &a->info);
    }
    return survey_is_complete(out, protocol) ? IKE2_OK : IKE2_ERR_MALFORMED;
}

/* Saying something twice changes nothing. */
static bool transforms_add(struct transforms *list, const ike2_transform *t)
{
    for (size_t i = 0; i < list->n; i++)
        if (list->room[i].type == t->type && list->room[i].id == t->id &&
            list->room[i].key_bits == t->key_bits)
            return true;
    if (list->n == list->cap)
        return false;
    list->room[list->n++] = *t;
    return true;
}

/* What one word adds: itself, and an integrity algorithm's PRF where none is named. */
static bool word_write(const struct algorithm *a, const struct survey *s, uint8_t protocol,
                       struct transforms *list)
{
    const ike2_transform prf = { .type = IKE2_TRANSFORM_PRF, .id = a->prf };
    bool is_integ = a->info.transform.type == IKE2_TRANSFORM_INTEG;

    if (!(is_integ && s->has_combined) && !transforms_add(list, &a->info.transform))
        return false;
    if (!is_integ || protocol != IKE2_PROTOCOL_IKE || s->has_prf)
        return true;
    return transforms_add(list, &prf);
}

ike2_err ike2_proposal_parse(const char *text, uint8_t protocol, ike2_transform *room,
                             size_t n_room, ike2_proposal *out)
{
    static const ike2_transform esn_no = { .type = IKE2_TRANSFORM_ESN, .id = IKE2_ESN_NO };
    struct transforms list = { .room = room, .cap = n_room };
    struct words words = { .rest = text };
    struct survey s = { 0 };
    const struct algorithm *a;
    ike2_err err;

    if (protocol != IKE2_PROTOCOL_IKE && protocol != IKE2_PROTOCOL_ESP)
        return IKE2_ERR_UNSUPPORTED;
    err = survey_read(text, protocol, &s);
    if (err != IKE2_OK)
        return err;
    while (word_next(&words, &a))
        if (!word_write(a, &s, protocol, &list))
            return IKE2_ERR_SPACE;
    /* RFC 7296 3.3.3: a Child SA's proposal always says something of ESN. */
    if (protocol == IKE2_PROTOCOL_ESP && !s.has_esn && !transforms_add(&list, &esn_no))
        return IKE2_ERR_SPACE;

    *out = (ike2_proposal){ .protocol = protocol, .transforms = room, .n_transforms = list.n };
    return IKE2_OK;
}
