/* A program of somebody else: uses both libraries as they were installed. */
#include <ike2/ike2.h>
#include <ike2/mbedtls.h>

#include <stdio.h>

int main(void)
{
    ike2_mbedtls *provider = NULL;
    ike2_err err = ike2_mbedtls_new(NULL, &provider);

    if (err == IKE2_OK)
        err = ike2_crypto_selftest(ike2_mbedtls_crypto(provider), NULL);
    ike2_mbedtls_free(provider);
    printf("%s\n", ike2_strerror(err));
    return err == IKE2_OK ? 0 : 1;
}
