/* sa/negotiate.h - what Child SA comes out of a request and the templates: selectors, algorithms,
 * SPI, keys. A refused child does not end the IKE SA (RFC 7296 1.2): the stage says why. Steps of
 * IKE_AUTH and of CREATE_CHILD_SA. */
#ifndef SA_NEGOTIATE_H
#define SA_NEGOTIATE_H

#include "sa/stage.h"

/* What the selection of the stage's template needs. */
struct select_args ike2_child_select_args(const struct sa *sa, const struct exchange *x);

/* Responder, in this order. The first fills the stage, the others add to it or note a refusal. */
enum verdict ike2_child_choose(struct sa *sa, struct exchange *x);
/* Instead of it, for a rekeying: the request has to fit the pair that it replaces. */
enum verdict ike2_child_choose_again(struct sa *sa, struct exchange *x, const struct pair *old);
enum verdict ike2_child_ask(struct sa *sa, struct exchange *x);
enum verdict ike2_child_make(struct sa *sa, struct exchange *x);

/* Both: the inbound SPI of the stage's pair, drawn or asked for. */
enum verdict ike2_child_get_spi(struct sa *sa, struct exchange *x);
/* Both: KEYMAT, and room for the pair. */
enum verdict ike2_child_get_keys(struct sa *sa, struct exchange *x);
/* Responder: waits until the pair is installed; a failed install is a refusal with `notify`. */
enum verdict ike2_child_await_install(struct exchange *x, uint16_t notify);

/* Who asks: SA, TSi, TSr and what goes with them; then what is said of the answer. */
void ike2_child_write_request(ike2_writer *w, const struct sa *sa, const struct exchange *x);
enum verdict ike2_child_check(struct sa *sa, struct exchange *x);
/* Who answers: the same of the pair that was laid. */
void ike2_child_write_response(ike2_writer *w, const struct exchange *x);

/* The answer to ASK_CHILD: IKE2_ERR_ARGUMENT if nothing of the request remains. */
ike2_err ike2_child_accept(struct exchange *x, const ike2_child_spec *spec);
/* Ends a child whose negotiation has been refused. */
void ike2_child_give_up(struct exchange *x);

#endif
