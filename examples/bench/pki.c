#include "pki.h"

#include <string.h>

#include <mbedtls/asn1.h>
#include <mbedtls/ecp.h>
#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <mbedtls/rsa.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>

enum { RSA_BITS = 2048, RSA_EXPONENT = 65537, SUBJECT_MAX = 64, ALT_NAME_MAX = 64 };

const char *const pki_names[PKI_SIDES] = { "initiator.bench.test", "responder.bench.test" };

/* What the making of one certificate works with. */
struct work {
    enum pki_kind kind;
    const ike2_crypto *crypto;
    uint8_t serial;
    mbedtls_pk_context issuer, subject;
};

static int fill(void *user, unsigned char *out, size_t len)
{
    const ike2_crypto *c = user;

    return c->random(c->user, out, len) == IKE2_OK ? 0 : MBEDTLS_ERR_PK_FEATURE_UNAVAILABLE;
}

static int key_make(struct work *w, mbedtls_pk_context *pk)
{
    bool rsa = w->kind == PKI_RSA;
    void *random = (void *)w->crypto; /* mbedTLS hands it to fill() */
    int ret = mbedtls_pk_setup(
        pk, mbedtls_pk_info_from_type(rsa ? MBEDTLS_PK_RSA : MBEDTLS_PK_ECKEY));

    if (ret != 0)
        return ret;
    return rsa ? mbedtls_rsa_gen_key(mbedtls_pk_rsa(*pk), fill, random, RSA_BITS, RSA_EXPONENT)
               : mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(*pk), fill, random);
}

/* mbedTLS writes to the end of the room. */
static int take(struct pki_der *out, int len)
{
    if (len <= 0)
        return len < 0 ? len : MBEDTLS_ERR_X509_BUFFER_TOO_SMALL;
    out->len = (size_t)len;
    memmove(out->octets, out->octets + sizeof out->octets - out->len, out->len);
    return 0;
}

/* One dNSName: GeneralNames ::= SEQUENCE OF [2] IA5String; both lengths are short ones. */
static int set_alt_name(mbedtls_x509write_cert *w, const char *name)
{
    uint8_t room[ALT_NAME_MAX] = { 0x30, 0, 0x82, 0 };
    size_t len = strlen(name);

    if (len + 4 > sizeof room)
        return MBEDTLS_ERR_X509_BUFFER_TOO_SMALL;
    room[1] = (uint8_t)(len + 2);
    room[3] = (uint8_t)len;
    memcpy(room + 4, name, len);
    return mbedtls_x509write_crt_set_extension(w, MBEDTLS_OID_SUBJECT_ALT_NAME,
                                               sizeof MBEDTLS_OID_SUBJECT_ALT_NAME - 1, 0, room,
                                               len + 4);
}

static int set_names(mbedtls_x509write_cert *w, const char *subject, const char *issuer)
{
    char text[SUBJECT_MAX] = "CN=";
    int ret;

    (void)strncat(text, subject, sizeof text - 4);
    ret = mbedtls_x509write_crt_set_subject_name(w, text);
    text[3] = '\0';
    (void)strncat(text, issuer, sizeof text - 4);
    return ret != 0 ? ret : mbedtls_x509write_crt_set_issuer_name(w, text);
}

#if MBEDTLS_VERSION_NUMBER < 0x03000000

static int set_serial(mbedtls_x509write_cert *w, uint8_t serial)
{
    mbedtls_mpi number;
    int ret;

    mbedtls_mpi_init(&number);
    ret = mbedtls_mpi_lset(&number, serial);
    if (ret == 0)
        ret = mbedtls_x509write_crt_set_serial(w, &number);
    mbedtls_mpi_free(&number);
    return ret;
}

#else

static int set_serial(mbedtls_x509write_cert *w, uint8_t serial)
{
    return mbedtls_x509write_crt_set_serial_raw(w, &serial, 1);
}

#endif

