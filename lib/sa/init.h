/* sa/init.h - IKE_SA_INIT, both roles. RFC 7296 1.2, 2.6, 2.7, 2.10, 2.14, 2.23. */
#ifndef SA_INIT_H
#define SA_INIT_H

#include "sa/exchange.h"
#include "sa/park.h"

/* RFC 7296 2.10: 16 to 256 octets. */
enum { NONCE_OURS = 32, NONCE_MIN = 16, NONCE_MAX = 256 };
struct nonce {
    uint8_t octets[NONCE_MAX];
    size_t len;
};

/* What IKE_AUTH needs from IKE_SA_INIT; released when the SA is up. RFC 7296 2.15. */
struct init_stage {
    struct parcel *ours;     /* our IKE_SA_INIT message, as it was sent last */
    uint8_t *peers;          /* the peer's, whole */
    size_t peers_len;
    struct nonce ni, nr;
    ike2_ke_state *ke;
    ike2_key *shared;        /* g^ir */
    uint8_t *ke_ours;        /* our public value */
    uint8_t *ke_peers;       /* responder: the peer's, until IKE_AUTH shows that it goes on */
    size_t ke_ours_len, ke_peers_len;
    uint16_t ke_method;
    ike2_suite suite;        /* as chosen */
    uint32_t peer_hashes;    /* set of 1 << IKE2_HASH_* that the peer verifies, RFC 7427 4 */
    uint8_t *cookie;         /* initiator: to be returned, 2.6 */
    size_t cookie_len;
    unsigned retries;        /* COOKIE and INVALID_KE_PAYLOAD answered so far */
    struct park park;        /* responder: datagrams that came before the keys */
    uint64_t half_open_key, half_open_addr_key; /* where it is noted as half-open, or 0 */
};

/* --- Scripts ------------------------------------------------------------------------- */

/* Initiator: a command that sends the request; the response. */
extern const struct script ike2_init_connect, ike2_init_response;
/* Responder: the request; the keys, once IKE_AUTH shows that the initiator goes on. */
extern const struct script ike2_init_request, ike2_init_keys;

/* --- Shared by both roles ------------------------------------------------------------ */

struct init_stage *ike2_init_stage_new(struct host *host);
void ike2_init_stage_free(struct sa *sa);
/* What the selection of IKE proposals needs. */
struct select_args ike2_init_select_args(const struct sa *sa, const struct exchange *x);
/* NAT_DETECTION_SOURCE_IP and _DESTINATION_IP, and IKEV2_FRAGMENTATION_SUPPORTED. */
void ike2_init_write_notifies(ike2_writer *w, const struct sa *sa, const ike2_path *path);
/* What the peer says in these, 2.23, RFC 7383 2.3. */
void ike2_init_read_notifies(struct sa *sa, const struct exchange *x);
/* Does the definition demand fragmentation that the peer does not announce? Noted if so. */
bool ike2_init_lacks_fragmentation(const struct sa *sa, const struct exchange *x, uint64_t *trace);
ike2_err ike2_init_draw_nonce(const struct host *host, struct nonce *n);
bool ike2_init_read_nonce(const struct message *m, struct nonce *n);
/* Derives the keys and puts them in use: STATE_AUTH. RETRY if that fails. */
enum verdict ike2_init_derive(struct sa *sa, struct exchange *x);

/* --- Key exchange steps, inline or as jobs ------------------------------------------- */

/* Our public value of `init->ke_method`. */
enum verdict ike2_ke_start(struct sa *sa, struct exchange *x);
/* g^ir from the peer's public value. */
enum verdict ike2_ke_finish(struct sa *sa, struct exchange *x, ike2_bytes peers);
/* Forgets our half: another method is wanted. */
void ike2_ke_drop(struct sa *sa);
/* Octets of a public value of `method`, or 0: not supported. */
size_t ike2_ke_octets(const struct host *host, uint16_t method);

#endif
