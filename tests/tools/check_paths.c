/* tools/check_paths.c - runs a file of paths in the .kv format of the reference vectors through
 * lib/x509, or, as check_paths_openssl, through OpenSSL's verifier:
 *
 *     check_paths FILE.kv...
 *
 * A line for each record, `name<TAB>accept|reject<TAB>reason<TAB>expected`, and one for each file.
 * The status is 0 only if nothing was accepted that is invalid. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "tools/paths/trial.h"
#include "vectors/kv.h"

/* Of path names; PATH_MAX is another thing here. */
enum { FILE_NAME_MAX = 4096 };

struct tally {
    unsigned accepted, refused, wrongly_accepted, wrongly_refused, valid;
};

static ike2_bytes octets_of(const struct kv_record *r, const char *hex)
{
    ike2_bytes out = { 0 };

    if (!text_hex(&r->file->text, hex, &out))
        (void)fprintf(stderr, "%s: no hex\n", kv_get(r, "name"));
    return out;
}

static void report(struct tally *t, const struct kv_record *r, bool accepted, const char *reason,
                   bool is_valid)
{
    (void)printf("%s\t%s\t%s\t%s\n", kv_get(r, "name"), accepted ? "accept" : "reject", reason,
                 kv_get(r, "expected"));
    t->accepted += accepted;
    t->refused += !accepted;
    t->valid += is_valid;
    t->wrongly_accepted += accepted && !is_valid;
    t->wrongly_refused += !accepted && is_valid;
}

static struct trial *trial_new(int64_t now)
{
    struct trial *t = calloc(1, sizeof *t);

    if (t == NULL)
        abort();
    trial_begin(t, now);
    return t;
}

/* --- PKITS: anchor first, end entity last, in files beside the .kv ---------------------- */

/* Of text that lives until the record's file is closed. */
static ike2_bytes file_of(const struct kv_record *r, const char *directory, const char *kind,
                          const char *name)
{
    char path[FILE_NAME_MAX];
    struct text file;
    ike2_bytes out = { 0 };
    char *hex;

    (void)snprintf(path, sizeof path, "%s/%s/%s", directory, kind, name);
    if (!text_open_path(&file, path)) {
        (void)fprintf(stderr, "%s: cannot be read\n", path);
        return out;
    }
    hex = calloc(2, file.len + 1);
    if (hex == NULL)
        abort();
    for (size_t i = 0; i < file.len; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", (unsigned char)file.chars[i]);
    out = octets_of(r, hex);
    free(hex);
    text_close(&file);
    return out;
}

/* NIST-test-policy-1 to -6: 2.16.840.1.101.3.2.1.48.n */
static void accept_policies(struct trial *t, const char *list)
{
    static const uint8_t oids[][10] = {
        { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x02, 0x01, 0x30, 1 },
        { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x02, 0x01, 0x30, 2 },
        { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x02, 0x01, 0x30, 3 },
        { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x02, 0x01, 0x30, 4 },
        { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x02, 0x01, 0x30, 5 },
        { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x02, 0x01, 0x30, 6 },
    };
    static const char prefix[] = "NIST-test-policy-";

    while ((list = strstr(list, prefix)) != NULL) {
        list += sizeof prefix - 1;
        if (*list >= '1' && *list <= '6')
            trial_accept_policy(t, bytes_of(oids[*list - '1'], sizeof oids[0]));
    }
}

static void pkits(struct tally *tally, const struct kv_record *r, const char *directory)
{
    struct trial *t = trial_new(trial_time("2011-04-15 00:00:00", 4));
    ike2_verdict v;
    bool accepted;

    for (size_t i = 0; kv_nth(r, "cert", i) != NULL; i++) {
        ike2_bytes der = file_of(r, directory, "certs", kv_nth(r, "cert", i));

        if (kv_nth(r, "cert", i + 1) == NULL)
            trial_add_end_entity(t, der);
        else
            trial_add(t, der, i == 0);
    }
    for (size_t i = 0; kv_nth(r, "crl", i) != NULL; i++)
        trial_add_crl(t, file_of(r, directory, "crls", kv_nth(r, "crl", i)));
    accept_policies(t, kv_get(r, "initial_policy_set"));
    t->rules.policy.is_explicit = kv_is(r, "explicit_policy", "true");
    t->rules.policy.inhibit_mapping = kv_is(r, "inhibit_mapping", "true");
    t->rules.policy.inhibit_any = kv_is(r, "inhibit_any", "true");
    t->rules.revocation = REVOCATION_HARD;
    t->rules.indirect_crls = true;
    accepted = trial_judge(t, &v);
    report(tally, r, accepted, v.text, kv_is(r, "expected", "valid"));
    free(t);
}

/* --- BoringSSL's chains: end entity first, anchor last ---------------------------------- */

/* timeStamping, and what C2PA has for its CAs. */
static const uint8_t time_stamping_oid[] = { 0x2b, 6, 1, 5, 5, 7, 3, 8 };
static const uint8_t c2pa_oid[] = { 0x67, 0x81, 0x12, 2, 1, 3 };
static const ike2_bytes c2pa_purposes[] = { { time_stamping_oid, sizeof time_stamping_oid },
                                            { c2pa_oid, sizeof c2pa_oid } };

static uint32_t purposes_of(const char *words)
{
    static const struct {
        const char *words;
        uint32_t purposes;
    } rows[] = {
        { "ANY_EKU", 0 },
        { "SERVER_AUTH", PURPOSE_SERVER_AUTH | PURPOSE_ANY | PURPOSE_ABSENT },
        { "CLIENT_AUTH", PURPOSE_CLIENT_AUTH | PURPOSE_ANY | PURPOSE_ABSENT },
        { "SERVER_AUTH_STRICT", PURPOSE_SERVER_AUTH },
        { "CLIENT_AUTH_STRICT", PURPOSE_CLIENT_AUTH },
        { "SERVER_AUTH_STRICT_LEAF", PURPOSE_SERVER_AUTH },
        { "CLIENT_AUTH_STRICT_LEAF", PURPOSE_CLIENT_AUTH },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].words, words) == 0)
            return rows[i].purposes;
    }
    return PURPOSE_OWN;
}

