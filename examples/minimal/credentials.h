/* credentials.h - the crypto provider and the pre-shared key. The key comes from a file, so that
 * the secret is never in an argument list. */
#ifndef MINIMAL_CREDENTIALS_H
#define MINIMAL_CREDENTIALS_H

#include <ike2/mbedtls.h>

struct credentials {
    ike2_mbedtls *provider;
    const ike2_crypto *crypto; /* its table */
    ike2_key *psk;
};

/* Takes the key from `psk_file`, without one trailing newline. False after a message that names the
 * file and the remedy. */
bool credentials_open(struct credentials *c, const char *psk_file);
/* After the endpoint has been freed. Zeroed credentials are allowed. */
void credentials_close(struct credentials *c);

#endif
