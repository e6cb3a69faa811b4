#include "algorithm.h"

#include <stdio.h>
#include <string.h>

#include <ike2/iana.h>
#include <ike2/mbedtls.h>

#include "nearest.h"

enum { WORDS_MAX = 256 };

/* --- This build -------------------------------------------------------------------------- */

/* ESN and NONE need no provider. */
static bool provides(const ike2_crypto *c, const ike2_transform *t)
{
    ike2_transform_info info = IKE2_INIT(ike2_transform_info);

    if (t->type == IKE2_TRANSFORM_ESN || (t->type == IKE2_TRANSFORM_KE && t->id == IKE2_KE_NONE))
        return true;
    return c->describe(c->user, t, &info) == IKE2_OK;
}

const char *algorithm_nearest(const char *word)
{
    ike2_algorithm a = IKE2_INIT(ike2_algorithm);
    const char *words[WORDS_MAX], *nearest;
    ike2_mbedtls *m = NULL;
    size_t i, n = 0;

    if (ike2_mbedtls_new(NULL, &m) != IKE2_OK)
        return NULL;
    for (i = 0; n + 2 <= WORDS_MAX && ike2_algorithm_at(i, &a); i++) {
        if (a.word == NULL || !provides(ike2_mbedtls_crypto(m), &a.transform))
            continue;
        words[n++] = a.word;
        if (a.also != NULL)
            words[n++] = a.also;
    }
    nearest = nearest_word(word, words, n);
    ike2_mbedtls_free(m);
    return nearest;
}

static const char *name_of(const ike2_transform *t, const ike2_algorithm *a)
{
    const char *name = a->word != NULL ? a->word : ike2_transform_name(t->type, t->id);

    return name != NULL ? name : "something";
}

static void say_lacking(const ike2_transform *t, char text[ALGORITHM_TEXT])
{
    ike2_algorithm a = IKE2_INIT(ike2_algorithm);

    if (ike2_algorithm_find(t, &a) && a.legacy)
        (void)snprintf(text, ALGORITHM_TEXT,
                       "names %s, which this build lacks: name a stronger one, or build libike2 "
                       "with -DIKE2_ENABLE_LEGACY=ON",
                       name_of(t, &a));
    else
        (void)snprintf(text, ALGORITHM_TEXT,
                       "names %s, which the crypto provider of this build lacks: name another one",
                       name_of(t, &a));
}

bool algorithm_all_provided(const ike2_proposal *p, char text[ALGORITHM_TEXT])
{
    ike2_mbedtls *m = NULL;
    bool ok = true;
    size_t i;

    if (ike2_mbedtls_new(NULL, &m) != IKE2_OK) {
        (void)snprintf(text, ALGORITHM_TEXT, "cannot be checked: out of memory");
        return false;
    }
    for (i = 0; ok && i < p->n_transforms; i++) {
        ok = provides(ike2_mbedtls_crypto(m), &p->transforms[i]);
        if (!ok)
            say_lacking(&p->transforms[i], text);
    }
    ike2_mbedtls_free(m);
    return ok;
}

/* --- What is no proposal ----------------------------------------------------------------- */

/* What the words of a text are. */
struct parts {
    bool has_aead, has_cipher, has_integ, has_prf, has_ke;
};

static bool is_word(const char *word, const char *text, size_t len)
{
    return word != NULL && strlen(word) == len && strncmp(word, text, len) == 0;
}

static bool find_word(const char *text, size_t len, ike2_algorithm *out)
{
    size_t i;

    for (i = 0; ike2_algorithm_at(i, out); i++) {
        if (is_word(out->word, text, len) || is_word(out->also, text, len))
            return true;
    }
    return false;
}

static void add_part(struct parts *p, const ike2_algorithm *a)
{
    uint8_t type = a->transform.type;

    p->has_aead = p->has_aead || (type == IKE2_TRANSFORM_ENCR && a->aead);
    p->has_cipher = p->has_cipher || (type == IKE2_TRANSFORM_ENCR && !a->aead);
    p->has_integ = p->has_integ || type == IKE2_TRANSFORM_INTEG;
    p->has_prf = p->has_prf || type == IKE2_TRANSFORM_PRF;
    p->has_ke = p->has_ke || type == IKE2_TRANSFORM_KE;
}

