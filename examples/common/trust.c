#include "trust.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/x509.h>

#include <ike2/mbedtls.h>
#include <ike2/x509.h>

#include "certificates.h"
#include "raw_keys.h"

enum { ANCHORS_MAX = 1024, PER_FILE_MAX = 512, CRLS_MAX = 256, HASH_OCTETS = 20 };

/* The certificates or CRLs of one file. */
struct bundle {
    struct bundle *next;
    uint8_t *octets;
};

struct trust {
    unsigned owners;
    uint16_t min_rsa_bits, min_ec_bits, max_ec_bits;
    struct raw_keys keys;
    struct bundle *bundles;
    size_t n;
    ike2_bytes anchors[ANCHORS_MAX];
    ike2_bytes hashes[ANCHORS_MAX];
    uint8_t hash_octets[ANCHORS_MAX][HASH_OCTETS];
    struct trust_rules rules; /* without the names of files */
    char *cache;              /* of CRLs */
    ike2_bytes crls[CRLS_MAX];
    size_t n_crls;
};

static bool hash_all(struct trust *t, size_t from, const char *file, struct problem *why)
{
    size_t i;

    for (i = from; i < t->n; i++) {
        if (ike2_mbedtls_key_hash(t->anchors[i], t->hash_octets[i]) != IKE2_OK) {
            problem_set(why, "%s: certificate %zu is malformed", file, i - from + 1);
            return false;
        }
        t->hashes[i] = (ike2_bytes){ .ptr = t->hash_octets[i], .len = HASH_OCTETS };
    }
    return true;
}

/* Takes `b`, and what it holds. */
static void keep(struct trust *t, struct bundle *b)
{
    b->next = t->bundles;
    t->bundles = b;
}

static bool add_file(struct trust *t, const char *file, struct problem *why)
{
    size_t room = ANCHORS_MAX - t->n, from = t->n, n = 0;
    struct bundle *b = calloc(1, sizeof *b);

    if (room > PER_FILE_MAX)
        room = PER_FILE_MAX;
    if (b == NULL) {
        problem_set(why, "%s: out of memory", file);
        return false;
    }
    if (!certificates_load(file, &t->anchors[from], room, &n, &b->octets, why)) {
        free(b);
        return false;
    }
    keep(t, b);
    t->n += n;
    return hash_all(t, from, file, why);
}

static bool is_crl(ike2_bytes der)
{
    const uint8_t *at = der.ptr;
    X509_CRL *crl = der.len <= LONG_MAX ? d2i_X509_CRL(NULL, &at, (long)der.len) : NULL;
    bool is_whole = crl != NULL && at == der.ptr + der.len;

    X509_CRL_free(crl);
    ERR_clear_error();
    return is_whole;
}

/* DER has no label, and the validator passes over what it cannot read: a certificate in the place
 * of a CRL would never be noticed. */
static bool are_crls(const ike2_bytes *list, size_t n, const char *file, struct problem *why)
{
    for (size_t i = 0; i < n; i++) {
        if (is_crl(list[i]))
            continue;
        problem_set(why, "%s: CRL %zu is none: PEM (BEGIN X509 CRL) or DER is expected", file,
                    i + 1);
        return false;
    }
    return true;
}

static bool add_crls(struct trust *t, const char *file, struct problem *why)
{
    struct bundle *b = calloc(1, sizeof *b);
    size_t n = 0;

    if (b == NULL) {
        problem_set(why, "%s: out of memory", file);
        return false;
    }
    if (!crls_load(file, &t->crls[t->n_crls], CRLS_MAX - t->n_crls, &n, &b->octets, why)) {
        free(b);
        return false;
    }
    keep(t, b);
    t->n_crls += n;
    return are_crls(&t->crls[t->n_crls - n], n, file, why);
}

static bool add_all(struct trust *t, const char *const *files, size_t n,
                    const struct trust_rules *rules, struct problem *why)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (!add_file(t, files[i], why))
            return false;
    }
    for (i = 0; i < rules->n_crl_files; i++) {
        if (!add_crls(t, rules->crl_files[i], why))
            return false;
    }
    return true;
}

bool trust_load(const char *const *files, size_t n, const struct trust_rules *rules,
                struct trust **out, struct problem *why)
{
    struct trust *t = calloc(1, sizeof *t);

