/* support/keys.h - private keys for tests, as PEM, and their SubjectPublicKeyInfo as hex of DER. */
#ifndef SUPPORT_KEYS_H
#define SUPPORT_KEYS_H

extern const char test_rsa_pem[];
extern const char test_rsa_spki[];
extern const char test_rsa3072_pem[];
extern const char test_rsa3072_spki[];
extern const char test_rsa4096_pem[];
extern const char test_rsa4096_spki[];
extern const char test_p256_pem[];
extern const char test_p256_spki[];
extern const char test_p384_pem[];
extern const char test_p384_spki[];
extern const char test_p521_pem[];
extern const char test_p521_spki[];

#endif
