#include "json.h"

#include <inttypes.h>
#include <stdio.h>

#include "names.h"
#include "outcome.h"
#include "printable.h"
#include "selector.h"
#include "udp.h"

enum { JSON_TEXT = 1500 };

/* --- Pieces ------------------------------------------------------------------------------ */

json_t *json_safe(const char *text)
{
    char safe[JSON_TEXT];

    return json_string(printable_text(text, safe, sizeof safe));
}

static json_t *ike_spi(uint64_t spi)
{
    return json_sprintf("%016" PRIx64, spi);
}

static json_t *esp_spi(uint32_t spi)
{
    return json_sprintf("%08" PRIx32, spi);
}

static json_t *address(const ike2_addr *addr)
{
    char text[UDP_ADDR_TEXT];

    udp_addr_text(addr, text, sizeof text);
    return json_string(text);
}

static json_t *identity(const ike2_id *id)
{
    char text[ID_TEXT];

    if (id == NULL || id->type == 0)
        return json_null();
    (void)ike2_id_text(id, text, sizeof text); /* printable ASCII, whoever sent it */
    return json_string(text);
}

/* RFC 7619 3.1: a name that was not proven goes by another word, so that nobody takes it for one
 * that was. */
static void mark_claim(json_t *fields, uint8_t method)
{
    if (method != IKE2_AUTH_METHOD_NULL)
        return;
    (void)json_object_set(fields, "claimed_id", json_object_get(fields, "remote_id"));
    (void)json_object_set_new(fields, "remote_id", json_null());
}

static json_t *suite(const ike2_suite *s)
{
    char text[SUITE_TEXT];

    suite_text(s, text);
    return json_string(text);
}

static json_t *selectors(const ike2_ts *list, size_t n)
{
    json_t *out = json_array();
    char text[TS_TEXT];
    size_t i;

    for (i = 0; i < n; i++) {
        selector_list_text(&list[i], 1, text, sizeof text);
        (void)json_array_append_new(out, json_string(text));
    }
    return out;
}

static json_t *reason(uint8_t code)
{
    return json_string(outcome_reason(code));
}

static json_t *notify(uint16_t type)
{
    char text[NAME_TEXT];

    if (type == 0)
        return json_null();
    notify_text(type, text);
    return json_string(text);
}

static json_int_t seconds(ike2_time since, ike2_time now)
{
    return since < now ? (json_int_t)((now - since) / 1000u) : 0;
}

/* Until then; null if it is not planned. */
static json_t *remaining(ike2_time at, ike2_time now)
{
    return at == 0 || at == IKE2_TIME_NEVER ? json_null() : json_integer(seconds(now, at));
}

static const char *encap_word(uint8_t encap)
{
    switch (encap) {
    case IKE2_ENCAP_UDP: return "udp";
    case IKE2_ENCAP_TCP: return "tcp";
    default: return "none";
    }
}

/* --- Child SAs --------------------------------------------------------------------------- */

static json_t *pair_fields(const ike2_pair *p)
{
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:s, s:b, s:s}", "spi_in", esp_spi(p->spi_in), "spi_out",
        esp_spi(p->spi_out), "local_ts", selectors(p->ts_local, p->n_ts_local), "remote_ts",
        selectors(p->ts_remote, p->n_ts_remote), "esp", suite(&p->suite), "encap",
        encap_word(p->encap), "esn", p->esn, "mode", p->transport ? "transport" : "tunnel");
}

json_t *json_child(const ike2_endpoint *ep, ike2_child_id child, ike2_time now)
{
    ike2_child_info info = IKE2_INIT(ike2_child_info);
    json_t *out, *pair;

    if (ike2_child_get(ep, child, &info) != IKE2_OK)
        return NULL;
    out = json_pack("{s:I, s:s, s:I}", "id", (json_int_t)info.id, "state", info.state, "age",
                    seconds(info.created_at, now));
    if (out == NULL || info.pair == NULL)
        return out;
    pair = pair_fields(info.pair);
    (void)json_object_update(out, pair);
    json_decref(pair);
    (void)json_object_set_new(out, "rekey_in", remaining(info.rekey_at, now));
    return out;
}

/* --- IKE SAs ----------------------------------------------------------------------------- */

static json_t *children(const ike2_endpoint *ep, ike2_sa_id sa, ike2_time now)
{
    json_t *out = json_array();
    ike2_child_id child;

    for (child = ike2_child_next(ep, sa, 0); child != 0; child = ike2_child_next(ep, sa, child))
        (void)json_array_append_new(out, json_child(ep, child, now));
    return out;
}

static json_t *sa_fields(const ike2_sa_info *i)
{
    return json_pack("{s:I, s:s, s:b, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:b, s:b}",
                     "id",
                     (json_int_t)i->id, "state", i->state, "established", i->established,
                     "initiator", i->initiator, "local", address(&i->path.local), "remote",
                     address(&i->path.remote), "local_id", identity(&i->local_id), "remote_id",
                     identity(&i->remote_id), "spi_local", ike_spi(i->spi_local), "spi_remote",
                     ike_spi(i->spi_remote), "suite", suite(&i->suite), "nat", nat_word(i),
                     "fragmentation", i->fragmentation, "full_transcript",
                     i->full_transcript);
}

