/* lib/x509/constraints.c: names that a CA may not vouch for. RFC 5280 4.2.1.10. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "support/proof.h"
#include "x509/name.h"

enum { PERMITTED = 0xa0, EXCLUDED = 0xa1 };

static const uint8_t name_constraints[] = { 0x55, 0x1d, 0x1e };

/* One subtree: SEQUENCE { [kind] { SEQUENCE { base } } }; all lengths are below 128. */
static struct pki_extension subtree(uint8_t kind, uint8_t tag, ike2_bytes base, uint8_t room[128])
{
    const uint8_t begin[] = { 0x30, (uint8_t)(base.len + 6), kind, (uint8_t)(base.len + 4),
                              0x30, (uint8_t)(base.len + 2), tag,  (uint8_t)base.len };

    memcpy(room, begin, sizeof begin);
    memcpy(room + sizeof begin, base.ptr, base.len);
    return (struct pki_extension){ .oid = bytes_of(name_constraints, sizeof name_constraints),
                                   .value = bytes_of(room, sizeof begin + base.len) };
}

static ike2_bytes text(const char *s)
{
    return bytes_of(s, strlen(s));
}

/* A peer of that one name, besides peer.test, below a CA with that one subtree. */
static uint32_t verdict(struct pki *pki, struct pki_name name, uint8_t kind, uint8_t tag,
                        ike2_bytes base)
{
    const struct pki_name names[] = { { 2, text("peer.test") }, name };
    struct pki_certificate ca = pki_ca(), peer = pki_peer(pki);
    uint8_t room[128];
    uint32_t found[2];

    for (int critical = 0; critical <= 1; critical++) {
        struct proof p;

        ca.extensions[0] = subtree(kind, tag, base, room);
        ca.extensions[0].is_critical = critical;
        peer.extensions[0] = pki_alt_names(pki, names, 2);
        proof_usual(&p, pki);
        p.certs[0].data = pki_make(pki, peer);
        p.certs[1].data = pki_make(pki, ca);
        assert_int_equal(ike2_x509_verify(&p.given, &p.policy, p.utc_seconds, &p.verdict), 0);
        found[critical] = p.verdict.reason;
    }
    /* It holds in either case. */
    assert_int_equal(found[0], found[1]);
    return found[0];
}

enum { REFUSED = IKE2_X509_NAME_CONSTRAINTS, OK = IKE2_X509_OK };

static void hosts_are_compared_in_labels(void **state)
{
    static const struct {
        const char *name, *base;
        uint32_t permitted, excluded;
    } rows[] = {
        { "a.test", "test", OK, REFUSED },
        { "A.TEST", "a.tesT", REFUSED, REFUSED },
        { "nottest.x", "test.x", REFUSED, OK },
        { "test.x", "a.test.x", REFUSED, OK },
        { "*.b.test", "b.test", REFUSED, REFUSED },
        { "*.test", "evil.test", REFUSED, REFUSED },
        { "a..test", "x.test", REFUSED, REFUSED },
        { "a.test", ".test", REFUSED, REFUSED },
        { "a.test", "", OK, REFUSED },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct pki_name name = { 2, text(rows[i].name) };

        /* peer.test is a name as well, and not below most of the bases. */
        uint32_t permitted = verdict(*state, name, PERMITTED, NAME_DNS, text(rows[i].base));
        uint32_t excluded = verdict(*state, name, EXCLUDED, NAME_DNS, text(rows[i].base));

        if (permitted != rows[i].permitted || excluded != rows[i].excluded)
            fail_msg("%s below %s: %u, %u", rows[i].name, rows[i].base, permitted, excluded);
    }
}

