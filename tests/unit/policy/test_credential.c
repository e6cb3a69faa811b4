/* lib/policy/credential.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/iana.h>

#include "base/bytes.h"
#include "policy/credential.h"

enum { KEY_HASH = 20, ISSUERS_MAX = 4, LIST_MAX = 4, ROOM = 60000, HEADER = 28 };
enum { SHA2_ALL = 1u << IKE2_HASH_SHA2_256 | 1u << IKE2_HASH_SHA2_384 | 1u << IKE2_HASH_SHA2_512 };

/* What the peer has said, and what we have. A CA is a letter, its hash that letter 20 times. */
static struct fixture {
    uint8_t room[ROOM];
    ike2_writer w;
    struct message message;
    struct credential_wish wish;
    ike2_credential list[LIST_MAX];
    uint8_t hashes[LIST_MAX][ISSUERS_MAX][KEY_HASH];
    ike2_bytes issuers[LIST_MAX][ISSUERS_MAX];
    size_t n;
} f;

static const uint16_t rsa[] = { IKE2_SIG_RSA_PSS_SHA512, IKE2_SIG_RSA_PSS_SHA256,
                                IKE2_SIG_RSA_PKCS1_SHA1 };
static const uint16_t ecdsa[] = { IKE2_SIG_ECDSA_P256_SHA256_RAW, IKE2_SIG_ECDSA_SHA256_DER };

static ike2_id id_of(uint8_t type, const char *text)
{
    return (ike2_id){ .type = type, .data = bytes_of(text, strlen(text)) };
}

static int begin(void **state)
{
    const ike2_header header = { .exchange = IKE2_EXCHANGE_IKE_AUTH };

    (void)state;
    f = (struct fixture){ .wish = { .certreqs = &f.message, .hashes = SHA2_ALL } };
    f.wish.local_id = id_of(IKE2_ID_FQDN, "we");
    ike2_writer_init(&f.w, f.room, sizeof f.room);
    ike2_message_begin(&f.w, &header);
    return 0;
}

/* "AB/C": two hashes, and 19 octets of a third. */
static void certreq(uint8_t encoding, const char *cas)
{
    uint8_t hash[KEY_HASH];

    ike2_payload_begin(&f.w, IKE2_PAYLOAD_CERTREQ, false);
    ike2_uint_write(&f.w, encoding, 1);
    for (; *cas != '\0'; cas++) {
        size_t len = *cas == '/' ? KEY_HASH - 1 : KEY_HASH;

        cas += *cas == '/' ? 1 : 0;
        memset(hash, *cas, sizeof hash);
        ike2_octets_write(&f.w, bytes_of(hash, len));
    }
    ike2_payload_end(&f.w);
}

/* As many CAs that nobody knows. */
static void certreq_of_many(size_t n, const char *last)
{
    ike2_payload_begin(&f.w, IKE2_PAYLOAD_CERTREQ, false);
    ike2_uint_write(&f.w, IKE2_CERT_X509_SIGNATURE, 1);
    for (size_t i = 0; i < n; i++) {
        uint8_t hash[KEY_HASH] = { 'A', (uint8_t)(i >> 8), (uint8_t)i };

        ike2_octets_write(&f.w, bytes_of(hash, sizeof hash));
    }
    if (*last != '\0') {
        uint8_t hash[KEY_HASH];

        memset(hash, *last, sizeof hash);
        ike2_octets_write(&f.w, bytes_of(hash, sizeof hash));
    }
    ike2_payload_end(&f.w);
}

/* A credential; `id` NULL: that of the definition. */
static ike2_credential *add(const char *id, const char *cas)
{
    ike2_credential *c = &f.list[f.n];

    *c = (ike2_credential)IKE2_INIT(ike2_credential);
    if (id != NULL)
        c->id = id_of(IKE2_ID_FQDN, id);
    c->schemes = rsa;
    c->n_schemes = sizeof rsa / sizeof rsa[0];
    c->issuers = f.issuers[f.n];
    for (; *cas != '\0'; cas++) {
        uint8_t *hash = f.hashes[f.n][c->n_issuers];

        memset(hash, *cas, KEY_HASH);
        f.issuers[f.n][c->n_issuers++] = bytes_of(hash, KEY_HASH);
    }
    f.n++;
    return c;
}

static struct credential_choice choose(void)
{
    const ike2_header none = { 0 };
    ike2_bytes message;

    assert_int_equal(ike2_message_end(&f.w, &message), IKE2_OK);
    assert_int_equal(ike2_message_index(&none, message.ptr[16],
                                        bytes_of(message.ptr + HEADER, message.len - HEADER),
                                        false, &f.message),
                     IKE2_OK);
    return ike2_credential_choose(f.list, f.n, &f.wish);
}

