/* lib/x509/identity.c: is the claimed identity in the certificate? RFC 4945 3.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <ike2/error.h>
#include <ike2/iana.h>

#include "base/bytes.h"
#include "support/proof.h"

enum { RFC822_NAME = 1, DNS_NAME = 2, URI = 6, IP_ADDRESS = 7 };

static ike2_bytes text(const char *s)
{
    return bytes_of(s, strlen(s));
}

/* The usual chain, where the peer has these names. */
static void named(struct pki *pki, const struct pki_name *names, size_t n, struct proof *p)
{
    struct pki_certificate peer = pki_peer(pki);

    peer.extensions[0] = pki_alt_names(pki, names, n);
    proof_usual(p, pki);
    p->certs[0].data = pki_make(pki, peer);
}

/* All of several names, so that the right one is not the first. */
static void well_named(struct pki *pki, struct proof *p)
{
    static const uint8_t ipv6[16] = { 0x20, 1, 0x0d, 0xb8, [15] = 1 }, ipv4[] = { 192, 0, 2, 1 };
    const struct pki_name names[] = {
        { URI, text("https://uri.test/") },       { DNS_NAME, text("other.test") },
        { DNS_NAME, text("Moon.Example.test") },  { RFC822_NAME, text("Carol@Mail.test") },
        { IP_ADDRESS, bytes_of(ipv4, 4) },        { IP_ADDRESS, bytes_of(ipv6, 16) },
        { DNS_NAME, text("*.wild.test") },
    };

    named(pki, names, sizeof names / sizeof names[0], p);
}

static void expect(struct proof *p, uint8_t type, ike2_bytes data, uint32_t reason)
{
    proof_claim(p, type, data);
    proof_expect(p, reason, "");
}

static void host_name_is_one_of_the_dns_names(void **state)
{
    struct proof p;

    well_named(*state, &p);
    expect(&p, IKE2_ID_FQDN, text("moon.example.test"), IKE2_X509_OK);
    expect(&p, IKE2_ID_FQDN, text("MOON.example.TEST"), IKE2_X509_OK);
    expect(&p, IKE2_ID_FQDN, text("other.test"), IKE2_X509_OK);
    expect(&p, IKE2_ID_FQDN, text("example.test"), IKE2_X509_IDENTITY);
    expect(&p, IKE2_ID_FQDN, text("sub.moon.example.test"), IKE2_X509_IDENTITY);
    expect(&p, IKE2_ID_FQDN, text("moon.example.tes"), IKE2_X509_IDENTITY);
    expect(&p, IKE2_ID_FQDN, text("moon.example.test."), IKE2_X509_IDENTITY);
    expect(&p, IKE2_ID_FQDN, text("moon.example.test2"), IKE2_X509_IDENTITY);
}

/* RFC 4945 3.1.2 */
static void common_name_is_no_host_name(void **state)
{
    const struct pki_name uri = { URI, text("https://uri.test/") };
    struct pki_certificate peer = pki_peer(*state);
    struct proof p;

    named(*state, &uri, 1, &p);
    expect(&p, IKE2_ID_FQDN, text("peer.test"), IKE2_X509_IDENTITY);
    peer.extensions[0] = (struct pki_extension){ 0 };
    p.certs[0].data = pki_make(*state, peer);
    expect(&p, IKE2_ID_FQDN, text("peer.test"), IKE2_X509_IDENTITY);
}

