#include "demo.h"

#include <string.h>

static const char ca_pem[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBSjCB8KADAgECAgEBMAoGCCqGSM49BAMCMBsxGTAXBgNVBAMMEERlbW9uc3Ry\n"
    "YXRpb24gQ0EwIBcNMjQwMTAxMDAwMDAwWhgPOTk5OTEyMzEyMzU5NTlaMBsxGTAX\n"
    "BgNVBAMMEERlbW9uc3RyYXRpb24gQ0EwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC\n"
    "AASTq/ZkMmLOZLgtceiP7RixIvKgH0lyqe5fZXNzt/6DPzFf1uNKsynVn+6fp7l/\n"
    "gpc9HCWusQ1LFWYKuqB+cbaVoyMwITAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB\n"
    "/wQEAwIBBjAKBggqhkjOPQQDAgNJADBGAiEAlREV+ix3mFKMuUhoufF6+u0VkySY\n"
    "PhwMrsc+BokFDQECIQCMwxsgO64z0lzFKi9eiAbQz8vSkAIhHvWtmgJm41ZQcw==\n"
    "-----END CERTIFICATE-----\n";

static const char a_pem[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBXTCCAQSgAwIBAgIBAjAKBggqhkjOPQQDAjAbMRkwFwYDVQQDDBBEZW1vbnN0\n"
    "cmF0aW9uIENBMCAXDTI0MDEwMTAwMDAwMFoYDzk5OTkxMjMxMjM1OTU5WjAYMRYw\n"
    "FAYDVQQDDA1hLmV4YW1wbGUub3JnMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n"
    "swzzNR4tMmMzxJz2Y5pvhf40XhRUSN9iYdfmI+bIK9ftDM6/PC1yz2FVYn0AcoCL\n"
    "R4CWB4WWREJHn5uaCufl76M6MDgwDAYDVR0TAQH/BAIwADAOBgNVHQ8BAf8EBAMC\n"
    "B4AwGAYDVR0RBBEwD4INYS5leGFtcGxlLm9yZzAKBggqhkjOPQQDAgNHADBEAiBy\n"
    "CEN6bSmXRaFaZ95l0wOVL1crOL+EmIpVfvSZkdjzPAIgPQ6wvKUyqsW1GfGHkWnQ\n"
    "9f+WZR26Ia/vvUT5ru5B10s=\n"
    "-----END CERTIFICATE-----\n";

static const char a_key[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgA5jLwjmyJNkGxeOx\n"
    "ZW+anHE2DLd3fA+d2xJpAwcwW++hRANCAASzDPM1Hi0yYzPEnPZjmm+F/jReFFRI\n"
    "32Jh1+Yj5sgr1+0Mzr88LXLPYVVifQBygItHgJYHhZZEQkefm5oK5+Xv\n"
    "-----END PRIVATE KEY-----\n";

static const char b_pem[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBXzCCAQSgAwIBAgIBAzAKBggqhkjOPQQDAjAbMRkwFwYDVQQDDBBEZW1vbnN0\n"
    "cmF0aW9uIENBMCAXDTI0MDEwMTAwMDAwMFoYDzk5OTkxMjMxMjM1OTU5WjAYMRYw\n"
    "FAYDVQQDDA1iLmV4YW1wbGUub3JnMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n"
    "5y2bTFlczWV3GdOf0ngM9HKTKwRDtJ9+UVOdLKuWhGbFFSfCCS+YImqVaVPhDaRO\n"
    "vMI2VwXZo47DFF3Iua8ScqM6MDgwDAYDVR0TAQH/BAIwADAOBgNVHQ8BAf8EBAMC\n"
    "B4AwGAYDVR0RBBEwD4INYi5leGFtcGxlLm9yZzAKBggqhkjOPQQDAgNJADBGAiEA\n"
    "2nJcVAxghqerxJOiyGErOABFBKD4H8CZa1qviTGmuH8CIQDpYBLuf3khqaQ5s0Yo\n"
    "oyFcE6Jx66GsDjWg2s1+KJMqoA==\n"
    "-----END CERTIFICATE-----\n";

static const char b_key[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg77JqD2zjh9wHAkFa\n"
    "SiWUvbfor/ZfyZ+Q2RuZZqm6EOmhRANCAATnLZtMWVzNZXcZ05/SeAz0cpMrBEO0\n"
    "n35RU50sq5aEZsUVJ8IJL5giapVpU+ENpE68wjZXBdmjjsMUXci5rxJy\n"
    "-----END PRIVATE KEY-----\n";

static ike2_bytes text_of(const char *text)
{
    return (ike2_bytes){ .ptr = (const uint8_t *)text, .len = strlen(text) };
}

/* One certificate, from PEM to DER in `room`. */
static ike2_err certificate(const char *pem, uint8_t room[DEMO_CERTIFICATE], ike2_bytes *out)
{
    ike2_buffer at = { .ptr = room, .cap = DEMO_CERTIFICATE };
    size_t n = 1;

    return ike2_mbedtls_certificates(text_of(pem), &at, out, &n);
}

static ike2_err identity(struct demo *d, size_t i, const ike2_mbedtls *mbedtls)
{
    static const char *const names[DEMO_SIDES] = { "a.example.org", "b.example.org" };
    static const char *const pems[DEMO_SIDES] = { a_pem, b_pem };
    static const char *const keys[DEMO_SIDES] = { a_key, b_key };
    ike2_err err = certificate(pems[i], d->rooms[i], &d->certificates[i]);

    d->ids[i] = (ike2_id){ .type = IKE2_ID_FQDN, .data = text_of(names[i]) };
    d->n_schemes[i] = DEMO_SCHEMES;
    if (err == IKE2_OK)
        err = ike2_mbedtls_private_key(mbedtls, text_of(keys[i]), (ike2_bytes){ 0 }, &d->keys[i]);
    if (err == IKE2_OK)
        err = ike2_mbedtls_key_schemes(d->keys[i], d->schemes[i], &d->n_schemes[i]);
    return err;
}

ike2_err demo_load(struct demo *d, const ike2_mbedtls *mbedtls)
{
    ike2_err err;

    *d = (struct demo){ .crypto = ike2_mbedtls_crypto(mbedtls) };
    err = certificate(ca_pem, d->rooms[DEMO_SIDES], &d->ca);
    if (err == IKE2_OK)
        err = ike2_mbedtls_key_hash(d->ca, d->ca_hash);
    d->trusted = (ike2_bytes){ .ptr = d->ca_hash, .len = sizeof d->ca_hash };
    for (size_t i = 0; i < DEMO_SIDES && err == IKE2_OK; i++)
        err = identity(d, i, mbedtls);
    if (err != IKE2_OK)
        demo_clear(d);
    return err;
}

void demo_clear(struct demo *d)
{
    for (size_t i = 0; i < DEMO_SIDES && d->crypto != NULL; i++)
        d->crypto->key_free(d->crypto->user, d->keys[i]);
    *d = (struct demo){ 0 };
}

ike2_credential demo_credential(const struct demo *d, size_t i)
{
    ike2_credential c = IKE2_INIT(ike2_credential);

    c.chain = &d->certificates[i];
    c.n_chain = 1;
    c.issuers = &d->trusted;
    c.n_issuers = 1;
    c.key = d->keys[i];
    c.schemes = d->schemes[i];
    c.n_schemes = d->n_schemes[i];
    return c;
}

ike2_x509_policy demo_policy(const struct demo *d)
{
    ike2_x509_policy policy = IKE2_INIT(ike2_x509_policy);

    policy.anchors = &d->ca;
    policy.n_anchors = 1;
    return policy;
}
