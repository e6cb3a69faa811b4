#include "token.h"

#include <stdlib.h>

#include <ike2/mbedtls.h>
#include <mbedtls/x509_crt.h>

#include "pin.h"
#include "token_key.h"

struct token {
    unsigned refs;
    const ike2_crypto *crypto;
    struct token_slot slot;
    struct pin pin;
    bool is_open; /* the session, and the key in it */
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE key;
    uint16_t schemes[TOKEN_SCHEMES];
    size_t n_schemes;
};

/* --- The session ------------------------------------------------------------------------- */

/* Is there something to log in with, and may it be tried? Tokens lock themselves after a few wrong
 * PINs: the last try is left to people. */
static bool can_login(const struct token *t, struct problem *why)
{
    CK_FLAGS flags = t->slot.info.flags;

    if ((flags & CKF_USER_PIN_LOCKED) != 0)
        problem_set(why, "%s: the PIN is locked after too many wrong ones: unlock it with the "
                         "token's own program", t->slot.text);
    else if ((flags & CKF_USER_PIN_FINAL_TRY) != 0)
        problem_set(why, "%s: after wrong PINs one try is left, and is not used: log in once by "
                         "hand, pkcs11-tool --login --list-objects", t->slot.text);
    else if (t->pin.len == 0 && (flags & CKF_PROTECTED_AUTHENTICATION_PATH) == 0)
        problem_set(why, "%s wants a PIN: name the file that holds it, by pin-source=file:PATH or "
                         "the option for key passwords, or set " PIN_VARIABLE, t->slot.text);
    else
        return true;
    return false;
}

static bool login(struct token *t, struct problem *why)
{
    CK_UTF8CHAR *pin = t->pin.len == 0 ? NULL : (CK_UTF8CHAR *)t->pin.text; /* NULL: at a pad */
    CK_RV rv;

    if ((t->slot.info.flags & CKF_LOGIN_REQUIRED) == 0)
        return true;
    if (!can_login(t, why))
        return false;
    rv = t->slot.module->C_Login(t->session, CKU_USER, pin, t->pin.len);
    if (rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN)
        return true;
    pin_forget(&t->pin); /* what was refused once is not tried again */
    problem_set(why, "%s: the login fails: %s; the PIN is not tried again, since tokens lock "
                     "themselves", t->slot.text, p11_kit_strerror(rv));
    return false;
}

static void detach(struct token *t)
{
    if (t->is_open)
        (void)t->slot.module->C_CloseSession(t->session);
    t->is_open = false;
}

static bool attach(struct token *t, struct problem *why)
{
    CK_RV rv;

    if (!token_slot_find(&t->slot, why))
        return false;
    rv = t->slot.module->C_OpenSession(t->slot.id, CKF_SERIAL_SESSION, NULL, NULL, &t->session);
    if (rv != CKR_OK) {
        problem_set(why, "%s: the token opens no session: %s", t->slot.text, p11_kit_strerror(rv));
        return false;
    }
    t->is_open = true;
    if (login(t, why) && token_key_find(&t->slot, t->session, &t->key, why))
        return true;
    detach(t);
    return false;
}

/* --- Life -------------------------------------------------------------------------------- */

/* RFC 7512 2.4: "file:" in front of the path, or a path alone. */
static const char *pin_source(const struct token_slot *s)
{
    static const char file[] = "file:";
    const char *source = p11_kit_uri_get_pin_source(s->uri);

    if (source == NULL || strncmp(source, file, sizeof file - 1) != 0)
        return source;
    source += sizeof file - 1;
    return strncmp(source, "//", 2) == 0 ? source + 2 : source;
}

static bool open_all(struct token *t, const char *uri, const char *pin_file, struct problem *why)
{
    struct problem failure;

    if (!token_slot_open(&t->slot, uri, why) ||
        !pin_read(pin_file != NULL ? pin_file : pin_source(&t->slot), &t->pin, why))
        return false;
    if (attach(t, &failure) && token_key_schemes(&t->slot, t->session, t->key, t->schemes,
                                                 &t->n_schemes, &failure))
        return true;
    *why = failure; /* more than the warning that is there */
    return false;
}

bool token_open(const char *uri, const char *pin_file, const ike2_crypto *crypto,
                struct token **out, struct problem *why)
{
    struct token *t = calloc(1, sizeof *t);