static void expect_choice(size_t index)
{
    struct credential_choice c = choose();

    assert_ptr_equal(c.credential, &f.list[index]);
}

static void expect_none(const char *section, const char *difference)
{
    struct credential_choice c = choose();

    assert_null(c.credential);
    assert_string_equal(c.section, section);
    assert_string_equal(c.difference, difference);
}

/* --- Identity ------------------------------------------------------------------------ */

static void without_credentials_there_is_none(void **state)
{
    (void)state;
    expect_none("RFC 7296 2.15", "credential: there is none");
}

static void first_credential_is_taken_when_the_peer_wants_nothing(void **state)
{
    (void)state;
    add("one", "A");
    add("two", "B");
    expect_choice(0);
}

static void identity_is_the_credentials_or_else_the_definitions(void **state)
{
    struct credential_choice c;

    add("one", "");
    c = choose();
    assert_int_equal(c.id.type, IKE2_ID_FQDN);
    assert_memory_equal(c.id.data.ptr, "one", 3);

    (void)begin(state);
    add(NULL, "");
    c = choose();
    assert_memory_equal(c.id.data.ptr, "we", 2);
}

static void idr_chooses_the_credential(void **state)
{
    (void)state;
    add("one", "A");
    add("two", "B");
    add(NULL, "C");
    f.wish.wanted = id_of(IKE2_ID_FQDN, "two");
    expect_choice(1);
    f.wish.wanted = id_of(IKE2_ID_FQDN, "we");
    assert_ptr_equal(ike2_credential_choose(f.list, f.n, &f.wish).credential, &f.list[2]);
}

static void idr_has_to_be_the_same_in_type_and_length(void **state)
{
    (void)state;
    add("one", "");
    f.wish.wanted = id_of(IKE2_ID_RFC822_ADDR, "one");
    expect_none("RFC 7296 1.2", "identity: no credential has the one that the peer wants");
    f.wish.wanted = id_of(IKE2_ID_FQDN, "on");
    assert_null(ike2_credential_choose(f.list, f.n, &f.wish).credential);
    f.wish.wanted = id_of(IKE2_ID_FQDN, "one.");
    assert_null(ike2_credential_choose(f.list, f.n, &f.wish).credential);
}

/* --- CERTREQ ------------------------------------------------------------------------- */

static void certreq_chooses_the_credential(void **state)
{
    (void)state;
    add("one", "A");
    add("two", "BC");
    certreq(IKE2_CERT_X509_SIGNATURE, "XYC");
    expect_choice(1);
}

static void our_preference_decides_between_those_that_fit(void **state)
{
    (void)state;
    add("one", "A");
    add("two", "B");
    add("three", "C");
    certreq(IKE2_CERT_X509_SIGNATURE, "CB");
    expect_choice(1);
}

static void several_certreqs_count_as_one(void **state)
{
    (void)state;
    add("one", "A");
    add("two", "B");
    certreq(IKE2_CERT_X509_SIGNATURE, "X");
    certreq(IKE2_CERT_CRL, "A");
    certreq(IKE2_CERT_X509_SIGNATURE, "");
    certreq(IKE2_CERT_X509_SIGNATURE, "YB");
    expect_choice(1);
}

static void one_hash_among_hundreds_is_found(void **state)
{
    static const size_t counts[] = { 1, 255, 256, 800, 2000 };

    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        (void)begin(state);
        add("one", "A");
        add("two", "B");
        certreq_of_many(counts[i], "B");
        expect_choice(1);
    }
}

static void certreq_without_a_hash_fits_every_credential(void **state)
{
    (void)state;
    add("one", "A");
    add("two", "B");
    certreq(IKE2_CERT_X509_SIGNATURE, "");
    expect_choice(0);
}

/* RFC 7296 3.7: the contents are hashes for types 4, 12 and 13. */
static void certreq_of_hash_and_url_names_cas_too(void **state)
{
    static const uint8_t encodings[] = { IKE2_CERT_HASH_AND_URL, IKE2_CERT_HASH_AND_URL_BUNDLE };

    for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
        (void)begin(state);
        add("one", "A");
        add("two", "B");
        certreq(encodings[i], "B");
        expect_choice(1);
    }
}

static void certreq_of_another_encoding_says_nothing_about_ours(void **state)
{
    (void)state;
    add("one", "A");
    add("two", "B");
    certreq(IKE2_CERT_OCSP, "B");
    certreq(IKE2_CERT_CRL, "B");
    certreq(0, "B");
    expect_choice(0);
}

static void certreq_without_a_body_says_nothing(void **state)
{
    (void)state;
    add("one", "A");
    ike2_payload_begin(&f.w, IKE2_PAYLOAD_CERTREQ, false);
    ike2_payload_end(&f.w);
    expect_choice(0);
}

