#include "key_strength.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>

enum { SUBJECT_TEXT = 128, EXPECTED_TEXT = 64, RSA_BITS_DISCOURAGED = 2048 };

struct key {
    int type, bits;             /* EVP_PKEY_*; EVP_PKEY_NONE: libcrypto does not know it */
    char subject[SUBJECT_TEXT]; /* cut to fit */
};

/* --- What is in a certificate ------------------------------------------------------------ */

static void say_subject(const X509 *x, char text[SUBJECT_TEXT])
{
    BIO *bio = BIO_new(BIO_s_mem());
    int len = -1;

    if (bio != NULL && X509_NAME_print_ex(bio, X509_get_subject_name(x), 0, XN_FLAG_RFC2253) >= 0)
        len = BIO_read(bio, text, SUBJECT_TEXT - 1);
    text[len > 0 ? len : 0] = '\0';
    BIO_free(bio);
}

static struct key read_key(ike2_bytes certificate)
{
    const uint8_t *at = certificate.ptr;
    X509 *x = certificate.len <= LONG_MAX ? d2i_X509(NULL, &at, (long)certificate.len) : NULL;
    EVP_PKEY *key = x != NULL ? X509_get0_pubkey(x) : NULL;
    struct key out = { .type = EVP_PKEY_NONE };

    if (key != NULL) {
        out.type = EVP_PKEY_get_base_id(key);
        out.bits = EVP_PKEY_get_bits(key);
        say_subject(x, out.subject);
    }
    X509_free(x);
    ERR_clear_error();
    return out;
}

static bool is_rsa(const struct key *k)
{
    return k->type == EVP_PKEY_RSA || k->type == EVP_PKEY_RSA_PSS;
}

/* --- The RFC ----------------------------------------------------------------------------- */

/* The other lines of the table are MUST, SHOULD and MAY; what is longer stands in none. */
bool key_strength_is_discouraged(ike2_bytes certificate, char text[KEY_STRENGTH_TEXT])
{
    struct key k = read_key(certificate);

    if (!is_rsa(&k) || k.bits >= RSA_BITS_DISCOURAGED)
        return false;
    (void)snprintf(text, KEY_STRENGTH_TEXT,
                   "%s has an RSA key of %d bits: RFC 8247 3.1.1 says SHOULD NOT: RSA with key "
                   "length smaller than 2048",
                   k.subject, k.bits);
    return true;
}

/* --- The policy -------------------------------------------------------------------------- */

static bool takes(const ike2_named_policy *p, const struct key *k)
{
    if (is_rsa(k))
        return k->bits >= p->min_rsa_bits;
    if (k->type == EVP_PKEY_EC)
        return k->bits >= p->min_ec_bits && (p->max_ec_bits == 0 || k->bits <= p->max_ec_bits);
    return p->min_rsa_bits == 0 && p->min_ec_bits == 0; /* which keys there are, others say */
}

static void say_expected(const ike2_named_policy *p, char text[EXPECTED_TEXT])
{
    if (p->max_ec_bits == p->min_ec_bits)
        (void)snprintf(text, EXPECTED_TEXT, "RSA from %u bits or ECDSA on P-%u", p->min_rsa_bits,
                       p->min_ec_bits);
    else
        (void)snprintf(text, EXPECTED_TEXT, "RSA from %u bits or ECDSA from %u", p->min_rsa_bits,
                       p->min_ec_bits);
}

bool key_strength_is_kept(ike2_bytes certificate, const ike2_named_policy *policy,
                          char text[KEY_STRENGTH_TEXT])
{
    struct key k = read_key(certificate);
    char expected[EXPECTED_TEXT];

    if (takes(policy, &k))
        return true;
    say_expected(policy, expected);
    (void)snprintf(text, KEY_STRENGTH_TEXT,
                   "%s has %s key of %d bits, and the policy %s%s%s%s expects %s", k.subject,
                   is_rsa(&k)              ? "an RSA"
                   : k.type == EVP_PKEY_EC ? "an ECDSA"
                                           : "another",
                   k.bits, policy->name, policy->source != NULL ? " (" : "",
                   policy->source != NULL ? policy->source : "", policy->source != NULL ? ")" : "",
                   expected);
    return false;
}
