/* replay/party.c - two endpoints with journals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "replay/party.h"

enum { BUDGET = 64, STEP_MS = 50 };

static const char secret[] = "quite a secret of both";

struct letter {
    struct letter *next;
    ike2_path path; /* as the receiver sees it */
    size_t len;
    uint8_t octets[];
};

/* --- Making them ------------------------------------------------------------------------- */

static ike2_ts net_of(size_t n)
{
    ike2_ts ts = { .type = IKE2_TS_IPV4_ADDR_RANGE, .port_last = UINT16_MAX };

    ts.first[0] = ts.last[0] = 10;
    ts.first[1] = ts.last[1] = (uint8_t)n;
    ts.last[2] = ts.last[3] = UINT8_MAX;
    return ts;
}

static ike2_id id_of(size_t i)
{
    static const char *const names[] = { "a.example.org", "b.example.org" };

    return (ike2_id){ .type = IKE2_ID_FQDN,
                      .data = { (const uint8_t *)names[i], strlen(names[i]) } };
}

static void define(struct party *p, size_t i)
{
    struct affair *a = p->affair;
    const ike2_ts local = net_of(i), remote = net_of(1 - i);
    ike2_child_config child = IKE2_INIT(ike2_child_config);
    ike2_peer_config peer = a->peer;
    const ike2_bytes octets = { .ptr = (const uint8_t *)secret, .len = sizeof secret - 1 };
    ike2_key *key = NULL;

    child.ts_local = &local;
    child.ts_remote = &remote;
    child.n_ts_local = child.n_ts_remote = 1;
    child.tag = i;
    peer.local_id = id_of(i);
    peer.remote_id = id_of(1 - i);
    peer.children = &child;
    peer.n_children = 1;
    peer.credentials = a->credentials[i];
    peer.n_credentials = a->credentials[i] != NULL ? 1 : 0;
    if (a->credentials[i] == NULL && !a->asks_secret)
        assert_int_equal(a->crypto->key_import(a->crypto->user, IKE2_USE_PRF, octets, &key),
                         IKE2_OK);
    peer.psk_local = peer.psk_remote = key;
    assert_int_equal(journal_peer_define(p->journal, p->ep, &peer, &p->peer), IKE2_OK);
    a->crypto->key_free(a->crypto->user, key);
}

static void party_begin(struct party *p, size_t i)
{
    struct affair *a = p->affair;
    ike2_endpoint_config cfg = a->endpoint;
    const char *directory = getenv("TMPDIR");
    struct problem why = { "" };

    (void)snprintf(p->file, sizeof p->file, "%s/journal-%d-%zu",
                   directory != NULL && strlen(directory) < 32 ? directory : "/tmp", (int)getpid(),
                   i);
    p->addr = (ike2_addr){ .family = 4, .port = 500, .ip = { 192, 0, 2, (uint8_t)(i + 1) } };
    p->end = &p->first;
    p->next_spi = 0x1000;
    p->journal = journal_open(p->file, a->crypto, &why);
    assert_non_null(p->journal);
    cfg.crypto = journal_crypto(p->journal);
    assert_int_equal(journal_endpoint_new(p->journal, &cfg, a->now, &p->ep), IKE2_OK);
    define(p, i);
}

void affair_init(struct affair *a, const ike2_crypto *crypto)
{
    *a = (struct affair){ .endpoint = IKE2_INIT(ike2_endpoint_config),
                          .peer = IKE2_INIT(ike2_peer_config), .crypto = crypto, .now = 1000 };
}

void affair_begin(struct affair *a)
{
    for (size_t i = 0; i < PARTIES; i++) {
        a->parties[i].affair = a;
        party_begin(&a->parties[i], i);
    }
}

/* --- Outputs ----------------------------------------------------------------------------- */

static void send(struct party *p, const ike2_send *s)
{
    struct affair *a = p->affair;
    struct party *to = &a->parties[p == &a->parties[0] ? 1 : 0];

    p->n_sent++;
    if (a->lose != 0) {
        a->lose--;
        return;
    }
    for (size_t i = 0; i < s->n_payloads; i++) {
        struct letter *l = test_malloc(sizeof *l + s->payloads[i].len);

        *l = (struct letter){ .path = s->path, .len = s->payloads[i].len };
        l->path.local = s->path.remote;
        l->path.remote = s->path.local;
        memcpy(l->octets, s->payloads[i].ptr, l->len);
        *to->end = l;
        to->end = &l->next;
    }
}

/* As if by a key that is kept elsewhere. */
static void sign(struct party *p, ike2_job *job)
{
    const struct affair *a = p->affair;
    const ike2_sign_task *task = ike2_job_sign_task(job);
    uint8_t room[512];
    ike2_buffer sig = { .ptr = room, .cap = sizeof room };

    assert_int_equal(a->crypto->sign(a->crypto->user, a->keys[p - a->parties], task->scheme,
                                     task->parts, task->n_parts, &sig),
                     IKE2_OK);
    assert_int_equal(journal_job_set_signature(p->journal, job, (ike2_bytes){ sig.ptr, sig.len }),
                     IKE2_OK);
}

static void judge(struct party *p, ike2_job *job)
{
    ike2_verdict verdict = IKE2_INIT(ike2_verdict);

    verdict.ok = ike2_job_kind(job) != IKE2_JOB_VERIFY || !p->affair->disbelieves;
    (void)strcpy(verdict.text, "as it was");
    journal_job_set_verdict(p->journal, job, &verdict);
}

static void do_job(struct party *p, ike2_job *job)
{
    if (ike2_job_kind(job) == IKE2_JOB_VERIFY && p->affair->abandons) {
        journal_job_free(p->journal, job);
        return;
    }
    if (ike2_job_kind(job) == IKE2_JOB_SIGN)
        sign(p, job);
    else
        judge(p, job);
    assert_int_equal(journal_finish(p->journal, p->ep, p->affair->now, job), IKE2_OK);
}

