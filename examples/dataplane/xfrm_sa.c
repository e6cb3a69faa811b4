#include "xfrm_sa.h"

#include <assert.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/udp.h>

#include <ike2/iana.h>

#include "xfrm_alg.h"

/* SPIs below 256 are reserved (RFC 4303 2.1). */
static const uint32_t spi_min = 0x100, spi_max = UINT32_MAX;

/* Of 32 bits of sequence numbers: when to begin to rekey, and when to stop. A move leaves out some
 * numbers, which the kernel does not count: there is room for a hundred of them. */
enum { SKIP = 4096 };
static_assert(offsetof(struct xfrm_replay, bits) == sizeof(struct xfrm_replay_state_esn),
              "the kernel's structure");
static const uint64_t packets_soft = 0xc0000000, packets_hard = 0xffffffff - 100 * SKIP;

/* --- Names ------------------------------------------------------------------------------ */

xfrm_address_t xfrm_address(const ike2_addr *a)
{
    xfrm_address_t out = { .a6 = { 0 } };

    memcpy(&out, a->ip, a->family == 4 ? 4 : 16);
    return out;
}

uint16_t xfrm_family(const ike2_addr *a)
{
    return a->family == 4 ? AF_INET : AF_INET6;
}

struct xfrm_name xfrm_half_name(const struct xfrm_half *h)
{
    const ike2_pair *p = h->pair;

    return (struct xfrm_name){
        .to = h->is_inbound ? p->path.local : p->path.remote,
        .spi = h->is_inbound ? p->spi_in : p->spi_out,
    };
}

/* --- An SA ------------------------------------------------------------------------------ */

/* The kernel does not tell of the first packet. It does so of a limit: at the second one, or a
 * second after the first. */
static void set_limits(struct xfrm_lifetime_cfg *l, const struct xfrm_half *h)
{
    const ike2_pair *p = h->pair;

    *l = (struct xfrm_lifetime_cfg){
        .soft_byte_limit = p->rekey_octets != 0 ? p->rekey_octets : XFRM_INF,
        .hard_byte_limit = XFRM_INF,
        .soft_packet_limit = XFRM_INF,
        .hard_packet_limit = XFRM_INF,
    };
    if (h->is_inbound && !h->is_used) {
        l->soft_packet_limit = 1;
        l->soft_use_expires_seconds = 1;
    } else if (!h->is_inbound && !p->esn) {
        l->soft_packet_limit = packets_soft;
        l->hard_packet_limit = packets_hard;
    }
}

static void set_info(struct xfrm_usersa_info *info, const struct xfrm_half *h)
{
    const ike2_pair *p = h->pair;
    const struct xfrm_name name = xfrm_half_name(h);
    const ike2_addr *from = h->is_inbound ? &p->path.remote : &p->path.local;

    info->id.daddr = xfrm_address(&name.to);
    info->id.spi = htonl(name.spi);
    info->id.proto = IPPROTO_ESP;
    info->saddr = xfrm_address(from);
    info->reqid = h->reqid;
    info->family = xfrm_family(&name.to);
    info->mode = p->transport ? XFRM_MODE_TRANSPORT : XFRM_MODE_TUNNEL;
    /* A tunnel carries both families; policies say what. */
    if (!p->transport)
        info->flags |= XFRM_STATE_AF_UNSPEC;
    if (p->esn)
        info->flags |= XFRM_STATE_ESN;
    set_limits(&info->lft, h);
}

/* RFC 3948. The kernel takes checksums of transport mode for right where they are no longer
 * (3.1.2), so that the original address is for who looks at the SA. */
static void put_encap(struct talk_message *m, const struct xfrm_half *h)
{
    const ike2_pair *p = h->pair;
    const ike2_addr *from = h->is_inbound ? &p->path.remote : &p->path.local;
    const ike2_addr *to = h->is_inbound ? &p->path.local : &p->path.remote;
    const ike2_addr *original = h->is_inbound ? &p->original_remote : &p->original_local;
    struct xfrm_encap_tmpl encap;

    memset(&encap, 0, sizeof encap); /* octets between members go to the kernel, too */
    encap.encap_type = UDP_ENCAP_ESPINUDP;
    encap.encap_sport = htons(from->port);
    encap.encap_dport = htons(to->port);
    if (p->transport && original->family != 0)
        encap.encap_oa = xfrm_address(original);
    mnl_attr_put(m->header, XFRMA_ENCAP, sizeof encap, &encap);
}

