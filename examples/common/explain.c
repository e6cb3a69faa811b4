#include "explain.h"

#include <stdio.h>
#include <string.h>

#include <ike2/iana.h>

#include "certificate_advice.h"
#include "names.h"
#include "outcome.h"
#include "remedy.h"

/* What can have happened, told apart by what must be done about it. */
enum story {
    WANTED,
    SILENT,        /* no answer to the first message */
    SILENT_AUTH,   /* an answer to it, but none to IKE_AUTH */
    SILENT_PEER,   /* a responder: the peer never finished */
    GONE,          /* it was up, and the peer does not answer any more */
    PROPOSAL_OURS, /* "ours": we refused; "theirs": the peer did */
    PROPOSAL_THEIRS,
    ESP_OURS,
    ESP_THEIRS,
    KE_THEIRS,
    SECRET_OURS,      /* the AUTH value of a pre-shared key */
    METHOD_OURS,      /* the peer proves itself by another method than we want */
    CERTIFICATE_OURS, /* the peer's certificate or signature */
    IDENTITY_OURS,
    IDENTITY_UNKNOWN, /* no connection has this identity */
    CREDENTIAL_OURS,  /* nothing of ours fits what the peer wants */
    SIGNATURE_OURS,  /* our private key does not do its work */
    AUTH_THEIRS,
    SELECTORS_OURS,
    SELECTORS_THEIRS,
    ADDRESS_THEIRS, /* RFC 7296 3.15.4 */
    ADDRESS_NEEDED, /* 2.19 */
    PLANE,
    UNANSWERED,
    DOUBT,
    PROTOCOL,
    RESOURCE,
    OTHER,
    STORIES
};

struct story_row {
    int code;
    const char *what, *cause;
    const char *hint_options, *hint_config;
};

#define BOTH(text) .hint_options = (text), .hint_config = (text)