json_t *json_sa(const ike2_endpoint *ep, ike2_sa_id sa, ike2_time now)
{
    ike2_sa_info info = IKE2_INIT(ike2_sa_info);
    json_t *out;

    if (ike2_sa_get(ep, sa, &info) != IKE2_OK)
        return NULL;
    out = sa_fields(&info);
    if (out == NULL)
        return NULL;
    mark_claim(out, info.remote_method);
    (void)json_object_set_new(out, "age", json_integer(seconds(info.created_at, now)));
    (void)json_object_set_new(out, "idle", json_integer(seconds(info.last_in_at, now)));
    (void)json_object_set_new(out, "rekey_in", remaining(info.rekey_at, now));
    (void)json_object_set_new(out, "reauth_in", remaining(info.reauth_at, now));
    (void)json_object_set_new(out, "retransmits", json_integer(info.retransmits));
    (void)json_object_set_new(out, "children", children(ep, sa, now));
    return out;
}

/* --- Events ------------------------------------------------------------------------------ */

json_t *json_sa_event(const ike2_endpoint *ep, const ike2_output *out)
{
    const ike2_sa_event *e = &out->u.sa;
    ike2_sa_info info = IKE2_INIT(ike2_sa_info);
    json_t *fields =
        json_pack("{s:I, s:o, s:o, s:o, s:o}", "sa", (json_int_t)out->sa, "local",
                  address(&e->path->local), "remote", address(&e->path->remote), "local_id",
                  identity(e->local_id), "remote_id", identity(e->remote_id));

    mark_claim(fields, e->remote_method);
    (void)json_object_set_new(fields, "spi_local", ike_spi(e->spi_local));
    (void)json_object_set_new(fields, "spi_remote", ike_spi(e->spi_remote));
    if (out->type == IKE2_EVENT_SA_DOWN) {
        (void)json_object_set_new(fields, "reason", reason(e->reason));
        (void)json_object_set_new(fields, "notify", notify(e->notify));
        return fields;
    }
    if (out->type == IKE2_EVENT_SA_REKEYED) {
        (void)json_object_set_new(fields, "old_spi_local", ike_spi(e->old_spi_local));
        (void)json_object_set_new(fields, "old_spi_remote", ike_spi(e->old_spi_remote));
    }
    if (ike2_sa_get(ep, out->sa, &info) == IKE2_OK) {
        (void)json_object_set_new(fields, "suite", suite(&info.suite));
        (void)json_object_set_new(fields, "nat", json_string(nat_word(&info)));
    }
    return fields;
}

json_t *json_child_event(const ike2_output *out)
{
    const ike2_child_event *e = &out->u.child;
    json_t *fields =
        json_pack("{s:I, s:I}", "sa", (json_int_t)out->sa, "child", (json_int_t)out->child);
    json_t *pair = e->pair != NULL ? pair_fields(e->pair) : NULL;

    (void)json_object_update(fields, pair);
    json_decref(pair);
    if (out->type == IKE2_EVENT_CHILD_REKEYED)
        (void)json_object_set_new(fields, "old_spi_in", esp_spi(e->old_spi_in));
    if (out->type == IKE2_EVENT_CHILD_DOWN) {
        (void)json_object_set_new(fields, "reason", reason(e->reason));
        (void)json_object_set_new(fields, "notify", notify(e->notify));
    }
    return fields;
}

/* --- Counters ---------------------------------------------------------------------------- */

#define COUNTERS(X)                                                                                \
    X(sas)                                                                                         \
    X(half_open) X(children) X(octets_held) X(reassembly_octets) X(outputs_queued) X(messages_in)  \
        X(messages_out) X(retransmits_in) X(retransmits_out) X(connects) X(accepts)                \
            X(auth_failures) X(cookies_sent) X(asks_expired) X(jobs_expired) X(lane_failures)

static json_t *drops(const ike2_stats *stats)
{
    json_t *out = json_object();
    uint32_t i;

    for (i = 0; i < IKE2_DROP_ROOM && ike2_drop_text(i) != NULL; i++)
        (void)json_object_set_new(out, ike2_drop_text(i),
                                  json_integer((json_int_t)stats->drops[i]));
    return out;
}

json_t *json_stats(const ike2_endpoint *ep)
{
    ike2_stats stats = IKE2_INIT(ike2_stats);
    json_t *out = json_object();

    if (ike2_stats_get(ep, &stats) != IKE2_OK)
        return out;
#define X(name) (void)json_object_set_new(out, #name, json_integer((json_int_t)stats.name));
    COUNTERS(X)
#undef X
    (void)json_object_set_new(out, "drops", drops(&stats));
    return out;
}
