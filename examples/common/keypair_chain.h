/* keypair_chain.h - what is sent with a certificate of ours: those of its file, sorted, and the
 * CAs that it leads to. */
#ifndef COMMON_KEYPAIR_CHAIN_H
#define COMMON_KEYPAIR_CHAIN_H

#include "keypair_match.h"
#include "keypairs.h"

/* Fills the chain and the issuers of `*p`. `trust` may know CAs that are not in the file. False:
 * there are too many certificates, one does not parse, or there is no memory. */
bool keypair_take_chain(struct keypair *p, const struct keypair_match *m,
                        const struct trust *trust);

#endif
