/* journal.h - all that a program asks of the library and all that comes of it, written down so that
 * it can be played again, to the same octets, where the program, its peers and its keys are not
 * there: tests/replay. The library is a function of its inputs; a journal holds these: datagrams,
 * time, commands, answers, finished jobs, and what the crypto provider said.
 *
 * One line is one call, "input now=1010 id=0 number=0 ... octets=2f0a"; below it what the provider
 * was asked, a line beginning with '.'; then what the call returned, '='. What was polled is a line
 * with '!'. Numbers are decimal, octets hex; terms.h has the configurations. Lines that begin with
 * '#' mean nothing.
 *
 * A journal is as confidential as what it protects: it holds every message in plain text, and who
 * has the values of AUTH can try out pre-shared keys. Keys themselves do not occur in it. It is
 * made readable for its owner only, and is never made unless it is asked for.
 *
 * The functions have the arguments of those of the library behind them. Without a journal, NULL,
 * they only call them. Provider and functions are for one thread: nothing may be offloaded. */
#ifndef COMMON_JOURNAL_H
#define COMMON_JOURNAL_H

#include <ike2/ike2.h>

#include "problem.h"

struct journal;

/* Makes a new file, which must not exist. `crypto` is the provider that is listened to. */
struct journal *journal_open(const char *path, const ike2_crypto *crypto, struct problem *why);
/* After the endpoint. False, and why, if something could not be written. NULL is allowed. */
bool journal_close(struct journal *j, struct problem *why);
/* For ike2_endpoint_config.crypto. */
const ike2_crypto *journal_crypto(const struct journal *j);

/* `offload` is put to 0; a policy hook is not known to a journal. */
ike2_err journal_endpoint_new(struct journal *j, const ike2_endpoint_config *cfg, ike2_time now,
                              ike2_endpoint **out);
void journal_endpoint_free(struct journal *j, ike2_endpoint *ep);
ike2_err journal_peer_define(struct journal *j, ike2_endpoint *ep, const ike2_peer_config *cfg,
                             ike2_peer_id *out);
ike2_err journal_peer_undefine(struct journal *j, ike2_endpoint *ep, ike2_peer_id peer);

ike2_err journal_input(struct journal *j, ike2_endpoint *ep, ike2_time now, const ike2_path *path,
                       ike2_bytes payload);
void journal_expire(struct journal *j, ike2_endpoint *ep, ike2_time now, uint32_t budget);
const ike2_output *journal_poll(struct journal *j, ike2_endpoint *ep);

ike2_err journal_sa_connect(struct journal *j, ike2_endpoint *ep, ike2_time now,
                            const ike2_connect *connect, ike2_sa_id *out);
ike2_err journal_sa_close(struct journal *j, ike2_endpoint *ep, ike2_time now, ike2_sa_id sa);
ike2_err journal_sa_drop(struct journal *j, ike2_endpoint *ep, ike2_time now, ike2_sa_id sa);
ike2_err journal_sa_rekey(struct journal *j, ike2_endpoint *ep, ike2_time now, ike2_sa_id sa);
ike2_err journal_sa_reauth(struct journal *j, ike2_endpoint *ep, ike2_time now, ike2_sa_id sa);
ike2_err journal_sa_probe(struct journal *j, ike2_endpoint *ep, ike2_time now, ike2_sa_id sa);
ike2_err journal_child_create(struct journal *j, ike2_endpoint *ep, ike2_time now, ike2_sa_id sa,
                              uint32_t template_index, ike2_child_id *out);
ike2_err journal_child_rekey(struct journal *j, ike2_endpoint *ep, ike2_time now,
                             ike2_child_id child, uint32_t spi_in);
ike2_err journal_child_close(struct journal *j, ike2_endpoint *ep, ike2_time now,
                             ike2_child_id child);
ike2_err journal_child_report(struct journal *j, ike2_endpoint *ep, ike2_time now,
                              const ike2_report *report);

ike2_err journal_refuse(struct journal *j, ike2_endpoint *ep, ike2_time now, ike2_ask_id ask,
                        uint16_t notify);
ike2_err journal_answer_peer(struct journal *j, ike2_endpoint *ep, ike2_time now, ike2_ask_id ask,
                             ike2_peer_id peer);
ike2_err journal_answer_secret(struct journal *j, ike2_endpoint *ep, ike2_time now,
                               ike2_ask_id ask, const ike2_secret_answer *answer);
ike2_err journal_answer_child(struct journal *j, ike2_endpoint *ep, ike2_time now,
                              ike2_ask_id ask, const ike2_child_spec *spec);
ike2_err journal_answer_config(struct journal *j, ike2_endpoint *ep, ike2_time now,
                               ike2_ask_id ask, const ike2_cfg_attr *attrs, size_t n);
ike2_err journal_answer_spi(struct journal *j, ike2_endpoint *ep, ike2_time now, ike2_ask_id ask,
                            uint32_t spi_in);

void journal_job_set_verdict(struct journal *j, ike2_job *job, const ike2_verdict *verdict);
ike2_err journal_job_set_signature(struct journal *j, ike2_job *job, ike2_bytes signature);
void journal_job_free(struct journal *j, ike2_job *job);
ike2_err journal_finish(struct journal *j, ike2_endpoint *ep, ike2_time now, ike2_job *job);

#endif
