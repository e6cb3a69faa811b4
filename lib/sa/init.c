/* sa/init.c - what both roles share of IKE_SA_INIT. RFC 7296 2.10, 2.14, 2.23; RFC 7383 2.3. */
#include "sa/init.h"

#include <string.h>

#include "base/bytes.h"
#include "crypto/natd.h"
#include "policy/quirk.h"
#include "sa/note.h"
#include "sa/packet.h"
#include "sa/pair.h"
#include "sa/request.h"
#include "sa/verify.h"

struct init_stage *ike2_init_stage_new(struct host *host)
{
    return ike2_mem_acquire(&host->mem, sizeof(struct init_stage));
}

void ike2_init_drop_pair(struct sa *sa)
{
    struct pair *p = sa->init == NULL ? NULL : sa->init->pair;

    if (p == NULL)
        return;
    sa->init->pair = NULL;
    p->is_held = false;
    if (p->state == PAIR_NEW)
        ike2_pair_end(p, false);
}

void ike2_init_stage_free(struct sa *sa)
{
    struct init_stage *init = sa->init;
    struct host *host = sa->host;

    if (init == NULL)
        return;
    ike2_init_drop_pair(sa);
    ike2_ke_clear(host, &init->ke);
    ike2_parcel_unref(host, init->ours);
    ike2_mem_release(&host->mem, init->peers, init->peers_len);
    ike2_mem_release(&host->mem, init->ke_peers, init->ke_peers_len);
    ike2_mem_release(&host->mem, init->cookie, init->cookie_len);
    ike2_park_clear(host, &init->park);
    ike2_packet_free(host, &init->packet);
    ike2_mem_release(&host->mem, init, sizeof *init);
    sa->init = NULL;
}

struct select_args ike2_init_select_args(const struct sa *sa, const struct exchange *x)
{
    const ike2_peer_config *peer = &sa->peer->peer;
    struct select_args args = {
        .crypto = sa->host->crypto, .protocol = IKE2_PROTOCOL_IKE,
        .ours = { .list = peer->proposals, .n = peer->n_proposals },
        .policies = { sa->host->settings.policy, peer->policy },
        .query = { .protocol = IKE2_PROTOCOL_IKE, .answer = x->is_ours, .peer_tag = peer->tag,
                   .path = &x->path, .first_payload = x->in.first, .payloads = x->in.chain },
    };

    if (args.ours.n == 0)
        args.ours = ike2_default_proposals(IKE2_PROTOCOL_IKE);
    return args;
}

/* --- Key exchange -------------------------------------------------------------------- */

/* A responder's peer asks again; a command of ours nobody repeats. RFC 6989 of a bad public value:
 * to an initiator it may have been forged; a responder has answered already, and cannot go on. */
static enum verdict ke_verdict(struct sa *sa, struct exchange *x, enum verdict v)
{
    bool is_late = x->refusal.reason == IKE2_REASON_UNANSWERED;

    if (v != VERDICT_REFUSE)
        return v;
    if (is_late == (sa->role == RESPONDER))
        return VERDICT_IGNORE;
    return ike2_exchange_end(x, 0, x->refusal.reason, 0);
}

enum verdict ike2_init_start_ke(struct sa *sa, struct exchange *x)
{
    return ke_verdict(sa, x, ike2_ke_start(x, &sa->init->ke));
}

enum verdict ike2_init_finish_ke(struct sa *sa, struct exchange *x, ike2_bytes peers)
{
    return ke_verdict(sa, x, ike2_ke_finish(x, &sa->init->ke, peers));
}

/* --- NAT detection and fragmentation ------------------------------------------------- */

static void write_natd(ike2_writer *w, const struct sa *sa, uint16_t type, const ike2_addr *addr)
{
    uint8_t hash[NATD_OCTETS];
    ike2_notify n = { .type = type, .data = { .ptr = hash, .len = sizeof hash } };

    if (ike2_natd_hash(sa->host->crypto, sa->spi.i, sa->spi.r, addr, hash) != IKE2_OK)
        w->failed = true;
    else
        ike2_notify_write(w, &n);
}