static void incomplete_hash_at_the_end_is_passed_over(void **state)
{
    add("one", "A");
    add("two", "B");
    certreq(IKE2_CERT_X509_SIGNATURE, "B/A");
    expect_choice(1);

    (void)begin(state);
    add("one", "A");
    add("two", "B");
    certreq(IKE2_CERT_X509_SIGNATURE, "/B"); /* no hash at all */
    expect_choice(0);
}

static void credential_that_names_no_ca_fits_every_certreq(void **state)
{
    (void)state;
    add("one", "A");
    add("two", "");
    add("three", "C");
    certreq(IKE2_CERT_X509_SIGNATURE, "C");
    expect_choice(1);
}

/* Many peers ask for less than they accept. */
static void first_credential_is_tried_when_no_ca_fits(void **state)
{
    (void)state;
    add("one", "A");
    add("two", "B");
    certreq_of_many(300, "");
    expect_choice(0);
}

static void certreq_never_outweighs_idr(void **state)
{
    (void)state;
    add("one", "A");
    add("two", "B");
    certreq(IKE2_CERT_X509_SIGNATURE, "A");
    f.wish.wanted = id_of(IKE2_ID_FQDN, "two");
    expect_choice(1);
}

/* --- Hashes -------------------------------------------------------------------------- */

static void expect_scheme(uint32_t hashes, uint16_t scheme)
{
    f.wish.hashes = hashes;
    assert_int_equal(ike2_credential_choose(f.list, f.n, &f.wish).scheme, scheme);
}

static void first_scheme_with_a_hash_of_the_peers_is_taken(void **state)
{
    (void)state;
    add(NULL, "");
    (void)choose();
    expect_scheme(SHA2_ALL, IKE2_SIG_RSA_PSS_SHA512);
    expect_scheme(1u << IKE2_HASH_SHA2_256 | 1u << IKE2_HASH_SHA2_384, IKE2_SIG_RSA_PSS_SHA256);
}

/* RFC 7427 3: method 14 only if both have announced their hashes, and then nothing else. */
static void older_methods_are_for_peers_without_rfc7427(void **state)
{
    ike2_credential *c = add(NULL, "");

    (void)state;
    (void)choose();
    expect_scheme(0, IKE2_SIG_RSA_PKCS1_SHA1);
    c->schemes = ecdsa;
    c->n_schemes = 2;
    expect_scheme(0, IKE2_SIG_ECDSA_P256_SHA256_RAW);
    expect_scheme(SHA2_ALL, IKE2_SIG_ECDSA_SHA256_DER);
}

static void older_method_is_used_if_the_credential_has_no_other(void **state)
{
    ike2_credential *c = add(NULL, "");

    (void)state;
    (void)choose();
    c->schemes = ecdsa;
    c->n_schemes = 1;
    expect_scheme(SHA2_ALL, IKE2_SIG_ECDSA_P256_SHA256_RAW);
}

static void credential_without_a_scheme_for_the_peer_is_passed_over(void **state)
{
    static const uint16_t sha512[] = { IKE2_SIG_RSA_PKCS1_SHA512 };
    ike2_credential *c = add("one", "A");

    (void)state;
    c->schemes = sha512;
    c->n_schemes = 1;
    add("two", "B");
    certreq(IKE2_CERT_X509_SIGNATURE, "A");
    f.wish.hashes = 1u << IKE2_HASH_SHA2_256;
    f.n = 1;
    expect_none("RFC 7427 4", "signature: no credential can sign with a hash that the peer has");
    f.n = 2;
    assert_ptr_equal(ike2_credential_choose(f.list, f.n, &f.wish).credential, &f.list[1]);
}

/* RFC 7670 3: encoding 15, without CAs. */
static void raw_key_is_for_peers_that_ask_for_one(void **state)
{
    add("one", "A");
    add("two", "")->encoding = IKE2_CERT_RAW_PUBLIC_KEY;
    certreq(IKE2_CERT_RAW_PUBLIC_KEY, "");
    expect_choice(1);

    (void)begin(state);
    add("one", "")->encoding = IKE2_CERT_RAW_PUBLIC_KEY;
    add("two", "A");
    certreq(IKE2_CERT_X509_SIGNATURE, "A");
    expect_choice(1);

    (void)begin(state);
    add("one", "")->encoding = IKE2_CERT_RAW_PUBLIC_KEY;
    add("two", "A");
    expect_choice(0);
}

/* --- Quirks -------------------------------------------------------------------------- */