/* NULL: nothing. */
static const char *what_is_missing(const struct parts *p, uint8_t protocol)
{
    if (p->has_aead && p->has_cipher)
        return "mixes an AEAD with other encryption: write two proposals";
    if (!p->has_aead && !p->has_cipher)
        return "names no encryption, as aes256gcm16";
    if (p->has_cipher && !p->has_integ)
        return "names no integrity algorithm, as sha256: this encryption needs one";
    if (protocol == IKE2_PROTOCOL_IKE && !p->has_prf && !p->has_integ)
        return "names no PRF, as prfsha384";
    if (protocol == IKE2_PROTOCOL_IKE && !p->has_ke)
        return "names no key exchange, as ecp384";
    return NULL;
}

static const char *after_dash(const char *at)
{
    const char *dash = strchr(at, '-');

    return dash != NULL ? dash + 1 : NULL;
}

void algorithm_explain(const char *proposal, uint8_t protocol, char text[ALGORITHM_TEXT])
{
    bool is_ike = protocol == IKE2_PROTOCOL_IKE;
    struct parts parts = { false };
    const char *at = proposal, *missing;

    for (; at != NULL; at = after_dash(at)) {
        ike2_algorithm a = IKE2_INIT(ike2_algorithm);
        size_t len = strcspn(at, "-");

        if (len == 0) {
            (void)snprintf(text, ALGORITHM_TEXT, "has no word at character %zu",
                           (size_t)(at - proposal) + 1);
            return;
        }
        if (!find_word(at, len, &a))
            break;
        if (is_ike ? !a.ike : !a.esp) {
            (void)snprintf(text, ALGORITHM_TEXT, "names %s, which is for %s only", a.word,
                           is_ike ? "ESP" : "IKE");
            return;
        }
        add_part(&parts, &a);
    }
    missing = what_is_missing(&parts, protocol);
    if (missing == NULL)
        missing = is_ike ? "is no proposal: write aes256gcm16-prfsha384-ecp384"
                         : "is no proposal: write aes256gcm16";
    (void)snprintf(text, ALGORITHM_TEXT, "%s", missing);
}

/* --- The RFCs ---------------------------------------------------------------------------- */

/* Where the algorithms of a type are listed. */
static const char *section_of(uint8_t type, uint8_t protocol)
{
    bool is_esp = protocol == IKE2_PROTOCOL_ESP;

    switch (type) {
    case IKE2_TRANSFORM_ENCR: return is_esp ? "RFC 8221 5" : "RFC 8247 2.1";
    case IKE2_TRANSFORM_PRF: return "RFC 8247 2.2";
    case IKE2_TRANSFORM_INTEG: return is_esp ? "RFC 8221 6" : "RFC 8247 2.3";
    default: return "RFC 8247 2.4";
    }
}

bool algorithm_is_discouraged(const ike2_transform *t, uint8_t protocol, char text[ALGORITHM_TEXT])
{
    ike2_algorithm a = IKE2_INIT(ike2_algorithm);
    uint8_t level;

    if (!ike2_algorithm_find(t, &a))
        return false;
    /* RFC 8221 lists no key exchanges: those of Child SAs are RFC 8247's, too. */
    level =
        protocol == IKE2_PROTOCOL_ESP && t->type != IKE2_TRANSFORM_KE ? a.esp_level : a.ike_level;
    if (level == IKE2_LEVEL_SHOULD_NOT || level == IKE2_LEVEL_MUST_NOT)
        (void)snprintf(text, ALGORITHM_TEXT, "%s: %s says %s: %s", name_of(t, &a),
                       section_of(t->type, protocol), ike2_level_text(level),
                       ike2_transform_name(t->type, t->id));
    else if (a.deprecated)
        (void)snprintf(text, ALGORITHM_TEXT, "%s: RFC 9395 says DEPRECATED", name_of(t, &a));
    else
        return false;
    return true;
}
