/* sim/signer.h - a side with real keys and the mbedTLS provider. Its certificates are bare public
 * keys (SubjectPublicKeyInfo): the core does not look into them, and they are all that is needed to
 * check a signature. */
#ifndef SIM_SIGNER_H
#define SIM_SIGNER_H

#include "sim/scenario.h"
#include "support/crypto_wrap.h"

enum pair { RSA_2048, RSA_3072, RSA_4096, ECDSA_256, ECDSA_384, ECDSA_521, PAIRS };

enum { SIGNER_CREDENTIALS = 4, SIGNER_CHAIN = 16, SIGNER_SCHEMES = 4, SIGNER_ISSUERS = 4,
       SIGNER_TRUSTED = 1024, KEY_HASH = 20, SIGNER_SPKI = 600, SIGNER_ID = 64,
       JUDGED_CERTS = 64 };

/* What a credential views. */
struct signer_room {
    enum pair pair;
    uint8_t spki[SIGNER_SPKI], hashes[SIGNER_ISSUERS][KEY_HASH], id[SIGNER_ID];
    ike2_bytes chain[SIGNER_CHAIN], issuers[SIGNER_ISSUERS];
    uint16_t schemes[SIGNER_SCHEMES];
    ike2_key *key; /* also of a credential whose own is NULL: it is kept elsewhere */
};

/* The last VERIFY job, as far as its views are gone afterwards. */
struct judged {
    uint64_t n;
    ike2_err result;      /* of the check of the signature */
    uint16_t scheme;
    uint8_t method;
    size_t n_certs;
    struct {
        uint8_t encoding, last_octet;
        size_t len;
    } certs[JUDGED_CERTS];
    uint64_t peer_tag;
    char local[64], remote[64]; /* identities as text */
};

struct signer {
    struct side *side;
    struct crypto_wrap wrap;
    struct signer_room rooms[SIGNER_CREDENTIALS];
    ike2_credential credentials[SIGNER_CREDENTIALS];
    uint8_t trusted_room[SIGNER_TRUSTED][KEY_HASH];
    ike2_bytes trusted[SIGNER_TRUSTED];
    struct judged judged;
    ike2_bytes fetched;   /* what is at the URL of a peer that sends one */
    ike2_verdict verdict; /* given instead of "ok" where the signature is right */
    bool says_nothing;    /* gives no verdict, and makes no signature */
    ike2_err signing;     /* of the last SIGN job: what ike2_job_set_signature said */
};

/* cmocka: world_setup and world_teardown, and both sides are signers, without credentials. The
 * program ends if a key outlives the world. */
int signers_setup(void **state);
int signers_teardown(void **state);
static inline struct signer *signer_of(const struct side *s)
{
    return s->prove_user;
}

/* One more credential, to be changed at will. `schemes` ends with 0; `id` NULL: that of the
 * definition; a letter of `cas` is a CA, whose hash is that letter 20 times. */
ike2_credential *signer_add(struct signer *g, enum pair pair, const uint16_t *schemes,
                            const char *id, const char *cas);
/* `from` begins an SA with `to`, and says this in its IKE_AUTH request, behind these certificates,
 * or, NULL, so many that are none; the network is held from then on. */
void signer_speak(struct side *from, struct side *to, const ike2_auth_payload *auth,
                  const ike2_cert *certs, size_t n_certs);
/* CAs that the side trusts: `n` that nobody has, then the letters. */
void signer_trust(struct signer *g, size_t n, const char *cas);

#endif
