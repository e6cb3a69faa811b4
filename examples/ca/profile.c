#include "profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

enum { UUID_TEXT = 37 };

/* What the templates are filled with. */
struct filling {
    const char *server, *client, *stem_name; /* the last part of the files' stem */
    char *p12, *ca;                          /* base64 */
    char ca_name[128];
    const char *key_kind; /* as Apple has it: RSA, ECDSA256, ECDSA384 */
};

/* A random one, RFC 9562 5.4. */
static bool uuid(char text[UUID_TEXT])
{
    unsigned char r[16];

    if (RAND_bytes(r, sizeof r) != 1)
        return false;
    r[6] = (unsigned char)((r[6] & 0x0fu) | 0x40u);
    r[8] = (unsigned char)((r[8] & 0x3fu) | 0x80u);
    (void)snprintf(text, UUID_TEXT,
                   "%02X%02X%02X%02X-%02X%02X-%02X%02X-%02X%02X-%02X%02X%02X%02X%02X%02X", r[0],
                   r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10], r[11], r[12], r[13],
                   r[14], r[15]);
    return true;
}

static char *base64(const unsigned char *octets, size_t len)
{
    char *text = malloc(4 * (len / 3 + 1) + 1);

    if (text != NULL)
        (void)EVP_EncodeBlock((unsigned char *)text, octets, (int)len);
    return text;
}

/* --- Apple ------------------------------------------------------------------------------- */

static void xml(FILE *out, const char *key, const char *value)
{
    (void)fprintf(out, "<key>%s</key><string>", key);
    for (; *value != '\0'; value++) {
        if (strchr("<>&", *value) != NULL)
            (void)fprintf(out, "&#%d;", *value);
        else
            (void)fputc(*value, out);
    }
    (void)fputs("</string>\n", out);
}

/* What each payload of a profile has. */
static void payload(FILE *out, const char *type, const char *id, const char *name)
{
    char identifier[64];

    (void)snprintf(identifier, sizeof identifier, "org.example.vpn.%s", id);
    xml(out, "PayloadType", type);
    xml(out, "PayloadIdentifier", identifier);
    xml(out, "PayloadUUID", id);
    xml(out, "PayloadDisplayName", name);
    (void)fputs("<key>PayloadVersion</key><integer>1</integer>\n", out);
}

static void proposal(FILE *out, const char *key)
{
    (void)fprintf(out, "<key>%s</key><dict>\n", key);
    xml(out, "EncryptionAlgorithm", "AES-256-GCM");
    xml(out, "IntegrityAlgorithm", "SHA2-384");
    (void)fputs("<key>DiffieHellmanGroup</key><integer>20</integer>\n</dict>\n", out);
}

static void apple_vpn(FILE *out, const struct filling *f, const char *id, const char *key_id)
{
    (void)fputs("<dict>\n", out);
    payload(out, "com.apple.vpn.managed", id, f->server);
    xml(out, "UserDefinedName", f->server);
    xml(out, "VPNType", "IKEv2");
    (void)fputs("<key>IKEv2</key><dict>\n", out);
    xml(out, "RemoteAddress", f->server);
    xml(out, "RemoteIdentifier", f->server);
    xml(out, "LocalIdentifier", f->client);
    xml(out, "AuthenticationMethod", "Certificate");
    xml(out, "CertificateType", f->key_kind);
    xml(out, "PayloadCertificateUUID", key_id);
    xml(out, "ServerCertificateIssuerCommonName", f->ca_name);
    (void)fputs("<key>EnablePFS</key><integer>1</integer>\n", out);
    proposal(out, "IKESecurityAssociationParameters");
    proposal(out, "ChildSecurityAssociationParameters");
    (void)fputs("</dict>\n</dict>\n", out);
}

static void data(FILE *out, const char *base64_text)
{
    (void)fprintf(out, "<key>PayloadContent</key><data>%s</data>\n", base64_text);
}

static bool apple(FILE *out, const struct filling *f)
{
    char ids[4][UUID_TEXT], file[SUBJECT_STEM + 8];

    if (!uuid(ids[0]) || !uuid(ids[1]) || !uuid(ids[2]) || !uuid(ids[3]))
        return false;
    (void)snprintf(file, sizeof file, "%s.p12", f->stem_name);
    (void)fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
                "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
                "<plist version=\"1.0\"><dict>\n",
                out);
    payload(out, "Configuration", ids[0], f->server);
    (void)fputs("<key>PayloadContent</key><array>\n", out);
    apple_vpn(out, f, ids[1], ids[2]);
    (void)fputs("<dict>\n", out);
    payload(out, "com.apple.security.pkcs12", ids[2], f->client);
    xml(out, "PayloadCertificateFileName", file);
    data(out, f->p12);
    (void)fputs("</dict>\n<dict>\n", out);
    payload(out, "com.apple.security.root", ids[3], f->ca_name);
    data(out, f->ca);
    (void)fputs("</dict>\n</array></dict></plist>\n", out);
    return true;
}

/* --- Windows ----------------------------------------------------------------------------- */

static void quoted(FILE *out, const char *before, const char *text, const char *after)
{
    (void)fprintf(out, "%s'", before);
    for (; *text != '\0'; text++)
        (void)fputs(*text == '\'' ? "''" : (const char[]){ *text, '\0' }, out);
    (void)fprintf(out, "'%s", after);
}