    why->text[0] = '\0';
    if (t == NULL) {
        problem_set(why, "out of memory");
        return false;
    }
    t->refs = 1;
    t->crypto = crypto;
    if (open_all(t, uri, pin_file, why)) {
        *out = t;
        return true;
    }
    token_close(t);
    return false;
}

struct token *token_ref(struct token *t)
{
    if (t != NULL)
        t->refs++;
    return t;
}

void token_close(struct token *t)
{
    if (t == NULL || --t->refs > 0)
        return;
    detach(t);
    token_slot_close(&t->slot);
    pin_forget(&t->pin);
    free(t);
}

const uint16_t *token_schemes(const struct token *t, size_t *n)
{
    *n = t->n_schemes;
    return t->schemes;
}

/* --- Signatures -------------------------------------------------------------------------- */

struct raw {
    uint8_t octets[TOKEN_SIGNATURE_MAX];
    CK_ULONG len;
};

static CK_RV sign_once(struct token *t, struct token_input *in, struct raw *out)
{
    CK_FUNCTION_LIST *f = t->slot.module;
    CK_RV rv = f->C_SignInit(t->session, &in->mechanism, t->key);

    out->len = sizeof out->octets;
    return rv == CKR_OK ? f->C_Sign(t->session, in->octets, in->len, out->octets, &out->len) : rv;
}

/* The token was away, or has been told to forget its sessions. */
static bool is_lost(CK_RV rv)
{
    switch (rv) {
    case CKR_DEVICE_REMOVED:
    case CKR_KEY_HANDLE_INVALID:
    case CKR_OBJECT_HANDLE_INVALID:
    case CKR_SESSION_CLOSED:
    case CKR_SESSION_HANDLE_INVALID:
    case CKR_TOKEN_NOT_PRESENT:
    case CKR_USER_NOT_LOGGED_IN: return true;
    default: return false;
    }
}

static bool sign(struct token *t, struct token_input *in, struct raw *out, struct problem *why)
{
    CK_RV rv = CKR_SESSION_CLOSED;

    if (t->is_open)
        rv = sign_once(t, in, out);
    if (is_lost(rv)) {
        detach(t);
        if (!attach(t, why))
            return false;
        rv = sign_once(t, in, out);
    }
    if (rv == CKR_OK)
        return true;
    detach(t); /* whatever it is in the middle of: the next signature has a session of its own */
    problem_set(why, "%s: the token does not sign: %s", t->slot.text, p11_kit_strerror(rv));
    return false;
}

bool token_sign(struct token *t, const ike2_sign_task *task, ike2_buffer *out, struct problem *why)
{
    struct token_input in;
    struct raw raw;
    ike2_err err = token_input_make(t->crypto, task->scheme, task->parts, task->n_parts, &in);

    if (err == IKE2_OK && !sign(t, &in, &raw, why))
        return false;
    if (err == IKE2_OK)
        err = token_output(task->scheme, (ike2_bytes){ raw.octets, raw.len }, out);
    if (err != IKE2_OK)
        problem_set(why, "%s: no signature: %s", t->slot.text, ike2_strerror(err));
    return err == IKE2_OK;
}

/* --- Whose key it is --------------------------------------------------------------------- */

static bool has_signed(ike2_bytes certificate, const ike2_sign_task *task, ike2_bytes signature)
{
    mbedtls_x509_crt crt;
    bool ok;

    mbedtls_x509_crt_init(&crt);
    ok = mbedtls_x509_crt_parse_der(&crt, certificate.ptr, certificate.len) == 0 &&
         ike2_mbedtls_verify((ike2_bytes){ crt.pk_raw.p, crt.pk_raw.len }, task->scheme,
                             task->parts, task->n_parts, signature) == IKE2_OK;
    mbedtls_x509_crt_free(&crt);
    return ok;
}

bool token_owns(struct token *t, ike2_bytes certificate, struct problem *why)
{
    static const uint8_t text[] = "whose private key is this?";
    const ike2_bytes part = { text, sizeof text };
    const ike2_sign_task task = { .scheme = t->schemes[0], .parts = &part, .n_parts = 1 };
    uint8_t room[TOKEN_SIGNATURE_MAX];
    ike2_buffer out = { .ptr = room, .cap = sizeof room };

    if (!token_sign(t, &task, &out, why))
        return false;
    if (has_signed(certificate, &task, (ike2_bytes){ room, out.len }))
        return true;
    problem_set(why, "%s is not the private key of the first certificate", t->slot.text);
    return false;
}