static size_t replay_octets(const struct xfrm_replay *r)
{
    return offsetof(struct xfrm_replay, bits) + r->words * sizeof r->bits[0];
}

/* In the kernel's newer form, which ESN and windows beyond 32 packets need. With ESN an outbound SA
 * has to have a window too, of which nothing is used. Bits that are not sent are 0. */
static void put_replay(struct talk_message *m, const struct xfrm_half *h)
{
    uint32_t window = h->is_inbound ? XFRM_WINDOW : 32;
    struct xfrm_replay fresh = { .words = window / 32, .window = window };
    const struct xfrm_progress *p = h->progress;

    if (p != NULL && p->replay.window != 0)
        mnl_attr_put(m->header, XFRMA_REPLAY_ESN_VAL, replay_octets(&p->replay), &p->replay);
    else if (p != NULL)
        mnl_attr_put(m->header, XFRMA_REPLAY_VAL, sizeof p->legacy, &p->legacy);
    else if (h->is_inbound || h->pair->esn)
        mnl_attr_put(m->header, XFRMA_REPLAY_ESN_VAL, offsetof(struct xfrm_replay, bits), &fresh);
    if (p != NULL)
        mnl_attr_put(m->header, XFRMA_LTIME_VAL, sizeof p->lifetime, &p->lifetime);
}

/* --- Keys ------------------------------------------------------------------------------- */

enum { KEY_ROOM = 128, ALG_ROOM = sizeof(struct xfrm_algo_auth) + KEY_ROOM };

/* Room for a structure of the kernel with a key behind. */
union alg {
    struct xfrm_algo plain;
    struct xfrm_algo_auth auth;
    struct xfrm_algo_aead aead;
    uint8_t octets[ALG_ROOM];
};

/* What all keys of a message have in common. */
struct keys {
    struct talk_message *message;
    const ike2_crypto *crypto;
    struct fault *fault;
};

/* One algorithm with its key; those with a checksum say how long it is. NULL is no key. */
static bool put_alg(const struct keys *k, uint16_t attribute, const char *name, uint16_t icv_bits,
                    const ike2_key *key)
{
    size_t head = attribute == XFRMA_ALG_CRYPT  ? sizeof(struct xfrm_algo)
                  : attribute == XFRMA_ALG_AEAD ? sizeof(struct xfrm_algo_aead)
                                                : sizeof(struct xfrm_algo_auth);
    union alg a = { .octets = { 0 } };
    ike2_buffer room = { .ptr = a.octets + head, .cap = KEY_ROOM };
    bool ok = key == NULL || k->crypto->key_export(k->crypto->user, key, &room) == IKE2_OK;

    if (ok) {
        /* All three begin with the same members. */
        (void)snprintf(a.plain.alg_name, sizeof a.plain.alg_name, "%s", name);
        a.plain.alg_key_len = (unsigned)room.len * 8;
        if (attribute == XFRMA_ALG_AEAD)
            a.aead.alg_icv_len = icv_bits;
        else if (attribute == XFRMA_ALG_AUTH_TRUNC)
            a.auth.alg_trunc_len = icv_bits;
        mnl_attr_put(k->message->header, attribute, head + room.len, a.octets);
    }
    explicit_bzero(&a, sizeof a);
    return ok || fault_set(k->fault, "the crypto provider keeps its keys, which the kernel needs");
}

static bool put_keys(const struct keys *k, const struct xfrm_half *h)
{
    const ike2_pair *p = h->pair;
    const ike2_key *encr = h->is_inbound ? p->encr_in : p->encr_out;
    const ike2_key *integ = h->is_inbound ? p->integ_in : p->integ_out;
    struct xfrm_alg alg;

    if (!xfrm_alg_find(&p->suite, &alg, k->fault))
        return false;
    if (alg.integ == NULL)
        return put_alg(k, XFRMA_ALG_AEAD, alg.encr, alg.icv_bits, encr);
    return put_alg(k, XFRMA_ALG_AUTH_TRUNC, alg.integ, alg.icv_bits, integ) &&
           put_alg(k, XFRMA_ALG_CRYPT, alg.encr, 0, encr);
}