/* One exact suite, of the policy windows-recommended: Windows offers no other then. */
static bool windows(FILE *out, const struct filling *f)
{
    char file[SUBJECT_STEM + 8];

    (void)snprintf(file, sizeof file, "%s.p12", f->stem_name);
    (void)fputs("# As administrator, in a directory with this file, the .p12 file and ca.cer.\n"
                "$password = Read-Host -AsSecureString -Prompt 'Password of the .p12 file'\n",
                out);
    quoted(out, "Import-PfxCertificate -FilePath ", file,
           " -CertStoreLocation Cert:\\LocalMachine\\My -Password $password\n");
    (void)fputs(
        "Import-Certificate -FilePath 'ca.cer' -CertStoreLocation Cert:\\LocalMachine\\Root\n",
        out);
    quoted(out, "Add-VpnConnection -Name ", f->server, "");
    quoted(out, " -ServerAddress ", f->server,
           " -TunnelType IKEv2 -AuthenticationMethod MachineCertificate -EncryptionLevel "
           "Maximum\n");
    quoted(out, "Set-VpnConnectionIPsecConfiguration -ConnectionName ", f->server,
           " -AuthenticationTransformConstants SHA256128 -CipherTransformConstants AES128 "
           "-EncryptionMethod AES128 -IntegrityCheckMethod SHA256 -DHGroup Group14 "
           "-PfsGroup PFS2048 -Force\n");
    return true;
}

/* --- Android ----------------------------------------------------------------------------- */

static bool android(FILE *out, const struct filling *f)
{
    char id[UUID_TEXT];
    json_t *root;
    bool ok;

    if (!uuid(id))
        return false;
    root =
        json_pack("{s:s, s:s, s:s, s:{s:s, s:s}, s:{s:s}}", "uuid", id, "name", f->server, "type",
                  "ikev2-cert", "remote", "addr", f->server, "cert", f->ca, "local", "p12", f->p12);
    ok = root != NULL && json_dumpf(root, out, JSON_INDENT(1)) == 0;
    (void)fputc('\n', out);
    json_decref(root);
    return ok;
}

/* --- All of them ------------------------------------------------------------------------- */

static bool write_one(const struct store *s, const char *stem, const char *end,
                      const struct filling *f, struct problem *why)
{
    static const struct {
        const char *end;
        bool (*print)(FILE *out, const struct filling *f);
        const char *what;
    } forms[] = {
        { "mobileconfig", apple, "Apple" },
        { "ps1", windows, "Windows" },
        { "sswan", android, "Android" },
    };
    char name[STORE_PATH], *text = NULL;
    size_t len = 0, i = 0;
    FILE *out = open_memstream(&text, &len);
    bool ok = out != NULL;

    while (strcmp(forms[i].end, end) != 0)
        i++;
    ok = ok && forms[i].print(out, f);
    ok = (out == NULL || fclose(out) == 0) && ok;
    (void)snprintf(name, sizeof name, "%s.%s", stem, end);
    if (!ok)
        problem_set(why, "%s/%s: out of memory", s->dir, name);
    ok = ok && store_write(s, name, (ike2_bytes){ .ptr = (const uint8_t *)text, .len = len },
                           STORE_SECRET_AGAIN, why);
    if (ok)
        (void)printf("  %-12s %s/%s\n", forms[i].what, s->dir, name);
    free(text);
    return ok;
}

static bool fill(struct filling *f, const struct authority *a, const char *stem,
                 struct problem *why)
{
    char name[STORE_PATH];
    struct file_text p12 = { 0 };
    unsigned char *der = NULL;
    int len = i2d_X509(a->issuer.certificate, &der);
    X509_NAME *subject = X509_get_subject_name(a->issuer.certificate);

    (void)X509_NAME_get_text_by_NID(subject, NID_commonName, f->ca_name, sizeof f->ca_name);
    (void)snprintf(name, sizeof name, "%s.p12", stem);
    if (store_read_secret(&a->store, name, &p12, why)) {
        f->p12 = base64((const unsigned char *)p12.text, p12.len);
        f->ca = len > 0 ? base64(der, (size_t)len) : NULL;
        if (f->p12 == NULL || f->ca == NULL)
            problem_set(why, "out of memory");
    }
    file_free(&p12);
    OPENSSL_free(der);
    return f->p12 != NULL && f->ca != NULL;
}

static const char *kind_of(const EVP_PKEY *key)
{
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA)
        return "RSA";
    return EVP_PKEY_get_bits(key) == 384 ? "ECDSA384" : "ECDSA256";
}

bool profile_write(const struct authority *a, const struct issue *i, const char *server,
                   struct problem *why)
{
    struct filling f = {
        .server = server,
        .client = i->entry.name,
        .stem_name = strchr(i->stem, '/') + 1,
        .key_kind = kind_of(i->key),
    };
    bool ok = fill(&f, a, i->stem, why) &&
              (X509_get_ext_by_NID(i->certificate, NID_subject_alt_name, -1) < 0 ||
               write_one(&a->store, i->stem, "mobileconfig", &f, why)) &&
              write_one(&a->store, i->stem, "ps1", &f, why) &&
              write_one(&a->store, i->stem, "sswan", &f, why);

    free(f.p12);
    free(f.ca);
    return ok;
}
