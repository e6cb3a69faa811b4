/* support/pki.c - certificates made to order, by mbedTLS. */
#include "support/pki.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/asn1write.h>
#include <mbedtls/ecp.h>
#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <mbedtls/rsa.h>
#include <mbedtls/x509_crt.h>

#include "base/bytes.h"
#include "mbedtls/internal.h"
#include "mbedtls/release.h"
#include "support/keys.h"

enum { ROOM = 1 << 20, DER_MAX = 8192, RSA_WEAK_BITS = 1024 };

struct pki {
    struct script script;
    ike2_mbedtls *provider;
    struct rng rng;
    mbedtls_pk_context keys[PKI_KEYS];
    int serial;
    size_t len;
    uint8_t room[ROOM];
};

static const mbedtls_ecp_group_id groups[PKI_KEYS] = {
    [PKI_ROOT] = MBEDTLS_ECP_DP_SECP256R1,   [PKI_CA] = MBEDTLS_ECP_DP_SECP256R1,
    [PKI_OTHER] = MBEDTLS_ECP_DP_SECP256R1,  [PKI_PEER] = MBEDTLS_ECP_DP_SECP256R1,
    [PKI_P384] = MBEDTLS_ECP_DP_SECP384R1,   [PKI_P521] = MBEDTLS_ECP_DP_SECP521R1,
    [PKI_BRAINPOOL] = MBEDTLS_ECP_DP_BP256R1,
};

static void need(bool good, const char *what)
{
    if (good)
        return;
    (void)fprintf(stderr, "support/pki: %s\n", what);
    abort();
}

static ike2_bytes keep(struct pki *p, const uint8_t *octets, size_t len)
{
    uint8_t *at = p->room + p->len;

    need(len <= ROOM - p->len, "room");
    memcpy(at, octets, len);
    p->len += len;
    return bytes_of(at, len);
}

/* Keys are made when they are needed. */
static mbedtls_pk_context *key_of(struct pki *p, enum pki_key which)
{
    mbedtls_pk_context *pk = &p->keys[which];
    const mbedtls_pk_info_t *kind;
    int ret;

    if (mbedtls_pk_get_type(pk) != MBEDTLS_PK_NONE)
        return pk;
    if (which == PKI_RSA) {
        ike2_bytes pem = bytes_of(test_rsa_pem, strlen(test_rsa_pem) + 1);

        need(release_pk_parse_key(pk, pem, (ike2_bytes){ 0 }, &p->rng) == 0, "RSA key");
        return pk;
    }
    kind = mbedtls_pk_info_from_type(which == PKI_RSA_1024 ? MBEDTLS_PK_RSA : MBEDTLS_PK_ECKEY);
    need(mbedtls_pk_setup(pk, kind) == 0, "key");
    if (which == PKI_RSA_1024)
        ret = mbedtls_rsa_gen_key(mbedtls_pk_rsa(*pk), ike2_mbed_rng_fill, &p->rng, RSA_WEAK_BITS,
                                  65537);
    else
        ret = mbedtls_ecp_gen_key(groups[which], mbedtls_pk_ec(*pk), ike2_mbed_rng_fill, &p->rng);
    need(ret == 0, "key generation");
    return pk;
}

struct pki *pki_new(void)
{
    struct pki *p = calloc(1, sizeof *p);

    need(p != NULL, "memory");
    p->script.state = 1;
    p->provider = script_provider(&p->script);
    need(p->provider != NULL, "provider");
    p->rng.m = p->provider;
    for (size_t i = 0; i < PKI_KEYS; i++)
        mbedtls_pk_init(&p->keys[i]);
    return p;
}

void pki_free(struct pki *p)
{
    for (size_t i = 0; i < PKI_KEYS; i++)
        mbedtls_pk_free(&p->keys[i]);
    ike2_mbed_rng_end(&p->rng);
    ike2_mbedtls_free(p->provider);
    free(p);
}