/* RFC 6125 6.4.4: as the last resort, if it is asked for. */
static void common_name_is_a_host_name_if_wanted(void **state)
{
    const struct pki_name uri = { URI, text("https://uri.test/") };
    const struct pki_name host = { DNS_NAME, text("other.test") };
    static const struct {
        const char *subject;
        uint32_t reason;
    } rows[] = {
        { "CN=peer.test", IKE2_X509_OK },
        { "CN=PEER.test, O=Test", IKE2_X509_OK },
        { "CN=peer.test, CN=last.test", IKE2_X509_IDENTITY },
        { "CN=last.test, CN=peer.test", IKE2_X509_OK },
        { "O=peer.test", IKE2_X509_IDENTITY },
        { "CN=the peer.test", IKE2_X509_IDENTITY },
        { "CN=*.test", IKE2_X509_IDENTITY },
    };
    struct proof p;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pki_certificate peer = pki_peer(*state);

        peer.subject = rows[i].subject;
        peer.extensions[0] = pki_alt_names(*state, &uri, 1);
        proof_usual(&p, *state);
        p.certs[0].data = pki_make(*state, peer);
        expect(&p, IKE2_ID_FQDN, text("peer.test"), IKE2_X509_IDENTITY);
        p.policy.flags = IKE2_X509_COMMON_NAME;
        expect(&p, IKE2_ID_FQDN, text("peer.test"), rows[i].reason);
    }
    named(*state, &host, 1, &p);
    p.policy.flags = IKE2_X509_COMMON_NAME;
    expect(&p, IKE2_ID_FQDN, text("peer.test"), IKE2_X509_IDENTITY);
}

static void nothing_is_a_pattern(void **state)
{
    struct proof p;

    well_named(*state, &p);
    expect(&p, IKE2_ID_FQDN, text("a.wild.test"), IKE2_X509_IDENTITY);
    expect(&p, IKE2_ID_FQDN, text("*.wild.test"), IKE2_X509_IDENTITY);
    expect(&p, IKE2_ID_FQDN, text("*.test"), IKE2_X509_IDENTITY);
    expect(&p, IKE2_ID_FQDN, text("*"), IKE2_X509_IDENTITY);
}

static void mailbox_is_one_of_the_rfc822_names(void **state)
{
    struct proof p;

    well_named(*state, &p);
    expect(&p, IKE2_ID_RFC822_ADDR, text("Carol@Mail.test"), IKE2_X509_OK);
    expect(&p, IKE2_ID_RFC822_ADDR, text("Carol@mail.TEST"), IKE2_X509_OK);
    expect(&p, IKE2_ID_RFC822_ADDR, text("carol@Mail.test"), IKE2_X509_IDENTITY);
    expect(&p, IKE2_ID_RFC822_ADDR, text("Karol@Mail.test"), IKE2_X509_IDENTITY);
    expect(&p, IKE2_ID_RFC822_ADDR, text("Mail.test"), IKE2_X509_IDENTITY);
    expect(&p, IKE2_ID_RFC822_ADDR, text("@Mail.test"), IKE2_X509_IDENTITY);
    expect(&p, IKE2_ID_RFC822_ADDR, text("Carol@"), IKE2_X509_IDENTITY);
}

static void address_is_one_of_the_ip_addresses(void **state)
{
    static const uint8_t ipv6[17] = { 0x20, 1, 0x0d, 0xb8, [15] = 1 }, other6[16] = { 0x20, 1 };
    static const uint8_t ipv4[] = { 192, 0, 2, 1 }, other4[] = { 192, 0, 2, 2 };
    struct proof p;

    well_named(*state, &p);
    expect(&p, IKE2_ID_IPV4_ADDR, bytes_of(ipv4, 4), IKE2_X509_OK);
    expect(&p, IKE2_ID_IPV4_ADDR, bytes_of(other4, 4), IKE2_X509_IDENTITY);
    expect(&p, IKE2_ID_IPV4_ADDR, bytes_of(ipv4, 3), IKE2_X509_IDENTITY);
    expect(&p, IKE2_ID_IPV6_ADDR, bytes_of(ipv6, 16), IKE2_X509_OK);
    expect(&p, IKE2_ID_IPV6_ADDR, bytes_of(other6, 16), IKE2_X509_IDENTITY);
    expect(&p, IKE2_ID_IPV6_ADDR, bytes_of(ipv6, 17), IKE2_X509_IDENTITY);
    expect(&p, IKE2_ID_IPV6_ADDR, bytes_of(ipv4, 4), IKE2_X509_IDENTITY);
    expect(&p, IKE2_ID_IPV4_ADDR, bytes_of(ipv6, 16), IKE2_X509_IDENTITY);
    expect(&p, IKE2_ID_FQDN, text("192.0.2.1"), IKE2_X509_IDENTITY);
}

