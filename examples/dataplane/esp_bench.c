/* esp_bench.c - how fast the ESP of the data plane `tun` is:
 *
 *     esp_bench [MILLISECONDS [OCTETS]]
 *
 * For each suite it seals packets of OCTETS (1400) and opens each of them again, for MILLISECONDS
 * (1000), and prints how many megabytes (10^6 octets) and packets have gone this way in a second.
 * One thread, no input or output; time is that of the processor, so that other programs hardly
 * matter. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include <ike2/iana.h>
#include <ike2/mbedtls.h>

#include "esp.h"

enum { OCTETS_MAX = 9000, ROOM = OCTETS_MAX + 128, KEY_OCTETS_MAX = 64, ROUNDS = 32 };

#define ENCR(i, bits) { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_##i, .key_bits = bits }
#define INTEG(i)      { .type = IKE2_TRANSFORM_INTEG, .id = IKE2_INTEG_##i }

static const struct {
    const char *name;
    ike2_suite suite;
} suites[] = {
    { "aes128gcm16", { .encr = ENCR(AES_GCM_16, 128) } },
    { "aes256gcm16", { .encr = ENCR(AES_GCM_16, 256) } },
    { "aes256ccm16", { .encr = ENCR(AES_CCM_16, 256) } },
    { "chacha20poly1305", { .encr = ENCR(CHACHA20_POLY1305, 0) } },
    { "aes128cbc-sha256",
      { .encr = ENCR(AES_CBC, 128), .integ = INTEG(HMAC_SHA2_256_128) } },
    { "aes256cbc-sha512",
      { .encr = ENCR(AES_CBC, 256), .integ = INTEG(HMAC_SHA2_512_256) } },
};

static ike2_err system_random(void *user, uint8_t *out, size_t len)
{
    (void)user;
    return getrandom(out, len, 0) == (ssize_t)len ? IKE2_OK : IKE2_ERR_CRYPTO;
}

static double seconds(void)
{
    struct timespec ts = { 0 };

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* A key of the length that the transform has; NULL if it has none. */
static ike2_key *make_key(const ike2_crypto *c, const ike2_transform *t)
{
    static const uint8_t octets[KEY_OCTETS_MAX] = { 1, 2, 3 };
    ike2_transform_info info = IKE2_INIT(ike2_transform_info);
    ike2_bytes view = { .ptr = octets };
    ike2_key *key = NULL;

    if (t->type == 0 || c->describe(c->user, t, &info) != IKE2_OK)
        return NULL;
    view.len = (size_t)info.key_len + info.salt_len;
    if (c->key_import(c->user, IKE2_USE_CHILD, view, &key) != IKE2_OK)
        return NULL;
    return key;
}

/* Some packets, there and back again. */
static bool run(const struct esp *e, uint64_t *sequence, ike2_bytes packet)
{
    uint8_t room[ROOM];
    const struct esp_payload payload = { .next_header = ESP_NEXT_IPV4, .octets = packet };

    for (int i = 0; i < ROUNDS; i++) {
        ike2_buffer sealed = { .ptr = room, .cap = sizeof room };
        ike2_bytes plain;

        ++*sequence;
        if (esp_seal(e, *sequence, &payload, &sealed) != IKE2_OK ||
            esp_open(e, *sequence, room, sealed.len, &plain) != IKE2_OK)
            return false;
    }
    return true;
}

static bool measure(const struct esp *e, const char *name, double duration, size_t octets)
{
    static uint8_t packet[OCTETS_MAX];
    const ike2_bytes view = { .ptr = packet, .len = octets };
    double begin = seconds(), spent;
    uint64_t n = 0;

    do {
        if (!run(e, &n, view))
            return false;
        spent = seconds() - begin;
    } while (spent < duration);
    (void)printf("%-18s %8.1f MB/s %9.0f packets/s\n", name,
                 (double)n * (double)octets / spent / 1e6, (double)n / spent);
    return true;
}

static bool bench(const ike2_crypto *c, size_t i, double duration, size_t octets)
{
    struct esp_config config = { .crypto = c, .suite = &suites[i].suite, .spi = 0x100 };
    struct fault fault = { .text = "sealing or opening failed" };
    struct esp e = { 0 };
    bool ok;

    config.encr_key = make_key(c, &suites[i].suite.encr);
    config.integ_key = make_key(c, &suites[i].suite.integ);
    ok = esp_init(&e, &config, &fault) && measure(&e, suites[i].name, duration, octets);
    if (!ok)
        (void)fprintf(stderr, "%s: %s\n", suites[i].name, fault.text);
    esp_clear(&e);
    c->key_free(c->user, config.encr_key);
    c->key_free(c->user, config.integ_key);
    return ok;
}

/* A number in [1, max], or 0. */
static unsigned long number(const char *text, unsigned long max)
{
    char *end = NULL;
    unsigned long n = strtoul(text, &end, 10);

    return *text >= '0' && *text <= '9' && *end == '\0' && n <= max ? n : 0;
}

int main(int argc, char **argv)
{
    unsigned long ms = argc > 1 ? number(argv[1], 3600000) : 1000;
    unsigned long octets = argc > 2 ? number(argv[2], OCTETS_MAX) : 1400;
    ike2_mbedtls_config config = IKE2_INIT(ike2_mbedtls_config);
    ike2_mbedtls *provider = NULL;
    bool ok = true;

    if (argc > 3 || ms == 0 || octets == 0) {
        (void)fprintf(stderr, "usage: esp_bench [MILLISECONDS [OCTETS, at most %d]]\n",
                      OCTETS_MAX);
        return 2;
    }
    config.random = system_random;
    if (ike2_mbedtls_new(&config, &provider) != IKE2_OK)
        return 1;
    for (size_t i = 0; ok && i < sizeof suites / sizeof suites[0]; i++)
        ok = bench(ike2_mbedtls_crypto(provider), i, (double)ms / 1000.0, octets);
    ike2_mbedtls_free(provider);
    return ok ? 0 : 1;
}