    if (t == NULL) {
        problem_set(why, "out of memory");
        return false;
    }
    t->owners = 1;
    t->rules = *rules;
    t->rules.n_crl_files = 0;
    t->cache = rules->fetching.cache != NULL ? strdup(rules->fetching.cache) : NULL;
    t->rules.fetching.cache = t->cache;
    if (!add_all(t, files, n, rules, why)) {
        trust_free(t);
        return false;
    }
    *out = t;
    return true;
}

bool trust_add_key(struct trust *t, const char *text, struct problem *why)
{
    return raw_keys_add(&t->keys, text, why);
}

struct trust *trust_ref(struct trust *t)
{
    if (t != NULL)
        t->owners++;
    return t;
}

void trust_free(struct trust *t)
{
    struct bundle *b;

    if (t == NULL || --t->owners > 0)
        return;
    while ((b = t->bundles) != NULL) {
        t->bundles = b->next;
        free(b->octets);
        free(b);
    }
    free(t->cache);
    free(t);
}

void trust_demand(struct trust *t, const ike2_named_policy *p)
{
    t->min_rsa_bits = p->min_rsa_bits;
    t->min_ec_bits = p->min_ec_bits;
    t->max_ec_bits = p->max_ec_bits;
}

const ike2_bytes *trust_hashes(const struct trust *t, size_t *n)
{
    *n = t != NULL ? t->n : 0;
    return t != NULL ? t->hashes : NULL;
}

const ike2_bytes *trust_anchors(const struct trust *t, size_t *n)
{
    *n = t != NULL ? t->n : 0;
    return t != NULL ? t->anchors : NULL;
}

const struct trust_fetching *trust_fetching(const struct trust *t)
{
    return t != NULL && t->rules.fetching.is_on ? &t->rules.fetching : NULL;
}

const struct selectors *trust_looks_up(const struct trust *t)
{
    return t != NULL && t->rules.fetching.certificates ? &t->rules.fetching.networks : NULL;
}

/* --- The verdict ------------------------------------------------------------------------- */

static void want(void *user, const ike2_x509_seen *about, ike2_bytes url)
{
    (void)about;
    wanted_add(user, url);
}

static void judge_certificate(const struct trust *t, const ike2_proof *proof,
                              struct wanted *wanted, ike2_verdict *out)
{
    ike2_x509_policy policy = IKE2_INIT(ike2_x509_policy);
    ike2_bytes crls[CRLS_MAX + WANTED_MAX];

    memcpy(crls, t->crls, t->n_crls * sizeof crls[0]);
    policy.anchors = t->anchors;
    policy.n_anchors = t->n;
    policy.min_rsa_bits = t->min_rsa_bits;
    policy.min_ec_bits = t->min_ec_bits;
    policy.max_ec_bits = t->max_ec_bits;
    policy.anchor_keys = (const uint8_t(*)[32])t->rules.anchors.list;
    policy.n_anchor_keys = t->rules.anchors.n;
    policy.pins = (const uint8_t(*)[32])t->rules.pins.list;
    policy.n_pins = t->rules.pins.n;
    policy.purposes = t->rules.purposes;
    policy.revocation = t->rules.revocation;
    policy.flags = t->rules.flags;
    policy.crls = crls;
    policy.n_crls = t->n_crls;
    if (wanted != NULL) {
        policy.n_crls += wanted_octets(wanted, &crls[t->n_crls]);
        wanted_begin(wanted);
        policy.wants_crl = want;
        policy.user = wanted;
    }
    (void)ike2_x509_verify(proof, &policy, (int64_t)time(NULL), out); /* a failure is a refusal */
}

void trust_judge(const struct trust *t, const ike2_proof *proof, struct wanted *wanted,
                 ike2_verdict *out)
{
    static const char nobody[] = "no ca is configured for this peer";

    if (t != NULL && t->keys.n > 0 && raw_keys_concern(proof)) {
        raw_keys_judge(&t->keys, proof, out);
        return;
    }
    *out = (ike2_verdict)IKE2_INIT(ike2_verdict);
    if (t == NULL || t->n + t->rules.anchors.n == 0) {
        out->reason = IKE2_X509_NO_PATH;
        memcpy(out->text, nobody, sizeof nobody);
        return;
    }
    judge_certificate(t, proof, wanted, out);
}
