/* compose.c - prints the golden messages (`compose messages`), the keys of those that are sealed
 * (`compose keys`), or more fragments than anybody should keep (`compose flood`). What a reader has
 * to find in the first is in expected.tsv, which is written by hand. */
#include <stdio.h>
#include <string.h>

#include <ike2/iana.h>
#include <ike2/mbedtls.h>

#include "composer.h"
#include "payloads.h"

enum { REQUEST_I = IKE2_FLAG_INITIATOR, RESPONSE_R = IKE2_FLAG_RESPONSE };
enum { LENGTH_AT = 27, NEXT_AT = 16, VERSION_AT = 17, MESSAGE_ID_AT = 23, FIRST_PAYLOAD_AT = 28 };

enum { GCM, CBC, CTR, CCM, CHACHA, FRAGMENTS, NEIGHBOUR, SEALED, N_SUITES };

static const struct suite suites[N_SUITES] = {
    [GCM] = { .capture = "gcm",
              .number = 1,
              .encr = IKE2_ENCR_AES_GCM_16,
              .key_bits = 256,
              .salt_len = 4,
              .sizes = { .iv_len = 8, .icv_len = 16 } },
    [CBC] = { .capture = "cbc",
              .number = 2,
              .encr = IKE2_ENCR_AES_CBC,
              .key_bits = 256,
              .integ = IKE2_INTEG_HMAC_SHA2_256_128,
              .integ_len = 32,
              .sizes = { .iv_len = 16, .icv_len = 16, .block_len = 16 } },
    [CTR] = { .capture = "ctr",
              .number = 3,
              .encr = IKE2_ENCR_AES_CTR,
              .key_bits = 192,
              .salt_len = 4,
              .integ = IKE2_INTEG_HMAC_SHA2_512_256,
              .integ_len = 64,
              .sizes = { .iv_len = 8, .icv_len = 32 } },
    [CCM] = { .capture = "ccm",
              .number = 4,
              .encr = IKE2_ENCR_AES_CCM_12,
              .key_bits = 128,
              .salt_len = 3,
              .sizes = { .iv_len = 8, .icv_len = 12 } },
    [CHACHA] = { .capture = "chacha",
                 .number = 7,
                 .encr = IKE2_ENCR_CHACHA20_POLY1305,
                 .key_bits = 256,
                 .salt_len = 4,
                 .sizes = { .iv_len = 8, .icv_len = 16 } },
    [FRAGMENTS] = { .capture = "fragments",
                    .number = 5,
                    .encr = IKE2_ENCR_AES_GCM_16,
                    .key_bits = 128,
                    .salt_len = 4,
                    .sizes = { .iv_len = 8, .icv_len = 16 } },
    [NEIGHBOUR] = { .capture = "fragments",
                    .number = 8,
                    .encr = IKE2_ENCR_AES_GCM_16,
                    .key_bits = 128,
                    .salt_len = 4,
                    .sizes = { .iv_len = 8, .icv_len = 16 } },
    [SEALED] = { .capture = "sealed",
                 .number = 6,
                 .encr = IKE2_ENCR_AES_GCM_16,
                 .key_bits = 128,
                 .salt_len = 4,
                 .sizes = { .iv_len = 8, .icv_len = 16 } },
};