/* RFC 7383 2.3: the initiator offers, the responder answers an offer. */
static bool offers_fragmentation(const struct sa *sa)
{
    ike2_want want = sa->peer->peer.fragmentation;

    if (sa->role == RESPONDER)
        return sa->intent.fragmentation;
    return want == IKE2_WANT_PREFER || want == IKE2_WANT_REQUIRE;
}

/* draft-ietf-ipsecme-ikev2-downgrade-prevention: a responder announces it also to who does not ask
 * for it. Who has taken it out of the request cannot take it out of what the responder signs. */
static bool announces_transcript(const struct sa *sa)
{
    ike2_want want = sa->peer->peer.full_transcript;

    return want >= (sa->role == INITIATOR ? IKE2_WANT_PREFER : IKE2_WANT_ALLOW);
}

void ike2_init_write_notifies(ike2_writer *w, const struct sa *sa, const ike2_path *path)
{
    const ike2_peer_config *peer = &sa->peer->peer;
    const ike2_notify childless = { .type = IKE2_NOTIFY_CHILDLESS_IKEV2_SUPPORTED };
    const ike2_notify transcript = { .type = IKE2_NOTIFY_IKE_SA_INIT_FULL_TRANSCRIPT_AUTH };
    ike2_notify frag = { .type = IKE2_NOTIFY_FRAGMENTATION_SUPPORTED };
    ike2_addr source = path->local;

    /* A port that no datagram has never fits: the peer sees a NAT, and encapsulates. */
    if (peer->force_encap == IKE2_ON)
        source.port = 0;
    write_natd(w, sa, IKE2_NOTIFY_NAT_DETECTION_SOURCE_IP, &source);
    write_natd(w, sa, IKE2_NOTIFY_NAT_DETECTION_DESTINATION_IP, &path->remote);
    if (offers_fragmentation(sa))
        ike2_notify_write(w, &frag);
    if (sa->role == RESPONDER && peer->childless != IKE2_WANT_OFF)
        ike2_notify_write(w, &childless);
    if (announces_transcript(sa))
        ike2_notify_write(w, &transcript);
    ike2_verify_write_hashes(w, sa);
}

/* Does one of the peer's notifies of `type` fit `addr`? There may be several, 2.23. Without any
 * the peer does not traverse NATs, and all is as it seems. */
static bool natd_fits(const struct exchange *x, uint16_t type, const ike2_addr *addr)
{
    const ike2_header *h = &x->in.header;
    uint8_t hash[NATD_OCTETS];
    bool any = false, fits = false;
    ike2_walk w;
    ike2_payload p;
    ike2_notify n;

    if (ike2_natd_hash(x->sa->host->crypto, h->spi_i, h->spi_r, addr, hash) != IKE2_OK)
        return true;
    ike2_payload_walk(&w, x->in.first, x->in.chain);
    while (ike2_payload_next(&w, &p)) {
        if (p.type != IKE2_PAYLOAD_NOTIFY || ike2_notify_read(p.body, &n) != IKE2_OK ||
            n.type != type)
            continue;
        any = true;
        fits = fits || bytes_equal_ct(n.data, bytes_of(hash, sizeof hash));
    }
    return fits || !any;
}

static bool announces(const struct exchange *x, uint16_t type)
{
    ike2_notify n;

    return ike2_message_notify(&x->in, type, &n);
}

void ike2_init_read_notifies(struct sa *sa, const struct exchange *x)
{
    const ike2_peer_config *peer = &sa->peer->peer;

    sa->nat.remote = !natd_fits(x, IKE2_NOTIFY_NAT_DETECTION_SOURCE_IP, &x->path.remote);
    sa->nat.is_behind =
        !natd_fits(x, IKE2_NOTIFY_NAT_DETECTION_DESTINATION_IP, &x->path.local);
    sa->nat.local = sa->nat.is_behind || peer->force_encap == IKE2_ON;
    sa->init->peer_hashes = ike2_verify_read_hashes(&x->in);
    sa->init->peer_looks_up = ike2_verify_reads_lookup(&x->in);
    sa->init->peer_quirks = ike2_quirks_read(&x->in);
    sa->intent.fragmentation = peer->fragmentation != IKE2_WANT_OFF &&
                               announces(x, IKE2_NOTIFY_FRAGMENTATION_SUPPORTED);
    sa->intent.full_transcript = announces_transcript(sa) &&
                                 announces(x, IKE2_NOTIFY_IKE_SA_INIT_FULL_TRANSCRIPT_AUTH);
    sa->init->is_childless = sa->role == INITIATOR && peer->childless >= IKE2_WANT_PREFER &&
                             announces(x, IKE2_NOTIFY_CHILDLESS_IKEV2_SUPPORTED);
}