static const struct story_row rows[STORIES] = {
    [WANTED] = { EXIT_OK, "ended as asked", "", "", "" },
    [SILENT] = { EXIT_NO_ANSWER, "the peer does not answer the first message",
                 "the address or port is wrong, the peer does not run IKE, or a firewall drops UDP "
                 "port 500",
                 BOTH("check the address; on the peer, look whether packets to UDP port 500 "
                      "arrive: tcpdump -n udp port 500 or udp port 4500") },
    [SILENT_AUTH] = { EXIT_NO_ANSWER, "the peer answers IKE_SA_INIT, but not IKE_AUTH",
                      "a firewall drops UDP port 4500, or IP fragments of large messages get lost",
                      "open UDP port 4500; try --fragment-size 576, and --force-encap",
                      "open UDP port 4500; try fragment-size = 576" },
    [SILENT_PEER] = { EXIT_NO_ANSWER, "the peer began, but never finished",
                      "it refused our answer, it was a scan, or its large IKE_AUTH message got "
                      "lost on the way",
                      BOTH("look at the peer's log; if it says that it retransmits, let UDP port "
                           "4500 and IP fragments through") },
    [GONE] = { EXIT_NO_ANSWER, "the peer does not answer any more",
               "it was switched off, or the way to it is interrupted",
               BOTH("nothing, if the peer went away; else look for what changed on the way") },
    [PROPOSAL_OURS] = { EXIT_PROPOSAL, "no proposal of the peer's for the IKE SA is acceptable",
                        "the two sides are configured with different algorithms",
                        "give one of the offered algorithms with --proposal, if it is strong "
                        "enough",
                        "add one of the offered algorithms to proposals, if it is strong enough" },
    [PROPOSAL_THEIRS] = { EXIT_PROPOSAL, "the peer accepts no proposal of ours for the IKE SA",
                          "the two sides are configured with different algorithms",
                          "ask what the peer accepts and give it with --proposal",
                          "ask what the peer accepts and add it to proposals" },
    [ESP_OURS] = { EXIT_PROPOSAL, "no proposal of the peer's for ESP is acceptable",
                   "the two sides are configured with different algorithms",
                   "give one of the offered algorithms with --esp-proposal",
                   "add one of the offered algorithms to esp-proposals" },
    [ESP_THEIRS] = { EXIT_PROPOSAL, "the peer accepts no proposal of ours for ESP",
                     "the two sides are configured with different algorithms",
                     "ask what the peer accepts and give it with --esp-proposal",
                     "ask what the peer accepts and add it to esp-proposals" },
    [KE_THEIRS] = { EXIT_PROPOSAL, "the peer insists on another key exchange method",
                    "it wants a group that we did not offer",
                    "give a proposal with that method by --proposal",
                    "add a proposal with that method to proposals" },
    [SECRET_OURS] = { EXIT_AUTH, "the peer's proof of its identity is wrong",
                      "the pre-shared keys of the two sides differ",
                      "compare the file of --psk-file with the peer's, octet by octet",
                      "compare the psk-file with the peer's, octet by octet" },
    [METHOD_OURS] = { EXIT_AUTH, "the peer proves itself in a way that is not allowed",
                      "one side uses a pre-shared key and the other one a certificate, or the "
                      "signature algorithm is not one that we accept",
                      "give --psk-file or --ca, as the peer does",
                      "set remote { method = psk } or method = certificate, as the peer does, or "
                      "add the algorithm to signature-schemes" },
    [CERTIFICATE_OURS] = { EXIT_CERTIFICATE, "the peer's certificate is not accepted",
                           "see the evidence: the CA, the dates, the name or the key usage",
                           "give the CA's certificate with --ca, and a name that stands in the "
                           "peer's certificate with --remote-id",
                           "name the CA's certificate in remote { ca = ... }, and as remote "
                           "{ id = ... } a name that stands in the peer's certificate" },
    [IDENTITY_OURS] = { EXIT_AUTH, "the peer is not who we expected",
                        "the identities of the two sides do not mirror each other",
                        "give the identity that the peer claims with --remote-id",
                        "set remote { id = ... } to the identity that the peer claims" },
    [IDENTITY_UNKNOWN] = { EXIT_AUTH, "no connection is configured for the peer's identity",
                           "the peer claims another identity than we know, or wants us to be "
                           "somebody else",
                           "give the identity that the peer claims with --remote-id",
                           "compare remote { id } and local { id } of the connections with what "
                           "the peer says" },
    [CREDENTIAL_OURS] = { EXIT_AUTH, "we have nothing to prove ourselves with to this peer",
                          "it wants another identity, a certificate of another CA, or another "
                          "hash algorithm",
                          "check --cert, --key and --id", "check cert, key and id in local { }" },
    [SIGNATURE_OURS] = { EXIT_AUTH, "our own signature could not be made",
                         "the private key, or the token that holds it, does not do its work",
                         BOTH("see the evidence; of a token, look whether it is there, takes the "
                              "PIN and can sign: pkcs11-tool --login --test") },
    [AUTH_THEIRS] = { EXIT_AUTH, "the peer refuses us: authentication failed",
                      "the pre-shared keys differ, our identity is unknown to it, or it does not "
                      "trust our certificate",
                      "compare --psk-file, and --id with what the peer expects; its log says more",
                      "compare psk-file, and local { id } with what the peer expects; its log says "
                      "more" },
    [SELECTORS_OURS] = { EXIT_SELECTORS, "the peer asks for networks that it may not have",
                         "the traffic selectors of the two sides have nothing in common",
                         "give what the peer has behind it with --remote-ts, and what it wants to "
                         "reach with --local-ts",
                         "let remote-ts of a child { } meet what the peer has behind it, and "
                         "local-ts what it wants to reach" },
    [SELECTORS_THEIRS] = { EXIT_SELECTORS, "the peer refuses the networks that we asked for",
                           "the traffic selectors of the two sides have nothing in common",
                           "give what the peer offers with --remote-ts, and what it expects behind "
                           "us with --local-ts",
                           "let local-ts and remote-ts mirror the peer's" },
    [ADDRESS_THEIRS] = { EXIT_SELECTORS, "the peer has no address for us",
                         "its pool is exhausted, or has none of the family that we ask for",
                         "try again later; ask for another family with --request",
                         "let the peer have a larger pool" },
    [ADDRESS_NEEDED] = { EXIT_SELECTORS, "the peer wants to assign an address to us",
                         "its clients have to ask for one, and we did not",
                         "give --virtual-ip", "let the peer know our networks" },
    [PLANE] = { EXIT_LOCAL, "the data plane refused the Child SA",
                "see the evidence: a privilege, a device or an algorithm is missing",
                BOTH("run with the capability CAP_NET_ADMIN, or choose another data plane") },
    [UNANSWERED] = { EXIT_LOCAL, "this program did not answer the library in time",
                     "the machine is overloaded",
                     BOTH("look at the load; lower the number of half-open SAs") },
    [DOUBT] = { EXIT_OTHER, "somebody answers with an unprotected error, and nobody with better",
                "the peer refuses us, or an attacker says so", BOTH("look at the peer's log") },
    [PROTOCOL] = { EXIT_OTHER, "the peer broke the protocol", "it is another version, or faulty",
                   BOTH("record it: tcpdump -w ike.pcap udp port 500 or udp port 4500; and look "
                        "at the peer's log") },
    [RESOURCE] = { EXIT_LOCAL, "a limit was reached, or memory is short", "too many SAs at a time",
                   BOTH("look at the limits and at the memory") },
    [OTHER] = { EXIT_OTHER, "the peer broke off", "its log says why", BOTH("look at its log") },
};

