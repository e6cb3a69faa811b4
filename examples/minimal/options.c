#include "options.h"

#include <getopt.h>
#include <stdio.h>

#include <ike2/iana.h>

#include "common/outcome.h"

/* --- What there is --------------------------------------------------------------------- */

enum {
    OPT_PSK_FILE = 256,
    OPT_ID,
    OPT_REMOTE_ID,
    OPT_PROPOSAL,
    OPT_ESP_PROPOSAL,
    OPT_LOCAL_TS,
    OPT_REMOTE_TS,
    OPT_PORT,
    OPT_NATT_PORT,
    OPT_LOCAL,
    OPT_LISTEN,
    OPT_FRAGMENT_SIZE,
    OPT_FORCE_ENCAP,
    OPT_KEYLOG,
    OPT_TRACE,
    OPT_COOKIE,
    OPT_ONCE,
    OPT_HOLD,
    OPT_TIMEOUT,
    OPT_HELP
};

enum { BOTH = INITIATOR | RESPONDER };

struct option_row {
    const char *name;
    const char *value; /* what to call it in the help; NULL: takes none */
    int key;
    unsigned roles;
    const char *help;
};

static const struct option_row rows[] = {
    { "psk-file", "FILE", OPT_PSK_FILE, BOTH, "file with the pre-shared key; required" },
    { "id", "ID", OPT_ID, BOTH, "what we claim to be, e.g. vpn.example.org; required" },
    { "remote-id", "ID", OPT_REMOTE_ID, BOTH, "what the peer must prove to be [anything]" },
    { "proposal", "P", OPT_PROPOSAL, BOTH,
      "for IKE, e.g. aes256gcm16-prfsha384-ecp384; again: next" },
    { "esp-proposal", "P", OPT_ESP_PROPOSAL, BOTH, "for ESP, e.g. aes256gcm16; again: next best" },
    { "local-ts", "CIDR", OPT_LOCAL_TS, BOTH, "what is behind us; again: more [0.0.0.0/0, ::/0]" },
    { "remote-ts", "CIDR", OPT_REMOTE_TS, BOTH, "what is behind the peer; likewise" },
    { "port", "N", OPT_PORT, BOTH, "the responder's port of IKE; to listen, 0 = any [500]" },
    { "natt-port", "N", OPT_NATT_PORT, BOTH, "its port behind a NAT; likewise [4500]" },
    { "local", "ADDR", OPT_LOCAL, INITIATOR, "our address [the one that leads to HOST]" },
    { "listen", "ADDR", OPT_LISTEN, RESPONDER, "our address; again: more [0.0.0.0, ::]" },
    { "fragment-size", "N", OPT_FRAGMENT_SIZE, BOTH,
      "octets of the largest IP packet, from 576 [1280]" },
    { "force-encap", NULL, OPT_FORCE_ENCAP, BOTH, "ESP in UDP, as if there were a NAT" },
    { "keylog", "FILE", OPT_KEYLOG, BOTH, "append keys for Wireshark (development builds)" },
    { "trace", NULL, OPT_TRACE, BOTH, "every record of the library's trace on stderr" },
    { "cookie", NULL, OPT_COOKIE, RESPONDER, "demand a cookie of everybody" },
    { "once", NULL, OPT_ONCE, RESPONDER, "end after the first SA has gone down" },
    { "hold", "SECONDS", OPT_HOLD, INITIATOR, "stay up so long [0]" },
    { "timeout", "SECONDS", OPT_TIMEOUT, INITIATOR, "for the SA to come up [the library's, 68]" },
    { "help", NULL, OPT_HELP, BOTH, "this text" },
};
enum { N_ROWS = sizeof rows / sizeof rows[0] };

static void print_help(const struct options *o)
{
    char name[40];
    size_t i;

    (void)printf("usage: %s --psk-file FILE --id ID [options]%s\n\n", o->program,
                 o->role == INITIATOR ? " HOST" : "");
    for (i = 0; i < N_ROWS; i++) {
        if ((rows[i].roles & o->role) == 0)
            continue;
        (void)snprintf(name, sizeof name, "--%s %s", rows[i].name,
                       rows[i].value != NULL ? rows[i].value : "");
        (void)printf("  %-22s %s\n", name, rows[i].help);
    }
    (void)printf("\nexit codes: 0 ok, 1 other, 2 usage, 3 no answer, 4 no common proposal,\n"
                 "  5 authentication failed, 7 traffic selectors, 8 local (file, port, memory)\n");
}

/* --- One value ------------------------------------------------------------------------- */
/* Each returns NULL, or what is wrong with the argument and what would be right. */

static const char *read_address(const char *text, struct options *o)
{
    if (o->n_addresses == (o->role == INITIATOR ? 1 : ADDRESSES_MAX))
        return "is one address too many";
    o->addresses[o->n_addresses++] = text;
    return NULL;
}

static const char *switch_on(bool *out)
{
    *out = true;
    return NULL;
}

static const char *read_text(const char *text, const char **out)
{
    *out = text;
    return NULL;
}

