/* policies - writes the tables of doc/policies.md: the library's named policies, those of a build
 * with IKE2_ENABLE_LEGACY. */
#include <stdio.h>
#include <string.h>

#include <ike2/iana.h>
#include <ike2/policy.h>

enum { TEXT = 512 };

static const struct {
    uint16_t scheme;
    const char *name;
} schemes[] = {
    { IKE2_SIG_RSA_PKCS1_SHA384, "RSA PKCS #1 v1.5 with SHA-384" },
    { IKE2_SIG_RSA_PSS_SHA384, "RSA PSS with SHA-384" },
    { IKE2_SIG_ECDSA_SHA384_DER, "ECDSA with SHA-384" },
    { IKE2_SIG_ECDSA_P384_SHA384_RAW, "ECDSA with SHA-384 (RFC 4754)" },
};

/* --- Which algorithm is where ----------------------------------------------------------- */

static bool has(const ike2_proposal *list, size_t n, const ike2_transform *t)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < list[i].n_transforms; k++) {
            const ike2_transform *own = &list[i].transforms[k];

            if (own->type == t->type && own->id == t->id && own->key_bits == t->key_bits)
                return true;
        }
    return false;
}

static const char *use_of(const ike2_named_policy *p, const ike2_transform *t)
{
    bool ike = has(p->ike, p->n_ike, t), esp = has(p->esp, p->n_esp, t);

    if (ike && esp)
        return "IKE, ESP";
    return ike ? "IKE" : esp ? "ESP" : "";
}

static bool is_used(const ike2_transform *t)
{
    ike2_named_policy p = IKE2_INIT(ike2_named_policy);

    for (size_t i = 0; ike2_named_policy_at(i, &p); i++)
        if (use_of(&p, t)[0] != '\0')
            return true;
    return false;
}

static const char *esp_level(const ike2_algorithm *a)
{
    uint8_t type = a->transform.type;

    return type == IKE2_TRANSFORM_ENCR || type == IKE2_TRANSFORM_INTEG
               ? ike2_level_text(a->esp_level)
               : "";
}

static void put_row(const ike2_algorithm *a)
{
    ike2_named_policy p = IKE2_INIT(ike2_named_policy);

    (void)printf("| `%s` | %s | %s |", a->word,
                 a->transform.type == IKE2_TRANSFORM_ESN ? "" : ike2_level_text(a->ike_level),
                 esp_level(a));
    for (size_t i = 0; ike2_named_policy_at(i, &p); i++)
        (void)printf(" %s |", use_of(&p, &a->transform));
    (void)putchar('\n');
}

static void put_overview(void)
{
    ike2_named_policy p = IKE2_INIT(ike2_named_policy);
    ike2_algorithm a = IKE2_INIT(ike2_algorithm);
    size_t n = 0;

    (void)printf("\n| Algorithm | RFC 8247, IKE | RFC 8221, ESP |");
    for (; ike2_named_policy_at(n, &p); n++)
        (void)printf(" `%s` |", p.name);
    (void)printf("\n|---|---|---|");
    for (size_t i = 0; i < n; i++)
        (void)printf("---|");
    (void)putchar('\n');
    for (size_t i = 0; ike2_algorithm_at(i, &a); i++)
        if (a.word != NULL && is_used(&a.transform))
            put_row(&a);
}

/* --- One policy ------------------------------------------------------------------------- */

static void put_proposals(const char *title, const ike2_proposal *list, size_t n)
{
    char text[TEXT];

    for (size_t i = 0; i < n; i++) {
        (void)ike2_proposal_text(&list[i], text, sizeof text);
        (void)printf("| %s | `%s` |\n", i == 0 ? title : "", text);
    }
}

static void put_seconds(const char *title, uint32_t seconds)
{
    if (seconds == 0)
        (void)printf("| %s | as without a policy |\n", title);
    else
        (void)printf("| %s | %lu s |\n", title, (unsigned long)seconds);
}

static void put_octets(uint64_t octets)
{
    if (octets == 0)
        (void)printf("| new keys for traffic after | no number of octets |\n");
    else
        (void)printf("| new keys for traffic after | %llu KB |\n",
                     (unsigned long long)(octets >> 10));
}

static const char *name_of(uint16_t scheme)
{
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (schemes[i].scheme == scheme)
            return schemes[i].name;
    return "something without a name here";
}

static void put_proofs(const ike2_named_policy *p)
{
    (void)printf("| signatures | %s", p->n_schemes == 0 ? "all without SHA-1" : "");
    for (size_t i = 0; i < p->n_schemes; i++)
        (void)printf("%s%s", i == 0 ? "" : ", ", name_of(p->schemes[i]));
    (void)printf(" |\n| pre-shared keys | %s |\n", p->certificates_only ? "no" : "yes");
    if (p->min_rsa_bits != 0 || p->min_ec_bits != 0)
        (void)printf("| keys of both sides and their CAs | RSA from %u bits, curves %s %u |\n",
                     p->min_rsa_bits, p->max_ec_bits == p->min_ec_bits ? "of" : "from",
                     p->min_ec_bits);
}

static void put_policy(const ike2_named_policy *p)
{
    (void)printf("\n### `%s`\n\n%s", p->name, p->summary);
    if (p->source != NULL)
        (void)printf(" %s.", p->source);
    (void)printf("\n\n| | |\n|---|---|\n");
    put_proposals("IKE SA", p->ike, p->n_ike);
    put_proposals("Child SAs", p->esp, p->n_esp);
    put_seconds("new keys for the IKE SA after", p->ike_rekey_seconds);
    put_seconds("new keys for traffic after", p->child_rekey_seconds);
    put_octets(p->child_rekey_octets);
    put_proofs(p);
}

int main(void)
{
    ike2_named_policy p = IKE2_INIT(ike2_named_policy);

    put_overview();
    for (size_t i = 0; ike2_named_policy_at(i, &p); i++)
        put_policy(&p);
    return 0;
}