/* --- Which story ------------------------------------------------------------------------- */

static bool named(const struct trail_record *r, const char *name)
{
    return r != NULL && strcmp(r->name, name) == 0;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* It is not a matter of what the peer wants. */
static bool is_our_signature(const struct trail_record *r)
{
    return named(r, "policy.auth") && begins(r->difference, "signature: ours");
}

static enum story auth_story(const struct trail_record *r)
{
    if (begins(r->difference, "AUTH value"))
        return SECRET_OURS;
    if (begins(r->difference, "method") || begins(r->difference, "signature algorithm"))
        return METHOD_OURS;
    if (is_our_signature(r))
        return SIGNATURE_OURS;
    if (trail_is_our_proof(r))
        return CREDENTIAL_OURS;
    return CERTIFICATE_OURS;
}

/* Of what we refused. */
static enum story policy_story(const struct trail_record *r)
{
    if (named(r, "policy.proposal"))
        return r->protocol == IKE2_PROTOCOL_ESP ? ESP_OURS : PROPOSAL_OURS;
    if (named(r, "policy.selectors"))
        return SELECTORS_OURS;
    if (named(r, "policy.identity"))
        return IDENTITY_OURS;
    if (named(r, "policy.auth"))
        return auth_story(r);
    return OTHER;
}

/* Of what the peer refused, or of an error without more evidence. */
static enum story notify_story(uint16_t notify, bool is_child)
{
    switch (notify) {
    case IKE2_NOTIFY_NO_PROPOSAL_CHOSEN: return is_child ? ESP_THEIRS : PROPOSAL_THEIRS;
    case IKE2_NOTIFY_INVALID_KE_PAYLOAD: return KE_THEIRS;
    case IKE2_NOTIFY_AUTHENTICATION_FAILED: return AUTH_THEIRS;
    case IKE2_NOTIFY_TS_UNACCEPTABLE: return SELECTORS_THEIRS;
    case IKE2_NOTIFY_INTERNAL_ADDRESS_FAILURE: return ADDRESS_THEIRS;
    case IKE2_NOTIFY_FAILED_CP_REQUIRED: return ADDRESS_NEEDED;
    default: return OTHER;
    }
}

static enum story timeout_story(const ike2_sa_event *sa, const struct trail_record *r)
{
    if (named(r, "timer.expired") && strcmp(r->cause, "half-open") == 0)
        return SILENT_PEER; /* only a responder's SA is half-open */
    if (sa->remote_id != NULL && sa->remote_id->type != 0)
        return GONE;
    return sa->spi_remote == 0 ? SILENT : SILENT_AUTH;
}

static enum story reason_story(uint8_t reason)
{
    switch (reason) {
    case IKE2_REASON_LOCAL:
    case IKE2_REASON_PEER:
    case IKE2_REASON_REPLACED: return WANTED;
    case IKE2_REASON_TIMEOUT: return GONE;
    case IKE2_REASON_EXPIRED: return SILENT_PEER;
    case IKE2_REASON_AUTH: return AUTH_THEIRS;
    case IKE2_REASON_PROPOSAL: return PROPOSAL_THEIRS;
    case IKE2_REASON_SELECTORS: return SELECTORS_THEIRS;
    case IKE2_REASON_PROTOCOL: return PROTOCOL;
    case IKE2_REASON_DATAPLANE: return PLANE;
    case IKE2_REASON_UNANSWERED: return UNANSWERED;
    case IKE2_REASON_DOUBT: return DOUBT;
    case IKE2_REASON_RESOURCE: return RESOURCE;
    default: return OTHER;
    }
}

static enum story story_of(uint8_t reason, uint16_t notify, bool is_child,
                           const struct trail_record *r)
{
    enum story s;

    if (reason_story(reason) == WANTED)
        return WANTED;
    if (r != NULL && r->cls == IKE2_TRACE_POLICY)
        return policy_story(r);
    s = notify_story(notify, is_child);
    /* We tell the peer no more than AUTHENTICATION_FAILED: without a record of a refusal of ours
     * and without one from the peer, it was the program that knew nobody of this name. */
    if (s == AUTH_THEIRS && !named(r, "notify.in") && reason != IKE2_REASON_DOUBT)
        return IDENTITY_UNKNOWN;
    return s != OTHER ? s : reason_story(reason);
}

/* --- Telling it -------------------------------------------------------------------------- */

static void tell(enum story s, enum explain_words words, struct explanation *e)
{
    e->code = rows[s].code;
    e->what = rows[s].what;
    e->cause = rows[s].cause;
    (void)snprintf(e->hint, sizeof e->hint, "%s",
                   words == EXPLAIN_OPTIONS ? rows[s].hint_options : rows[s].hint_config);
}

void explain_add(struct explanation *e, const char *label, const char *text)
{
    size_t i;

    for (i = 0; i < EXPLAIN_EVIDENCE && e->evidence[i][0] != '\0'; i++)
        ;
    if (i < EXPLAIN_EVIDENCE && *text != '\0')
        (void)snprintf(e->evidence[i], EXPLAIN_TEXT, "%s%s", label, text);
}

/* What the RFCs have against a change of ours, and whether it can be made at all, is said with it:
 * nobody shall follow it blindly. */
static void add_our_change(struct explanation *e, const struct trail_record *r)
{
    static const char label[] = "or on our side: ";
    char text[EXPLAIN_TEXT - sizeof label];

    if (r->our_change[0] == '\0')
        return;
    (void)snprintf(text, sizeof text, "%s%s%s%s%s", r->our_change,
                   r->our_level[0] != '\0' ? ", which RFC 8247 and RFC 8221 call " : "",
                   r->our_level, r->our_lack[0] != '\0' ? "; not available here: " : "",
                   r->our_lack);
    explain_add(e, label, text);
}

static void add_record(struct explanation *e, const struct trail_record *r)
{
    if (r == NULL)
        return;
    if (r->cls != IKE2_TRACE_POLICY) {
        explain_add(e, "", r->text);
        return;
    }
    if (is_our_signature(r)) {
        explain_add(e, "it was to be ", r->offered);
        return;
    }
    explain_add(e, "the peer offers ", r->offered);
    explain_add(e, "we accept ", r->accepted);
    explain_add(e, "difference: ", r->difference);
    explain_add(e, "it would do on the peer's side: ", r->peer_change);
    add_our_change(e, r);
}

/* The record that an event names, or the one that this one names in turn. */
static const struct trail_record *record_of(const struct trail *trail, uint64_t id)
{
    const struct trail_record *r = trail_find(trail, id);

    return named(r, "sa.down") ? trail_find(trail, r->because) : r;
}

/* A certificate may be refused for many reasons. What a command line can do about them is said by
 * its program, which knows more of the certificate. */
static void add_advice(struct explanation *e, enum explain_words words,
                       const struct trail_record *r)
{
    const struct certificate_advice *advice = certificate_advice(r->difference);

    if (words != EXPLAIN_CONFIG || advice == NULL)
        return;
    e->cause = advice->cause;
    (void)snprintf(e->hint, sizeof e->hint, "%s", advice->hint);
}

/* Who is recognized can be told in its own words what to do. */
static void add_remedy(struct explanation *e, enum platform platform,
                       const struct explain_ours *ours, const struct trail_record *r)
{
    char remedy[REMEDY_TEXT];
    bool is_found = false;

    if (platform == PLATFORM_UNKNOWN)
        return;
    explain_add(e, "the peer seems to be ", platform_name(platform));
    for (size_t i = 0; named(r, "policy.proposal") && !is_found && i < ours->n; i++)
        is_found = remedy_find(platform, ours->list[i], remedy);
    if (is_found)
        (void)snprintf(e->hint, sizeof e->hint, "%s", remedy);
}

void explain_down(const ike2_output *out, const struct trail *trail,
                  const struct explain_ours *ours, struct explanation *e)
{
    bool is_child = out->type == IKE2_EVENT_CHILD_DOWN;
    uint8_t reason = is_child ? out->u.child.reason : out->u.sa.reason;
    uint16_t notify = is_child ? out->u.child.notify : out->u.sa.notify;
    const struct trail_record *r =
        record_of(trail, is_child ? out->u.child.trace : out->u.sa.trace);
    enum story s = story_of(reason, notify, is_child, r);
    char name[NAME_TEXT];

    *e = (struct explanation){ 0 };
    if (!is_child && reason == IKE2_REASON_TIMEOUT)
        s = timeout_story(&out->u.sa, r);
    if (reason == IKE2_REASON_DATAPLANE && r == NULL)
        r = trail_last(trail, out->sa, "dataplane.job");
    tell(s, ours->words, e);
    if (s == WANTED)
        return;
    if (s == CERTIFICATE_OURS)
        add_advice(e, ours->words, r);
    add_record(e, r);
    if (r != NULL && r->cls == IKE2_TRACE_POLICY)
        add_remedy(e, trail_platform(trail, out->sa), ours, r);
    if (notify != 0 && r == NULL) {
        notify_text(notify, name);
        explain_add(e, "notification ", name);
    }
}

void explain_refusal(const struct trail_record *r, const struct trail *trail,
                     const struct explain_ours *ours, struct explanation *e)
{
    *e = (struct explanation){ 0 };
    tell(policy_story(r), ours->words, e);
    add_record(e, r);
    add_remedy(e, trail_platform(trail, r->sa), ours, r);
}