static void boringssl_rules(struct rules *rules, const struct kv_record *r)
{
    const char *trust = kv_get(r, "last_cert_trust"), *purpose = kv_get(r, "key_purpose");
    size_t len = strlen(purpose);

    rules->usage.purposes = purposes_of(purpose);
    rules->usage.refused = strstr(purpose, "STRICT") != NULL ? PURPOSE_OBJECTS : 0;
    rules->usage.own = c2pa_purposes;
    rules->usage.n_own = strcmp(purpose, "C2PA_TIMESTAMPING") == 0 ? 2 : 0;
    rules->usage.ca_any_purpose = len < 7 || strcmp(purpose + len - 7, "_STRICT") != 0;
    rules->usage.end_entity_is_no_ca = strstr(purpose, "STRICT") != NULL;
    rules->free_anchor_dates = strstr(trust, "EXPIRATION") == NULL;
    rules->free_anchor_limits = strstr(trust, "CONSTRAINTS") == NULL;
    rules->keys.min_rsa_bits = 1024;
    /* What these vectors were judged by takes SHA-1, unless a record asks for a strong digest. */
    rules->allow_sha1 = !kv_is(r, "digest_policy", "STRONG");
}

static bool is_trusted_leaf(const char *trust, const struct certificate *c, const struct trial *t)
{
    struct signatures s = { .n = 0 };

    return strstr(trust, "LEAF") != NULL &&
           (strstr(trust, "REQUIRE_SELF_SIGNED") == NULL ||
            ike2_x509_has_signed(&s, &t->rules, c->spki, &c->seal));
}

static void boringssl(struct tally *tally, const struct kv_record *r, const char *directory)
{
    bool is_now = kv_is(r, "utc_time", "DEFAULT");
    struct trial *t = trial_new(is_now ? trial_time("2021-10-05T12:00:00", 4)
                                       : trial_time(kv_get(r, "utc_time"), 2));
    const char *trust = kv_get(r, "last_cert_trust");
    ike2_verdict v;
    bool accepted;

    (void)directory;
    for (size_t i = 0; kv_nth(r, "cert", i) != NULL; i++) {
        ike2_bytes der = octets_of(r, kv_nth(r, "cert", i));
        bool is_last = kv_nth(r, "cert", i + 1) == NULL;

        if (i == 0)
            trial_add_end_entity(t, der);
        else
            trial_add(t, der, is_last);
        /* A chain of one is a trusted end entity, if it is trusted as such. */
        if (i == 0 && is_last && t->fault == NULL && is_trusted_leaf(trust, &t->certificates[0], t))
            trial_trust_end_entity(t);
    }
    boringssl_rules(&t->rules, r);
    accepted = trial_judge(t, &v);
    report(tally, r, accepted, v.text, kv_is(r, "expected", "valid"));
    free(t);
}

/* --- limbo ------------------------------------------------------------------------------ */