static int certificate_fill(mbedtls_x509write_cert *w, const struct pki_identity *who,
                            const char *issuer, uint8_t serial)
{
    bool is_ca = strcmp(who->name, issuer) == 0;
    int ret = set_names(w, who->name, issuer);

    mbedtls_x509write_crt_set_version(w, MBEDTLS_X509_CRT_VERSION_3);
    mbedtls_x509write_crt_set_md_alg(w, MBEDTLS_MD_SHA256);
    if (ret == 0)
        ret = mbedtls_x509write_crt_set_validity(w, "20200101000000", "20491231235959");
    if (ret == 0)
        ret = set_serial(w, serial);
    if (ret == 0)
        ret = mbedtls_x509write_crt_set_basic_constraints(w, is_ca, is_ca ? 0 : -1);
    if (ret == 0)
        ret = mbedtls_x509write_crt_set_key_usage(
            w, is_ca ? MBEDTLS_X509_KU_KEY_CERT_SIGN : MBEDTLS_X509_KU_DIGITAL_SIGNATURE);
    return ret != 0 || is_ca ? ret : set_alt_name(w, who->name);
}

static int certificate_make(struct work *w, struct pki_identity *who, const char *issuer)
{
    mbedtls_x509write_cert x;
    bool is_ca = strcmp(who->name, issuer) == 0;
    int ret;

    mbedtls_x509write_crt_init(&x);
    mbedtls_x509write_crt_set_subject_key(&x, is_ca ? &w->issuer : &w->subject);
    mbedtls_x509write_crt_set_issuer_key(&x, &w->issuer);
    ret = certificate_fill(&x, who, issuer, ++w->serial);
    if (ret == 0)
        ret = take(&who->certificate,
                   mbedtls_x509write_crt_der(&x, who->certificate.octets,
                                             sizeof who->certificate.octets, fill,
                                             (void *)w->crypto));
    mbedtls_x509write_crt_free(&x);
    return ret;
}

/* Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue }, RFC 5280 4.1. */
static int certificate_cut(struct pki_identity *who)
{
    enum { SEQUENCE = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE };
    unsigned char *at = who->certificate.octets, *tbs;
    const unsigned char *end = at + who->certificate.len;
    size_t len = 0;
    int ret = mbedtls_asn1_get_tag(&at, end, &len, SEQUENCE);

    tbs = at;
    for (int i = 0; i < 2 && ret == 0; i++) {
        ret = mbedtls_asn1_get_tag(&at, end, &len, SEQUENCE);
        at += ret == 0 ? len : 0;
        if (i == 0)
            who->tbs = (ike2_bytes){ .ptr = tbs, .len = (size_t)(at - tbs) };
    }
    if (ret == 0)
        ret = mbedtls_asn1_get_bitstring_null(&at, end, &len);
    who->signature = (ike2_bytes){ .ptr = at, .len = len };
    return ret;
}

static int identity_make(struct work *w, struct pki_identity *who, const char *issuer)
{
    bool is_ca = strcmp(who->name, issuer) == 0;
    mbedtls_pk_context *pk = is_ca ? &w->issuer : &w->subject;
    int ret;

    mbedtls_pk_free(pk);
    ret = key_make(w, pk);
    if (ret == 0)
        ret = certificate_make(w, who, issuer);
    if (ret == 0)
        ret = certificate_cut(who);
    if (ret == 0)
        ret = take(&who->key,
                   mbedtls_pk_write_key_der(pk, who->key.octets, sizeof who->key.octets));
    if (ret == 0)
        ret = take(&who->public_key, mbedtls_pk_write_pubkey_der(pk, who->public_key.octets,
                                                                 sizeof who->public_key.octets));
    return ret;
}

bool pki_make(struct pki *p, enum pki_kind kind, const ike2_crypto *crypto, struct problem *why)
{
    struct work w = { .kind = kind, .crypto = crypto };
    int ret;

    *p = (struct pki){
        .scheme = kind == PKI_RSA ? IKE2_SIG_RSA_PKCS1_SHA256 : IKE2_SIG_ECDSA_SHA256_DER,
        .ca = { .name = "ca.bench.test" },
        .sides = { { .name = pki_names[0] }, { .name = pki_names[1] } },
    };
    mbedtls_pk_init(&w.issuer);
    mbedtls_pk_init(&w.subject);
    ret = identity_make(&w, &p->ca, p->ca.name);
    for (size_t i = 0; i < PKI_SIDES && ret == 0; i++)
        ret = identity_make(&w, &p->sides[i], p->ca.name);
    mbedtls_pk_free(&w.issuer);
    mbedtls_pk_free(&w.subject);
    if (ret != 0)
        problem_set(why, "mbedTLS makes no keys or certificates (-0x%04x)", (unsigned)-ret);
    return ret == 0;
}
