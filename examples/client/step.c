#include "step.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/names.h"
#include "common/outcome.h"
#include "common/policy.h"
#include "common/selector.h"

void step_waiting(const struct session *s, const struct selectors *remote)
{
    char text[TS_TEXT];

    selector_list_text(remote->list, remote->n, text, sizeof text);
    progress_tell(s->means.progress, "waiting", "waiting", json_pack("{s:s}", "remote_ts", text),
                  "for traffic to %s", text);
}

void step_demanded(const struct session *s, const struct dataplane_report *report)
{
    char local[TS_TEXT], remote[TS_TEXT];

    selector_list_text(&report->local, 1, local, sizeof local);
    selector_list_text(&report->remote, 1, remote, sizeof remote);
    progress_tell(s->means.progress, "demanded", "traffic",
                  json_pack("{s:s, s:s}", "local", local, "remote", remote), "%s wants to reach %s",
                  local, remote);
}

void step_connecting(const struct session *s, const ike2_path *path)
{
    char local[UDP_ADDR_TEXT], remote[UDP_ADDR_TEXT];

    udp_addr_text(&path->local, local, sizeof local);
    udp_addr_text(&path->remote, remote, sizeof remote);
    progress_tell(s->means.progress, "connecting", "connecting",
                  json_pack("{s:s, s:s, s:s}", "host", s->means.options->host, "local", local,
                            "remote", remote),
                  "%s at %s, from %s", s->means.options->host, remote, local);
}

void step_fetched(const struct session *s, const char *url)
{
    progress_tell(s->means.progress, "fetched", "IKE_AUTH", json_pack("{s:s}", "url", url),
                  "<- certificate fetched from %s", url);
}

void step_certificate(const struct session *s)
{
    const struct certificate *c = &s->theirs;

    progress_tell(s->means.progress, "certificate", "IKE_AUTH",
                  json_pack("{s:s, s:s, s:s, s:s}", "subject", c->subject, "issuer", c->issuer,
                            "names", c->names, "until", c->until),
                  "<- certificate is good: %s, until %s", c->subject, c->until);
}

/* Each time: nobody shall forget that it is so. */
static void warn_of_legacy(const struct session *s, const char *what, const ike2_suite *suite)
{
    const char *policy = s->means.options->connection.policy.name;
    char text[POLICY_LEGACY_TEXT];
    struct problem why;

    if (!policy_legacy(suite, text))
        return;
    problem_set(&why, "%s has algorithms that can be broken: %s%s%s", what, text,
                policy != NULL ? "; allowed by the policy " : "", policy != NULL ? policy : "");
    progress_warn(s->means.progress, &why);
}

static void warn_of_legacy_sa(const struct session *s, const ike2_output *out)
{
    ike2_sa_info info = IKE2_INIT(ike2_sa_info);

    if (ike2_sa_get(s->host.ep, out->sa, &info) == IKE2_OK)
        warn_of_legacy(s, "the IKE SA", &info.suite);
}

void step_authenticated(const struct session *s, const ike2_output *out)
{
    char local[ID_TEXT], remote[ID_TEXT];

    id_text(out->u.sa.local_id, local);
    id_text(out->u.sa.remote_id, remote);
    progress_tell(s->means.progress, "authenticated", "IKE_AUTH",
                  json_pack("{s:s, s:s, s:o, s:o}", "local_id", local, "remote_id", remote,
                            "spi_local", json_sprintf("%016" PRIx64, out->u.sa.spi_local),
                            "spi_remote", json_sprintf("%016" PRIx64, out->u.sa.spi_remote)),
                  "<- the server is %s, we are %s", remote, local);
    warn_of_legacy_sa(s, out);
}

/* Adds an address to a list in both forms. */
static void add_address(const ike2_addr *a, json_t *list, char *text, size_t cap)
{
    size_t len = strlen(text);
    char one[INET6_ADDRSTRLEN] = "";

    if (a->family == 0)
        return;
    (void)inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->ip, one, sizeof one);
    (void)snprintf(text + len, cap - len, "%s%s", len > 0 ? ", " : "", one);
    (void)json_array_append_new(list, json_string(one));
}

static json_t *add_domains(const struct assigned *a, char *text, size_t cap)
{
    json_t *list = json_array();
    size_t i, len = 0;

    text[0] = '\0';
    for (i = 0; i < a->n_domains; i++) {
        (void)json_array_append_new(list, json_string(a->domains[i]));
        if (len < cap)
            len += (size_t)snprintf(text + len, cap - len, "%s%s", i > 0 ? ", " : "; for ",
                                    a->domains[i]);
    }
    return list;
}