/* --- Messages --------------------------------------------------------------------------- */

bool xfrm_sa_write(struct talk_message *m, uint16_t type, const struct xfrm_half *h,
                   const ike2_crypto *crypto, struct fault *fault)
{
    const struct keys keys = { .message = m, .crypto = crypto, .fault = fault };

    talk_begin(m, type, 0);
    set_info(mnl_nlmsg_put_extra_header(m->header, sizeof(struct xfrm_usersa_info)), h);
    if (h->pair->encap == IKE2_ENCAP_UDP)
        put_encap(m, h);
    put_replay(m, h);
    return put_keys(&keys, h);
}

void xfrm_sa_write_name(struct talk_message *m, uint16_t type, const struct xfrm_name *name)
{
    struct xfrm_usersa_id *id;

    talk_begin(m, type, 0);
    id = mnl_nlmsg_put_extra_header(m->header, sizeof *id);
    id->daddr = xfrm_address(&name->to);
    id->spi = htonl(name->spi);
    id->family = xfrm_family(&name->to);
    id->proto = IPPROTO_ESP;
}

void xfrm_sa_write_reserve(struct talk_message *m, const ike2_path *path, uint8_t protocol)
{
    struct xfrm_userspi_info *info;

    talk_begin(m, XFRM_MSG_ALLOCSPI, 0);
    info = mnl_nlmsg_put_extra_header(m->header, sizeof *info);
    info->info.id.daddr = xfrm_address(&path->local);
    info->info.id.proto = protocol == IKE2_PROTOCOL_AH ? IPPROTO_AH : IPPROTO_ESP;
    info->info.saddr = xfrm_address(&path->remote);
    info->info.family = xfrm_family(&path->local);
    info->info.mode = XFRM_MODE_TUNNEL;
    info->min = spi_min;
    info->max = spi_max;
}

/* --- Answers ---------------------------------------------------------------------------- */

static bool read_info(const struct talk_answer *a, struct xfrm_usersa_info *out)
{
    return talk_body(&a->room.header, a->len, XFRM_MSG_NEWSA, out, sizeof *out);
}

bool xfrm_sa_read_spi(const struct talk_answer *a, uint32_t *spi)
{
    struct xfrm_usersa_info info;

    if (!read_info(a, &info) || ntohl(info.id.spi) < spi_min)
        return false;
    *spi = ntohl(info.id.spi);
    return true;
}

static int read_replay(const struct nlattr *attr, void *data)
{
    struct xfrm_progress *out = data;
    size_t len = mnl_attr_get_payload_len(attr);
    struct xfrm_replay replay = { .words = 0 };

    if (mnl_attr_get_type(attr) == XFRMA_REPLAY_VAL && len == sizeof out->legacy) {
        memcpy(&out->legacy, mnl_attr_get_payload(attr), len);
    } else if (mnl_attr_get_type(attr) == XFRMA_REPLAY_ESN_VAL && len <= sizeof replay) {
        memcpy(&replay, mnl_attr_get_payload(attr), len);
        if (replay.words <= XFRM_WINDOW / 32 && len == replay_octets(&replay))
            out->replay = replay;
    }
    return MNL_CB_OK;
}

bool xfrm_sa_read(const struct talk_answer *a, struct xfrm_progress *out)
{
    struct xfrm_usersa_info info;

    if (!read_info(a, &info))
        return false;
    *out = (struct xfrm_progress){ .lifetime = info.curlft, .stats = info.stats };
    talk_attributes(&a->room.header, sizeof info, read_replay, out);
    return true;
}

uint64_t xfrm_progress_sent(const struct xfrm_progress *p)
{
    if (p->replay.window == 0)
        return p->legacy.oseq;
    return (uint64_t)p->replay.sent_high << 32 | p->replay.sent;
}

void xfrm_progress_skip(struct xfrm_progress *p)
{
    uint64_t next = xfrm_progress_sent(p) + SKIP;

    if (p->replay.window != 0) {
        p->replay.sent = (uint32_t)next;
        p->replay.sent_high = (uint32_t)(next >> 32);
    } else {
        /* The last one stays the last one. */
        p->legacy.oseq = next > UINT32_MAX ? UINT32_MAX : (uint32_t)next;
    }
}