/* A network of a name constraint looks like an address of 8 or 32 octets. */
static void address_with_a_mask_is_no_address(void **state)
{
    static const uint8_t masked[] = { 192, 0, 2, 1, 255, 255, 255, 255 };
    const struct pki_name name = { IP_ADDRESS, bytes_of(masked, 8) };
    struct proof p;

    named(*state, &name, 1, &p);
    (void)ike2_x509_verify(&p.given, &p.policy, p.utc_seconds, &p.verdict);
    expect(&p, IKE2_ID_IPV4_ADDR, bytes_of(masked, 4), p.verdict.reason);
    expect(&p, IKE2_ID_IPV4_ADDR, bytes_of(masked, 8), p.verdict.reason);
    assert_int_not_equal(p.verdict.reason, IKE2_X509_OK);
}

static void types_are_not_mixed_up(void **state)
{
    const struct pki_name strange[] = { { URI, text("in.uri") }, { RFC822_NAME, text("in.mail") },
                                        { DNS_NAME, text("host") } };
    struct proof p;

    well_named(*state, &p);
    expect(&p, IKE2_ID_RFC822_ADDR, text("other.test"), IKE2_X509_IDENTITY);
    expect(&p, IKE2_ID_FQDN, text("Carol@Mail.test"), IKE2_X509_IDENTITY);
    expect(&p, IKE2_ID_FQDN, text("https://uri.test/"), IKE2_X509_IDENTITY);
    named(*state, strange, 3, &p);
    expect(&p, IKE2_ID_FQDN, text("in.uri"), IKE2_X509_IDENTITY);
    expect(&p, IKE2_ID_FQDN, text("in.mail"), IKE2_X509_IDENTITY);
    expect(&p, IKE2_ID_IPV4_ADDR, text("host"), IKE2_X509_IDENTITY);
    expect(&p, IKE2_ID_FQDN, text("host"), IKE2_X509_OK);
    well_named(*state, &p);
    for (unsigned type = 0; type < 256; type++) {
        if (type != IKE2_ID_FQDN)
            expect(&p, (uint8_t)type, text("other.test"), IKE2_X509_IDENTITY);
    }
}

static void empty_identities_are_nobody(void **state)
{
    const struct pki_name empty[] = { { DNS_NAME, text("") }, { RFC822_NAME, text("") },
                                      { IP_ADDRESS, text("") } };
    struct proof p;

    well_named(*state, &p);
    for (unsigned type = 0; type < 256; type++)
        expect(&p, (uint8_t)type, (ike2_bytes){ 0 }, IKE2_X509_IDENTITY);
    /* RFC 5280 4.2.1.6: no names that are empty. */
    for (size_t i = 0; i < 3; i++) {
        named(*state, empty + i, 1, &p);
        expect(&p, IKE2_ID_FQDN, text("peer.test"), IKE2_X509_MALFORMED);
    }
}

/* "moon.test\0.evil.test", of which a program in C might see the first half. */
static void names_with_nul_are_nobody(void **state)
{
    const struct pki_name host = { DNS_NAME, bytes_of("moon.test\0.evil.test", 20) };
    const struct pki_name mail = { RFC822_NAME, bytes_of("a@moon.test\0.evil.test", 22) };
    struct proof p;

    named(*state, &host, 1, &p);
    expect(&p, IKE2_ID_FQDN, host.value, IKE2_X509_MALFORMED);
    expect(&p, IKE2_ID_FQDN, text("moon.test"), IKE2_X509_MALFORMED);
    named(*state, &mail, 1, &p);
    expect(&p, IKE2_ID_RFC822_ADDR, mail.value, IKE2_X509_MALFORMED);
    expect(&p, IKE2_ID_RFC822_ADDR, text("a@moon.test"), IKE2_X509_MALFORMED);
}

