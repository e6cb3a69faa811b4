/* options.c - the command line. */
#include "options.h"

#include <string.h>

#include "hex.h"

const char options_usage[] =
    "usage: ikev2-dissect [-v] [--keys FILE] [--port PORT] [--natt-port PORT] FILE\n"
    "Shows the IKEv2 messages of a capture (pcap, pcapng) or of a table (TSV).\n"
    "  --keys FILE       keys of the IKE SAs: Wireshark's ikev2_decryption_table, a key log of\n"
    "                    libike2, or a table\n"
    "  -v, --verbose     every field\n"
    "  --port PORT       IKE is on this UDP port, too, as on 500\n"
    "  --natt-port PORT  IKE and ESP are on this UDP and TCP port, too, as on 4500\n"
    "  --help            this text\n"
    "Exit: 0 all was read, 1 failure, 2 usage, or something could not be read or opened.\n";

static bool port_read(const char *text, uint16_t *out)
{
    uint32_t value;

    if (!decimal((ike2_bytes){ .ptr = (const uint8_t *)text, .len = strlen(text) }, UINT16_MAX,
                 &value))
        return false;
    *out = (uint16_t)value;
    return value != 0;
}

/* An option with a value. */
static bool value_read(struct options *o, const char *name, const char *value)
{
    uint16_t port;

    if (strcmp(name, "--keys") == 0) {
        bool is_first = o->keys == NULL;

        o->keys = value;
        return is_first;
    }
    if (strcmp(name, "--port") == 0)
        return port_read(value, &port) && ports_add_ike(&o->ports, port);
    if (strcmp(name, "--natt-port") == 0)
        return port_read(value, &port) && ports_add_natt(&o->ports, port);
    return false;
}

static bool is_flag(struct options *o, const char *name)
{
    if (strcmp(name, "-v") == 0 || strcmp(name, "--verbose") == 0)
        o->is_verbose = true;
    else if (strcmp(name, "--help") == 0)
        o->is_help = true;
    else
        return false;
    return true;
}

bool options_read(struct options *o, int argc, char **argv)
{
    *o = (struct options){ 0 };
    ports_init(&o->ports);
    for (int i = 1; i < argc; i++) {
        if (is_flag(o, argv[i]))
            continue;
        if (argv[i][0] == '-') {
            if (i + 1 == argc || !value_read(o, argv[i], argv[i + 1]))
                return false;
            i++;
            continue;
        }
        if (o->file != NULL)
            return false;
        o->file = argv[i];
    }
    return o->file != NULL || o->is_help;
}
