#include "failure.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <ike2/iana.h>
#include <ike2/x509.h>

#include "common/lookup.h"
#include "common/names.h"
#include "common/outcome.h"
#include "common/raw_keys.h"
#include "common/selector.h"

/* --- Parts --------------------------------------------------------------------------- */

static void add(struct failure *f, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct failure *f, const char *format, ...)
{
    va_list args;

    if (f->n_evidence == FAILURE_EVIDENCE)
        return;
    va_start(args, format);
    (void)vsnprintf(f->evidence[f->n_evidence++], EXPLAIN_TEXT, format, args);
    va_end(args);
}

/* What is common to both sides speaks of the peer; ours is the server. */
static void name_server(const char *text, char *out, size_t cap)
{
    static const char peer[] = "the peer";
    const char *at = strstr(text, peer);
    size_t len = 0;

    for (; at != NULL && len < cap; at = strstr(text, peer)) {
        len += (size_t)snprintf(out + len, cap - len, "%.*sthe server", (int)(at - text), text);
        text = at + sizeof peer - 1;
    }
    if (len < cap)
        (void)snprintf(out + len, cap - len, "%s", text);
}

static void set(char text[FAILURE_TEXT], const char *value)
{
    name_server(value, text, FAILURE_TEXT);
}

static void say(struct failure *f, const char *what, const char *cause, const char *hint)
{
    if (what != NULL)
        set(f->what, what);
    set(f->cause, cause);
    set(f->hint, hint);
}

static void take(struct failure *f, const struct explanation *e)
{
    char text[EXPLAIN_TEXT];
    size_t i;

    *f = (struct failure){ .code = e->code };
    say(f, e->what, e->cause, e->hint);
    for (i = 0; i < EXPLAIN_EVIDENCE && e->evidence[i][0] != '\0'; i++) {
        name_server(e->evidence[i], text, sizeof text);
        add(f, "%s", text);
    }
}

/* --- Nobody answers ------------------------------------------------------------------ */

static void add_phase(struct failure *f, const char *exchange, const struct watch_phase *p)
{
    unsigned n = p->sent + p->again;

    if (n == 0)
        return;
    add(f, "%s: %u request%s to %s, %" PRIu64 " octets each%s, %s", exchange, n, n == 1 ? "" : "s",
        p->remote, p->octets, p->fragments > 1 ? " in fragments" : "",
        p->received > 0 ? "answered" : "no answer");
}

static void say_refused(const struct failure_facts *facts, struct failure *f)
{
    add(f, "ICMP for %s: %s", facts->refused_by, strerror(facts->refused));
    if (facts->refused == ECONNREFUSED)
        say(f, "nothing listens at the server's port",
            "no IKE server runs there, it listens at another port, or a firewall rejects us",
            "check HOST and --port; start the server, or look at its log");
    else
        say(f, "the network says that the server cannot be reached",
            "a router on the way has no route to it, or a firewall rejects us",
            "check HOST; try ping, and another network");
}

static void say_silent_auth(const struct watch_phase *auth, struct failure *f)
{
    if (auth->fragments > 1)
        set(f->cause, "a firewall drops the fragments of large messages, or UDP port 4500");
    else if (auth->octets > 1200)
        set(f->cause, "a firewall drops UDP port 4500, or IP fragments: the message is large, and "
                      "the server does not take IKE fragments");
    else
        set(f->cause, "a firewall drops UDP port 4500, or the server gave up without a word");
}

static void say_silence(const struct failure_facts *facts, struct failure *f)
{
    const struct watch *w = facts->watch;

    f->n_evidence = 0; /* that a timer expired is no news */
    add_phase(f, "IKE_SA_INIT", &w->init);
    add_phase(f, "IKE_AUTH", &w->auth);
    if (w->auth.sent > 0)
        say_silent_auth(&w->auth, f);
    else if (w->init.sent > 0 && w->init.received > 0)
        say(f, "the server answers, but with nothing that leads on",
            "it wants a cookie or a key exchange again and again, or answers are forged",
            "look at the server's log; run again with --trace");
    if (w->dropped > 0)
        add(f, "%" PRIu64 " datagram%s came and had to be ignored", w->dropped,
            w->dropped == 1 ? "" : "s");
    if (facts->lost[0] != '\0')
        add(f, "%s", facts->lost);
    if (facts->refused != 0)
        say_refused(facts, f);
}

/* --- Proposals ----------------------------------------------------------------------- */