static void malformed_host_names_are_nobody(void **state)
{
    static const char *const names[] = { ".", ".moon.test", "moon..test", "moon test", "moon/test",
                                         "moon.test\n", "moon.test." };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct pki_name name = { DNS_NAME, text(names[i]) };
        struct proof p;

        named(*state, &name, 1, &p);
        expect(&p, IKE2_ID_FQDN, name.value, IKE2_X509_IDENTITY);
    }
}

/* C=CH (PrintableString), CN=peer (UTF8String), as mbedTLS writes them, and other writings. */
static void distinguished_name_is_the_subject(void **state)
{
    static const struct {
        const char *der;
        uint32_t reason;
    } rows[] = {
        { "\x31\x0b\x30\x09\x06\x03\x55\x04\x06\x13\x02" "CH"
          "\x31\x0d\x30\x0b\x06\x03\x55\x04\x03\x0c\x04" "peer", IKE2_X509_OK },
        { "\x31\x0b\x30\x09\x06\x03\x55\x04\x06\x0c\x02" "ch"
          "\x31\x0d\x30\x0b\x06\x03\x55\x04\x03\x13\x04" "PEER", IKE2_X509_OK },
        { "\x31\x0b\x30\x09\x06\x03\x55\x04\x06\x13\x02" "CH"
          "\x31\x0d\x30\x0b\x06\x03\x55\x04\x03\x14\x04" "peer", IKE2_X509_IDENTITY },
        { "\x31\x0b\x30\x09\x06\x03\x55\x04\x06\x13\x02" "CH"
          "\x31\x0d\x30\x0b\x06\x03\x55\x04\x03\x0c\x04" "pear", IKE2_X509_IDENTITY },
        { "\x31\x0d\x30\x0b\x06\x03\x55\x04\x03\x0c\x04" "peer"
          "\x31\x0b\x30\x09\x06\x03\x55\x04\x06\x13\x02" "CH", IKE2_X509_IDENTITY },
        { "\x31\x0d\x30\x0b\x06\x03\x55\x04\x03\x0c\x04" "peer", IKE2_X509_IDENTITY },
    };
    struct pki_certificate peer = pki_peer(*state);
    struct proof p;

    peer.subject = "C=CH,CN=peer";
    proof_usual(&p, *state);
    p.certs[0].data = pki_make(*state, peer);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t der[64] = { 0x30, (uint8_t)strlen(rows[i].der) };

        memcpy(der + 2, rows[i].der, der[1]);
        expect(&p, IKE2_ID_DER_ASN1_DN, bytes_of(der, der[1] + 2u), rows[i].reason);
        expect(&p, IKE2_ID_DER_ASN1_DN, bytes_of(der, der[1] + 3u), IKE2_X509_IDENTITY);
        expect(&p, IKE2_ID_DER_ASN1_DN, bytes_of(der, der[1] + 1u), IKE2_X509_IDENTITY);
    }
}

static void empty_subject_is_nobody(void **state)
{
    static const uint8_t empty[] = { 0x30, 0 };
    struct pki_certificate peer = pki_peer(*state);
    struct proof p;

    peer.subject = "";
    proof_usual(&p, *state);
    p.certs[0].data = pki_make(*state, peer);
    expect(&p, IKE2_ID_FQDN, text("peer.test"), IKE2_X509_OK);
    expect(&p, IKE2_ID_DER_ASN1_DN, bytes_of(empty, 2), IKE2_X509_IDENTITY);
}