/* What a definition may demand of the peer's IKE_SA_INIT message. */
struct demand {
    uint16_t notify;
    uint8_t of_whom; /* enum role, of ours: who may demand it */
    struct note_refusal refusal;
};

static const struct demand demands[] = {
    { IKE2_NOTIFY_FRAGMENTATION_SUPPORTED, EITHER, {
        .name = "policy.proposal", .section = "RFC 7383 2.3", .offered = "no fragmentation",
        .accepted = "fragmentation", .protocol = IKE2_PROTOCOL_IKE,
        .difference = "fragmentation: the definition requires it, the peer does not announce it",
    } },
    { IKE2_NOTIFY_CHILDLESS_IKEV2_SUPPORTED, INITIATOR, { /* announced by responders only */
        .name = "policy.proposal", .section = "RFC 6023 3", .offered = "no childless IKE SA",
        .accepted = "childless IKE SA", .protocol = IKE2_PROTOCOL_IKE,
        .difference = "childless: the definition requires it, the peer does not announce it",
    } },
    { IKE2_NOTIFY_IKE_SA_INIT_FULL_TRANSCRIPT_AUTH, EITHER, {
        .name = "policy.proposal", .offered = "AUTH over one message of IKE_SA_INIT",
        .accepted = "AUTH over both messages", .protocol = IKE2_PROTOCOL_IKE,
        .difference = "full transcript: the definition requires it, the peer does not announce it",
    } },
};

static ike2_want demand_of(const ike2_peer_config *peer, uint16_t notify)
{
    if (notify == IKE2_NOTIFY_FRAGMENTATION_SUPPORTED)
        return peer->fragmentation;
    return notify == IKE2_NOTIFY_CHILDLESS_IKEV2_SUPPORTED ? peer->childless
                                                          : peer->full_transcript;
}

bool ike2_init_lacks(const struct sa *sa, const struct exchange *x, uint64_t *trace)
{
    for (size_t i = 0; i < sizeof demands / sizeof demands[0]; i++) {
        const struct demand *d = &demands[i];

        if ((d->of_whom & sa->role) == 0 ||
            demand_of(&sa->peer->peer, d->notify) != IKE2_WANT_REQUIRE || announces(x, d->notify))
            continue;
        *trace = ike2_note_refusal(sa, &d->refusal);
        return true;
    }
    return false;
}

/* --- Keys ---------------------------------------------------------------------------- */

static ike2_err derive(const struct sa *sa, struct protection *p)
{
    const struct init_stage *init = sa->init;
    const struct key_seeds seeds = {
        .ni = nonce_bytes(&init->ke.ni), .nr = nonce_bytes(&init->ke.nr),
        .spi_i = sa->spi.i, .spi_r = sa->spi.r,
    };
    ike2_err err;

    p->suite = init->suite;
    err = ike2_suite_sizes(sa->host->crypto, &p->suite, false, &p->sizes);
    if (err == IKE2_OK)
        err = ike2_sa_keys_derive(sa->host->crypto, &p->suite, init->ke.shared, &seeds, &p->keys);
    return err;
}

enum verdict ike2_init_derive(struct sa *sa, struct exchange *x)
{
    struct protection p = { 0 };

    (void)x;
    if (derive(sa, &p) != IKE2_OK)
        return VERDICT_RETRY;
    ike2_sa_use_keys(sa, &p);
    ike2_ke_clear(sa->host, &sa->init->ke);
    ike2_sa_enter(sa, STATE_AUTH);
    return VERDICT_NEXT;
}
