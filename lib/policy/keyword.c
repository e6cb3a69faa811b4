/* policy/keyword.c - the words of proposals. They are strongSwan's where it has one. */
#include "policy/keyword.h"

#include <ike2/iana.h>

#include "base/bytes.h"
#include "policy/select.h"

static bool is_word(const char *word, ike2_bytes text)
{
    return word != NULL && bytes_equal(text, bytes_of(word, strlen(word)));
}

const struct algorithm *ike2_keyword_find(const char *word, size_t len)
{
    const ike2_bytes text = bytes_of(word, len);
    const struct algorithm *a;

    for (size_t i = 0; (a = ike2_registry_at(i)) != NULL; i++)
        if (is_word(a->info.word, text) || is_word(a->info.also, text))
            return a;
    return NULL;
}

static void add_type(struct text *text, uint8_t type)
{
    static const char *const names[] = {
        [IKE2_TRANSFORM_ENCR] = "encr", [IKE2_TRANSFORM_PRF] = "prf",
        [IKE2_TRANSFORM_INTEG] = "integ", [IKE2_TRANSFORM_KE] = "ke",
        [IKE2_TRANSFORM_ESN] = "esn",
    };

    if (type < sizeof names / sizeof names[0] && names[type] != NULL) {
        ike2_text_add(text, names[type]);
        return;
    }
    ike2_text_add(text, "type");
    ike2_text_uint(text, type);
    ike2_text_char(text, ':');
}

void ike2_keyword_add(struct text *text, const ike2_transform *t)
{
    const struct algorithm *a = ike2_registry_find(t);

    if (a != NULL && a->info.word != NULL && a->info.transform.type == t->type) {
        ike2_text_add(text, a->info.word);
    } else {
        add_type(text, t->type);
        ike2_text_uint(text, t->id);
        if (t->key_bits != 0) {
            ike2_text_char(text, '/');
            ike2_text_uint(text, t->key_bits);
        }
    }
    /* RFC 7296 3.3.6: why it is not chosen although it may be one of ours. */
    if (t->strange)
        ike2_text_add(text, "(unknown attribute)");
}

/* Behind a hyphen, if it is not the first one. */
static void add_next(struct text *text, const ike2_transform *t)
{
    ike2_text_add(text, text->len == 0 ? "" : "-");
    ike2_keyword_add(text, t);
}

size_t ike2_proposal_text(const ike2_proposal *p, char *text, size_t cap)
{
    struct text t = text_of(text, cap);

    for (size_t i = 0; i < p->n_transforms; i++)
        add_next(&t, &p->transforms[i]);
    return t.len;
}

enum { SUITE_PARTS = 5 };

/* Those that were not negotiated have no type. */
static void parts_of(const ike2_suite *s, const ike2_transform *parts[SUITE_PARTS])
{
    parts[0] = &s->encr;
    parts[1] = &s->integ;
    parts[2] = &s->prf;
    parts[3] = &s->ke;
    parts[4] = &s->esn;
}

void ike2_suite_words(const ike2_suite *s, char *text, size_t cap)
{
    const ike2_transform *parts[SUITE_PARTS];
    struct text t = text_of(text, cap);

    parts_of(s, parts);
    for (size_t i = 0; i < SUITE_PARTS; i++)
        if (parts[i]->type != 0)
            add_next(&t, parts[i]);
}

bool ike2_suite_legacy(const ike2_suite *s, char *text, size_t cap)
{
    const ike2_transform *parts[SUITE_PARTS];
    struct text t = text_of(text, cap);

    parts_of(s, parts);
    for (size_t i = 0; i < SUITE_PARTS; i++) {
        const struct algorithm *a = ike2_registry_find(parts[i]);

        if (a != NULL && a->info.legacy)
            add_next(&t, parts[i]);
    }
    return t.len != 0;
}