/* "ENCR_AES_GCM_16-256-PRF_HMAC_SHA2_384-...": as the command line has it, but by IANA's names. */
static void proposal_text(const ike2_proposal *p, char *text, size_t cap)
{
    size_t i, len = 0;

    text[0] = '\0';
    for (i = 0; i < p->n_transforms && len < cap; i++) {
        const ike2_transform *t = &p->transforms[i];
        char name[NAME_TEXT], bits[16] = "";

        name_text(ike2_transform_name(t->type, t->id), t->id, name);
        if (t->key_bits != 0)
            (void)snprintf(bits, sizeof bits, "-%u", t->key_bits);
        len += (size_t)snprintf(text + len, cap - len, "%s%s%s", i == 0 ? "" : " ", name, bits);
    }
}

static void add_proposals(struct failure *f, const char *option, const struct proposals *list)
{
    char text[FAILURE_TEXT];
    size_t i;

    for (i = 0; i < list->n; i++) {
        proposal_text(&list->list[i], text, sizeof text);
        add(f, "we offered %s", text);
    }
    if (list->n == 0)
        add(f, "we offered what the library has by itself: no %s was given", option);
}

/* --- Authentication ------------------------------------------------------------------ */

static void say_refused_by_server(const struct failure_facts *facts, struct failure *f)
{
    const struct connection *c = &facts->options->connection;
    char local[ID_TEXT], remote[ID_TEXT];

    id_text(&c->local.id.id, local);
    id_text(&c->remote.id.id, remote);
    add(f, "we claimed to be %s, and asked for %s", local, remote);
    if (facts->ours != NULL) {
        add(f, "our certificate: %s, issued by %s, valid from %s to %s", facts->ours->subject,
            facts->ours->issuer, facts->ours->from, facts->ours->until);
        say(f, NULL,
            "the server does not trust the CA that issued our certificate, the certificate "
            "is not valid any more, the server does not know us, or it is not the one "
            "that we asked for",
            "on the server, name our CA in remote { ca = ... }, and our identity in remote "
            "{ id = ... }; its log says which of these it was");
        return;
    }
    say(f, NULL,
        "the pre-shared keys differ, the server does not know our identity, or it is not "
        "the one that we asked for",
        "compare --psk-file with the server's file, octet by octet, and --id and --remote-id with "
        "what the server has as remote and as local; its log says which of these it was");
}

static bool is_our_proof(const struct trail_record *r)
{
    return r != NULL && trail_is_our_proof(r);
}

/* None of our signatures fits what the server has said of itself in IKE_SA_INIT; or, which has been
 * explained already, the key has not made the one that does. */
static void say_cannot_sign(const struct trail_record *r, const struct failure_facts *facts,
                            struct failure *f)
{
    if (strncmp(r->difference, "signature: ours", strlen("signature: ours")) == 0) {
        if (facts->unsigned_job[0] != '\0')
            add(f, "%s", facts->unsigned_job);
        return;
    }
    say(f, "the server does not take our kind of signature",
        "it wants a pre-shared key; or, being old, signatures with SHA-1, which we do not make",
        "if it uses a pre-shared key, give --psk-file; else try a certificate with an ECDSA key");
}

