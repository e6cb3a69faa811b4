#include "names.h"

#include <stdio.h>

#include <ike2/iana.h>

void name_text(const char *name, unsigned number, char text[NAME_TEXT])
{
    char *c;

    if (name == NULL)
        (void)snprintf(text, NAME_TEXT, "%u", number);
    else
        (void)snprintf(text, NAME_TEXT, "%s", name);
    for (c = text; *c != '\0'; c++)
        *c = *c == ' ' ? '_' : *c;
}

void notify_text(uint16_t notify, char text[NAME_TEXT])
{
    if (notify == 0)
        (void)snprintf(text, NAME_TEXT, "none");
    else
        name_text(ike2_notify_name(notify), notify, text);
}

void id_text(const ike2_id *id, char text[ID_TEXT])
{
    if (id == NULL || id->type == 0)
        (void)snprintf(text, ID_TEXT, "none");
    else
        (void)ike2_id_text(id, text, ID_TEXT); /* the peer's octets come out escaped */
}

void suite_text(const ike2_suite *suite, char text[SUITE_TEXT])
{
    const ike2_transform *const parts[] = { &suite->encr, &suite->integ, &suite->prf, &suite->ke };
    size_t i, len = 0;

    text[0] = '\0';
    for (i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const ike2_transform *t = parts[i];
        char name[NAME_TEXT], bits[16] = "";
        int written;

        if (t->type == 0 || (t->type == IKE2_TRANSFORM_INTEG && t->id == IKE2_INTEG_NONE))
            continue;
        name_text(ike2_transform_name(t->type, t->id), t->id, name);
        if (t->key_bits != 0)
            (void)snprintf(bits, sizeof bits, "-%u", t->key_bits);
        written = snprintf(text + len, SUITE_TEXT - len, "%s%s%s", len == 0 ? "" : "/", name, bits);
        len += written > 0 ? (size_t)written : 0; /* four names of 64 octets always fit */
    }
    if (suite->esn.type != 0 && suite->esn.id == IKE2_ESN_YES)
        (void)snprintf(text + len, SUITE_TEXT - len, "/ESN");
}

const char *nat_word(const ike2_sa_info *info)
{
    if (info->nat_local)
        return info->nat_remote ? "both" : "local";
    return info->nat_remote ? "remote" : "none";
}

const char *safe_text(const char *text, char out[SAFE_TEXT])
{
    static const char hex[] = "0123456789abcdef";
    size_t len = 0;

    for (; *text != '\0' && len + 5 < SAFE_TEXT; text++) {
        uint8_t octet = (uint8_t)*text;

        if (octet >= ' ' && octet <= '~' && octet != '\\') {
            out[len++] = *text;
            continue;
        }
        out[len++] = '\\';
        out[len++] = 'x';
        out[len++] = hex[octet >> 4];
        out[len++] = hex[octet & 15];
    }
    out[len] = '\0';
    return out;
}
