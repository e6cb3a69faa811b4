/* sa/init.h - IKE_SA_INIT, both roles. RFC 7296 1.2, 2.6, 2.7, 2.10, 2.14, 2.23. */
#ifndef SA_INIT_H
#define SA_INIT_H

#include "sa/ke.h"
#include "sa/park.h"

/* What IKE_AUTH needs from IKE_SA_INIT; released when the SA is up. RFC 7296 2.15. */
struct init_stage {
    struct parcel *ours;     /* our IKE_SA_INIT message, as it was sent last */
    uint8_t *peers;          /* the peer's, whole */
    size_t peers_len;
    struct ke_stage ke;
    uint8_t *ke_peers;       /* responder: the peer's, until IKE_AUTH shows that it goes on */
    size_t ke_peers_len;
    ike2_suite suite;        /* as chosen */
    uint8_t number;          /* responder: of the proposal that it was chosen from */
    uint32_t peer_hashes;    /* set of 1 << IKE2_HASH_* that the peer verifies, RFC 7427 4 */
    uint32_t peer_quirks;    /* IKE2_QUIRK_* that its Vendor IDs tell, 3.12 */
    uint8_t *cookie;         /* initiator: to be returned, 2.6 */
    size_t cookie_len;
    struct pair *pair;       /* initiator: of the child of IKE_AUTH; NULL: none */
    ike2_packet *packet;     /* initiator: that the child of IKE_AUTH is for; NULL: none */
    bool peer_looks_up;      /* initiator: the peer has said HTTP_CERT_LOOKUP_SUPPORTED, 3.6 */
    bool is_childless;       /* initiator: IKE_AUTH makes no child, RFC 6023 */
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
/* The pair of IKE_AUTH is nobody's any more: one that has not been agreed upon ends. */
void ike2_init_drop_pair(struct sa *sa);
/* What the selection of IKE proposals needs. */
struct select_args ike2_init_select_args(const struct sa *sa, const struct exchange *x);
/* NAT_DETECTION_SOURCE_IP and _DESTINATION_IP, and what is announced. */
void ike2_init_write_notifies(ike2_writer *w, const struct sa *sa, const ike2_path *path);
/* What the peer says in these, 2.23, RFC 7383 2.3. */
void ike2_init_read_notifies(struct sa *sa, const struct exchange *x);
/* Does the definition demand something that the peer does not announce? Noted if so. */
bool ike2_init_lacks(const struct sa *sa, const struct exchange *x, uint64_t *trace);
/* Derives the keys and puts them in use: STATE_AUTH. RETRY if that fails. */
enum verdict ike2_init_derive(struct sa *sa, struct exchange *x);
/* The two steps of the key exchange, with what becomes of the SA when they fail. */
enum verdict ike2_init_start_ke(struct sa *sa, struct exchange *x);
enum verdict ike2_init_finish_ke(struct sa *sa, struct exchange *x, ike2_bytes peers);

#endif