static const struct certificate_row {
    uint32_t verdict;
    int code;
    const char *what, *cause, *hint;
} certificate_rows[] = {
    { IKE2_X509_NO_CERTIFICATE, EXIT_CERTIFICATE, "the server sent no certificate",
      "it is configured without one, or with one of another kind",
      "configure local { cert = ... } on the server" },
    { LOOKUP_FAILED, EXIT_CERTIFICATE, "the server's certificate could not be fetched",
      "the server says where it is, because of --hash-and-url, and it is not there, or not to be "
      "fetched from there",
      "leave --hash-and-url out, so that the server sends its certificate; or see the URL in the "
      "warning above" },
    { IKE2_X509_NO_PATH, EXIT_CERTIFICATE, "the server's certificate is not trusted",
      "it was issued by a CA that --ca does not name, or the server does not send its "
      "intermediate certificates",
      "give the certificate of the CA at the top with --ca; on the server, put the intermediates "
      "behind its own certificate in the file of cert" },
    { IKE2_X509_NOT_YET_VALID, EXIT_CERTIFICATE, "the server's certificate is not valid yet",
      "the clock of this machine is wrong, or the certificate is for later",
      "compare the clock of this machine (date) with the dates of the certificate" },
    { IKE2_X509_EXPIRED, EXIT_CERTIFICATE, "the server's certificate has expired",
      "it was not renewed, or the clock of this machine is wrong",
      "renew the server's certificate; compare the clock of this machine (date) with its dates" },
    { IKE2_X509_USAGE, EXIT_CERTIFICATE, "the server's certificate is not for this use",
      "key usage, extended key usage or basic constraints forbid it",
      "make another one, with digitalSignature in its key usage: doc/certificates.md" },
    { IKE2_X509_IDENTITY, EXIT_CERTIFICATE, "the server's certificate is not made out to it",
      "the certificate has other names than the one that the server goes by",
      "if this is the right server, make it a certificate with that name; or give one of the "
      "certificate's names with --remote-id, and to the server as local { id = ... }" },
    { IKE2_X509_WEAK, EXIT_CERTIFICATE, "the server's certificate is too weak",
      "its key is too short, or its signature uses an old hash function",
      "make another one: RSA from 2048 bits or ECDSA, with SHA-2" },
    { IKE2_X509_REVOKED, EXIT_CERTIFICATE, "the server's certificate is revoked",
      "its CA, or a CA above, has put it on a CRL",
      "do not connect; ask who runs the server for a new certificate" },
    { IKE2_X509_NO_CRL, EXIT_CERTIFICATE, "it is not known whether the server's certificate is "
      "revoked",
      "--crl hard wants a current CRL of every CA on the way, and one is missing or too old",
      "give the current CRLs of these CAs with --crl-file, or have them fetched: --crl-fetch" },
    { IKE2_X509_PIN, EXIT_CERTIFICATE, "the server's certificate is not one that is pinned",
      "the server, or its CA, has another key than the one of --pin; or somebody stands between",
      "compare with who runs the server; if it is right, give the new hash with --pin" },
    { IKE2_X509_NAME_CONSTRAINTS, EXIT_CERTIFICATE,
      "the server's certificate has a name that its CA may not vouch for",
      "name constraints of a CA on the way forbid it",
      "make the certificate for a name that the CA is for, or by another CA" },
    { IKE2_X509_MALFORMED, EXIT_CERTIFICATE, "the server's certificate cannot be read",
      "it is damaged, or has a critical extension that is not known here",
      "make another one: doc/certificates.md" },
    { RAW_KEY_UNKNOWN, EXIT_CERTIFICATE, "the server's public key is not known",
      "it has a new key, or it is another server",
      "ask whoever runs the server for the SHA-256 of its public key; if it is the one that was "
      "found, give that with --remote-public-key" },
    { IKE2_X509_SIGNATURE, EXIT_AUTH, "the server's signature is wrong",
      "its private key is not that of its certificate, or somebody has changed messages on the way",
      "look at the server's log; try another network" },
};

static void say_certificate(const struct trail_record *r, const struct failure_facts *facts,
                            struct failure *f)
{
    const struct certificate *c = facts->theirs;
    size_t i;

    f->n_evidence = 0; /* by which algorithm it was signed is not the point */
    if (r != NULL)
        add(f, "it was found: %s", r->difference);

    for (i = 0; i < sizeof certificate_rows / sizeof certificate_rows[0]; i++) {
        const struct certificate_row *row = &certificate_rows[i];

        if (row->verdict != facts->verdict)
            continue;
        f->code = row->code;
        say(f, row->what, row->cause, row->hint);
    }
    if (c == NULL)
        return;
    add(f, "the server's certificate: %s, issued by %s, valid from %s to %s", c->subject, c->issuer,
        c->from, c->until);
    add(f, "names in it: %s", c->names[0] != '\0' ? c->names : "none");
}

/* --- Selectors ----------------------------------------------------------------------- */

static void add_selectors(struct failure *f, const char *label, const struct selectors *s)
{
    char text[TS_TEXT] = "everything";

    if (s->n > 0)
        selector_list_text(s->list, s->n, text, sizeof text);
    add(f, "%s: %s", label, text);
}

static void say_selectors(const struct failure_facts *facts, struct failure *f)
{
    const struct connection_child *child = &facts->options->connection.children[0];

    add_selectors(f, "we asked for, on our side", &child->local_ts);
    add_selectors(f, "we asked for, on the server's side", &child->remote_ts);
}

/* --- All of it ----------------------------------------------------------------------- */