/* IKE_SA_INIT, and what precedes it. */
static void init_print(struct composer *c)
{
    ike2_writer *w = &c->writer;

    composer_capture(c, "init", NULL);
    composer_begin(c, IKE2_EXCHANGE_IKE_SA_INIT, REQUEST_I, 0);
    ike_sa_add(w);
    ke_add(w);
    nonce_add(w, 32);
    notify_add(w, IKE2_NOTIFY_NAT_DETECTION_SOURCE_IP, 20);
    notify_add(w, IKE2_NOTIFY_NAT_DETECTION_DESTINATION_IP, 20);
    notify_add(w, IKE2_NOTIFY_FRAGMENTATION_SUPPORTED, 0);
    ike2_data_write(w, IKE2_PAYLOAD_VENDOR, pattern(0x30, 8));
    composer_end(c);
    composer_print(c, "request");

    composer_begin(c, IKE2_EXCHANGE_IKE_SA_INIT, RESPONSE_R, 0);
    notify_add(w, IKE2_NOTIFY_COOKIE, 16);
    composer_end(c);
    composer_print(c, "cookie wanted");

    composer_begin(c, IKE2_EXCHANGE_IKE_SA_INIT, RESPONSE_R, 0);
    notify_add(w, IKE2_NOTIFY_INVALID_KE_PAYLOAD, 2);
    composer_end(c);
    composer_print(c, "other method wanted");
}

/* IKE_AUTH and what follows, once for each kind of cipher. */
static void session_print(struct composer *c, const struct suite *suite)
{
    ike2_writer *w = &c->writer;

    composer_capture(c, suite->capture, suite);
    composer_begin(c, IKE2_EXCHANGE_IKE_AUTH, REQUEST_I, 1);
    composer_begin_sealed(c, 0, 0, 0);
    id_add(w, IKE2_PAYLOAD_IDI, "a.example");
    certreq_add(w);
    auth_add(w);
    cfg_request_add(w);
    esp_sa_add(w);
    ts_v4_add(w, IKE2_PAYLOAD_TSI);
    ts_v6_add(w, IKE2_PAYLOAD_TSR);
    composer_end_sealed(c);
    composer_print(c, "by the initiator");

    composer_begin(c, IKE2_EXCHANGE_IKE_AUTH, RESPONSE_R, 1);
    composer_begin_sealed(c, 0, 0, 0);
    id_add(w, IKE2_PAYLOAD_IDR, "b.example");
    eap_add(w);
    composer_end_sealed(c);
    composer_print(c, "by the responder");

    composer_begin(c, IKE2_EXCHANGE_INFORMATIONAL, 0, 0);
    composer_begin_sealed(c, 0, 0, 0);
    delete_esp_add(w, 2);
    composer_end_sealed(c);
    composer_print(c, "request of the responder");

    composer_begin(c, IKE2_EXCHANGE_INFORMATIONAL, REQUEST_I | RESPONSE_R, 0);
    composer_begin_sealed(c, 0, 0, 0);
    composer_end_sealed(c);
    composer_print(c, "empty response of the initiator");
}

/* One SKF message: `number` of `total`, with octets `from` to `to` of a chain. */
struct piece {
    uint16_t number, total;
    size_t from, to;
};

struct fragmented {
    uint8_t flags;
    uint32_t message_id;
    uint8_t first;
    ike2_bytes chain;
};

static void piece_compose(struct composer *c, const struct fragmented *f, struct piece piece)
{
    uint8_t first = piece.number == 1 ? f->first : IKE2_PAYLOAD_NONE;

    composer_begin(c, IKE2_EXCHANGE_IKE_AUTH, f->flags, f->message_id);
    composer_begin_sealed(c, first, piece.number, piece.total);
    ike2_octets_write(
        &c->writer, (ike2_bytes){ .ptr = f->chain.ptr + piece.from, .len = piece.to - piece.from });
    composer_end_sealed(c);
}

static void piece_print(struct composer *c, const struct fragmented *f, struct piece piece,
                        const char *note)
{
    piece_compose(c, f, piece);
    composer_print(c, note);
}

/* An identity of 17 octets and AUTH of 40: 57 in all. */
enum { CHAIN_LEN = 57 };

static void chain_compose(struct composer *c, struct fragmented *out, uint8_t *room)
{
    ike2_writer w;

    ike2_writer_init(&w, room, CHAIN_LEN);
    id_add(&w, out->first, "b.example");
    auth_add(&w);
    if (ike2_writer_end(&w, &out->chain) != IKE2_OK)
        c->failed = true;
}

