/* algorithms - writes the tables of doc/algorithms.md: the library's registry of transforms, and
 * what the crypto provider of this build has of them. */
#include <stdio.h>
#include <string.h>

#include <ike2/iana.h>
#include <ike2/mbedtls.h>

#ifdef IKE2_ENABLE_LEGACY
static const bool has_legacy = true;
#else
static const bool has_legacy = false;
#endif

static const struct section {
    uint8_t type;
    const char *title, *head;
} sections[] = {
    { IKE2_TRANSFORM_ENCR, "Encryption, transform type 1",
      "| Word | Transform | IANA | Key bits | Specified in | Kind | RFC 8247, IKE "
      "| RFC 8221, ESP | Provider |\n|---|---|---|---|---|---|---|---|---|\n" },
    { IKE2_TRANSFORM_PRF, "Pseudorandom functions, transform type 2",
      "| Word | Transform | IANA | Specified in | RFC 8247, IKE | Provider |\n"
      "|---|---|---|---|---|---|\n" },
    { IKE2_TRANSFORM_INTEG, "Integrity, transform type 3",
      "| Word | Transform | IANA | Specified in | Kind | RFC 8247, IKE | RFC 8221, ESP and AH | "
      "Provider |\n|---|---|---|---|---|---|---|---|\n" },
    { IKE2_TRANSFORM_KE, "Key exchange, transform type 4",
      "| Word | Transform | IANA | Specified in | RFC 8247 | Provider |\n"
      "|---|---|---|---|---|---|\n" },
    { IKE2_TRANSFORM_ESN, "Extended sequence numbers, transform type 5",
      "| Word | Transform | IANA | Specified in |\n|---|---|---|---|\n" },
};

/* --- Transforms ------------------------------------------------------------------------- */

static const char *kind_of(const ike2_algorithm *a)
{
    if (!a->ike && !a->esp)
        return "AH only";
    if (!a->ike)
        return a->aead ? "AEAD, ESP only" : "ESP only";
    return a->aead ? "AEAD" : "";
}

static bool needs_provider(const ike2_transform *t)
{
    bool has_none = t->type == IKE2_TRANSFORM_INTEG || t->type == IKE2_TRANSFORM_KE;

    return t->type != IKE2_TRANSFORM_ESN && !(has_none && t->id == 0);
}

/* Where a provider does not keep to `legacy`, the table says so, and no longer equals the
 * document. */
static const char *provider_of(const ike2_crypto *c, const ike2_algorithm *a)
{
    ike2_transform_info info = IKE2_INIT(ike2_transform_info);
    bool has;

    if (!needs_provider(&a->transform))
        return "needs none";
    has = c->describe(c->user, &a->transform, &info) == IKE2_OK;
    if (a->legacy && has == has_legacy)
        return "with `IKE2_ENABLE_LEGACY`";
    return has ? "yes" : "no";
}

static void put_cell(const char *text)
{
    (void)printf(" %s |", text);
}

static void put_level(const ike2_algorithm *a, uint8_t level)
{
    (void)printf(" %s%s |", ike2_level_text(level), a->iot ? " (IoT)" : "");
}

static void put_word(const ike2_algorithm *a)
{
    if (a->word == NULL)
        (void)printf("| |");
    else if (a->also == NULL)
        (void)printf("| `%s` |", a->word);
    else
        (void)printf("| `%s`, `%s` |", a->word, a->also);
}

static void put_row(const ike2_crypto *c, const ike2_algorithm *a)
{
    const ike2_transform *t = &a->transform;
    bool is_mac = t->type == IKE2_TRANSFORM_INTEG, is_encr = t->type == IKE2_TRANSFORM_ENCR;

    put_word(a);
    (void)printf(" %s%s | %u |", ike2_transform_name(t->type, t->id),
                 a->deprecated ? ", deprecated" : "", t->id);
    if (t->key_bits != 0)
        (void)printf(" %u |", t->key_bits);
    else if (is_encr)
        put_cell("");
    put_cell(a->rfc != NULL ? a->rfc : "nowhere");
    if (is_encr || is_mac)
        put_cell(kind_of(a));
    if (t->type != IKE2_TRANSFORM_ESN)
        put_level(a, a->ike_level);
    if (is_encr || is_mac)
        put_level(a, a->esp_level);
    if (t->type != IKE2_TRANSFORM_ESN)
        put_cell(provider_of(c, a));
    (void)putchar('\n');
}