static const char *apply(struct options *o, int key, const char *arg)
{
    switch (key) {
    case OPT_PSK_FILE: return read_text(arg, &o->psk_file);
    case OPT_KEYLOG: return read_text(arg, &o->keylog_file);
    case OPT_ID: return value_identity(arg, &o->local_id);
    case OPT_REMOTE_ID: return value_identity(arg, &o->remote_id);
    case OPT_PROPOSAL: return value_proposal(arg, IKE2_PROTOCOL_IKE, &o->ike);
    case OPT_ESP_PROPOSAL: return value_proposal(arg, IKE2_PROTOCOL_ESP, &o->esp);
    case OPT_LOCAL_TS: return value_selector(arg, &o->ts_local);
    case OPT_REMOTE_TS: return value_selector(arg, &o->ts_remote);
    case OPT_PORT: return value_u16(arg, o->role == INITIATOR ? 1 : 0, &o->port);
    case OPT_NATT_PORT: return value_u16(arg, o->role == INITIATOR ? 1 : 0, &o->natt_port);
    case OPT_FRAGMENT_SIZE: return value_u16(arg, 576, &o->fragment_octets);
    case OPT_HOLD: return value_number(arg, 0, 86400u * 365u, &o->hold_seconds);
    case OPT_TIMEOUT: return value_number(arg, 1, 86400, &o->timeout_seconds);
    case OPT_FORCE_ENCAP: return switch_on(&o->force_encap);
    case OPT_TRACE: return switch_on(&o->trace);
    case OPT_COOKIE: return switch_on(&o->cookie);
    case OPT_ONCE: return switch_on(&o->once);
    default: /* OPT_LOCAL, OPT_LISTEN */ return read_address(arg, o);
    }
}

/* --- All of them ------------------------------------------------------------------------- */

static int usage(const struct options *o, const char *problem)
{
    (void)fprintf(stderr, "%s: %s; --help tells more\n", o->program, problem);
    return EXIT_USAGE;
}

/* Asks getopt for our rows; -1 to go on. */
static int read_all(struct options *o, int argc, char **argv)
{
    struct option table[N_ROWS + 1] = { { 0 } };
    const char *problem;
    size_t i, n = 0;
    int key, row = 0;

    for (i = 0; i < N_ROWS; i++) {
        if ((rows[i].roles & o->role) != 0)
            table[n++] = (struct option){ .name = rows[i].name,
                                          .val = rows[i].key,
                                          .has_arg = rows[i].value != NULL ? required_argument
                                                                           : no_argument };
    }
    while ((key = getopt_long(argc, argv, "", table, &row)) != -1) {
        if (key == '?')
            return usage(o, "see the line above");
        if (key == OPT_HELP) {
            print_help(o);
            return EXIT_OK;
        }
        problem = apply(o, key, optarg);
        if (problem != NULL) {
            (void)fprintf(stderr, "%s: --%s %s: it %s\n", o->program, table[row].name, optarg,
                          problem);
            return EXIT_USAGE;
        }
    }
    return -1;
}

int options_read(struct options *o, enum role role, int argc, char **argv)
{
    int code;

    *o = (struct options){ .role = role,
                           .port = 500,
                           .natt_port = 4500,
                           .program =
                               role == INITIATOR ? "minimal_initiator" : "minimal_responder" };
    code = read_all(o, argc, argv);
    if (code >= 0)
        return code;
    if (role == INITIATOR && argc - optind != 1)
        return usage(o, "name one HOST to connect to");
    if (role == RESPONDER && argc != optind)
        return usage(o, "takes options only");
    if (o->psk_file == NULL)
        return usage(o, "--psk-file is required: a file with the pre-shared key as one line");
    if (o->local_id.id.type == 0)
        return usage(o, "--id is required: what this side claims to be, e.g. vpn.example.org");
    o->host = role == INITIATOR ? argv[optind] : NULL;
    value_default_selectors(&o->ts_local);
    value_default_selectors(&o->ts_remote);
    return -1;
}

void options_peer(const struct options *o, ike2_key *psk, ike2_child_config *child,
                  ike2_peer_config *peer)
{
    *child = (ike2_child_config){
        .struct_size = sizeof *child,
        .name = "net",
        .proposals = o->esp.list,
        .n_proposals = o->esp.n,
        .ts_local = o->ts_local.list,
        .n_ts_local = o->ts_local.n,
        .ts_remote = o->ts_remote.list,
        .n_ts_remote = o->ts_remote.n,
    };
    *peer = (ike2_peer_config){
        .struct_size = sizeof *peer,
        .name = "peer",
        .local_id = o->local_id.id,
        .remote_id = o->remote_id.id,
        .psk_local = psk,
        .psk_remote = psk,
        .proposals = o->ike.list,
        .n_proposals = o->ike.n,
        .children = child,
        .n_children = 1,
        .fragment_octets_v4 = o->fragment_octets,
        /* IPv6 guarantees 1280: less is not a size it has. */
        .fragment_octets_v6 = o->fragment_octets >= 1280 ? o->fragment_octets : 0,
        .force_encap = o->force_encap ? IKE2_ON : IKE2_DEFAULT,
    };
}