static ike2_err answer_child(struct party *p, const ike2_output *out)
{
    ike2_child_spec spec = IKE2_INIT(ike2_child_spec);

    spec.ts_local = out->u.ask_child.local;
    spec.n_ts_local = out->u.ask_child.n_local;
    spec.ts_remote = out->u.ask_child.remote;
    spec.n_ts_remote = out->u.ask_child.n_remote;
    return journal_answer_child(p->journal, p->ep, p->affair->now, out->ask,
                                p->affair->answers_child ? &spec : NULL);
}

/* RFC 7296 2.19: an address for whoever asks. */
static ike2_err answer_config(struct party *p, const ike2_output *out)
{
    static const uint8_t address[] = { 10, 9, 8, 7 };
    const ike2_cfg_attr attr = { .type = IKE2_CFG_INTERNAL_IP4_ADDRESS,
                                 .value = { address, sizeof address } };

    return journal_answer_config(p->journal, p->ep, p->affair->now, out->ask, &attr, 1);
}

static ike2_err answer(struct party *p, const ike2_output *out)
{
    ike2_secret_answer known = IKE2_INIT(ike2_secret_answer);
    ike2_time now = p->affair->now;

    known.octets = (ike2_bytes){ .ptr = (const uint8_t *)secret, .len = sizeof secret - 1 };
    switch (out->type) {
    case IKE2_ASK_PEER: return journal_answer_peer(p->journal, p->ep, now, out->ask, p->peer);
    case IKE2_ASK_IDENTITY: return journal_answer_peer(p->journal, p->ep, now, out->ask, 0);
    case IKE2_ASK_PSK: return journal_answer_secret(p->journal, p->ep, now, out->ask, &known);
    case IKE2_ASK_CHILD: return answer_child(p, out);
    case IKE2_ASK_CONFIG: return answer_config(p, out);
    case IKE2_ASK_SPI:
        return journal_answer_spi(p->journal, p->ep, now, out->ask, p->next_spi++);
    default: return journal_refuse(p->journal, p->ep, now, out->ask, 0);
    }
}

static void on_output(struct party *p, const ike2_output *out)
{
    if (out->type == IKE2_SEND) {
        send(p, &out->u.send);
    } else if (out->type == IKE2_JOB) {
        do_job(p, out->u.job);
    } else if (out->type >= IKE2_ASK_PEER) {
        assert_int_equal(answer(p, out), IKE2_OK);
    } else if (out->type == IKE2_EVENT_SA_UP) {
        p->n_up++;
        p->sa = out->sa;
    } else if (out->type == IKE2_EVENT_CHILD_UP) {
        p->child = out->child;
    }
}

/* --- Time -------------------------------------------------------------------------------- */

static void drain(struct party *p)
{
    const ike2_output *out;

    while ((out = journal_poll(p->journal, p->ep)) != NULL)
        on_output(p, out);
}

/* One letter of each. */
static bool deliver(struct party *p)
{
    struct letter *l = p->first;

    if (l == NULL)
        return false;
    p->first = l->next;
    if (p->first == NULL)
        p->end = &p->first;
    assert_int_equal(journal_input(p->journal, p->ep, p->affair->now, &l->path,
                                   (ike2_bytes){ l->octets, l->len }),
                     IKE2_OK);
    test_free(l);
    drain(p);
    return true;
}

static void settle(struct affair *a)
{
    for (size_t i = 0; i < PARTIES; i++)
        drain(&a->parties[i]);
    while (deliver(&a->parties[0]) || deliver(&a->parties[1]))
        a->now++;
}

void affair_pass(struct affair *a, uint64_t ms)
{
    ike2_time until = a->now + ms;

    settle(a);
    while (a->now < until) {
        a->now += STEP_MS;
        for (size_t i = 0; i < PARTIES; i++) {
            struct party *p = &a->parties[i];

            if (ike2_endpoint_deadline(p->ep) <= a->now)
                journal_expire(p->journal, p->ep, a->now, BUDGET);
        }
        settle(a);
    }
}

/* From the first to the second one. */
static ike2_packet packet_of_traffic(void)
{
    ike2_packet packet = { net_of(0), net_of(1) };

    memcpy(packet.local.last, packet.local.first, sizeof packet.local.last);
    memcpy(packet.remote.last, packet.remote.first, sizeof packet.remote.last);
    return packet;
}

void affair_connect(struct affair *a)
{
    struct party *p = &a->parties[0];
    const ike2_packet packet = packet_of_traffic();
    ike2_path path = { .local = p->addr, .remote = a->parties[1].addr };
    ike2_connect connect = IKE2_INIT(ike2_connect);

    connect.peer = p->peer;
    connect.path = &path;
    connect.packet = &packet;
    assert_int_equal(journal_sa_connect(p->journal, p->ep, a->now, &connect, &p->sa), IKE2_OK);
    affair_pass(a, 5000);
    assert_int_equal(a->parties[0].n_up, 1);
    assert_int_equal(a->parties[1].n_up, 1);
}

/* --- The end ----------------------------------------------------------------------------- */

void affair_end(struct affair *a)
{
    struct problem why = { "" };

    for (size_t i = 0; i < PARTIES; i++) {
        struct party *p = &a->parties[i];

        journal_endpoint_free(p->journal, p->ep);
        assert_true(journal_close(p->journal, &why));
        while (p->first != NULL) {
            struct letter *l = p->first;

            p->first = l->next;
            test_free(l);
        }
    }
}

void affair_clear(struct affair *a)
{
    for (size_t i = 0; i < PARTIES; i++)
        (void)unlink(a->parties[i].file);
}
