/* xfrm_sa.h - one direction of a pair as the kernel is told of it, by XFRM_MSG_*SA, and what it
 * tells in turn: RFC 4303, RFC 3948, RFC 4304 in the words of linux/xfrm.h. */
#ifndef DATAPLANE_XFRM_SA_H
#define DATAPLANE_XFRM_SA_H

#include <ike2/output.h>

#include <linux/xfrm.h>

#include "fault.h"
#include "talk.h"

/* Packets that may be late, RFC 4303 3.4.3; a multiple of 32. */
enum { XFRM_WINDOW = 1024 };

/* struct xfrm_replay_state_esn of the kernel, with room behind: sequence numbers that were sent and
 * seen, in two halves each, and the window. */
struct xfrm_replay {
    uint32_t words, sent, seen, sent_high, seen_high, window;
    uint32_t bits[XFRM_WINDOW / 32];
};

/* What an SA has come to: kept when it is moved. */
struct xfrm_progress {
    struct xfrm_lifetime_cur lifetime;
    struct xfrm_stats stats;
    struct xfrm_replay_state legacy; /* the kernel's older form */
    struct xfrm_replay replay;       /* counts if it has a window, else `legacy` does */
};

struct xfrm_half {
    const ike2_pair *pair;
    const struct xfrm_progress *progress; /* NULL: none yet */
    uint32_t reqid;
    bool is_inbound;
    bool is_used; /* inbound: its first packet is no news */
};

/* The name of an SA in the kernel: where packets go to, and their SPI. */
struct xfrm_name {
    ike2_addr to;
    uint32_t spi;
};
struct xfrm_name xfrm_half_name(const struct xfrm_half *h);

xfrm_address_t xfrm_address(const ike2_addr *a);
uint16_t xfrm_family(const ike2_addr *a);

/* XFRM_MSG_NEWSA or _UPDSA, with keys: wipe the message. False after a fault. */
bool xfrm_sa_write(struct talk_message *m, uint16_t type, const struct xfrm_half *h,
                   const ike2_crypto *crypto, struct fault *fault);
/* XFRM_MSG_DELSA or _GETSA. */
void xfrm_sa_write_name(struct talk_message *m, uint16_t type, const struct xfrm_name *name);
/* XFRM_MSG_ALLOCSPI: of an SA from the peer to us. */
void xfrm_sa_write_reserve(struct talk_message *m, const ike2_path *path, uint8_t protocol);

/* The answer to both: false if it is none. */
bool xfrm_sa_read_spi(const struct talk_answer *a, uint32_t *spi);
bool xfrm_sa_read(const struct talk_answer *a, struct xfrm_progress *out);
/* The last sequence number that was sent. */
uint64_t xfrm_progress_sent(const struct xfrm_progress *p);
/* Numbers that are left out when an outbound SA moves: what was sent after `p` was asked for has
 * used some of them, and none is ever used twice (RFC 4303 3.3.3). */
void xfrm_progress_skip(struct xfrm_progress *p);

#endif
