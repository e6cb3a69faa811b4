/* base/error.c - texts of the result codes. */
#include <ike2/error.h>

const char *ike2_strerror(ike2_err err)
{
    switch (err) {
#define X(name, value, text)                                                                       \
    case IKE2_##name: return text;
        IKE2_ERR_LIST(X)
#undef X
    }
    return "unknown error";
}