static void scheme_that_the_peer_is_known_to_lack_is_passed_over(void **state)
{
    static const uint16_t both[] = { IKE2_SIG_RSA_PSS_SHA512, IKE2_SIG_RSA_PKCS1_SHA256 };
    ike2_credential *c = add(NULL, "");

    (void)state;
    c->schemes = both;
    c->n_schemes = 2;
    f.wish.quirks = IKE2_QUIRK_NO_PSS;
    (void)choose();
    expect_scheme(SHA2_ALL, IKE2_SIG_RSA_PKCS1_SHA256);
    f.wish.quirks = IKE2_QUIRK_NO_EDDSA;
    expect_scheme(SHA2_ALL, IKE2_SIG_RSA_PSS_SHA512);
}

static void credential_without_what_the_peer_lacks_goes_first(void **state)
{
    static const uint16_t pss[] = { IKE2_SIG_RSA_PSS_SHA256 };
    ike2_credential *c = add("one", "A");

    (void)state;
    c->schemes = pss;
    c->n_schemes = 1;
    add("two", "B");
    certreq(IKE2_CERT_X509_SIGNATURE, "A");
    expect_choice(0);
    f.wish.quirks = IKE2_QUIRK_NO_PSS;
    c = &f.list[1];
    assert_ptr_equal(ike2_credential_choose(f.list, f.n, &f.wish).credential, c);
}

static void quirk_is_no_reason_to_have_nothing(void **state)
{
    static const uint16_t pss[] = { IKE2_SIG_RSA_PSS_SHA256 };
    ike2_credential *c = add(NULL, "");

    (void)state;
    c->schemes = pss;
    c->n_schemes = 1;
    f.wish.quirks = IKE2_QUIRK_NO_PSS | IKE2_QUIRK_NO_EDDSA;
    (void)choose();
    expect_scheme(SHA2_ALL, IKE2_SIG_RSA_PSS_SHA256);
}

static void schemes_that_are_not_known_are_passed_over(void **state)
{
    static const uint16_t schemes[] = { 0, 0x7777, 0x132, IKE2_SIG_ECDSA_SHA384_DER };
    ike2_credential *c = add(NULL, "");

    (void)state;
    c->schemes = schemes;
    c->n_schemes = 4;
    (void)choose();
    expect_scheme(SHA2_ALL, IKE2_SIG_ECDSA_SHA384_DER);
    expect_scheme(UINT32_MAX, IKE2_SIG_ECDSA_SHA384_DER);
    c->n_schemes = 3;
    expect_scheme(UINT32_MAX, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(without_credentials_there_is_none, begin),
        cmocka_unit_test_setup(first_credential_is_taken_when_the_peer_wants_nothing, begin),
        cmocka_unit_test_setup(identity_is_the_credentials_or_else_the_definitions, begin),
        cmocka_unit_test_setup(idr_chooses_the_credential, begin),
        cmocka_unit_test_setup(idr_has_to_be_the_same_in_type_and_length, begin),
        cmocka_unit_test_setup(certreq_chooses_the_credential, begin),
        cmocka_unit_test_setup(our_preference_decides_between_those_that_fit, begin),
        cmocka_unit_test_setup(several_certreqs_count_as_one, begin),
        cmocka_unit_test_setup(one_hash_among_hundreds_is_found, begin),
        cmocka_unit_test_setup(certreq_without_a_hash_fits_every_credential, begin),
        cmocka_unit_test_setup(certreq_of_hash_and_url_names_cas_too, begin),
        cmocka_unit_test_setup(certreq_of_another_encoding_says_nothing_about_ours, begin),
        cmocka_unit_test_setup(certreq_without_a_body_says_nothing, begin),
        cmocka_unit_test_setup(incomplete_hash_at_the_end_is_passed_over, begin),
        cmocka_unit_test_setup(credential_that_names_no_ca_fits_every_certreq, begin),
        cmocka_unit_test_setup(first_credential_is_tried_when_no_ca_fits, begin),
        cmocka_unit_test_setup(certreq_never_outweighs_idr, begin),
        cmocka_unit_test_setup(first_scheme_with_a_hash_of_the_peers_is_taken, begin),
        cmocka_unit_test_setup(older_methods_are_for_peers_without_rfc7427, begin),
        cmocka_unit_test_setup(older_method_is_used_if_the_credential_has_no_other, begin),
        cmocka_unit_test_setup(credential_without_a_scheme_for_the_peer_is_passed_over, begin),
        cmocka_unit_test_setup(schemes_that_are_not_known_are_passed_over, begin),
        cmocka_unit_test_setup(raw_key_is_for_peers_that_ask_for_one, begin),
        cmocka_unit_test_setup(scheme_that_the_peer_is_known_to_lack_is_passed_over, begin),
        cmocka_unit_test_setup(credential_without_what_the_peer_lacks_goes_first, begin),
        cmocka_unit_test_setup(quirk_is_no_reason_to_have_nothing, begin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
