/* keypair_urls.h - where our certificates are, for peers that look them up: RFC 7296 3.6. */
#ifndef COMMON_KEYPAIR_URLS_H
#define COMMON_KEYPAIR_URLS_H

#include "connection.h"
#include "keypairs.h"

/* One more; it is borrowed. NULL, or what is wrong with it, as in value.h. */
const char *keypair_url_add(struct connection_local *local, const char *url);
/* With URLs, one for each certificate of all chains, in order; they are viewed. */
bool keypair_take_urls(struct keypairs *p, const struct connection_local *local,
                       struct problem *why);

#endif