/* Was it up before? Then it went, and what follows explains a beginning. */
static bool is_new(const ike2_output *out)
{
    return out->type == IKE2_EVENT_CHILD_DOWN || out->u.sa.remote_id == NULL ||
           out->u.sa.remote_id->type == 0;
}

static void add_facts(const ike2_output *out, const struct failure_facts *facts, struct failure *f)
{
    const struct connection *c = &facts->options->connection;
    const struct trail *trail = &facts->watch->trail;
    bool is_child = out->type == IKE2_EVENT_CHILD_DOWN;
    uint8_t reason = is_child ? out->u.child.reason : out->u.sa.reason;
    uint16_t notify = is_child ? out->u.child.notify : out->u.sa.notify;

    if (reason == IKE2_REASON_TIMEOUT && is_new(out))
        say_silence(facts, f);
    else if (f->code == EXIT_PROPOSAL && is_child)
        add_proposals(f, "--esp-proposal", &c->esp);
    else if (f->code == EXIT_PROPOSAL)
        add_proposals(f, "--proposal", &c->ike);
    else if (f->code == EXIT_CERTIFICATE)
        say_certificate(trail_last(trail, out->sa, "policy.auth"), facts, f);
    else if (f->code == EXIT_SELECTORS)
        say_selectors(facts, f);
    else if (notify == IKE2_NOTIFY_AUTHENTICATION_FAILED &&
             trail_last(trail, out->sa, "notify.in") != NULL)
        say_refused_by_server(facts, f);
    else if (is_our_proof(trail_last(trail, out->sa, "policy.auth")))
        say_cannot_sign(trail_last(trail, out->sa, "policy.auth"), facts, f);
}

void failure_of_down(const ike2_output *out, const struct failure_facts *facts, struct failure *f)
{
    const struct explain_ours ours = { .words = EXPLAIN_OPTIONS,
                                       .list = { &facts->options->connection },
                                       .n = 1 };
    struct explanation e;

    explain_down(out, &facts->watch->trail, &ours, &e);
    take(f, &e);
    add_facts(out, facts, f);
}

void failure_plain(int code, const struct problem *why, const char *hint, struct failure *f)
{
    *f = (struct failure){ .code = code };
    set(f->what, why->text);
    set(f->hint, hint);
}

const char *failure_word(int code)
{
    static const char *const names[] = {
        [EXIT_OK] = "none",
        [EXIT_OTHER] = "other",
        [EXIT_USAGE] = "usage",
        [EXIT_NO_ANSWER] = "no-answer",
        [EXIT_PROPOSAL] = "proposal",
        [EXIT_AUTH] = "authentication",
        [EXIT_CERTIFICATE] = "certificate",
        [EXIT_SELECTORS] = "selectors",
        [EXIT_LOCAL] = "local",
    };

    return code >= 0 && (size_t)code < sizeof names / sizeof names[0] ? names[code] : "other";
}

/* --- Telling ------------------------------------------------------------------------- */

static json_t *fields_of(const struct failure *f)
{
    json_t *evidence = json_array();
    size_t i;

    for (i = 0; i < f->n_evidence; i++)
        (void)json_array_append_new(evidence, json_string(f->evidence[i]));
    return json_pack("{s:i, s:s, s:s, s:o, s:s, s:s}", "code", f->code, "error",
                     failure_word(f->code), "what", f->what, "evidence", evidence, "cause",
                     f->cause, "try", f->hint);
}

static void print_details(const struct failure *f)
{
    size_t i;

    for (i = 0; i < f->n_evidence; i++)
        (void)fprintf(stderr, "%-12s %s\n", i == 0 ? "  evidence" : "", f->evidence[i]);
    if (f->cause[0] != '\0')
        (void)fprintf(stderr, "%-12s %s\n", "  cause", f->cause);
    if (f->hint[0] != '\0')
        (void)fprintf(stderr, "%-12s %s\n", "  try", f->hint);
}

void failure_tell(const struct progress *p, const struct failure *f)
{
    progress_tell(p, "failed", "FAILED", fields_of(f), "%s", f->what);
    if (!p->json)
        print_details(f);
}

void failure_tell_retry(const struct progress *p, const struct failure *f, uint32_t ms,
                        bool in_full)
{
    json_t *fields = fields_of(f);

    (void)json_object_set_new(fields, "in_ms", json_integer((json_int_t)ms));
    progress_tell(p, "retrying", "RETRY", fields, "in %u.%u s: %s", ms / 1000, ms / 100 % 10,
                  f->what);
    if (!p->json && in_full)
        print_details(f);
}