/* Two directions at once, in any order. */
static void directions_print(struct composer *c, const struct fragmented *response)
{
    uint8_t room[CHAIN_LEN];
    struct fragmented request = { .flags = REQUEST_I, .message_id = 1, .first = IKE2_PAYLOAD_IDI };

    chain_compose(c, &request, room);
    piece_print(c, response, (struct piece){ 2, 3, 20, 45 }, "the second of three");
    piece_print(c, &request, (struct piece){ 1, 2, 0, 30 }, "the other direction begins");
    piece_print(c, response, (struct piece){ 2, 3, 20, 45 }, "the second of three again");
    piece_print(c, response, (struct piece){ 3, 3, 45, 57 }, "the third of three");
    piece_print(c, response, (struct piece){ 1, 3, 0, 20 }, "completes the response");
    piece_print(c, &request, (struct piece){ 2, 2, 30, 57 }, "completes the request");
}

/* RFC 7383 2.5.2: the sender tries smaller fragments. */
static void smaller_print(struct composer *c, const struct fragmented *response)
{
    piece_print(c, response, (struct piece){ 1, 2, 0, 30 }, "sent in two first");
    piece_print(c, response, (struct piece){ 1, 3, 0, 20 }, "sent in three then");
    piece_print(c, response, (struct piece){ 2, 2, 30, 57 }, "of the two, ignored");
    piece_print(c, response, (struct piece){ 2, 3, 20, 45 }, "the second of three");
    piece_compose(c, response, (struct piece){ 3, 3, 45, 57 });
    composer_patch(c, -1, 0);
    composer_patch(c, -2, 0);
    composer_print(c, "an altered fragment is not kept");
    piece_print(c, response, (struct piece){ 3, 3, 45, 57 }, "completes the three");
}

static void broken_fragments_print(struct composer *c, const struct fragmented *response)
{
    piece_print(c, response, (struct piece){ 1, 2, 0, 40 }, "an inner chain that ends early");
    piece_print(c, response, (struct piece){ 2, 2, 40, 50 }, "completes it");
    piece_print(c, response, (struct piece){ 0, 2, 0, 20 }, "number 0");
    piece_print(c, response, (struct piece){ 3, 2, 0, 20 }, "number above the total");
    piece_print(c, response, (struct piece){ 300, 300, 0, 20 }, "more than are kept");
}

/* Two messages at once, the other one of the SA of `suite`. */
static void pairs_print(struct composer *c, const struct fragmented *one,
                        const struct fragmented *other, const struct suite *suite)
{
    const struct suite *own = c->suite;

    piece_print(c, one, (struct piece){ 1, 2, 0, 30 }, "one message begins");
    c->suite = suite;
    piece_print(c, other, (struct piece){ 2, 2, 20, 57 }, "another begins with its end");
    piece_print(c, other, (struct piece){ 1, 2, 0, 20 }, "completes the other");
    c->suite = own;
    piece_print(c, one, (struct piece){ 2, 2, 30, 57 }, "completes the one");
}

static void fragments_print(struct composer *c)
{
    uint8_t room[CHAIN_LEN];
    struct fragmented response = { .flags = RESPONSE_R, .first = IKE2_PAYLOAD_IDR };
    struct fragmented other;

    composer_capture(c, "fragments", &suites[FRAGMENTS]);
    chain_compose(c, &response, room);
    response.message_id = 1;
    directions_print(c, &response);
    response.message_id = 2;
    smaller_print(c, &response);
    response.message_id = 3;
    piece_print(c, &response, (struct piece){ 1, 1, 0, 57 }, "alone");
    piece_print(c, &response, (struct piece){ 1, 1, 0, 57 }, "alone, sent again");
    broken_fragments_print(c, &response);
    other = response;
    response.message_id = 4;
    other.message_id = 5;
    pairs_print(c, &response, &other, &suites[FRAGMENTS]);
    pairs_print(c, &response, &response, &suites[NEIGHBOUR]);
}