void step_assigned(const struct session *s, const struct assigned *a)
{
    char ours[TS_TEXT] = "", dns[TS_TEXT] = "", domains[TS_TEXT], subnets[TS_TEXT];
    json_t *addresses = json_array(), *servers = json_array();
    size_t i;

    add_address(&a->ip4, addresses, ours, sizeof ours);
    add_address(&a->ip6, addresses, ours, sizeof ours);
    for (i = 0; i < a->dns.n; i++)
        add_address(&a->dns.list[i], servers, dns, sizeof dns);
    selector_list_text(a->subnets, a->n_subnets, subnets, sizeof subnets);
    progress_tell(s->means.progress, "assigned", "assigned",
                  json_pack("{s:o, s:o, s:o, s:s}", "addresses", addresses, "dns", servers,
                            "domains", add_domains(a, domains, sizeof domains), "subnets", subnets),
                  "%s%s%s%s", ours[0] != '\0' ? ours : "no address",
                  dns[0] != '\0' ? "; name servers " : "", dns, domains);
}

void step_child(const struct session *s, const ike2_pair *p)
{
    char local[TS_TEXT], remote[TS_TEXT], suite[SUITE_TEXT];
    const char *encap = p->encap == IKE2_ENCAP_NONE ? "none" : "udp";

    selector_list_text(p->ts_local, p->n_ts_local, local, sizeof local);
    selector_list_text(p->ts_remote, p->n_ts_remote, remote, sizeof remote);
    suite_text(&p->suite, suite);
    progress_tell(s->means.progress, "child", "CHILD_SA",
                  json_pack("{s:s, s:s, s:s, s:o, s:o, s:s, s:s}", "local_ts", local, "remote_ts",
                            remote, "esp", suite, "spi_in", json_sprintf("%08" PRIx32, p->spi_in),
                            "spi_out", json_sprintf("%08" PRIx32, p->spi_out), "encap", encap,
                            "dataplane", s->means.options->dataplane),
                  "%s <=> %s, %s%s, SPIs %08" PRIx32 " in, %08" PRIx32 " out", local, remote, suite,
                  p->encap == IKE2_ENCAP_NONE ? "" : " in UDP", p->spi_in, p->spi_out);
    warn_of_legacy(s, "the Child SA", &p->suite);
}

void step_child_rekeyed(const struct session *s, const ike2_output *out)
{
    const ike2_pair *p = out->u.child.pair;

    progress_tell(s->means.progress, "child-rekeyed", "REKEYED",
                  json_pack("{s:o, s:o, s:o}", "spi_in", json_sprintf("%08" PRIx32, p->spi_in),
                            "spi_out", json_sprintf("%08" PRIx32, p->spi_out), "old_spi_in",
                            json_sprintf("%08" PRIx32, out->u.child.old_spi_in)),
                  "Child SA, SPIs %08" PRIx32 " in, %08" PRIx32 " out", p->spi_in, p->spi_out);
    warn_of_legacy(s, "the Child SA", &p->suite);
}

void step_sa_changed(const struct session *s, const ike2_output *out)
{
    char remote[UDP_ADDR_TEXT];

    udp_addr_text(&out->u.sa.path->remote, remote, sizeof remote);
    if (out->type == IKE2_EVENT_SA_REKEYED)
        progress_tell(s->means.progress, "rekeyed", "REKEYED",
                      json_pack("{s:o, s:o}", "spi_local",
                                json_sprintf("%016" PRIx64, out->u.sa.spi_local), "spi_remote",
                                json_sprintf("%016" PRIx64, out->u.sa.spi_remote)),
                      "IKE SA%s", out->u.sa.how == IKE2_HOW_REAUTH ? ", authenticated anew" : "");
    else
        progress_tell(s->means.progress, "moved", "MOVED", json_pack("{s:s}", "remote", remote),
                      "the server is at %s now", remote);
    if (out->type == IKE2_EVENT_SA_REKEYED)
        warn_of_legacy_sa(s, out);
}

void step_connected(const struct session *s)
{
    bool carries = strcmp(s->means.options->dataplane, "none") != 0;
    uint64_t ms = host_now() - s->begun_at;

    progress_tell(s->means.progress, "connected", "CONNECTED",
                  json_pack("{s:I}", "ms", (json_int_t)ms), "in %" PRIu64 " ms%s%s", ms,
                  carries ? "" : "; no traffic is carried: --dataplane none",
                  s->means.options->hold_seconds == IKE2_NEVER ? "; Ctrl-C disconnects" : "");
}

void step_disconnected(const struct session *s, const ike2_output *out, bool is_late)
{
    bool by_us = s->stage == SESSION_CLOSING;
    const char *why = outcome_reason(out->u.sa.reason);

    progress_tell(s->means.progress, "disconnected", "DISCONNECTED",
                  json_pack("{s:s, s:b, s:b}", "reason", why, "by_us", by_us, "answered", !is_late),
                  "%s%s", by_us ? "by us" : "by the server",
                  is_late ? "; it did not answer our Delete" : "");
}

void step_lost(const struct session *s, const char *reason, const char *why)
{
    progress_tell(s->means.progress, "lost", "LOST",
                  json_pack("{s:s, s:s}", "reason", reason, "what", why), "%s", why);
}

void step_retrying(const struct session *s, uint32_t ms)
{
    char when[32] = "at once";

    if (ms > 0)
        (void)snprintf(when, sizeof when, "in %u.%u s", ms / 1000, ms / 100 % 10);
    progress_tell(s->means.progress, "retrying", "RETRY",
                  json_pack("{s:I}", "in_ms", (json_int_t)ms), "%s", when);
}
