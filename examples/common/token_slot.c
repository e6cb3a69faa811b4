#include "token_slot.h"

#include <stdio.h>
#include <string.h>

enum { SLOTS_MAX = 64 };

/* --- The URI ----------------------------------------------------------------------------- */

/* Before anything is said that repeats the URI. */
static bool has_pin(const char *text)
{
    return strstr(text, "pin-value=") != NULL;
}

static bool read_uri(struct token_slot *s, const char *text, struct problem *why)
{
    int code;

    s->uri = p11_kit_uri_new();
    if (s->uri == NULL) {
        problem_set(why, "out of memory");
        return false;
    }
    (void)snprintf(s->text, sizeof s->text, "%.*s", (int)strcspn(text, "?"), text);
    code = p11_kit_uri_parse(text, P11_KIT_URI_FOR_ANY, s->uri);
    if (has_pin(text))
        problem_set(why, "pin-value shows the PIN to whoever sees the command line or the "
                         "configuration: put it into a file, pin-source=file:PATH");
    else if (code != P11_KIT_URI_OK)
        problem_set(why, "%s: %s; such a name looks like pkcs11:token=NAME;object=KEY (RFC 7512)",
                    text, p11_kit_uri_message(code));
    else if (p11_kit_uri_any_unrecognized(s->uri))
        problem_set(why, "%s has an attribute that is not known: token, serial, object, id and the "
                         "others of RFC 7512 2.3 are", text);
    else
        return true;
    return false;
}

/* --- Modules ----------------------------------------------------------------------------- */

static const char *said(const char *text)
{
    return text != NULL ? text : "no reason is known";
}

static bool load_one(struct token_slot *s, const char *path, struct problem *why)
{
    CK_FUNCTION_LIST *module = p11_kit_module_load(path, 0);
    CK_RV rv;

    if (module == NULL) {
        problem_set(why, "cannot load the PKCS#11 module %s: %s", path, said(p11_kit_message()));
        return false;
    }
    rv = p11_kit_module_initialize(module);
    if (rv != CKR_OK) {
        problem_set(why, "the PKCS#11 module %s does not start: %s", path, p11_kit_strerror(rv));
        p11_kit_module_release(module);
        return false;
    }
    s->one[0] = module;
    s->modules = s->one;
    return true;
}

static bool load(struct token_slot *s, struct problem *why)
{
    const char *path = p11_kit_uri_get_module_path(s->uri);

    if (path != NULL)
        return load_one(s, path, why);
    s->modules = p11_kit_modules_load_and_initialize(0);
    if (s->modules == NULL)
        problem_set(why, "no PKCS#11 module is loaded: %s; see p11-kit(8), or add "
                         "?module-path=FILE", said(p11_kit_message()));
    return s->modules != NULL;
}

bool token_slot_open(struct token_slot *s, const char *uri, struct problem *why)
{
    *s = (struct token_slot){ .uri = NULL };
    if (read_uri(s, uri, why) && load(s, why))
        return true;
    token_slot_close(s);
    return false;
}

void token_slot_close(struct token_slot *s)
{
    if (s->one[0] != NULL) {
        (void)p11_kit_module_finalize(s->one[0]);
        p11_kit_module_release(s->one[0]);
    } else if (s->modules != NULL) {
        p11_kit_modules_finalize_and_release(s->modules);
    }
    p11_kit_uri_free(s->uri);
    *s = (struct token_slot){ .uri = NULL };
}

/* --- Slots ------------------------------------------------------------------------------- */

struct search {
    size_t n;         /* tokens that fit */
    char others[256]; /* names of those that do not, for people; cut to fit */
};

static void note_other(struct search *search, const CK_TOKEN_INFO *info)
{
    size_t len = strlen(search->others);

    (void)snprintf(search->others + len, sizeof search->others - len, "%s%.*s",
                   len == 0 ? "; there is: " : ", ",
                   (int)p11_kit_space_strlen(info->label, sizeof info->label),
                   (const char *)info->label);
}

static void look_at(struct token_slot *s, CK_FUNCTION_LIST *module, CK_SLOT_ID id,
                    struct search *search)
{
    CK_TOKEN_INFO info;
    CK_INFO about;

    if (module->C_GetInfo(&about) != CKR_OK || module->C_GetTokenInfo(id, &info) != CKR_OK ||
        (info.flags & CKF_TOKEN_INITIALIZED) == 0)
        return;
    if (!p11_kit_uri_match_module_info(s->uri, &about) ||
        !p11_kit_uri_match_token_info(s->uri, &info)) {
        note_other(search, &info);
        return;
    }
    search->n++;
    s->module = module;
    s->id = id;
    s->info = info;
}

static void look_into(struct token_slot *s, CK_FUNCTION_LIST *module, struct search *search)
{
    CK_SLOT_ID ids[SLOTS_MAX];
    CK_ULONG n = SLOTS_MAX;

    if (module->C_GetSlotList(CK_TRUE, ids, &n) != CKR_OK)
        return;
    for (CK_ULONG i = 0; i < n; i++)
        look_at(s, module, ids[i], search);
}

bool token_slot_find(struct token_slot *s, struct problem *why)
{
    struct search search = { .n = 0 };

    for (size_t i = 0; s->modules[i] != NULL; i++)
        look_into(s, s->modules[i], &search);
    if (search.n == 0)
        problem_set(why, "no token fits %s%s", s->text,
                    search.others[0] != '\0' ? search.others : "; there is none at all");
    else if (search.n > 1)
        problem_set(why, "%zu tokens fit %s: add token=NAME or serial=NUMBER", search.n, s->text);
    return search.n == 1;
}
