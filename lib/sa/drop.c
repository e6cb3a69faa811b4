/* sa/drop.c - why datagrams are ignored, in words. */
#include <ike2/info.h>

const char *ike2_drop_text(uint32_t cause)
{
    static const char *const texts[] = {
#define X(name, text) [IKE2_DROP_##name] = text,
        IKE2_DROP_LIST(X)
#undef X
    };

    return cause < sizeof texts / sizeof texts[0] ? texts[cause] : NULL;
}