/* RFC 7383 2.6 leaves open how much is kept: halves of more messages than a reader should keep, and
 * one message of more octets. */
static void flood_print(struct composer *c)
{
    enum { HALVES = 17, PIECES = 50, PIECE_LEN = 1500 };
    static const uint8_t zeros[PIECE_LEN];
    uint8_t room[CHAIN_LEN];
    struct fragmented half = { .flags = RESPONSE_R, .first = IKE2_PAYLOAD_IDR };
    struct fragmented large = { .first = IKE2_PAYLOAD_VENDOR,
                                .message_id = 1,
                                .chain = { .ptr = zeros, .len = sizeof zeros } };

    composer_capture(c, "fragments", &suites[FRAGMENTS]);
    chain_compose(c, &half, room);
    for (half.message_id = 0; half.message_id < HALVES; half.message_id++)
        piece_print(c, &half, (struct piece){ 1, 2, 0, 30 }, "first half");
    while (half.message_id-- > 0)
        piece_print(c, &half, (struct piece){ 2, 2, 30, 57 }, "second half");
    for (uint16_t i = 1; i <= PIECES; i++)
        piece_print(c, &large, (struct piece){ i, PIECES, 0, sizeof zeros }, "piece");
}

static void plain_begin(struct composer *c)
{
    composer_begin(c, IKE2_EXCHANGE_IKE_SA_INIT, REQUEST_I, 0);
}

/* Two payloads, to be broken: a Nonce of 36 octets and a Notify of 28. */
static void pair_compose(struct composer *c)
{
    plain_begin(c);
    nonce_add(&c->writer, 32);
    notify_add(&c->writer, IKE2_NOTIFY_NAT_DETECTION_SOURCE_IP, 20);
    composer_end(c);
}

static void octet_print(struct composer *c, int at, uint8_t octet, const char *note)
{
    pair_compose(c);
    composer_patch(c, at, octet);
    composer_print(c, note);
}

/* A chain whose framing is wrong. */
static void broken_chains_print(struct composer *c)
{
    enum { PAIR_LEN = 28 + 36 + 28, SECOND_AT = FIRST_PAYLOAD_AT + 36 };

    composer_capture(c, "chains", NULL);
    octet_print(c, LENGTH_AT, PAIR_LEN + 1, "length above the datagram");
    octet_print(c, LENGTH_AT, PAIR_LEN - 28, "length before the last payload");
    octet_print(c, LENGTH_AT, 27, "length below the header");
    octet_print(c, SECOND_AT + 3, 3, "payload shorter than its header");
    octet_print(c, SECOND_AT + 3, 29, "payload beyond the message");
    octet_print(c, SECOND_AT + 3, 27, "octets behind the last payload");
    octet_print(c, SECOND_AT, IKE2_PAYLOAD_NOTIFY, "chain announces one more");
    octet_print(c, FIRST_PAYLOAD_AT, IKE2_PAYLOAD_NONE, "chain ends too early");
    octet_print(c, NEXT_AT, IKE2_PAYLOAD_NONE, "octets, but no first payload");
    pair_compose(c);
    composer_resize(c, 1);
    composer_print(c, "one octet behind the end");
    pair_compose(c);
    composer_resize(c, -1);
    composer_print(c, "one octet missing");
    pair_compose(c);
    composer_resize(c, 27 - PAIR_LEN);
    composer_print(c, "shorter than the header");
    pair_compose(c);
    composer_resize(c, -PAIR_LEN);
    composer_print(c, "nothing at all");
}

/* A payload of any type with `n` octets of `body`, alone in its message. */
static void body_print(struct composer *c, uint8_t type, ike2_bytes body, const char *note)
{
    plain_begin(c);
    ike2_data_write(&c->writer, type, body);
    composer_end(c);
    composer_print(c, note);
}

