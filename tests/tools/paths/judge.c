/* tools/paths/judge.c - one path of a file of vectors, judged by lib/x509. */
#include <string.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "base/ip.h"
#include "tools/paths/trial.h"
#include "x509/identity.h"
#include "x509/search.h"

static bool refuse_malformed(const struct trial *t, ike2_verdict *verdict)
{
    struct refusal r = {
        .reason = IKE2_X509_MALFORMED, .words = "malformed end entity: ", .after = t->fault
    };

    ike2_x509_tell(&r, verdict);
    return false;
}

bool trial_judge(const struct trial *t, ike2_verdict *verdict)
{
    const struct pool pool = { t->certificates, t->n_certificates };
    struct signatures signatures = { .n = 0 };
    struct revocation revocation = { &pool, &t->rules, &signatures, t->crls, t->n_crls };
    const struct search s = { &pool, &t->rules, &signatures, ike2_x509_path_is_not_revoked,
                              &revocation };
    struct refusal refusal;
    struct path path;

    if (t->fault != NULL)
        return refuse_malformed(t, verdict);
    if (!ike2_x509_find_path(&s, &t->certificates[t->end_entity], &path, &refusal)) {
        ike2_x509_tell(&refusal, verdict);
        return false;
    }
    ike2_x509_tell_good(&t->certificates[t->end_entity], verdict);
    return true;
}

enum status trial_status(const struct trial *t, ike2_verdict *verdict)
{
    const struct pool pool = { t->certificates, t->n_certificates };
    struct signatures signatures = { .n = 0 };
    struct revocation revocation = { &pool, &t->rules, &signatures, t->crls, t->n_crls };
    struct path path = { .len = 0 };
    struct refusal refusal = { .words = "good" };
    enum status status;

    if (t->fault != NULL) {
        (void)refuse_malformed(t, verdict);
        return STATUS_UNKNOWN;
    }
    path.certificates[path.len++] = &t->certificates[t->end_entity];
    for (size_t i = 0; i < t->n_certificates && path.len < PATH_MAX; i++) {
        if (t->certificates[i].is_anchor)
            path.certificates[path.len++] = &t->certificates[i];
    }
    status = ike2_x509_status(&revocation, &path, &refusal);
    ike2_x509_tell(&refusal, verdict);
    return status;
}

bool trial_is_named(const struct trial *t, const char *name)
{
    const struct identity_rules rules = { .wildcards = true };
    const char *value = strchr(name, ':');
    uint8_t ip[16];
    ike2_id id;

    if (value == NULL || t->end_entity == SIZE_MAX)
        return false;
    value++;
    id = (ike2_id){ .type = IKE2_ID_FQDN, .data = bytes_of(value, strlen(value)) };
    if (strncmp(name, "IP:", 3) == 0) {
        id.data = bytes_of(ip, ike2_ip_parse(id.data, ip));
        id.type = id.data.len == 4 ? IKE2_ID_IPV4_ADDR : IKE2_ID_IPV6_ADDR;
    }
    return ike2_x509_has_identity(&t->certificates[t->end_entity], &id, &rules);
}