static void limbo(struct tally *tally, const struct kv_record *r, const char *directory)
{
    const char *time = kv_get(r, "validation_time"), *name = kv_get(r, "expected_peer_name");
    bool is_now = time == NULL || *time == '\0';
    struct trial *t = trial_new(trial_time(is_now ? "2023-12-02T00:00:00" : time, 4));
    long depth = kv_number(r, "max_chain_depth");
    ike2_verdict v;
    bool accepted;

    (void)directory;
    trial_add_end_entity(t, octets_of(r, kv_get(r, "peer")));
    for (size_t i = 0; kv_nth(r, "intermediate", i) != NULL; i++)
        trial_add(t, octets_of(r, kv_nth(r, "intermediate", i)), false);
    for (size_t i = 0; kv_nth(r, "trusted", i) != NULL; i++)
        trial_add(t, octets_of(r, kv_nth(r, "trusted", i)), true);
    if (depth >= 0)
        t->rules.max_depth = (uint16_t)depth;
    t->rules.strict = true;
    t->rules.web = true;
    t->rules.usage.end_entity_is_no_ca = true;
    t->rules.usage.ca_any_purpose = true;
    t->rules.usage.purposes =
        (kv_is(r, "validation_kind", "CLIENT") ? PURPOSE_CLIENT_AUTH : PURPOSE_SERVER_AUTH);
    accepted = trial_judge(t, &v);
    if (accepted && name != NULL && *name != '\0' && !trial_is_named(t, name)) {
        accepted = false;
        (void)snprintf(v.text, sizeof v.text, "its certificate does not have the ID %s", name);
    }
    report(tally, r, accepted, v.text, kv_is(r, "expected", "valid"));
    free(t);
}

/* --- BoringSSL's CRLs: the status of a leaf ----------------------------------------------- */

static void crl(struct tally *tally, const struct kv_record *r, const char *directory)
{
    static const char *const words[] = { "unknown", "good", "revoked" };
    enum { WEEK = 7 * 86400 };
    struct trial *t = trial_new(1489017600);
    bool is_good = kv_is(r, "expected", "good");
    enum status status;
    ike2_verdict v;
    char text[sizeof v.text + 16];

    (void)directory;
    trial_add_end_entity(t, octets_of(r, kv_get(r, "leaf")));
    trial_add(t, octets_of(r, kv_get(r, "issuer")), true);
    if (kv_get(r, "issuer2") != NULL)
        trial_add(t, octets_of(r, kv_get(r, "issuer2")), true);
    trial_add_crl(t, octets_of(r, kv_get(r, "crl")));
    t->rules.max_crl_age = WEEK;
    t->rules.keys.min_rsa_bits = 1024;
    status = trial_status(t, &v);
    (void)snprintf(text, sizeof text, "%s: %s", words[status], v.text);
    /* Revoked for unknown is safe, good for any other is not. */
    report(tally, r, status == STATUS_GOOD, text, is_good);
    if (!kv_is(r, "expected", words[status]))
        (void)fprintf(stderr, "%s: %s instead of %s\n", kv_get(r, "name"), words[status],
                      kv_get(r, "expected"));
    free(t);
}

/* ------------------------------------------------------------------------------------------ */

typedef void judge_record(struct tally *tally, const struct kv_record *r, const char *directory);

static judge_record *judge_of(const struct kv_record *r)
{
    if (kv_get(r, "initial_policy_set") != NULL)
        return pkits;
    if (kv_get(r, "key_purpose") != NULL)
        return boringssl;
    if (kv_get(r, "peer") != NULL)
        return limbo;
    return kv_get(r, "leaf") != NULL ? crl : NULL;
}

static bool check_file(const char *name)
{
    const char *slash = strrchr(name, '/');
    char directory[FILE_NAME_MAX] = ".";
    struct tally t = { 0 };
    struct kv_record r;
    struct kv_file f;

    if (!kv_open_path(&f, name)) {
        (void)fprintf(stderr, "%s: cannot be read\n", name);
        return false;
    }
    if (slash != NULL)
        (void)snprintf(directory, sizeof directory, "%.*s", (int)(slash - name), name);
    while (kv_next(&f, &r)) {
        judge_record *judge = judge_of(&r);

        if (judge != NULL)
            judge(&t, &r, directory);
    }
    kv_close(&f);
    (void)printf("# %s: %u accepted, %u refused; of %u valid ones %u refused; %u wrongly "
                 "accepted\n",
                 name, t.accepted, t.refused, t.valid, t.wrongly_refused, t.wrongly_accepted);
    return t.wrongly_accepted == 0;
}

int main(int argc, char **argv)
{
    bool good = argc > 1;

    if (!good)
        (void)fprintf(stderr, "usage: check_paths FILE.kv...\n");
    for (int i = 1; i < argc; i++)
        good = check_file(argv[i]) && good;
    return good ? 0 : 1;
}
