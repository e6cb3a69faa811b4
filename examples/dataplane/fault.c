#include "fault.h"

#include <stdarg.h>
#include <stdio.h>

bool fault_set(struct fault *f, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(f->text, sizeof f->text, format, args);
    va_end(args);
    return false;
}
