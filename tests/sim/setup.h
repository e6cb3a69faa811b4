/* sim/setup.h - what a side is configured with: a definition of its peer that works, to be changed
 * by the test before the side is started. */
#ifndef SIM_SETUP_H
#define SIM_SETUP_H

#include <ike2/ike2.h>

enum { SETUP_CHILDREN = 2, SETUP_TS = 64, SETUP_PROPOSALS = 4, SETUP_TRANSFORMS = 48 };

struct setup_proposals {
    ike2_transform room[SETUP_TRANSFORMS];
    ike2_proposal list[SETUP_PROPOSALS];
};

struct setup_child {
    ike2_ts local[SETUP_TS], remote[SETUP_TS];
    struct setup_proposals proposals;
};

struct setup {
    ike2_endpoint_config endpoint;
    ike2_limits limits;
    ike2_retransmit retransmit;
    ike2_peer_config peer;
    ike2_child_config children[SETUP_CHILDREN];
    struct setup_child child_rooms[SETUP_CHILDREN];
    struct setup_proposals ike;
    const char *psk_ours, *psk_peers; /* octets of the pre-shared keys */
    bool asks_psk;                    /* they come by ASK_PSK, not in the definition */
    const char *cert;                 /* sign with this certificate's key; NULL = use the PSK */
    uint16_t scheme;                  /* and by this IKE2_SIG_*; 0 = ECDSA with SHA-256 */
    bool signs_elsewhere;             /* the key is not in the definition: SIGN jobs */
    uint8_t id_local[256], id_remote[256];
};

/* Side number `n`, whose peer is the side number `peer`; each has a net of its number behind it. */
void setup_init(struct setup *s, unsigned n, unsigned peer);
/* Texts as ike2_id_parse takes them. */
void setup_ids(struct setup *s, const char *local, const char *remote);
/* "aes256gcm16-prfsha384-ecp384, ..." */
void setup_ike(struct setup *s, const char *proposals);
void setup_esp(struct setup *s, size_t child, const char *proposals);
/* Replaces both lists of a child. */
void setup_selectors(struct setup *s, size_t child, const ike2_ts *local, size_t n_local,
                     const ike2_ts *remote, size_t n_remote);
/* When a child's pairs are rekeyed, and when they end. */
void setup_lifetime(struct setup *s, size_t child, uint32_t rekey_seconds,
                    uint32_t expire_seconds);
/* `addr`/`prefix`, as 0x0a010000, 16. */
ike2_ts setup_net4(uint32_t addr, unsigned prefix);
/* One that the first child would carry: between the first addresses of its first selectors. */
ike2_packet setup_packet(const struct setup *s);

#endif
