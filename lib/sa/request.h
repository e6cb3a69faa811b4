/* sa/request.h - what goes out: our one open request with its retransmissions, and responses, which
 * are kept for a peer that asks again. RFC 7296 2.1 to 2.3; RFC 7383 2.5. */
#ifndef SA_REQUEST_H
#define SA_REQUEST_H

#include "sa/exchange.h"

/* Writes the payloads of a message; `x` NULL for what no exchange is about. */
typedef void compose(ike2_writer *w, const struct sa *sa, const struct exchange *x);

/* RFC 7296 2.2: Message IDs do not begin again. From this one on the IKE SA wants new keys; the
 * last one there is is never used. */
#define MESSAGE_ID_REKEY UINT32_C(0xffff0000)

/* Seals what `write` composes and sends it as our request, with the next Message ID. On failure
 * nothing has happened. */
ike2_err ike2_request_send(struct sa *sa, uint8_t exchange, enum purpose purpose, compose *write,
                           const struct exchange *x);
/* IKE_SA_INIT: unprotected, Message ID 0, also when it is sent again with a cookie. */
ike2_err ike2_request_send_init(struct sa *sa, compose *write, const struct exchange *x);
/* The response is being dealt with: no retransmission meanwhile. */
void ike2_request_pause(struct sa *sa);
/* It was not worth anything after all. */
void ike2_request_resume(struct sa *sa);
/* The peer is at `remote` now, which has not heard of it: it is sent as often as a new one. */
void ike2_request_move(struct sa *sa, const ike2_addr *remote);
/* The exchange is complete. */
void ike2_request_close(struct sa *sa);
void ike2_request_on_timer(struct sa *sa);

/* Answers the request that `x` is about; the answer is kept. On failure nothing has happened. */
ike2_err ike2_response_send(struct sa *sa, const struct exchange *x, compose *write);
ike2_err ike2_response_send_init(struct sa *sa, const struct exchange *x, compose *write);
/* IKE_SA_INIT refused: no SA comes of it, so the responder's SPI is zero, 2.6. */
ike2_err ike2_refusal_send_init(struct sa *sa, const struct exchange *x, compose *write);
/* The same answer again, to where the request came from, if it is still kept; in smaller fragments
 * if it has been in vain before. */
void ike2_response_repeat(struct sa *sa, uint32_t message_id, const ike2_path *path);

/* The octets of an unprotected message, in the host's room until the next one is composed. */
ike2_err ike2_message_compose(struct sa *sa, const ike2_header *header, compose *write,
                              const struct exchange *x, ike2_bytes *out);
/* A NAT keepalive, RFC 3948 2.3; and when the next one is due. */
void ike2_keepalive_send(struct sa *sa);
void ike2_keepalive_arm(struct sa *sa);

#endif