/* RFC 7296 3.5: by the words of that section. */
static void refusal_tells_identity_and_certificate(void **state)
{
    static const uint8_t ipv4[] = { 192, 0, 2, 130 }, ipv6[16] = { 0x20, 1, 0x0d, 0xb8, [15] = 2 };
    static const struct {
        uint8_t type;
        ike2_bytes data;
        const char *said;
    } rows[] = {
        { IKE2_ID_FQDN, { (const uint8_t *)"sun\n.test", 9 }, "FQDN sun\\x0a.test" },
        { IKE2_ID_RFC822_ADDR, { (const uint8_t *)"a@b", 3 }, "RFC822_ADDR a@b" },
        { IKE2_ID_IPV4_ADDR, { ipv4, 4 }, "IPV4_ADDR 192.0.2.130" },
        { IKE2_ID_IPV4_ADDR, { ipv4, 3 }, "IPV4_ADDR \\xc0\\x00\\x02" },
        { IKE2_ID_IPV6_ADDR, { ipv6, 16 }, "IPV6_ADDR 2001:db8:0:0:0:0:0:2" },
        { IKE2_ID_IPV6_ADDR, { ipv6 + 13, 3 }, "IPV6_ADDR \\x00\\x00\\x02" },
        { IKE2_ID_KEY_ID, { (const uint8_t *)"k", 1 }, "KEY_ID k" },
        { IKE2_ID_NULL, { 0 }, "NULL" },
        { 201, { (const uint8_t *)"k", 1 }, "type 201 k" },
    };
    struct proof p;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char said[96];

        well_named(*state, &p);
        proof_claim(&p, rows[i].type, rows[i].data);
        (void)snprintf(said, sizeof said, "identity: %s is not in CN=peer.test", rows[i].said);
        proof_expect(&p, IKE2_X509_IDENTITY, said);
    }
}

static void refusal_tells_a_distinguished_name_by_its_common_name(void **state)
{
    static const uint8_t sun[] = "\x30\x0e\x31\x0c\x30\x0a\x06\x03\x55\x04\x03\x0c\x03"
                                 "sun";
    struct proof p;

    well_named(*state, &p);
    proof_claim(&p, IKE2_ID_DER_ASN1_DN, bytes_of(sun, sizeof sun - 1));
    proof_expect(&p, IKE2_X509_IDENTITY, "identity: DER_ASN1_DN CN=sun is not in CN=peer.test");
}

static void malformed_mailboxes_are_nobody(void **state)
{
    static const char *const names[] = { "@moon.test", "carol@", "carol@moon..test", "carol",
                                         "carol @moon.test", "carol\n@moon.test", "@" };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct pki_name name = { RFC822_NAME, text(names[i]) };
        struct proof p;

        named(*state, &name, 1, &p);
        expect(&p, IKE2_ID_RFC822_ADDR, name.value, IKE2_X509_IDENTITY);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(host_name_is_one_of_the_dns_names),
        cmocka_unit_test(common_name_is_no_host_name),
        cmocka_unit_test(common_name_is_a_host_name_if_wanted),
        cmocka_unit_test(nothing_is_a_pattern),
        cmocka_unit_test(mailbox_is_one_of_the_rfc822_names),
        cmocka_unit_test(address_is_one_of_the_ip_addresses),
        cmocka_unit_test(address_with_a_mask_is_no_address),
        cmocka_unit_test(types_are_not_mixed_up),
        cmocka_unit_test(empty_identities_are_nobody),
        cmocka_unit_test(names_with_nul_are_nobody),
        cmocka_unit_test(malformed_host_names_are_nobody),
        cmocka_unit_test(malformed_mailboxes_are_nobody),
        cmocka_unit_test(distinguished_name_is_the_subject),
        cmocka_unit_test(empty_subject_is_nobody),
        cmocka_unit_test(refusal_tells_identity_and_certificate),
        cmocka_unit_test(refusal_tells_a_distinguished_name_by_its_common_name),
    };

    return cmocka_run_group_tests(tests, proof_setup, proof_teardown);
}