/* A chain that is right around a body that is not. */
static void broken_bodies_print(struct composer *c)
{
    const ike2_bytes nothing = { 0 };

    composer_capture(c, "bodies", NULL);
    body_print(c, IKE2_PAYLOAD_SA, nothing, "no proposal");
    body_print(c, IKE2_PAYLOAD_SA, octets("00000010010100020000000801000014"),
               "says two transforms, has one");
    body_print(c, IKE2_PAYLOAD_SA, octets("02000010010100010000000801000014"),
               "announces another proposal");
    body_print(c, IKE2_PAYLOAD_KE, octets("001f00"), "shorter than its header");
    body_print(c, IKE2_PAYLOAD_IDI, octets("020000"), "shorter than its header");
    body_print(c, IKE2_PAYLOAD_CERT, nothing, "no encoding");
    body_print(c, IKE2_PAYLOAD_CERTREQ, nothing, "no encoding");
    body_print(c, IKE2_PAYLOAD_AUTH, octets("020000"), "shorter than its header");
    body_print(c, IKE2_PAYLOAD_NONCE, pattern(0, 15), "shorter than 16 octets");
    body_print(c, IKE2_PAYLOAD_NOTIFY, octets("0305400901020304"), "SPI beyond the body");
    body_print(c, IKE2_PAYLOAD_NOTIFY, octets("000000110e"), "a method in one octet");
    body_print(c, IKE2_PAYLOAD_DELETE, octets("0304000201020304"), "says two SPIs, has one");
    body_print(c, IKE2_PAYLOAD_DELETE, octets("030400010102030405"), "an octet too much");
    body_print(c, IKE2_PAYLOAD_TSI, octets("02000000070000100000ffff0a0000000a000009"),
               "says two selectors, has one");
    body_print(c, IKE2_PAYLOAD_TSR, octets("01000000080000100000ffff0a0000000a000009"),
               "IPv6 range with IPv4 addresses");
    body_print(c, IKE2_PAYLOAD_CP, octets("01000000000100050a000001"), "attribute beyond the body");
    body_print(c, IKE2_PAYLOAD_EAP, octets("0107000601"), "EAP length is not the payload's");
    body_print(c, IKE2_PAYLOAD_SK, nothing, "nothing sealed");
}

/* Strange, but as RFC 7296 allows. */
static void strange_print(struct composer *c)
{
    composer_capture(c, "strange", NULL);
    octet_print(c, VERSION_AT, 0x10, "version 1.0");
    octet_print(c, VERSION_AT, 0x30, "version 3.0");
    octet_print(c, VERSION_AT, 0x2f, "version 2.15");
    octet_print(c, FIRST_PAYLOAD_AT + 1, 0x80, "a known payload that is critical");
    octet_print(c, FIRST_PAYLOAD_AT + 1, 0x7f, "reserved bits are set");
    octet_print(c, NEXT_AT, 200, "an unknown payload");
    pair_compose(c);
    composer_patch(c, NEXT_AT, 200);
    composer_patch(c, FIRST_PAYLOAD_AT + 1, 0x80);
    composer_print(c, "an unknown payload that is critical");
    plain_begin(c);
    composer_end(c);
    composer_print(c, "no payload");
    body_print(c, IKE2_PAYLOAD_SK, pattern(0, 40), "sealed with a key not in the table");
}

/* What the sealed messages below have inside. */
static void sealed_begin(struct composer *c)
{
    composer_begin(c, IKE2_EXCHANGE_INFORMATIONAL, REQUEST_I, 9);
}

static void sealed_octets(struct composer *c, uint8_t first, ike2_bytes inner)
{
    sealed_begin(c);
    composer_begin_sealed(c, first, 0, 0);
    ike2_octets_write(&c->writer, inner);
    composer_end_sealed(c);
}

