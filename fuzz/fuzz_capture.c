/* fuzz_capture.c - the packets of a capture on their way through examples/dissect: link, IP,
 * fragments, UDP, TCP, IKE, decryption with known keys, and the text of all that. Files are
 * libpcap's to read, and are not part of it.
 *
 * The first octet of an input is the link type. Packets follow: flags, seconds since the one
 * before, length in two octets, octets. */
#include <stdio.h>
#include <string.h>

#include <ike2/iana.h>
#include <ike2/mbedtls.h>

#include "check.h"
#include "cursor.h"
#include "keys.h"
#include "tally.h"
#include "traffic.h"

enum { LINK_TYPES = LINK_LOOPBACK + 1 };
enum { FLAG_CUT = 1, FLAG_LATE = 2 };

static const char *const link_names[LINK_TYPES] = {
    [LINK_ETHERNET] = "Ethernet", [LINK_COOKED] = "cooked",     [LINK_COOKED_2] = "cooked 2",
    [LINK_RAW] = "raw",           [LINK_LOOPBACK] = "loopback",
};

/* --- What the inputs have reached -------------------------------------------------------- */

static const char *const needles[] = {
    " IKE_SA_INIT ",
    "{ IDi",
    " SKF 2/2 {",
    "(wrong ICV)",
    "(malformed",
    "IKE version 1.0",
    "(cut short after",
    " ESP 0x",
    "NAT keepalive",
    "neither IKE nor ESP",
    " TCP IKE_AUTH",
    "[2001:db8",
    "IP header is malformed",
    "IPv6 header is malformed",
    "UDP header is malformed",
    "TCP header is malformed",
    "link header is malformed",
    "cut short: ",
    "packet are missing",
    "fragments overlap",
    "larger IP fragments",
    "out of order",
    "impossible length",
    "fragments than are put together",
    "Proposal: ",
    "Malformed, as a whole",
};
enum { NEEDLES = sizeof needles / sizeof needles[0] };

static struct tally tally[LINK_TYPES + NEEDLES];

static void tally_text(enum link_type link, const char *out, const char *errors)
{
    tally[link].n += strstr(out, " > ") != NULL;
    for (size_t i = 0; i < NEEDLES; i++)
        tally[LINK_TYPES + i].n +=
            strstr(out, needles[i]) != NULL || strstr(errors, needles[i]) != NULL;
}

void fuzz_report(void)
{
    for (size_t i = 0; i < LINK_TYPES; i++)
        tally[i].name = link_names[i];
    for (size_t i = 0; i < NEEDLES; i++)
        tally[LINK_TYPES + i].name = needles[i];
    tally_report(tally, LINK_TYPES + NEEDLES);
}

/* --- Keys -------------------------------------------------------------------------------- */

/* Of the SAs `gcm` and `fragments` in tests/vectors/golden. */
static const struct {
    const char *spi_i, *spi_r, *ei, *er;
    uint16_t bits;
} sas[] = {
    { "6f75727300010001", "6f75727300020001",
      "070a0d101316191c1f2225282b2e3134373a3d404346494c4f5255585b5e6164676a6d70",
      "474a4d505356595c5f6265686b6e7174777a7d808386898c8f9295989b9ea1a4a7aaadb0", 256 },
    { "6f75727300010005", "6f75727300020005", "2326292c2f3235383b3e4144474a4d505356595c",
      "6366696c6f7275787b7e8184878a8d909396999c", 128 },
};

static ike2_bytes text_of(const char *text)
{
    return (ike2_bytes){ .ptr = (const uint8_t *)text, .len = strlen(text) };
}

/* Once for all inputs: keys have no state. */
static const struct keys *known_keys(void)
{
    static ike2_mbedtls *provider;
    static struct keys keys;

    if (provider != NULL)
        return &keys;
    check(ike2_mbedtls_new(NULL, &provider) == IKE2_OK);
    keys.crypto = ike2_mbedtls_crypto(provider);
    for (size_t i = 0; i < sizeof sas / sizeof sas[0]; i++) {
        const struct key_line line = {
            .text = {
                [KEY_CAPTURE] = text_of("-"),
                [KEY_SPI_I] = text_of(sas[i].spi_i),
                [KEY_SPI_R] = text_of(sas[i].spi_r),
                [KEY_SK_EI] = text_of(sas[i].ei),
                [KEY_SK_ER] = text_of(sas[i].er),
            },
            .encr = { .type = IKE2_TRANSFORM_ENCR, .id = IKE2_ENCR_AES_GCM_16,
                      .key_bits = sas[i].bits },
        };
        struct key_refusal why;

        check(keys_add(&keys, &line, &why));
    }
    return &keys;
}

/* --- Packets ----------------------------------------------------------------------------- */

/* Whatever a peer sends, a terminal gets text. */
static void check_printable(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        check((text[i] >= ' ' && text[i] <= '~') || text[i] == '\n');
}

/* In a block of exactly its size, so that a sanitizer sees the first octet too many. */
static void packet_take(struct traffic *traffic, struct packet *packet, ike2_bytes octets)
{
    uint8_t *exact = malloc(octets.len != 0 ? octets.len : 1);

    check(exact != NULL);
    if (octets.len != 0)
        memcpy(exact, octets.ptr, octets.len);
    packet->octets = (ike2_bytes){ .ptr = exact, .len = octets.len };
    check(traffic_packet(traffic, packet));
    free(exact);
}

static void packets_take(struct traffic *traffic, struct report *report, struct cursor *c)
{
    struct packet packet = { 0 };

    while (c->left != 0) {
        uint8_t flags = take_u8(c), seconds = take_u8(c);
        size_t len = take_u16(c);
        ike2_bytes octets = take_bytes(c, len < c->left ? len : c->left);

        packet.number++;
        packet.seconds += (flags & FLAG_LATE) != 0 ? INT32_MAX : seconds;
        packet.wire_len = octets.len + ((flags & FLAG_CUT) != 0 ? 1000 : 0);
        report->packet = packet.number;
        packet_take(traffic, &packet, octets);
    }
    (void)traffic_end(traffic);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cursor c = cursor_of((ike2_bytes){ .ptr = data, .len = size });
    char *out = NULL, *errors = NULL;
    size_t out_len, errors_len;
    struct report report = { .out = open_memstream(&out, &out_len),
                             .errors = open_memstream(&errors, &errors_len),
                             .path = "capture" };
    struct ports ports;
    struct traffic_config config = { .link = (enum link_type)(take_u8(&c) % LINK_TYPES),
                                     .ports = &ports,
                                     .keys = known_keys(),
                                     .is_verbose = true };
    struct traffic *traffic;

    check(report.out != NULL && report.errors != NULL);
    ports_init(&ports);
    traffic = traffic_new(&config, &report);
    check(traffic != NULL);
    packets_take(traffic, &report, &c);
    traffic_free(traffic);
    (void)fclose(report.out);
    (void)fclose(report.errors);
    check_printable(out, out_len);
    check_printable(errors, errors_len);
    tally_text(config.link, out, errors);
    free(out);
    free(errors);
    return 0;
}