static void put_section(const ike2_crypto *c, const struct section *s)
{
    ike2_algorithm a = IKE2_INIT(ike2_algorithm);

    (void)printf("\n### %s\n\n%s", s->title, s->head);
    for (size_t i = 0; ike2_algorithm_at(i, &a); i++)
        if (a.transform.type == s->type)
            put_row(c, &a);
}

/* --- Signatures ------------------------------------------------------------------------- */

static const struct scheme {
    uint16_t scheme;
    uint8_t method, level;
    const char *name, *rfc;
} schemes[] = {
    { IKE2_SIG_RSA_PKCS1_SHA1, 1, IKE2_LEVEL_MUST, "RSA PKCS #1 v1.5 with SHA-1", "RFC 7296" },
    { IKE2_SIG_ECDSA_P256_SHA256_RAW, 9, IKE2_LEVEL_SHOULD, "ECDSA P-256, SHA-256", "RFC 4754" },
    { IKE2_SIG_ECDSA_P384_SHA384_RAW, 10, IKE2_LEVEL_SHOULD, "ECDSA P-384, SHA-384", "RFC 4754" },
    { IKE2_SIG_ECDSA_P521_SHA512_RAW, 11, IKE2_LEVEL_SHOULD, "ECDSA P-521, SHA-512", "RFC 4754" },
    { IKE2_SIG_RSA_PSS_SHA256, 14, IKE2_LEVEL_MUST, "RSASSA-PSS, SHA-256", "RFC 7427" },
    { IKE2_SIG_RSA_PSS_SHA384, 14, IKE2_LEVEL_NONE, "RSASSA-PSS, SHA-384", "RFC 7427" },
    { IKE2_SIG_RSA_PSS_SHA512, 14, IKE2_LEVEL_NONE, "RSASSA-PSS, SHA-512", "RFC 7427" },
    { IKE2_SIG_ECDSA_SHA256_DER, 14, IKE2_LEVEL_SHOULD, "ecdsa-with-SHA256", "RFC 7427" },
    { IKE2_SIG_ECDSA_SHA384_DER, 14, IKE2_LEVEL_NONE, "ecdsa-with-SHA384", "RFC 7427" },
    { IKE2_SIG_ECDSA_SHA512_DER, 14, IKE2_LEVEL_NONE, "ecdsa-with-SHA512", "RFC 7427" },
    { IKE2_SIG_RSA_PKCS1_SHA256, 14, IKE2_LEVEL_MAY, "RSASSA-PKCS1-v1.5, SHA-256", "RFC 7427" },
    { IKE2_SIG_RSA_PKCS1_SHA384, 14, IKE2_LEVEL_MAY, "RSASSA-PKCS1-v1.5, SHA-384", "RFC 7427" },
    { IKE2_SIG_RSA_PKCS1_SHA512, 14, IKE2_LEVEL_MAY, "RSASSA-PKCS1-v1.5, SHA-512", "RFC 7427" },
    { IKE2_SIG_ED25519, 14, IKE2_LEVEL_NONE, "Ed25519", "RFC 8420" },
    { IKE2_SIG_ED448, 14, IKE2_LEVEL_NONE, "Ed448", "RFC 8420" },
};

/* The scheme is looked at before the key, of which there is none. */
static bool verifies(uint16_t scheme)
{
    const ike2_bytes nothing = { 0 };

    return ike2_mbedtls_verify(nothing, scheme, &nothing, 1, nothing) != IKE2_ERR_UNSUPPORTED;
}

static void put_schemes(void)
{
    (void)printf("\n### Signatures\n\n"
                 "| Scheme | Method | Specified in | RFC 8247 | Provider |\n"
                 "|---|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        const struct scheme *s = &schemes[i];

        (void)printf("| %s | %u | %s | %s | %s |\n", s->name, s->method, s->rfc,
                     ike2_level_text(s->level), verifies(s->scheme) ? "yes" : "no");
    }
}

int main(void)
{
    ike2_mbedtls *provider;

    if (ike2_mbedtls_new(NULL, &provider) != IKE2_OK) {
        (void)fprintf(stderr, "algorithms: the crypto provider does not start\n");
        return 1;
    }
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++)
        put_section(ike2_mbedtls_crypto(provider), &sections[i]);
    put_schemes();
    ike2_mbedtls_free(provider);
    return 0;
}