static void set_serial(mbedtls_x509write_cert *w, int serial)
{
    /* DER has no leading octet 0. */
    uint8_t octets[] = { 0x40, (uint8_t)(serial >> 8), (uint8_t)serial };
#if MBEDTLS_VERSION_NUMBER < 0x03000000
    mbedtls_mpi number;

    mbedtls_mpi_init(&number);
    need(mbedtls_mpi_read_binary(&number, octets, sizeof octets) == 0 &&
             mbedtls_x509write_crt_set_serial(w, &number) == 0, "serial number");
    mbedtls_mpi_free(&number);
#else
    need(mbedtls_x509write_crt_set_serial_raw(w, octets, sizeof octets) == 0, "serial number");
#endif
}

static void set_extensions(mbedtls_x509write_cert *w, const struct pki_certificate *c)
{
    int path_len = c->has_path_len ? c->path_len : -1;

    if (c->is_ca)
        need(mbedtls_x509write_crt_set_basic_constraints(w, 1, path_len) == 0, "constraints");
    if (c->usage != 0)
        need(mbedtls_x509write_crt_set_key_usage(w, c->usage) == 0, "key usage");
    for (size_t i = 0; i < PKI_EXTENSIONS_MAX && c->extensions[i].oid.len != 0; i++) {
        const struct pki_extension *e = &c->extensions[i];

        need(mbedtls_x509write_crt_set_extension(w, (const char *)e->oid.ptr, e->oid.len,
                                                 e->is_critical, e->value.ptr,
                                                 e->value.len) == 0, "extension");
    }
}

ike2_bytes pki_make(struct pki *p, struct pki_certificate c)
{
    uint8_t der[DER_MAX];
    mbedtls_x509write_cert w;
    int len;

    mbedtls_x509write_crt_init(&w);
    mbedtls_x509write_crt_set_version(&w, c.is_v1 ? MBEDTLS_X509_CRT_VERSION_1
                                                   : MBEDTLS_X509_CRT_VERSION_3);
    mbedtls_x509write_crt_set_md_alg(&w, c.md != MBEDTLS_MD_NONE ? c.md : MBEDTLS_MD_SHA256);
    mbedtls_x509write_crt_set_subject_key(&w, key_of(p, c.key));
    mbedtls_x509write_crt_set_issuer_key(&w, key_of(p, c.issuer_key));
    /* mbedTLS 3.6 does not parse what is empty. */
    need(c.subject[0] == '\0' || mbedtls_x509write_crt_set_subject_name(&w, c.subject) == 0,
         "subject");
    need(mbedtls_x509write_crt_set_issuer_name(&w, c.issuer) == 0, "issuer");
    need(mbedtls_x509write_crt_set_validity(&w, c.from != NULL ? c.from : "20200101000000",
                                            c.until != NULL ? c.until : "20400101000000") == 0,
         "dates");
    set_serial(&w, ++p->serial);
    set_extensions(&w, &c);
    len = mbedtls_x509write_crt_der(&w, der, sizeof der, ike2_mbed_rng_fill, &p->rng);
    need(len > 0, "certificate");
    mbedtls_x509write_crt_free(&w);
    return keep(p, der + sizeof der - len, (size_t)len);
}

/* Puts tag and length before `*len` octets that end the room. */
static void wrap(uint8_t *room, unsigned char **at, size_t *len, unsigned char tag)
{
    int ret = mbedtls_asn1_write_len(at, room, *len);

    need(ret > 0 && mbedtls_asn1_write_tag(at, room, tag) == 1, "DER");
    *len += (size_t)ret + 1;
}

static void prepend(uint8_t *room, unsigned char **at, ike2_bytes octets)
{
    need((size_t)(*at - room) >= octets.len, "DER room");
    *at -= octets.len;
    if (octets.len != 0)
        memcpy(*at, octets.ptr, octets.len);
}

enum { SEQUENCE = MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE };

struct pki_extension pki_alt_names(struct pki *p, const struct pki_name *names, size_t n)
{
    uint8_t room[DER_MAX];
    unsigned char *at = room + sizeof room;
    size_t total = 0;

