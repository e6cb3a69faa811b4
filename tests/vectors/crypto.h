/* vectors/crypto.h - the runners of the records below crypto/, by family of algorithms. */
#ifndef VECTORS_CRYPTO_H
#define VECTORS_CRYPTO_H

#include "vectors/run.h"

/* crypto_cipher.c */
void crypto_wycheproof_gcm(struct run *run, const struct kv_record *record);
void crypto_wycheproof_ccm(struct run *run, const struct kv_record *record);
void crypto_wycheproof_chacha(struct run *run, const struct kv_record *record);
void crypto_acvp_gcm(struct run *run, const struct kv_record *record);
void crypto_strongswan_aead(struct run *run, const struct kv_record *record);
void crypto_strongswan_crypter(struct run *run, const struct kv_record *record);

/* crypto_mac.c */
void crypto_wycheproof_hmac(struct run *run, const struct kv_record *record);
void crypto_wycheproof_cmac(struct run *run, const struct kv_record *record);
void crypto_strongswan_mac(struct run *run, const struct kv_record *record);

/* crypto_ke.c */
void crypto_wycheproof_ecdh(struct run *run, const struct kv_record *record);
void crypto_wycheproof_x25519(struct run *run, const struct kv_record *record);
void crypto_acvp_ecc_cdh(struct run *run, const struct kv_record *record);
void crypto_acvp_ffc_ssc(struct run *run, const struct kv_record *record);
void crypto_acvp_safe_primes(struct run *run, const struct kv_record *record);
void crypto_strongswan_ke(struct run *run, const struct kv_record *record);

/* crypto_sign.c */
void crypto_wycheproof_ecdsa(struct run *run, const struct kv_record *record);
void crypto_wycheproof_rsa_pkcs1(struct run *run, const struct kv_record *record);
void crypto_wycheproof_rsa_pss(struct run *run, const struct kv_record *record);

#endif
