#include "failures.h"

#include <stdio.h>

#include "common/printable.h"

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* What tells one peer from the others; the rest is for --json. */
static void print_head(const json_t *failure)
{
    static const char *const keys[] = { "connection", "name",   "remote", "remote_id",
                                        "claimed_id", "reason", "notify" };
    size_t i;

    (void)printf("%s %s", text_of(failure, "time"), text_of(failure, "event"));
    for (i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const char *text = text_of(failure, keys[i]);

        if (text == NULL)
            continue;
        (void)printf(" %s=", keys[i]);
        printable_value(stdout, text);
    }
    (void)putchar('\n');
}

static void print_part(const char *label, const char *text)
{
    if (text == NULL || *text == '\0')
        return;
    (void)printf("      %-9s ", label);
    printable_put(stdout, text);
    (void)putchar('\n');
}

static void print_failure(const json_t *failure)
{
    const json_t *evidence = json_object_get(failure, "evidence");
    size_t i;

    print_head(failure);
    print_part("what", text_of(failure, "what"));
    for (i = 0; i < json_array_size(evidence); i++)
        print_part("evidence", json_string_value(json_array_get(evidence, i)));
    print_part("cause", text_of(failure, "cause"));
    print_part("why", text_of(failure, "why"));
    print_part("try", text_of(failure, "try"));
}

void show_log(json_t *result)
{
    const json_t *list = json_object_get(result, "failures");
    size_t i;

    if (list == NULL)
        (void)printf("log level %s\n", text_of(result, "level"));
    else if (json_array_size(list) == 0)
        (void)puts("no failures");
    for (i = 0; i < json_array_size(list); i++)
        print_failure(json_array_get(list, i));
}
