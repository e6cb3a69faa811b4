/* held_token.c - a token behind a gate: a PKCS#11 module that is IKE2_TEST_MODULE but for C_Sign.
 * Before that signs, an octet is written into the pipe "arrived" and one is read from the pipe
 * "go", which says what becomes of it; both are in the directory IKE2_TEST_GATE. The flags of the
 * token's PIN in IKE2_TEST_FLAGS, a number, are added to its own. */
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <p11-kit/pkcs11.h>

static CK_FUNCTION_LIST functions;
static CK_RV (*tell)(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info);
static CK_RV (*sign_at_once)(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG len,
                             CK_BYTE_PTR out, CK_ULONG_PTR out_len);

/* One octet through a pipe; it blocks until the other end is there. */
static int open_pipe(const char *name, int flags)
{
    char path[PATH_MAX];
    int fd;

    (void)snprintf(path, sizeof path, "%s/%s", getenv("IKE2_TEST_GATE"), name);
    fd = open(path, flags | O_CLOEXEC);
    if (fd < 0)
        perror(path);
    return fd;
}

static char pass_gate(void)
{
    int arrived = open_pipe("arrived", O_WRONLY), go;
    char word = '?';

    if (write(arrived, "a", 1) != 1)
        perror("arrived");
    (void)close(arrived);
    go = open_pipe("go", O_RDONLY);
    if (read(go, &word, 1) != 1)
        perror("go");
    (void)close(go);
    return word;
}

static CK_RV tell_with_flags(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info)
{
    const char *flags = getenv("IKE2_TEST_FLAGS");
    CK_RV rv = tell(slot, info);

    if (rv == CKR_OK && flags != NULL)
        info->flags |= strtoul(flags, NULL, 0);
    return rv;
}

static CK_RV held_sign(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG len, CK_BYTE_PTR out,
                       CK_ULONG_PTR out_len)
{
    switch (pass_gate()) {
    case 's': return sign_at_once(session, data, len, out, out_len);
    case 'l': /* the session is lost, as with a card that was pulled out */
        (void)functions.C_CloseSession(session);
        return CKR_SESSION_HANDLE_INVALID;
    default: return CKR_DEVICE_ERROR;
    }
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list)
{
    const char *path = getenv("IKE2_TEST_MODULE");
    void *module = path != NULL ? dlopen(path, RTLD_NOW) : NULL;
    CK_RV (*get)(CK_FUNCTION_LIST_PTR_PTR list) = NULL;
    CK_FUNCTION_LIST *real;

    if (module != NULL)
        *(void **)&get = dlsym(module, "C_GetFunctionList");
    if (get == NULL || get(&real) != CKR_OK)
        return CKR_GENERAL_ERROR;
    if (sign_at_once == NULL) {
        functions = *real;
        sign_at_once = real->C_Sign;
        functions.C_Sign = held_sign;
        tell = real->C_GetTokenInfo;
        functions.C_GetTokenInfo = tell_with_flags;
    }
    *list = &functions;
    return CKR_OK;
}