static void sealed_print(struct composer *c)
{
    static const char deletes[] = "0000000801000000";

    composer_capture(c, "sealed", &suites[SEALED]);
    sealed_octets(c, IKE2_PAYLOAD_DELETE, octets(deletes));
    composer_patch(c, -1, 0);
    composer_patch(c, -2, 0);
    composer_print(c, "ICV altered");
    sealed_octets(c, IKE2_PAYLOAD_DELETE, octets(deletes));
    composer_patch(c, MESSAGE_ID_AT, 10);
    composer_print(c, "message id altered");
    sealed_octets(c, IKE2_PAYLOAD_DELETE, octets(deletes));
    composer_patch(c, 19, 0);
    composer_print(c, "key of the other side");
    c->pad_length = 9;
    sealed_octets(c, IKE2_PAYLOAD_DELETE, octets(deletes));
    composer_print(c, "more padding than octets");
    c->pad_length = 8;
    sealed_octets(c, IKE2_PAYLOAD_NONE, octets(deletes));
    composer_print(c, "all is padding");
    sealed_octets(c, IKE2_PAYLOAD_DELETE, octets("0000000901000000"));
    composer_print(c, "inner payload beyond the chain");
    sealed_octets(c, IKE2_PAYLOAD_NONE, octets(deletes));
    composer_print(c, "octets, but no inner payload");
    sealed_octets(c, IKE2_PAYLOAD_SK, octets("0000000801000000"));
    composer_print(c, "sealed within sealed");
    sealed_begin(c);
    notify_add(&c->writer, IKE2_NOTIFY_COOKIE, 8);
    composer_begin_sealed(c, 0, 0, 0);
    delete_esp_add(&c->writer, 1);
    composer_end_sealed(c);
    composer_print(c, "a payload before the sealed one");
}

/* The keys are those of one capture and both SPIs. Follows sealed_print. */
static void elsewhere_print(struct composer *c)
{
    sealed_octets(c, IKE2_PAYLOAD_NONE, (ike2_bytes){ 0 });
    composer_patch(c, 0, 0);
    composer_print(c, "another initiator's SPI");
    sealed_octets(c, IKE2_PAYLOAD_NONE, (ike2_bytes){ 0 });
    composer_patch(c, 15, 0);
    composer_print(c, "another responder's SPI");
    composer_capture(c, "elsewhere", &suites[SEALED]);
    sealed_octets(c, IKE2_PAYLOAD_NONE, (ike2_bytes){ 0 });
    composer_print(c, "another capture");
}

static void messages_print(struct composer *c)
{
    init_print(c);
    for (size_t i = GCM; i <= CHACHA; i++)
        session_print(c, &suites[i]);
    fragments_print(c);
    broken_chains_print(c);
    broken_bodies_print(c);
    strange_print(c);
    sealed_print(c);
    elsewhere_print(c);
}

static void keys_print(void)
{
    puts("#capture\tispi\trspi\tencr_id\tkeybits\tsaltlen\tivlen\taead_icvlen\tinteg_id\t"
         "integ_icvlen\tsk_ei\tsk_er\tsk_ai\tsk_ar");
    for (size_t i = 0; i < N_SUITES; i++)
        suite_print(&suites[i]);
}

int main(int argc, char **argv)
{
    void (*print)(struct composer *) = NULL;
    struct composer c = { 0 };
    ike2_mbedtls *provider;

    if (argc == 2 && strcmp(argv[1], "keys") == 0) {
        keys_print();
        return 0;
    }
    if (argc == 2 && strcmp(argv[1], "messages") == 0)
        print = messages_print;
    if (argc == 2 && strcmp(argv[1], "flood") == 0)
        print = flood_print;
    if (print == NULL) {
        fputs("usage: compose messages|keys|flood\n", stderr);
        return 2;
    }
    if (ike2_mbedtls_new(NULL, &provider) != IKE2_OK)
        return 1;
    c.crypto = ike2_mbedtls_crypto(provider);
    puts("#capture\tframe\tnote\thex");
    print(&c);
    ike2_mbedtls_free(provider);
    return c.failed ? 1 : 0;
}