    for (size_t i = n; i > 0; i--) {
        size_t len = names[i - 1].value.len;

        prepend(room, &at, names[i - 1].value);
        wrap(room, &at, &len,
             (unsigned char)(MBEDTLS_ASN1_CONTEXT_SPECIFIC | names[i - 1].number));
        total += len;
    }
    wrap(room, &at, &total, SEQUENCE);
    return (struct pki_extension){ .oid = bytes_of(MBEDTLS_OID_SUBJECT_ALT_NAME,
                                                   sizeof MBEDTLS_OID_SUBJECT_ALT_NAME - 1),
                                   .value = keep(p, at, total) };
}

struct pki_extension pki_host(struct pki *p, const char *name)
{
    const struct pki_name host = { .number = 2, .value = bytes_of(name, strlen(name)) };

    return pki_alt_names(p, &host, 1);
}

struct pki_extension pki_purpose(struct pki *p, ike2_bytes oid)
{
    uint8_t room[DER_MAX];
    unsigned char *at = room + sizeof room;
    size_t len = oid.len;

    prepend(room, &at, oid);
    wrap(room, &at, &len, MBEDTLS_ASN1_OID);
    wrap(room, &at, &len, SEQUENCE);
    return (struct pki_extension){ .oid = bytes_of(MBEDTLS_OID_EXTENDED_KEY_USAGE,
                                                   sizeof MBEDTLS_OID_EXTENDED_KEY_USAGE - 1),
                                   .value = keep(p, at, len) };
}

ike2_bytes pki_spoil(struct pki *p, ike2_bytes der, size_t at)
{
    uint8_t octets[DER_MAX];

    need(der.len <= sizeof octets && at < der.len, "octet");
    memcpy(octets, der.ptr, der.len);
    octets[at] ^= 1;
    return keep(p, octets, der.len);
}

struct pki_certificate pki_root(void)
{
    return (struct pki_certificate){ .subject = "CN=root.test", .key = PKI_ROOT,
                                     .issuer = "CN=root.test", .issuer_key = PKI_ROOT,
                                     .is_ca = true, .usage = MBEDTLS_X509_KU_KEY_CERT_SIGN };
}

struct pki_certificate pki_ca(void)
{
    return (struct pki_certificate){ .subject = "CN=ca.test", .key = PKI_CA,
                                     .issuer = "CN=root.test", .issuer_key = PKI_ROOT,
                                     .is_ca = true, .usage = MBEDTLS_X509_KU_KEY_CERT_SIGN };
}

struct pki_certificate pki_peer(struct pki *p)
{
    return (struct pki_certificate){ .subject = "CN=peer.test", .key = PKI_PEER,
                                     .issuer = "CN=ca.test", .issuer_key = PKI_CA,
                                     .extensions = { pki_host(p, "peer.test") } };
}

const ike2_crypto *pki_crypto(const struct pki *p)
{
    return ike2_mbedtls_crypto(p->provider);
}

ike2_key *pki_private_key(struct pki *p, enum pki_key key)
{
    uint8_t der[DER_MAX];
    ike2_key *out = NULL;
    int len = mbedtls_pk_write_key_der(key_of(p, key), der, sizeof der);

    need(len > 0, "private key");
    if (ike2_mbedtls_private_key(p->provider, bytes_of(der + sizeof der - len, (size_t)len),
                                 (ike2_bytes){ 0 }, &out) != IKE2_OK)
        return NULL;
    return out;
}

ike2_bytes pki_sign(struct pki *p, enum pki_key key, uint16_t scheme, ike2_bytes octets)
{
    uint8_t signature[DER_MAX];
    ike2_buffer out = { .ptr = signature, .cap = sizeof signature };
    const ike2_crypto *c = pki_crypto(p);
    ike2_key *private_key = pki_private_key(p, key);

    need(private_key != NULL && c->sign(c->user, private_key, scheme, &octets, 1, &out) == IKE2_OK,
         "signature");
    c->key_free(c->user, private_key);
    return keep(p, signature, out.len);
}