static void other_forms_are_compared_by_their_rules(void **state)
{
    static const uint8_t net[] = { 10, 1, 0, 0, 255, 255, 0, 0 },
                         gap[] = { 10, 0, 0, 0, 255, 0, 255, 0 };
    static const uint8_t in[] = { 10, 1, 2, 3 }, out[] = { 10, 2, 2, 3 }, six[16] = { 0x20, 1 };
    const struct {
        struct pki_name name;
        uint8_t tag;
        ike2_bytes base;
        uint32_t permitted, excluded;
    } rows[] = {
        { { 7, bytes_of(in, 4) }, NAME_IP, bytes_of(net, 8), OK, REFUSED },
        { { 7, bytes_of(out, 4) }, NAME_IP, bytes_of(net, 8), REFUSED, OK },
        { { 7, bytes_of(six, 16) }, NAME_IP, bytes_of(net, 8), REFUSED, OK },
        { { 7, bytes_of(in, 4) }, NAME_IP, bytes_of(gap, 8), REFUSED, REFUSED },
        { { 1, text("a@b.test") }, NAME_RFC822, text("b.test"), OK, REFUSED },
        { { 1, text("a@c.b.test") }, NAME_RFC822, text("b.test"), REFUSED, OK },
        { { 1, text("a@c.b.test") }, NAME_RFC822, text(".b.test"), OK, REFUSED },
        { { 1, text("a@B.test") }, NAME_RFC822, text("a@b.test"), OK, REFUSED },
        { { 1, text("A@b.test") }, NAME_RFC822, text("a@b.test"), REFUSED, OK },
        { { 1, text("b.test") }, NAME_RFC822, text("b.test"), REFUSED, REFUSED },
        { { 6, text("https://u@b.test:1/x") }, NAME_URI, text("b.test"), OK, REFUSED },
        { { 6, text("https://b.test@c.test") }, NAME_URI, text("b.test"), REFUSED, OK },
        { { 6, text("https://a.b.test?") }, NAME_URI, text(".b.test"), OK, REFUSED },
        { { 6, text("https://10.1.2.3/") }, NAME_URI, text("b.test"), REFUSED, REFUSED },
        { { 6, text("urn:x") }, NAME_URI, text("b.test"), REFUSED, REFUSED },
        { { 6, text("mailto:a?x://b.test") }, NAME_URI, text("b.test"), REFUSED, REFUSED },
        /* Another form than the one that is constrained. */
        { { 7, bytes_of(in, 4) }, NAME_RFC822, text("b.test"), OK, OK },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t permitted = verdict(*state, rows[i].name, PERMITTED, rows[i].tag, rows[i].base);
        uint32_t excluded = verdict(*state, rows[i].name, EXCLUDED, rows[i].tag, rows[i].base);

        if (permitted != rows[i].permitted || excluded != rows[i].excluded)
            fail_msg("row %zu: %u, %u", i, permitted, excluded);
    }
}

static void form_that_nobody_knows_is_refused(void **state)
{
    const struct pki_name id = { 8, bytes_of("\x2a\x03", 2) };

    assert_int_equal(verdict(*state, id, EXCLUDED, NAME_REGISTERED, bytes_of("\x2a\x04", 2)),
                     REFUSED);
}

/* CN=peer.test; O=x; CN=PEER.test in a string of another type. */
static void subject_is_constrained_as_a_directory_name(void **state)
{
    static const char peer[] = "\x30\x14\x31\x12\x30\x10\x06\x03\x55\x04\x03\x13\x09"
                               "PEER.test";
    static const char other[] = "\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x0a\x0c\x01"
                                "x";
    const struct pki_name name = { 2, text("a.test") };

    assert_int_equal(verdict(*state, name, PERMITTED, NAME_DIRECTORY, bytes_of(peer, 22)), OK);
    assert_int_equal(verdict(*state, name, EXCLUDED, NAME_DIRECTORY, bytes_of(peer, 22)), REFUSED);
    assert_int_equal(verdict(*state, name, PERMITTED, NAME_DIRECTORY, bytes_of(other, 14)),
                     REFUSED);
    assert_int_equal(verdict(*state, name, EXCLUDED, NAME_DIRECTORY, bytes_of(other, 14)), OK);
}

/* What may prove an identity is not left to a CA that may not vouch for it. */
static void common_name_that_counts_is_constrained(void **state)
{
    const struct pki_name mailbox = { 1, text("carol@mail.test") };
    struct pki_certificate ca = pki_ca(), peer = pki_peer(*state);
    uint8_t room[128];
    struct proof p;

    proof_usual(&p, *state);
    ca.extensions[0] = subtree(EXCLUDED, NAME_DNS, text("peer.test"), room);
    peer.extensions[0] = pki_alt_names(*state, &mailbox, 1);
    p.certs[0].data = pki_make(*state, peer);
    p.certs[1].data = pki_make(*state, ca);
    proof_expect(&p, IKE2_X509_IDENTITY, "");
    p.policy.flags = IKE2_X509_COMMON_NAME;
    proof_expect(&p, REFUSED, "");
    ca.extensions[0] = subtree(PERMITTED, NAME_DNS, text("peer.test"), room);
    p.certs[1].data = pki_make(*state, ca);
    proof_expect(&p, OK, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_are_compared_in_labels),
        cmocka_unit_test(other_forms_are_compared_by_their_rules),
        cmocka_unit_test(form_that_nobody_knows_is_refused),
        cmocka_unit_test(subject_is_constrained_as_a_directory_name),
        cmocka_unit_test(common_name_that_counts_is_constrained),
    };

    return cmocka_run_group_tests(tests, proof_setup, proof_teardown);
}
